"""Terrain in the window: switched by key and tick, remembered, and everything picked where it is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.analysis.standing import founded
from mapdesk.analysis.terrain import Terrain
from mapdesk.app import view_state
from mapdesk.app.terrain_view import steeper
from mapdesk.model.selection import Ref
from mapdesk.scene3d import picking
from mapdesk.services import terrain
from tests.app.conftest import open_desk


def keep_slope(store):
    """Keep a slope that rises a metre in five to the east, under the whole district; return its key."""
    x, y = store.district.origin
    line = np.arange(-4000.0, 4001.0, 50.0)
    heights = np.broadcast_to(0.2 * line, (len(line), len(line))).astype(np.float32)
    slope = Terrain(x - 4000, y - 4000, 50.0, heights, key="a1")
    return terrain.keep(store, slope, "Slope", "made", "us").key


def settled(desk, qtbot):
    qtbot.waitUntil(lambda: not (desk.jobs.busy or desk.map.is_waiting), timeout=30_000)


def press(desk, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    desk.map.setFocus()
    QTest.keyClick(desk.map, key, modifier)
    settled(desk, qtbot)


def test_a_district_without_terrain_says_how_to_add_one(desk, qtbot):
    settled(desk, qtbot)
    for shown in (desk.actions_table.qt["view.terrain"], desk.layers_panel.terrain):
        assert not shown.isEnabled()
        assert "mapdesk terrain add" in shown.toolTip()


def test_the_terrain_of_an_earlier_bookmark_does_not_come_over_a_later_one(desk, qtbot):
    keep_slope(desk.store)
    plane = view_state.bookmark_of(desk, "plane")
    steep = replace(plane, name="steep", more=plane.more | {"terrain": 2.0})
    view_state.dress(desk, steep)
    view_state.dress(desk, plane)
    settled(desk, qtbot)
    assert desk.map.terrain is None
    view_state.dress(desk, steep)
    settled(desk, qtbot)
    assert desk.map.terrain is not None


def test_terrain_is_switched_remembered_and_everything_stands_on_it(desk, qtbot, town_folder):
    key = keep_slope(desk.store)
    desk.reload()
    qtbot.waitUntil(lambda: desk.loaded and not desk.jobs.busy, timeout=60_000)
    before = desk.map.projection.eye
    assert desk.layers_panel.terrain.isEnabled() and desk.map.terrain is None
    desk.map.look_at_all(desk.loader.bounds())
    press(desk, qtbot, Qt.Key.Key_5)
    assert desk.layers_panel.terrain.isChecked()
    assert desk.actions_table.qt["view.terrain"].isChecked()
    assert desk.map.terrain.key == key
    assert (desk.map.projection.eye != before).any()
    # A house is picked by a pixel of its wall, where its foot stands.
    footprints, projection = desk.map.footprints, desk.map.shown
    polygons = footprints.picker.polygons
    plane = desk.map.content.footprints.picker
    stand = founded(desk.map.terrain, polygons, plane.top)
    assert np.allclose(footprints.picker.base - plane.base, stand.foot)
    assert np.allclose(footprints.picker.top - plane.top, stand.ground)
    middle = np.array([[one.centroid.x, one.centroid.y] for one in polygons])
    pixels, _depth = projection.project(middle, footprints.picker.top + 0.01)
    inside = ((pixels > 40) & (pixels < (desk.map.width() - 40, desk.map.height() - 40))).all(
        axis=1
    )
    found = [
        picking.building_at(projection, *pixels[at], footprints) for at in np.flatnonzero(inside)
    ]
    assert found and np.mean(np.array(found) == np.flatnonzero(inside)) > 0.5
    # The place under the pointer is the place that is drawn there.
    places = []
    desk.map.pointed.connect(lambda *place: places.append(place))
    at = desk.map.rect().center()
    QTest.mouseMove(desk.map, at)
    qtbot.waitUntil(lambda: bool(places))
    (pixel,), _depth = projection.to_screen([places[-1]])
    assert pixel == pytest.approx([at.x(), at.y()], abs=1.0)
    # Steeper, kept in a bookmark, and off again by the tick in the layers panel.
    press(desk, qtbot, Qt.Key.Key_5, Qt.KeyboardModifier.ShiftModifier)
    assert np.ptp(desk.map.terrain.heights) == pytest.approx(1.5 * 1600)
    kept = view_state.bookmark_of(desk, "hills")
    assert kept.more["terrain"] == 1.5
    desk.layers_panel.terrain.click()
    settled(desk, qtbot)
    assert desk.map.terrain is None
    view_state.dress(desk, kept)
    settled(desk, qtbot)
    assert desk.map.terrain.key == f"{key} x1.5"
    desk.close()
    desk.wait_closed()
    again = open_desk(qtbot, town_folder)
    settled(again, qtbot)
    assert again.map.terrain.key == f"{key} x1.5"
    again.close()
    again.wait_closed()
    QApplication.processEvents()


def test_an_opened_building_and_the_second_map_stand_on_it_too(desk, qtbot):
    keep_slope(desk.store)
    desk.parts.base.stand(1.0)
    settled(desk, qtbot)
    desk.parts.second.switch()
    pane = desk.parts.second.pane
    qtbot.waitUntil(lambda: pane.view.terrain is not None and not pane.jobs.busy, timeout=30_000)
    key = str(desk.store.district.name and desk.map.content.footprints.features.ids[0])
    desk.parts.inside.open(key)
    qtbot.waitUntil(lambda: desk.parts.inside.open_building is not None, timeout=30_000)
    settled(desk, qtbot)
    open_ = desk.parts.inside.open_building
    inside = open_.inside
    ground = float(founded(desk.map.terrain, [inside.footprint], [inside.top]).ground[0])
    middle = inside.footprint.centroid
    (pixel,), _depth = desk.map.shown.project(
        [[middle.x, middle.y]], ground + open_.heights[-1] + 0.1
    )
    hit = desk.map.rooms.at(desk.map.shown, *pixel, open_.heights)
    assert hit is not None and hit[0] == len(open_.heights) - 1
    assert desk.session.focus == Ref("building", key)
    # The pin is at the roof as it stands, and again when the terrain is another.
    x, y, z = desk.map.overlay.marks.focus_xy
    assert z + desk.map.terrain.at([[x, y]])[0] == pytest.approx(ground + inside.top, abs=0.2)
    desk.parts.base.stand(0.0)
    settled(desk, qtbot)
    assert desk.map.overlay.marks.focus_xy == pytest.approx((x, y, inside.top), abs=0.2)


def test_terrain_grows_from_its_lowest_place():
    flat = Terrain(0.0, 0.0, 1.0, np.array([[10.0, 20.0], [10.0, 30.0]], np.float32), key="k")
    assert steeper(flat, 1.0) is flat
    high = steeper(flat, 2.0)
    assert high.reach == (10.0, 50.0) and high.key != flat.key
