"""Desks on one server hear of each other's changes, and of the server going and coming back."""

import queue

import geopandas as gpd
import pytest
import shapely

from mapdesk.model.errors import WorldError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.shapes import Circle
from mapdesk.services import districts
from mapdesk.store import places, writing
from mapdesk.store.watching import Watch
from tests.postgres import PostgresServer


def write(store, **frames):
    with writing.transaction(store) as connection:
        writing.upsert(store, connection, frames)


def camera(number):
    frame = {"id": [f"c{number}"], "name": ["gate"]}
    return gpd.GeoDataFrame(frame, geometry=[shapely.Point(number, 0)])


@pytest.fixture
def heard(no_leaks):
    return queue.Queue()


@pytest.fixture
def pair(postgres, empty_url_master):
    url = postgres.copy_database(empty_url_master)
    with districts.open_district(url) as mine, districts.open_district(url) as other:
        yield mine, other


def listening(store, heard):
    watch = Watch(store, heard.put, heard.put)
    assert watch.wait(10)
    return watch


def test_a_change_on_one_desk_shows_on_the_other_within_a_second(pair, heard):
    mine, other = pair
    assert places.ids_within(other, "camera", Circle(0, 0, 10)) == ()
    watch = listening(other, heard)
    try:
        write(mine, camera=camera(1))
        assert heard.get(timeout=1) == {"camera"}
        assert places.ids_within(other, "camera", Circle(0, 0, 10)) == ("c1",)
    finally:
        watch.close()


def test_one_does_not_hear_oneself(pair, heard):
    mine, other = pair
    watch = listening(mine, heard)
    try:
        write(mine, camera=camera(1))
        write(other, camera=camera(2))
        assert heard.get(timeout=1) == {"camera"}
        assert heard.empty()
    finally:
        watch.close()


def test_what_is_not_kept_is_not_told(pair, heard):
    mine, other = pair
    watch = listening(other, heard)
    try:
        with writing.transaction(mine, keep=False) as connection:
            writing.upsert(mine, connection, {"camera": camera(1)})
        write(
            mine,
            road=gpd.GeoDataFrame({"id": ["r"]}, geometry=[shapely.LineString([(0, 0), (1, 1)])]),
        )
        assert heard.get(timeout=1) == {"road"}
    finally:
        watch.close()


def test_a_server_that_goes_and_comes_back(heard):
    server = PostgresServer()
    try:
        url = server.new_database()
        districts.create_district(url, "Gone and back", "EPSG:32650").close()
        with districts.open_district(url) as store:
            write(store, camera=camera(1))
            watch = listening(store, heard)
            try:
                server.halt()
                assert heard.get(timeout=10) is False
                with pytest.raises(WorldError, match="does not answer"):
                    places.row(store, "camera", "c1")
                with pytest.raises(WorldError, match=r"does not answer|nothing was changed"):
                    write(store, camera=camera(2))
                server.start()
                assert heard.get(timeout=20) is True
                assert heard.get(timeout=5) == frozenset(NOUNS)
                assert places.row(store, "camera", "c1")["name"] == "gate"
                write(store, camera=camera(2))
                assert places.counts(store)["camera"] == 2
            finally:
                watch.close()
    finally:
        server.stop()


def test_a_folder_has_nobody_to_hear(tmp_path, heard):
    with districts.create_district(tmp_path / "d", "Alone", "EPSG:32650") as store:
        watch = Watch(store, heard.put, heard.put)
        assert not watch.wait(0)
        watch.close()
