"""Projection and navigation, without any window; and their agreement with VTK."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mapdesk.scene3d import navigation
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Projection, Viewpoint, fit
from tests.scene3d.hills import ORIGIN, terrain

views = st.builds(
    Viewpoint,
    st.floats(-1e4, 1e4),
    st.floats(-1e4, 1e4),
    st.floats(50, 2e4),
    st.floats(0, 359),
    st.floats(13, 90),
)
pixels = st.tuples(st.floats(1, 1199), st.floats(1, 799))


@given(views, pixels)
def test_a_pixel_of_the_ground_projects_back_to_itself(view, pixel):
    projection = Projection(view, 1200, 800)
    place = projection.to_ground(*pixel)
    assume(place is not None)
    back, depth = projection.to_screen([place])
    assume(depth[0] < 1e6)
    assert back[0] == pytest.approx(pixel, abs=0.05)


@given(views, st.floats(-5, 5), pixels)
def test_zooming_keeps_the_ground_under_the_pointer(view, steps, pixel):
    projection = Projection(view, 1200, 800)
    place = projection.to_ground(*pixel)
    assume(place is not None)
    assume(np.hypot(place[0] - view.x, place[1] - view.y) < 20 * view.distance)
    closer = navigation.zoomed(projection, pixel, steps)
    back, _depth = Projection(closer, 1200, 800).to_screen([place])
    assert back[0] == pytest.approx(pixel, abs=0.5)


@given(views, pixels, pixels)
def test_panning_moves_the_ground_with_the_hand(view, start, end):
    projection = Projection(view, 1200, 800)
    grabbed = projection.to_ground(*start)
    assume(grabbed is not None)
    assume(projection.to_ground(*end) is not None)
    assume(np.hypot(grabbed[0] - view.x, grabbed[1] - view.y) < 20 * view.distance)
    moved = navigation.panned(projection, start, end)
    assume(np.hypot(moved.x - view.x, moved.y - view.y) < 20 * view.distance)
    back, _depth = Projection(moved, 1200, 800).to_screen([grabbed])
    assert back[0] == pytest.approx(end, abs=0.5)


@given(views)
def test_our_projection_is_vtks(view):
    scene = Scene((0.0, 0.0))
    scene.look(view)
    camera = scene.ground.GetActiveCamera()
    matrix = camera.GetCompositeProjectionTransformMatrix(1.5, -1, 1)
    rows = np.array([[matrix.GetElement(i, j) for j in range(4)] for i in range(4)])
    places = np.array(
        [[view.x, view.y, 0], [view.x + view.distance * 0.1, view.y, view.distance * 0.1]]
    )
    clip = np.column_stack([places, np.ones(2)]) @ rows.T
    expected = (clip[:, :2] / clip[:, 3:] * [1, -1] + 1) * [600, 400]
    ours, _depth = Projection(view, 1200, 800).to_screen(places[:, :2], places[:, 2])
    assert ours == pytest.approx(expected, abs=0.6)


def test_a_fitted_view_holds_its_bounds():
    bounds = (100.0, 200.0, 4100.0, 3200.0)
    projection = Projection(fit(bounds, 1.5), 1200, 800)
    corners = [(x, y) for x in bounds[::2] for y in bounds[1::2]]
    on_screen, _depth = projection.to_screen(corners)
    assert (on_screen >= 0).all()
    assert (on_screen <= [1200, 800]).all()


def test_a_flight_ends_where_it_should_by_the_shorter_turn():
    start, end = Viewpoint(0, 0, 1000, 350, 45), Viewpoint(500, 100, 100, 10, 80)
    assert navigation.between(start, end, 1.0) == replace(end, bearing=10.0)
    assert navigation.between(start, end, 0.5).bearing == pytest.approx(0, abs=1e-9)


def test_arrow_keys_move_along_the_view():
    north = navigation.stepped(Viewpoint(0, 0, 1000, 0, 45), 0, 1)
    assert (north.x, north.y) == pytest.approx((0, 120))
    east = navigation.stepped(Viewpoint(0, 0, 1000, 90, 45), 0, 1)
    assert (east.x, east.y) == pytest.approx((120, 0), abs=1e-9)
    aside = navigation.stepped(Viewpoint(0, 0, 1000, 90, 45), 1, 0)
    assert (aside.x, aside.y) == pytest.approx((0, -120), abs=1e-9)


HILLS = terrain(lambda x, y: 60 * np.sin(x / 150) + 40 * np.cos(y / 110), half=3000.0, step=25.0)


@settings(max_examples=60, deadline=None)
@given(
    distance=st.floats(40, 4000),
    bearing=st.floats(0, 360),
    pitch=st.floats(15, 90),
    px=st.floats(20, 980),
    py=st.floats(200, 690),
)
def test_a_pixel_on_hills_and_its_place_are_the_same(distance, bearing, pitch, px, py):
    projection = Projection(Viewpoint(*ORIGIN, distance, bearing, pitch), 1000, 700, HILLS)
    assert projection.eye[2] > HILLS.at(projection.eye[:2])[0] + 1
    place = projection.to_ground(px, py)
    if place is not None:
        (pixel,), _depth = projection.to_screen([place])
        assert pixel == pytest.approx([px, py], abs=0.5)
        assert not projection.behind_hills([place]).any()


def test_a_place_dragged_over_hills_stays_under_the_hand():
    projection = Projection(Viewpoint(*ORIGIN, 800.0, 30.0, 40.0), 1000, 700, HILLS)
    place = projection.to_ground(400, 420)
    closer = replace(projection, viewpoint=navigation.zoomed(projection, (400, 420), 2.0))
    assert closer.to_screen([place])[0][0] == pytest.approx([400, 420], abs=12)
    moved = replace(projection, viewpoint=navigation.panned(projection, (400, 420), (410, 425)))
    assert moved.to_screen([place])[0][0] == pytest.approx([410, 425], abs=3)


def test_lines_follow_the_ground():
    projection = Projection(Viewpoint(*ORIGIN, 800.0, 30.0, 40.0), 1000, 700, HILLS)
    line = np.array([[ORIGIN[0], ORIGIN[1]], [ORIGIN[0] + 400, ORIGIN[1]]])
    followed = projection.along_ground(line)
    assert len(followed) > 10
    assert np.array_equal(followed[[0, -1]], line)
    assert np.diff(followed[:, 0]).max() <= 25.0 + 1e-9
    assert projection.along_ground(line[:1]) is not None
    assert len(replace(projection, terrain=None).along_ground(line)) == 2
