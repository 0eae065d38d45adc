"""Typed places in a district, and a place said in other systems."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from mapdesk.model.errors import CrsError, InputError, NotFoundError
from mapdesk.services.whereabouts import SYSTEMS, find_place, grids_at, say_place
from mapdesk.store import places
from mapdesk.store.database import Store


@pytest.fixture
def middle(town: Store) -> tuple[float, float]:
    """A place in the town, metres."""
    west, south, east, north = places.extent(town) or (0, 0, 0, 0)
    return (west + east) / 2, (south + north) / 2


@pytest.mark.parametrize("system", [*SYSTEMS, "EPSG:4526", "EPSG:3857"])
def test_every_system_leads_back(town: Store, middle: tuple[float, float], system: str) -> None:
    said = say_place(town.district, *middle, system)
    prefix = {"gcj02": "GCJ-02 ", "bd09": "BD-09 "}.get(system, "")
    prefix = f"{system} " if system.startswith("EPSG") else prefix
    place = find_place(town, prefix + said)
    assert (place.x, place.y) == pytest.approx(middle, abs=0.5)
    assert not place.swapped


def test_the_systems_of_china_are_hundreds_of_metres_apart(
    town: Store, middle: tuple[float, float]
) -> None:
    plain, gaode, baidu = (
        find_place(town, say_place(town.district, *middle, system))
        for system in ("lonlat", "gcj02", "bd09")
    )
    assert 200 < np.hypot(gaode.x - plain.x, gaode.y - plain.y) < 1200
    assert 400 < np.hypot(baidu.x - plain.x, baidu.y - plain.y) < 2500


def test_metres_either_way_round(town: Store, middle: tuple[float, float]) -> None:
    x, y = middle
    straight, swapped = find_place(town, f"{x} {y}"), find_place(town, f"x={y} y={x}")
    assert (straight.swapped, swapped.swapped) == (False, True)
    assert (swapped.x, swapped.y) == pytest.approx(middle, abs=0.01)
    lon, lat = pyproj.Transformer.from_crs(town.district.crs, 4326, always_xy=True).transform(x, y)
    assert (straight.lon, straight.lat) == pytest.approx((lon, lat))


def test_metres_with_the_number_of_their_zone(town: Store, middle: tuple[float, float]) -> None:
    x, y = middle
    for zone in (39, 20):  # three degrees and six degrees wide
        place = find_place(town, f"x={y:.2f} y={zone * 1_000_000 + x:.2f}")
        assert (place.x, place.y) == pytest.approx(middle, abs=0.01)
    with pytest.raises(CrsError):
        find_place(town, f"{38_000_000 + x} {y}")


def test_a_grid_is_found_by_its_code(town: Store) -> None:
    grid = next(row for row in places.where(town, "grid", "level", [2]) if row["code"])
    place = find_place(town, grid["code"])
    assert place.title == grid["name"]
    assert grid["id"] in [one["id"] for one in grids_at(town, place.x, place.y)]


def test_what_lies_elsewhere_is_refused_with_where(town: Store) -> None:
    with pytest.raises(CrsError, match=r"longitude 24\.9400, latitude 60\.1700, far from"):
        find_place(town, "24.94, 60.17")
    with pytest.raises(CrsError):
        find_place(town, "EPSG:999999 1 2")


def test_nothing_and_nonsense_are_sentences(town: Store) -> None:
    with pytest.raises(InputError):
        find_place(town, "  ")
    with pytest.raises(NotFoundError, match="neither coordinates nor"):
        find_place(town, "no such grid")
