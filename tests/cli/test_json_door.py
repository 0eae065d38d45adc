"""Whatever a command prints of people, as JSON or into a file, leaves by the one door out."""

import argparse
import json

import pytest
import sqlalchemy as sa

from mapdesk.cli.arguments import parser
from mapdesk.cli.main import main
from mapdesk.cli.terminal import NoTerminal
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, districts, register_import
from mapdesk.store import audit
from mapdesk.store.schema import RESIDENT
from tests.cli.terminals import Screen

WHY = ("--purpose", "a test of doors")

PEOPLE = {
    "card": ("person", "PERSON"),
    "filter": ("--noun", "person", "--where", "age>=90"),
    "filter --doors": ("--noun", "person", "--where", "age>=90"),
    "find": ("NAME",),
    "home": ("--person", "PERSON"),
    "home --unmask": ("--person", "PERSON", "--unmask", "somebody called"),
    "people": ("--household", "HOUSEHOLD"),
    "register history": ("person", "PERSON"),
    "register rows": ("BATCH",),
}
"""Commands that answer with people, and a call of each."""

NOBODY = {
    **dict.fromkeys(("copy", "encrypt", "backup", "restore"), "a whole district, by its own right"),
    **dict.fromkeys(("demo", "new", "import", "open", "doctor", "shot"), "places, or nothing"),
    **dict.fromkeys(("info", "makeup"), "counts"),
    **dict.fromkeys(("select", "nearest"), "what is on the map; of people how many"),
    **dict.fromkeys(
        ("export", "book", "print"), "a file, by the door; printed is what was written"
    ),
    **dict.fromkeys(("user", "sign-in", "passphrase", "purpose", "retention"), "the desk itself"),
    "audit": "the record, by the auditor's door",
    **dict.fromkeys(("landmark", "panorama", "raster", "terrain"), "models and pictures of places"),
    **dict.fromkeys(("bookmark", "tour", "style"), "how the map is looked at"),
    **dict.fromkeys(("where", "measure", "sight", "section"), "coordinates, lengths and heights"),
    "outgoing": "who asked for what, and how many people are in it",
    **dict.fromkeys(
        (f"register {task}" for task in ("stage", "import", "decide", "accept", "discard")),
        "ids of batches, lines and counts",
    ),
    **dict.fromkeys(
        (
            f"register {task}"
            for task in ("add", "remove", "batches", "undo", "set", "move", "split", "join")
        ),
        "ids of batches and counts",
    ),
}
"""Commands that answer with nobody, and with what instead."""


def declared(commands, before=""):
    """Return the names of all commands that take --json, tasks of `register` apart."""
    names = set()
    for action in commands._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                below = declared(command, f"{before}{name} ") if name == "register" else set()
                takes = any("--json" in one.option_strings for one in command._actions)
                names |= below or ({before + name} if takes or name in NOBODY else set())
    return names


def test_every_command_that_takes_json_is_known_here():
    known = {name.partition(" --")[0] for name in PEOPLE} | set(NOBODY)
    assert declared(parser()) == known


@pytest.fixture
def facts(town_folder, tmp_path, progress):
    """Somebody whose row was corrected, and a register of one that waits."""
    with districts.open_district(town_folder) as store:
        query = sa.select(RESIDENT).where(RESIDENT.c.household_id.is_not(None))
        with store.connect() as connection:
            row = connection.execute(query.order_by(RESIDENT.c.id).limit(1)).mappings().one()
        access = store.identity.having("a test of doors")
        seen = {"education": row["education"]}
        ref = Ref("person", row["id"])
        correcting.correct(store, access, ref, seen, {"education": "postgraduate"})
        path = tmp_path / "may.csv"
        path.write_text("姓名,电话\n新来的,13800002222\n", encoding="utf-8")
        staged = register_import.stage_register(store, access, path, progress=progress)
    return {
        "PERSON": row["id"],
        "NAME": row["name"],
        "HOUSEHOLD": row["household_id"],
        "BATCH": staged.batch_id,
    }


@pytest.fixture
def ask(town_folder, facts, capsys):
    """Run a command that answers with people: (status, printed, complained, exports on record)."""

    def run(name, *more, terminal=None):
        with districts.open_district(town_folder) as store:
            before = len(audit.search(store, kind="export"))
        words = [facts.get(word, word) for word in PEOPLE[name]]
        command, _space, option = name.partition(" --")
        extra = ["--doors"] if option == "doors" else []
        main(
            [*command.split(), str(town_folder), *words, *extra, *WHY, *more],
            terminal or NoTerminal(),
        )
        said = capsys.readouterr()
        with districts.open_district(town_folder) as store:
            left = audit.search(store, kind="export")
        return said.out, said.err, [row["action"] for row in left[: len(left) - before]]

    return run


@pytest.mark.parametrize("name", PEOPLE)
def test_people_leave_by_the_door_and_are_counted(ask, name):
    out, err, left = ask(name, "--json")
    assert (json.loads(out) != [], err, left) == (True, "", ["take out by json"])
    out, err, left = ask(name)
    assert (out != "", err, left) == (True, "", ["take out by export"]), "a pipe or a file"
    out, err, left = ask(name, terminal=Screen())
    assert (out != "", err, left) == (True, "", []), "a look"


def test_what_leaves_of_a_waiting_register_is_masked(ask):
    shown = ask("register rows", terminal=Screen())[0]
    assert "新来的" in shown
    for words in (("--json",), ()):
        out = ask("register rows", *words)[0]
        assert "新" in out
        assert "新来的" not in out and "13800002222" not in out


def test_a_terminal_shows_a_page(town_folder, capsys):
    for command in (
        ("filter", "--noun", "person", "--limit", "201"),
        ("people", "--grid", "x", "--limit", "201"),
        ("register rows", "x", "--limit", "201"),
    ):
        name, *words = command
        assert main([*name.split(), str(town_folder), *words, *WHY], Screen()) == 1
        assert "mapdesk export" in capsys.readouterr().err
    words = ["filter", str(town_folder), "--noun", "person", *WHY]
    pages = []
    for offset in ("0", "200"):
        assert main([*words, "--limit", "200", "--offset", offset], Screen()) == 0
        pages.append(set(capsys.readouterr().out.splitlines()[3:]))
    assert len(pages[0]) > 100 and pages[0] != pages[1]
    assert main([*words, "--doors"], Screen()) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 203
    assert "doors 1 to 200 of" in out
    assert main([*words, "--limit", "3000"], NoTerminal()) == 1
    said = capsys.readouterr()
    assert (said.out, "second person" in said.err) == ("", True)
