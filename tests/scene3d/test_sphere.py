"""Inside a panorama: what is seen in each direction, and looking around by mouse and keys."""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.analysis.hops import Hop
from mapdesk.model.selection import Ref
from mapdesk.scene3d.panorama_view import PanoramaView, Stop
from mapdesk.scene3d.sphere import NARROWEST, STEEPEST, WIDEST, Look, picture_of
from mapdesk.scene3d.street_signs import disc
from mapdesk.services.panoramas import EYE, Sign
from tests.panoramas import COLOURS, compass

WAYS = [Hop(1, 0.0, 12.0), Hop(2, 90.0, 20.0), Hop(3, 180.0, 30.0)]
BELOW = -15.0
"""Degrees: below the letter of a post, which is white."""


def seen(look, heading=0.0, at=(0.5, 0.5)):
    image = picture_of(compass(), heading, look, (300, 200))
    colour = image.pixelColor(round(300 * at[0]), round(200 * at[1]))
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize(("letter", "bearing"), [("N", 0), ("E", 90), ("S", 180), ("W", 270)])
def test_each_direction_shows_what_stands_there(letter, bearing):
    look = Look(bearing, BELOW, 40.0)
    assert seen(look) == pytest.approx(COLOURS[letter], abs=25)
    # A picture whose middle looks east shows its north post there.
    assert seen(Look((bearing + 90) % 360, BELOW, 40.0), 90.0) == pytest.approx(
        COLOURS[letter], abs=25
    )


def test_up_is_up_and_east_is_to_the_right_of_north():
    sky, ground = seen(Look(45, 70, 40)), seen(Look(45, -70, 40))
    assert sky[0] > 180 > 100 > ground[0]
    wide = Look(45, BELOW, 70.0)
    assert seen(wide, at=(0.06, 0.5)) == pytest.approx(COLOURS["N"], abs=40)
    assert seen(wide, at=(0.94, 0.5)) == pytest.approx(COLOURS["E"], abs=40)


def test_a_look_stays_within_its_limits():
    assert Look(350, 0).turned(20, 200) == Look(10, STEEPEST)
    assert Look().zoomed(99).field_of_view == NARROWEST
    assert Look().zoomed(-99).field_of_view == WIDEST
    assert Look(field_of_view=65).fitted(6.0).across(6.0) == pytest.approx(105)
    assert Look(field_of_view=65).fitted(1.0).field_of_view == 65


@pytest.fixture
def view(qtbot, no_leaks):
    made = PanoramaView()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.show_stop(Stop(compass(), 0.0, WAYS, "stop 1", "A. Maker"))
    qtbot.waitUntil(lambda: made._image is not None)
    yield made
    made.close_view()
    made.wait_closed()


def drag(view, start, end):
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def test_the_picture_is_on_the_screen(view):
    shown = view.grab().toImage()
    colour = shown.pixelColor(round(600 * 0.48), 150)
    assert (colour.red(), colour.green(), colour.blue()) == pytest.approx(COLOURS["N"], abs=30)


def test_dragging_turns_with_the_picture_held(view, qtbot):
    with qtbot.waitSignal(view.looked):
        drag(view, QPoint(300, 200), QPoint(200, 260))
    assert view.look.bearing == pytest.approx(100 * 65 / 400, abs=0.1)
    assert view.look.pitch == pytest.approx(60 * 65 / 400, abs=0.1)


def test_keys_turn_and_zoom_and_the_wheel_zooms(view):
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert (view.look.bearing, view.look.pitch) == (12, 12)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    before = view.look.field_of_view
    assert before < 65
    at = QPointF(300, 200)
    none = Qt.MouseButton.NoButton
    wheel = QWheelEvent(
        at,
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, -120),
        none,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    assert view.look.field_of_view > before


def test_a_click_on_an_arrow_hops_there_and_a_drag_over_it_does_not(view, qtbot):
    middle = view.arrow(WAYS[1]).boundingRect().center().toPoint()
    with qtbot.waitSignal(view.hopped) as hopped:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert hopped.args == [2]
    with qtbot.assertNotEmitted(view.hopped):
        drag(view, middle, middle + QPoint(60, 0))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 100))


@pytest.mark.parametrize(
    ("key", "to"), [(Qt.Key.Key_PageUp, 1), (Qt.Key.Key_Return, 1), (Qt.Key.Key_PageDown, 3)]
)
def test_keys_hop_ahead_and_back(view, qtbot, key, to):
    with qtbot.waitSignal(view.hopped) as hopped:
        QTest.keyClick(view, key)
    assert hopped.args == [to]


def test_nowhere_to_go_is_no_hop(view, qtbot):
    view.set_look(Look(270))
    with qtbot.assertNotEmitted(view.hopped):
        QTest.keyClick(view, Qt.Key.Key_PageUp)


def test_a_sentence_stands_in_place_of_a_picture(view):
    view.say("The panorama is damaged.")
    empty = view.grab().toImage()
    pixels = {empty.pixelColor(x, y).name() for x in range(0, 600, 7) for y in range(0, 400, 7)}
    window = view.palette().window().color().name()
    assert window in pixels
    assert not any(np.allclose(_rgb(name), COLOURS["N"], atol=30) for name in pixels)


def _rgb(name):
    return [int(name[at : at + 2], 16) for at in (1, 3, 5)]


@pytest.mark.parametrize("look", [Look(20, 10, 50.0), Look(200, -30, 90.0), Look(90, BELOW, 40.0)])
def test_what_stands_in_a_direction_is_at_the_pixel_that_looks_there(look):
    right = look.turned(look.field_of_view / 5, 0)
    straight, aside, behind = look.pixels(
        np.array([30 * look.forward, 30 * right.forward, -30 * look.forward]), 600, 400
    )
    assert straight == pytest.approx([300, 200])
    assert aside[0] > 320
    assert np.isnan(behind).all()
    # It is seen there: the middle of the picture that looks aside is that pixel of this one.
    here = seen(look, at=(aside[0] / 600, aside[1] / 400)) if aside[0] < 600 else None
    assert here is None or here == pytest.approx(seen(right), abs=60)


def test_the_next_places_and_cameras_stand_on_their_ground(view, qtbot):
    level, uphill, downhill = (Hop(7, 0.0, 20.0, rise) for rise in (0.0, 8.0, -8.0))
    size = (600.0, 400.0)
    heights = [
        disc(way, view.look, size).boundingRect().center().y() for way in (uphill, level, downhill)
    ]
    # 2.5 m below the eye and 20 m away: below the horizon, and higher uphill.
    focal = 200 / np.tan(np.radians(65 / 2))
    assert heights == pytest.approx([200 - focal * (r - EYE) / 20 for r in (8, 0, -8)], abs=3)
    assert view.arrow(uphill).boundingRect().top() < view.arrow(level).boundingRect().top() - 10
    camera = Sign(Ref("camera", "c1"), "Gate", (5.0, 20.0, 1.5))
    view.show_stop(Stop(compass(), 0.0, [level], "stop", "", [camera]))
    qtbot.waitUntil(lambda: view._image is not None)
    view.grab()
    (pixel,) = view.look.pixels(np.array([camera.offset]), *size)
    with qtbot.waitSignal(view.picked) as picked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(*pixel).toPoint())
    assert picked.args == [camera.ref]
    with qtbot.waitSignal(view.hopped) as hopped:
        middle = disc(level, view.look, size).boundingRect().center().toPoint()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert hopped.args == [7]
