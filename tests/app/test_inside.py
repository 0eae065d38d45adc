"""Opening a building by mouse, key and menu; walking in it; what it shows of people, and when not."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.app.view_state import bookmark_of
from mapdesk.model.selection import Ref
from mapdesk.services.insides import SLAB


def opened(hand, building):
    """Open a building by a double click and wait until it stands."""
    at = hand.look_at(Ref("building", building))
    hand.double_click(at)
    hand.qtbot.waitUntil(lambda: hand.desk.map.overlay.open is not None, timeout=30_000)
    at_rest(hand)
    return hand.desk.map.overlay.open


def at_rest(hand):
    """Wait until nothing is under way and the picture is of where the map looks from."""
    view = hand.desk.map
    hand.settled()
    hand.qtbot.waitUntil(
        lambda: not view.is_waiting and view.shown.viewpoint == view.viewpoint, timeout=30_000
    )


def pixel_of_room(hand, unit):
    """Return the pixel at which the top of a room is seen."""
    open_ = hand.desk.map.overlay.open
    floor, at = open_.inside.places[unit]
    place = shapely.point_on_surface(open_.inside.rooms[floor][at].outline)
    top = open_.heights[floor] + SLAB + open_.inside.room_height
    return hand.pixel_at(place.x, place.y, top)


def seen_room(hand):
    """Return a unit nothing hides, with its pixel."""
    view = hand.desk.map
    for unit in view.overlay.open.inside.places:
        at = pixel_of_room(hand, unit)
        found = view._under(at.toPointF())
        if found is not None and found[0] == Ref("unit", unit):
            return unit, at
    raise AssertionError("every room is hidden")


def test_a_double_click_opens_and_escape_closes(hand, full_building):
    desk = hand.desk
    before = desk.map.viewpoint
    open_ = opened(hand, full_building)
    assert open_.inside.id == full_building
    assert open_.heights == pytest.approx(open_.inside.opened(None))
    assert desk.session.focus == Ref("building", full_building)
    desk.map.setFocus()
    hand.shortcut("select.pan")
    assert desk.map.overlay.open is None
    assert desk.map.rooms is None
    at_rest(hand)
    assert desk.map.viewpoint != before


def test_a_click_on_a_room_shows_its_household(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    unit, at = seen_room(hand)
    with hand.qtbot.waitSignal(desk.asking.home_shown, timeout=30_000):
        hand.click(at)
    at_rest(hand)
    assert desk.session.focus == Ref("unit", unit)
    open_ = desk.map.overlay.open
    assert open_.room == unit
    assert open_.floor == open_.inside.places[unit][0]
    assert desk.card_panel.subject == Ref("unit", unit)


def test_hovering_a_room_says_what_the_matrix_says(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    unit, at = seen_room(hand)
    with hand.qtbot.waitSignal(desk.map.hovered, timeout=30_000) as heard:
        QTest.mouseMove(desk.map, at)
    cells = desk.card_panel.living.matrix.cells
    assert heard.args[0] == cells.data(cells.place(unit), Qt.ItemDataRole.ToolTipRole)
    assert "people" in heard.args[0]


def test_rooms_are_numbered_for_a_purpose_alone(hand, full_building):
    desk = hand.desk
    open_ = opened(hand, full_building)
    assert sum(open_.counts.values()) > 0
    desk.commands.set_purpose("")
    assert desk.map.overlay.open.counts is None
    _unit, at = seen_room(hand)
    with hand.qtbot.waitSignal(desk.map.hovered, timeout=30_000) as heard:
        QTest.mouseMove(desk.map, at)
    assert "people" not in heard.args[0]


def test_arrows_walk_and_enter_opens_the_card(hand, full_building):
    desk = hand.desk
    inside = opened(hand, full_building).inside
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(desk.map, key)
    at_rest(hand)
    open_ = desk.map.overlay.open
    assert open_.floor == 1
    assert open_.heights == pytest.approx(inside.opened(1))
    walked = {open_.room}
    for key in [Qt.Key.Key_Right] * len(inside.rooms[1]) + [Qt.Key.Key_Left] * len(inside.rooms[1]):
        QTest.keyClick(desk.map, key)
        walked.add(desk.map.overlay.open.room)
    assert walked == {room.id for room in inside.rooms[1]}
    QTest.keyClick(desk.map, Qt.Key.Key_Down)
    assert desk.map.overlay.open.floor == 0
    unit = desk.map.overlay.open.room
    with hand.qtbot.waitSignal(desk.asking.home_shown, timeout=30_000):
        QTest.keyClick(desk.map, Qt.Key.Key_Return)
    assert desk.session.focus == Ref("unit", unit)


def test_the_key_and_the_cards_button_open_and_close(hand, full_building):
    desk = hand.desk
    hand.look_at(Ref("building", full_building))
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        desk.asking.card(Ref("building", full_building))
    button = desk.card_panel._offered["view.inside"]
    assert button.isVisible()
    hand.press_button(button)
    hand.qtbot.waitUntil(lambda: desk.map.overlay.open is not None, timeout=30_000)
    hand.shortcut("view.inside")
    assert desk.map.overlay.open is None


def test_the_context_menu_opens_a_building(hand, full_building):
    desk = hand.desk
    at = hand.look_at(Ref("building", full_building))
    QTest.mouseClick(desk.map, Qt.MouseButton.RightButton, pos=at)
    menu = desk.parts.menu.menu
    assert menu is not None
    offered = {action.text(): action for action in menu.actions() if action.text()}
    offered["Open building"].trigger()
    menu.close()
    hand.qtbot.waitUntil(lambda: desk.map.overlay.open is not None, timeout=30_000)
    assert desk.map.overlay.open.inside.id == full_building


def test_without_a_building_the_key_says_what_to_do(hand):
    hand.shortcut("view.inside")
    assert hand.desk.messages.isVisible()
    assert "building" in hand.desk.messages.label.text()


def test_a_key_skips_the_way_to_where_floors_go(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    desk.map.flight_seconds = 60.0
    desk.parts.inside.step_to(1)
    inside = desk.map.overlay.open.inside
    assert not np.allclose(desk.map.overlay.open.heights, inside.opened(1))
    QTest.keyClick(desk.map, Qt.Key.Key_Shift)
    assert desk.map.overlay.open.heights == pytest.approx(inside.opened(1))
    desk.map.flight_seconds = 0.0


@pytest.mark.usefixtures("all_pixels")
def test_the_picture_shows_rooms_in_the_colour_of_their_use(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    unit, at = seen_room(hand)
    style = desk.map.overlay.style
    floor, number = desk.map.overlay.open.inside.places[unit]
    use = desk.map.overlay.open.inside.rooms[floor][number].unit["use"]
    wanted = np.array([int(style.unit_use[use][i : i + 2], 16) for i in (1, 3, 5)])
    shown = desk.map.composed().pixelColor(at)
    assert np.abs(np.array(shown.getRgb()[:3]) - wanted).max() < 30


def test_the_card_of_another_building_closes_the_one_that_is_open(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    ids = desk.map.content.footprints.features.ids.tolist()
    other = next(str(one) for one in ids if one != full_building)
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        desk.asking.card(Ref("building", other))
    assert desk.map.overlay.open is None


def test_the_theme_and_the_language_change_while_it_is_open(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    for action in ("view.theme", "view.language"):
        hand.shortcut(action)
    at_rest(hand)
    assert desk.map.overlay.open is not None
    assert not desk.map.composed().isNull()
    hand.shortcut("view.theme")
    QApplication.processEvents()


def test_an_import_closes_what_is_open(hand, full_building):
    desk = hand.desk
    opened(hand, full_building)
    desk.reload()
    assert desk.map.overlay.open is None
    hand.qtbot.waitUntil(lambda: desk.loaded and not desk.jobs.busy, timeout=60_000)


def test_a_gesture_ends_a_flight(hand):
    view = hand.desk.map
    view.flight_seconds = 60.0
    view.fly(replace(view.viewpoint, x=view.viewpoint.x + 500))
    view._fly_on()
    there = replace(view.viewpoint, bearing=10.0)
    view.look(there)
    view._fly_on()
    assert view.viewpoint == there
    assert not view._flight_timer.isActive()


def test_floors_that_glide_leave_a_flight_alone(hand, full_building):
    opened(hand, full_building)
    view, inside = hand.desk.map, hand.desk.parts.inside
    view.flight_seconds = 60.0
    view.fly(replace(view.viewpoint, x=view.viewpoint.x + 500))
    inside.walk(0, 1)
    inside._move_on()
    inside.finish()
    assert view._flight is not None


def test_a_bookmark_leaves_the_building_that_is_open(hand, full_building):
    desk = hand.desk
    there = replace(bookmark_of(desk, "There"), x=desk.map.viewpoint.x + 300.0)
    opened(hand, full_building)
    desk.parts.bookmarks.go_to(there)
    at_rest(hand)
    assert desk.map.overlay.open is None
    assert desk.map.viewpoint.x == there.x


def test_the_card_of_another_building_drops_one_about_to_open(hand, full_building):
    desk, inside = hand.desk, hand.desk.parts.inside
    other = next(
        str(one) for one in desk.map.content.footprints.features.ids if one != full_building
    )
    inside.open(full_building)
    inside._on_card(SimpleNamespace(ref=Ref("building", full_building)))
    assert desk.jobs.is_under_way("inside")
    inside._on_card(SimpleNamespace(ref=Ref("building", other)))
    at_rest(hand)
    assert desk.map.overlay.open is None
