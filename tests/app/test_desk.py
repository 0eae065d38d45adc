"""The desk, worked with real mouse and key events."""

import geopandas as gpd
import pytest
import shapely
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from mapdesk.app.actions import ACTIONS
from mapdesk.app.keys_dialog import KeysDialog
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Circle
from mapdesk.services import catalogue
from mapdesk.store import audit, people, places
from tests.app.conftest import Hand, move_with_button, open_desk


def test_a_dragged_circle_takes_what_geopandas_says(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1500)
    edge = middle + QPoint(120, 0)
    hand.shortcut("select.circle")
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        hand.drag(middle, middle + QPoint(40, 10), edge)
    shape = desk.session.selection.shape
    assert isinstance(shape, Circle)
    for noun in ("building", "camera", "organisation"):
        features = places.features(desk.store, noun)
        frame = gpd.GeoDataFrame({"id": features.ids}, geometry=features.placed)
        near = frame.distance(shapely.Point(shape.x, shape.y)) <= shape.radius
        assert desk.session.selection.ids(noun) == tuple(sorted(frame["id"][near]))


def test_shift_adds_ctrl_subtracts_and_undo_goes_back(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1500)
    hand.shortcut("select.circle")

    def circle(at, modifiers=Qt.KeyboardModifier.NoModifier):
        with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
            hand.click(at, modifiers)
        return set(desk.session.selection.ids("building"))

    desk.map.radius = 100.0
    one = circle(middle)
    both = circle(middle + QPoint(90, 0), Qt.KeyboardModifier.ShiftModifier)
    assert both > one
    left = circle(middle, Qt.KeyboardModifier.ControlModifier)
    assert left == both - one
    desk.commands.undo_selection()
    assert set(desk.session.selection.ids("building")) == both
    desk.commands.redo_selection()
    assert set(desk.session.selection.ids("building")) == left


