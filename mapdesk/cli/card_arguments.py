"""Arguments of ``mapdesk card`` and ``mapdesk people``."""

from __future__ import annotations

from pathlib import Path

from mapdesk.cli.grammar import Declare
from mapdesk.model.nouns import NOUNS

SHOWN = 200
"""People listed unless more are asked for."""


def add_to(on_people: Declare) -> None:
    """Declare both commands."""
    card = on_people("card", "a thing and everything that hangs on it, people masked")
    card.add_argument(
        "noun", metavar="NOUN", choices=tuple(NOUNS), help="grid, building, unit, ..."
    )
    card.add_argument("id", metavar="ID")

    people = on_people("people", "who lives in a building, grid, area, unit or household, masked")
    where = people.add_mutually_exclusive_group(required=True)
    for name in ("building", "grid", "unit", "household"):
        where.add_argument(f"--{name}", metavar="ID")
    where.add_argument("--polygon", type=Path, metavar="FILE.geojson", help="a drawn area")
    people.add_argument(
        "--limit", type=int, default=SHOWN, metavar="N", help=f"people of a grid or area ({SHOWN})"
    )
    people.add_argument(
        "--offset", type=int, default=0, metavar="N", help="rows to leave out first (0)"
    )
