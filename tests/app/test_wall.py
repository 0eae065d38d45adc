"""The map on a wall: large letters, nothing to edit, nobody's home; Esc goes back to the desk."""

import re

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMenuBar,
    QStatusBar,
    QToolBar,
    QToolTip,
)

from mapdesk.app.wall import KEPT, LEAST_TEXT, SMALLEST
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.layers.legend import Entry, Legend
from mapdesk.model.selection import Ref
from mapdesk.scene3d.legend_box import FOOT
from mapdesk.services import catalogue, saved_styles
from mapdesk.store import people


@pytest.fixture
def wall(hand):
    hand.shortcut("view.wall")
    hand.settled()
    part = hand.desk.parts.wall
    yield part
    part.leave()


def test_the_map_fills_the_screen_and_nothing_can_be_edited(hand, wall):
    desk = hand.desk
    assert desk.isFullScreen() and wall.board.isVisible()
    for part in desk.findChildren((QDockWidget, QToolBar, QMenuBar, QStatusBar)):
        assert not part.isVisible()
    able = {name for name, action in desk.actions_table.qt.items() if action.isEnabled()}
    assert able == set(KEPT)


def test_every_letter_is_at_least_24_pixels_high(hand, wall):
    assert hand.desk.map.sign_scale * SMALLEST >= LEAST_TEXT
    labels = [one for one in hand.desk.findChildren(QLabel) if one.isVisible() and one.text()]
    assert all(one.font().pixelSize() >= LEAST_TEXT for one in labels)
    assert wall.board.title and any("Cameras online" in one for one in wall.board.figures)
    assert any(entry.text == "Cameras" for entry in wall.board.legend)


def test_escape_brings_the_desk_back_as_it_was(hand):
    desk = hand.desk
    before = {name: dock.isVisible() for name, dock in desk.docks.items()}
    hand.shortcut("view.wall")
    hand.settled()
    QTest.keyClick(desk.map, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert not desk.parts.wall.is_on and not desk.isFullScreen()
    assert {name: dock.isVisible() for name, dock in desk.docks.items()} == before
    assert desk.map.sign_scale == 1.0
    assert desk.actions_table.qt["select.circle"].isEnabled()


def test_nobodys_home_is_shown_on_a_wall(hand, full_building):
    desk = hand.desk
    person = people.of_building(desk.store, full_building)[0]["id"]
    desk.session.set_focus(Ref("person", person))
    desk.map.overlay.marks.focus_xy = (1.0, 2.0, 3.0)
    desk.map.overlay.marks.floors = ((full_building, 2),)
    hand.shortcut("view.wall")
    hand.settled()
    assert desk.session.focus is None
    assert desk.map.overlay.marks.focus_xy is None and desk.map.overlay.marks.floors == ()
    hand.shortcut("view.wall")
    assert not desk.parts.wall.is_on


def test_a_click_opens_nothing_on_a_wall(hand, wall, full_building):
    desk = hand.desk
    at = hand.look_at(Ref("building", full_building))
    said = []
    desk.session.set_focus(Ref("building", full_building))
    for signal in (desk.map.picked, desk.map.opened, desk.map.asked):
        signal.connect(lambda *found: said.append(found))
    hand.double_click(at)
    QTest.mouseClick(desk.map, Qt.MouseButton.RightButton, pos=at)
    QTest.keyClick(desk.map, Qt.Key.Key_Return)
    hand.settled()
    assert not said and desk.map.overlay.open is None and desk.parts.menu.menu is None
    hand.shortcut("view.wall")
    at = hand.look_at(Ref("building", full_building))
    hand.click(at)
    assert said
    hand.settled()


def test_a_second_map_opened_on_the_wall_is_of_the_wall(hand, wall):
    hand.shortcut("view.second")
    pane = hand.desk.parts.second.pane
    hand.qtbot.waitUntil(lambda: pane.is_loaded and not pane.jobs.busy, timeout=60_000)
    assert not pane.bar.isVisible() and pane.view.only_looks
    assert pane.view.sign_scale == hand.desk.map.sign_scale > 1
    hand.shortcut("view.wall")
    assert pane.bar.isVisible() and not pane.view.only_looks and pane.view.sign_scale == 1


def test_nothing_watches_a_desk_closed_on_the_wall(hand, monkeypatch):
    desk = hand.desk
    monkeypatch.setattr(type(desk.guard), "has_user", True)
    hand.shortcut("view.wall")
    begun = []
    monkeypatch.setattr(desk.guard.watch, "begin", lambda: begun.append(True))
    desk.close()
    assert not desk.parts.wall.is_on and not begun


def test_the_wall_speaks_the_other_language_too(hand, wall):
    catalogue.speak("zh_CN")
    hand.settled()
    assert any("在线摄像头" in one for one in wall.board.figures)
    assert not hand.desk.actions_table.qt["file.import"].isEnabled()


def test_exact_counts_leave_the_second_map_when_it_goes_on_a_wall(hand):
    desk = hand.desk
    saved_styles.save(desk.store, "Density", LayerStyle())
    hand.shortcut("view.second")
    pane = desk.parts.second.pane
    hand.qtbot.waitUntil(lambda: pane.is_loaded and not pane.jobs.busy, timeout=60_000)
    pane.styles.show("Density")
    hand.qtbot.waitUntil(lambda: pane.view.overlay.legend is not None, timeout=30_000)
    hand.shortcut("view.wall")
    assert pane.view.overlay.legend is None
    assert not pane.bar.isVisible()
    hand.shortcut("view.wall")
    assert pane.bar.isVisible()
    hand.settled()


def test_the_board_leaves_the_scale_bar_and_the_classes_of_a_style_free(hand):
    desk = hand.desk
    desk.resize(1280, 720)
    hand.shortcut("view.wall")
    hand.settled()
    view, board = desk.map, desk.parts.wall.board
    few = len(board.legend)
    assert board.geometry().bottom() < view.height() - FOOT * view.sign_scale
    assert QRectF(board.geometry()).topLeft() / view.sign_scale in view.overlay.aside[0]
    entries = tuple(Entry("#ff0000", f"{at}–{at + 1}", 3) for at in range(5))
    view.overlay.legend = Legend("Residents", "people", "grid", entries)
    desk.parts.wall._show_board()
    assert len(board.legend) < few
    assert board.geometry().bottom() < view.height()
    view.refresh()
    view.grab()
    box, _tip = view.overlay.legend_box.rows[0]
    assert board.geometry().bottom() < box.top() * view.sign_scale < view.height()
    at = (box.center() * view.sign_scale).toPoint()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    assert "0–1" in QToolTip.text()
    size = re.search(r"font-size:(\d+)px", QToolTip.text())
    assert int(size.group(1)) >= LEAST_TEXT
    QToolTip.hideText()
    view.overlay.legend = None
    desk.parts.wall.leave()
