"""Few steps: each of the promised tasks is driven through the window and its steps are counted.

docs/steps.md lists them. The purpose is stated once per piece of work and stands already.
"""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt

from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Area, Circle
from mapdesk.services import selecting
from mapdesk.store import finding_people, people, places


@pytest.fixture
def resident(desk, full_building):
    """A resident with a name nobody else has, if there is one."""
    residents = people.of_building(desk.store, full_building)
    return min(
        residents, key=lambda row: len(finding_people.find(desk.store, row["name"], "name", 50))
    )


def test_a_person_found_by_name_and_flown_to_takes_3(hand, resident, full_building):
    desk = hand.desk
    wanted = finding_people.find(desk.store, resident["name"], "name", 1)[0]
    hand.shortcut("edit.find")
    hand.type(desk.search_panel.text, resident["name"])
    with hand.qtbot.waitSignal(desk.asking.home_shown, timeout=30_000):
        desk.search_panel.text.setFocus()
        hand.key(Qt.Key.Key_Return)
    hand.settled()
    home = places.row(desk.store, "building", wanted["building_id"])[
        "geometry"
    ].representative_point()
    assert (desk.map.viewpoint.x, desk.map.viewpoint.y) == pytest.approx((home.x, home.y), abs=1)
    assert desk.map.overlay.marks.floors
    assert desk.card_panel.subject == Ref("person", wanted["id"])
    assert wanted["id"] in desk.card_panel.head.text()
    assert hand.steps == 3, hand.log


def test_who_lives_in_a_building_takes_1(hand, full_building):
    at = hand.look_at(Ref("building", full_building))
    with hand.qtbot.waitSignal(hand.desk.asking.people_shown, timeout=30_000) as shown:
        hand.click(at)
    assert hand.desk.session.focus == Ref("building", full_building)
    assert len(shown.args[0]) == len(people.of_building(hand.desk.store, full_building))
    listed = hand.desk.card_panel.living.people.people
    assert [listed.row(at) for at in range(listed.rowCount())] == shown.args[0]
    assert hand.steps == 1, hand.log


def test_a_300_m_circle_to_all_its_streams_takes_3(hand):
    desk = hand.desk
    camera = places.features(desk.store, "camera").ids[10]
    at = hand.look_at(Ref("camera", camera), distance=1500)
    assert desk.map.radius == 300
    hand.shortcut("select.circle")
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        hand.click(at)
    x, y = desk.map.shown.to_ground(at.x(), at.y())
    expected = places.ids_within(desk.store, "camera", Circle(x, y, 300.0))
    assert desk.session.selection.ids("camera") == expected
    hand.press_button(desk.selection_panel.streams)
    hand.qtbot.waitUntil(lambda: len(desk.walls) == 1, timeout=30_000)
    assert {tile.camera.id for tile in desk.walls[0].tiles} <= set(expected)
    assert len(desk.walls[0].tiles) == min(len(expected), 16)
    assert hand.steps == 3, hand.log


def test_one_lasso_over_all_kinds_takes_2(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1200)
    angles = np.linspace(0, 2 * np.pi, 24)
    path = [middle + QPoint(round(170 * np.cos(a)), round(120 * np.sin(a))) for a in angles]
    hand.shortcut("select.lasso")
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        hand.drag(*path)
    corners = np.array([desk.map.shown.to_ground(p.x(), p.y()) for p in path])
    expected = selecting.select(
        desk.store, selecting.GESTURE_NOUNS, Area.from_points(corners), desk.asking.positions
    )
    expected = selecting.counted(desk.store, desk.session.access, expected)
    assert desk.session.selection.groups["building"] == expected.groups["building"]
    assert desk.session.selection.people.count == expected.people.count > 0
    assert len(desk.session.selection.groups) >= 3
    assert hand.steps == 2, hand.log


def test_the_nearest_five_to_a_place_takes_2(hand, full_building):
    desk = hand.desk
    at = hand.look_at(Ref("building", full_building), distance=1500)
    hand.qtbot.waitUntil(lambda: desk.asking.positions is not None, timeout=30_000)
    hand.shortcut("select.nearest")
    hand.click(at)
    hand.qtbot.waitUntil(lambda: len(desk.session.nearest) == 5, timeout=30_000)
    metres = [one.metres for one in desk.session.nearest]
    assert metres == sorted(metres)
    assert desk.map.overlay.marks.nearest_from is not None
    assert hand.steps == 2, hand.log


def test_everything_inside_a_polygon_takes_its_corners_and_one(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1200)
    corners = [
        middle + QPoint(*offset) for offset in ((-150, -90), (150, -90), (170, 80), (-140, 100))
    ]
    hand.shortcut("select.polygon")
    for corner in corners[:-1]:
        hand.click(corner)
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        hand.double_click(corners[-1])
    places_of = np.array([desk.map.shown.to_ground(p.x(), p.y()) for p in corners])
    expected = places.ids_within(desk.store, "building", Area.from_points(places_of))
    assert desk.session.selection.ids("building") == expected
    assert hand.steps == len(corners) + 1, hand.log
