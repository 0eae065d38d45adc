"""Landmarks by command: added, listed, set, removed, and seen in a picture."""

import json

import pytest

from mapdesk.services import districts
from mapdesk.store import places
from tests import models


@pytest.fixture
def facts(town_folder):
    """The middle of the town, as one types it."""
    with districts.open_district(town_folder) as store:
        west, south, east, north = places.extent(store)
        lon, lat = store.district.to_lonlat((west + east) / 2, (south + north) / 2)
    return {"at": f"{float(lon):.6f},{float(lat):.6f}"}


def ran(run, *words):
    status, out, err = run(*words, "--json")
    assert status == 0, err
    return json.loads(out)


def test_a_landmark_is_added_changed_and_removed(run, town_folder, tmp_path, facts):
    path = models.write_glb(tmp_path / "house.glb")
    made = ran(run, "landmark", "add", town_folder, path, "--at", facts["at"], "--name", "Hall")
    assert f"{made['lon']:.5f},{made['lat']:.5f}"[:6] == facts["at"][:6]
    ran(run, "landmark", "set", town_folder, "Hall", "--heading", 90, "--scale", 2, "--base", 3)
    (kept,) = ran(run, "landmark", "list", town_folder)
    assert (kept["id"], kept["heading"], kept["scale"], kept["base"]) == (made["id"], 90, 2, 3)
    assert run("landmark", "list", town_folder)[1].startswith(made["id"])
    ran(run, "landmark", "remove", town_folder, made["id"])
    assert ran(run, "landmark", "list", town_folder) == []


def test_a_picture_shows_it(run, town_folder, tmp_path, facts):
    view = ("--size", "320x240", "--at", facts["at"], "--distance", "150")
    before, after = tmp_path / "before.png", tmp_path / "after.png"
    assert run("shot", town_folder, before, *view)[0] == 0
    path = models.write_glb(tmp_path / "house.glb")
    place = ("--at", facts["at"], "--scale", "5", "--base", "30")
    ran(run, "landmark", "add", town_folder, path, *place)
    assert run("shot", town_folder, after, *view)[0] == 0
    assert before.read_bytes() != after.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.glb", b"glTF\x02\x00"),
        ("odd.city.json", b'{"type": "CityJSON"'),
        ("odd.obj", b"f 1 2 3"),
    ],
)
def test_a_damaged_model_is_one_sentence_and_changes_nothing(
    run, town_folder, tmp_path, facts, name, content
):
    path = tmp_path / name
    path.write_bytes(content)
    status, _out, err = run("landmark", "add", town_folder, path, "--at", facts["at"])
    assert status != 0
    assert name in err
    assert len(err.strip().splitlines()) == 1
    assert ran(run, "landmark", "list", town_folder) == []
