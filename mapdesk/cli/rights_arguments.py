"""Arguments of ``mapdesk retention`` and ``mapdesk purpose``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from mapdesk.cli.user_arguments import add_user_options
from mapdesk.model.retention import KEPT

Adder = Callable[[str, str], argparse.ArgumentParser]


def add_rights_to(add: Adder, place: Callable[[str], Path | str]) -> None:
    """Declare both, with what they can do.

    Parameters
    ----------
    add : callable
        Declares a command by name and help.
    place : callable
        Reads where a district lies.
    """
    retention = _tasks(add("retention", "how long things are kept: set, list, run"))
    rule = _task(retention, "set", "keep a kind of thing for so many days", place)
    rule.add_argument(
        "what",
        type=_what,
        metavar="WHAT",
        help=", ".join(what.replace(" ", "-") for what in KEPT),
    )
    rule.add_argument("days", type=_days, metavar="DAYS|forever")
    _task(retention, "list", "every rule", place)
    run = _task(retention, "run", "erase what is due, and report how much that was", place)
    run.add_argument("--dry-run", action="store_true", help="only count what is due")

    purpose = _tasks(add("purpose", "the list of usual purposes: list, add, remove"))
    _task(purpose, "list", "the usual purposes", place)
    for name, help_text in (("add", "add a purpose"), ("remove", "take a purpose off the list")):
        _task(purpose, name, help_text, place).add_argument("text", metavar="TEXT")


Tasks = Callable[[str, str], argparse.ArgumentParser]


def _tasks(command: argparse.ArgumentParser) -> Tasks:
    tasks = command.add_subparsers(dest="task", metavar="TASK", parser_class=type(command))
    tasks.required = True

    def task(name: str, help_text: str) -> argparse.ArgumentParser:
        return tasks.add_parser(name, help=help_text, description=help_text)

    return task


def _task(
    tasks: Tasks, name: str, help_text: str, place: Callable[[str], Path | str]
) -> argparse.ArgumentParser:
    made = tasks(name, help_text)
    made.add_argument("--json", action="store_true", help="print JSON")
    made.add_argument("district", type=place, metavar="DIR|URL")
    add_user_options(made)
    made.add_argument("--purpose", default="", help="why, for the record")
    return made


def _what(text: str) -> str:
    """Read one of `KEPT`, with hyphens for spaces."""
    what = text.replace("-", " ")
    if what not in KEPT:
        raise argparse.ArgumentTypeError(f"'{text}' is none of {', '.join(KEPT)}")
    return what


def _days(text: str) -> int | None:
    """Read a number of days, or "forever"."""
    if text == "forever":
        return None
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days, and not 'forever'")
    return int(text)
