"""Streams in the window: real cameras, dead ones, and nothing left behind."""

import multiprocessing

import geopandas as gpd
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from mapdesk.model.selection import Ref
from mapdesk.services import districts
from mapdesk.store import audit, places, writing
from mapdesk.video.stream import Stream
from tests.app.conftest import PURPOSE, Hand, open_desk
from tests.video.cameras import RtspServer, missing_server


@pytest.fixture
def server():
    reason = missing_server()
    if reason:
        pytest.skip(reason)
    server = RtspServer("one=640x360@15")
    server.start()
    yield server
    server.kill()


def aim(folder, *urls):
    """Give the first cameras of the town these addresses and return their ids."""
    with districts.open_district(folder) as store:
        ids = places.features(store, "camera").ids[: len(urls)].tolist()
        rows = places.rows(store, "camera", ids)
        frame = gpd.GeoDataFrame(rows).assign(main_stream=urls, sub_stream=urls)
        with writing.transaction(store) as connection:
            writing.upsert(store, connection, {"camera": frame})
    return ids


def closed(qtbot, wall):
    """Close a wall and wait until its workers are gone."""
    wall.close()
    for tile in wall.tiles:
        assert tile.source.wait_closed(20.0)
    qtbot.waitUntil(lambda: not multiprocessing.active_children(), timeout=20_000)


def test_a_double_click_on_a_camera_shows_a_real_stream(qtbot, town_folder, server, no_leaks):
    camera = aim(town_folder, server.url("one"))[0]
    desk = open_desk(qtbot, town_folder, Stream)
    desk.commands.set_purpose(PURPOSE)
    hand = Hand(desk, qtbot)
    at = hand.look_at(Ref("camera", camera), distance=120)
    QTest.mouseDClick(desk.map, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: len(desk.walls) == 1, timeout=30_000)
    wall = desk.walls[0]
    qtbot.waitUntil(lambda: wall.tiles[0].image is not None, timeout=60_000)
    first = wall.tiles[0].source.latest().number
    qtbot.waitUntil(lambda: wall.tiles[0].source.latest().number > first + 5, timeout=60_000)
    assert wall.tiles[0].camera.id == camera
    look = audit.last(desk.store)[0]
    assert (look["action"], look["subject"], look["purpose"]) == ("open stream", camera, PURPOSE)
    closed(qtbot, wall)
    assert desk.walls == []
    desk.close()
    desk.wait_closed()


def test_a_dead_camera_says_why_and_holds_nobody_up(qtbot, town_folder, tmp_path, no_leaks):
    from mapdesk.video.clips import write_street_clips

    clip = write_street_clips(tmp_path, count=1, seconds=0.6)[0]
    ids = aim(town_folder, "rtsp://127.0.0.1:9/dead", str(clip))
    desk = open_desk(qtbot, town_folder, Stream)
    desk.commands.set_purpose(PURPOSE)
    desk.commands.open_streams(ids)
    qtbot.waitUntil(lambda: len(desk.walls) == 1, timeout=30_000)
    dead, alive = desk.walls[0].tiles
    qtbot.waitUntil(lambda: dead.source.state.name == "failed", timeout=30_000)
    qtbot.waitUntil(lambda: alive.image is not None, timeout=30_000)
    assert "127.0.0.1" in dead.source.state.sentence
    assert desk.map.isEnabled()
    closed(qtbot, desk.walls[0])
    desk.close()
    desk.wait_closed()


def test_withdrawing_the_purpose_closes_what_it_opened(desk, qtbot):
    hand = Hand(desk, qtbot)
    desk.commands.open_streams(places.features(desk.store, "camera").ids[:3].tolist())
    qtbot.waitUntil(lambda: len(desk.walls) == 1, timeout=30_000)
    wall = desk.walls[0]
    assert [tile.source.state.name for tile in wall.tiles] == ["playing"] * 3
    desk.purpose.clear()
    assert [tile.source.state.name for tile in wall.tiles] == ["closed"] * 3
    assert desk.walls == []
    hand.settled()


def test_a_tile_shows_what_its_source_says(desk, qtbot):
    desk.commands.open_streams(places.features(desk.store, "camera").ids[:1].tolist())
    qtbot.waitUntil(lambda: len(desk.walls) == 1, timeout=30_000)
    tile = desk.walls[0].tiles[0]
    qtbot.waitUntil(lambda: tile.image is not None, timeout=10_000)
    middle = QPoint(tile.width() // 2, tile.height() // 3)
    bright = tile.grab().toImage().pixelColor(middle)
    tile.source.fail("The camera's password is wrong.")
    dimmed = tile.grab().toImage().pixelColor(middle)
    assert dimmed.lightness() < bright.lightness()
    desk.walls[0].close()
