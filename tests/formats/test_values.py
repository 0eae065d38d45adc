"""Texts to numbers, counts, yes and no, dates."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.oneway import read_oneway
from mapdesk.formats.values import convert, parse_bool, parse_count, parse_number, parse_times
from mapdesk.model.noun import Field


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("12", 12.0),
        ("12 m", 12.0),
        ("12.5m", 12.5),
        ("12,5", 12.5),
        ("1,204", 1204.0),
        ("40 ft", 12.192),
        ("7'4\"", 2.2352),
        ("4;5", 5.0),
        ("3-5", 5.0),
        ("~ 9", 9.0),
        ("15+", 15.0),
        ("18 米", 18.0),
        ("-3", -3.0),
        ("250 cm", 2.5),
    ],
)
def test_heights(text: str, metres: float) -> None:
    assert parse_number(text, "m") == pytest.approx(metres)


@given(st.floats(0.0, 900.0), st.sampled_from(["", " ", "m", " m", " metres"]))
def test_a_written_height_is_read_back(height: float, unit: str) -> None:
    assert parse_number(f"{height!r}{unit}", "m") == height


@pytest.mark.parametrize("text", ["high", "12 bananas", "", "m", "1e999", "5 mph"])
def test_no_heights(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_number(text, "m")


@pytest.mark.parametrize(("text", "levels"), [("3", 3), ("3.5", 4), ("4;5", 5), ("18层", 18)])
def test_levels(text: str, levels: int) -> None:
    assert parse_count(text) == levels


def test_speeds_become_kilometres_an_hour() -> None:
    assert parse_number("30 mph", "km/h") == pytest.approx(48.28032)


@pytest.mark.parametrize(
    ("text", "truth"), [("Yes", True), ("是", True), ("0", False), ("否", False)]
)
def test_bools(text: str, truth: bool) -> None:
    assert parse_bool(text) is truth


def test_bool_of_a_maybe() -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        parse_bool("maybe")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-01", pd.Timestamp(2024, 5, 1)),
        ("2024年5月1日", pd.Timestamp(2024, 5, 1)),
        ("20240501", pd.Timestamp(2024, 5, 1)),
        ("2024/5/1 13:04", pd.Timestamp(2024, 5, 1, 13, 4)),
        ("1.5.2024", pd.Timestamp(2024, 5, 1)),
        ("05/01/2024 03:04:05 PM", pd.Timestamp(2024, 5, 1, 15, 4, 5)),
        ("2024-05-01T12:00:00+08:00", pd.Timestamp(2024, 5, 1, 4)),
        ("2024-05-01T12:00:00Z", pd.Timestamp(2024, 5, 1, 12)),
    ],
)
def test_times(text: str, moment: pd.Timestamp) -> None:
    assert parse_times(pd.Series([text])).iloc[0] == moment


def test_a_thirteenth_month_makes_the_whole_column_day_first() -> None:
    times = parse_times(pd.Series(["01/05/2024", "13/05/2024"]))
    assert times.dt.month.tolist() == [5, 5]


def test_conversion_keeps_good_rows_and_gives_bad_ones_a_reason() -> None:
    values, reasons = convert(
        pd.Series(["12 m", "tall", None, "n/a"]), Field("height", "float", unit="m")
    )
    assert values.iloc[0] == 12.0
    assert values.iloc[1:].isna().all()
    assert reasons.tolist() == ["", "'tall' is not a number in m", "", ""]


@pytest.mark.parametrize(
    ("type_", "storage"),
    [("text", "str"), ("int", "Int64"), ("float", "float64"), ("bool", "boolean"),
     ("datetime", "datetime64[us]"), ("date", "object")],
)  # fmt: skip
def test_storage_types_do_not_depend_on_the_values(type_: str, storage: str) -> None:
    for column in (pd.Series([None, None], dtype=object), pd.Series(["1", None])):
        values, _ = convert(column, Field("f", type_))  # type: ignore[arg-type]
        assert values.dtype == storage


def test_whole_floats_become_plain_texts() -> None:
    values, _ = convert(pd.Series([101.0, None]), Field("code"))
    assert values.iloc[0] == "101"


def test_geofabrik_letters_are_directions_not_truth_values() -> None:
    oneway, against = read_oneway(pd.Series(["F", "B", "T"]))
    assert oneway.tolist() == [True, False, True]
    assert against.tolist() == [False, False, True]


def test_osm_minus_one_is_against_the_way() -> None:
    oneway, against = read_oneway(pd.Series(["yes", "-1", "no", None]))
    assert oneway.tolist() == [True, True, False, False]
    assert against.tolist() == [False, True, False, False]
