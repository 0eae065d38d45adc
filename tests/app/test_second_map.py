"""Two maps of one district, linked or not, beside each other or in a window of their own."""

import threading
from dataclasses import replace
from functools import partial
from threading import Event

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.app import styled_map
from mapdesk.app.map_pane import MapWindow
from mapdesk.app.settings import settings
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.model.errors import WorldError
from mapdesk.services import saved_styles, scenery
from mapdesk.store import audit
from tests.app.conftest import open_desk


@pytest.fixture
def second(hand):
    hand.shortcut("view.second")
    part = hand.desk.parts.second
    loaded(hand.qtbot, part.pane)
    return part


def loaded(qtbot, pane):
    qtbot.waitUntil(
        lambda: pane.is_loaded and not pane.jobs.busy and not pane.view.is_waiting, timeout=60_000
    )


def test_the_second_map_goes_where_the_first_goes_and_keeps_its_tilt(hand, second):
    first, other = hand.desk.map, second.pane.view
    QTest.keyClick(first, Qt.Key.Key_Right)
    QTest.keyClick(first, Qt.Key.Key_Plus)
    assert (other.viewpoint.x, other.viewpoint.y) == (first.viewpoint.x, first.viewpoint.y)
    assert other.projection.metres_per_pixel == pytest.approx(first.projection.metres_per_pixel)
    assert other.viewpoint.pitch == 90.0 != first.viewpoint.pitch
    QTest.keyClick(other, Qt.Key.Key_Left)
    assert (other.viewpoint.x, other.viewpoint.y) == (first.viewpoint.x, first.viewpoint.y)


def test_unlinked_maps_go_each_for_itself_until_they_are_linked_again(hand, second):
    first, other = hand.desk.map, second.pane.view
    hand.press_button(second.pane.link)
    there = other.viewpoint
    QTest.keyClick(first, Qt.Key.Key_Up)
    assert other.viewpoint == there
    hand.shortcut("view.link")
    assert other.viewpoint.y == first.viewpoint.y != there.y


def test_each_map_has_its_own_layers_theme_and_tilt(hand, second):
    desk, pane = hand.desk, second.pane
    actions = {action.data(): action for action in pane.menu.actions()}
    actions["camera"].trigger()
    assert not pane.layers.is_visible("camera") and desk.layers.is_visible("camera")
    assert "camera" not in pane.view.overlay.visible and "camera" in desk.map.overlay.visible
    assert (desk.map.overlay.style.theme, pane.view.overlay.style.theme) == ("light", "dark")
    pane.set_theme("light")
    assert pane.view.overlay.style.theme == "light"
    pitch = desk.map.viewpoint.pitch
    hand.press_button(pane.tilt)
    assert pane.view.viewpoint.pitch < 90 and desk.map.viewpoint.pitch == pitch


def test_it_goes_into_a_window_of_its_own_and_back_and_closes_cleanly(hand, second):
    hand.shortcut("view.second_window")
    frame = second.pane.window()
    assert isinstance(frame, MapWindow) and frame.isVisible()
    hand.press_button(second.pane.full_button)
    assert frame.isFullScreen()
    frame.activateWindow()
    hand.qtbot.waitUntil(lambda: QApplication.activeWindow() is frame)
    QTest.keyClick(frame, Qt.Key.Key_Escape)
    assert not frame.isFullScreen()
    QTest.keyClick(frame, Qt.Key.Key_F11)
    assert frame.isFullScreen()
    hand.press_button(second.pane.window_button)
    assert second.pane.window() is hand.desk
    hand.shortcut("view.second_window")
    pane = second.pane
    pane.window().close()
    assert second.pane is None and second.frame is None
    pane.ending.wait()


def test_a_map_that_is_closed_stays_until_its_threads_are_gone(hand, second, monkeypatch):
    hold, gone = threading.Event(), []
    pane = second.pane
    pane.destroyed.connect(partial(gone.append, True))
    waited = pane.base.wait_closed
    monkeypatch.setattr(pane.base, "wait_closed", lambda: (hold.wait(30), waited()))
    hand.shortcut("view.second_window")
    pane.window().close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert not gone
    hold.set()
    hand.qtbot.waitUntil(lambda: bool(gone), timeout=30_000)


def test_it_shows_what_is_brought_in_and_what_points_become(hand, second):
    desk, pane = hand.desk, second.pane
    buildings, cameras = pane.view.content.buildings, pane.view.content.points["camera"]
    desk.parts.sharing.show_written(frozenset({"camera"}))
    loaded(hand.qtbot, pane)
    assert pane.view.content.points["camera"] is not cameras
    assert pane.view.content.buildings is buildings
    desk.parts.sharing.show_written(frozenset({"building"}))
    assert not pane.is_loaded
    hand.settled()
    loaded(hand.qtbot, pane)
    assert pane.view.content.buildings is not buildings


