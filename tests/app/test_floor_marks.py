"""Floors of what was found are marked on closed buildings, and forgotten with the selection."""

import numpy as np
import pytest
import shapely

from mapdesk.app.pointing import bands, floor_band
from mapdesk.layers.style import rgb
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import Ref
from mapdesk.store import finding_people, people, places
from tests.app.test_inside import at_rest

EIGHTY = Filter("person", "all", (Condition("age", "at least", (70,)),))


def searched(hand, name):
    """Search a name and wait for the answer."""
    desk = hand.desk
    hand.shortcut("edit.find")
    desk.search_panel.text.clear()
    hand.type(desk.search_panel.text, name)
    hand.qtbot.waitUntil(lambda: desk.search_panel.results.count() > 0, timeout=30_000)
    hand.settled()


def test_people_found_by_search_mark_their_floors(hand, full_building):
    desk = hand.desk
    name = people.of_building(desk.store, full_building)[0]["name"]
    found = finding_people.find(desk.store, name, "name", 30)
    homes = {(one["building_id"], one["floor"]) for one in found if one["floor"] is not None}
    searched(hand, name)
    assert set(desk.map.overlay.marks.floors) == homes
    hand.shortcut("edit.clear")
    assert desk.map.overlay.marks.floors == ()


def test_floors_found_go_with_the_purpose(hand, full_building):
    desk = hand.desk
    searched(hand, people.of_building(desk.store, full_building)[0]["name"])
    assert desk.map.overlay.marks.floors
    desk.commands.set_purpose("")
    assert desk.map.overlay.marks.floors == ()


def test_a_filters_answer_and_a_row_of_its_table_mark_floors(hand):
    desk = hand.desk
    filters = desk.parts.filters
    with hand.qtbot.waitSignal(filters.mapped, timeout=30_000):
        filters.show_on_map(EIGHTY)
    hand.settled()
    units = {row["id"]: row for row in places.where(desk.store, "unit", "use", ["own", "let"])}
    marked = set(desk.map.overlay.marks.floors)
    assert len(marked) > 3
    assert marked <= {(row["building_id"], row["floor"]) for row in units.values()}
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(EIGHTY)
    table = filters.table.view
    table.selectRow(0)
    row = filters.table.rows_selected()[0]
    assert desk.map.overlay.marks.floors == ((row["building_id"], row["floor"]),)


@pytest.mark.usefixtures("all_pixels")
def test_the_band_is_seen_on_the_wall_and_lightly_through_others(hand, full_building):
    desk = hand.desk
    footprints = desk.map.content.footprints
    index = footprints.features.positions[full_building]
    hand.look_at(Ref("building", full_building), distance=220, pitch=25)
    at_rest(hand)
    outline, low, high = floor_band(footprints, index, 1)
    eye = desk.map.shown.viewpoint.eye
    ring = shapely.get_coordinates(outline.exterior)
    middles = (ring[1:] + ring[:-1]) / 2
    order = np.argsort(np.hypot(*(middles - eye[:2]).T))
    blue = rgb(desk.map.overlay.style.plain["floor"]).astype(float)

    def off(at):
        shown = np.array(desk.map.composed().pixelColor(at).getRgb()[:3], float)
        # Walls are shaded: compare the tint alone.
        return float(np.abs(shown / max(shown.sum(), 1) - blue / blue.sum()).max())

    near = hand.pixel_at(*middles[order[0]], (low + high) / 2)
    far = hand.pixel_at(*middles[order[-1]], (low + high) / 2)
    before = off(near), off(far)
    desk.pointing.mark_found([(full_building, 1)])
    at_rest(hand)
    assert off(near) < 0.1 < before[0]
    assert off(far) < before[1] - 0.02


def test_a_band_stands_around_its_building(hand, full_building):
    footprints = hand.desk.map.content.footprints
    index = footprints.features.positions[full_building]
    outline, low, high = floor_band(footprints, index, 2)
    mesh = bands(footprints, ((full_building, 2),), (0.0, 0.0))
    assert np.allclose([mesh.points[:, 2].min(), mesh.points[:, 2].max()], [low, high], atol=0.01)
    inner = outline.buffer(-0.1)
    assert not shapely.contains_xy(inner, mesh.points[:, 0], mesh.points[:, 1]).any()
