"""Blocks have the mass, the place and the height of the small buildings they stand for."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.analysis.extrude import outlines
from mapdesk.analysis.massing import PIXELS, SEEN, Tile, level_of, levels
from tests.analysis.test_extrude import area_of, footprints


def roofs_of(mesh):
    """Return the area of the roofs of a mesh and what it holds above the ground."""
    a, b, c = (mesh.points[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    flat = np.cross(b - a, c - a)[:, 2] / 2
    return float(flat.sum()), float((flat * (a + b + c)[:, 2] / 3).sum())


@st.composite
def towns(draw):
    shapes = draw(st.lists(footprints(), min_size=1, max_size=12))
    heights = draw(st.lists(st.integers(3, 200), min_size=len(shapes), max_size=len(shapes)))
    return np.array(shapes, object), np.array(heights, float)


@settings(max_examples=60)
@given(towns())
def test_every_level_has_the_same_roofs_and_no_less_mass(town):
    shapes, heights = town
    whole = outlines(shapes, 0.0, heights, (0.0, 0.0))
    mesh = whole.mesh()
    for simpler in levels(whole):
        area, volume = roofs_of(simpler.mesh)
        assert area == pytest.approx(roofs_of(mesh)[0], rel=1e-3)
        assert volume >= roofs_of(mesh)[1] * 0.999
        assert len(simpler.mesh.triangles) <= max(len(mesh.triangles), 10 * len(shapes))
        assert simpler.mesh.points[:, 2].max() <= heights.max() + 1e-3
        assert simpler.mesh.points[:, 2].min() == 0


@settings(max_examples=60)
@given(towns())
def test_what_can_be_seen_keeps_its_very_walls(town):
    shapes, heights = town
    whole = outlines(shapes, 0.0, heights, (0.0, 0.0))
    mesh = whole.mesh()
    low, high = np.split(shapely.bounds(shapes), 2, axis=1)
    extent = np.maximum((high - low).max(axis=1), heights)
    for pixel, simpler in zip(PIXELS, levels(whole), strict=True):
        for number in np.flatnonzero(extent > SEEN * pixel + 0.01):
            own = mesh.points[mesh.owner == number]
            kept = simpler.mesh.points[simpler.mesh.owner == simpler.part[number]]
            assert np.array_equal(own, kept)


@settings(max_examples=60)
@given(towns())
def test_blocks_face_outwards_and_mix_the_colours_of_their_members(town):
    shapes, heights = town
    colours = np.random.default_rng(1).integers(0, 255, (len(shapes), 3)).astype(np.uint8)
    for simpler in levels(outlines(shapes, 0.0, heights, (0.0, 0.0))):
        count = simpler.part.max() + 1
        assert np.bincount(simpler.part, simpler.weight) == pytest.approx(np.ones(count), abs=1e-5)
        mixed = simpler.mixed(colours)
        assert len(mixed) == count
        for part in range(count):
            members = colours[simpler.part == part]
            assert (mixed[part] >= members.min(axis=0)).all()
            assert (mixed[part] <= members.max(axis=0)).all()
        roofs = np.ptp(simpler.mesh.points[simpler.mesh.triangles][:, :, 2], axis=1) == 0
        a, b, c = (simpler.mesh.points[simpler.mesh.triangles[:, k]] for k in range(3))
        assert (np.cross(b - a, c - a)[roofs, 2] >= -1e-2).all()


def skyline(mesh, step):
    """Return the highest point by column of a picture taken from the south, level with the ground."""
    columns = np.zeros(round(1000 / step))
    for triangle in mesh.points[mesh.triangles].astype(float):
        if np.ptp(triangle[:, 2]) == 0:
            left, right = triangle[:, 0].min(), triangle[:, 0].max()
            at = slice(int(max(left + 500, 0) / step), int((right + 500) / step) + 1)
            columns[at] = np.maximum(columns[at], triangle[0, 2])
    return columns


def test_the_skyline_of_a_town_stays_within_the_pixels_a_building_must_exceed():
    random = np.random.default_rng(4)
    corner = random.uniform(-480, 460, (900, 2))
    shapes = shapely.box(*corner.T, *(corner + random.uniform(8, 20, (900, 2))).T)
    heights = np.clip(random.lognormal(2.4, 0.6, 900), 3, 150)
    whole = outlines(shapes, 0.0, heights, (0.0, 0.0))
    mesh = whole.mesh()
    for pixel, simpler in zip(PIXELS, levels(whole), strict=True):
        whole, merged = skyline(mesh, pixel), skyline(simpler.mesh, pixel)
        assert np.abs(whole - merged).max() <= SEEN * pixel
        assert np.median(np.abs(whole - merged)) <= pixel
        assert area_of(simpler.mesh.points, simpler.mesh.triangles) > 0


def test_far_away_means_few_triangles():
    random = np.random.default_rng(4)
    corner = random.uniform(0, 2000, (5000, 2))
    shapes = shapely.box(*corner.T, *(corner + 12).T)
    whole = outlines(shapes, 0.0, 10.0, (0.0, 0.0))
    mesh = whole.mesh()
    counts = [len(one.mesh.triangles) for one in levels(whole)]
    assert counts[0] < 0.8 * len(mesh.triangles)
    assert counts[1] < 0.25 * len(mesh.triangles)
    assert counts[2] < 0.06 * len(mesh.triangles)


def test_levels_begin_where_a_pixel_spans_enough():
    assert [level_of(pixel) for pixel in (0.1, 7.9, 8, 15, 16, 31, 32, 900)] == [
        *(0, 0, 1, 1, 2, 2, 3, 3)
    ]


def test_nothing_makes_nothing():
    nowhere = np.array([shapely.Polygon(), shapely.Polygon()], object)
    tile = Tile.of(np.arange(2), outlines(nowhere, 0.0, 3.0, (0.0, 0.0)))
    assert all(not len(one.mesh.points) for one in tile.simpler)
    assert tile.simpler[0].mixed(np.zeros((2, 3), np.uint8)).shape[1] == 3


def test_what_has_no_footprint_is_in_no_block():
    shapes = np.array([shapely.Polygon(), shapely.box(500, 500, 510, 510)], object)
    for simpler in levels(outlines(shapes, 0.0, 8.0, (0.0, 0.0))):
        assert simpler.part[0] not in simpler.mesh.owner
        assert simpler.mesh.points[:, :2].min() > 499
        assert len(simpler.mixed(np.full((2, 3), 200, np.uint8))) == 2
