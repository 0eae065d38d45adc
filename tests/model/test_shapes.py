"""Shapes on the ground hold what they say they hold."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.errors import InputError
from mapdesk.model.shapes import Area, Circle, united

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


def test_a_union_loses_no_piece():
    # Rooms of one floor, side by side: GEOS 3.14 alone leaves one of them out.
    pieces = shapely.from_wkt(
        [
            (
                "POLYGON (("
                "4.45105945238937 1.0058519872434122, "
                "0.1406559015216182 2.0009870580534534, "
                "0.7576901564190901 4.673656046748755, "
                "1.1265721417086982 4.830237159657597, "
                "4.45105945238937 1.0058519872434122"
                "))"
            ),
            (
                "POLYGON (("
                "4.982790360448099 0.3941655494697117, "
                "2.1525694705979075 -4.31611300802779, "
                "-1.1421524828920702 -3.555466510363878, "
                "0.1406559015216182 2.0009870580534534, "
                "4.45105945238937 1.0058519872434122, "
                "4.982790360448099 0.3941655494697117"
                "))"
            ),
            (
                "POLYGON (("
                "0.0385759388656596 1.5588301625613408, "
                "-1.1228267670014496 -3.471757638230385, "
                "-3.8129571063734793 -2.8506921128875677, "
                "-4.284019633521188 2.5335772102816927, "
                "-4.248614093545539 2.5486059703556574, "
                "0.0385759388656596 1.5588301625613408"
                "))"
            ),
            (
                "POLYGON (("
                "-1.1228267670014496 -3.471757638230385, "
                "-1.2240243970561533 -3.9100927313470684, "
                "-3.7717310311244883 -3.3219083092211146, "
                "-3.8129571063734797 -2.8506921128875677, "
                "-1.1228267670014496 -3.471757638230385"
                "))"
            ),
        ]
    )
    whole = united(pieces)
    assert whole.area == pytest.approx(shapely.area(pieces).sum(), rel=1e-6)


def test_a_union_of_nothing_is_empty():
    assert united([]).is_empty
