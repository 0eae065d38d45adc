"""The ground's triangles: where the terrain is, without holes, finer where the eye is near."""

import numpy as np
import pytest
import shapely
from numpy.testing import assert_allclose

from mapdesk.analysis.relief import Eye, light_of, relief_of
from mapdesk.analysis.terrain import Terrain


def looking(target=(0.0, 0.0), distance=1000.0, tangent=9.0):
    eye = np.array([target[0], target[1] - 0.7 * distance, 0.7 * distance])
    forward = np.array([0.0, np.sqrt(0.5), -np.sqrt(0.5)])
    up = np.array([0.0, np.sqrt(0.5), np.sqrt(0.5)])
    return Eye(
        eye, forward, np.array([1.0, 0, 0]), up, np.array(target), distance, (tangent, tangent)
    )


@pytest.fixture(scope="module")
def hills():
    line = np.linspace(-4000, 4000, 321)
    x, y = np.meshgrid(line, line)
    heights = 50 * np.sin(x / 300) * np.cos(y / 260)
    return Terrain(-4000.0, -4000.0, 25.0, heights.astype(np.float32))


def test_triangles_cover_what_is_seen_once_and_face_up(hills):
    relief = relief_of(hills, looking(tangent=1e6))
    corners = relief.points[relief.triangles, :2]
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    assert (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0] > 0).all()
    tree = shapely.STRtree(shapely.polygons(corners))
    places = np.random.default_rng(1).uniform((-5000, 0), (5000, 9000), (400, 2))
    point, _triangle = tree.query(shapely.points(places), predicate="within")
    assert np.array_equal(np.bincount(point, minlength=400), np.ones(400))


def test_points_lie_on_the_terrain_but_for_seams(hills):
    relief = relief_of(hills, looking())
    off = np.abs(relief.points[:, 2] - hills.at(relief.points[:, :2]))
    assert (off < 1e-6).mean() > 0.95
    assert off.max() < 30


def test_it_is_finer_near_the_place_looked_at_and_stays_small(hills):
    for distance in (60.0, 1000.0, 20_000.0):
        relief = relief_of(hills, looking(distance=distance, tangent=0.9))
        assert len(relief.points) < 60_000
    corners = relief_of(hills, looking()).points[relief_of(hills, looking()).triangles, :2]
    size, away = np.ptp(corners[..., 0], axis=1), np.hypot(*corners[:, 0].T)
    assert size[away < 500].max() <= 25.0 < size[(away > 3000) & (away < 4000)].min()


def test_light_comes_from_the_north_west():
    flat, to_light, away = light_of(np.array([0.0, 0.5, -0.5]), np.array([0.0, -0.5, 0.5]))
    assert away < flat < to_light
    assert_allclose(light_of(np.zeros(3), np.zeros(3)), flat)


def test_the_steepest_slopes_keep_their_shape_and_what_is_painted_on_them():
    rise = np.tan(np.radians([5.0, 15.0, 30.0, 45.0, 60.0])) / np.sqrt(2)
    away, to_light = light_of(-rise, rise), light_of(rise, -rise)
    assert (np.diff(away) < -0.005).all() and away.min() > 0.5
    assert to_light.max() <= 1.0 and to_light.min() > light_of(np.zeros(1), np.zeros(1))
