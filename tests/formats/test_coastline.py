"""The sea from coastlines: to the right of them, as far as the box goes."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.coastline import sea

BOX = (24.0, 60.0, 24.1, 60.1)


def area_of(shapes):
    return sum(shapely.from_wkb(shape).area for shape in shapes)


def test_the_sea_lies_to_the_right_of_its_shore():
    northward = np.array([[24.04, 59.9], [24.04, 60.2]])
    assert area_of(sea([northward], BOX)) == pytest.approx(0.06 * 0.1)
    assert area_of(sea([northward[::-1]], BOX)) == pytest.approx(0.04 * 0.1)


def test_a_shore_that_ends_a_little_short_is_drawn_on_to_the_edge():
    shore = np.array([[24.04, 60.001], [24.04, 60.05], [24.04, 60.0985]])
    assert area_of(sea([shore], BOX)) == pytest.approx(0.06 * 0.1, rel=0.02)


def test_a_shore_that_ends_in_the_middle_says_nothing():
    assert sea([np.array([[24.04, 59.9], [24.04, 60.05]])], BOX) == []
    assert sea([], BOX) == []


def test_an_island_is_land_and_a_bay_between_two_shores_is_sea():
    ring = np.array(shapely.Point(24.05, 60.05).buffer(0.01).exterior.coords)
    island = ring[::-1] if not shapely.is_ccw(shapely.LinearRing(ring)) else ring
    west = np.array([[24.02, 59.9], [24.02, 60.2]])
    east = np.array([[24.08, 60.2], [24.08, 59.9]])
    (bay,) = sea([west, east, island], BOX)
    shape = shapely.from_wkb(bay)
    assert shape.area == pytest.approx(0.06 * 0.1 - shapely.Polygon(island).area)
    assert not shape.contains(shapely.Point(24.05, 60.05))


@given(
    st.lists(st.floats(24.01, 24.09), min_size=2, max_size=8),
    st.integers(1, 6),
)
def test_pieces_of_one_shore_part_the_box_as_the_whole_does(xs, cut):
    ys = np.linspace(59.95, 60.15, len(xs))
    shore = np.column_stack([xs, ys])
    cut = min(cut, len(xs) - 1)
    whole = sea([shore], BOX)
    parts = sea([shore[: cut + 1], shore[cut:]], BOX)
    assert area_of(parts) == pytest.approx(area_of(whole), abs=1e-9)
    land = sea([shore[::-1]], BOX)
    assert area_of(whole) + area_of(land) == pytest.approx(0.01, abs=1e-9)