def test_escape_cancels_a_gesture_and_then_the_tool(hand):
    desk = hand.desk
    hand.shortcut("select.lasso")
    QTest.mousePress(desk.map, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    for step in range(5):
        move_with_button(
            desk.map,
            QPoint(300 + 30 * step, 300 + 20 * step),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    desk.actions_table.qt["select.pan"].trigger()
    QTest.mouseRelease(desk.map, Qt.MouseButton.LeftButton, pos=QPoint(450, 400))
    assert not desk.session.selection
    assert desk.session.tool == "lasso"
    desk.actions_table.qt["select.pan"].trigger()
    assert desk.session.tool == "pan"


def test_the_latest_gesture_wins(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1500)
    hand.shortcut("select.circle")
    for radius in (400.0, 50.0, 200.0, 90.0):
        desk.map.radius = radius
        hand.click(middle)
    hand.settled()
    assert desk.session.selection.shape.radius == 90.0


def test_left_drag_pans_and_right_drag_orbits(hand, full_building):
    desk = hand.desk
    at = hand.look_at(Ref("building", full_building), distance=1500)
    before = desk.map.viewpoint
    ground = desk.map.projection.to_ground(at.x(), at.y())
    hand.drag(at, at + QPoint(30, 10), at + QPoint(80, 40))
    assert desk.map.projection.to_ground(at.x() + 80, at.y() + 40) == pytest.approx(ground, abs=1)
    hand.drag(at, at + QPoint(30, 0), at + QPoint(100, 0), button=Qt.MouseButton.RightButton)
    assert desk.map.viewpoint.bearing != before.bearing
    assert desk.session.focus is None


def test_keys_move_turn_and_zoom(hand):
    view = hand.desk.map
    start = view.viewpoint
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.viewpoint.y > start.y
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.viewpoint.distance < start.distance
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.viewpoint.bearing != start.bearing


def test_hovering_names_things(hand, full_building):
    at = hand.look_at(Ref("building", full_building), distance=300)
    name = places.row(hand.desk.store, "building", full_building)["name"]
    with hand.qtbot.waitSignal(hand.desk.map.hovered, timeout=5000) as heard:
        QTest.mouseMove(hand.desk.map, at)
    assert heard.args[0] == name
    assert "m" in hand.desk.status.projected.text()


def test_following_links_goes_both_ways(hand, full_building):
    desk = hand.desk
    at = hand.look_at(Ref("building", full_building))
    with hand.qtbot.waitSignal(desk.asking.people_shown, timeout=30_000) as shown:
        hand.click(at)
    person = shown.args[0][0]["id"]
    with hand.qtbot.waitSignal(desk.asking.home_shown, timeout=30_000):
        desk.card_panel.followed.emit(Ref("person", person))
    assert desk.session.focus == Ref("person", person)
    assert f"building:{full_building}" in desk.card_panel.text.toHtml()
    with hand.qtbot.waitSignal(desk.asking.people_shown, timeout=30_000):
        desk.card_panel.followed.emit(Ref("building", full_building))
    subjects = [look["action"] for look in audit.last(desk.store, 10)]
    assert "home of person" in subjects
    assert subjects.count("people of building") == 2


def test_without_a_purpose_no_names_and_no_pictures(hand, full_building):
    desk = hand.desk
    desk.session.set_access(desk.store.identity)
    at = hand.look_at(Ref("building", full_building))
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        hand.click(at)
    hand.settled()
    assert desk.card_panel.living.ask.isVisible()
    assert desk.card_panel.living.people.people.rowCount() == 0
    assert desk.card_panel.living.matrix.cells.counts is None
    desk.commands.open_streams(["C0001"])
    hand.qtbot.waitUntil(desk.messages.isVisible, timeout=30_000)
    assert "purpose" in desk.messages.label.text().lower()
    assert desk.walls == []
    assert audit.last(desk.store) == []


def test_workers_move_and_the_nearest_follow(hand, full_building):
    desk = hand.desk
    hand.qtbot.waitUntil(lambda: desk.asking.positions is not None, timeout=30_000)
    before = desk.asking.positions
    inside = places.row(desk.store, "building", full_building)["geometry"].representative_point()
    desk.asking.nearest(inside.x, inside.y)
    hand.qtbot.waitUntil(lambda: len(desk.session.nearest) == 5, timeout=30_000)
    with hand.qtbot.waitSignal(desk.asking.moved, timeout=30_000) as moved:
        desk.asking.step_workers()
    assert (moved.args[0].xy != before.xy).any()
    free = {one.ref.id for one in desk.session.nearest}
    rows = places.rows(desk.store, "worker", free)
    assert {row["status"] for row in rows} == {"available"}


def test_a_grid_is_picked_where_nothing_stands(hand):
    desk = hand.desk
    grid = places.where(desk.store, "grid", "level", [3], 1)[0]["id"]
    roads = places.features(desk.store, "road").placed
    shape = places.row(desk.store, "grid", grid)["geometry"]
    inside = shapely.intersection(shape.buffer(-20), shapely.union_all(roads))
    x, y = shapely.get_coordinates(inside)[0]
    at_grid = hand.look_at(Ref("grid", grid), distance=900, pitch=88)
    assert at_grid is not None
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000) as shown:
        desk.map.picked.emit(None, float(x), float(y))
    assert shown.args[0].ref == Ref("grid", grid)
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        desk.commands.select_inside()
    assert desk.session.selection.shape.polygon.equals(shape)


def test_layers_hide_and_come_back(hand):
    desk = hand.desk
    desk.layers.set_visible("camera", False)
    assert "camera" not in desk.map.overlay.visible
    item = next(
        desk.layers_panel.list.item(row)
        for row in range(desk.layers_panel.list.count())
        if desk.layers_panel.list.item(row).data(Qt.ItemDataRole.UserRole) == "camera"
    )
    item.setCheckState(Qt.CheckState.Checked)
    assert "camera" in desk.map.overlay.visible


def test_the_language_and_the_theme_change_while_running(hand):
    desk = hand.desk
    try:
        desk.commands.switch_language()
        assert desk.docks["Search"].windowTitle() == catalogue.texts("zh_CN")["Search"]
        assert desk.actions_table.qt["select.circle"].text() == catalogue.texts("zh_CN")["Circle"]
    finally:
        catalogue.speak("en")
    assert desk.docks["Search"].windowTitle() == "Search"
    desk.commands.switch_theme()
    assert desk.map.overlay.style.theme == "dark"
    desk.commands.switch_theme()


def test_the_palette_runs_what_is_typed(hand):
    desk = hand.desk
    desk.commands.show_palette()
    palette = desk.commands._palette
    QTest.keyClicks(palette.text, "lasso")
    QTest.keyClick(palette.text, Qt.Key.Key_Return)
    assert desk.session.tool == "lasso"


def test_every_action_has_a_command_and_its_own_keys(desk):
    keys = [action.keys for action in ACTIONS if action.keys]
    assert len(keys) == len(set(keys))
    for action in ACTIONS:
        assert action.tool or callable(desk.commands.method_of(action)), action.id
        assert not action.tool or callable(getattr(desk.commands, action.run)), action.id


def test_what_was_laid_out_is_remembered(qtbot, town_folder, no_leaks):
    first = open_desk(qtbot, town_folder)
    hand = Hand(first, qtbot)
    hand.look_at(Ref("camera", places.features(first.store, "camera").ids[0]), distance=500)
    view = first.map.viewpoint
    first.docks["Layers"].hide()
    first.close()
    first.wait_closed()
    second = open_desk(qtbot, town_folder)
    qtbot.waitUntil(lambda: second.map.viewpoint == view, timeout=30_000)
    assert second.docks["Layers"].isHidden()
    second.docks["Layers"].show()
    second.close()
    second.wait_closed()


def test_an_empty_district_says_what_to_do(qtbot, tmp_path, no_leaks):
    from mapdesk.services import districts

    districts.create_district(tmp_path / "d", "Empty", "EPSG:32650").close()
    window = open_desk(qtbot, tmp_path / "d")
    assert "Import" in window.messages.label.text()
    window.close()
    window.wait_closed()


def test_the_gesture_preview_needs_no_picture(hand):
    """A mouse move while drawing repaints what is there; the renderer is not asked."""
    desk = hand.desk
    asked = []
    desk.map.presenter.ready.connect(lambda *_: asked.append(1))
    hand.settled()
    desk.commands.use_tool("lasso")
    QTest.mousePress(desk.map, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    frame = desk.map.composed()
    for step in range(20):
        move_with_button(
            desk.map,
            QPoint(300 + 9 * step, 300 + 4 * step),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        desk.map.repaint()
        assert desk.map.composed() is frame
    assert asked == []
    desk.map.cancel_gesture()


def test_withdrawing_the_purpose_drops_answers_under_way(hand, full_building):
    desk = hand.desk
    hand.look_at(Ref("building", full_building))
    person = people.of_building(desk.store, full_building)[0]["id"]
    desk.asking.home(Ref("person", person))
    desk.purpose.clear()
    hand.settled()
    assert desk.session.focus is None
    assert person not in desk.card_panel.text.toHtml() + desk.card_panel.head.text()
    assert not desk.map.overlay.marks.floors


def test_enter_opens_the_camera_of_the_card(hand):
    desk = hand.desk
    camera = places.features(desk.store, "camera").ids[3]
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000):
        desk.asking.card(Ref("camera", camera))
    QTest.keyClick(desk.map, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: len(desk.walls) == 1, timeout=30_000)
    assert desk.walls[0].tiles[0].camera.id == camera


def test_a_gesture_that_encloses_nothing_is_one_sentence(hand):
    desk = hand.desk
    hand.shortcut("select.polygon")
    for at in (QPoint(300, 300), QPoint(400, 300)):
        hand.click(at)
    hand.double_click(QPoint(500, 300))
    assert desk.messages.isVisible()
    assert "area" in desk.messages.label.text()
    assert desk.map._gesture is None


def test_a_drag_that_ends_in_the_sky_comes_to_nothing(hand):
    desk = hand.desk
    hand.look_at(Ref("camera", places.features(desk.store, "camera").ids[0]), 400, pitch=12)
    hand.shortcut("select.circle")
    hand.drag(QPoint(400, 500), QPoint(400, 300), QPoint(400, 5))
    assert desk.map._gesture is None
    assert not desk.session.selection


def test_an_import_into_an_open_empty_district_is_drawn_in_its_place(qtbot, tmp_path, no_leaks):
    import json

    from mapdesk.services import districts, importing
    from tests.conftest import quiet

    districts.create_district(tmp_path / "d", "Empty", "EPSG:32650").close()
    window = open_desk(qtbot, tmp_path / "d")
    ring = [[117.0, 39.0], [117.001, 39.0], [117.001, 39.001], [117.0, 39.001], [117.0, 39.0]]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file = tmp_path / "one.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    importing.import_file(window.store, file, "buildings", progress=quiet)
    window.reload()
    qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=30_000)
    assert window.loader._origin == window.store.district.origin != (0.0, 0.0)
    assert not window.messages.isVisible()
    assert len(window.map.content.buildings.features) == 1
    window.close()
    window.wait_closed()


def test_a_group_of_the_selection_is_looked_at_and_kept(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1500)
    hand.shortcut("select.circle")
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        hand.click(middle)
    before = desk.session.selection
    panel = desk.selection_panel
    assert not panel.keep.isEnabled()
    groups = [panel.tree.topLevelItem(row) for row in range(panel.tree.topLevelItemCount())]
    group = next(item for item in groups if item.text(0).startswith("Buildings"))
    panel.tree.setCurrentItem(group)
    view = desk.map.viewpoint
    panel.look.click()
    hand.qtbot.waitUntil(lambda: desk.map.viewpoint != view, timeout=30_000)
    with hand.qtbot.waitSignal(desk.asking.named, timeout=30_000):
        panel.keep.click()
    assert desk.session.selection.groups == {"building": before.ids("building")}
    assert desk.session.selection.people == before.people
    desk.commands.undo_selection()
    assert desk.session.selection == before


def test_two_quick_gestures_that_add_both_count(hand, full_building):
    desk = hand.desk
    middle = hand.look_at(Ref("building", full_building), distance=1500)
    hand.shortcut("select.circle")
    desk.map.radius = 60.0
    places_drawn = [middle, middle + QPoint(150, 0), middle + QPoint(-150, 40)]
    for at in places_drawn:
        hand.click(at, Qt.KeyboardModifier.ShiftModifier)
    hand.settled()
    expected = set()
    for at in places_drawn:
        x, y = desk.map.shown.to_ground(at.x(), at.y())
        expected |= set(places.ids_within(desk.store, "building", Circle(x, y, 60.0)))
    assert set(desk.session.selection.ids("building")) == expected
    assert desk.asking._gestures == []


def test_the_list_of_keys_has_all_of_them_and_fits_the_screen(hand):
    hand.shortcut("help.keys")
    dialog = hand.desk.findChild(KeysDialog)
    assert dialog.isVisible()
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width() and dialog.height() <= room.height()
    said = dialog.text.toPlainText()
    for action in ACTIONS:
        assert not action.keys or tr(action.title) in said
    assert "Ctrl+Shift+F" in said and "Shift adds to the selection" in said
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(lambda: hand.desk.findChild(KeysDialog) is None)
