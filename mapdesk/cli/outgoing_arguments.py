"""What may be typed of everything that leaves the desk: ``export``, ``outgoing`` and ``book``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from mapdesk.cli.user_arguments import add_user_options

Adder = Callable[[str, str], argparse.ArgumentParser]


def add_outgoing_to(add: Adder, on_district: Adder, place: Callable[[str], Path | str]) -> None:
    """Declare the commands.

    Parameters
    ----------
    add, on_district : callable
        Declare a command by name and help, the second with a district and who runs it.
    place : callable
        Reads where a district lies.
    """
    _add_export(on_district)
    _add_book(on_district)
    outgoing = add("outgoing", "what waits for a second person before it leaves the desk")
    tasks = outgoing.add_subparsers(dest="task", metavar="TASK", parser_class=type(outgoing))
    tasks.required = True
    for name, help_text in (
        ("list", "what waits for your word, and what you asked for"),
        ("approve", "let another user take it out, once within 24 hours"),
        ("refuse", "do not let another user take it out"),
    ):
        task = tasks.add_parser(name, help=help_text, description=help_text)
        task.add_argument("--json", action="store_true", help="print JSON")
        task.add_argument("district", type=place, metavar="DIR|URL")
        add_user_options(task)
        if name != "list":
            task.add_argument("request", metavar="ID", help="as 'outgoing list' shows it")


def _add_export(on_district: Adder) -> None:
    command = on_district(
        "export", "take a result out: XLSX, CSV, GeoPackage or GeoParquet, masked and watermarked"
    )
    command.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help=".xlsx, .csv, .gpkg or .parquet"
    )
    command.add_argument("--purpose", default="", help="why people's data is needed")
    command.add_argument("--noun", metavar="NOUN", help="person, household, unit, camera ...")
    command.add_argument("--filter", dest="use", metavar="NAME", help="a saved filter's answer")
    for name, said in (
        ("where", "must hold"),
        ("any", "one of those given so must hold"),
        ("none", "must not hold"),
    ):
        command.add_argument(
            f"--{name}", action="append", default=[], metavar="CONDITION", help=said
        )
    command.add_argument(
        "--selection", type=Path, metavar="FILE.geojson", help="what lies inside its polygons"
    )
    what = command.add_mutually_exclusive_group()
    what.add_argument("--search", metavar="TEXT", help="what a search finds")
    what.add_argument("--building", metavar="ID", help="the people of a building")
    what.add_argument("--makeup", metavar="GRID|all", help="the make-up of a grid, in counts")
    what.add_argument("--changes", metavar="BATCH", help="rows of a register that wait")
    command.add_argument(
        "--unmask", default="", metavar="REASON", help="names in full: say why; on record"
    )
    add_request_to(command)


def _add_book(on_district: Adder) -> None:
    command = on_district("book", "one map, one table, one book: the sheet of a grid as PDF")
    command.add_argument("--grid", required=True, metavar="ID", help="of any level")
    command.add_argument("--to", type=Path, required=True, metavar="FILE.pdf")
    command.add_argument("--size", choices=("A4", "A3"), default="A4", help="paper (A4)")
    command.add_argument("--doors", action="store_true", help="with its doors and masked names")
    command.add_argument("--purpose", default="", help="why people's data is needed")
    command.add_argument("--language", default="en", choices=("en", "zh_CN"), help="of the sheet")
    add_request_to(command)


def add_request_to(command: argparse.ArgumentParser) -> None:
    """Let a command ask a second person where more than a hundred people would leave."""
    command.add_argument(
        "--request",
        action="store_true",
        help="where it takes a second person's approval, ask for it",
    )
