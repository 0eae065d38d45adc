"""Ground tools are generators: what they preview and what they return."""

import numpy as np
import pytest

from mapdesk.model.shapes import Area, Circle
from mapdesk.scene3d.tools import TOOLS, Pointer


def at(kind, x, y):
    return Pointer(kind, x, y, float(x), float(y))


def play(tool, *events, radius=300.0):
    """Run a gesture and return (previews, shape)."""
    gesture = TOOLS[tool](events[0], radius)
    previews = [next(gesture)]
    for event in events[1:]:
        try:
            previews.append(gesture.send(event))
        except StopIteration as finished:
            return previews, finished.value
    raise AssertionError("the gesture did not end")


def test_a_dragged_circle_has_the_radius_dragged():
    previews, shape = play("circle", at("press", 0, 0), at("move", 30, 40), at("release", 60, 80))
    assert shape == Circle(0, 0, 100)
    assert previews[-1].text == "50 m"


def test_a_clicked_circle_has_the_radius_typed():
    _previews, shape = play("circle", at("press", 5, 5), at("release", 6, 5), radius=120)
    assert shape == Circle(5, 5, 120)


def test_a_rectangle_goes_from_corner_to_corner():
    _previews, shape = play(
        "rectangle", at("press", 10, 10), at("move", 5, 5), at("release", -10, 30)
    )
    assert shape.bounds == (-10, 10, 10, 30)


@pytest.mark.parametrize("tool", ["rectangle", "lasso"])
def test_a_click_draws_nothing(tool):
    _previews, shape = play(tool, at("press", 0, 0), at("release", 1, 0))
    assert shape is None


def test_a_lasso_follows_the_hand():
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    moves = [at("move", *corner) for corner in corners[1:]]
    previews, shape = play("lasso", at("press", *corners[0]), *moves, at("release", 0, 100))
    assert isinstance(shape, Area)
    assert shape.area == 10_000
    assert len(previews[-1].points) == 4


def test_a_polygon_takes_its_corners_and_one_more_gesture():
    events = [
        at("press", 0, 0),
        at("move", 3, 3),
        at("press", 50, 0),
        at("press", 50, 50),
        at("finish", 50, 50),
    ]
    _previews, shape = play("polygon", *events)
    assert shape.area == 1250


def test_escape_closes_the_generator():
    gesture = TOOLS["lasso"](at("press", 0, 0), 300)
    next(gesture)
    gesture.close()
    with pytest.raises(StopIteration):
        gesture.send(at("move", 9, 9))


def test_previews_are_points_in_metres():
    previews, _shape = play("circle", at("press", 0, 0), at("move", 0, 10), at("release", 0, 10))
    assert np.hypot(*previews[-1].points.T) == pytest.approx(10)
