"""Arguments of ``mapdesk audit``, ``mapdesk retention`` and ``mapdesk purpose``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapdesk.cli.grammar import Grammar, day
from mapdesk.model.looks import KINDS
from mapdesk.model.retention import KEPT


def add_rights_to(grammar: Grammar) -> None:
    """Declare them, with what they can do."""
    _add_audit(grammar)
    task = grammar.tasks("retention", "how long things are kept: set, list, run", purpose=True)
    rule = task("set", "keep a kind of thing for so many days")
    rule.add_argument(
        "what",
        type=_what,
        metavar="WHAT",
        help=", ".join(what.replace(" ", "-") for what in KEPT),
    )
    rule.add_argument("days", type=_days, metavar="DAYS|forever")
    task("list", "every rule")
    run = task("run", "erase what is due, and report how much that was")
    run.add_argument("--dry-run", action="store_true", help="only count what is due")

    task = grammar.tasks("purpose", "the list of usual purposes: list, add, remove", purpose=True)
    task("list", "the usual purposes")
    for name, help_text in (("add", "add a purpose"), ("remove", "take a purpose off the list")):
        task(name, help_text).add_argument("text", metavar="TEXT")


def _add_audit(grammar: Grammar) -> None:
    task = grammar.tasks(
        "audit", "the record of who looked at what, and why: for auditors", purpose=True
    )
    newest = task("list", "the newest rows")
    newest.add_argument("--count", type=int, default=100, metavar="N", help="rows (100)")
    search = task("search", "rows by who, action, subject, kind and day, newest first")
    search.add_argument("--who", metavar="USER", help="exactly this user")
    search.add_argument("--action", metavar="TEXT", help="exactly this action")
    search.add_argument("--subject", metavar="TEXT", help="a part of the subject")
    search.add_argument("--kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    search.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="from this day")
    search.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="to the end of this day")
    search.add_argument("--before", type=int, metavar="NUMBER", help="only older rows")
    search.add_argument("--count", type=int, default=500, metavar="N", help="rows at most (500)")
    search.add_argument("--to", type=Path, metavar="FILE", help="write them: .xlsx or .csv")
    verify = task("verify", "find what was changed, dropped, moved, inserted or cut off")
    verify.add_argument(
        "--anchor",
        type=Path,
        metavar="FILE",
        help="the file 'audit anchor' writes: finds older copies",
    )
    anchor = task("anchor", "sign the newest row and add that to a file nobody can change")
    anchor.add_argument("file", type=Path, metavar="FILE", help="one file for one district")


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
