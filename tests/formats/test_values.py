"""Texts to numbers, counts, yes and no, dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.oneway import read_oneway
from mapdesk.formats.reading import STORAGE, Rows, column_of
from mapdesk.formats.values import convert, parse_bool, parse_count, parse_number, parse_times
from mapdesk.model.noun import Field
from mapdesk.model.nouns import NOUNS


def said(*values: Any) -> np.ndarray[Any, Any]:
    return np.array(values, object)


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
    assert parse_times(said(text))[0] == moment.to_datetime64()


def test_a_thirteenth_month_makes_the_whole_column_day_first() -> None:
    times = parse_times(said("01/05/2024", "13/05/2024"))
    assert [each.month for each in times.tolist()] == [5, 5]


def test_conversion_keeps_good_rows_and_gives_bad_ones_a_reason() -> None:
    values, reasons = convert(said("12 m", "tall", None, "n/a"), Field("height", "float", unit="m"))
    assert values[0] == 12.0
    assert np.isnan(values[1:]).all()
    assert reasons.tolist() == ["", "'tall' is not a number in m", "", ""]


@pytest.mark.parametrize(
    ("type_", "storage"),
    [("text", "str"), ("int", "Int64"), ("float", "float64"), ("bool", "boolean"),
     ("datetime", "datetime64[us]"), ("date", "object")],
)  # fmt: skip
def test_storage_types_do_not_depend_on_the_values(type_: str, storage: str) -> None:
    noun, field = next(
        (noun.key, field) for noun in NOUNS.values() for field in noun.fields if field.type == type_
    )
    for column in (said(None, None), said("1", None)):
        values, _ = convert(column, field)
        rows = Rows(noun, {"id": said("a", "b"), field.name: values})
        assert rows.frame()[field.name].dtype == storage == STORAGE[type_]
        assert rows.frame()["id"].dtype == "str"


def test_whole_floats_become_plain_texts() -> None:
    values, _ = convert(column_of([101.0, None]), Field("code"))
    assert values[0] == "101"


def test_numbers_that_numpy_would_round_stay_what_they_are() -> None:
    values, _ = convert(column_of([110102196001011232, None]), Field("code"))
    assert values.tolist() == ["110102196001011232", None]


def test_half_a_character_does_not_go_on() -> None:
    assert convert(said("滨海\ud800"), Field("name"))[0].tolist() == ["滨海?"]


def test_times_of_a_source_are_read_as_texts_too() -> None:
    moments = np.array(["2024-05-01T03:04:05", "NaT"], "datetime64[ns]")
    assert convert(moments, Field("name"))[0].tolist() == ["2024-05-01 03:04:05", None]


def test_geofabrik_letters_are_directions_not_truth_values() -> None:
    oneway, against = read_oneway(said("F", "B", "T"))
    assert oneway.tolist() == [True, False, True]
    assert against.tolist() == [False, False, True]


def test_osm_minus_one_is_against_the_way() -> None:
    oneway, against = read_oneway(said("yes", "-1", "no", None))
    assert oneway.tolist() == [True, True, False, False]
    assert against.tolist() == [False, True, False, False]
