"""A ray hits the prism a brute-force march along it meets first."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.analysis.extrude import outlines
from mapdesk.analysis.massing import Tile
from mapdesk.analysis.picking import PrismPicker, hit_tiles

RANDOM = np.random.default_rng(7)
CORNERS = RANDOM.uniform(0, 400, (60, 2))
SHAPES = shapely.box(CORNERS[:, 0], CORNERS[:, 1], CORNERS[:, 0] + 14, CORNERS[:, 1] + 9)
SHAPES[0] = shapely.Polygon(
    [(500, 0), (560, 0), (560, 60), (500, 60)], [[(510, 10), (550, 10), (550, 50), (510, 50)]]
)
TOPS = RANDOM.uniform(5, 60, 60)
PICKER = PrismPicker.of(SHAPES, np.zeros(60), TOPS)


def march(near, far):
    """Return the first prism met, by steps of a few centimetres."""
    along = np.linspace(0, 1, 20_000)[:, None]
    path = near + along * (far - near)
    step, index = PICKER.tree.query(shapely.points(path[:, :2]), predicate="intersects")
    height = path[step, 2]
    met = (height >= 0) & (height <= TOPS[index])
    return set(index[met & (step == step[met].min(initial=len(path)))].tolist())


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 400), st.floats(0, 400), st.floats(0, 6.2), st.floats(0.3, 2.5))
def test_the_ray_hits_what_a_march_meets(x, y, bearing, slope):
    far = np.array([x, y, -0.5])
    near = far + np.array([np.sin(bearing) * 300, np.cos(bearing) * 300, 300 * slope])
    found = PICKER.hit(near, far)
    expected = march(near, far)
    if found is None:
        assert not expected
    else:
        # Where two prisms overlap either is right; a graze thinner than a step may be missed.
        assert not expected or found[0] in expected or graze(near, far, found[0])


def test_prisms_that_are_not_chosen_are_passed_through():
    chosen = np.arange(60) % 2 == 0
    some, alone = PICKER.only(chosen), PrismPicker.of(SHAPES[chosen], np.zeros(30), TOPS[chosen])
    middles = shapely.get_coordinates(shapely.point_on_surface(SHAPES))
    hits = 0
    for place, (x, y) in enumerate(middles):
        far = np.array([x, y, 0.0])
        for near in (far + (0.0, 0.0, 500.0), far + (150.0, -220.0, 400.0)):
            found, expected = some.hit(near, far), alone.hit(near, far)
            assert (found is None) == (expected is None)
            if found is not None and expected is not None:
                assert chosen[found[0]] and found[1] == expected[1]
                hits += 1
        assert PICKER.hit(far + (0.0, 0.0, 500.0), far) is not None, place
    assert 30 < hits < 120
    assert PICKER.only(np.zeros(60, bool)).hit(far + (0.0, 0.0, 500.0), far) is None


def graze(near, far, index):
    path = shapely.LineString([near[:2], far[:2]])
    return shapely.length(shapely.intersection(SHAPES[index], path)) < 0.2


def test_a_courtyard_is_not_a_roof():
    middle = np.array([530.0, 30.0, 200.0])
    assert PICKER.hit(middle, middle - [0, 0, 200]) is None
    wall = np.array([505.0, 30.0, 200.0])
    assert PICKER.hit(wall, wall - [0, 0, 200])[0] == 0


def test_an_empty_picker_hits_nothing():
    none = np.array([], float)
    assert PrismPicker.of(np.array([], object), none, none).hit(np.ones(3), np.zeros(3)) is None


EAST = CORNERS[:, 0] > 200
ORIGIN = (150.0, 90.0)
NOTHING = outlines(np.array([shapely.Polygon()], object), 0.0, 3.0, ORIGIN)
TILES = [
    Tile.of(np.flatnonzero(side), outlines(SHAPES[side], 0.0, TOPS[side], ORIGIN))
    for side in (EAST, ~EAST)
]


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 400), st.floats(0, 400), st.floats(0, 6.2), st.floats(0.3, 2.5))
def test_the_tiles_that_are_drawn_are_hit_as_footprints_are(x, y, bearing, slope):
    far = np.array([x, y, -0.5])
    near = far + np.array([np.sin(bearing) * 300, np.cos(bearing) * 300, 300 * slope])
    expected, found = PICKER.hit(near, far), hit_tiles(TILES, ORIGIN, near, far)
    if expected is None or found is None:
        grazed = expected[0] if expected else found
        assert grazed is None or graze(near, far, grazed)
    elif expected[0] != found:
        # Two prisms that overlap, or a corner that is grazed.
        assert shapely.intersects(SHAPES[found], SHAPES[expected[0]]) or graze(
            near, far, expected[0]
        )


def test_a_tile_whose_mesh_is_not_read_is_not_hit():
    down = np.array([*(CORNERS[5] + 3), 200.0])
    assert hit_tiles(TILES, ORIGIN, down, down - [0, 0, 200]) is not None
    rough = [Tile(tile.members, tile.simpler) for tile in TILES]
    assert hit_tiles(rough, ORIGIN, down, down - [0, 0, 200]) is None
    nothing = [Tile.of(np.arange(1), NOTHING)]
    assert hit_tiles(nothing, ORIGIN, down, down - [0, 0, 200]) is None
