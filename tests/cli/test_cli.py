"""The command line: every command, its JSON, and one sentence for every mistake."""

import json
import os
import subprocess
import sys

import pytest

from mapdesk.cli import reference
from mapdesk.cli.arguments import parser
from mapdesk.cli.commands import COMMANDS
from mapdesk.model.outgoing import MOST_PEOPLE
from mapdesk.services import districts
from mapdesk.store import audit, places
from tests.store.test_store import places_of_people


@pytest.fixture
def facts(town_folder):
    """What the tests ask the town about."""
    with districts.open_district(town_folder) as store:
        key = places.features(store, "camera").ids[0]
        camera = places.row(store, "camera", key)
        lon, lat = store.district.to_lonlat(camera["geometry"].x, camera["geometry"].y)
        counted = places_of_people(store).most_common()
        building = next(key for key, people in counted if people <= MOST_PEOPLE)
        return {
            "at": f"{float(lon)},{float(lat)}",
            "camera": key,
            "building": building,
            "address": places.row(store, "building", building)["address"],
        }


def test_every_command_is_declared_and_done():
    declared = parser()._subparsers._group_actions[0].choices
    assert set(declared) == set(COMMANDS)


def test_the_commands_page_is_fresh():
    text = reference.text()
    for name in COMMANDS:
        assert f"## {name}\n" in text


