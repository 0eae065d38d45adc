"""One value from a file to one value of a field: numbers with units, yes and no, dates, terms.

Each parser takes one text and returns the value, or raises ValueError with the reason. `convert` runs
one over a column, once for each different value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mapdesk.model.noun import Field

MISSING = frozenset(
    ("", "-", "--", "?", "n/a", "na", "nan", "nat", "none", "null", "<na>", "unknown", "无", "未知")
)
"""Texts that stand for no value, lower case."""

METRES_PER_FOOT = 0.3048
"""International foot, exact by definition (1959)."""

KMH_PER_MPH = 1.609344
"""International mile, exact by definition (1959)."""

KMH_PER_KNOT = 1.852

_FACTORS = {
    "m": {"ft": METRES_PER_FOOT, "feet": METRES_PER_FOOT, "foot": METRES_PER_FOOT,
          "'": METRES_PER_FOOT, "cm": 0.01, "mm": 0.001, "km": 1000.0},
    "km/h": {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT},
}  # fmt: skip
"""Unit of a field to the factors of other units that values may carry."""

_OWN_UNITS = {
    "m": ("m", "metre", "metres", "meter", "meters", "米"),
    "km/h": ("km/h", "kmh", "kph", "kmph"),
    "deg": ("°", "deg", "degrees", "度"),
    "m²": ("m2", "m²", "sqm", "平方米"),
}

_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)", re.DOTALL)
_FEET_AND_INCHES = re.compile(r"(\d+)\s*'\s*(\d+(?:\.\d+)?)\s*\"?$")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
_COUNTED = ("层", "人", "户", "个", "floors", "levels")

_YES = frozenset(("yes", "y", "true", "t", "1", "1.0", "on", "是", "有", "真"))
_NO = frozenset(("no", "n", "false", "f", "0", "0.0", "off", "否", "没有", "假"))

_DATES = ("%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d.%m.%Y", "%Y年%m月")
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f", " %H时%M分%S秒")
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})$"
_ISO = "ISO8601"


def parse_number(text: str, unit: str = "") -> float:
    r"""Read a number, with a unit behind it or without.

    Parameters
    ----------
    text : str
        "12", "12 m", "40 ft", "7'4\"", "12,5", "1,204", "30 mph"; of several, as in "4;5" or
        "3-5", the largest.
    unit : {"", "m", "km/h", "deg", "m²"}
        Unit of the result, and of numbers that carry none.

    Raises
    ------
    ValueError
        It is no number, or its unit cannot be turned into `unit`.
    """
    parts = [part for part in re.split(r"\s*[;|]\s*", text.strip().lstrip("~≈ ")) if part]
    if len(parts) > 1:
        return max(parse_number(part, unit) for part in parts)
    body = parts[0] if parts else ""
    if span := re.fullmatch(r"(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?.*)", body):
        return max(parse_number(span[1], unit), parse_number(span[2], unit))
    if unit == "m" and (imperial := _FEET_AND_INCHES.fullmatch(body)):
        return (float(imperial[1]) + float(imperial[2]) / 12.0) * METRES_PER_FOOT
    in_unit = f" in {unit}" if unit else ""
    body = body.replace(",", "") if _THOUSANDS.match(body) else body.replace(",", ".")
    matched = _NUMBER.fullmatch(body)
    if not matched:
        raise ValueError(f"'{text}' is not a number{in_unit}")
    number, suffix = float(matched[1]), matched[2].strip().rstrip("+").strip().lower()
    if not math.isfinite(number):
        raise ValueError(f"'{text}' is not a finite number")
    if not suffix or suffix in _OWN_UNITS.get(unit, ()) or (not unit and suffix in _COUNTED):
        return number
    if factor := _FACTORS.get(unit, {}).get(suffix):
        return number * factor
    raise ValueError(f"'{text}' is not a number{in_unit}")


def parse_count(text: str) -> int:
    """Read a whole number; halves and more round up ("3.5" levels are 4)."""
    return math.floor(parse_number(text) + 0.5)


def parse_bool(text: str) -> bool:
    """Read yes or no in English, Chinese or digits."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"'{text}' is neither yes nor no")


