"""The bar of time in the window: every layer with times follows it, by mouse and keys; workers are of now."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtTest import QTest

from mapdesk.app.base_map_actions import BaseMapDesk
from mapdesk.app.view_state import bookmark_of, dress
from mapdesk.cli import main as cli
from mapdesk.layers.points import Clusters, Look
from mapdesk.layers.rasters import RasterLayer, at_time
from mapdesk.model.language import LANGUAGE
from mapdesk.model.selection import Ref
from mapdesk.model.spans import Span, day_span, span_of, span_text
from mapdesk.scene3d import picking
from mapdesk.scene3d.content import PointLayer
from mapdesk.scene3d.divider import DividerMark
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import imagery, timeline
from mapdesk.store import places
from tests.app.conftest import Hand, move_with_button
from tests.app.test_base_maps import add, colour_of, look_down, switch, tiff
from tests.formats.raster_files import GREEN, RED

LEFT, RIGHT = Qt.Key.Key_Left, Qt.Key.Key_Right
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def bar(hand: Hand):
    """The bar, open over incidents."""
    hand.desk.layers.show_only(["incident", "building", "worker"])
    hand.shortcut("time.show")
    hand.settled()
    return hand.desk.parts.time.bar


def shown(hand: Hand, noun: str = "incident") -> set[str]:
    hand.settled()
    return set(hand.desk.map.overlay.points[noun].ids.tolist())


def of_span(hand: Hand, span: Span, noun: str = "incident") -> set[str]:
    times = timeline.times_of(hand.desk.store, [noun])[noun]
    return set(times.ids[times.shown(span)].tolist())


def test_the_map_shows_what_the_bar_says_by_keys(hand: Hand, bar):
    every = set(hand.desk.map.content.points["incident"].ids.tolist())
    assert bar.isVisible() and bar.span.days == 1 and bar.slider.after == bar.slider.count
    assert shown(hand) == of_span(hand, bar.span) != every
    bar.slider.setFocus()
    for _time in range(30):
        QTest.keyClick(bar.slider, LEFT)
    for _time in range(5):
        QTest.keyClick(bar.slider, RIGHT, SHIFT)
    assert bar.span.days == 6
    assert shown(hand) == of_span(hand, bar.span)
    assert hand.desk.map.overlay.caption == bar.label.text() == span_text(bar.span)
    assert bar.count.text().startswith(f"{len(shown(hand))} of {len(every)} ")
    QTest.keyClick(bar.slider, Qt.Key.Key_Home)
    first = bar.span
    assert first.days == 6 and bar.slider.first == 0
    hand.shortcut("time.after")
    assert bar.span.start == first.start + timedelta(days=1)
    hand.shortcut("time.show")
    assert bar.isHidden() and shown(hand) == every and not hand.desk.map.overlay.caption


def test_edges_and_window_are_dragged_and_a_double_click_shows_all(hand: Hand, bar):
    slider = bar.slider
    middle = slider.height() // 3

    def drag(start: float, end: float) -> None:
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(start), middle))
        move_with_button(
            slider, QPoint(round(end), middle), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
        )
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(end), middle))

    drag(slider.x_of(slider.first) - 2, slider.x_of(slider.count // 2))
    assert abs(slider.first - slider.count // 2) <= 2 and slider.after == slider.count
    length = slider.after - slider.first
    drag(slider.x_of(slider.count * 3 // 4), slider.x_of(slider.count // 2))
    assert slider.after - slider.first == length and slider.after < slider.count
    assert shown(hand) == of_span(hand, bar.span)
    drag(slider.x_of(slider.after) + 2, slider.x_of(slider.first))
    assert slider.after == slider.first + 1
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(5)), middle))
    assert (slider.first, slider.after) == (0, slider.count)
    hand.settled()
    assert len(shown(hand)) == len(hand.desk.map.content.points["incident"].ids)


def test_time_plays_to_its_end_and_from_its_beginning(hand: Hand, bar):
    bar._timer.setInterval(10)
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Qt.Key.Key_Space)
    assert bar.is_playing and bar.slider.first == 0
    hand.qtbot.waitUntil(lambda: bar.slider.first >= 3, timeout=10_000)
    hand.shortcut("time.play")
    assert not bar.is_playing
    assert shown(hand) == of_span(hand, bar.span)
    bar.slider.set_window(bar.slider.count - 2, bar.slider.count - 1)
    hand.shortcut("time.play")
    hand.qtbot.waitUntil(lambda: not bar.is_playing, timeout=10_000)
    assert bar.slider.after == bar.slider.count


def test_steps_are_chosen_and_the_span_stays_around_what_it_was(hand: Hand, bar):
    before = bar.span
    bar.steps.setFocus()
    while bar.steps.currentData() != "month":
        QTest.keyClick(bar.steps, Qt.Key.Key_Down)
    assert bar.span.start.day == 1 and bar.span.start <= before.start < before.end <= bar.span.end
    assert shown(hand) == of_span(hand, bar.span)
    LANGUAGE.install("zh_CN", {"Months": "月"})
    assert "月" in bar.label.text() and bar.steps.currentText() == "月"
    assert "月" in hand.desk.map.overlay.caption


def test_what_is_not_shown_is_not_under_the_pointer(hand: Hand, bar):
    desk = hand.desk
    layer = desk.map.content.points["incident"]
    gone = next(key for key in layer.ids.tolist() if key not in shown(hand))
    at = layer.xy[layer.ids.tolist().index(gone)]
    hand.look_at(Ref("incident", gone), distance=200, pitch=89)
    desk.map.composed()
    pixels, _depth = desk.map.shown.to_screen(at[None])
    under = desk.map._under(QPoint(*np.rint(pixels[0]).astype(int).tolist()).toPointF())
    assert under is None or under[0] != Ref("incident", gone)


def test_workers_are_shown_at_the_present_only(hand: Hand, bar):
    everybody = len(hand.desk.map.content.points["worker"].ids)
    now = datetime.now()  # noqa: DTZ005 - times in a district have no zone
    hand.desk.parts.time.open(day_span(now.date() - timedelta(days=400)))
    assert not shown(hand, "worker")
    hand.desk.parts.time.open(Span(now - timedelta(days=1), now + timedelta(days=1)))
    assert len(shown(hand, "worker")) == everybody
    hand.desk.parts.time.open(day_span(now.date() - timedelta(days=400)))
    assert not shown(hand, "worker")
    hand.press_button(bar.close_button)
    assert len(shown(hand, "worker")) == everybody


def test_layers_that_come_on_are_gone_through_too(hand: Hand, bar):
    hand.desk.layers.show_only(["sensor"])
    hand.qtbot.waitUntil(lambda: "Sensors" in bar.count.text(), timeout=10_000)
    assert bar.steps.currentData() == "hour"
    assert shown(hand, "sensor") == of_span(hand, bar.span, "sensor")
    hand.desk.layers.show_only(["road"])
    hand.qtbot.waitUntil(bar.isHidden, timeout=10_000)
    assert "Nothing that is shown has a time" in hand.desk.messages.label.text()
    hand.shortcut("time.play")
    hand.settled()
    assert bar.isHidden()


@pytest.mark.usefixtures("all_pixels")
def test_buildings_come_with_the_year_they_were_built(hand: Hand):
    desk, view = hand.desk, hand.desk.map
    desk.layers.show_only(["building"])
    hand.shortcut("time.show")
    hand.settled()
    bar, footprints = desk.parts.time.bar, view.content.footprints
    years = places.features(desk.store, "building", ["year_built"], geometry=False, placed=True)
    built = dict(zip(years.ids.tolist(), years.columns["year_built"].tolist(), strict=True))
    assert bar.steps.currentData() == "year" and bar.span.start.year == max(built.values())
    index = int(np.argmin([built[key] != bar.span.start.year for key in footprints.features.ids]))
    key, middle = str(footprints.features.ids[index]), footprints.picker.polygons[index].centroid
    view.look(Viewpoint(middle.x, middle.y, 300.0, 0.0, 89.0))

    def there() -> tuple[bool, bool, int]:
        hand.settled()
        hand.qtbot.waitUntil(lambda: not view.is_waiting)
        roof = footprints.picker.top[[index]]
        at = view.shown.to_screen([(middle.x, middle.y)], roof)[0][0]
        hit = picking.building_at(view.shown, *at, view.footprints)
        named = key in desk.map.overlay.labels._places.ids.tolist()
        return hit == index, named, QColor(view.composed().pixel(*map(round, at))).rgb()

    with_it = there()
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Qt.Key.Key_Home)
    without = there()
    assert with_it[0] and not without[0] and not without[1] and with_it[2] != without[2]
    first = sum(year == bar.span.start.year for year in built.values())
    assert f"{first:,} of {len(built):,} Buildings" in bar.count.text()
    hand.press_button(bar.compare)
    QTest.keyClick(bar.slider, Qt.Key.Key_End)
    hand.settled()
    hand.qtbot.waitUntil(lambda: not view.is_waiting)
    place = view.shown.to_screen([(middle.x, middle.y)], footprints.picker.top[[index]])[0][0]
    ref = Ref("building", key)
    for part, is_there in ((0.9, False), (0.1, True)):
        desk.parts.time.handle.moved.emit(part)
        found = view._under(QPointF(*place))
        assert (found is not None and found[0] == ref) is is_there
    hand.shortcut("time.show")
    assert there() == with_it


def test_a_bookmark_keeps_the_time(hand: Hand, bar):
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, LEFT)
    QTest.keyClick(bar.slider, LEFT)
    kept, span = bookmark_of(hand.desk, "then"), bar.span
    hand.shortcut("time.show")
    later = bookmark_of(hand.desk, "any time")
    dress(hand.desk, kept)
    hand.settled()
    assert bar.span == span == hand.desk.parts.time.span
    dress(hand.desk, later)
    hand.settled()
    assert bar.isHidden() and hand.desk.parts.time.span is None


def test_a_bookmark_keeps_two_times_and_the_line(hand: Hand, bar):
    time, overlay = hand.desk.parts.time, hand.desk.map.overlay
    hand.press_button(bar.compare)
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, LEFT)
    time.move_line(0.3)
    shown(hand)
    kept, before, span = bookmark_of(hand.desk, "both"), time.before, time.span
    left = set(overlay.before["incident"].ids.tolist())
    hand.shortcut("time.compare")
    alone = bookmark_of(hand.desk, "one")
    dress(hand.desk, kept)
    assert shown(hand) == of_span(hand, span)
    assert set(overlay.before["incident"].ids.tolist()) == left == of_span(hand, before)
    assert (time.before, time.span, overlay.divider.part) == (before, span, 0.3) and before != span
    assert bar.compare.isChecked() and time.handle.isVisible()
    dress(hand.desk, alone)
    hand.settled()
    assert overlay.before is None and overlay.divider is None and time.span == span


def test_imagery_is_as_of_then_and_one_key_compares_two_dates(hand: Hand, tmp_path):
    desk, qtbot = hand.desk, hand.qtbot
    add(desk, tiff(desk, tmp_path / "new.tif", GREEN))
    add(desk, tiff(desk, tmp_path / "old.tif", RED))
    imagery.change(desk.store, "new", taken="2025-06")
    imagery.change(desk.store, "old", taken="2024-05-12")
    look_down(desk, qtbot)
    switch(desk, qtbot, "imagery")
    assert colour_of(desk, 30, 30) == RED  # the one added last lies uppermost
    desk.parts.time.open(span_of("2025-06"))
    look_down(desk, qtbot, 1400.0)
    assert colour_of(desk, 30, 30) == GREEN
    desk.parts.time.bar.slider.setFocus()
    QTest.keyClick(desk.parts.time.bar.slider, Qt.Key.Key_Home)
    look_down(desk, qtbot, 1300.0)
    assert colour_of(desk, 30, 30) == RED
    hand.shortcut("time.show")
    look_down(desk, qtbot, 1500.0)
    hand.shortcut("view.swipe")
    look_down(desk, qtbot, 1400.0)
    base: BaseMapDesk = desk.parts.base
    assert (base.view.imagery.swipe.left, base.view.imagery.swipe.right) == ("old", "new")
    assert (colour_of(desk, -150, 30), colour_of(desk, 150, 30)) == (RED, GREEN)


def test_of_pictures_with_a_date_the_newest_lies_uppermost():
    layers = [
        RasterLayer("late", "file", "a", taken="2026-03"),
        RasterLayer("undated", "file", "b"),
        RasterLayer("early", "file", "c", taken="2024"),
    ]
    named = {
        text: [one.name for one in at_time(layers, span_of(text))]
        for text in ("2023", "2025", "2026-03-01")
    }
    assert named == {
        "2023": ["undated"],
        "2025": ["undated", "early"],
        "2026-03-01": ["early", "undated", "late"],
    }


def test_two_times_stand_either_side_of_a_line(hand: Hand, bar):
    desk, overlay = hand.desk, hand.desk.map.overlay
    shown(hand)
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Qt.Key.Key_Home)
    earlier, first = shown(hand), bar.span
    hand.press_button(bar.compare)
    QTest.keyClick(bar.slider, Qt.Key.Key_End)
    later = shown(hand)
    assert (
        set(overlay.before["incident"].ids.tolist()) == earlier != later == of_span(hand, bar.span)
    )
    assert (overlay.divider.left, overlay.divider.right) == (span_text(first), span_text(bar.span))
    assert not overlay.caption and "worker" not in overlay.before
    width = desk.map.shown.width
    assert overlay.points_at(width * 0.4, desk.map.shown) is overlay.before
    assert overlay.points_at(width * 0.6, desk.map.shown) is overlay.points
    handle = desk.parts.time.handle
    handle.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Left, SHIFT)
    assert overlay.divider.part == pytest.approx(0.4)
    QTest.keyClick(handle, Qt.Key.Key_Escape)
    assert overlay.before is None and overlay.divider is None and not bar.compare.isChecked()
    assert overlay.caption == span_text(bar.span) and handle.isHidden()
    hand.shortcut("time.compare")
    assert overlay.before is not None and bar.compare.isChecked()
    desk.layers.set_visible("sensor", visible=True)
    sensors = of_span(hand, bar.span, "sensor")
    hand.qtbot.waitUntil(
        lambda: set(overlay.before["sensor"].ids.tolist()) == sensors, timeout=10_000
    )
    assert overlay.divider is not None and bar.compare.isChecked()
    desk.layers.show_only(["road"])
    hand.qtbot.waitUntil(lambda: overlay.before is None, timeout=10_000)


def test_clusters_of_two_times_are_those_of_their_side(hand: Hand, bar):
    view = hand.desk.map
    x, y = view.viewpoint.x, view.viewpoint.y
    xy = np.random.default_rng(3).uniform(-400, 400, (24_000, 2)) + [x, y]
    ids = np.array([f"c{at}" for at in range(len(xy))], object)
    look = np.zeros(len(xy), np.int64)
    layer = PointLayer("component", ids, ids, xy, (Look("component"),), look, Clusters(xy))
    hand.desk.layers.show_only(["component"])
    view.look(Viewpoint(x, y, 3000.0, 0.0, 89.0))
    view.overlay.points = {"component": layer.some(ids == "none")}
    view.overlay.before = {"component": layer}
    view.overlay.divider = DividerMark(0.5, "then", "now")
    view.composed()
    clusters = view.overlay.point_marks.clusters
    assert clusters and all(one.px < view.shown.width / 2 for one in clusters)
    one = clusters[0]
    assert view.overlay.point_marks.cluster_at(one.px, one.py) == one
    view.overlay.before = view.overlay.divider = None


def test_imagery_of_two_times_is_compared_along(hand: Hand, tmp_path):
    desk, qtbot = hand.desk, hand.qtbot
    for name, colour, taken in (("new", GREEN, "2025-06"), ("old", RED, "2024-05-12")):
        add(desk, tiff(desk, tmp_path / f"{name}.tif", colour))
        imagery.change(desk.store, name, taken=taken)
    look_down(desk, qtbot)
    switch(desk, qtbot, "imagery")
    time = desk.parts.time
    time.open(span_of("2025-06"))
    look_down(desk, qtbot, 1400.0)
    hand.shortcut("time.compare")
    time.bar.slider.setFocus()
    QTest.keyClick(time.bar.slider, Qt.Key.Key_Home)
    look_down(desk, qtbot, 1300.0)
    assert (colour_of(desk, -150, 30), colour_of(desk, 150, 30)) == (GREEN, RED)
    hand.shortcut("time.compare")
    look_down(desk, qtbot, 1400.0)
    assert (colour_of(desk, -150, 30), colour_of(desk, 150, 30)) == (RED, RED)
    overlay, swiped = desk.map.overlay, desk.parts.base.view.imagery
    hand.shortcut("time.compare")
    time.bar.slider.setFocus()
    QTest.keyClick(time.bar.slider, Qt.Key.Key_End)
    look_down(desk, qtbot, 1300.0)
    assert overlay.before is not None and swiped.swipe is not None and overlay.divider is not None
    hand.shortcut("view.swipe")
    qtbot.waitUntil(lambda: overlay.before is None, timeout=10_000)
    assert time.handle.isHidden() and not time.bar.compare.isChecked() and not overlay.divider
    hand.shortcut("time.compare")
    desk.parts.base.swipe_between("old", "new")
    assert overlay.before is None and overlay.divider.left == "old"


def test_a_command_draws_two_times(town_folder, tmp_path):
    picture = tmp_path / "two.png"
    words = ["shot", str(town_folder), str(picture), "--size", "400x300", "--layers", "incident"]
    assert cli.main([*words, "--before", "2026-01"]) == 1
    assert cli.main([*words, "--before", "2026-01", "--time", "2026-05"]) == 0
    both = QImage(str(picture))
    assert cli.main([*words, "--time", "2026-05"]) == 0
    alone = QImage(str(picture))
    assert both != alone and both.size() == alone.size()
    assert cli.main([*words, "--before", "2026-01", "--time", "2026-05", "--divider", "2"]) == 1
    assert cli.main([*words, "--before", "2026-01", "--time", "2026-05", "--divider", "0"]) == 0
    edge = QImage(str(picture))
    wide, high = edge.width(), edge.height()  # without the line, its names and the furniture
    whole = QRect(8, round(high * 0.3), wide - 12, round(high * 0.5))
    assert edge.copy(whole) == alone.copy(whole) != both.copy(whole)


def test_a_sheet_shows_two_times(town_folder, tmp_path):
    sheet = tmp_path / "two.png"
    words = ["print", str(town_folder), str(sheet), "--layers", "building,road,incident"]
    assert cli.main([*words, "--before", "1990"]) == 1
    drawn = []
    for times in (["--before", "1990", "--time", "2026"], ["--time", "2026"], ["--time", "1990"]):
        assert cli.main([*words, *times, "--scale", "9000"]) == 0
        drawn.append(QImage(str(sheet)))
    both, later, earlier = drawn
    size = both.size()
    map_width, lower = size.width() * 0.74, round(size.height() * 0.6)  # the legend lies beside it
    left = QRect(round(map_width * 0.1), lower, round(map_width * 0.4), 200)
    right = QRect(round(map_width * 0.6), lower, round(map_width * 0.35), 200)
    assert both.copy(left) == earlier.copy(left) != later.copy(left)
    assert both.copy(right) == later.copy(right) != earlier.copy(right)
