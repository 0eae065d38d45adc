"""The overview, the north arrow and the lock of the view, with real clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest

from mapdesk.app import overview_actions
from mapdesk.layers.style import map_style
from mapdesk.model.errors import WorldError
from mapdesk.scene3d.attribution import attribution_box
from mapdesk.scene3d.furniture import north_centre
from mapdesk.scene3d.overview import fitted, picture, seen_ground
from mapdesk.scene3d.viewpoint import Projection, Viewpoint
from mapdesk.services.overview import overview_shapes
from mapdesk.store import places
from tests.app.conftest import Hand, move_with_button

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def watched(hand: Hand) -> Hand:
    """A hand whose map has its overview open."""
    hand.shortcut("map.overview")
    hand.settled()
    return hand


def test_a_click_takes_the_map_there_and_a_drag_moves_it_along(watched: Hand) -> None:
    desk = watched.desk
    small = desk.parts.overview.map
    assert small.isVisible()
    wanted = small.place(QPointF(60, 50))
    QTest.mouseClick(small, LEFT, PLAIN, QPoint(60, 50))
    view = desk.map.viewpoint
    assert (view.x, view.y) == pytest.approx(wanted)
    middle = small.pixel(view.x, view.y).toPoint()
    QTest.mousePress(small, LEFT, PLAIN, middle)
    move_with_button(small, middle + QPoint(30, 12), LEFT, PLAIN)
    QTest.mouseRelease(small, LEFT, PLAIN, middle + QPoint(30, 12))
    after = desk.map.viewpoint
    step = (small.bounds[2] - small.bounds[0]) / small.width()
    assert after.x - view.x == pytest.approx(30 * step, rel=0.1)
    assert after.y - view.y == pytest.approx(-12 * step, rel=0.2)
    assert after.distance == view.distance


def test_it_stands_clear_of_the_sources_of_a_legend_and_of_names(watched: Hand) -> None:
    desk = watched.desk
    view, small = desk.map, desk.parts.overview.map
    view.overlay.attributions = [f"A survey of the year {year}, by somebody" for year in range(9)]
    view.resize(700, 600)
    watched.settled()
    sources = attribution_box(view.font(), view.projection, view.overlay.sources)
    assert sources.height() > 40 and small.geometry().bottom() < sources.top()
    view.grab()
    assert view.overlay.aside == [QRectF(small.geometry())]
    view.resize(400, 600)
    watched.settled()
    assert small.geometry().bottom() < 300


def test_it_is_remembered_and_put_away(watched: Hand) -> None:
    assert watched.desk.settings.value("overview") == "true"
    watched.shortcut("map.overview")
    assert watched.desk.parts.overview.map.isHidden()


def test_it_is_drawn_anew_when_the_district_is_read_again_and_after_a_failure(
    watched: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = watched.desk
    drawn: list[bool] = []

    def fail(*_words: object) -> None:
        drawn.append(False)
        raise WorldError("The district is gone.")

    def draw(*words: Any) -> QImage:
        drawn.append(True)
        return picture(*words)

    monkeypatch.setattr(overview_actions, "picture", fail)
    desk.reload()
    watched.qtbot.waitUntil(lambda: "gone" in desk.messages.label.text(), timeout=30_000)
    monkeypatch.setattr(overview_actions, "picture", draw)
    watched.key(Qt.Key.Key_Left)
    watched.qtbot.waitUntil(lambda: True in drawn, timeout=30_000)
    watched.settled()
    assert drawn.count(True) == 1


def test_the_picture_has_the_district_in_it(town) -> None:
    bounds = fitted(places.extent(town))
    image = picture(overview_shapes(town, 10.0), bounds, map_style("light"))
    colours = {image.pixel(x, y) for x in range(0, 400, 7) for y in range(0, 300, 7)}
    assert len(colours) > 5


def test_the_ground_seen_from_above_is_the_ground_of_the_picture() -> None:
    corners = seen_ground(Projection(Viewpoint(0, 0, 1000, 0, 90), 800, 600))
    wide, high = corners[1][0] - corners[0][0], corners[2][1] - corners[1][1]
    assert wide / high == pytest.approx(800 / 600)
    flat = seen_ground(Projection(Viewpoint(0, 0, 1000, 0, 12), 800, 600))
    assert abs(flat).max() < 6000


def test_a_click_on_the_north_arrow_turns_north_up(hand: Hand) -> None:
    desk = hand.desk
    desk.map.look(replace(desk.map.viewpoint, bearing=70.0))
    hand.shortcut("select.circle")
    hand.click(north_centre(desk.map.width()).toPoint())
    assert desk.map.viewpoint.bearing == 0.0


def test_the_lock_holds_tilt_then_all_then_nothing(hand: Hand) -> None:
    desk, start, end = hand.desk, QPoint(400, 300), QPoint(460, 360)
    before = desk.map.viewpoint
    hand.shortcut("map.lock")
    assert desk.map.overlay.tools.lock == "tilt locked"
    hand.drag(start, end, button=Qt.MouseButton.RightButton)
    assert desk.map.viewpoint == before
    hand.drag(start, end)
    moved = desk.map.viewpoint
    assert moved != before
    assert (moved.bearing, moved.pitch) == (before.bearing, before.pitch)
    hand.shortcut("map.lock")
    hand.drag(end, start)
    hand.key(Qt.Key.Key_Left)
    assert desk.map.viewpoint == moved
    hand.shortcut("map.lock")
    assert desk.map.overlay.tools.lock == ""
    hand.drag(end, start, button=Qt.MouseButton.RightButton)
    assert desk.map.viewpoint.bearing != moved.bearing
