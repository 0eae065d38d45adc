"""Points and names in the window: names on and off, clusters by mouse and keys, workers on their way."""

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from mapdesk.feeds.positions import Positions
from mapdesk.layers.points import Clusters, Look
from mapdesk.model.selection import Ref
from mapdesk.scene3d.content import PointLayer
from mapdesk.store import places


def heap(desk, count=12_000):
    """Put many components into two heaps, west and east of what is in view; return their middles."""
    random = np.random.default_rng(4)
    view = desk.map.viewpoint
    sides = np.array([[view.x - 250.0, view.y], [view.x + 250.0, view.y]])
    side = (np.arange(count) % 3 == 0).astype(int)
    xy = sides[side] + random.uniform(-30, 30, (count, 2))
    ids = np.array([f"h{at}" for at in range(count)], object)
    look = np.zeros(count, np.int64)
    layer = PointLayer("component", ids, ids, xy, (Look("component"),), look, Clusters(xy))
    desk.map.overlay.points = {"component": layer}
    desk.layers.show_only(["component"])
    desk.map.composed()
    return sides


def test_a_click_on_a_cluster_looks_into_it(hand, full_building):
    desk = hand.desk
    hand.look_at(Ref("building", full_building), distance=2500, pitch=80)
    middles = heap(desk)
    marks = desk.map.overlay.point_marks
    assert sum(one.count for one in marks.clusters) == 12_000
    largest = marks.clusters[0]
    before = desk.map.viewpoint.distance
    hand.click(QPoint(round(largest.px), round(largest.py)))
    view = desk.map.viewpoint
    assert view.distance < before / 2
    assert np.hypot(*(middles[0] - [view.x, view.y])) < 60
    assert desk.session.focus is None


def test_the_pointer_tells_how_many_a_cluster_holds(hand, full_building):
    desk = hand.desk
    hand.look_at(Ref("building", full_building), distance=2500, pitch=80)
    heap(desk)
    one = desk.map.overlay.point_marks.clusters[-1]
    with hand.qtbot.waitSignal(desk.map.hovered, timeout=5000) as heard:
        QTest.mouseMove(desk.map, QPoint(round(one.px), round(one.py)))
    assert heard.args[0] == f"{one.count:,} Components"


def test_keys_go_from_cluster_to_cluster_and_into_one(hand, full_building):
    desk = hand.desk
    hand.look_at(Ref("building", full_building), distance=2500, pitch=80)
    heap(desk)
    marks = desk.map.overlay.point_marks
    hand.shortcut("view.next_cluster")
    assert marks.marked == marks.clusters[0]
    assert f"{marks.marked.count:,}" in desk.messages.label.text()
    hand.shortcut("view.next_cluster")
    desk.map.composed()
    assert marks.marked == marks.clusters[1]
    before = desk.map.viewpoint.distance
    hand.shortcut("view.open_cluster")
    assert desk.map.viewpoint.distance < before


def test_without_clusters_the_keys_say_so(hand):
    hand.shortcut("view.open_cluster")
    assert "no clusters" in hand.desk.messages.label.text()


def test_a_click_on_a_name_is_a_click_on_its_thing(hand):
    desk = hand.desk
    grid = places.where(desk.store, "grid", "level", [2], 1)[0]["id"]
    desk.layers.show_only(["grid", "road"])
    desk.commands.look_at_all()
    desk.map.composed()
    name = next(one for one in desk.map.overlay.labels.written if one.ref == Ref("grid", grid))
    left, top, right, bottom = name.boxes[0]
    with hand.qtbot.waitSignal(desk.asking.card_shown, timeout=30_000) as shown:
        hand.click(QPoint(round((left + right) / 2), round((top + bottom) / 2)))
    assert shown.args[0].ref == Ref("grid", grid)


def test_names_go_and_come_back_and_it_is_remembered(hand):
    desk = hand.desk
    desk.map.composed()
    assert desk.map.overlay.labels.written
    hand.shortcut("view.names")
    desk.map.composed()
    assert desk.map.overlay.labels.written == []
    assert desk.settings.value("names", True, type=bool) is False
    hand.shortcut("view.names")
    desk.map.composed()
    assert desk.map.overlay.labels.written


def test_workers_go_on_between_fixes_over_a_map_that_is_not_painted_anew(hand):
    desk = hand.desk
    hand.qtbot.waitUntil(lambda: desk.asking.positions is not None, timeout=30_000)
    desk._second.stop()
    view = desk.map
    hand.settled()
    hand.qtbot.waitUntil(lambda: not view.is_waiting, timeout=30_000)
    view.composed()
    still = view._still_frame()
    start = view.overlay.points["worker"].xy
    fix = Positions(desk.asking.positions.ids, start + 20.0, 0.0)
    desk.asking.moved.emit(fix)

    def moved():
        return view.overlay.points["worker"].xy - start

    hand.qtbot.waitUntil(lambda: 0 < moved().mean() < 20, timeout=10_000)
    assert view._still_frame() is still
    hand.qtbot.waitUntil(lambda: bool((moved() == 20.0).all()), timeout=10_000)
    hand.qtbot.waitUntil(lambda: not desk.parts.points._steps.isActive(), timeout=10_000)


def test_escape_and_other_tools_leave_clusters_alone(hand, full_building):
    desk = hand.desk
    hand.look_at(Ref("building", full_building), distance=2500, pitch=80)
    heap(desk)
    one = desk.map.overlay.point_marks.clusters[0]
    desk.commands.use_tool("circle")
    before = desk.map.viewpoint
    hand.click(QPoint(round(one.px), round(one.py)), Qt.KeyboardModifier.NoModifier)
    assert desk.map.viewpoint == before
