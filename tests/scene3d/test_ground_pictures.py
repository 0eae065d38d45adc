"""Pictures of the ground, by the pixels they leave: where they lie, what is over them, and the divider."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PyQt6.QtGui import QImage
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from mapdesk.analysis.extrude import Mesh, outlines
from mapdesk.analysis.massing import Tile as Block
from mapdesk.analysis.pyramid import Patch, Pyramid, Tile, lay
from mapdesk.scene3d.ground_pictures import PictureLook
from mapdesk.scene3d.presenter import Shot, offscreen_window, take
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Projection, Viewpoint
from mapdesk.services.tile_loading import Piece

ORIGIN = (440_000.0, 2_720_000.0)
PYRAMID = Pyramid(512, 512, 1)
VIEW = Viewpoint(*ORIGIN, 1500.0, 0.0, 90.0)
SIZE = (400, 400)
LAND, ROAD = (90, 160, 70), (250, 250, 250)


def to_ground(pixels):
    return pixels * (1, -1) + (ORIGIN[0] - 256, ORIGIN[1] + 256)


def piece(raster: str, tile: Tile, pixels: np.ndarray, source: Tile | None = None) -> Piece:
    patch = lay(PYRAMID, to_ground, [tile])[0]
    assert isinstance(patch, Patch)
    left, upper, right, lower = PYRAMID.box(source or tile)
    part = (patch.pixels - (left, upper)) / (right - left, lower - upper)
    return Piece(raster, tile, source or tile, patch, part.astype(np.float32), pixels)


def plain(colour, solid=255):
    return np.broadcast_to(np.array([*colour, solid], np.uint8), (256, 256, 4)).copy()


def square(half: float, low: float, high: float) -> Mesh:
    points = np.array(
        [(-half, low, 0), (half, low, 0), (half, high, 0), (-half, high, 0)], np.float32
    )
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return Mesh(points, triangles, np.zeros(4, np.int32), np.ones(4, np.float32))


class Studio:
    """A scene with land and a road across it, and its camera."""

    def __init__(self) -> None:
        self.scene = Scene(ORIGIN)
        self.window = offscreen_window(self.scene)
        self.scene.set_flat("land", 0, square(2000, -2000, 2000), np.array([LAND], np.uint8))
        self.scene.set_flat("road", 1, square(2000, -8, 8), np.array([ROAD], np.uint8))

    def shoot(self, view: Viewpoint = VIEW) -> QImage:
        return take(self.window, self.scene, Shot(view, *SIZE, False), vtkUnsignedCharArray())

    def colour(self, image: QImage, east: float, north: float, view: Viewpoint = VIEW):
        pixels, _depth = Projection(view, *SIZE).to_screen([[ORIGIN[0] + east, ORIGIN[1] + north]])
        return image.pixelColor(int(pixels[0, 0]), int(pixels[0, 1])).getRgb()[:3]


@pytest.fixture
def studio():
    made = Studio()
    yield made
    made.window.Finalize()


WHOLE = Tile(0, 0, 0)


def test_a_picture_lies_over_the_land_under_the_road_and_the_right_way_up(studio):
    pixels = plain((200, 0, 0))
    pixels[:128, :128] = (0, 0, 200, 255)  # its upper left: north-west
    studio.scene.pictures.show([piece("a", WHOLE, pixels)], {"a": PictureLook()})
    image = studio.shoot()
    assert studio.colour(image, -100, 100) == (0, 0, 200)
    assert studio.colour(image, 100, 100) == (200, 0, 0)
    assert studio.colour(image, -100, -100) == (200, 0, 0)
    assert studio.colour(image, 100, 0) == ROAD
    assert studio.colour(image, 300, 100) == LAND


def test_it_stays_in_its_place_when_the_land_is_drawn_anew(studio):
    studio.scene.pictures.show([piece("a", WHOLE, plain((200, 0, 0)))], {"a": PictureLook()})
    studio.scene.set_flat("land", 0, square(2000, -2000, 2000), np.array([LAND], np.uint8))
    assert studio.colour(studio.shoot(), 100, 100) == (200, 0, 0)


def test_gaps_and_opacity_let_the_land_through(studio):
    pixels = plain((200, 0, 0))
    pixels[:, :128, 3] = 0
    studio.scene.pictures.show([piece("a", WHOLE, pixels)], {"a": PictureLook(opacity=0.5)})
    image = studio.shoot()
    assert studio.colour(image, -100, 100) == LAND
    mixed = np.array(studio.colour(image, 100, 100))
    assert np.abs(mixed - (np.array(LAND) + (200, 0, 0)) / 2).max() <= 2
    assert studio.colour(image, 100, 0) == ROAD


@pytest.mark.parametrize(("brightness", "seen"), [(0.5, (50, 30, 10)), (1.5, (150, 90, 30))])
def test_brightness(studio, brightness, seen):
    look = PictureLook(brightness=brightness)
    studio.scene.pictures.show([piece("a", WHOLE, plain((100, 60, 20)))], {"a": look})
    found = studio.colour(studio.shoot(), 100, 100)
    assert np.abs(np.array(found) - seen).max() <= 1


def test_by_night_pictures_are_darkened_whatever_their_own_brightness(studio):
    pictures = studio.scene.pictures
    look = {"a": PictureLook(brightness=1.5)}
    pictures.show([piece("a", WHOLE, plain((100, 60, 20)))], look)
    pictures.set_light(0.5)
    assert studio.colour(studio.shoot(), 100, 100) == (75, 45, 15)
    pictures.set_light(1.0)
    pictures.show([piece("a", WHOLE, plain((100, 60, 20)))], look)
    assert studio.colour(studio.shoot(), 100, 100) == (150, 90, 30)


def test_the_later_of_two_lies_above(studio):
    pieces = [
        piece(name, WHOLE, plain(colour))
        for name, colour in (("a", (200, 0, 0)), ("b", (0, 0, 200)))
    ]
    studio.scene.pictures.show(pieces, {"a": PictureLook(), "b": PictureLook()})
    assert studio.colour(studio.shoot(), 100, 100) == (0, 0, 200)
    studio.scene.pictures.show(pieces, {"b": PictureLook(), "a": PictureLook()})
    assert studio.colour(studio.shoot(), 100, 100) == (200, 0, 0)
    studio.scene.pictures.show(pieces[:1], {"a": PictureLook()})
    studio.scene.pictures.show([], {})
    assert studio.colour(studio.shoot(), 100, 100) == LAND


def test_a_part_of_a_coarser_tile_stands_in_for_a_finer_one(studio):
    pixels = plain((200, 0, 0))
    pixels[:128, 128:] = (0, 0, 200, 255)
    fine = Tile(1, 1, 0)  # the north-east quarter
    studio.scene.pictures.show([piece("a", fine, pixels, WHOLE)], {"a": PictureLook()})
    image = studio.shoot()
    assert studio.colour(image, 100, 100) == (0, 0, 200)
    assert studio.colour(image, -100, 100) == LAND
    studio.scene.pictures.show([piece("a", fine, plain((0, 200, 0)))], {"a": PictureLook()})
    assert studio.colour(studio.shoot(), 100, 100) == (0, 200, 0)


@pytest.mark.parametrize("view", [VIEW, Viewpoint(*ORIGIN, 1200.0, 40.0, 35.0)])
def test_the_divider_is_a_straight_line_on_the_screen(studio, view):
    scene = studio.scene
    pieces = [piece("a", WHOLE, plain((200, 0, 0))), piece("b", WHOLE, plain((0, 0, 200)))]
    scene.pictures.show(pieces, {"a": PictureLook(side=-1), "b": PictureLook(side=1)})
    for part in (0.42, 0.58):
        scene.sides.line = part
        image = studio.shoot(view)
        x = round(part * SIZE[0])
        rows = range(150, 250, 10)
        left = [image.pixelColor(x - 3, y).getRgb()[:3] for y in rows]
        right = [image.pixelColor(x + 3, y).getRgb()[:3] for y in rows]
        assert (200, 0, 0) in left and (0, 0, 200) not in left
        assert (0, 0, 200) in right and (200, 0, 0) not in right


def test_buildings_are_laid_flat_and_stand_again(studio):
    x, y = ORIGIN
    slab = np.array([shapely.box(x - 60, y - 10, x + 60, y + 10)], object)
    # Floating, so that one sees through below it.
    tile = Block.of(np.array([0]), outlines(slab, 79.5, 80.0, ORIGIN))
    scene = studio.scene
    scene.set_buildings([tile], np.array([(10, 20, 30)], np.uint8))
    oblique = Viewpoint(*ORIGIN, 600.0, 0.0, 30.0)
    assert studio.colour(studio.shoot(oblique), 0, 0, oblique) != (10, 20, 30)
    scene.flatten(True)
    assert studio.colour(studio.shoot(oblique), 0, 0, oblique) == (10, 20, 30)
    scene.set_buildings([], np.empty((0, 3), np.uint8))
    scene.set_buildings([tile], np.array([(10, 20, 30)], np.uint8))
    assert studio.colour(studio.shoot(oblique), 0, 0, oblique) == (10, 20, 30)
    scene.flatten(False)
    assert studio.colour(studio.shoot(oblique), 0, 0, oblique) != (10, 20, 30)
