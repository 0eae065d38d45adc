"""``mapdesk terrain`` as typed, and the commands that tell the ground's height."""

import json

import pytest

from mapdesk.cli.main import main
from mapdesk.services import districts, terrain
from tests.services.test_terrain import dem_of


@pytest.fixture
def dem(town_folder, tmp_path):
    with districts.open_district(town_folder) as store:
        return dem_of(store, tmp_path / "hills.tif")


def run(capsys, *words):
    status = main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_terrain_is_added_shown_used_and_removed(town_folder, dem, capsys):
    assert "no terrain yet" in run(capsys, "terrain", "show", town_folder)[1]
    assert "Height" not in run(capsys, "where", town_folder, "middle")[1]
    add = ("terrain", "add", town_folder, dem, "--attribution", "City survey")
    status, said, _ = run(capsys, *add, "--name", "Hills")
    assert status == 0 and "Hills" in said and "City survey" in said and "hills.tif" in said
    status, said, _ = run(capsys, "terrain", "show", town_folder, "--json")
    found = json.loads(said)
    assert (found["title"], found["source"]) == ("Hills", "hills.tif")
    with districts.open_district(town_folder) as store:
        x, y = store.district.origin
        ground = terrain.ground_height(terrain.terrain_of(store), x, y)
        lon, lat = store.district.to_lonlat(x, y)
    status, said, _ = run(capsys, "where", town_folder, f"{lon},{lat}", "--json")
    assert json.loads(said)["height"] == pytest.approx(ground, abs=0.01)
    assert f"{ground:.1f} m" in run(capsys, "where", town_folder, f"{lon},{lat}")[1]
    # What is copied, height and all, is a place again.
    assert run(capsys, "where", town_folder, f"{lon},{lat}, 12.4 m")[0] == 0
    assert run(capsys, "terrain", "remove", town_folder)[0] == 0
    status, _, error = run(capsys, "terrain", "remove", town_folder)
    assert status == 1 and error.count("\n") == 1 and "has no terrain" in error


def test_what_cannot_be_added_is_one_sentence(town_folder, tmp_path, capsys):
    status, _, error = run(capsys, "terrain", "add", town_folder, tmp_path / "no.tif")
    assert status == 1 and "There is no file" in error and error.count("\n") == 1


def test_a_picture_stands_on_the_terrain_where_that_is_asked_for(
    town_folder, dem, tmp_path, capsys
):
    def shot(name, *how):
        size = ("--size", "240x160", "--no-names", "--pitch", "25")
        status, _, error = run(capsys, "shot", town_folder, tmp_path / name, *size, *how)
        return status, error

    status, error = shot("none.png", "--terrain", "on")
    assert status == 1 and error.count("\n") == 1 and "no terrain yet" in error
    assert run(capsys, "terrain", "add", town_folder, dem)[0] == 0
    assert shot("flat.png")[0] == 0
    assert shot("hills.png", "--terrain", "on")[0] == 0
    assert shot("steep.png", "--terrain", "2x", "--basemap", "vector")[0] == 0
    pictures = [(tmp_path / f"{name}.png").read_bytes() for name in ("flat", "hills", "steep")]
    assert len(set(pictures)) == 3
