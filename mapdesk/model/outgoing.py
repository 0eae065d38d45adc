"""What leaves the desk, and what a second person is asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_PEOPLE = 100
"""Distinct people whom one user may take out alone within `WINDOW`; one more needs a second person."""

WINDOW = timedelta(hours=24)
"""How far back people are counted, and for how long an approval may be used."""

WAYS = ("export", "copy", "print", "json")
"""Ways out: a file, the clipboard, paper (PDF and door lists), what a command prints as JSON."""

REQUESTED, APPROVED, REFUSED, USED = STATES = ("requested", "approved", "refused", "used")
"""States of a row: what waits, what a second person said, and what has left."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is about to leave.

    Parameters
    ----------
    way : str
        One of `WAYS`.
    subject : str
        What it is of, in words that whoever approves understands: "People: age is at least 80".
    file_kind : str
        "xlsx", "pdf", "clipboard", "json" ...
    person_ids : tuple of str
        Whose data are in it; repeats count once.
    masked : bool
        Whether names are masked in it.
    reason : str
        Why they are not, where they are not.
    personal : bool
        Whether it is about people although no record of one is in it: exact counts of an area.
    """

    way: str
    subject: str
    file_kind: str
    person_ids: tuple[str, ...] = ()
    masked: bool = True
    reason: str = ""
    personal: bool = False

    @property
    def people(self) -> int:
        """How many distinct people are in it."""
        return len(set(self.person_ids))

    @property
    def may_go_alone(self) -> bool:
        """Whether one user may take it out alone, within `MOST_PEOPLE`: masked, or of one person."""
        return self.masked or self.people <= 1


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked a second person for.

    Parameters
    ----------
    id : str
    who, role, purpose : str
        Who asked, and what for.
    at : datetime
        When, UTC.
    way, subject : str
        See `Parcel`.
    people : int
        Distinct people in it.
    masked : bool
    reason : str
        Why names are not masked, where they are not.
    state : str
        One of `STATES`.
    approver : str
        Who approved or refused it; empty while it waits.
    approved_at : datetime or None
        When, UTC.
    expired : bool
        It was approved more than `WINDOW` ago and never used.
    """

    id: str
    who: str
    role: str
    purpose: str
    at: datetime
    way: str
    subject: str
    people: int
    masked: bool
    reason: str
    state: str
    approver: str = ""
    approved_at: datetime | None = None
    expired: bool = False
