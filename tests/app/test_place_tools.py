"""Coordinates in the window, with real keys and the pointer."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMenu

from mapdesk.app.go_dialog import GoDialog
from mapdesk.services.whereabouts import say_place
from tests.app.conftest import Hand


def test_typed_coordinates_are_flown_to_and_marked(hand: Hand) -> None:
    desk = hand.desk
    x, y = desk.map.viewpoint.x + 150, desk.map.viewpoint.y - 80
    hand.shortcut("map.go")
    dialog = desk.findChild(GoDialog)
    hand.type(dialog.text, "GCJ-02 " + say_place(desk.store.district, x, y, "gcj02"))
    hand.settled()
    assert "GCJ-02" in dialog.answer.text()
    QTest.keyClick(dialog.text, Qt.Key.Key_Return)
    assert (desk.map.viewpoint.x, desk.map.viewpoint.y) == pytest.approx((x, y), abs=0.2)
    assert desk.map.overlay.tools.place[:2] == pytest.approx((x, y), abs=0.2)
    hand.shortcut("map.clear_place")
    assert desk.map.overlay.tools.place is None


def test_what_is_no_place_says_so_and_stays(hand: Hand) -> None:
    before = hand.desk.map.viewpoint
    hand.shortcut("map.go")
    dialog = hand.desk.findChild(GoDialog)
    hand.type(dialog.text, "24.94, 60.17")
    QTest.keyClick(dialog.text, Qt.Key.Key_Return)
    hand.settled()
    assert "far from this district" in dialog.answer.text()
    assert dialog.isVisible()
    assert hand.desk.map.viewpoint == before
    dialog.reject()


def test_coordinates_under_the_pointer_are_shown_and_copied_in_the_system_chosen(
    hand: Hand,
) -> None:
    desk = hand.desk
    at = QPoint(desk.map.width() // 2, desk.map.height() // 2)

    def is_told() -> bool:
        """Point at the map anew: the picture it is told by may be one of another size, soon replaced."""
        QTest.mouseMove(desk.map, at + QPoint(40, 40))
        QTest.mouseMove(desk.map, at)
        hand.settled()
        place = desk.map.shown.to_ground(at.x(), at.y())
        return desk.status.lonlat.text() == say_place(desk.store.district, *place, "lonlat")

    hand.qtbot.waitUntil(is_told, timeout=10_000)
    place = desk.map.shown.to_ground(at.x(), at.y())
    hand.press_button(desk.status.lonlat)
    menu = desk.parts.places.menu
    assert isinstance(menu, QMenu)
    next(one for one in menu.actions() if one.text().startswith("BD-09")).trigger()
    menu.close()
    hand.settled()
    said = say_place(desk.store.district, *place, "bd09")
    assert desk.status.lonlat.text() == said
    hand.shortcut("map.copy_place")
    hand.settled()
    assert QGuiApplication.clipboard().text() == said


def test_a_system_proj_does_not_know_is_refused(hand: Hand) -> None:
    hand.desk.parts.places.set_system("EPSG:999999")
    hand.settled()
    assert hand.desk.parts.places.system == "lonlat"
    assert "EPSG:999999" in hand.desk.messages.label.text()
