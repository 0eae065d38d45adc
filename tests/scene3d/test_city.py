"""Tiles of the city are drawn as fine as they are seen, keep their actors, and light up at every level."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from mapdesk.analysis.extrude import outlines
from mapdesk.analysis.massing import Tile
from mapdesk.scene3d.presenter import Shot, offscreen_window, take
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Viewpoint

ORIGIN = (500_000.0, 4_300_000.0)
SIZE = (300, 200)
ROW = 8
"""Tiles one behind the other, a kilometre each."""
HOUSES = 100
GREY, RED = np.array([150, 150, 150], np.uint8), np.array([250, 0, 0], np.uint8)


def a_tile(number, height=12.0):
    x, y = np.divmod(np.arange(HOUSES), 10)
    x, y = ORIGIN[0] + x * 40 - 200, ORIGIN[1] + number * 1000 + y * 40 - 200
    shapes = shapely.box(x, y, x + 18, y + 18)
    members = number * HOUSES + np.arange(HOUSES)
    return Tile.of(members, outlines(shapes, 0.0, height, ORIGIN))


@pytest.fixture
def street():
    scene = Scene(ORIGIN)
    scene.set_sky(np.zeros(3), np.zeros(3))
    window = offscreen_window(scene)
    scene.set_buildings([a_tile(number) for number in range(ROW)], np.tile(GREY, (ROW * HOUSES, 1)))
    buffer = vtkUnsignedCharArray()

    def shoot(view, *, smooth=True):
        image = take(window, scene, Shot(view, *SIZE, smooth), buffer)
        bits = image.constBits().asarray(image.sizeInBytes())
        return np.frombuffer(bits, np.uint8).reshape(SIZE[1], SIZE[0], 4)[..., :3].astype(int)

    yield scene, shoot
    window.Finalize()


NORTH = Viewpoint(*ORIGIN, 1200.0, 0.0, 20.0)


def test_footprints_have_a_tone_of_their_own_and_roofs_keep_theirs(street):
    scene, shoot = street
    above = Viewpoint(*ORIGIN, 300.0, 0.0, 89.0)
    roofs = shoot(above).max()
    scene.buildings.set_tone(0.8)
    assert shoot(above).max() == roofs
    scene.flatten(True)
    assert shoot(above).max() == pytest.approx(0.8 * roofs, abs=3)
    scene.buildings.set_tone(1.0)
    assert shoot(above).max() == pytest.approx(roofs, abs=1)


def test_what_is_far_is_simpler_and_what_is_behind_is_not_drawn(street):
    scene, shoot = street
    shoot(NORTH)
    levels = [level for level in scene.buildings.drawn_levels if level >= 0]
    assert levels[0] == 0
    assert levels == sorted(levels)
    assert levels[-1] > 0
    shoot(replace(NORTH, bearing=180.0))
    assert scene.buildings.drawn_levels[-1] == -1


def test_a_picture_with_more_pixels_is_finer(street):
    scene, shoot = street
    far = replace(NORTH, distance=6000.0)
    shoot(far)
    coarse = scene.buildings.drawn_levels
    scene.look(far, (1200, 800))
    assert sum(scene.buildings.drawn_levels) < sum(coarse)


def test_a_moving_picture_makes_few_actors_and_the_one_at_rest_all(street):
    scene, shoot = street
    high = Viewpoint(ORIGIN[0], ORIGIN[1] + 3500, 40_000.0, 0.0, 90.0)
    shoot(high)
    assert set(scene.buildings.drawn_levels) == {3}
    low = replace(high, distance=5000.0)
    shoot(low, smooth=False)
    waiting = scene.buildings.drawn_levels.count(3)
    assert 0 < waiting < ROW
    shoot(low)
    assert scene.buildings.drawn_levels.count(3) == 0


def test_blocks_cover_the_screen_as_the_houses_do(street):
    scene, shoot = street
    view = Viewpoint(ORIGIN[0], ORIGIN[1] + 3500, 9000.0, 0.0, 40.0)
    scene.buildings.simplify = False
    whole = shoot(view)
    scene.buildings.simplify = True
    merged = shoot(view)
    assert 0 not in scene.buildings.drawn_levels
    # Walls between the houses of a block are not seen any more.
    assert 0.5 < merged.sum() / whole.sum() < 1.1


@pytest.mark.parametrize("distance", [700.0, 9000.0])
def test_a_house_lights_up_however_it_is_drawn(street, distance):
    scene, shoot = street
    view = Viewpoint(*ORIGIN, distance, 0.0, 60.0)
    shoot(view)
    scene.highlight(np.array([44]), RED)
    lit = shoot(view, smooth=False)
    assert ((lit[..., 0] > 150) & (lit[..., 1] < 40)).any()
    # It stays lit while more tiles come, and goes when it is told to.
    scene.set_buildings(
        [one.tile for one in scene.buildings._shown], np.tile(GREY, (ROW * HOUSES, 1))
    )
    assert (shoot(view, smooth=False) == lit).all()
    scene.highlight(np.array([], int), RED)
    assert not (shoot(view, smooth=False)[..., 0] > 160).any()


def test_only_the_tile_that_changed_gets_new_actors(street):
    scene, shoot = street
    shoot(NORTH)
    before = {one.drawn[one.level][0].actor for one in scene.buildings._shown if one.level >= 0}
    tiles = [one.tile for one in scene.buildings._shown]
    tiles[0] = a_tile(0, height=60.0)
    tiles[1] = replace(tiles[1], members=tiles[1].members[::1].copy())
    scene.set_buildings(tiles, np.tile(GREY, (ROW * HOUSES, 1)))
    shoot(NORTH)
    after = {one.drawn[one.level][0].actor for one in scene.buildings._shown if one.level >= 0}
    assert len(before - after) == 1
    assert len(after - before) == 1
    assert scene.city.GetActors().GetNumberOfItems() == sum(
        len(one.drawn) for one in scene.buildings._shown
    )


def test_one_house_is_left_out_and_comes_back(street):
    scene, shoot = street
    down = Viewpoint(ORIGIN[0] - 200 + 4 * 40 + 9, ORIGIN[1] - 200 + 4 * 40 + 9, 300.0, 0.0, 90.0)
    there = shoot(down)[100, 150]
    scene.buildings.hide(44)
    gone = shoot(down)[100, 150]
    assert there.sum() > 300
    assert gone.sum() == 0
    scene.buildings.hide(None)
    assert (shoot(down)[100, 150] == there).all()


@pytest.mark.parametrize("distance", [300.0, 9000.0])
def test_houses_that_do_not_stand_are_drawn_neither_near_nor_far(street, distance):
    scene, shoot = street
    down = Viewpoint(*ORIGIN, distance, 0.0, 89.0)
    drawn = (shoot(down).sum(axis=2) > 0).sum()
    stands = np.ones(ROW * HOUSES, bool)
    stands[: HOUSES // 2] = False  # the western half of the first tile
    scene.buildings.show_standing(stands)
    left, right = np.split(shoot(down).sum(axis=2) > 0, 2, axis=1)
    assert right.sum() > 0 and left[100:].sum() < right[100:].sum() / 2
    scene.buildings.show_standing(~np.ones_like(stands))
    assert not shoot(down).any()
    scene.buildings.show_standing(None)
    assert (shoot(down).sum(axis=2) > 0).sum() == drawn


@pytest.mark.parametrize("pitch", [30.0, 60.0])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.8])
def test_what_stood_lies_left_of_the_line_and_what_stands_right_of_it(street, part, pitch):
    scene, shoot = street
    view = Viewpoint(*ORIGIN, 700.0, 25.0, pitch)
    every, none = np.ones(ROW * HOUSES, bool), np.zeros(ROW * HOUSES, bool)
    line = round(part * SIZE[0])
    scene.sides.line = part
    whole = shoot(view)
    for stands, stood, kept in ((none, every, np.s_[:, :line]), (every, none, np.s_[:, line:])):
        scene.buildings.show_standing(stands, stood)
        alone = np.zeros_like(whole)
        alone[kept] = whole[kept]
        # Within a pixel of the line the edge is smoothed.
        assert (np.delete(shoot(view) == alone, [line - 1, line], axis=1)).mean() > 0.999
    scene.buildings.show_standing(every, every)
    assert (shoot(view) == whole).all()


def test_colours_of_two_times_lie_either_side_of_the_line_and_moving_it_makes_nothing(street):
    scene, shoot = street
    view = Viewpoint(*ORIGIN, 700.0, 25.0, 40.0)
    grey, red = (np.tile(one, (ROW * HOUSES, 1)) for one in (GREY, RED))
    alone = []
    for colours in (grey, red):
        scene.buildings.recolour(colours)
        alone.append(shoot(view))
    scene.buildings.recolour(red, grey)
    made = None
    for part in (0.3, 0.5, 0.8):
        scene.sides.line = part
        picture, line = shoot(view), round(part * SIZE[0])
        wanted = np.concatenate([alone[0][:, :line], alone[1][:, line:]], axis=1)
        assert (np.delete(picture == wanted, [line - 1, line], axis=1)).mean() > 0.999
        actors = [id(one.actor) for tile in scene.buildings._shown for one in tile.drawn.get(0, ())]
        assert actors and made in (None, actors)
        made = actors
    # Another time uploads colours only; a tile beside the line is drawn once.
    scene.buildings.recolour(grey, red)
    scene.sides.line = -2.0  # far beside the picture, and all tiles
    assert (shoot(view) == alone[0]).mean() > 0.999
    tiles = [one for one in scene.buildings._shown if one.drawn.get(0)]
    assert [id(one.actor) for tile in tiles for one in tile.drawn[0]] == made
    assert all(sum(one.actor.GetVisibility() for one in tile.drawn[0]) < 2 for tile in tiles)


def test_a_tile_without_its_whole_mesh_is_drawn_as_blocks(street):
    scene, shoot = street
    rough = [replace(one.tile, whole=None) for one in scene.buildings._shown]
    scene.set_buildings(rough, np.tile(GREY, (ROW * HOUSES, 1)))
    assert shoot(NORTH).any()
    assert 0 not in scene.buildings.drawn_levels
