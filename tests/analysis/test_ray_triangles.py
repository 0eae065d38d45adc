"""The triangle a ray meets first, against a sum over every triangle done one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.ray_triangles import TrianglePicker

SQUARE = np.array([[[0, 0, 5], [4, 0, 5], [4, 4, 5]], [[0, 0, 5], [4, 4, 5], [0, 4, 5]]], float)
DOWN = np.array([0.0, 0.0, -1.0])


def test_the_upper_one_is_met_first():
    picker = TrianglePicker.of([SQUARE, SQUARE - [0, 0, 3]])
    assert picker.hit(np.array([3.0, 1.0, 20.0]), DOWN) == (0, 0, pytest.approx(15))
    assert picker.hit(np.array([1.0, 3.0, 4.0]), DOWN) == (1, 1, pytest.approx(2))
    assert picker.hit(np.array([9.0, 1.0, 20.0]), DOWN) is None
    assert picker.hit(np.array([1.0, 3.0, 1.0]), DOWN) is None


def test_no_models_are_never_met():
    assert TrianglePicker.of([]).hit(np.zeros(3), DOWN) is None


def slow(corners, eye, direction, slack):
    """Return the nearest meeting, each triangle solved as three equations and grown by `slack` of its sides."""
    best = np.inf
    for triangle in corners:
        a, b, c = triangle
        matrix = np.column_stack([b - a, c - a, -direction])
        if abs(np.linalg.det(matrix)) < 1e-9:
            continue
        u, v, along = np.linalg.solve(matrix, eye - a)
        if min(u, v, 1 - u - v) >= -slack and along > 0:
            best = min(best, along)
    return best


coordinates = st.floats(-20, 20).map(lambda one: round(one, 2))
triangles = st.lists(
    st.lists(st.tuples(coordinates, coordinates, coordinates), min_size=3, max_size=3),
    min_size=1,
    max_size=8,
).map(lambda found: np.array(found, float))


@given(triangles, st.tuples(coordinates, coordinates), st.tuples(coordinates, coordinates))
def test_it_is_the_nearest_of_all(corners, above, below):
    eye = np.array([*above, 50.0])
    direction = np.array([*below, -30.0]) - eye
    direction /= np.linalg.norm(direction)
    found = TrianglePicker.of([corners]).hit(eye, direction)
    # At an edge it may say either; so the nearest lies between those well within and those about.
    within = slow(corners, eye, direction, -1e-6)
    about = slow(corners, eye, direction, 1e-6)
    if found is None:
        assert within == np.inf
    else:
        assert about - 1e-3 < found[2] < within + 1e-3
