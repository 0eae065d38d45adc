"""Commands on places: where, measure, sight, section, shot --at."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PyQt6.QtGui import QImage

from mapdesk.cli.main import main
from mapdesk.services import bookmarks, districts
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
    files = ["--csv", tmp_path / "s.csv", "--picture", tmp_path / "s.png"]
    cut = answer(capsys, "section", town_folder, *corners, *files)
    picture = QImage(str(tmp_path / "s.png"))
    assert picture.width() > 2000
    rows = range(0, picture.height(), 5)
    assert len({picture.pixel(x, y) for x in range(0, 2000, 3) for y in rows}) > 2
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


def test_a_picture_is_taken_from_a_bookmark(town_folder, corners, capsys, tmp_path):
    at = ["--at", corners[0], "--distance=700", "--theme=dark", "--basemap=vector"]
    answer(capsys, "bookmark", "keep", town_folder, "Corner", *at)
    sizes = "--size=320x240"
    for name, how in (
        ("kept", ["--bookmark", "Corner"]),
        ("typed", [*at, "--pitch=48"]),
        ("other", ["--at", corners[1]]),
    ):
        answer(capsys, "shot", town_folder, tmp_path / f"{name}.png", sizes, *how)
    kept, typed, other = (
        (tmp_path / f"{name}.png").read_bytes() for name in ("kept", "typed", "other")
    )
    assert kept == typed != other
    assert main(["shot", str(town_folder), str(tmp_path / "x.png"), "--bookmark=None"]) == 1
    assert "Corner" in capsys.readouterr().err


def test_a_picture_is_of_the_times_and_in_the_style_of_a_bookmark(
    town_folder, corners, capsys, tmp_path
):
    answer(capsys, "bookmark", "keep", town_folder, "Then", "--at", corners[0], "--distance=700")
    style = {"noun": "building", "kind": "graduated", "by": "height"}
    times = {"span": "2020", "before": "1990", "line": 0.4, "wanted": True}
    file = tmp_path / "tall.json"
    file.write_text(json.dumps(style))

    def keep(**more):
        with districts.open_district(town_folder) as store:
            bookmarks.keep(store, replace(bookmarks.bookmark(store, "Then"), more=more))

    def picture(name, *how):
        path = tmp_path / f"{name}.png"
        answer(capsys, "shot", town_folder, path, "--size=320x240", "--bookmark=Then", *how)
        return path.read_bytes()

    plain = picture("plain")
    typed = picture("typed", "--time=2020", "--before=1990", "--divider=0.4", "--style", str(file))
    keep(time=times, style={"style": style, "title": "tall.json"})
    assert picture("kept") == typed != plain
    for broken in ({"time": {"span": 7}}, {"style": {"style": {"noun": "moon"}}}, {"style": 3}):
        keep(**broken)
        assert main(["shot", str(town_folder), str(tmp_path / "x.png"), "--bookmark=Then"]) == 1
        said = capsys.readouterr().err.strip()
        assert said.endswith(".") and "\n" not in said


def test_tours_are_made_listed_and_recorded(town_folder, corners, capsys, tmp_path):
    for name, at in zip("AB", corners, strict=True):
        answer(capsys, "bookmark", "keep", town_folder, name, "--at", at)
    made = answer(
        capsys, "tour", "make", town_folder, "Round", "--views=A,B", "--fly=0.3", "--stay=0.1"
    )
    assert [stop["view"]["name"] for stop in made[0]["stops"]] == ["A", "B"]
    other = answer(capsys, "tour", "rename", town_folder, "Round", "Ring")
    assert [one["name"] for one in other] == ["Ring"] and other[0]["stops"] == made[0]["stops"]
    answer(capsys, "tour", "rename", town_folder, "Ring", "Round")
    answer(capsys, "tour", "make", town_folder, "Back", "--views=B,A")
    assert len(answer(capsys, "tour", "delete", town_folder, "Back")) == 1
    film = tmp_path / "round.mp4"
    told = answer(
        capsys, "tour", "record", town_folder, "Round", film, "--size=320x240", "--fps=10"
    )
    assert told["pictures"] == 5
    assert film.stat().st_size > 1000
    assert main(["tour", "record", str(town_folder), "Round", str(tmp_path / "a.avi")]) == 1
    assert main(["tour", "record", str(town_folder), "None", str(film)]) == 1
    assert main(["tour", "make", str(town_folder), "One", "--views=A"]) == 1
