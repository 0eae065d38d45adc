"""Which tiles are chosen for a view, and how they lie on the ground."""

import numpy as np
import pytest
import shapely

from mapdesk.analysis.pyramid import MOST_TILES, Pyramid, Sight, Tile, choose, lay, net_triangles

PYRAMID = Pyramid(4096, 4096, finest=4)
"""A metre a pixel, its upper left corner at 0, 4096 m."""


def to_ground(pixels):
    return pixels * (1, -1) + (0, 4096)


def sight(x, y, height, half, focal=1000.0):
    outline = np.array([(x + dx, y + dy) for dx in (-half, half) for dy in (-half, half)])
    return Sight(outline, np.array([x, y, height]), focal, (x, y))


def covered(tiles):
    boxes = [PYRAMID.box(tile) for tile in tiles]
    return shapely.union_all([shapely.box(*box) for box in boxes]), sum(
        (box[2] - box[0]) * (box[3] - box[1]) for box in boxes
    )


def test_from_near_the_finest_tiles_in_view_are_taken_the_nearest_first():
    found = choose(PYRAMID, to_ground, sight(1000, 3000, 500, 300))
    assert {tile.level for tile in found} == {4}
    assert found[0] == Tile(4, 3, 4)  # pixel 1000, 1096
    assert len(found) <= 16


def test_from_afar_one_tile_is_enough():
    assert choose(PYRAMID, to_ground, sight(2048, 2048, 40_000, 20_000)) == [Tile(0, 0, 0)]


def test_an_oblique_view_takes_near_tiles_fine_and_far_ones_coarse_and_none_twice():
    near = Sight(
        np.array([(1900, 0), (2200, 0), (0, 4096), (4096, 4096)], float),
        np.array([2048.0, -300.0, 150.0]),
        1000.0,
        (2048, 200),
    )
    found = choose(PYRAMID, to_ground, near)
    levels = {tile.level for tile in found}
    assert len(levels) > 1 and 4 in levels
    union, area = covered(found)
    assert union.area == pytest.approx(area)


def test_nothing_is_chosen_out_of_view():
    assert choose(PYRAMID, to_ground, sight(90_000, 0, 500, 300)) == []


def test_limits_cut_tiles_off():
    limited = Pyramid(4096, 4096, finest=4, limits=(1000.0, 1000.0, 1100.0, 1300.0))
    found = choose(limited, to_ground, sight(2048, 2048, 3000, 4000))
    patch = lay(limited, to_ground, found)[0]
    assert patch.pixels.min() >= 1000 and patch.pixels[:, 0].max() <= 1100


def test_a_view_that_asks_for_too_many_gets_coarser_ones():
    wide = Pyramid(1 << 20, 1 << 20, finest=12)
    found = choose(wide, lambda pixels: pixels * (0.01, -0.01), sight(5000, -5000, 100, 6000))
    assert 0 < len(found) <= MOST_TILES


def test_a_picture_without_coarse_levels_is_left_out_from_afar():
    no_overviews = Pyramid(1 << 16, 1 << 16, finest=8, coarsest=4)
    assert choose(no_overviews, to_ground, sight(32_768, -28_000, 4_000_000, 100_000)) == []


def test_places_the_crs_does_not_know_are_left_out():
    assert choose(PYRAMID, lambda pixels: pixels * np.nan, sight(1000, 3000, 500, 300)) == []
    assert lay(PYRAMID, lambda pixels: pixels * np.nan, [Tile(0, 0, 0)]) == [None]


def test_a_patch_is_laid_face_up_over_the_whole_tile():
    tile = Tile(4, 3, 4)
    patch = lay(PYRAMID, to_ground, [tile])[0]
    left, upper, right, lower = PYRAMID.box(tile)
    assert patch.xy.min(axis=0).tolist() == [left, 4096 - lower]
    assert patch.xy.max(axis=0).tolist() == [right, 4096 - upper]
    corners = patch.xy[net_triangles()]
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(256 * 256)


def test_a_tile_knows_what_lies_above_it():
    assert Tile(5, 21, 9).above(3) == Tile(3, 5, 2)
