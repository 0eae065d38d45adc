"""The record of who looked at what, and why: a chain of hashes with signed heads.

A row is on disk before the answer is shown. The embedded district keeps it in a SQLite file of its own,
a district on PostgreSQL in a table that only the server's function writes. Either way a row's hash covers
the row before, so that nothing can be changed, dropped, moved or put in between unseen; a head anchored
where the administrator cannot write also tells of a tail cut off and of an older copy put back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapdesk.model import look_up_limit
from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, NotFoundError, WorldError
from mapdesk.model.looks import AuditQuery, Verdict
from mapdesk.model.rights import Right
from mapdesk.store.audit import erasing, heads
from mapdesk.store.audit.book import Book
from mapdesk.store.audit.chain import Detail, entry
from mapdesk.store.audit.heads import Head, public_key
from mapdesk.store.audit.server import ServerBook
from mapdesk.store.audit.verifying import examine, missing
from mapdesk.store.rules import needs

if TYPE_CHECKING:
    from mapdesk.store.database import Store

LOG = logging.getLogger(__name__)

_PAGE = 500
"""Rows that are read at a time."""


@needs(None)
def record(
    store: Store,
    access: Access,
    action: str,
    subject: str,
    *,
    kind: str = "look",
    detail: Detail | None = None,
) -> int:
    """Write one row and return its number once it is on disk.

    Parameters
    ----------
    access : Access
        Who asks, and why. On a server ``who`` is the server's own word.
    action : str
        What was asked: "people of building", "home of person", "find people", "open stream".
    subject : str
        Of which thing: an id or the text looked for.
    kind : str
        One of `model.looks.KINDS`.
    detail : mapping, optional
        What else there is to say: a reason, a number of people.

    Raises
    ------
    WorldError
        It cannot be written: then nothing may be shown.
    """
    return _write(store, access, action, [subject], kind, detail)


@needs(None)
def record_all(
    store: Store,
    access: Access,
    action: str,
    subjects: Sequence[str],
    *,
    kind: str = "look",
    detail: Detail | None = None,
) -> None:
    """Write one row for each subject in one transaction; they are on disk when this returns."""
    _write(store, access, action, subjects, kind, detail)


def _write(
    store: Store,
    access: Access,
    action: str,
    subjects: Sequence[str],
    kind: str,
    detail: Detail | None,
) -> int:
    entries = [entry(access, action, subject, kind, detail) for subject in subjects]
    if not entries:
        return 0
    store.begin_work(entries[0].purpose)
    book = _book(store)
    number = book.append(entries)
    every = store.trail.heads_every
    # On a server heads are the auditor's: desks hold no key.
    if number // every > (number - len(entries)) // every and not store.is_shared:
        try:
            _sign(store, book)
        except WorldError:
            LOG.warning("no head was signed at row %d", number, exc_info=True)
    return number


@needs(Right.PEOPLE)
def look_up_ages(store: Store, number: int) -> list[float]:
    """Return how many seconds ago the user's own exact look-ups were made, the newest first.

    Parameters
    ----------
    number : int
        Row of the look-up that is asked about; see `look_up_limit.ages`.
    """
    return look_up_limit.ages(_back_from(_book(store), number))


def _back_from(book: Book, number: int) -> Iterator[dict[str, Any]]:
    """Give a row and those before it, newest first, read in pages."""
    before = number + 1
    while page := book.find(AuditQuery(before=before, limit=_PAGE)):
        yield from page
        before = page[-1]["number"]


@needs(Right.AUDIT)
def last(store: Store, count: int = 100) -> list[dict[str, Any]]:
    """Return the newest rows, newest first."""
    return _book(store).find(AuditQuery(limit=count))


@needs(Right.AUDIT)
def search(
    store: Store,
    who: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: date | datetime | None = None,
    until: date | datetime | None = None,
    kind: str | None = None,
    limit: int = 500,
    before: int | None = None,
) -> list[dict[str, Any]]:
    """Return the rows asked for, newest first; see `AuditQuery` for what each word means."""
    query = AuditQuery(who, action, subject, since, until, kind, before, limit)
    return _book(store).find(query)


@needs(Right.AUDIT)
def verify(store: Store, anchor: Path | None = None) -> Verdict:
    """Walk the whole chain and say what is wrong with it: 100,000 rows in half a second.

    Parameters
    ----------
    anchor : Path, optional
        The file that `anchor` writes. Without it a tail cut off with care, or an older copy of the whole
        folder, looks like an earlier day.

    Raises
    ------
    InputError
        The record or the anchor file cannot be read at all.
    """
    anchored = heads.read(anchor) if anchor is not None else []
    with _book(store).read() as recorded:
        if recorded is None:
            return missing(anchor, anchored)
        private = store.trail.keys_of(store.folder).find(recorded.chain.hex())
        known = public_key(private) if private is not None else None
        return examine(recorded, anchor, anchored, known)


@needs(Right.AUDIT)
def anchor(store: Store, target: Path) -> Head:
    """Sign the chain's head and add it to a file, best one the administrator cannot change.

    One file for one district.

    Raises
    ------
    ConflictError
        What the file already knows does not fit the record.
    InputError
        The file cannot be read or written.
    NotFoundError
        Nothing was ever recorded.
    """
    book = _book(store)
    before = [head for head in heads.read(target) if head] if target.is_file() else []
    found = book.tip()
    if found is None:
        raise NotFoundError("Nothing is on record yet, so there is no head to anchor.")
    if before and not _fits(book, found[0], before[-1]):
        raise ConflictError(
            f"The last head in {target} does not fit this record; 'mapdesk audit verify --anchor' says "
            "what happened, or choose a file of its own for each district."
        )
    head = _sign(store, book)
    heads.append(target, head)
    return head


def _fits(book: Book, chain: str, head: Head) -> bool:
    """Say whether a head is one of a record's; that of an erased row cannot be compared."""
    bounds = book.bounds("")
    if bounds is not None and 0 < head.number < bounds[0]:
        return head.chain == chain
    return head.chain == chain and book.hash_of(head.number) == head.hash


