"""Base maps in the window: switched by button and key, imagery added and compared by hand."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolButton

from mapdesk.app import view_state
from mapdesk.app.add_raster_dialog import AddRasterDialog
from mapdesk.app.imagery_dialog import ImageryDialog
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import districts, imagery
from tests.app.conftest import move_with_button, open_desk
from tests.formats.raster_files import GREEN, RED, plain, tile_server, write_tiff


def tiff(desk, path, colour=RED):
    district = desk.store.district
    return write_tiff(path, plain(colour), district.crs, district.origin, 8.0)


def add(desk, path):
    return imagery.add(desk.store, imagery.guessed(str(path)))


def settled(desk, qtbot):
    """Wait until jobs, tiles and the full picture are there."""

    def still():
        return not (desk.jobs.busy or desk.parts.base.view.imagery.is_busy or desk.map.is_waiting)

    qtbot.waitUntil(still, timeout=30_000)


def switch(desk, qtbot, name):
    desk.actions_table.qt[f"view.{name}"].trigger()
    settled(desk, qtbot)


def colour_of(desk, east=0.0, north=0.0):
    """Return the colour the map's picture has at a place beside the district's middle."""
    x, y = desk.store.district.origin
    pixels, _depth = desk.map.shown.to_screen([[x + east, y + north]])
    image = desk.map._image
    ratio = image.width() / desk.map.width()
    at = (pixels[0] * ratio).astype(int)
    return image.pixelColor(*at.tolist()).getRgb()[:3]


def look_down(desk, qtbot, distance=1500.0):
    x, y = desk.store.district.origin
    desk.map.look(Viewpoint(x, y, distance, 0.0, 90.0))
    settled(desk, qtbot)


def test_one_click_switches_and_ticks_come_back(desk, qtbot, tmp_path):
    add(desk, tiff(desk, tmp_path / "may.tif"))
    look_down(desk, qtbot)
    (button,) = (
        one
        for one in desk.tool_bar.findChildren(QToolButton)
        if one.defaultAction() is desk.actions_table.qt["view.imagery"]
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settled(desk, qtbot)
    assert button.isChecked() and not desk.actions_table.qt["view.3d"].isChecked()
    assert colour_of(desk, 30, 30) == RED
    assert not desk.layers.is_visible("building")
    assert {"road", "land_use"} <= set(desk.map.overlay.named)  # seen on it, and so named
    desk.layers.set_visible("building", True)
    switch(desk, qtbot, "vector")
    assert desk.layers.is_visible("road") and desk.map.overlay.flat
    assert colour_of(desk, 30, 30) != RED
    desk.layers.set_visible("road", False)
    switch(desk, qtbot, "imagery")
    assert desk.layers.is_visible("building") and not desk.layers.is_visible("land_use")
    switch(desk, qtbot, "3d")
    assert desk.layers.is_visible("road") and not desk.map.overlay.flat
    switch(desk, qtbot, "vector")
    assert not desk.layers.is_visible("road") and "road" not in desk.map.overlay.named


def test_without_imagery_the_map_stays_and_says_how_to_get_some(desk, qtbot):
    switch(desk, qtbot, "imagery")
    assert "No imagery is shown in this district" in desk.messages.label.text()
    assert desk.parts.base.view.current.name == "3d"
    assert desk.actions_table.qt["view.3d"].isChecked()
    assert not desk.actions_table.qt["view.imagery"].isChecked()


def test_a_flat_building_is_picked_where_its_footprint_is(desk, qtbot):
    switch(desk, qtbot, "vector")
    desk.layers.show_only(["building"])
    features = desk.map.content.footprints.features
    index = int(np.argmax(np.nan_to_num(features.columns["height"].astype(float))))
    inside = features.placed[index].representative_point()
    desk.map.look(Viewpoint(inside.x, inside.y, 400.0, 0.0, 30.0))
    settled(desk, qtbot)
    pixels, _depth = desk.map.shown.to_screen([[inside.x, inside.y]])
    with qtbot.waitSignal(desk.map.picked) as picked:
        QTest.mouseClick(
            desk.map, Qt.MouseButton.LeftButton, pos=QPoint(*pixels[0].round().astype(int).tolist())
        )
    assert picked.args[0].id == features.ids[index]


def test_imagery_is_added_looked_at_and_dimmed_in_the_window(desk, qtbot, tmp_path):
    path = tiff(desk, tmp_path / "may.tif")
    desk.actions_table.qt["view.rasters"].trigger()
    settled(desk, qtbot)
    dialog = desk.findChild(ImageryDialog)
    assert not dialog.empty.isHidden() and not dialog.show_map.isEnabled()
    QTest.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    adding = dialog.findChild(AddRasterDialog)
    adding.source.setText(str(tmp_path / "gone.tif"))
    QTest.mouseClick(adding.look, Qt.MouseButton.LeftButton)
    settled(desk, qtbot)
    assert "There is no file" in adding.problem.text()
    adding.source.setText(str(path))
    adding.attribution.setText("City survey")
    QTest.mouseClick(adding.look, Qt.MouseButton.LeftButton)
    settled(desk, qtbot)
    assert adding.picture.pixmap().toImage().pixelColor(50, 50).getRgb()[:3] == RED
    QTest.mouseClick(adding.keep, Qt.MouseButton.LeftButton)
    settled(desk, qtbot)
    assert dialog.list.item(0).text() == "may"
    QTest.mouseClick(dialog.show_map, Qt.MouseButton.LeftButton)
    look_down(desk, qtbot)
    assert colour_of(desk, 30, 30) == RED
    assert desk.map.overlay.picture_attributions == ["City survey"]
    dialog.brightness.setFocus()
    for _press in range(5):
        QTest.keyClick(dialog.brightness, Qt.Key.Key_PageDown)
    settled(desk, qtbot)
    assert colour_of(desk, 30, 30) == tuple(round(part / 2) for part in RED)
    dialog.accept()
    settled(desk, qtbot)
    assert imagery.layers(desk.store)[0].brightness == 0.5


def test_what_a_slider_was_left_at_is_written_when_the_window_goes(
    desk, qtbot, tmp_path, town_folder
):
    add(desk, tiff(desk, tmp_path / "may.tif"))
    desk.actions_table.qt["view.rasters"].trigger()
    settled(desk, qtbot)
    dialog = desk.findChild(ImageryDialog)
    for _press in range(5):
        QTest.keyClick(dialog.brightness, Qt.Key.Key_PageDown)
    desk.close()
    assert desk.parts.base.dialog is None
    desk.wait_closed()
    with districts.open_district(town_folder) as store:
        assert imagery.layers(store)[0].brightness == 0.5


def test_ticks_order_and_forgetting(desk, qtbot, tmp_path):
    for name, colour in (("may", RED), ("june", GREEN)):
        add(desk, tiff(desk, tmp_path / f"{name}.tif", colour))
    look_down(desk, qtbot)
    switch(desk, qtbot, "imagery")
    assert colour_of(desk, 30, 30) == GREEN
    desk.actions_table.qt["view.rasters"].trigger()
    settled(desk, qtbot)
    dialog = desk.findChild(ImageryDialog)
    assert [dialog.list.item(row).text() for row in range(2)] == ["june", "may"]
    dialog.list.setCurrentRow(1)
    QTest.mouseClick(dialog.up, Qt.MouseButton.LeftButton)
    settled(desk, qtbot)
    assert [dialog.list.item(row).text() for row in range(2)] == ["may", "june"]
    assert colour_of(desk, 30, 30) == RED
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    settled(desk, qtbot)
    assert colour_of(desk, 30, 30) == GREEN
    for left in (1, 0):
        QTest.mouseClick(dialog.forget, Qt.MouseButton.LeftButton)
        settled(desk, qtbot)
        assert dialog.list.count() == left
    assert desk.parts.base.view.current.name == "3d"
    desk.actions_table.qt["edit.bring_back"].trigger()
    settled(desk, qtbot)
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == ["june"]


def test_two_dates_are_compared_with_mouse_and_keys(desk, qtbot, tmp_path):
    desk.actions_table.qt["view.swipe"].trigger()
    assert "two rasters first" in desk.messages.label.text()
    for name, colour in (("may", RED), ("june", GREEN)):
        add(desk, tiff(desk, tmp_path / f"{name}.tif", colour))
    look_down(desk, qtbot)
    switch(desk, qtbot, "imagery")
    desk.actions_table.qt["view.swipe"].trigger()
    settled(desk, qtbot)
    assert colour_of(desk, -60, 30) == RED and colour_of(desk, 60, 30) == GREEN
    base, view = desk.parts.base, desk.map
    before = view.viewpoint
    start = QPoint(base.handle.width() // 2, 200)
    QTest.mousePress(base.handle, Qt.MouseButton.LeftButton, pos=start)
    to = base.handle.mapFromParent(QPoint(round(view.width() * 0.9), 200))
    move_with_button(base.handle, to, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QTest.mouseRelease(base.handle, Qt.MouseButton.LeftButton, pos=start)
    settled(desk, qtbot)
    assert base.view.imagery.swipe.part == pytest.approx(0.9, abs=0.01)
    assert colour_of(desk, 60, 30) == RED
    assert view.viewpoint == before
    QTest.keyClick(base.handle, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(base.handle, Qt.Key.Key_Left)
    assert base.view.imagery.swipe.part == pytest.approx(0.79, abs=0.01)
    QTest.keyClick(base.handle, Qt.Key.Key_Home)
    settled(desk, qtbot)
    assert base.view.imagery.swipe.part == 0.0 and view.viewpoint == before
    assert colour_of(desk, -60, 30) == GREEN
    QTest.keyClick(base.handle, Qt.Key.Key_Escape)
    settled(desk, qtbot)
    assert base.handle.isHidden() and desk.map.overlay.divider is None
    assert colour_of(desk, -60, 30) == GREEN


def test_a_dead_server_is_told_and_the_map_goes_on(desk, qtbot, tmp_path):
    with tile_server() as server:
        address = server.address + "/{z}/{x}/{y}.png"
    imagery.add(desk.store, imagery.guessed(address, "Aerial"))
    switch(desk, qtbot, "imagery")
    assert "127.0.0.1 does not answer" in desk.messages.label.text()
    assert desk.parts.base.view.current.name == "imagery"
    look_down(desk, qtbot)
    add(desk, tiff(desk, tmp_path / "may.tif"))
    desk.parts.base.view.reload()
    settled(desk, qtbot)
    assert colour_of(desk, 30, 30) == RED


def test_tiles_of_a_server_come_onto_the_map(desk, qtbot):
    with tile_server() as server:
        imagery.add(desk.store, imagery.guessed(server.address + "/{z}/{x}/{y}.png", "Aerial"))
        look_down(desk, qtbot)
        switch(desk, qtbot, "imagery")
        assert colour_of(desk, 30, 30) == RED
        asked = len(server.asked)
        look_down(desk, qtbot, 3000.0)
        assert len(server.asked) > asked


def test_the_base_map_is_remembered_with_its_ticks(qtbot, town_folder):
    first = open_desk(qtbot, town_folder)
    first.actions_table.qt["view.vector"].trigger()
    first.layers.set_visible("road", False)
    first.close()
    first.wait_closed()
    again = open_desk(qtbot, town_folder)
    assert again.parts.base.view.current.name == "vector"
    assert not again.layers.is_visible("road") and again.map.overlay.flat
    again.close()
    again.wait_closed()


def test_a_bookmark_keeps_the_base_map(desk, qtbot, tmp_path):
    add(desk, tiff(desk, tmp_path / "may.tif"))
    switch(desk, qtbot, "imagery")
    desk.layers.set_visible("building", True)
    kept = view_state.bookmark_of(desk, "aerial")
    switch(desk, qtbot, "3d")
    view_state.dress(desk, kept)
    settled(desk, qtbot)
    assert desk.parts.base.view.current.name == "imagery"
    assert desk.layers.visible() == list(kept.layers)


def test_the_base_map_chosen_last_is_shown(desk, qtbot, tmp_path):
    add(desk, tiff(desk, tmp_path / "may.tif"))
    standing = view_state.bookmark_of(desk, "standing")
    desk.actions_table.qt["view.imagery"].trigger()
    desk.actions_table.qt["view.vector"].trigger()
    settled(desk, qtbot)
    assert desk.parts.base.view.current.name == "vector"
    desk.actions_table.qt["view.imagery"].trigger()
    desk.actions_table.qt["view.vector"].trigger()
    settled(desk, qtbot)
    assert desk.parts.base.view.current.name == "vector"
    switch(desk, qtbot, "3d")
    desk.actions_table.qt["view.imagery"].trigger()
    view_state.dress(desk, standing)
    settled(desk, qtbot)
    assert desk.parts.base.view.current.name == "3d"


def test_the_handle_goes_with_a_raster_that_was_compared(desk, qtbot, tmp_path):
    for name, colour in (("may", RED), ("june", GREEN)):
        add(desk, tiff(desk, tmp_path / f"{name}.tif", colour))
    switch(desk, qtbot, "imagery")
    desk.actions_table.qt["view.swipe"].trigger()
    base = desk.parts.base
    assert not base.handle.isHidden()
    imagery.change(desk.store, "may", shown=False)
    base.view.reload()
    settled(desk, qtbot)
    assert base.view.imagery.swipe is None and base.handle.isHidden()


def test_a_list_of_rasters_closed_at_once_still_writes(desk, qtbot, tmp_path):
    for name, colour in (("may", RED), ("june", GREEN)):
        add(desk, tiff(desk, tmp_path / f"{name}.tif", colour))
    switch(desk, qtbot, "imagery")
    desk.actions_table.qt["view.rasters"].trigger()
    settled(desk, qtbot)
    dialog = desk.findChild(ImageryDialog)
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.accept()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert desk.findChild(ImageryDialog) is None
    settled(desk, qtbot)
    assert [layer.name for layer in desk.parts.base.view.imagery.layers] == ["may"]


def test_what_was_opened_too_late_is_closed(desk, qtbot, tmp_path, monkeypatch):
    layer, opened, closed = add(desk, tiff(desk, tmp_path / "may.tif")), [], []
    turns, really = (threading.Event(), threading.Event()), imagery.opened

    def slow(store, one):
        raster = really(store, one)
        close = raster.close
        raster.close = lambda: (closed.append(raster), close())
        opened.append(raster)
        assert turns[len(opened) - 1].wait(10)
        return raster

    monkeypatch.setattr(imagery, "opened", slow)
    shown = desk.parts.base.view.imagery
    for count in (1, 2):
        shown.show([layer])
        qtbot.waitUntil(lambda count=count: len(opened) == count, timeout=10_000)
    turns[0].set()
    qtbot.waitUntil(lambda: len(shown._fresh) == 1, timeout=10_000)
    turns[1].set()
    settled(desk, qtbot)
    assert closed == opened[:1] and shown.layers == [layer]
