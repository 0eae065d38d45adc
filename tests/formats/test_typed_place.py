"""Places as people type them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.typed_place import read_place, spell_degrees
from mapdesk.model.errors import InputError

SPELLINGS = (
    "114.05, 22.54",
    "22.54 114.05",
    "22°32'24\"N 114°3'E",
    "N22°32'24\", E114°03'",
    "北纬22度32分24秒 东经114度3分",
    "东经114.05° 北纬22.54°",
    "经度114.05 纬度22.54",
    "lat 22.54, lon 114.05",
    "22.54N,114.05E",
    "N22.54 E114.05",
    "n22 32.4 e114 3",
    "22 32 24 N, 114 03 00 E",
    "22º32.4′N 114º3′E",
    "WGS84 114.05，22.54",
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_one_place_in_many_spellings(text: str) -> None:
    place = read_place(text)
    assert place is not None
    assert (place.first, place.second) == pytest.approx((114.05, 22.54), abs=1e-9)
    assert place.ordered
    assert place.system in ("", "wgs84")


@pytest.mark.parametrize(
    ("text", "system", "epsg"),
    [
        ("GCJ-02 114.06, 22.55", "gcj02", None),
        ("高德 114.06 22.55", "gcj02", None),
        ("百度坐标：114.06，22.55", "bd09", None),
        ("bd09 114.06 22.55", "bd09", None),
        ("EPSG:3857 12695000 2576000", "projected", 3857),
        ("12695000 2576000 (epsg 3857)", "projected", 3857),
        ("500000.5 m, 2493000 m", "projected", None),
        ("x=2493000, y=500000", "projected", None),
    ],
)
def test_the_system_is_read_too(text: str, system: str, epsg: int | None) -> None:
    place = read_place(text)
    assert place is not None
    assert (place.system, place.epsg) == (system, epsg)


@pytest.mark.parametrize("text", ["A0102", "hello", "1 2 3", "114.05", "滨海社区", ""])
def test_what_is_no_place_is_left_to_others(text: str) -> None:
    assert read_place(text) is None


@pytest.mark.parametrize(
    "text", ["22°70'N 114°E", "200E 22N", "22N 23N", "114E 115W", "GCJ-02 500000 2493000"]
)
def test_what_cannot_be_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError):
        read_place(text)


@given(st.floats(-179.99, 179.99), st.floats(-89.99, 89.99))
def test_degrees_minutes_seconds_come_back_to_a_hundredth_of_a_second(
    lon: float, lat: float
) -> None:
    place = read_place(spell_degrees(lon, lat))
    assert place is not None
    assert (place.first, place.second) == pytest.approx((lon, lat), abs=0.006 / 3600)


@given(st.text(max_size=60))
def test_no_text_is_our_own_fault(text: str) -> None:
    with suppress(InputError):
        read_place(text)
