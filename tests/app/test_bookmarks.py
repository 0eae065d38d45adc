"""Bookmarks and tours in the window, with real clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QWidget

from mapdesk.app import tour_recorder
from mapdesk.app.forgotten import KEYS
from mapdesk.app.tour_dialog import TourDialog
from mapdesk.app.view_state import bookmark_of, dress
from mapdesk.model.errors import BusyError
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import bookmarks
from mapdesk.store import audit
from tests.app.conftest import Hand


def name_it(hand: Hand, name: str) -> None:
    """Answer the question for a name."""
    dialog = next(one for one in hand.desk.findChildren(QInputDialog) if one.isVisible())
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    hand.type(field, name)
    QTest.keyClick(field, Qt.Key.Key_Return)
    hand.settled()


@pytest.fixture
def toured(hand: Hand) -> Hand:
    """A hand that has kept two views and made a short tour of them."""
    desk = hand.desk
    desk.commands.run_id("map.bookmarks")
    for name, move, layers in (("East", 400, True), ("West", -400, False)):
        view = desk.map.viewpoint
        desk.layers.set_visible("camera", layers)
        desk.map.look(replace(view, x=view.x + move, distance=700.0))
        hand.shortcut("map.keep_view")
        name_it(hand, name)
    panel = desk.parts.bookmarks.panel
    hand.press_button(panel.make)
    dialog = desk.findChild(TourDialog)
    assert dialog is not None
    hand.type(dialog.name, "Across")
    for row, seconds in ((0, (4.0, 0.2)), (1, (0.6, 0.2))):
        for column, value in enumerate(seconds, start=1):
            dialog.table.cellWidget(row, column).setValue(value)
    assert dialog.total.text().startswith("1 s")
    dialog.buttons.accepted.emit()
    hand.settled()
    panel.choose_tour("Across")
    return hand


def test_a_view_is_kept_and_flown_to_with_its_layers(toured: Hand) -> None:
    desk = toured.desk
    panel = desk.parts.bookmarks.panel
    assert [one.name for one in panel.bookmarks] == ["East", "West"]
    east = panel.bookmarks[0]
    desk.map.look(Viewpoint(0, 0, 5000))
    panel.views.setCurrentRow(0)
    toured.press_button(panel.fly)
    assert (desk.map.viewpoint.x, desk.map.viewpoint.distance) == (east.x, 700.0)
    assert desk.layers.is_visible("camera")
    desk.parts.bookmarks._go_to_nth(1)
    toured.settled()
    assert desk.map.viewpoint.x == panel.bookmarks[1].x
    assert not desk.layers.is_visible("camera")


def test_it_is_renamed_and_deleted_by_keys(toured: Hand) -> None:
    panel = toured.desk.parts.bookmarks.panel
    panel.views.setCurrentRow(0)
    toured.press_button(panel.rename)
    name_it(toured, "Harbour")
    assert [one.name for one in panel.bookmarks] == ["Harbour", "West"]
    panel.views.setCurrentRow(1)
    toured.press_button(panel.delete)
    toured.settled()
    assert [one.name for one in bookmarks.bookmarks(toured.desk.store)] == ["Harbour"]
    assert len(panel.tours) == 1


def test_a_tour_plays_to_its_end_and_a_hand_on_the_map_pauses_it(toured: Hand) -> None:
    desk, panel = toured.desk, toured.desk.parts.bookmarks.panel
    player = desk.parts.bookmarks.player
    toured.press_button(panel.play)
    assert player.is_playing
    toured.drag(QPoint(300, 300), QPoint(340, 300), QPoint(360, 320))
    assert not player.is_playing
    assert panel.pause.text() == "Go on"
    with toured.qtbot.waitSignal(player.changed, check_params_cb=lambda: player.tour is None):
        toured.shortcut("map.pause_tour")
    west = panel.bookmarks[1]
    assert (desk.map.viewpoint.x, desk.map.viewpoint.y) == (west.x, west.y)
    assert not panel.pause.isEnabled()


def test_a_tour_is_recorded_and_the_map_comes_back(
    toured: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, panel = toured.desk, toured.desk.parts.bookmarks.panel
    desk.layers.set_visible("camera", True)
    before = desk.map.viewpoint
    recorder = desk.parts.bookmarks.recorder
    chosen = (str(tmp_path / "across"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_any: chosen)
    with toured.qtbot.waitSignal(recorder.recorded, timeout=120_000) as told:
        toured.press_button(panel.record)
        toured.qtbot.waitUntil(lambda: recorder.is_recording)
        assert desk.store.district.name in desk.map.overlay.tools.watermark
    file, count = told.args
    rows = [row["action"] for row in audit.last(desk.store, 3)]
    assert "record a film" in rows
    assert (file, count) == (tmp_path / "across.mp4", 25)
    assert b"ftyp" in file.read_bytes()[:32]
    toured.qtbot.waitUntil(lambda: not recorder.is_recording)
    assert desk.map.viewpoint == before
    assert desk.map.isEnabled()
    assert desk.map.overlay.tools.watermark == ""
    assert desk.layers.is_visible("camera")


def test_a_film_goes_on_where_something_moved_the_map_and_is_alone(
    toured: Hand, tmp_path: Path
) -> None:
    desk, part = toured.desk, toured.desk.parts.bookmarks
    tour, east = bookmarks.tour(desk.store, "Across"), bookmarks.bookmark(desk.store, "East")
    with toured.qtbot.waitSignal(part.recorder.recorded, timeout=120_000) as told:
        part.record(tour, tmp_path / "a.mp4", 5)
        wanted = desk.map.viewpoint
        desk.map.look(Viewpoint(0, 0, 5000))
        part.go_to(east)
        toured.press_button(part.panel.play)
        assert part.player.tour is None
        assert "being recorded" in desk.messages.label.text()
        with pytest.raises(BusyError):
            part.recorder.record(tour, tmp_path / "b.mp4", 5)
        with toured.qtbot.waitSignal(desk.map.looked, timeout=30_000) as looked:
            pass
        assert looked.args[0] == wanted
    assert told.args == [tmp_path / "a.mp4", 5]


def test_a_map_that_a_widget_shows_is_filmed_apart(
    toured: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, part = toured.desk, toured.desk.parts.bookmarks
    presenter, apart, films = desk.map.presenter, [], []
    backdrop = QWidget()
    monkeypatch.setattr(type(presenter), "backdrop", property(lambda _self: backdrop))
    monkeypatch.setattr(
        tour_recorder,
        "_pixels",
        lambda image, size: films.append(image) or bytes(4 * size[0] * size[1]),
    )
    desk.map.drawn_apart.connect(lambda image, shot: apart.append((image.copy(), shot)))
    with toured.qtbot.waitSignal(part.recorder.recorded, timeout=120_000):
        part.record(bookmarks.tour(desk.store, "Across"), tmp_path / "a.mp4", 5)
    assert len(apart) == len(films) > 0
    image, _shot = apart[0]
    assert films[0].size() == image.size()
    assert films[0] != image  # the overlay is over it


def test_a_view_keeps_its_base_map(toured: Hand) -> None:
    desk = toured.desk
    desk.parts.base.show_vector()
    toured.settled()
    toured.shortcut("map.keep_view")
    name_it(toured, "Flat")
    desk.parts.base.show_3d()
    toured.settled()
    flat = bookmarks.bookmark(desk.store, "Flat")
    assert flat.more["basemap"] == "vector"
    desk.parts.bookmarks.go_to(flat)
    toured.settled()
    assert desk.parts.base.view.current.name == "vector"


def test_a_window_closed_while_recording_leaves_nothing(toured: Hand, tmp_path: Path) -> None:
    desk = toured.desk
    desk.map.look(Viewpoint(0, 0, 5000))
    before = desk.map.viewpoint
    desk.parts.bookmarks.record(bookmarks.tour(desk.store, "Across"), tmp_path / "a.mp4")
    assert desk.parts.bookmarks.recorder.is_recording
    kept = []
    keep = desk.memory.keep
    desk.memory.keep = lambda *given: kept.append(given[2]) or keep(*given)
    desk.close()
    assert kept == [before]
    desk.wait_closed()
    assert not list(tmp_path.glob("*.mp4"))
    assert not list(tmp_path.glob(".part*"))


def test_a_recording_that_is_stopped_leaves_nothing(toured: Hand, tmp_path: Path) -> None:
    desk = toured.desk
    recorder = desk.parts.bookmarks.recorder
    tour = bookmarks.tour(desk.store, "Across")
    with toured.qtbot.waitSignal(recorder.ended, timeout=60_000):
        desk.parts.bookmarks.record(tour, tmp_path / "a.mp4")
        toured.shortcut("map.stop_tour")
    toured.settled()
    assert not recorder.is_recording
    assert desk.map.isEnabled()
    toured.qtbot.waitUntil(lambda: not list(tmp_path.glob("*.mp4")), timeout=60_000)


def test_a_view_without_layers_is_given_back_without_any(hand: Hand) -> None:
    desk = hand.desk
    shown = desk.layers.visible()
    desk.layers.show_only([])
    bare = bookmark_of(desk, "Bare")
    bookmarks.keep(desk.store, bare)
    desk.layers.show_only(shown)
    dress(desk, replace(bare, layers=()))
    assert desk.layers.visible() == shown
    dress(desk, bookmarks.bookmark(desk.store, "Bare"))
    assert desk.layers.visible() == []


def test_what_was_forgotten_is_brought_back_the_last_first(toured: Hand) -> None:
    desk = toured.desk
    panel = desk.parts.bookmarks.panel
    panel.views.setCurrentRow(0)
    toured.press_button(panel.delete)
    toured.settled()
    panel.choose_tour("Across")
    toured.press_button(panel.delete_tour)
    toured.settled()
    assert "'Across'" in desk.messages.label.text() and KEYS in desk.messages.label.text()
    assert [one.name for one in panel.bookmarks] == ["West"] and not panel.tours
    toured.shortcut("edit.bring_back")
    toured.settled()
    assert [one.name for one in panel.tours] == ["Across"] and len(panel.bookmarks) == 1
    toured.shortcut("edit.bring_back")
    toured.settled()
    assert [one.name for one in panel.bookmarks] == ["East", "West"]
    toured.shortcut("edit.bring_back")
    assert "Nothing was forgotten" in desk.messages.label.text()
