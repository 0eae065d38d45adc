"""What the two engines' records have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from mapdesk.model.looks import AuditQuery
from mapdesk.store.audit.chain import Entry, RowTuple, stamp
from mapdesk.store.audit.heads import Head


@dataclass(frozen=True)
class Recorded:
    """All of a record at one moment, to be verified.

    Parameters
    ----------
    chain : bytes, 32
        Name of the chain: what the first row follows.
    last, last_at, last_hash
        Number, time and hash of the row written last, as the chain remembers them apart from the row.
    head_count : int
        Heads ever signed.
    heads : list of Head
    rows : iterator of RowTuple
        By number; in a damaged file parts may be of another type.
    key : bytes or None
        Key of the hashes where the record is sealed.
    """

    chain: bytes
    last: int
    last_at: str
    last_hash: bytes
    head_count: int
    heads: list[Head]
    rows: Iterator[RowTuple]
    key: bytes | None


class Book(Protocol):
    """The record of one district. Any thread, any number of processes."""

    def append(self, entries: Sequence[Entry]) -> int:
        """Write rows in one transaction and return the last number once they are on disk."""

    def find(self, query: AuditQuery) -> list[dict[str, Any]]:
        """Return rows, newest first."""

    def hash_of(self, number: int) -> str | None:
        """Return a row's hash, hexadecimal; of row 0 the chain's name; None where there is no such row."""

    def tip(self) -> tuple[str, int, str] | None:
        """Return the chain's name, its last number and hash; None where nothing was ever recorded."""

    def bounds(self, at: str) -> tuple[int, int] | None:
        """Return the first number there is, and the first of a row at or after a moment.

        Where no row is that young the second is the last row's: a record keeps its tip. None where nothing
        was ever recorded.
        """

    def erase(self, checkpoint: Entry, upto: int) -> int:
        """Write the row that says so and erase all rows up to a number, at once; return how many."""

    def add_head(self, head: Head) -> None:
        """Keep a signed head."""

    def read(self) -> AbstractContextManager[Recorded | None]:
        """Return everything as it is at this moment; None where nothing was ever recorded."""


def span(query: AuditQuery) -> tuple[str | None, str | None]:
    """Return first moment and first moment after, as texts of the column ``at``."""
    return _moment(query.since, 0), _moment(query.until, 1)


def _moment(day: date | datetime | None, days_after: int) -> str | None:
    if day is None:
        return None
    if isinstance(day, datetime):
        return stamp(day)
    return stamp(datetime.combine(day + timedelta(days=days_after), time()).astimezone())
