"""The bar of time where things change below it: bookmarks, imports, other desks, films, styles, imagery."""

from __future__ import annotations

import geopandas as gpd
import pytest
from PyQt6.QtWidgets import QApplication
from shapely import Point

from mapdesk.app.view_state import bookmark_of, dress
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
