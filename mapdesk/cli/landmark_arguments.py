"""The command on landmarks, declared."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from mapdesk.cli.grammar import Grammar, lonlat, number


def add_landmarks_to(grammar: Grammar) -> None:
    """Declare landmark."""
    task = grammar.tasks("landmark", "models with their real shape, put on the map")
    add = task("add", "bring a model in: CityJSON, glTF or OBJ")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument(
        "--at", type=lonlat, metavar="LON,LAT", help="its middle; a city model may say it itself"
    )
    add.add_argument(
        "--up", choices=("y", "z"), default="y", help="what points up in an OBJ file (y)"
    )
    add.add_argument("--credit", default="", metavar="TEXT", help="who is named on the map")
    _add_numbers(add)
    task("list", "the landmarks there are")
    change = task("set", "stand a landmark elsewhere, or otherwise")
    change.add_argument("landmark", metavar="ID", help="or its name")
    change.add_argument("--at", type=lonlat, metavar="LON,LAT", help="its middle")
    _add_numbers(change)
    task("remove", "take a landmark out, its model too").add_argument(
        "landmark", metavar="ID", help="or its name"
    )


def _add_numbers(command: ArgumentParser) -> None:
    command.add_argument("--name", metavar="NAME", help="what it is called on the map")
    command.add_argument("--heading", type=number, metavar="D", help="degrees clockwise (0)")
    command.add_argument(
        "--scale", type=number, metavar="S", help="metres a unit of the file is (1)"
    )
    command.add_argument("--base", type=number, metavar="M", help="metres above the ground (0)")
