"""Arguments of ``mapdesk register``: bring registers in, look them through, correct and undo."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapdesk.cli.grammar import Declare, Grammar

NOUNS = ("person", "household", "unit")
CORRECTED = (*NOUNS, "building", "grid", "organisation")
STATUSES = ("new", "changed", "moved", "gone", "doubtful", "same", "refused")


def pair(text: str) -> tuple[str, str]:
    """Read "column=field"; the part after the last "=" is the field."""
    column, equals, field = text.rpartition("=")
    if not (column and equals and field):
        raise argparse.ArgumentTypeError(f"'{text}' is no mapping; write column=field")
    return column, field


def assignment(text: str) -> tuple[str, str]:
    """Read "field=value"; an empty value empties the field."""
    field, equals, value = text.partition("=")
    if not (field and equals):
        raise argparse.ArgumentTypeError(f"'{text}' sets nothing; write field=value")
    return field, value


def statuses(text: str) -> list[str]:
    """Read "new,changed" or "all"."""
    return list(STATUSES[:4]) if text == "all" else [word for word in text.split(",") if word]


def add_register_to(grammar: Grammar) -> None:
    """Declare ``mapdesk register`` and its tasks."""
    task = grammar.tasks(
        "register", "bring registers of people in, correct them, undo what was done", purpose=True
    )
    _add_import(task)
    _add_correcting(task)


def _add_import(task: Declare) -> None:
    stage = task("stage", "read a register and keep its rows waiting; nothing is changed yet")
    _reads_file(stage)
    load = task("import", "read a register and accept rows of it at once")
    _reads_file(load)
    load.add_argument(
        "--accept",
        type=statuses,
        required=True,
        metavar="all|STATUS[,STATUS]",
        help="of new, changed, moved, gone; the others wait",
    )

    def of_batch(name: str, help_text: str) -> argparse.ArgumentParser:
        made = task(name, help_text)
        made.add_argument("batch", metavar="BATCH", help="what 'register batches' calls it")
        return made

    rows = of_batch("rows", "the waiting rows, each with what accepting it would do")
    rows.add_argument("--status", choices=STATUSES, metavar="STATUS", help=", ".join(STATUSES))
    rows.add_argument("--offset", type=int, default=0, metavar="N", help="rows left out first (0)")
    rows.add_argument("--limit", type=int, default=50, metavar="N", help="rows at most (50)")
    decide = of_batch("decide", "settle a doubtful row: its home is this unit, or none is known")
    decide.add_argument("line", type=int, metavar="LINE", help="line of the file")
    home = decide.add_mutually_exclusive_group(required=True)
    home.add_argument("--unit", metavar="ID")
    home.add_argument("--no-home", action="store_true", help="where they live is not known")
    accept = of_batch("accept", "write waiting rows to the register, as one batch")
    accept.add_argument(
        "--status",
        type=statuses,
        metavar="all|STATUS[,STATUS]",
        help="of new, changed, moved, gone",
    )
    accept.add_argument("--line", type=int, nargs="+", metavar="LINE", help="these lines besides")
    accept.add_argument("--but", type=int, nargs="+", default=[], metavar="LINE", help="not these")
    discard = of_batch("discard", "drop waiting rows; the register stays as it is")
    discard.add_argument("--line", type=int, nargs="+", metavar="LINE", help="only these lines")
    batches = task("batches", "registers that wait, and what was done, newest first")
    batches.add_argument("--count", type=int, default=50, metavar="N", help="batches at most (50)")
    of_batch("undo", "undo a batch whole; undoing the batch that did it does it again")


def _reads_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
    command.add_argument(
        "--map",
        type=pair,
        nargs="+",
        action="extend",
        default=[],
        metavar="column=field",
        help="all columns that are read; what was said last for such a header without",
    )
    command.add_argument("--sheet", metavar="NAME", help="of a workbook with several")
    command.add_argument(
        "--source", metavar="NAME", help="what the register is called from file to file"
    )
    command.add_argument(
        "--complete",
        action="store_true",
        help="the file is the whole register: who it no longer names is gone",
    )


def _add_correcting(task: Declare) -> None:
    change = task("set", "change fields of a person, household, unit, or of a place")
    change.add_argument("noun", choices=CORRECTED)
    change.add_argument("id", metavar="ID")
    change.add_argument("fields", type=assignment, nargs="+", metavar="field=value")
    add = task("add", "add a person, household or unit")
    add.add_argument("noun", choices=NOUNS)
    add.add_argument("fields", type=assignment, nargs="*", metavar="field=value")
    home = add.add_mutually_exclusive_group()
    home.add_argument("--household", metavar="ID", help="whom a person lives with")
    home.add_argument("--unit", metavar="ID", help="where a person or household lives")
    home.add_argument("--building", metavar="ID", help="that a unit, or a person's home, is in")
    remove = task("remove", "take a person, household or unit out of the register")
    remove.add_argument("noun", choices=NOUNS)
    remove.add_argument("id", metavar="ID")
    remove.add_argument("--all", action="store_true", help="and the households and people in it")
    move = task("move", "let a household live in another unit")
    move.add_argument("household", metavar="ID")
    move.add_argument("--to", required=True, metavar="UNIT", help="id of the unit")
    split = task("split", "make a new unit of a part of another, on the same floor")
    split.add_argument("unit", metavar="ID")
    split.add_argument("--room", required=True, metavar="ROOM", help="number of the new room")
    split.add_argument("--area", type=float, metavar="M2", help="that it takes from the old one")
    split.add_argument(
        "--household", nargs="+", default=[], metavar="ID", help="that live there from now on"
    )
    join = task("join", "make two units of one building one")
    join.add_argument("unit", metavar="ID", help="the unit that stays")
    join.add_argument("other", metavar="OTHER", help="the unit that goes")
    history = task("history", "who changed what of a person, household, unit or place, masked")
    history.add_argument("noun", choices=CORRECTED)
    history.add_argument("id", metavar="ID")
