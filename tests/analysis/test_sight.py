"""What stands between two points, against sampling the line a thousand times."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.sight import crossings, footprints_crossed, heights_at

YARD = shapely.Polygon(
    [(0, 0), (40, 0), (40, 40), (0, 40)], [[(10, 10), (30, 10), (30, 30), (10, 30)]]
)
TOWER = shapely.box(60, 5, 80, 25)
BRIDGE = shapely.box(90, 0, 100, 40)
TOWN = PrismPicker.of(
    np.array([YARD, TOWER, BRIDGE], object), np.array([0.0, 0.0, 8.0]), np.array([20.0, 60.0, 12.0])
)

points = st.tuples(st.floats(-30, 130), st.floats(-30, 70), st.floats(0, 80)).map(np.array)


def inside(index, xyz):
    flat = shapely.intersects_xy(TOWN.polygons[index], xyz[:, 0], xyz[:, 1])
    return flat & (xyz[:, 2] >= TOWN.base[index]) & (xyz[:, 2] <= TOWN.top[index])


@given(points, points)
def test_crossings_are_where_samples_lie_inside(begin, end):
    length = float(np.linalg.norm(end - begin))
    assume(np.hypot(*(end - begin)[:2]) > 1)
    found = crossings(TOWN, begin, end)
    parts = (np.arange(1000) + 0.5) / 1000
    samples = begin + parts[:, None] * (end - begin)
    slack = 0.1 / length + 1e-9
    for index in range(3):
        mine = [one for one in found if one.index == index]
        told = np.zeros(1000, bool)
        near = np.zeros(1000, bool)
        for one in mine:
            told |= (parts >= one.start) & (parts <= one.end)
            near |= np.abs(parts - one.start) < slack
            near |= np.abs(parts - one.end) < slack
        different = (told != inside(index, samples)) & ~near
        # A stretch that only touches is left out.
        assert different.sum() * length / 1000 <= 0.3


def test_a_courtyard_lets_one_see_across_it_and_a_bridge_under_it():
    across = crossings(TOWN, np.array([12.0, 20, 2]), np.array([28.0, 20, 2]))
    assert across == []
    under = crossings(TOWN, np.array([85.0, 20, 2]), np.array([110.0, 20, 2]))
    assert under == []
    through = crossings(TOWN, np.array([-10.0, 20, 2]), np.array([50.0, 20, 2]))
    assert [one.index for one in through] == [0, 0]
    assert through[0].start == pytest.approx(10 / 60)


def test_straight_up_inside_a_tower_is_blocked_and_over_it_is_not():
    foot, roof, sky = (np.array([70.0, 15, z]) for z in (0, 60, 90))
    assert [one.index for one in crossings(TOWN, foot, sky)] == [1]
    assert crossings(TOWN, roof, sky) == []


def test_a_point_on_a_wall_is_not_behind_it():
    assert crossings(TOWN, np.array([50.0, 15, 2]), np.array([60.0, 15, 2])) == []


def test_footprints_and_heights_along_the_ground():
    found = footprints_crossed(TOWN, np.array([-10.0, 20]), np.array([110.0, 20]))
    assert [one.index for one in found] == [0, 0, 1, 2]
    heights = heights_at(TOWN, np.array([[5.0, 5], [20, 20], [70, 15], [200, 0]]))
    assert heights.tolist() == [20, 0, 60, 0]
