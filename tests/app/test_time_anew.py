"""The bar of time where things change below it: bookmarks, imports, other desks, films, styles, imagery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import geopandas as gpd
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from shapely import Point

from mapdesk.app.view_state import bookmark_of, dress
from mapdesk.model.spans import Span, span_text
from mapdesk.scene3d.scene import Scene
from mapdesk.services import timeline
from mapdesk.store import writing
from tests.app.conftest import Hand


@pytest.fixture
def bar(hand: Hand):
    """The bar, open over incidents."""
    hand.desk.layers.show_only(["incident", "building"])
    hand.settled()
    hand.shortcut("time.show")
    settled(hand)
    return hand.desk.parts.time.bar


def settled(hand: Hand) -> None:
    """Wait until nothing is under way, nor about to begin."""
    for _time in range(3):
        hand.settled()
        QApplication.processEvents()
    hand.settled()


def test_a_bookmark_of_other_layers_without_a_time_closes_the_bar(hand: Hand, bar):
    desk = hand.desk
    hand.shortcut("time.show")
    desk.layers.show_only(["incident", "sensor"])
    settled(hand)
    anytime = bookmark_of(desk, "any time")
    desk.layers.show_only(["incident", "building"])
    hand.shortcut("time.show")
    settled(hand)
    assert bar.isVisible()
    dress(desk, anytime)
    settled(hand)
    time = desk.parts.time
    assert (bar.isHidden(), time.is_on, time.span) == (True, False, None)
    every = desk.map.content.points["incident"].ids
    assert len(desk.map.overlay.points["incident"].ids) == len(every)


def test_what_an_import_or_another_desk_brings_is_shown_at_its_time(hand: Hand, bar):
    desk = hand.desk
    layer = desk.map.content.points["incident"]
    new = gpd.GeoDataFrame(
        {"id": ["new"], "title": ["New"], "reported_at": [bar.span.start]},
        geometry=[Point(layer.xy[0])],
    )
    with writing.transaction(desk.store) as connection:
        writing.upsert(desk.store, connection, {"incident": new})
    desk.parts.sharing.show_written(frozenset({"incident", "grid"}))
    hand.qtbot.waitUntil(lambda: desk.loaded, timeout=30_000)
    settled(hand)
    assert "new" in desk.map.overlay.points["incident"].ids.tolist()


def test_the_time_of_an_earlier_bookmark_does_not_come_over_a_later_one(hand: Hand, bar):
    desk, time = hand.desk, hand.desk.parts.time
    then = bookmark_of(desk, "then")
    hand.shortcut("time.show")
    settled(hand)
    anytime = bookmark_of(desk, "any time")
    dress(desk, then)
    dress(desk, anytime)
    settled(hand)
    assert (bar.isHidden(), time.is_on, time.span) == (True, False, None)
    dress(desk, then)
    settled(hand)
    span = time.span
    earlier = {"span": Span(span.start - timedelta(days=3), span.start).typed(), "wanted": True}
    dress(desk, replace(then, more=then.more | {"time": earlier}))
    dress(desk, then)
    settled(hand)
    assert time.span == span and desk.map.overlay.caption == span_text(span)


def test_a_time_that_waits_for_a_style_is_not_that_of_a_later_bookmark(hand: Hand, bar):
    desk, time = hand.desk, hand.desk.parts.time
    span = time.span
    hand.shortcut("time.show")
    settled(hand)
    anytime = bookmark_of(desk, "any time")
    time.open(span)
    time.go_to(span, by_hand=False)
    settled(hand)
    assert bar.isHidden()
    dress(desk, anytime)
    assert not time.is_coming


def test_a_time_kept_while_it_is_being_drawn_stands_left(hand: Hand, bar):
    desk = hand.desk
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Qt.Key.Key_Home)
    hand.shortcut("time.compare")
    wanted = bar.span
    QTest.keyClick(bar.slider, Qt.Key.Key_End)
    settled(hand)
    times = timeline.times_of(desk.store, ["incident"])["incident"]
    left = desk.map.overlay.before["incident"].ids.tolist()
    assert set(left) == set(times.ids[times.shown(wanted)].tolist())


def test_grids_that_come_and_go_leave_the_ground_as_it_is(hand: Hand, bar):
    desk = hand.desk
    desk.layers.set_visible("grid", visible=True)
    keys = [key for lines in desk.map.content.grid_lines for key in lines.ids.tolist()]
    settled(hand)
    drawn, before = [], len(keys)
    desk.loader.drawn.connect(lambda: drawn.append(1))
    desk.loader.hide_grids(frozenset(keys))
    assert before and not any(len(one[3]) for one in desk.loader._outlines())
    for is_plain, is_ticked in ((False, True), (True, False), (True, True)):
        desk.loader.with_outlines = is_plain
        desk.layers.set_visible("grid", visible=is_ticked)
        changes = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk.map, "change_scene", changes.append)
            desk.loader.hide_grids(frozenset())
            desk.loader.hide_grids(frozenset(keys[:1]))
        scene = Scene(desk.store.district.origin)
        changes[-1](scene)
        shown = {name: bool(actor.GetVisibility()) for name, (actor, _at) in scene._flat.items()}
        assert shown and {name.split("/")[0] for name in shown} == {"grid"}
        assert set(shown.values()) == {is_plain and is_ticked}
    settled(hand)
    assert not drawn
