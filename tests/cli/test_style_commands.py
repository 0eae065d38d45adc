"""``mapdesk style`` and pictures in a style: kept, shown, refused in one sentence, and on record."""

from __future__ import annotations

import json
from pathlib import Path

from PyQt6.QtGui import QImage

from mapdesk.layers.layer_style import LayerStyle
from mapdesk.services import districts
from mapdesk.store import audit
from tests.services.test_hostile_text import HOSTILE, contents


def looks(folder: Path) -> list[str]:
    with districts.open_district(folder) as store:
        return [row["action"] for row in audit.last(store, 10)]


def test_a_style_is_saved_listed_shown_written_and_deleted(run, town_folder, tmp_path):
    file = tmp_path / "wall.json"
    assert (
        run("style", "save", town_folder, "Old walls", "--by", "share 60+", "--drawing", "wall")[0]
        == 0
    )
    status, out, _err = run("style", "list", town_folder)
    assert status == 0
    assert "Old walls" in out
    assert "Walls" in out
    assert run("style", "show", town_folder, "Old walls", "--to", file)[0] == 0
    status, out, _err = run("style", "show", town_folder, "Old walls")
    assert json.loads(out) == json.loads(file.read_text())
    assert run("style", "save", town_folder, "Again", "--from", file, "--classes", 7)[0] == 0
    listed = json.loads(run("style", "list", town_folder, "--json")[1])
    assert [(one["name"], one["classes"], one["by"]) for one in listed] == [
        ("Again", 7, "share 60+"),
        ("Old walls", 5, "share 60+"),
    ]
    assert run("style", "delete", town_folder, "Old walls")[0] == 0
    status, _out, err = run("style", "show", town_folder, "Old walls")
    assert status == 1
    assert "Again" in err


def test_what_can_be_coloured_by_is_listed(run, town_folder):
    status, out, _err = run("style", "measures", town_folder, "building")
    assert status == 0
    assert "height" in out
    keys = {
        one["key"] for one in json.loads(run("style", "measures", town_folder, "grid", "--json")[1])
    }
    assert {"people", "density", "incidents by day", "population"} <= keys


def test_pictures_are_drawn_in_a_style(run, town_folder, tmp_path):
    plain, styled, saved = (tmp_path / f"{name}.png" for name in ("plain", "styled", "saved"))
    size = ("--size", "400x300", "--layers", "grid,building,land_use")
    file = tmp_path / "one.json"
    file.write_text(LayerStyle(by="buildings").as_text())
    assert run("shot", town_folder, plain, *size)[0] == 0
    assert run("shot", town_folder, styled, *size, "--style", file)[0] == 0
    assert run("style", "save", town_folder, "one", "--from", file)[0] == 0
    assert run("shot", town_folder, saved, *size, "--style", "one")[0] == 0
    pictures = [QImage(str(one)) for one in (plain, styled, saved)]
    assert pictures[0] != pictures[1]
    assert pictures[1] == pictures[2]


def test_a_picture_of_exact_counts_leaves_by_the_door_out(run, town_folder, tmp_path):
    run("style", "save", town_folder, "people")
    picture = tmp_path / "people.png"
    words = ("shot", town_folder, picture, "--style", "people", "--size", "300x200")
    status, _out, err = run(*words)
    assert status == 1
    assert "--purpose" in err
    assert not picture.exists()
    assert run(*words, "--purpose", "plan of a school")[0] == 0
    assert picture.exists()
    assert looks(town_folder)[:2] == ["take out by export", "make-up of area"]


def test_sheets_are_printed_in_a_style_and_exact_counts_leave_by_the_door_out(
    run, town_folder, tmp_path
):
    run("style", "save", town_folder, "people")
    run("style", "save", town_folder, "buildings", "--by", "buildings")
    sheet = tmp_path / "sheet.pdf"
    words = ("print", town_folder, sheet, "--scale", "20000", "--style")
    assert run(*words, "buildings")[0] == 0
    assert looks(town_folder)[0] == "print a map"
    sheet.unlink()
    assert run(*words, "people")[0] == 1
    assert not sheet.exists()
    assert run(*words, "people", "--purpose", "plan of a school")[0] == 0
    assert looks(town_folder)[0] == "take out by print"


def test_a_day_is_one_there_are_figures_for(run, town_folder, tmp_path):
    run("style", "save", town_folder, "days", "--by", "incidents by day")
    run("style", "save", town_folder, "heights", "--noun", "building", "--by", "height")
    size = ("--size", "300x200")
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    base = ("shot", town_folder, first, *size, "--style")
    for words, why in (
        ((*base, "days", "--time", "1999-01-01"), "none of 1999-01-01"),
        ((*base, "heights", "--time", "yesterday"), "no time"),
        (
            ("shot", town_folder, first, "--time", "2026-01-01", "--layers", "road"),
            "Nothing that is shown has a time",
        ),
        ((*base, "nights"), "nights"),
        ((*base, tmp_path / "none.json"), "no file"),
    ):
        status, _out, err = run(*words)
        assert status == 1, words
        assert why in err
        assert err.count("\n") == 1
    assert not first.exists()
    assert run(*base, "days", "--time", "2026-04-01")[0] == 0
    assert (
        run("shot", town_folder, second, *size, "--style", "days", "--time", "2026-04-02")[0] == 0
    )
    assert QImage(str(first)) != QImage(str(second))


def test_a_window_says_why_a_style_cannot_be_shown(run, town_folder, tmp_path):
    run("style", "save", town_folder, "people", "--noun", "building", "--by", "people")
    picture = tmp_path / "window.png"
    status, _out, err = run("shot", town_folder, picture, "--window", "--style", "people")
    assert status == 1
    assert "--purpose" in err
    assert not picture.exists()


def test_hostile_names_are_names(run, town_folder):
    with districts.open_district(town_folder) as store:
        store.secret()
        before = contents(store)
    for text in (one for one in HOSTILE if "\x00" not in one and "\ud800" not in one):
        run("style", "save", town_folder, f"--by={text}", "one")
        status, _out, err = run("style", "save", town_folder, "--", text)
        assert status in (0, 1, 2), err
        run("style", "show", town_folder, "--", text)
    with districts.open_district(town_folder) as store:
        after = contents(store)
    assert {name for name in after if after[name] != before[name]} <= {"map_item"}
