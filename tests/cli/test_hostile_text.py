"""SQL in every text of every command: one sentence or an empty answer, and no row changed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from mapdesk.cli.arguments import parser
from mapdesk.cli.main import main
from mapdesk.cli.terminal import NoTerminal
from mapdesk.services import districts
from mapdesk.store import saved_filters
from tests.services.test_hostile_text import HOSTILE, contents

TEXTS = [text for text in HOSTILE if "\x00" not in text and "\ud800" not in text]
"""What a shell can hand over."""

BASE: dict[str, list[str]] = {
    "new": ["{new}", "--name={name}", "--crs={crs}"],
    "import": ["{district}", "{file}", "--as={kind}"],
    "info": ["{district}"],
    "select": ["{district}", "{kinds}", "--circle=118.1,24.6,100"],
    "nearest": ["{district}", "{kind}", "--to=118.1,24.6"],
    "find": ["{district}", "{text}"],
    "where": ["{district}", "{text}"],
    "bookmark list": ["{district}"],
    "bookmark keep": ["{district}", "{name}", "--at=118.1,24.6"],
    "bookmark rename": ["{district}", "{name}", "{text}"],
    "bookmark delete": ["{district}", "{name}"],
    "tour list": ["{district}"],
    "tour make": ["{district}", "{name}", "--views={text}"],
    "tour rename": ["{district}", "{name}", "{text}"],
    "tour delete": ["{district}", "{name}"],
    "measure": ["{district}", "{text}", "118.1,24.6"],
    "sight": ["{district}", "{text}", "118.1,24.6"],
    "section": ["{district}", "{text}", "118.1,24.6"],
    "landmark add": ["{district}", "{file}"],
    "landmark list": ["{district}"],
    "landmark set": ["{district}", "{name}"],
    "landmark remove": ["{district}", "{name}"],
    "people": ["{district}", "--building={building}", "--purpose=hostile text"],
    "home": ["{district}", "--person={person}", "--purpose=hostile text"],
    "filter": ["{district}", "--noun=building"],
    "card": ["{district}", "building", "{id}", "--purpose=hostile text"],
    "makeup": ["{district}", "--purpose=hostile text"],
    "backup": ["{district}", "{new}"],
    "copy": ["{district}", "{new}"],
    "user add": ["{district}", "{name}", "--role=analyst"],
    "user change": ["{district}", "{name}"],
    "user remove": ["{district}", "{name}"],
    "user list": ["{district}"],
    "user password": ["{district}", "{name}"],
    "user totp": ["{district}", "{name}", "--off"],
    "sign-in": ["{district}"],
    "audit list": ["{district}"],
    "audit search": ["{district}"],
    "audit verify": ["{district}"],
    "audit anchor": ["{district}", "{new}"],
    "style list": ["{district}"],
    "style show": ["{district}", "{name}"],
    "style measures": ["{district}", "grid"],
    "style delete": ["{district}", "{name}"],
    "panorama import": ["{district}", "{new}"],
    "panorama list": ["{district}"],
    "panorama undo": ["{district}"],
    "raster list": ["{district}"],
    "raster add": ["{district}", "{source}"],
    "raster set": ["{district}", "{name}"],
    "raster remove": ["{district}", "{name}"],
    "terrain show": ["{district}"],
    "terrain add": ["{district}", "{file}"],
    "terrain remove": ["{district}"],
}
"""Commands with what they need; a text is put in the place of its name, or added."""

WITHOUT = {
    "demo": "builds a district",
    "open": "opens a window",
    "shot": "draws a picture",
    "tour record": "draws a video",
    "style save": "writes a style: tests/cli/test_style_commands.py",
    **dict.fromkeys(
        ("book", "print", "export", "outgoing approve", "outgoing list", "outgoing refuse"),
        "what leaves the desk: tests/cli/test_outgoing_commands.py",
    ),
    **dict.fromkeys(
        (
            *("purpose add", "purpose list", "purpose remove"),
            *("retention list", "retention run", "retention set"),
        ),
        "tests/cli/test_rights_commands.py",
    ),
    "panorama look": "draws a picture",
    **{
        f"register {task}": "tests/cli/test_register_commands.py"
        for task in (
            *("accept", "add", "batches", "decide", "discard", "history", "import", "join", "move"),
            *("remove", "rows", "set", "split", "stage", "undo"),
        )
    },
}
"""Commands that are not called here; their texts reach no statement but by the calls of others."""


def texts(top: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Give (command, name) of every argument that is free text."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from texts(below, (*words, name))
        elif action.nargs != 0 and action.choices is None and is_text(action):
            yield " ".join(words), action.dest


def is_text(action: argparse.Action) -> bool:
    """Say whether an argument is taken as it is typed, or split at commas."""
    return action.type is None or getattr(action.type, "__name__", "") in ("words", "areas")


def test_every_command_with_a_text_is_called_here():
    assert {command for command, _name in texts(parser())} - set(BASE) == set(WITHOUT)


@pytest.mark.parametrize("place", ["town_folder", pytest.param("town_url", marks=pytest.mark.soak)])
def test_hostile_text_in_a_command_changes_nothing(
    place: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    district = request.getfixturevalue(place)
    with districts.open_district(district) as store:
        store.secret()
        before = contents(store)
    file = tmp_path / "one.csv"
    file.write_text("id,name\nb1,One\n")
    hostile, saved, wrong = cycle(TEXTS[:4]), "", []
    for number, (command, name) in enumerate(texts(parser())):
        if command in WITHOUT:
            continue
        text = next(hostile)
        saved = text if name == "save" else saved
        given = {"district": str(district), "new": str(tmp_path / f"new{number}")}
        given |= {"file": str(file), "kind": "road", "kinds": "building", "text": "x"}
        given |= {"name": "nobody", "crs": "EPSG:32650", "building": "x", "person": "x", "id": "x"}
        given |= {"source": "x.tif"}
        slots = " ".join(BASE[command])
        extra = [] if f"{{{name}}}" in slots else [f"--{name.replace('_', '-')}={text}"]
        words = [word.format(**given | {name: text}) for word in BASE[command]]
        try:
            status = main([*command.split(), *words, *extra], NoTerminal())
        except SystemExit as left:
            status = left.code
        said = capsys.readouterr()
        if status not in (0, 1, 2) or "Traceback" in said.err or "erred" in said.err:
            wrong.append(f"{command} {name} {text[:30]!r}: {status} {said.err[-300:]}")
    assert not wrong
    with districts.open_district(district) as store:
        after = contents(store)
        assert [one.name for one in saved_filters.saved(store)] == [saved]
    assert {name for name in after if after[name] != before[name]} == {
        "map_item",  # a bookmark
        "saved_filter",
    }
