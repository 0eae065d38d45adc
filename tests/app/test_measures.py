"""Measuring on the map, with real clicks and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest

from mapdesk.model.selection import Ref
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services.measuring import Measured
from tests.app.conftest import Hand


@pytest.fixture
def over(hand: Hand) -> Hand:
    """A hand over the middle of the town, looking down, that is caught by nothing."""
    hand.desk.parts.measures.panel.snap.setChecked(False)
    view = Viewpoint(hand.desk.map.viewpoint.x, hand.desk.map.viewpoint.y, 900.0, 0.0, 90.0)
    with hand.qtbot.waitSignal(hand.desk.map.pictured, timeout=30_000):
        hand.desk.map.look(view)
    return hand


def results(hand: Hand) -> list[object]:
    hand.settled()
    return [one.result for one in hand.desk.parts.measures._entries]


def test_a_chain_with_a_point_taken_back_is_measured_listed_and_copied(over: Hand) -> None:
    desk = over.desk
    over.shortcut("map.distance")
    for at in (QPoint(200, 300), QPoint(500, 300), QPoint(520, 60)):
        over.click(at)
    over.key(Qt.Key.Key_Backspace)
    over.click(QPoint(500, 450))
    over.key(Qt.Key.Key_Return)
    (one,) = results(over)
    assert isinstance(one, Measured)
    assert len(one.points) == 3
    flat = one.points[:, :2]
    assert one.projected == pytest.approx(np.hypot(*np.diff(flat, axis=0).T).sum())
    assert len(desk.map.overlay.tools.lines) == 1
    assert desk.parts.measures.panel.list.count() == 1
    over.shortcut("map.copy_measure")
    assert QGuiApplication.clipboard().text().startswith("Distance: ")
    assert "EPSG:" in QGuiApplication.clipboard().text()


def test_escape_drops_the_line_and_values_stay_until_cleared(over: Hand) -> None:
    over.shortcut("map.area")
    for at in (QPoint(200, 200), QPoint(420, 210), QPoint(400, 400)):
        over.click(at)
    over.double_click(QPoint(210, 390))
    (one,) = results(over)
    assert one.kind == "area"
    assert len(one.points) == 4
    over.click(QPoint(100, 100))
    over.key(Qt.Key.Key_Escape)
    assert len(results(over)) == 1
    over.shortcut("select.pan")
    assert len(over.desk.map.overlay.tools.lines) == 1
    over.shortcut("map.clear_measures")
    assert over.desk.map.overlay.tools.lines == []


def test_a_double_click_measures_a_building(hand: Hand, full_building: str) -> None:
    at = hand.look_at(Ref("building", full_building))
    hand.shortcut("map.height")
    hand.double_click(at)
    (one,) = results(hand)
    footprints = hand.desk.map.content.footprints
    index = footprints.features.positions[full_building]
    assert one.rise == pytest.approx(footprints.picker.top[index] - footprints.picker.base[index])


def test_the_pointer_is_caught_by_a_roof_corner(hand: Hand, full_building: str) -> None:
    hand.look_at(Ref("building", full_building), distance=250.0)
    hand.shortcut("map.distance")
    hand.settled()
    view, footprints = hand.desk.map, hand.desk.map.content.footprints
    index = footprints.features.positions[full_building]
    ring = np.array(footprints.picker.polygons[index].exterior.coords)
    pixels, depth = view.shown.to_screen(ring, footprints.picker.top[index])
    corner = int(np.argmin(depth))
    QTest.mouseMove(view, QPoint(*(np.round(pixels[corner]).astype(int) + 3).tolist()))
    touch = view._touch
    assert touch.caught == "corner"
    assert (touch.x, touch.y) == pytest.approx(tuple(ring[corner]))
    assert touch.z == pytest.approx(footprints.picker.top[index])


def test_a_line_of_sight_through_a_building_is_blocked_by_it(
    over: Hand, full_building: str
) -> None:
    desk = over.desk
    over.look_at(Ref("building", full_building), distance=600.0, pitch=90.0)
    footprints = desk.map.content.footprints
    polygon = footprints.picker.polygons[footprints.features.positions[full_building]]
    west, _south, east, _north = polygon.bounds
    y = polygon.representative_point().y
    over.shortcut("map.sight")
    over.click(over.pixel_at(west - 1.5, y))
    over.click(over.pixel_at(east + 1.5, y))
    (one,) = results(over)
    assert one.by == Ref("building", full_building)
    assert desk.map.overlay.tools.sights[0].seen == (True, False)
    desk.parts.measures.panel.eye.setValue(900.0)
    desk.parts.measures.panel.target.setValue(900.0)
    (one,) = results(over)
    assert one.is_free


def test_units_and_language_say_values_anew(over: Hand) -> None:
    over.shortcut("map.distance")
    over.click(QPoint(200, 300))
    over.double_click(QPoint(500, 300))
    results(over)
    panel = over.desk.parts.measures.panel
    panel.units.setCurrentIndex(panel.units.findData("feet"))
    assert " ft" in panel.rows[0].value or " mi" in panel.rows[0].value
    over.shortcut("view.language")
    assert panel.rows[0].title == "距离"
    over.shortcut("view.language")


def test_values_being_worked_out_do_not_come_back_after_clearing(over: Hand) -> None:
    over.shortcut("map.distance")
    over.click(QPoint(200, 300))
    over.double_click(QPoint(500, 300))
    over.shortcut("map.clear_measures")
    assert results(over) == []


def test_buildings_read_anew_are_what_a_sight_is_looked_through(over: Hand) -> None:
    part, jobs = over.desk.parts.measures, over.desk.jobs
    over.shortcut("map.sight")
    over.settled()
    before = part._of
    over.desk.reload()
    over.qtbot.waitUntil(lambda: over.desk.loaded and not jobs.busy, timeout=30_000)
    now = over.desk.map.content.footprints
    assert now is not before[0]
    assert part._of[0] is now
