"""`mapdesk export`, `outgoing` and `book`: one door, one sentence for every refusal."""

import json

import openpyxl
import pytest

from mapdesk.cli.main import main
from mapdesk.model.access import Access
from mapdesk.services import districts, outgoing
from mapdesk.store import people, places
from tests.cli.terminals import Screen
from tests.store.test_store import places_of_people

OLD = ("--noun", "person", "--where", "age>=85", "--purpose", "visiting the old")
ALL = ("--noun", "person", "--purpose", "a census")


@pytest.fixture
def run(capsys, town_folder):
    """Run a command on the town and return (status, printed, complained)."""

    def call(name, *words):
        status = main([*name.split(), str(town_folder), *map(str, words)], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "gpkg", "parquet"])
def test_a_filters_answer_goes_to_a_file(run, tmp_path, suffix):
    path = tmp_path / f"old.{suffix}"
    status, out, _err = run("export", *OLD, "--to", path, "--json")
    assert (status, json.loads(out)["rows"] > 10) == (0, True)
    assert path.stat().st_size > 500


def test_every_source_is_a_word_away(run, tmp_path, town_folder):
    with districts.open_district(town_folder) as store:
        building = places_of_people(store).most_common()[-1][0]
        grid = str(places.features(store, "grid", geometry=False).ids[0])
        x, y = places.row(store, "building", building)["geometry"].centroid.coords[0]
        corners = [(x - 80, y - 80), (x + 80, y - 80), (x + 80, y + 80), (x - 80, y - 80)]
        ring = [[float(one) for one in store.district.to_lonlat(*corner)] for corner in corners]
        household = people.of_building(store, building)[0]["household_id"]
        camera = str(places.features(store, "camera", geometry=False).ids[0])
    here = ",".join(str(one) for one in ring[0])
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    run("filter", "--noun", "person", "--where", "age>=90", "--save", "elders")
    for number, words in enumerate(
        (
            ("--filter", "elders"),
            ("--building", building),
            ("--search", "路"),
            ("--makeup", grid),
            ("--makeup", "all"),
            ("--noun", "building", "--selection", area),
            ("--noun", "camera", "--selection", area),
            ("--noun", "camera"),
            ("--noun", "camera", "--circle", f"{here},900"),
            ("--noun", "building", "--grid", grid),
            ("--noun", "person", "--where", "age>=88", "--circle", f"{here},500"),
            ("--noun", "organisation", "--polygon", area),
            ("--grid", grid, "--where", "age>=88"),
            ("--card", "building", building),
            ("--card", "camera", camera),
            ("--card", "household", household),
        )
    ):
        path = tmp_path / f"{number}.xlsx"
        status, _out, err = run("export", *words, "--purpose", "visits", "--to", path)
        assert (status, err) == (0, ""), words
        assert "visits" in str(list(openpyxl.load_workbook(path).active.values)[-1])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "x.doc", "--noun", "person"), "x.doc"),
        (("--to", "x.csv"), "--selection"),
        (("--to", "x.csv", "--noun", "camera", "--where", "age>=80"), "Conditions are for"),
        (("--to", "x.csv", "--noun", "department"), "no place on the map"),
        (("--to", "x.csv", "--noun", "nothing"), "not a kind of thing"),
        (("--to", "x.csv", "--search", "王", "--unmask", "because"), "--unmask is for"),
        (("--to", "x.csv", *OLD, "--unmask", "x"), "4 to 500 characters"),
        (("--to", "x.csv", *OLD, "--unmask", "letters"), "names in full need a second person"),
        (("--to", "x.csv", "--noun", "person"), "--purpose"),
        (("--to", "x.csv", "--filter", "nothing"), "no saved filter 'nothing'"),
        (("--to", "nowhere/x.csv", *OLD), "no folder"),
        (("--to", "x.csv", "--building", "x", "--purpose", "visits"), "no building 'x'"),
    ],
)
def test_mistakes_are_one_sentence(run, words, told, tmp_path):
    placed = [str(tmp_path / word) if word.endswith((".csv", ".doc")) else word for word in words]
    status, out, err = run("export", *placed)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert told in err
    assert not (tmp_path / "x.csv").exists()


def test_more_than_a_hundred_wait_for_a_second_person(run, tmp_path, town_folder):
    path = tmp_path / "all.csv"
    status, out, err = run("export", *ALL, "--to", path)
    assert (status, out) == (1, "")
    assert "3,000 people" in err
    assert "mapdesk user add" in err
    status, out, _err = run("export", *ALL, "--to", path, "--request", "--json")
    asked = json.loads(out)["request"]
    assert (status, path.exists()) == (1, False)
    assert asked in run("outgoing list")[1]
    status, _out, err = run("outgoing approve", asked)
    assert (status, "themselves" in err) == (1, True)
    with districts.open_district(town_folder) as store:
        store.identity = Access("chen", "security")
        outgoing.approve(store, store.identity, asked)
    assert run("export", *ALL, "--to", path)[0] == 0
    assert "used by chen" in run("outgoing list")[1]
    assert run("export", *ALL, "--to", path)[0] == 1


def test_json_of_people_counts(run, town_folder):
    with districts.open_district(town_folder) as store:
        counted = places_of_people(store).most_common()
    few = next(key for key, people in counted if people <= 60)
    rest = next(key for key, people in counted if people <= 60 and key != few)
    words = ("people", "--purpose", "fire drill", "--json", "--building")
    assert run(*words, few)[0] == 0
    assert run(*words, few)[0] == 0
    first = dict(counted)[few]
    status, out, err = run("filter", *ALL, "--limit", 101 - first + dict(counted)[rest], "--json")
    assert (status, out) == (1, "")
    assert "second person" in err
    assert run("filter", *ALL, "--limit", 200)[0] == 0


@pytest.mark.parametrize("suffix", ["pdf", "xlsx"])
def test_a_door_list_goes_to_a_file(run, tmp_path, suffix):
    path = tmp_path / f"doors.{suffix}"
    status, out, _err = run("filter", *OLD, "--doors", path)
    assert (status, "doors to" in out) == (0, True)
    assert path.stat().st_size > 1000
    status, _out, err = run("filter", *ALL, "--doors", tmp_path / "all.pdf")
    assert (status, "--request" in err) == (1, True)
    assert not (tmp_path / "all.pdf").exists()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_sheet_of_a_grid(run, tmp_path, town_folder, language):
    with districts.open_district(town_folder) as store:
        grid = str(places.features(store, "grid", geometry=False).ids[-1])
    path = tmp_path / "grid.pdf"
    words = ("--grid", grid, "--to", path, "--language", language)
    status, _out, err = run("book", *words)
    said = {"en": "--purpose", "zh_CN": "用途"}[language]
    assert (status, said in err, path.exists()) == (1, True, False)
    assert run("book", *words, "--purpose", "grid visit", "--size", "A3")[0] == 0
    assert path.read_bytes().startswith(b"%PDF")
