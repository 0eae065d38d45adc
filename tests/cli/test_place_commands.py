"""Commands on places: where, measure, sight, section, shot --at."""

from __future__ import annotations

import json

import pytest

from mapdesk.cli.main import main
from mapdesk.services import districts
from mapdesk.services.whereabouts import say_place
from mapdesk.store import places


@pytest.fixture
def corners(town_folder):
    """Two places of the town, as one types them."""
    with districts.open_district(town_folder) as store:
        west, south, east, north = places.extent(store)
        return [
            say_place(store.district, x, (south + north) / 2, "lonlat").replace(" ", "")
            for x in (west + 100, east - 100)
        ]


def answer(capsys, *words):
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_where_says_a_place_in_every_system_and_its_grids(town_folder, corners, capsys):
    said = answer(capsys, "where", town_folder, corners[0])
    assert set(said["systems"]) == {"lonlat", "dms", "gcj02", "bd09", "district"}
    again = answer(capsys, "where", town_folder, "BD-09 " + said["systems"]["bd09"])
    assert (again["x"], again["y"]) == pytest.approx((said["x"], said["y"]), abs=0.5)
    assert main(["where", str(town_folder), corners[0], "--as", "EPSG:4526"]) == 0
    east = float(capsys.readouterr().out.split(",")[0])
    assert 38_700_000 < east < 38_900_000  # zone 38, with its number in front


def test_measure_sight_and_section(town_folder, corners, capsys, tmp_path):
    measured = answer(capsys, "measure", town_folder, *corners)
    assert measured["geodesic"] == pytest.approx(measured["projected"], rel=1e-3)
    cut = answer(capsys, "section", town_folder, *corners, "--csv", tmp_path / "s.csv")
    assert cut["length"] == pytest.approx(measured["projected"], rel=1e-6)
    assert cut["buildings"]
    assert (tmp_path / "s.csv").is_file()
    seen = answer(capsys, "sight", town_folder, *corners)
    assert not seen["seen"]
    assert seen["by"]
    assert answer(capsys, "sight", town_folder, *corners, "--eye=2000", "--target=2000")["seen"]


def test_places_that_cannot_be_are_one_sentence(town_folder, corners, capsys):
    for words in (("where", "24.94,60.17"), ("measure", corners[0]), ("sight", corners[0], "x y")):
        assert main([words[0], str(town_folder), *words[1:]]) == 1
        said = capsys.readouterr().err.strip()
        assert said.endswith(".")
        assert "\n" not in said