def test_info(run, town_folder):
    status, out, _err = run("info", town_folder, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["counts"]["person"] == 3000
    assert found["crs"] == "EPSG:4548"
    status, out, _err = run("info", town_folder)
    assert "3,000" in out


def test_select_nearest_and_find(run, town_folder, facts):
    status, out, _err = run(
        "select", town_folder, "camera,building", "--circle", facts["at"] + ",300", "--json"
    )
    found = json.loads(out)
    assert status == 0
    assert facts["camera"] in [row["id"] for row in found["camera"]]
    _status, out, _err = run(
        "select", town_folder, "camera", "--circle", facts["at"] + ",300", "--geojson"
    )
    collection = json.loads(out)
    assert collection["type"] == "FeatureCollection"
    assert len(collection["features"]) == len(found["camera"])
    _status, out, _err = run(
        "nearest", town_folder, "camera", "--to", facts["at"], "--count", 3, "--json"
    )
    near = json.loads(out)
    assert near[0]["id"] == facts["camera"]
    assert near[0]["metres"] == pytest.approx(0, abs=0.1)
    _status, out, _err = run("find", town_folder, facts["address"], "--json")
    assert facts["building"] in [row["id"] for row in json.loads(out)]


def test_people_and_home(run, town_folder, facts):
    status, out, err = run("people", town_folder, "--building", facts["building"])
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "--purpose" in err
    _status, out, _err = run(
        "people", town_folder, "--building", facts["building"], "--purpose", "fire drill", "--json"
    )
    people = json.loads(out)
    assert people
    assert all("*" in one["name"] for one in people)
    _status, out, _err = run(
        "home", town_folder, "--person", people[0]["id"], "--purpose", "fire drill", "--json"
    )
    home = json.loads(out)
    assert home["building"]["id"] == facts["building"]
    assert home["floor"] == people[0]["floor"]
    with districts.open_district(town_folder) as store:
        looks = audit.last(store)
    assert [look["action"] for look in looks] == [
        "take out by json",
        "home of person",
        "take out by json",
        "people of building",
    ]


def test_find_people_needs_a_purpose(run, town_folder):
    _status, out, _err = run("find", town_folder, "王", "--json")
    assert all(row["kind"] != "person" for row in json.loads(out))
    _status, out, _err = run("find", town_folder, "王", "--purpose", "fire drill", "--json")
    assert json.loads(out)[0]["kind"] == "person"


def test_new_import_backup_restore(run, tmp_path, real_data):
    district = tmp_path / "helsinki"
    assert run("new", district, "--name", "Helsinki", "--crs", "EPSG:3067")[0] == 0
    status, out, _err = run(
        "import", district, real_data / "helsinki" / "Helsinki.osm.pbf", "--as", "osm", "--json"
    )
    assert status == 0
    assert json.loads(out)["new"]["camera"] == 221
    assert run("backup", district, tmp_path / "b.zip")[0] == 0
    assert run("restore", tmp_path / "b.zip", tmp_path / "again")[0] == 0
    _status, out, _err = run(
        "nearest", tmp_path / "again", "camera", "--to", "24.943,60.17", "--count", 3, "--json"
    )
    assert len(json.loads(out)) == 3


def test_shot_draws_a_picture(run, town_folder, tmp_path, facts):
    picture = tmp_path / "map.png"
    status, out, _err = run(
        "shot",
        town_folder,
        picture,
        "--size",
        "640x400",
        "--at",
        facts["at"],
        "--distance",
        600,
        "--layers",
        "buildings,cameras",
    )
    assert status == 0
    assert str(picture) in out
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.stat().st_size > 5000


@pytest.mark.parametrize("whole", [(), ("--window",)])
def test_shot_draws_an_opened_building(run, town_folder, tmp_path, whole):
    closed, opened = tmp_path / "closed.png", tmp_path / "opened.png"
    size = ("--size", "640x480", *whole)
    assert run("shot", town_folder, closed, *size)[0] == 0
    chosen = ("--open", "B00001", "--floor", "1", "--theme", "dark")
    assert run("shot", town_folder, opened, *size, *chosen)[0] == 0
    assert opened.read_bytes() != closed.read_bytes()


def test_doctor_finds_everything(run):
    status, out, _err = run("doctor", "--json")
    checks = {one["name"]: one for one in json.loads(out)}
    assert status == 0
    for name in ("Qt", "VTK", "OpenGL", "DuckDB spatial", "Chinese font"):
        assert checks[name]["ok"], checks[name]


MISTAKES = [
    ((), "COMMAND"),
    (("fly",), "fly"),
    (("info", "{tmp}/none"), "mapdesk new"),
    (("select", "{town}", "camera"), "--circle"),
    (("select", "{town}", "camera", "--circle", "1,2"), "LON,LAT,METRES"),
    (("select", "{town}", "camera", "--circle", "38.8,117.4,300"), "longitude first"),
    (("select", "{town}", "camera", "--circle", "117.4,38.8,-5"), "above 0 m"),
    (("select", "{town}", "dragon", "--circle", "117.4,38.8,5"), "dragon"),
    (("select", "{town}", "person", "--circle", "117.4,38.8,5"), "no place"),
    (("select", "{town}", "camera", "--polygon", "{tmp}/none.geojson"), "none.geojson"),
    (("nearest", "{town}", "camera", "--to", "117.4,38.8", "--count", "0"), "--count"),
    (("find", "{town}", "  "), "Type a name"),
    (("find", "{town}", "x", "--purpose", "a"), "two characters"),
    (("people", "{town}", "--building", "nope", "--purpose", "fire drill"), "nope"),
    (("home", "{town}", "--person", "nope", "--purpose", "fire drill"), "nope"),
    (("new", "{town}", "--name", "x", "--crs", "EPSG:3067"), "not empty"),
    (("new", "{tmp}/d", "--name", " ", "--crs", "EPSG:3067"), "name"),
    (("new", "{tmp}/d", "--name", "x", "--crs", "EPSG:4326"), "metres"),
    (("import", "{town}", "{tmp}/none.gpkg", "--as", "buildings"), "none.gpkg"),
    (("import", "{town}", "{tmp}/none.gpkg", "--as", "dragons"), "dragons"),
    (("import", "{town}", "x.csv", "--as", "people", "--field", "bad"), "target=source"),
    (("shot", "{town}", "{tmp}/x.jpg"), ".png"),
    (("shot", "{town}", "{tmp}/none/x.png"), "could not be written"),
    (("shot", "{town}", "{tmp}/x.png", "--size", "big"), "WxH"),
    (("shot", "{town}", "{tmp}/x.png", "--layers", "dragons"), "dragons"),
    (("shot", "{town}", "{tmp}/x.png", "--at", "0,0"), ""),
    (("shot", "{town}", "{tmp}/x.png", "--open", "B-none"), "B-none"),
    (("shot", "{town}", "{tmp}/x.png", "--open", "B00001", "--floor", "400"), "no floor 400"),
    (("shot", "{town}", "{tmp}/x.png", "--floor", "2"), "--open"),
    (("restore", "{tmp}/none.zip", "{tmp}/d"), "none.zip"),
    (("backup", "{town}", "{tmp}/none/b.zip"), "could not be written"),
    (("open", "{town}"), "mapdesk shot"),
    (("demo", "--at", "{tmp}/demo", "--people", "3", "--no-open"), "500"),
]


@pytest.mark.parametrize(
    ("words", "says"), MISTAKES, ids=[" ".join(w) or "nothing" for w, _s in MISTAKES]
)
def test_a_mistake_is_one_sentence(run, town_folder, tmp_path, monkeypatch_display, words, says):
    filled = [word.format(town=town_folder, tmp=tmp_path) for word in words]
    if says == "":
        run(*filled)
        return
    status, out, err = run(*filled)
    assert status == 1
    assert out == ""
    assert says in err
    assert err.strip().count("\n") == 0
    assert "Traceback" not in err
    status, _out, err = run(*filled, "--json")
    assert says in json.loads(err)["error"]


@pytest.fixture
def monkeypatch_display(monkeypatch):
    """No display, whatever the machine has."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_our_own_fault_is_told_without_a_traceback(run, town_folder, tmp_path, monkeypatch):
    monkeypatch.setitem(COMMANDS, "info", lambda *_: 1 / 0)
    status, _out, err = run("info", town_folder)
    assert status == 2
    assert "ZeroDivisionError" in err
    assert "Traceback" not in err


def test_the_installed_command_runs(town_folder):
    done = subprocess.run(
        [sys.executable, "-m", "mapdesk", "info", str(town_folder)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": ""},
    )
    assert "Test town" in done.stdout
    assert done.stderr == ""


def test_western_places_are_places(run, tmp_path):
    """argparse takes "-74.01,40.7" for an option unless told otherwise."""
    import json as json_module

    district = tmp_path / "west"
    run("new", district, "--name", "West", "--crs", "EPSG:32618")
    file = tmp_path / "cameras.csv"
    file.write_text("id,lon,lat\na,-74.01,40.71\nb,-74.0,40.72\n")
    assert run("import", district, file, "--as", "cameras", "--assume-crs", "EPSG:4326")[0] == 0
    status, out, _err = run(
        "nearest", district, "cameras", "--to", "-74.01,40.71", "--count", 1, "--json"
    )
    assert (status, json_module.loads(out)[0]["id"]) == (0, "a")
    status, out, _err = run("select", district, "cameras", "--circle", "-74.01,40.71,100", "--json")
    assert [row["id"] for row in json_module.loads(out)["camera"]] == ["a"]


def test_identity_numbers_never_become_ids(run, tmp_path):
    district = tmp_path / "d"
    run("new", district, "--name", "D", "--crs", "EPSG:32650")
    file = tmp_path / "people.csv"
    file.write_text("name,identity_number\n王建国,990000198001021234\n", encoding="utf-8")
    for new in (1, 0):
        status, out, _err = run(
            "import", district, file, "--as", "people", "--key", "identity_number", "--json"
        )
        assert (status, json.loads(out)["new"]["person"]) == (0, new)
    _status, out, _err = run("find", district, "王", "--purpose", "fire drill", "--json")
    assert "990000198001021234" not in out
    assert json.loads(out)[0]["id"].startswith("P-")


def test_a_stretched_crs_is_refused(run, tmp_path):
    status, _out, err = run("new", tmp_path / "d", "--name", "D", "--crs", "EPSG:3857")
    assert status == 1
    assert "stretches distances" in err


@pytest.mark.embedded
def test_the_demo_is_not_mistaken_for_another_district(run, empty, tmp_path):
    empty.close()
    status, _out, err = run("demo", "--at", empty.folder, "--no-open")
    assert status == 1
    assert "another district" in err


def test_it_speaks_the_language_asked_for(run, tmp_path):
    nowhere = tmp_path / "nowhere"
    assert "no district" in run("info", nowhere)[2]
    assert "中没有辖区" in run("info", nowhere, "--language", "zh_CN")[2]
    assert "中没有辖区" in run("info", nowhere, "--language=zh_CN")[2]


def test_it_speaks_the_language_of_the_locale(run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "中没有辖区" in run("info", tmp_path / "nowhere")[2]
