"""Placing a model with the mouse, changing it in sight, undoing, and finding it under the pointer."""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialogButtonBox

from mapdesk.model.errors import WorldError
from mapdesk.model.selection import Ref
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import landmarks
from mapdesk.store import media
from tests import models
from tests.app.test_inside import at_rest


@pytest.fixture
def glb(tmp_path):
    return models.write_glb(tmp_path / "house.glb")


def draft(hand, path):
    """Read a model and wait for the dialog."""
    desk = hand.desk
    desk.parts.landmarks.open_file(path)
    hand.qtbot.waitUntil(lambda: desk.parts.landmarks.dialog is not None, timeout=30_000)
    return desk.parts.landmarks.dialog


def kept(hand, dialog):
    """Press Keep and wait until the map shows what is kept."""
    QTest.mouseClick(
        dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton
    )
    at_rest(hand)
    return landmarks.landmarks(hand.desk.store)


def free_place(desk):
    """Return a place of the map where nothing stands, in the middle of a view from above."""
    xmin, ymin, _xmax, _ymax = desk.loader.bounds()
    return xmin - 300.0, ymin - 300.0


def look_down(hand, place, distance=120.0):
    desk = hand.desk
    desk.map.look(Viewpoint(*place, distance, 0.0, 60.0))
    at_rest(hand)


