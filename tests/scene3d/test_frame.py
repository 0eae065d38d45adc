"""Large pictures: their tiles cover them, and every place keeps its scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.scene3d.frame import LARGEST_TILE, Frame
from mapdesk.scene3d.plan import Plan, plan_of
from mapdesk.scene3d.viewpoint import Projection, Viewpoint

sides = st.integers(8, 5000)


@given(sides, sides)
def test_tiles_cover_the_picture_and_are_small_enough(width, height):
    frame = Frame(Viewpoint(0, 0, 500, 0, 90), width, height, plan=True)
    shots = list(frame.shots())
    columns, rows = frame.grid
    assert len(shots) == columns * rows
    assert all(max(shot.width, shot.height) <= LARGEST_TILE for shot in shots)
    places = [frame.place_of(shot.tile) for shot in shots]
    assert min(x for x, _y in places) <= 0 and min(y for _x, y in places) <= 0
    assert max(x for x, _y in places) + shots[0].width >= width
    assert max(y for _x, y in places) + shots[0].height >= height


@given(sides, sides, st.floats(100, 5000))
def test_the_picture_in_the_middle_of_its_tiles_has_its_own_scale(width, height, distance):
    frame = Frame(Viewpoint(0, 0, distance, 0, 90), width, height)
    shot = next(frame.shots())
    tiles = Projection(shot.viewpoint, width, frame.grid[1] * shot.height)
    assert tiles.metres_per_pixel == pytest.approx(frame.projection.metres_per_pixel)


@given(
    st.floats(-2000, 2000),
    st.floats(-2000, 2000),
    st.floats(0.05, 20),
    st.floats(0, 360),
    st.floats(0, 300),
)
def test_a_plan_finds_places_again_whatever_stands_there(x, y, metres, bearing, height):
    view = plan_of(x, y, metres, 600, bearing)
    plan = Plan(view, 800, 600)
    assert plan.metres_per_pixel == pytest.approx(metres)
    for px, py in ((0, 0), (400, 300), (777, 31)):
        place = plan.to_ground(px, py)
        pixels, _depth = plan.to_screen([place], height)
        assert pixels[0] == pytest.approx([px, py], abs=1e-4)
        flat, _depth = Projection(view, 800, 600).to_screen([place])
        assert flat[0] == pytest.approx([px, py], abs=1e-4)