@needs(Right.RETENTION)
def erasable(store: Store, before: datetime) -> int:
    """Return how many rows, the oldest of the record, were written before a moment."""
    due = erasing.due(_book(store), before)
    return 0 if due is None else due.rows


@needs(Right.RETENTION)
def erase(store: Store, access: Access, before: datetime, days: int) -> int:
    """Erase the rows before a moment, leaving one that says so, signed; return how many they were.

    The last row stays, and every row after the first that is younger, whatever its clock said. The chain
    can be verified on: the checkpoint tells which number and hash it goes on from.
    """
    book = _book(store)
    due, found = erasing.due(book, before), book.tip()
    if due is None or found is None:
        return 0
    keys = store.trail.keys_of(store.folder)
    private = keys.find(found[0]) or keys.make(found[0])
    head = heads.sign(private, found[0], due.upto, due.hash, store.trail.clock())
    detail = erasing.detail_of(head, due.rows, days)
    subject = f"looks up to {due.upto}"
    return book.erase(
        entry(access, erasing.ERASE_LOOKS, subject, erasing.ERASE_KIND, detail), due.upto
    )


@needs(None)
def fold(store: Store) -> None:
    """Make the record's file complete in itself, for a copy; a server needs no such thing."""
    if not store.is_shared:
        store.trail.embedded(store.folder).fold()


def _sign(store: Store, book: Book) -> Head:
    found = book.tip()
    if found is None:
        raise NotFoundError("Nothing is on record yet, so there is no head to sign.")
    chain, number, hashed = found
    keys = store.trail.keys_of(store.folder)
    private = keys.find(chain) or keys.make(chain)
    head = heads.sign(private, chain, number, hashed, store.trail.clock())
    book.add_head(head)
    return head


def _book(store: Store) -> Book:
    return ServerBook(store.engine) if store.is_shared else store.trail.embedded(store.folder)
