"""What is made on a plane is put on a terrain; and what the terrain hides."""

import numpy as np
import pytest
import shapely

from mapdesk.analysis.extrude import prisms
from mapdesk.analysis.skyline import Skyline
from mapdesk.analysis.standing import put_on
from mapdesk.analysis.terrain import standing
from tests.scene3d.hills import ORIGIN, ridge, slope, terrain

SLOPE, RIDGE = terrain(slope), terrain(ridge)
HOUSES = shapely.box(
    ORIGIN[0] + np.array([0.0, 0.0]), ORIGIN[1] + np.array([0.0, 200.0]),
    ORIGIN[0] + 40.0, ORIGIN[1] + np.array([80.0, 240.0]),
)  # fmt: skip


@pytest.fixture
def mesh():
    return prisms(HOUSES, 0.0, np.array([10.0, 20.0]), ORIGIN)


def test_each_part_stands_on_its_lowest_ground(mesh):
    put = put_on(mesh, SLOPE, ORIGIN, "parts")
    lift = put.points[:, 2] - mesh.points[:, 2]
    assert lift == pytest.approx(standing(SLOPE, HOUSES)[mesh.owner], abs=1e-4)
    assert mesh.points[:, 2].max() == 20.0  # the mesh itself, which the cache holds, stays


def test_points_follow_the_ground_and_a_whole_stands_on_its_middle(mesh):
    put = put_on(mesh, SLOPE, ORIGIN, "points")
    assert put.points[:, 2] - mesh.points[:, 2] == pytest.approx(0.25 * mesh.points[:, 1], abs=1e-3)
    put = put_on(mesh, SLOPE, ORIGIN, "whole")
    assert put.points[:, 2] - mesh.points[:, 2] == pytest.approx(0.25 * 120.0, abs=1e-3)


@pytest.mark.parametrize("bearing", [0.0, 35.0, 180.0])
def test_a_ridge_hides_the_ground_behind_it_and_not_its_top(bearing):
    eye = np.array([ORIGIN[0], ORIGIN[1] - 100.0, 60.0])
    seen = Skyline.of(RIDGE, eye, bearing, 3000.0)
    places = np.array([[0, 150], [0, 240], [0, 300], [0, 420], [100, 600], [0, -400]]) + ORIGIN
    hidden = seen.hides(places, RIDGE.at(places))
    assert hidden.tolist() == [False, False, False, True, True, False]
    assert not seen.hides(places, RIDGE.at(places) + 400.0).any()
