"""``mapdesk makeup``: text with a pyramid, JSON with every count, and a sentence for each refusal."""

import json
from dataclasses import replace

import pytest

from mapdesk.cli.columns import padded
from mapdesk.cli.makeup_commands import makeup_text
from mapdesk.model.makeup import HIDDEN
from mapdesk.services import districts
from mapdesk.store import places
from tests.panels.test_makeup_panel import made_up
from tests.store.test_store import places_of_people


@pytest.fixture
def building(town_folder):
    with districts.open_district(town_folder) as store:
        return places.row(store, "building", places_of_people(store).most_common(1)[0][0])


def test_json_adds_up(run, town_folder, building):
    status, out, _err = run(
        "makeup",
        town_folder,
        "--grid",
        building["grid_id"],
        "--compare",
        "all",
        "--purpose",
        "plan",
        "--json",
    )
    found = json.loads(out)
    assert status == 0
    assert found["compare"]["people"] == 3000
    area = found["area"]
    assert sum(sum(band.values()) for band in area["pyramid"].values()) == area["people"] > 0
    assert sum(area["educations"].values()) == area["people"]
    assert sum(area["household_sizes"].values()) == area["households"]


def test_a_building_as_text(run, town_folder, building):
    status, out, _err = run(
        "makeup", town_folder, "--building", building["id"], "--purpose", "plan"
    )
    assert status == 0
    assert "people" in out.splitlines()[0]
    assert "█" in out and "35–39" in out and "Units by use" in out


def test_a_polygon(run, town_folder, building, tmp_path):
    with districts.open_district(town_folder) as store:
        west, south, east, north = building["geometry"].bounds
        lon, lat = store.district.to_lonlat([west, east, east, west], [south, south, north, north])
    corners = [[float(x), float(y)] for x, y in zip(lon, lat, strict=True)]
    file = tmp_path / "area.geojson"
    file.write_text(json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]}))
    status, out, _err = run("makeup", town_folder, "--polygon", file, "--purpose", "plan", "--json")
    found = json.loads(out)["area"]
    assert status == 0 and found["area"] is None
    assert found["buildings"] >= 1 and found["people"] > 0


def test_without_a_purpose_it_is_refused(run, town_folder):
    status, out, err = run("makeup", town_folder)
    assert (status, out) == (1, "")
    assert "what you need people for" in err


def test_hidden_counts_are_never_nought():
    pyramid = made_up().pyramid.copy()
    pyramid[7, 1] = HIDDEN
    text = makeup_text(
        made_up(pyramid=pyramid, exact=False, unit_uses={"own": None, "let": 12}), None
    )
    line = next(line for line in text.splitlines() if "35–39" in line)
    assert "▒▒" in line and line.endswith("hidden")
    assert "fewer than 10" in text


def test_lines_of_the_pyramid_stand_below_each_other():
    lines = [
        line
        for line in makeup_text(made_up(), replace(made_up(2), title="二号")).splitlines()
        if "–" in line and "%" in line
    ]
    assert len({len(line) for line in lines[:19]}) == 1


def test_padding_counts_columns():
    assert padded("户籍", 6) == "户籍  "
    assert padded("let", 6) == "let   "


def test_every_grid_is_a_line(run, town_folder):
    words = ("makeup", town_folder, "--every-grid", "--purpose", "plan")
    status, out, _err = run(*words)
    assert status == 0
    assert "80+" in out.splitlines()[0]
    rows = json.loads(run(*words, "--json")[1])
    assert len(out.splitlines()) == len(rows) + 1
    assert f"{rows[0]['people']:,}" in out.splitlines()[1]
