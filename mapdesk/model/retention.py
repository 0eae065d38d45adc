"""How long things are kept: what there are rules for, and what a rule may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mapdesk.model.errors import InputError

KEPT = (
    "history of the gone",
    "staged rows",
    "looks",
    "saved outgoing requests",
    "closed incidents",
    "readings",
)
"""What is kept for a while: old values of people gone from the register; rows of registers that nobody
accepted; the record of looks; requests that were sent to others; incidents; sensor readings."""

LEAST_DAYS = {"looks": 180}
"""Days below which no rule may go: a record of looks is no use where it is gone before anyone asks for it."""
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Erased:
    """What one rule asks for, or did.

    Parameters
    ----------
    what : str
        One of `KEPT`.
    days : int
    before : date
        What is older is due.
    rows : int
        How many were due, or were erased.
    """

    what: str
    days: int
    before: date
    rows: int


def check(what: str, days: int) -> None:
    """Raise InputError unless a rule may say this."""
    if what not in KEPT:
        raise InputError(f"'{what}' is nothing there is a rule for; choose from {', '.join(KEPT)}.")
    least = LEAST_DAYS.get(what, 1)
    if not least <= days <= MOST_DAYS:
        raise InputError(f"{what} are kept for {least} to {MOST_DAYS} days, not {days}.")


def day_before(today: date, days: int) -> date:
    """Return the day before which things are due."""
    return today - timedelta(days=days)


def midnight(day: date) -> datetime:
    """Return the moment a day begins in this machine's zone."""
    return datetime.combine(day, time()).astimezone()