def test_what_cannot_be_read_for_it_is_said(hand, second, monkeypatch):
    def fail(*_words):
        raise WorldError("The district is gone.")

    monkeypatch.setattr(scenery, "ground", fail)
    second.reload()
    hand.qtbot.waitUntil(lambda: "gone" in hand.desk.messages.label.text(), timeout=30_000)


def test_what_it_showed_is_remembered(hand, second, qtbot, town_folder):
    second.pane.set_theme("light")
    second.pane.layers.set_visible("camera", False)
    pane = second.pane
    hand.press_button(second.pane.close_button)
    pane.ending.wait()
    hand.shortcut("view.second")
    assert second.pane.theme == "light" and not second.pane.layers.is_visible("camera")
    loaded(qtbot, second.pane)


@pytest.mark.usefixtures("no_leaks")
def test_a_desk_closed_with_two_maps_opens_with_two(qtbot, town_folder):
    window = open_desk(qtbot, town_folder)
    window.actions_table.run("view.second_window")
    loaded(qtbot, window.parts.second.pane)
    pane = window.parts.second.pane
    window.close()
    assert pane.parent() is None
    pane.ending.wait()
    window.wait_closed()
    again = open_desk(qtbot, town_folder)
    assert isinstance(again.parts.second.pane.window(), MapWindow)
    loaded(qtbot, again.parts.second.pane)
    again.close()
    again.parts.second.pane.ending.wait()
    again.wait_closed()


@pytest.mark.parametrize("kept", ["{", "[]", '{"open": true, "theme": 7, "pitch": "x"}'])
@pytest.mark.usefixtures("no_leaks")
def test_a_damaged_memory_of_it_is_no_harm(qtbot, town_folder, kept):
    settings().setValue("second_map", kept)
    window = open_desk(qtbot, town_folder)
    if window.parts.second.pane is not None:
        loaded(qtbot, window.parts.second.pane)
    window.close()
    window.wait_closed()


def test_the_second_map_has_a_style_of_its_own_while_its_purpose_lasts(hand, second):
    desk, pane = hand.desk, second.pane
    loaded(hand.qtbot, pane)
    saved_styles.save(desk.store, "Density", LayerStyle())
    pane.styles.read()
    loaded(hand.qtbot, pane)
    entries = {action.data(): action for action in pane.styles.menu.actions()}
    assert set(entries) == {"", "Density"}
    entries["Density"].trigger()
    hand.qtbot.waitUntil(lambda: pane.view.overlay.legend is not None, timeout=30_000)
    assert desk.map.overlay.legend is None
    assert pane.view.overlay.legend.personal
    desk.commands.set_purpose("another one")
    assert pane.view.overlay.legend is None
    hand.qtbot.waitUntil(lambda: pane.view.overlay.legend is not None, timeout=30_000)
    assert audit.last(desk.store, 1)[0]["purpose"] == "another one"
    desk.commands.set_purpose("")
    assert pane.view.overlay.legend is None and pane.styles.name == ""
    loaded(hand.qtbot, pane)


@pytest.mark.parametrize("end", ["purpose", "lock"])
def test_exact_counts_still_counted_do_not_come_onto_the_second_map(hand, second, monkeypatch, end):
    desk, pane = hand.desk, second.pane
    saved_styles.save(desk.store, "Density", LayerStyle())
    counted, go, read = Event(), Event(), styled_map.read

    def held(*args):
        found = read(*args)
        counted.set()
        assert go.wait(20)
        return found

    monkeypatch.setattr(styled_map, "read", held)
    pane.styles.show("Density")
    assert counted.wait(20)
    if end == "purpose":
        desk.commands.set_purpose("")
    else:
        desk.guard.locked.emit()
    go.set()
    assert pane.styles.name == "" and not pane.jobs.busy
    loaded(hand.qtbot, pane)
    assert pane.view.overlay.legend is None


def test_a_style_of_the_second_map_is_drawn_again_with_what_lies_below_it(hand, second):
    desk, pane = hand.desk, second.pane
    saved_styles.save(desk.store, "Density", LayerStyle())
    pane.styles.show("Density")
    loaded(hand.qtbot, pane)
    record = audit.last(desk.store, 1)[0]["number"]
    shown = pane.view.overlay.legend
    pane.layers.set_visible("grid", False)
    loaded(hand.qtbot, pane)
    assert pane.view.overlay.legend is None and not pane.layers.is_visible("grid")
    pane.layers.set_visible("grid", True)
    loaded(hand.qtbot, pane)
    assert pane.view.overlay.legend == shown
    drawn = []
    pane.view.change_scene = lambda *args, **_words: drawn.append(args)
    pane.show_base("vector")
    hand.qtbot.waitUntil(lambda: not pane.jobs.busy)
    before = len(drawn)
    pane.loader.drawn.emit()
    hand.qtbot.waitUntil(lambda: not pane.jobs.busy)
    assert before > 1 and len(drawn) > before
    del pane.view.change_scene
    pane.layers.set_visible("grid", False)
    desk.commands.set_purpose("")
    assert pane.styles.name == ""
    loaded(hand.qtbot, pane)
    # Figures are read once, whatever they are drawn on.
    assert audit.last(desk.store, 1)[0]["number"] == record