def convert(
    column: pd.Series, field: Field, terms: dict[str, str] | None = None
) -> tuple[pd.Series, pd.Series]:
    """Turn a source column into a field's values.

    Parameters
    ----------
    column : Series
        As read from the source: texts, numbers, times.
    field : Field
        What it is to become.
    terms : dict or None
        Lower-case words to the field's own words; what is not among them becomes missing.

    Returns
    -------
    values : Series
        str, Int64, float64, boolean, ``datetime.date`` (object) or datetime64[us], by the field.
    reasons : Series of str
        Why a value could not be read; empty where it could or where there was none.
    """
    if field.type in ("date", "datetime"):
        return _convert_times(column, field)
    if pd.api.types.is_numeric_dtype(column) and field.type in ("int", "float"):
        numbers = column.astype("float64").replace([np.inf, -np.inf], np.nan)
        rounded = (numbers + 0.5) // 1 if field.type == "int" else numbers
        return _typed(rounded, field), _none(column)
    parsers: dict[str, Callable[[str], Any]] = {
        "int": parse_count,
        "float": lambda text: parse_number(text, field.unit),
        "bool": parse_bool,
        "text": str if terms is None else lambda text: terms.get(text.lower().strip()),
    }
    values, reasons = _by_value(texts(column), parsers[field.type])
    return _typed(values, field), reasons


def texts(column: pd.Series) -> pd.Series:
    """Return a column as stripped texts, None for no value; 12.0 becomes "12"."""
    if pd.api.types.is_bool_dtype(column):
        column = column.astype("boolean").astype("object")
    elif pd.api.types.is_float_dtype(column):
        whole = column.dropna()
        if (whole % 1 == 0).all() and (whole.abs() < 2**53).all():
            column = column.astype("Int64")
    values, _ = _by_value(column.astype("object"), _text)
    return values


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return None if text.lower() in MISSING else text


def _by_value(column: pd.Series, parse: Callable[[Any], Any]) -> tuple[pd.Series, pd.Series]:
    """Parse each different value once; missing ones stay missing."""
    codes, different = pd.factorize(column)
    parsed = np.empty(len(different) + 1, dtype=object)
    reasons = np.full(len(different) + 1, "", dtype=object)
    for place, value in enumerate(different):
        try:
            parsed[place] = parse(value)
        except ValueError as error:
            reasons[place] = str(error)
    return pd.Series(parsed[codes], index=column.index, dtype=object), pd.Series(
        reasons[codes], index=column.index, dtype=object
    )


def _typed(values: pd.Series, field: Field) -> pd.Series:
    """Return values in the storage type of the field."""
    if field.type == "float":
        return pd.to_numeric(values).astype("float64")
    if field.type == "date":
        return values.astype("object")
    there = values.where(values.notna(), None)
    if field.type == "int":
        return there.astype("Int64")
    if field.type == "bool":
        return there.astype("boolean")
    return there.astype("datetime64[us]") if field.type == "datetime" else there.astype("str")


def _none(column: pd.Series) -> pd.Series:
    return pd.Series("", index=column.index, dtype=object)


def empty(index: pd.Index, field: Field) -> pd.Series:
    """Return a column without values in the storage type of the field."""
    return _typed(pd.Series(None, index=index, dtype=object), field)


def _convert_times(column: pd.Series, field: Field) -> tuple[pd.Series, pd.Series]:
    """Read dates and times; those with a zone become UTC, the others stay as they are."""
    if pd.api.types.is_datetime64_any_dtype(column):
        times = column.dt.tz_convert(None) if column.dt.tz is not None else column
        reasons = _none(column)
    else:
        words = texts(column)
        times = parse_times(words)
        reasons = _none(column).mask(words.notna() & times.isna(), "'" + words + "' is not a date")
    times = times.astype("datetime64[us]")
    if field.type == "date":
        return times.dt.date.astype("object").where(times.notna(), None), reasons
    return times, reasons


def parse_times(words: pd.Series) -> pd.Series:
    """Read dates, and dates with times.

    Parameters
    ----------
    words : Series of str
        ISO 8601, "2024/5/1", "2024年5月1日", "20240501", "1.5.2024", "5/1/2024 03:04:05 PM".
        Whether 5/1 is in May is told by the whole column: month first unless some month would be
        13 or more.

    Returns
    -------
    Series of datetime64[us]
        Without a zone, UTC where the text had one; NaT where the text is no date.
    """
    times = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")
    left = words.dropna().astype("str")
    zoned = left.str.contains(_ZONE) & left.str.contains(":")
    for part, form, utc in (
        (left[zoned], _ISO, True),
        *((left[~zoned], form, False) for form in (_ISO, *_formats(left))),
    ):
        open_words = part[times[part.index].isna()]
        if len(open_words):
            read = pd.to_datetime(open_words, format=form, errors="coerce", utc=utc)
            times[open_words.index] = read.dt.tz_localize(None) if utc else read
    return times


def _formats(words: pd.Series) -> list[str]:
    """Return the formats to try; day and month of a slashed date by the whole column."""
    pairs = words.str.extract(r"^(\d{1,2})[/-](\d{1,2})[/-]\d{4}").dropna()
    day_first = bool((pairs[0].astype("int64") > 12).any())
    slashed = ("%d/%m/%Y", "%d-%m-%Y") if day_first else ("%m/%d/%Y", "%m-%d-%Y")
    return [date + time for date in (*slashed, *_DATES) for time in _TIMES]
