"""The ground's heights are what their samples say, and rays end on them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mapdesk.analysis.terrain import Terrain

SLOPE = Terrain(0, 0, 10, np.tile(np.arange(50, dtype=np.float32) * 2, (50, 1)))

# Gentler than any ray below, so that none grazes a ridge.
grounds = arrays(np.float32, (6, 9), elements=st.floats(-50, -48, width=32)).map(
    lambda heights: Terrain(1000.0, -500.0, 20.0, heights)
)
part = st.floats(0, 1)


def test_heights_between_samples_lie_between_theirs():
    assert SLOPE.at([[5, 5], [105, 33]]) == pytest.approx([1, 21])


def test_beyond_its_edge_the_ground_goes_on_level():
    assert SLOPE.at([[-50, 0], [9999, -3]]) == pytest.approx([0, 98])


def test_a_ray_ends_on_the_slope():
    down = np.array([1, 0, -1]) / np.sqrt(2)
    assert SLOPE.meet(np.array([0, 100, 120.0]), down, 1000) == pytest.approx([100, 100, 20])
    assert SLOPE.meet(np.array([0, 100, 120.0]), -down, 1000) is None
    assert SLOPE.meet(np.array([0, 100, 120.0]), down, 50) is None


@given(grounds, part, part, part, part)
def test_a_ray_ends_on_the_ground_and_nothing_is_before(ground, x, y, aim_x, aim_y):
    xmin, ymin, xmax, ymax = ground.bounds
    eye = np.array([xmin + x * (xmax - xmin), ymin + y * (ymax - ymin), ground.reach[1] + 30])
    aim = np.array([xmin + aim_x * (xmax - xmin), ymin + aim_y * (ymax - ymin)])
    target = np.append(aim, ground.at([aim])[0])
    way = target - eye
    length = float(np.linalg.norm(way))
    met = ground.meet(eye, way / length, 2 * length)
    assert met is not None
    assert met[2] == pytest.approx(ground.at([met[:2]])[0], abs=0.05)
    assert np.linalg.norm(met - eye) <= length + 0.05


def test_a_place_that_is_none_has_no_height():
    heights = SLOPE.at([[np.nan, 3], [20, 0]])
    assert np.isnan(heights[0])
    assert heights[1] == pytest.approx(4)
