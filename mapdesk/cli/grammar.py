"""How commands are declared: the parser, the kinds of values, and what many commands share."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.spans import Span, span_of
from mapdesk.services.catalogue import LANGUAGES

SERVERS = ("postgresql:", "postgres:")
"""How the URL of a shared district begins."""
Declare = Callable[[str, str], argparse.ArgumentParser]
"""Declares a command, or a task of one, by name and help."""


class HelpInLanguage(argparse.HelpFormatter):
    """Says what options are for in the language in force."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Add how a command is written."""
        super().add_usage(usage, actions, groups, tr("usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """Begin the arguments of a kind."""
        super().start_section(tr(heading) if heading else heading)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return tr(action.help) if action.help and action.help != argparse.SUPPRESS else action.help

    def add_text(self, text: str | None) -> None:
        """Add a description."""
        super().add_text(tr(text) if text else text)


class ListsInLanguage(HelpInLanguage, argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of a description and an epilogue as they are."""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one sentence, as every error of the command line is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"formatter_class": HelpInLanguage, **kwargs})
        # argparse takes "-74.01,40.7" for an option unless it looks like a negative number to it.
        self._negative_number_matcher = re.compile(r"^-(\d|\.\d)[-\d.,eE+]*$")

    def error(self, message: str) -> NoReturn:
        """Raise InputError instead of printing usage."""
        raise InputError(f"{self.prog}: {message}; '{self.prog} --help' shows how.")


def lonlat(text: str) -> tuple[float, float]:
    """Read "LON,LAT" in degrees."""
    lon, lat = _numbers(text, 2, "LON,LAT in degrees, such as 24.94,60.17")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no longitude, latitude in degrees (longitude first)"
        )
    return lon, lat


def circle(text: str) -> tuple[float, float, float]:
    """Read "LON,LAT,METRES"."""
    lon, lat, metres = _numbers(text, 3, "LON,LAT,METRES, such as 24.94,60.17,300")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no longitude, latitude in degrees (longitude first)"
        )
    return lon, lat, metres


def number(text: str) -> float:
    """Read a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number")
    return value


def size(text: str) -> tuple[int, int]:
    """Read "WxH" in pixels."""
    found = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if found is None or max(int(found[1]), int(found[2])) > 16384:
        raise argparse.ArgumentTypeError(f"'{text}' is no size; write WxH in pixels, as 1600x1000")
    return int(found[1]), int(found[2])


def day(text: str) -> date:
    """Read "YYYY-MM-DD"."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day; write YYYY-MM-DD") from None


def span(text: str) -> Span:
    """Read a span of time."""
    try:
        return span_of(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def pair(text: str) -> tuple[str, str]:
    """Read "target=source"."""
    target, equals, source = text.partition("=")
    if not (target and equals and source):
        raise argparse.ArgumentTypeError(f"'{text}' is no field; write target=source")
    return target, source


def place(text: str) -> Path | str:
    """Read where a district lies: a folder, or the URL of a database."""
    return text if text.startswith(SERVERS) else Path(text)


def words(text: str) -> list[str]:
    """Read "a,b,c"."""
    found = [word for word in text.split(",") if word]
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' names nothing")
    return found


def _numbers(text: str, count: int, form: str) -> list[float]:
    try:
        values = [number(part) for part in text.split(",")]
    except argparse.ArgumentTypeError:
        values = []
    if len(values) != count:
        raise argparse.ArgumentTypeError(f"'{text}' should be {form}")
    return values


class Grammar:
    """Commands being declared, each with ``--json``.

    Parameters
    ----------
    top : Parser
        What they are declared on.
    """

    def __init__(self, top: Parser) -> None:
        self._commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
        self._commands.required = True

    def command(self, name: str, help_text: str) -> argparse.ArgumentParser:
        """Declare a command that opens no district."""
        return _declare(self._commands, name, help_text)

    def on_district(self, name: str, help_text: str) -> argparse.ArgumentParser:
        """Declare a command on a district, run for one of its users."""
        return _with_district(self.command(name, help_text))

    def on_people(self, name: str, help_text: str) -> argparse.ArgumentParser:
        """Declare a command that needs a purpose where it answers with people."""
        made = _with_purpose(self.on_district(name, help_text))
        made.add_argument(
            "--break-glass",
            metavar="REASON",
            help="in an emergency: look beyond your areas, on a loud record; for this command, on a "
            "server for half an hour",
        )
        return made

    def tasks(self, name: str, help_text: str, *, purpose: bool = False) -> Declare:
        """Declare a command of several tasks on a district; return what declares each.

        Parameters
        ----------
        purpose : bool
            Whether each task takes ``--purpose``.
        """
        command = self.command(name, help_text)
        tasks = command.add_subparsers(dest="task", metavar="TASK", parser_class=Parser)
        tasks.required = True

        def task(name: str, help_text: str) -> argparse.ArgumentParser:
            made = _with_district(_declare(tasks, name, help_text))
            return _with_purpose(made) if purpose else made

        return task


def _declare(
    commands: argparse._SubParsersAction[Parser],
    name: str,
    help_text: str,
) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=help_text, description=help_text)
    made.add_argument("--json", action="store_true", help="print JSON")
    made.add_argument(
        "--language", choices=LANGUAGES, help="what it speaks; the system's language without"
    )
    return made


def _with_district(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument(
        "district",
        type=place,
        metavar="DIR|URL",
        help="its folder, or postgresql://user@host/database",
    )
    add_user_options(command)
    return command


def _with_purpose(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--purpose", default="", help="why you ask, for the record")
    return command


def add_user_options(command: argparse.ArgumentParser) -> None:
    """Let a command say who runs it; the password is asked for, or read where it is kept."""
    command.add_argument(
        "--user", default="", metavar="NAME", help="who you are, where the district has users"
    )
    command.add_argument(
        "--code", default="", metavar="DIGITS", help="what your authenticator shows, if you use one"
    )


def add_conditions(command: argparse.ArgumentParser) -> None:
    """Let a command take the conditions of a filter."""
    for name, said in (
        ("where", "must hold"),
        ("any", "one of those given so must hold"),
        ("none", "must not hold"),
    ):
        command.add_argument(
            f"--{name}", action="append", default=[], metavar="CONDITION", help=said
        )


def add_request_to(command: argparse.ArgumentParser) -> None:
    """Let a command ask a second person where more than a hundred people would leave."""
    command.add_argument(
        "--request",
        action="store_true",
        help="where it takes a second person's approval, ask for it",
    )
