"""Pictures of a scene on a terrain: everything is drawn where the projection says, and picked there."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import shapely
from PyQt6.QtGui import QColor

from mapdesk.analysis.extrude import flat, outlines, prisms
from mapdesk.analysis.massing import Tile
from mapdesk.analysis.picking import PrismPicker, hit_tiles
from mapdesk.scene3d import picking
from mapdesk.scene3d.content import Footprints, as_it_is
from mapdesk.scene3d.open_floors import Outlines
from mapdesk.scene3d.plan import Plan, plan_of
from mapdesk.scene3d.presenter import ImmediatePresenter, Shot
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Projection, Viewpoint
from tests.scene3d.hills import ORIGIN, ridge, slope, terrain

GREEN, RED, BLUE = (np.array(c, np.uint8) for c in ([0, 160, 0], [200, 0, 0], [0, 0, 200]))
SIZE = 600, 400
HOUSE = shapely.box(ORIGIN[0] - 30, ORIGIN[1] + 100, ORIGIN[0] + 30, ORIGIN[1] + 140)
SLOPE, RIDGE = terrain(slope), terrain(ridge, key="r")
VIEW = Viewpoint(ORIGIN[0], ORIGIN[1], 700.0, 0.0, 35.0)


def build(scene):
    """Put a green land, a red road to the east and a blue house into a scene."""
    scene.set_sky(np.zeros(3), np.zeros(3))
    land = flat(np.array([shapely.Point(ORIGIN).buffer(5000)], object), ORIGIN)
    scene.set_flat("land", 0, land, GREEN[None])
    road = shapely.box(ORIGIN[0] + 60, ORIGIN[1] - 400, ORIGIN[0] + 84, ORIGIN[1] + 900)
    scene.set_flat("road", 1, flat(np.array([road], object), ORIGIN), RED[None])
    house = outlines(np.array([HOUSE], object), 0, 25.0, ORIGIN)
    scene.set_buildings([Tile.of(np.array([0]), house)], BLUE[None])


@pytest.fixture
def picture(qapp):
    presenter = ImmediatePresenter(ORIGIN)
    presenter.change(build)
    images = []
    presenter.ready.connect(lambda image, _shot: images.append(image))

    def take(view, on=None, change=None, **more):
        presenter.change(lambda scene: scene.set_terrain(on))
        if change is not None:
            presenter.change(change)
        presenter.show(Shot(view, *SIZE, **more))
        return images[-1]

    yield take
    presenter.close()
    presenter.wait_closed()


def hue_at(image, pixel):
    """Return which of red, green and blue is strongest at a pixel; hills are lit, hues stay."""
    colour = QColor(image.pixelColor(*(round(float(one)) for one in pixel)))
    parts = [colour.red(), colour.green(), colour.blue()]
    return "rgb"[int(np.argmax(parts))] if max(parts) > 40 else "-"


@pytest.mark.parametrize("smooth", [True, False])
def test_a_road_on_a_slope_is_where_the_projection_says(picture, smooth):
    image = picture(VIEW, SLOPE, smooth=smooth)
    projection = Projection(VIEW, *SIZE, SLOPE)
    along = ORIGIN[1] + np.arange(-150, 300, 50.0)
    for x, hue in ((72.0, "r"), (50.0, "g"), (94.0, "g")):
        pixels, _depth = projection.to_screen(
            np.column_stack([np.full(len(along), ORIGIN[0] + x), along])
        )
        assert {hue_at(image, pixel) for pixel in pixels} == {hue}


def test_a_house_on_a_slope_is_drawn_and_picked_where_it_stands(picture):
    image = picture(VIEW, SLOPE)
    projection = Projection(VIEW, *SIZE, SLOPE)
    foot, ground = 25.0, 30.0  # the slope rises to 35 m at its back
    shapes = np.array([HOUSE], object)
    house = Footprints(None, PrismPicker.of(shapes, np.zeros(1), np.full(1, 25.0)), np.ones(1))
    middle = shapely.get_coordinates(shapely.centroid(HOUSE))
    (roof,), _depth = projection.project(middle, ground + 24.9)
    assert hue_at(image, roof) == "b"
    assert picking.building_at(projection, *roof, house.on(SLOPE)) == 0
    front = np.array([[ORIGIN[0], ORIGIN[1] + 100.0]])
    for height, is_house in ((2.0, True), (28.0, True), (-4.0, False)):
        (pixel,), _depth = projection.project(front - (0.0, 0.5), foot + height)
        assert (hue_at(image, pixel) == "b") == is_house
        found = picking.building_at(projection, *pixel, house.on(SLOPE))
        assert (found == 0) == is_house
    # While footprints are read the triangles that are drawn are picked.
    tile = Tile.of(np.array([0]), outlines(shapes, 0, 25.0, ORIGIN))
    near, way = projection.ray(*roof)
    assert hit_tiles([tile], ORIGIN, near, near + way * 2000, SLOPE) == 0
    assert hit_tiles([tile], ORIGIN, near, near + way * 2000) is None
    # On a plane it is drawn elsewhere, and the picker of the plane is still there.
    assert house.on(None) is house
    assert picking.building_at(projection, *roof, house) is None


def test_a_long_low_house_up_a_slope_shows_its_roof_at_every_distance(picture):
    long = shapely.box(ORIGIN[0] - 60, ORIGIN[1], ORIGIN[0] + 60, ORIGIN[1] + 160)
    shapes, projection = np.array([long], object), Projection(VIEW, *SIZE, SLOPE)
    house = Footprints(None, PrismPicker.of(shapes, np.zeros(1), np.full(1, 12.0)), np.ones(1))
    tile = Tile.of(np.array([0]), outlines(shapes, 0, 12.0, ORIGIN))
    # Its ground rises by 40 m, more than three times its height.
    roof = float(house.on(SLOPE).picker.top[0])
    assert roof == pytest.approx(43.0)
    for simple in (tile, replace(tile, whole=None)):
        image = picture(
            VIEW, SLOPE, partial(Scene.set_buildings, tiles=[simple], colours=BLUE[None])
        )
        for y in (4.0, 80.0, 154.0):
            (pixel,), _depth = projection.project([[ORIGIN[0], ORIGIN[1] + y]], roof)
            assert hue_at(image, pixel) == "b"
            assert picking.building_at(projection, *pixel, house.on(SLOPE)) == 0


def test_floors_of_an_opened_building_and_bands_stand_where_its_walls_did():
    scene = Scene(ORIGIN)
    scene.set_terrain(SLOPE)
    long = shapely.box(ORIGIN[0] - 60, ORIGIN[1], ORIGIN[0] + 60, ORIGIN[1] + 160)
    of = Outlines(np.array([long], object), np.full(1, 12.0))
    floor = prisms(of.polygons, 0.0, 3.0, ORIGIN)
    scene.open.show([floor], [BLUE[None]], BLUE, of)
    scene.open.lift(np.array([9.0]))
    assert scene.open._floors[0].actor.GetPosition()[2] == pytest.approx(31.0 + 9.0)
    scene.open.clear()
    band = prisms(of.polygons, 9.0, 12.0, ORIGIN)
    scene.open.mark(band, BLUE, of)
    low, high = scene.open._bands[0].GetBounds()[4:]
    assert (low, high) == pytest.approx((40.0, 43.0))


def test_a_ridge_hides_what_is_behind_it(picture):
    view = Viewpoint(ORIGIN[0], ORIGIN[1] + 100.0, 500.0, 0.0, 14.0)
    behind = shapely.box(ORIGIN[0] - 30, ORIGIN[1] + 500, ORIGIN[0] + 30, ORIGIN[1] + 540)

    def change(scene):
        tall = prisms(np.array([behind], object), 0.0, np.full(1, 40.0), ORIGIN)
        scene.set_solid("tower", tall, BLUE[None])

    place = [[ORIGIN[0], ORIGIN[1] + 500.0]]
    with_ridge, without = (Projection(view, *SIZE, one) for one in (RIDGE, None))
    image = picture(view, None, change)
    (pixel,), _depth = without.to_screen(place, 20.0)
    assert hue_at(image, pixel) == "b"
    image = picture(view, RIDGE)
    (pixel,), _depth = with_ridge.to_screen(place, 20.0)
    assert hue_at(image, pixel) == "g"
    assert with_ridge.behind_hills(place).all()
    assert np.isnan(with_ridge.in_sight(place)[0]).all()
    assert not with_ridge.behind_hills([[ORIGIN[0], ORIGIN[1] + 250.0]]).any()


def test_flat_buildings_lie_on_the_slope(picture):
    image = picture(VIEW, SLOPE, lambda scene: scene.flatten(True))
    projection = Projection(VIEW, *SIZE, SLOPE)
    pixels, _depth = projection.to_screen(
        [[ORIGIN[0] + x, ORIGIN[1] + y] for x in (-25, 25) for y in (108, 132)]
    )
    assert {hue_at(image, pixel) for pixel in pixels} == {"b"}
    image = picture(VIEW, SLOPE, lambda scene: scene.flatten(False))
    (roof,), _depth = projection.project([[ORIGIN[0], ORIGIN[1] + 120]], 49.0)
    assert hue_at(image, roof) == "b"


def test_without_terrain_the_picture_is_what_it_was(picture):
    before = picture(VIEW)
    picture(VIEW, SLOPE)
    assert picture(VIEW) == before


def test_a_plan_and_tiles_of_a_larger_picture_show_the_same_ground(picture):
    plan = plan_of(*ORIGIN, 1.0, SIZE[1])
    image = picture(plan, RIDGE, plan=True)
    projection = Plan(plan, *SIZE, RIDGE)
    (road, land), _depth = projection.to_screen(
        [[ORIGIN[0] + 72, ORIGIN[1] + 60], [ORIGIN[0] + 40, ORIGIN[1] + 60]]
    )
    assert (hue_at(image, road), hue_at(image, land)) == ("r", "g")
    # However near the paper is looked at, the ground below is found.
    near = Plan(plan_of(*ORIGIN, 0.01, SIZE[1]), *SIZE, RIDGE)
    assert near.to_ground(SIZE[0] / 2, SIZE[1] / 2) == pytest.approx(ORIGIN)
    # The lower right of four tiles is the picture's lower right quarter, twice as large.
    tile = picture(VIEW, SLOPE, tile=(1, 1, 2, 2))
    whole = Projection(VIEW, 2 * SIZE[0], 2 * SIZE[1], SLOPE)
    pixels, _depth = whole.to_screen([[ORIGIN[0] + 72, ORIGIN[1] + y] for y in (-120.0, -60.0)])
    assert {hue_at(tile, pixel - SIZE) for pixel in pixels} == {"r"}


def test_a_roads_edge_on_a_steep_slope_has_no_teeth(picture):
    steep = terrain(lambda _x, y: 0.6 * y, key="s")
    image = picture(Viewpoint(ORIGIN[0] + 72, ORIGIN[1] + 60, 500.0, 10.0, 14.0), steep)
    # How much of each row is road, to parts of a pixel: it grows evenly, not in jumps of whole pixels.
    road = [sum(image.pixelColor(x, row).red() for x in range(SIZE[0])) for row in range(150, 250)]
    assert np.diff(road).std() < 22


def test_a_roof_met_on_a_steeper_map_is_as_high_as_the_building_is():
    twice = terrain(lambda x, y: 2 * slope(x, y), key="t x2")
    shapes = np.array([HOUSE], object)
    house = Footprints(None, PrismPicker.of(shapes, np.zeros(1), np.full(1, 25.0)), np.ones(1))
    roof = float(house.on(twice).picker.top[0])
    met = np.array(
        [[ORIGIN[0] + x, ORIGIN[1] + y, 0.0] for x, y in ((0, 104), (0, 136), (90, 120))]
    )
    met[:2, 2] = roof - twice.at(met[:2, :2])
    found = as_it_is(met, house, twice, SLOPE)
    assert found[:2, 2] + SLOPE.at(met[:2, :2]) == pytest.approx(house.on(SLOPE).picker.top[[0, 0]])
    assert found[2].tolist() == met[2].tolist()  # on the ground