def test_the_second_map_has_a_base_map_of_its_own(hand, second):
    desk, pane = hand.desk, second.pane
    loaded(hand.qtbot, pane)
    pane.show_base("vector")
    assert pane.view.overlay.flat and not desk.map.overlay.flat
    said = []
    pane.refused.connect(said.append)
    pane.show_base("imagery")
    hand.qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    assert "imagery" in str(said[0]).lower()
    assert pane.base_choice.currentData() == "vector"
    hand.press_button(pane.close_button)
    pane.ending.wait()
    hand.shortcut("view.second")
    loaded(hand.qtbot, second.pane)
    assert second.pane.base.current.name == "vector"


def test_the_lock_of_the_view_holds_on_the_second_map_too(hand, second):
    pane = second.pane
    hand.press_button(pane.link)
    pane.view.look(replace(pane.view.viewpoint, pitch=50.0))
    before = pane.view.viewpoint
    hand.shortcut("map.lock")
    assert pane.view.overlay.tools.lock == "tilt locked" and not pane.tilt.isEnabled()
    QTest.keyClick(pane.view, Qt.Key.Key_Right)
    moved = pane.view.viewpoint
    assert moved.x != before.x
    QTest.keyClick(pane.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pane.view.viewpoint.bearing == before.bearing
    hand.shortcut("map.lock")
    QTest.keyClick(pane.view, Qt.Key.Key_Left)
    QTest.mouseDClick(pane.view, Qt.MouseButton.LeftButton, pos=pane.view.rect().center() / 2)
    hand.settled()
    assert (pane.view.viewpoint.x, pane.view.viewpoint.y) == (moved.x, moved.y)
    hand.press_button(pane.close_button)
    pane.ending.wait()
    hand.shortcut("view.second")
    assert second.pane.view.lock == "all"
    hand.shortcut("map.lock")
    assert second.pane.view.lock == "" and second.pane.tilt.isEnabled()
    loaded(hand.qtbot, second.pane)


def test_a_style_by_day_and_points_follow_the_bar_of_time(hand, second):
    desk, pane = hand.desk, second.pane
    loaded(hand.qtbot, pane)
    style = LayerStyle(by="incidents by day")
    saved_styles.save(desk.store, "Days", style)
    desk.parts.styles.apply(style)
    pane.styles.show("Days")
    loaded(hand.qtbot, pane)
    hand.settled()
    last = pane.view.overlay.legend.span
    assert last == desk.map.overlay.legend.span
    hand.shortcut("time.before")
    hand.settled()
    loaded(hand.qtbot, pane)
    assert pane.view.overlay.legend.span == desk.map.overlay.legend.span < last
    assert len(pane.view.overlay.points["worker"].ids) == 0
    pane.layers.set_visible("incident", visible=True)
    few = len(pane.view.content.points["incident"].ids)
    hand.qtbot.waitUntil(
        lambda: len(pane.view.overlay.points["incident"].ids) < few, timeout=10_000
    )
    hand.shortcut("style.off")
    loaded(hand.qtbot, pane)
    assert len(pane.view.overlay.points["incident"].ids) == few


def test_all_that_is_chosen_of_the_second_map_is_in_its_bar(hand, second):
    pane = second.pane
    for chosen in (pane.base_choice, pane.styles.button, pane.theme_button, pane.layer_button):
        assert chosen.isVisible() and chosen.parentWidget() is pane.bar and chosen.toolTip()


def test_the_bar_needs_no_more_than_its_pictures_and_names_them_where_there_is_room(hand, second):
    pane, desk = second.pane, hand.desk
    buttons = [pane.link, pane.layer_button, pane.styles.button, pane.tilt, pane.theme_button]
    styles = Qt.ToolButtonStyle

    def wide(width):
        desk.maps.setSizes([desk.maps.width() - width, width])
        return {one.toolButtonStyle() for one in buttons}, pane.full_button.isVisible()

    desk.resize(2200, desk.height())
    hand.qtbot.waitUntil(lambda: desk.maps.width() > 1400)
    assert wide(900) == ({styles.ToolButtonTextBesideIcon}, True)
    assert wide(450) == ({styles.ToolButtonIconOnly}, True)
    assert wide(10) == ({styles.ToolButtonIconOnly}, False)
    assert pane.width() <= 340 and pane.close_button.isVisible()
    assert all(one.toolTip() and not one.icon().isNull() for one in buttons)
    was = pane.theme
    hand.press_button(pane.theme_button)
    assert pane.theme != was and pane.view.overlay.style.theme == pane.theme
