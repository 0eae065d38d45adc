"""One value from a file to one value of a field: numbers with units, yes and no, dates, terms.

Each parser takes one text and returns the value, or raises ValueError with the reason. `convert` runs
one over a column, once for each different value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mapdesk.formats.reading import Column
from mapdesk.model.noun import Field

if TYPE_CHECKING:
    import pandas as pd

Texts: TypeAlias = npt.NDArray[np.object_]
"""Texts by row."""

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
    column: Column, field: Field, terms: Mapping[str, str] | None = None
) -> tuple[Column, Texts]:
    """Turn a source column into a field's values.

    Parameters
    ----------
    column : array
        As read from the source: texts, numbers, times.
    field : Field
        What it is to become.
    terms : mapping or None
        Lower-case words to the field's own words; what is not among them becomes missing.

    Returns
    -------
    values : array
        float64 or datetime64[us] by the field; str, int, bool or ``datetime.date`` as objects.
    reasons : array of str
        Why a value could not be read; empty where it could or where there was none.
    """
    if field.type in ("date", "datetime"):
        return _convert_times(column, field)
    if column.dtype.kind in "biuf" and field.type in ("int", "float"):
        numbers = column.astype(np.float64)
        numbers[~np.isfinite(numbers)] = np.nan
        return _numbers(numbers, field), np.full(len(column), "", object)
    parsers: dict[str, Callable[[str], Any]] = {
        "int": parse_count,
        "float": lambda text: parse_number(text, field.unit),
        "bool": parse_bool,
        "text": str if terms is None else lambda text: terms.get(text.lower().strip()),
    }
    values, reasons = _by_value(texts(column), parsers[field.type])
    return values.astype(np.float64) if field.type == "float" else values, reasons


def _numbers(numbers: npt.NDArray[np.float64], field: Field) -> Column:
    """Return finite numbers or NaN as the field has them; halves and more round up."""
    if field.type == "float":
        return numbers
    whole = (None if n != n else math.floor(n + 0.5) for n in numbers.tolist())
    return np.fromiter(whole, object, len(numbers))


def texts(column: Column) -> Texts:
    """Return a column as stripped texts, None for no value; 12.0 becomes "12"."""
    return _by_value(
        column.astype("datetime64[us]") if column.dtype.kind == "M" else column, _text
    )[0]


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if not text.isascii():
        # Half a character, as JSON's escapes may leave, can be neither stored nor shown.
        text = text.encode(errors="replace").decode()
    return None if text.lower() in MISSING else text


def _by_value(column: Column, parse: Callable[[Any], Any]) -> tuple[Column, Texts]:
    """Parse each different value once; missing ones stay missing."""
    listed = column.tolist()
    parsed: dict[Any, Any] = {}
    reasons: dict[Any, str] = {}
    for value in dict.fromkeys(listed):
        # What does not equal itself is no number or no time.
        if value is None or value != value:
            parsed[value] = None
            continue
        try:
            parsed[value] = parse(value)
        except ValueError as error:
            parsed[value], reasons[value] = None, str(error)
    said = np.full(len(listed), "", object)
    if reasons:
        said[:] = [reasons.get(value, "") for value in listed]
    return np.fromiter(map(parsed.__getitem__, listed), object, len(listed)), said


def empty(count: int, field: Field) -> Column:
    """Return a column without values, of the field's type."""
    if field.type == "float":
        return np.full(count, np.nan)
    if field.type == "datetime":
        return np.full(count, "NaT", "datetime64[us]")
    return np.full(count, None, object)


def missing(column: Column) -> npt.NDArray[np.bool_]:
    """Return where a column has no value."""
    if column.dtype.kind in "fM":
        return np.asarray(column != column)
    return np.asarray(np.equal(column, np.array(None)), np.bool_)


def _convert_times(column: Column, field: Field) -> tuple[Column, Texts]:
    """Read dates and times; those with a zone become UTC, the others stay as they are."""
    reasons = np.full(len(column), "", object)
    if column.dtype.kind == "M":
        times = column.astype("datetime64[us]")
    else:
        words = texts(column)
        times = parse_times(words)
        for place in np.flatnonzero(~missing(words) & np.isnat(times)):
            reasons[place] = f"'{words[place]}' is not a date"
    if field.type == "date":
        return times.astype("datetime64[D]").astype(object), reasons
    return times, reasons


def parse_times(words: Texts) -> npt.NDArray[np.datetime64]:
    """Read dates, and dates with times.

    Parameters
    ----------
    words : array of str or None
        ISO 8601, "2024/5/1", "2024年5月1日", "20240501", "1.5.2024", "5/1/2024 03:04:05 PM".
        Whether 5/1 is in May is told by the whole column: month first unless some month would be
        13 or more.

    Returns
    -------
    array of datetime64[us]
        Without a zone, UTC where the text had one; NaT where the text is no date.
    """
    import pandas as pd

    times = pd.Series(pd.NaT, index=range(len(words)), dtype="datetime64[us]")
    left = pd.Series(words, dtype=object).dropna().astype("str")
    zoned = left.str.contains(_ZONE) & left.str.contains(":")
    for part, form, utc in (
        (left[zoned], _ISO, True),
        *((left[~zoned], form, False) for form in (_ISO, *_formats(left))),
    ):
        open_words = part[times[part.index].isna()]
        if len(open_words):
            read = pd.to_datetime(open_words, format=form, errors="coerce", utc=utc)
            times[open_words.index] = read.dt.tz_localize(None) if utc else read
    return np.asarray(times.to_numpy("datetime64[us]"))


def _formats(words: pd.Series) -> list[str]:
    """Return the formats to try; day and month of a slashed date by the whole column."""
    pairs = words.str.extract(r"^(\d{1,2})[/-](\d{1,2})[/-]\d{4}").dropna()
    day_first = bool((pairs[0].astype("int64") > 12).any())
    slashed = ("%d/%m/%Y", "%d-%m-%Y") if day_first else ("%m/%d/%Y", "%m-%d-%Y")
    return [date + time for date in (*slashed, *_DATES) for time in _TIMES]
