"""What is made on a plane is put on a terrain; and what the terrain hides."""

import numpy as np
import pytest
import shapely

from mapdesk.analysis.extrude import prisms
from mapdesk.analysis.skyline import Skyline
from mapdesk.analysis.standing import founded, lifted, put_on
from tests.scene3d.hills import ORIGIN, ridge, slope, terrain

SLOPE, RIDGE = terrain(slope), terrain(ridge)
HOUSES = shapely.box(
    ORIGIN[0] + np.array([0.0, 0.0]), ORIGIN[1] + np.array([0.0, 200.0]),
    ORIGIN[0] + 40.0, ORIGIN[1] + np.array([80.0, 240.0]),
)  # fmt: skip


@pytest.fixture
def mesh():
    return prisms(HOUSES, 0.0, np.array([10.0, 20.0]), ORIGIN)


def test_walls_reach_the_lowest_ground_and_heights_count_from_the_middle(mesh):
    put = put_on(mesh, SLOPE, ORIGIN, "parts")
    # The ground rises a metre in four: under the first from 0 to 20 m, under the second from 50 to 60.
    feet, roofs = mesh.points[:, 2] == 0, mesh.points[:, 2] > 0
    assert put.points[feet, 2] == pytest.approx(np.array([0.0, 50.0])[mesh.owner[feet]], abs=1e-3)
    # The first, 10 m tall, would end where the hill is highest: a storey of it stays above.
    assert put.points[roofs, 2] == pytest.approx(
        np.array([23.0, 75.0])[mesh.owner[roofs]], abs=1e-3
    )
    assert mesh.points[:, 2].max() == 20.0  # the mesh itself, which the cache holds, stays


def test_meshes_and_footprints_are_founded_alike():
    across = shapely.box(ORIGIN[0] - 300, ORIGIN[1] + 290, ORIGIN[0] + 300, ORIGIN[1] + 310)
    yard = shapely.Point(ORIGIN[0], ORIGIN[1] + 250).buffer(90) - shapely.Point(
        ORIGIN[0], ORIGIN[1] + 250
    ).buffer(60)
    two = shapely.union(shapely.box(*np.add((0, 0, 20, 20), 2 * ORIGIN)), yard)
    shapes = np.array([across, yard, two, None, shapely.Polygon()], object)
    tall = np.array([4.0, 12.0, 30.0, 5.0, 5.0])
    known = founded(RIDGE, shapes, tall)
    made = prisms(shapes, 0.0, tall, ORIGIN)
    assert lifted(made, RIDGE, ORIGIN).points == pytest.approx(
        lifted(made, RIDGE, ORIGIN, founding=known).points, abs=1e-2
    )
    assert known.foot[3:].tolist() == known.ground[3:].tolist() == [0.0, 0.0]


def test_a_long_wall_over_a_dip_reaches_its_bottom_and_its_roof_clears_a_rise():
    long = shapely.box(ORIGIN[0] - 10, ORIGIN[1] + 100, ORIGIN[0] + 10, ORIGIN[1] + 500)
    hill = founded(RIDGE, [long], [8.0])  # both ends at the foot of a ridge, 120 m high
    assert hill.ground[0] + 8.0 == pytest.approx(RIDGE.reach[1] + 3.0, abs=0.1)
    dip = founded(terrain(lambda x, y: -ridge(x, y), key="d"), [long], [200.0])
    assert dip.foot[0] == pytest.approx(-RIDGE.reach[1], abs=0.1)
    assert dip.ground[0] == pytest.approx(-RIDGE.reach[1] / 2, abs=1.0)


def test_what_has_parts_is_founded_on_the_lowest_ground_of_all():
    ground = terrain(lambda x, _y: 0.2 * x, key="east")
    east = [shapely.box(x, ORIGIN[1], x + 15, ORIGIN[1] + 9) for x in (ORIGIN[0] + 300, ORIGIN[0])]
    stand = founded(ground, [shapely.union_all(east)], [200.0])
    assert stand.foot == pytest.approx([0.0]) and stand.ground == pytest.approx([31.5])
    assert len(founded(ground, [], []).foot) == 0


def test_what_hovers_keeps_its_height_over_the_ground():
    bridge = founded(SLOPE, HOUSES, [10.0, 20.0])
    assert bridge.raised([4.0, 0.0]).tolist() == [bridge.ground[0] + 4.0, bridge.foot[1]]


def test_points_follow_the_ground_and_a_whole_stands_on_its_middle(mesh):
    put = put_on(mesh, SLOPE, ORIGIN, "points")
    assert put.points[:, 2] - mesh.points[:, 2] == pytest.approx(0.25 * mesh.points[:, 1], abs=1e-3)
    put = put_on(mesh, SLOPE, ORIGIN, "whole")
    lift, feet = put.points[:, 2] - mesh.points[:, 2], mesh.points[:, 2] == 0
    assert lift[~feet] == pytest.approx(0.25 * 120.0, abs=1e-3)
    # Downhill its feet go on to the ground; uphill they stand in it.
    own = 0.25 * mesh.points[feet, 1]
    assert lift[feet] == pytest.approx(np.minimum(own, 30.0), abs=1e-3)
    assert lift[feet].min() == 0.0


@pytest.mark.parametrize("bearing", [0.0, 35.0, 180.0])
def test_a_ridge_hides_the_ground_behind_it_and_not_its_top(bearing):
    eye = np.array([ORIGIN[0], ORIGIN[1] - 100.0, 60.0])
    seen = Skyline.of(RIDGE, eye, bearing, 3000.0)
    places = np.array([[0, 150], [0, 240], [0, 300], [0, 420], [100, 600], [0, -400]]) + ORIGIN
    hidden = seen.hides(places, RIDGE.at(places))
    assert hidden.tolist() == [False, False, False, True, True, False]
    assert not seen.hides(places, RIDGE.at(places) + 400.0).any()
