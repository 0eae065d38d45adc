"""Street view in the window: opened from the map, walked through, shown on the map, imported and taken back."""

import threading

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from mapdesk.app.panorama_dialog import PanoramaDialog
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import districts, panorama_imports, panoramas
from mapdesk.store import places
from tests.conftest import quiet
from tests.panoramas import street


@pytest.fixture
def walk(town_folder, tmp_path):
    """Four panoramas in the middle of the town, before its desk opens."""
    with districts.open_district(town_folder) as store:
        west, south, east, north = places.bounds(store, "building")
        lon, lat = store.district.to_lonlat((west + east) / 2, (south + north) / 2)
        folder = street(tmp_path / "walk", float(lon), float(lat))
        panorama_imports.import_folder(store, folder, progress=quiet)
        stops = panoramas.stops(store)
    return stops, np.argsort(stops.xy[:, 0]), folder


def opened(hand, stops, index, qtbot):
    x, y = stops.xy[index].tolist()
    hand.desk.map.look(Viewpoint(x, y, 300.0))
    hand.shortcut("view.street")
    return standing(hand, qtbot)


def standing(hand, qtbot):
    part = hand.desk.parts.street
    qtbot.waitUntil(lambda: part.view is not None and part.view.stop is not None, timeout=20_000)
    hand.settled()
    return part.view


def test_one_walks_along_the_street_and_the_map_comes_along(walk, hand, qtbot):
    stops, order, _folder = walk
    view = opened(hand, stops, order[0], qtbot)
    marks, desk = hand.desk.map.overlay.marks, hand.desk
    assert view.stop.title.startswith(str(stops.names[order[0]]))
    assert (marks.street.x, marks.street.y) == pytest.approx(stops.xy[order[0]], abs=0.5)
    assert desk.layers.is_visible("panorama")
    assert desk.actions_table.qt["view.street"].isChecked()
    view.set_look(view.look.turned(90 - view.look.bearing, 0))
    east = marks.street.wedge.mean(axis=0) - stops.xy[order[0]]
    assert east[0] > 5 * abs(east[1])
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    hand.settled()
    assert (marks.street.x, marks.street.y) == pytest.approx(stops.xy[order[1]], abs=0.5)
    assert (desk.map.viewpoint.x, desk.map.viewpoint.y) == pytest.approx(
        stops.xy[order[1]], abs=0.5
    )
    middle = view.arrow(view.stop.ways[-1]).boundingRect().center().toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    hand.settled()
    assert (marks.street.x, marks.street.y) != pytest.approx(stops.xy[order[1]], abs=0.5)
    hand.shortcut("view.street")
    assert not desk.parts.street.is_open
    assert not desk.actions_table.qt["view.street"].isChecked()
    assert marks.street is None


def test_a_click_on_a_panorama_goes_there(walk, hand, qtbot):
    stops, order, _folder = walk
    opened(hand, stops, order[0], qtbot)
    target = int(order[2])
    qtbot.waitUntil(lambda: not hand.desk.map.is_waiting)
    pixels, _depth = hand.desk.map.shown.to_screen([stops.xy[target]])
    hand.click(QPoint(*np.round(pixels[0]).astype(int).tolist()))
    hand.settled()
    marks = hand.desk.map.overlay.marks
    assert (marks.street.x, marks.street.y) == pytest.approx(stops.xy[target], abs=0.5)


def test_a_district_without_panoramas_says_how_to_get_some(hand):
    hand.shortcut("view.street")
    hand.settled()
    assert "no panoramas yet" in hand.desk.messages.label.text()
    assert not hand.desk.parts.street.is_open
    assert not hand.desk.actions_table.qt["view.street"].isChecked()


def test_a_lost_picture_is_said_and_the_map_goes_on(walk, hand, qtbot, town_folder):
    stops, order, _folder = walk
    view = opened(hand, stops, order[0], qtbot)
    for path in (town_folder / "media" / "panoramas").iterdir():
        path.unlink()
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    hand.desk.parts.street.go(int(order[1]))
    qtbot.waitUntil(lambda: view.stop is None)
    assert "has no file" in hand.desk.messages.label.text()


def dialog_of(hand):
    hand.shortcut("file.panoramas")
    hand.settled()
    return next(one for one in hand.desk.findChildren(PanoramaDialog) if one.isVisible())


def test_a_folder_is_tried_imported_and_taken_back_in_the_window(hand, tmp_path, qtbot):
    desk = hand.desk
    lon, lat = desk.store.district.to_lonlat(*desk.store.district.origin)
    folder = street(tmp_path / "walk", float(lon), float(lat), count=2)
    (folder / "bad.jpg").write_text("no picture")
    dialog = dialog_of(hand)
    hand.type(dialog.folder, str(folder))
    hand.press_button(dialog.try_it)
    hand.settled()
    assert "2 kept" in dialog.report.toPlainText()
    assert "bad.jpg: is damaged" in dialog.report.toPlainText()
    assert len(panoramas.stops(desk.store)) == 0
    hand.press_button(dialog.go)
    hand.settled()
    qtbot.waitUntil(lambda: desk.loaded, timeout=20_000)
    assert len(panoramas.stops(desk.store)) == 2
    assert len(desk.map.overlay.points["panorama"].ids) == 2
    assert dialog.earlier.count() == 1
    hand.press_button(dialog.undo)
    hand.settled()
    assert "Really" in dialog.undo.text()
    assert len(panoramas.stops(desk.store)) == 2
    hand.press_button(dialog.undo)
    hand.settled()
    qtbot.waitUntil(lambda: desk.loaded, timeout=20_000)
    assert len(panoramas.stops(desk.store)) == 0
    assert len(desk.map.overlay.points["panorama"].ids) == 0
    assert dialog.earlier.count() == 0
    dialog.reject()
    again = dialog_of(hand)
    hand.press_button(again.redo)
    hand.settled()
    qtbot.waitUntil(lambda: desk.loaded, timeout=20_000)
    assert len(panoramas.stops(desk.store)) == 2 and again.earlier.count() == 1
    assert "Brought back walk: 2" in again.report.toPlainText()
    assert not again.redo.isEnabled()
    again.reject()


def test_a_panorama_that_is_gone_is_said(walk, hand):
    hand.desk.parts.street.show_one("gone")
    hand.settled()
    assert "'gone' is no longer there" in hand.desk.messages.label.text()
    assert not hand.desk.parts.street.is_open


def test_closing_while_an_import_is_taken_back_keeps_the_way_back(
    hand, tmp_path, qtbot, monkeypatch
):
    desk = hand.desk
    lon, lat = desk.store.district.to_lonlat(*desk.store.district.origin)
    folder = street(tmp_path / "walk", float(lon), float(lat), count=2)
    panorama_imports.import_folder(desk.store, folder, progress=quiet)
    go, take_back = threading.Event(), panorama_imports.undo_import

    def slowly(*given):
        assert go.wait(10)
        return take_back(*given)

    monkeypatch.setattr(panorama_imports, "undo_import", slowly)
    dialog = dialog_of(hand)
    hand.press_button(dialog.undo)
    hand.press_button(dialog.undo)
    dialog.reject()
    go.set()
    hand.settled()
    qtbot.waitUntil(lambda: len(panoramas.stops(desk.store)) == 0, timeout=20_000)
    again = dialog_of(hand)
    assert again.redo.isEnabled()
    hand.press_button(again.redo)
    again.reject()
    hand.settled()
    qtbot.waitUntil(lambda: len(panoramas.stops(desk.store)) == 2, timeout=20_000)
    hand.settled()
    assert not dialog_of(hand).redo.isEnabled()