def test_a_model_is_put_where_one_clicks(hand, glb):
    desk = hand.desk
    look_down(hand, free_place(desk))
    dialog = draft(hand, glb)
    assert desk.session.tool == "landmark"
    at = QPoint(desk.map.width() // 2 + 60, desk.map.height() // 2 + 40)
    place = desk.map.shown.to_ground(at.x(), at.y())
    hand.click(at)
    dialog.heading.setValue(30.0)
    dialog.scale.setValue(1.5)
    (made,) = kept(hand, dialog)
    assert (made.x, made.y) == pytest.approx(place, abs=0.01)
    assert (made.heading, made.scale) == (30.0, 1.5)
    assert desk.session.tool == "pan"
    assert [one.landmark for one in desk.map.models.standing] == [made]
    assert "house.glb" in desk.map.overlay.attributions
    assert any(
        desk.layers_panel.list.item(row).text().startswith("Landmarks  (1)")
        for row in range(desk.layers_panel.list.count())
    )


def test_cancelling_keeps_nothing(hand, glb):
    desk = hand.desk
    dialog = draft(hand, glb)
    QTest.mouseClick(
        dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton
    )
    at_rest(hand)
    assert landmarks.landmarks(desk.store) == []
    assert desk.parts.landmarks.dialog is None


def stands(hand, glb):
    """Place a model in view and return it with the pixel of its roof."""
    desk = hand.desk
    place = free_place(desk)
    look_down(hand, place)
    (made,) = kept(hand, draft(hand, glb))
    assert (made.x, made.y) == pytest.approx(place)
    return made, hand.pixel_at(*place, 12.0)


@pytest.mark.usefixtures("all_pixels")
def test_it_is_seen_found_and_clicked(hand, glb):
    desk = hand.desk
    made, at = stands(hand, glb)
    assert desk.map.composed().pixelColor(at).lightness() > 200  # its loft is white
    with hand.qtbot.waitSignal(desk.map.hovered, timeout=30_000) as heard:
        QTest.mouseMove(desk.map, at)
    assert heard.args[0] == f"{made.name} · loft"
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        hand.click(at)
    assert desk.session.focus == Ref("landmark", made.id)
    assert "Edit 3D model" in desk.card_panel.head.text().replace("\xa0", " ").replace(
        "&nbsp;", " "
    )


def test_undo_and_redo_and_remove(hand, glb):
    desk = hand.desk
    made, at = stands(hand, glb)
    for action, left in (("landmark.undo", []), ("landmark.redo", [made])):
        hand.shortcut(action)
        at_rest(hand)
        assert landmarks.landmarks(desk.store) == left
        assert [one.landmark for one in desk.map.models.standing] == left
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        hand.click(at)
    hand.shortcut("landmark.remove")
    at_rest(hand)
    assert landmarks.landmarks(desk.store) == []
    hand.shortcut("landmark.undo")
    at_rest(hand)
    assert landmarks.landmarks(desk.store) == [made]


def test_undo_twice_quickly_loses_nothing_and_one_that_fails_stays(hand, glb, monkeypatch):
    desk, part = hand.desk, hand.desk.parts.landmarks
    made, _at = stands(hand, glb)
    kept(hand, draft(hand, glb))
    hand.shortcut("landmark.undo")
    hand.shortcut("landmark.undo")
    at_rest(hand)
    assert landmarks.landmarks(desk.store) == [made]
    assert part.steps.depth == (1, 1)

    def fail(*_any):
        raise WorldError("It is full.")

    with monkeypatch.context() as patched:
        patched.setattr(landmarks, "remove", fail)
        hand.shortcut("landmark.undo")
        at_rest(hand)
        desk.session.set_focus(Ref("landmark", made.id))
        hand.shortcut("landmark.remove")
        at_rest(hand)
    assert "It is full." in desk.messages.label.text()
    assert part.steps.depth == (1, 1)
    hand.shortcut("landmark.redo")
    at_rest(hand)
    assert len(landmarks.landmarks(desk.store)) == 2


def test_a_draft_put_away_does_not_show_a_landmark_whose_layer_is_off(hand, glb, monkeypatch):
    desk = hand.desk
    made, _at = stands(hand, glb)
    desk.layers.set_visible("landmark", False)
    at_rest(hand)
    shown = []
    desk.map.change_scene(
        lambda scene: monkeypatch.setattr(scene, "set_visible", lambda *given: shown.append(given))
    )
    desk.parts.landmarks._hide_kept(made.id, hidden=False)
    hand.qtbot.waitUntil(lambda: bool(shown))
    assert shown == [(f"landmark/{made.id}", False)]


def test_it_is_changed_in_sight_and_that_is_undone(hand, glb):
    desk = hand.desk
    made, at = stands(hand, glb)
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        hand.click(at)
    desk.parts.landmarks.edit()
    hand.qtbot.waitUntil(lambda: desk.parts.landmarks.dialog is not None, timeout=30_000)
    dialog = desk.parts.landmarks.dialog
    dialog.base.setValue(4.0)
    dialog.name.setText("Loft")
    (changed,) = kept(hand, dialog)
    assert (changed.id, changed.base, changed.name) == (made.id, 4.0, "Loft")
    assert np.min(desk.map.models.standing[0].mesh.points[:, 2]) == pytest.approx(4.0)
    hand.shortcut("landmark.undo")
    at_rest(hand)
    assert landmarks.landmarks(desk.store) == [made]


@pytest.mark.usefixtures("all_pixels")
def test_the_layer_hides_it_from_eye_and_pointer(hand, glb):
    desk = hand.desk
    _made, at = stands(hand, glb)
    shown = desk.map.composed().pixelColor(at)
    desk.layers.set_visible("landmark", False)
    at_rest(hand)
    assert desk.map.composed().pixelColor(at) != shown
    assert desk.map._under(at.toPointF()) is None


def test_a_damaged_file_is_one_sentence_and_the_map_goes_on(hand, tmp_path):
    desk = hand.desk
    path = tmp_path / "cut.glb"
    path.write_bytes(b"glTF\x02\x00\x00\x00")
    desk.parts.landmarks.open_file(path)
    hand.settled()
    assert desk.messages.isVisible()
    assert "cut.glb" in desk.messages.label.text()
    assert desk.parts.landmarks.dialog is None


def test_a_kept_model_that_is_damaged_is_told(hand, glb):
    desk = hand.desk
    made, _at = stands(hand, glb)
    media.keep(desk.store, made.file, b"no model")
    desk.loader.models.load()
    hand.settled()
    assert desk.messages.isVisible()
    assert made.name in desk.messages.label.text()


def test_a_city_model_with_a_crs_needs_no_click(hand, tmp_path):
    desk = hand.desk
    dialog = draft(hand, models.write_city(tmp_path / "town.city.json"))
    assert desk.session.tool == "pan"
    assert "file" in dialog.hint.text()
    (made,) = kept(hand, dialog)
    assert (made.x, made.y) == pytest.approx((500_012.0, 4_300_003.0))


def test_without_a_landmark_the_commands_say_what_to_do(hand):
    hand.shortcut("landmark.edit")
    assert "landmark" in hand.desk.messages.label.text()
