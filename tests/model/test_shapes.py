"""Shapes on the ground hold what they say they hold."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.errors import InputError
from mapdesk.model.shapes import Area, Circle

number = st.floats(-1e4, 1e4)


@given(number, number, st.floats(0.1, 1e4), st.lists(st.tuples(number, number), max_size=30))
def test_a_circle_holds_what_is_no_farther_than_its_radius(x, y, radius, points):
    xy = np.array(points, float).reshape(-1, 2)
    expected = [np.hypot(px - x, py - y) for px, py in points]
    inside = Circle(x, y, radius).contains(xy)
    for distance, is_in in zip(expected, inside.tolist(), strict=True):
        if abs(distance - radius) > 1e-6:
            assert is_in == (distance < radius)


@pytest.mark.parametrize("radius", [0, -1, float("nan"), float("inf")])
def test_a_circle_needs_a_radius(radius):
    with pytest.raises(InputError):
        Circle(0, 0, radius)


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=12))
def test_a_lasso_is_always_valid_or_refused(points):
    try:
        area = Area.from_points(np.array(points, float))
    except InputError:
        return
    assert shapely.is_valid(area.polygon)
    assert area.area > 0


def test_a_figure_of_eight_keeps_both_loops():
    points = np.array([(0, 0), (10, 10), (20, 0), (20, 10), (10, 0), (0, 10)], float)
    area = Area.from_points(points)
    assert area.contains(np.array([[2.0, 5.0], [18.0, 5.0]])).all()


def test_two_points_are_no_area():
    with pytest.raises(InputError, match="three corners"):
        Area.from_points(np.array([(0, 0), (1, 1)], float))


def test_an_outline_of_few_corners_is_drawn_as_it_is():
    area = Area.from_points(np.array([[0, 0], [9, 0], [9, 5]], float))
    assert shapely.Polygon(area.outlines[0]).equals(area.polygon)


def test_an_outline_of_many_corners_is_drawn_with_few_and_lies_as_well():
    angle = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    area = Area.from_points(np.column_stack([900 * np.cos(angle), 900 * np.sin(angle)]))
    (ring,) = area.outlines
    assert 20 < len(ring) < 5000
    assert shapely.hausdorff_distance(shapely.LinearRing(ring), area.polygon.exterior) < 0.5
    assert shapely.get_num_coordinates(area.polygon) == 100_001


def test_each_part_has_its_outline():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 7, 7)])
    assert [len(ring) for ring in Area.from_geometry(parts).outlines] == [4, 4]
