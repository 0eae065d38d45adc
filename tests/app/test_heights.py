"""Terrain in the window: added, removed, taken back, dropped on the map, and told under the pointer."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMessageBox

from mapdesk.app.add_raster_dialog import AddRasterDialog
from mapdesk.services import terrain
from tests.app.test_inside import at_rest
from tests.formats.raster_files import plain, write_tiff
from tests.services.test_terrain import dem_of


@pytest.fixture
def dem(desk, tmp_path):
    return dem_of(desk.store, tmp_path / "hills.tif")


def press(hand, button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    hand.settled()
    at_rest(hand)


def drop(desk, path):
    """Drop a file on the middle of the map."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(desk.map.rect().center())
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), action, data, button, none)
    QApplication.sendEvent(desk.map, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(desk.map, QDropEvent(at, action, data, button, none))


def test_terrain_is_added_removed_and_taken_back(hand, dem):
    desk = hand.desk
    hand.shortcut("view.heights")
    dialog = desk.parts.heights.dialog
    hand.settled()
    assert "No terrain yet" in dialog.kept.text()
    assert not dialog.add.isEnabled() and not dialog.remove.isEnabled()
    hand.type(dialog.file, str(dem))
    hand.type(dialog.attribution, "City survey")
    press(hand, dialog.add)
    assert "City survey" in dialog.kept.text() and "hills.tif" in dialog.kept.text()
    record, _at = terrain.describe(desk.store)
    assert record.title == "hills"
    assert desk.parts.heights.terrain.key == record.key
    assert "City survey" in desk.map.overlay.attributions
    desk.actions_table.qt["view.terrain"].trigger()
    hand.settled()
    assert desk.map.terrain.key == record.key
    press(hand, dialog.remove)
    assert terrain.describe(desk.store) is None and desk.parts.heights.terrain is None
    assert desk.map.terrain is None
    assert "City survey" not in desk.map.overlay.attributions
    press(hand, dialog.undo)
    assert terrain.describe(desk.store)[0] == record
    press(hand, dialog.undo)
    assert terrain.describe(desk.store) is None
    press(hand, dialog.redo)
    assert desk.parts.heights.terrain.key == record.key
    dialog.file.setText(str(dem.parent / "no.tif"))
    press(hand, dialog.add)
    assert "There is no file" in dialog.problem.text() and dialog.problem.isVisible()
    assert desk.parts.heights.terrain.key == record.key


def test_places_are_told_with_the_ground_s_height(hand, dem):
    desk = hand.desk
    terrain.add(desk.store, dem)
    desk.reload()
    hand.settled()
    at_rest(hand)
    x, y = desk.map.viewpoint.x, desk.map.viewpoint.y
    height = terrain.ground_height(terrain.terrain_of(desk.store), x, y)
    desk.parts.places.copy_at(x, y)
    hand.settled()
    assert QApplication.clipboard().text().endswith(f", {height:.1f} m")
    QTest.mouseMove(desk.map, QPoint(37, 41))
    hand.settled()
    assert desk.status.lonlat.text().endswith(" m")


def test_a_dropped_file_of_one_band_is_asked_about(hand, dem):
    desk = hand.desk
    drop(desk, dem)
    hand.qtbot.waitUntil(lambda: desk.parts.heights.question is not None, timeout=10_000)
    box = desk.parts.heights.question
    assert "hills.tif" in box.text()
    (heights,) = (
        one for one in box.buttons() if box.buttonRole(one) == QMessageBox.ButtonRole.AcceptRole
    )
    QTest.mouseClick(heights, Qt.MouseButton.LeftButton)
    assert desk.parts.heights.dialog.file.text() == str(dem)


def test_a_dropped_picture_is_imagery(hand, tmp_path):
    desk = hand.desk
    district = desk.store.district
    drop(desk, write_tiff(tmp_path / "may.tif", plain(), district.crs, district.origin, 8.0))
    hand.qtbot.waitUntil(lambda: bool(desk.findChildren(AddRasterDialog)), timeout=10_000)
    (dialog,) = desk.findChildren(AddRasterDialog)
    hand.settled()
    assert dialog.source.text().endswith("may.tif")
    assert not dialog.picture.pixmap().isNull()
    dialog.reject()
    assert np.isfinite(desk.map.viewpoint.x)
