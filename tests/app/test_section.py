"""A section drawn on the map, with real clicks: map and plot point at each other."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Trace
from tests.app.conftest import Hand


@pytest.fixture
def drawn(hand: Hand, full_building: str) -> Hand:
    """A hand that has drawn a section through a building, seen from above."""
    desk = hand.desk
    desk.parts.measures.panel.snap.setChecked(False)
    hand.look_at(Ref("building", full_building), distance=600.0, pitch=90.0)
    footprints = desk.map.content.footprints
    inside = footprints.picker.polygons[footprints.features.positions[full_building]]
    middle = inside.representative_point()
    hand.shortcut("map.section")
    hand.click(hand.pixel_at(middle.x - 90, middle.y))
    hand.click(hand.pixel_at(middle.x + 90, middle.y))
    hand.key(Qt.Key.Key_Return)
    hand.settled()
    # The plot took room from the map, whose picture in the new size is to come.
    hand.qtbot.waitUntil(lambda: not desk.map.is_waiting)
    return hand


def test_the_plot_has_the_building_and_points_at_the_map(drawn: Hand, full_building: str) -> None:
    panel = drawn.desk.parts.section.panel
    one = next(b for b in panel.section.buildings if b.ref.id == full_building)
    along = (one.start + one.end) / 2
    panel._on_moved(panel.plot.getViewBox().mapViewToScene(_point(along, 1.0)))
    at = drawn.desk.map.overlay.tools.section_at
    assert at[:2] == pytest.approx(panel.section.place(along), abs=1.0)
    assert at[2] == pytest.approx(panel.section.height(along), abs=0.01)
    assert one.title in panel.here.text() or panel.building_at(along) is not one


def test_the_map_points_at_the_plot(drawn: Hand) -> None:
    panel = drawn.desk.parts.section.panel
    x, y = panel.section.place(60.0)
    QTest.mouseMove(drawn.desk.map, drawn.pixel_at(x, y) + QPoint(0, 2))
    assert panel._line.isVisible()
    assert panel._line.value() == pytest.approx(60.0, abs=2.0)
    QTest.mouseMove(drawn.desk.map, QPoint(5, 5))
    assert not panel._line.isVisible()


def test_picture_and_table_are_written(
    drawn: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = drawn.desk.parts.section.panel
    for button, name in ((panel.picture, "a.png"), (panel.table, "a.csv")):
        chosen = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_any, chosen=chosen: chosen)
        drawn.press_button(button)
        drawn.settled()
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert float(rows[-1]["along_m"]) == pytest.approx(panel.section.length, abs=0.01)


def test_it_is_cleared(drawn: Hand) -> None:
    drawn.shortcut("map.clear_section")
    assert drawn.desk.map.overlay.tools.section is None
    assert drawn.desk.parts.section.dock.isHidden()


def _point(x: float, y: float) -> QPointF:
    return QPointF(x, y)


def test_one_that_is_worked_out_does_not_come_back(drawn: Hand) -> None:
    section = drawn.desk.parts.section
    line = drawn.desk.map.overlay.tools.section
    section._on_traced(Trace("section", np.column_stack([line, np.zeros(len(line))]), None))
    drawn.shortcut("map.clear_section")
    drawn.settled()
    assert section.dock.isHidden()
    assert section.panel.section is None
