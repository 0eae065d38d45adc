"""Lines of sight and sections through the town, by name."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.terrain import Terrain
from mapdesk.model.errors import InputError
from mapdesk.model.selection import Ref
from mapdesk.services.sections import (
    Obstacles,
    obstacles_of,
    section,
    sight,
    stood,
    write_section,
)


def prisms(*boxes):
    shapes = np.array([shapely.box(*box[:4]) for box in boxes], object)
    return PrismPicker.of(shapes, np.zeros(len(boxes)), np.array([float(box[4]) for box in boxes]))


TOWER_AND_HILL = Obstacles(
    prisms((40, -10, 50, 10, 30)),
    prisms((70, -50, 90, 50, 12)),
    np.array(["b1"], object),
    np.array(["Tower"], object),
)
WEST, EAST = np.array([0.0, 0, 0]), np.array([120.0, 0, 0])


def test_a_tower_hides_and_says_how_much_higher_one_must_stand():
    found = sight(TOWER_AND_HILL, WEST, EAST)
    assert not found.is_free
    assert (found.by, found.title) == (Ref("building", "b1"), "Tower")
    assert found.seen == pytest.approx(40 / 120)
    assert not sight(TOWER_AND_HILL, WEST, EAST, eye=1.6 + found.above - 0.1).is_free
    assert sight(TOWER_AND_HILL, WEST, EAST, eye=1.6 + found.above + 0.1).is_free


def test_a_hill_hides_too_and_is_named_so():
    found = sight(TOWER_AND_HILL, np.array([0.0, 40, 0]), np.array([120.0, 40, 0]))
    assert (found.by, found.title) == (None, "hill")


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(0.1, 60), st.floats(0.1, 60))
def test_what_one_sees_sees_one_too(y0, y1, eye, target):
    begin, end = np.array([0.0, y0, 0]), np.array([120.0, y1, 0])
    there = sight(TOWER_AND_HILL, begin, end, eye, target)
    back = sight(TOWER_AND_HILL, end, begin, target, eye)
    assert there.is_free == back.is_free


def test_one_point_is_no_line():
    with pytest.raises(InputError):
        sight(TOWER_AND_HILL, WEST, WEST)
    with pytest.raises(InputError):
        section(TOWER_AND_HILL, np.zeros((2, 2)))


def test_a_section_with_a_bend_has_what_stands_along_it(tmp_path):
    found = section(TOWER_AND_HILL, np.array([[0.0, 0], [60, 0], [60, 30], [120, 30]]))
    assert found.length == 150
    (tower,) = found.buildings
    assert (tower.start, tower.end, tower.top) == (40, 50, 30)
    assert found.height(45) == 30
    assert found.height(55) == 0
    assert found.place(75) == (60, 15)
    # The hill lies under the last side, 10 to 30 m along it.
    on_hill = (found.along > 101) & (found.along < 119)
    assert (found.ground[on_hill] == 12).all()
    assert found.ground[found.along < 99].max() == 0
    path = tmp_path / "section.csv"
    write_section(path, found, "EPSG:4548")
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert max(float(row["top_m"]) for row in rows) == 30
    assert {row["building"] for row in rows} == {"", "b1"}


def test_the_town_has_obstacles_with_names(town):
    found = obstacles_of(town)
    assert len(found.ids) == len(found.buildings.polygons) > 0
    assert found.title(0)
    west, south, east, north = shapely.total_bounds(found.buildings.polygons)
    line = np.array([[west, (south + north) / 2], [east, (south + north) / 2]])
    assert section(found, line).buildings


def ridge(height=30.0):
    """Ground of 200 m a side with a ridge from south to north between x = 55 and x = 65."""
    x = np.arange(-50.0, 151.0, 2.5)
    profile = np.interp(x, [50, 60, 70], [0, height, 0]).astype(np.float32)
    return Terrain(-50.0, -100.0, 2.5, np.tile(profile, (len(x), 1)), 100.0, "ridge")


def on_ridge(height=30.0):
    """The tower and the hill of the flat map, stood on the ridge's ground."""
    return stood(
        TOWER_AND_HILL.buildings,
        TOWER_AND_HILL.ids,
        TOWER_AND_HILL.names,
        TOWER_AND_HILL.hills,
        ridge(height),
    )


def test_a_ridge_hides_and_says_how_much_higher_one_must_stand():
    begin, end = np.array([0.0, 40, 0]), np.array([120.0, 40, 0])
    found = sight(on_ridge(), begin, end)
    assert (found.by, found.title) == (None, "hill")
    assert found.seen == pytest.approx(50.5 / 120, abs=0.02)
    assert not sight(on_ridge(), begin, end, eye=1.6 + found.above - 0.2).is_free
    assert sight(on_ridge(), begin, end, eye=1.6 + found.above + 0.2).is_free
    # From its top one sees over; and where it is flat, the flat map's hill is none.
    top = np.array([60.0, 40, on_ridge().ground(np.array([[60.0, 40]]))[0]])
    assert sight(on_ridge(), top, end).is_free
    assert sight(on_ridge(0.0), begin, end).is_free


def test_what_stands_on_terrain_hides_from_its_own_height():
    up = stood(
        prisms((58, -10, 62, 10, 10)), np.array(["b"], object), np.array(["Hut"], object),
        prisms(), ridge(),
    )  # fmt: skip
    assert up.buildings.base == pytest.approx([24], abs=0.1)
    begin, end = np.array([0.0, 0, 0]), np.array([120.0, 0, 0])
    # The ground under it is 24 to 30 m high, and its roof 10 m above the middle of that.
    assert up.buildings.top == pytest.approx([37], abs=0.1)
    assert sight(up, begin, end, 36, 36).title == "Hut"
    assert sight(up, begin, end, 36, 36).above == pytest.approx(1 * 120 / 58, abs=0.2)
    assert sight(up, begin, end, 37.5, 37.5).is_free


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(0.1, 60), st.floats(0.1, 60))
def test_over_a_ridge_too_what_one_sees_sees_one(y0, y1, eye, target):
    begin, end = np.array([0.0, y0, 0]), np.array([120.0, y1, 0])
    there = sight(on_ridge(), begin, end, eye, target)
    assert there.is_free == sight(on_ridge(), end, begin, target, eye).is_free


def test_a_section_over_terrain_is_counted_from_sea_level():
    found = section(on_ridge(), np.array([[0.0, 0], [120, 0]]))
    assert found.datum == 100
    assert section(TOWER_AND_HILL, np.array([[0.0, 0], [120, 0]])).datum is None
    assert found.ground.max() == pytest.approx(130, abs=0.5) and found.ground[0] == 100
    (tower,) = found.buildings
    assert (tower.base, tower.top) == (100, 130)
    assert found.height(60) == pytest.approx(130, abs=0.5)
