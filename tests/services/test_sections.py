"""Lines of sight and sections through the town, by name."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.picking import PrismPicker
from mapdesk.model.errors import InputError
from mapdesk.model.selection import Ref
from mapdesk.services.sections import Obstacles, obstacles_of, section, sight, write_section


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
