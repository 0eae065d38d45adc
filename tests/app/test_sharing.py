"""Two desks on one server: what one writes the other shows within a second."""

import geopandas as gpd
import pytest
import shapely
from PyQt6.QtWidgets import QApplication

from mapdesk.app import main
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, districts
from mapdesk.store import people, places, writing
from tests.app.conftest import open_desk

WITHIN = 1000
"""Milliseconds the issue allows."""


@pytest.fixture
def shared_desk(qtbot, town_url, no_leaks):
    window = open_desk(qtbot, town_url)
    window.commands.set_purpose("shared work")
    assert window.parts.sharing.watch.wait(10)
    yield window
    window.close()
    window.wait_closed()
    QApplication.processEvents()


@pytest.fixture
def other(town_url):
    with districts.open_district(town_url) as store:
        yield store


def test_a_camera_put_up_at_another_desk_shows(shared_desk, other, qtbot):
    x, y = places.features(other, "camera").xy[0]
    new = gpd.GeoDataFrame({"id": ["new"], "name": ["New gate"]}, geometry=[shapely.Point(x, y)])
    with writing.transaction(other) as connection:
        writing.upsert(other, connection, {"camera": new})

    def shown():
        return "new" in shared_desk.map.overlay.points["camera"].ids.tolist()

    qtbot.waitUntil(shown, timeout=WITHIN)


def test_a_person_corrected_at_another_desk_shows_on_the_open_card(shared_desk, other, qtbot):
    building = next(
        key for key in places.features(other, "building").ids if people.of_building(other, key)
    )
    row = people.of_building(other, building)[0]
    with qtbot.waitSignal(shared_desk.asking.people_shown, timeout=10_000):
        shared_desk.commands.follow(Ref("building", building))
    with qtbot.waitSignal(shared_desk.asking.people_shown, timeout=WITHIN) as told:
        access = other.identity.having("correction")
        correcting.correct(other, access, Ref("person", row["id"]), row, {"name": "欧阳新"})
    assert "欧**" in {one["name"] for one in told.args[0]}


def test_a_window_says_that_the_owner_has_not_opened_it_with_this_version(
    qtbot, town_folder, no_leaks, monkeypatch
):
    open_district = districts.open_district

    def behind(place):
        store = open_district(place)
        store.is_behind = True
        return store

    monkeypatch.setattr(districts, "open_district", behind)
    window = open_desk(qtbot, town_folder)
    assert window.messages.isVisible()
    assert "The owner has to open this district once" in window.messages.label.text()
    window.close()
    window.wait_closed()
    QApplication.processEvents()


def test_the_same_database_opens_one_window(qtbot, town_url, no_leaks):
    main.make_application([])
    window = main.open_window(town_url)
    assert main.open_window(town_url) is window
    qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=60_000)
    window.close()
    window.wait_closed()
    QApplication.processEvents()
