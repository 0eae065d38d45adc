"""``mapdesk card`` and ``mapdesk people``: text and JSON, masked, with a purpose, on record."""

import json

import pytest
import shapely

from mapdesk.cli.main import main
from mapdesk.services import districts
from mapdesk.store import audit, people, places
from tests.cli.terminals import Screen
from tests.store.test_store import places_of_people


@pytest.fixture
def facts(town_folder):
    with districts.open_district(town_folder) as store:
        building = places_of_people(store).most_common(1)[0][0]
        resident = people.of_building(store, building)[0]
        row = places.row(store, "building", building)
        west, south, east, north = row["geometry"].buffer(3).bounds
        lons, lats = store.district.to_lonlat([west, east], [south, north])
        box = shapely.box(float(lons[0]), float(lats[0]), float(lons[1]), float(lats[1]))
        return {"building": building, "resident": resident, "grid": row["grid_id"], "box": box}


@pytest.fixture
def ask(town_folder, capsys):
    """Run a command on the town; return its exit status, what it printed, and what it complained of."""

    def run(command, *arguments):
        status = main([command, str(town_folder), *arguments], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_a_building_card_has_units_by_floor(ask, facts):
    status, out, _err = ask("card", "building", facts["building"], "--json")
    assert status == 0
    data = json.loads(out)
    assert data["id"] == facts["building"]
    assert len(data["units"]) > 10 and data["people"] is None
    assert data["people_hidden"].startswith("State a purpose")
    said = ask("card", "building", facts["building"], "--purpose", "fire drill", "--json")
    assert json.loads(said[1])["people"] > 0
    status, out, _err = ask("card", "building", facts["building"])
    assert status == 0 and "floor 1" in out


@pytest.mark.parametrize(
    ("noun", "field"), [("person", "id"), ("unit", "unit_id"), ("household", "household_id")]
)
def test_register_cards_are_masked_and_linked(ask, facts, noun, field):
    key = facts["resident"][field]
    status, out, _err = ask("card", noun, key, "--purpose", "fire drill", "--json")
    assert status == 0
    data = json.loads(out)
    assert data["building"]["id"] == facts["building"]
    assert facts["resident"]["id"] in [row["id"] for row in data["people"]]
    assert all(set(row["name"][1:]) == {"*"} for row in data["people"])
    assert facts["resident"]["name"] not in out
    status, out, _err = ask("card", noun, key, "--purpose", "fire drill")
    assert status == 0 and facts["building"] in out and facts["resident"]["name"] not in out


def test_a_person_without_a_purpose_is_one_sentence(ask, facts):
    status, out, err = ask("card", "person", facts["resident"]["id"])
    assert status != 0 and out == "" and "--purpose" in err


def test_people_of_grid_area_unit_and_household(ask, facts, town_folder, tmp_path):
    drawn = tmp_path / "area.geojson"
    drawn.write_text(shapely.to_geojson(facts["box"]), encoding="utf-8")
    own = facts["resident"]
    for option, value in (
        ("--grid", facts["grid"]),
        ("--polygon", str(drawn)),
        ("--unit", own["unit_id"]),
        ("--household", own["household_id"]),
    ):
        found: list[str] = []
        for offset in range(0, 3000, 200):
            asked = ("people", option, value, "--purpose", "fire drill", "--offset", str(offset))
            status, out, err = ask(*asked)
            assert status == 0, err
            found += out.split()
            if "--offset shows more" not in out:
                break
        assert own["id"] in found, option
    with districts.open_district(town_folder) as store:
        actions = {row["action"] for row in audit.last(store)}
    assert {f"people of {what}" for what in ("grid", "area", "unit", "household")} <= actions


def test_pages_of_people_say_where_they_are(ask, facts):
    status, out, _err = ask(
        "people", "--grid", facts["grid"], "--purpose", "visits", "--limit", "2", "--offset", "4"
    )
    assert status == 0
    assert len(out.splitlines()) == 3 and "people 5 to 6 of" in out
    status, _out, err = ask(
        "people", "--grid", facts["grid"], "--purpose", "visits", "--limit", "0"
    )
    assert status != 0 and "--limit" in err
