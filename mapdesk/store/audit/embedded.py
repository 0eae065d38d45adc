"""The record of an embedded district: one SQLite file, ``audit/looks.sqlite``, apart from the data.

``synchronous = FULL`` makes a commit wait for the disk; ``BEGIN IMMEDIATE`` makes writers, threads and
processes alike, take turns from the tip they read to the row they write, so that the chain never forks.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from mapdesk.model.errors import BusyError, InputError, WorldError
from mapdesk.model.looks import AuditQuery
from mapdesk.store.audit import tables
from mapdesk.store.audit.book import Recorded, span
from mapdesk.store.audit.chain import COLUMNS, SHOWN, Entry, RowTuple, extend
from mapdesk.store.audit.heads import Head
from mapdesk.store.audit.sealing import Sealer, pack, unpack
from mapdesk.store.audit.takeover import take_over

FILE = "looks.sqlite"
WAIT = 10.0
"""Seconds a writer waits for its turn, unless it says otherwise."""

_SEALED = (1, 2, 3, 4, 5, 7)
"""Places among `FIELDS` of the texts that are sealed: all but ``at`` and ``kind``."""

_SELECT = f"SELECT {', '.join(COLUMNS)}, sealed FROM look "
"""A row's parts, and its seal, which counts only where the record is sealed."""


class EmbeddedBook:
    """The record in one folder.

    One connection is kept for writing until `close`; whoever reads opens one of their own.

    Parameters
    ----------
    folder : Path
        The district's folder ``audit``.
    clock : callable
        Returns the present moment.
    sealer : Sealer
    wait : float
        Seconds to wait for another writer.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], datetime], sealer: Sealer, wait: float = WAIT
    ) -> None:
        self.path = folder / FILE
        self._clock = clock
        self._sealer = sealer
        self._key = sealer.chain_key
        self._wait = wait
        self._writing = threading.Lock()
        self._kept: sqlite3.Connection | None = None

    def append(self, entries: Sequence[Entry]) -> int:
        """Write rows in one transaction and return the last number once they are on disk.

        Raises
        ------
        BusyError
            Another process has been writing for too long.
        WorldError
            The disk is full, or the file cannot be written.
        InputError
            The record is sealed and no key was given, or the other way round.
        """
        with self._transaction() as connection:
            return self._extend(connection, entries)

    def _extend(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> int:
        _chain, number, at, hashed = tables.tip(connection)
        rows = extend(entries, self._clock(), (number, at, hashed), self._key)
        if not rows:
            return number
        connection.executemany(tables.INSERT, [self._stored(row) for row in rows])
        tables.move_tip(connection, rows[-1])
        return rows[-1][0]

    def bounds(self, at: str) -> tuple[int, int] | None:
        """Return the first number there is, and the first of a row at or after a moment, else the last."""
        with self._reading() as connection:
            return None if connection is None else tables.bounds(connection, at)

    def erase(self, checkpoint: Entry, upto: int) -> int:
        """Write the row that says so and erase all rows up to a number; nothing of them stays in the file."""
        with self._transaction() as connection:
            self._extend(connection, [checkpoint])
            erased = tables.erase(connection, upto)
        self.fold()
        return erased

    def add_head(self, head: Head) -> None:
        """Keep a signed head."""
        with self._transaction() as connection:
            tables.add_head(connection, head)

    def find(self, query: AuditQuery) -> list[dict[str, Any]]:
        """Return rows, newest first; a record that was never written is empty."""
        with self._reading() as connection:
            if connection is None:
                return []
            where, values = _conditions(query, in_clear=self._key is None)
            found = connection.execute(f"{_SELECT}{where} ORDER BY number DESC", values)
            rows = (self._opened(row) for row in found)
            kept = rows if self._key is None else filter(_Test(query).holds, rows)
            return [dict(zip(SHOWN, row, strict=False)) for row in islice(kept, query.limit)]

    def hash_of(self, number: int) -> str | None:
        """Return a row's hash, hexadecimal; None where there is no such row."""
        with self._reading() as connection:
            return None if connection is None else tables.hash_of(connection, number)

    def tip(self) -> tuple[str, int, str] | None:
        """Return the chain's name, its last number and hash; None where nothing was ever recorded."""
        with self._reading() as connection:
            if connection is None:
                return None
            chain, number, _at, hashed = tables.tip(connection)
            return chain.hex(), number, hashed.hex()

    @contextmanager
    def read(self) -> Iterator[Recorded | None]:
        """Return everything as it is at this moment."""
        with self._reading() as connection:
            if connection is None:
                yield None
                return
            connection.execute("BEGIN")
            chain, number, at, hashed = tables.tip(connection)
            found = connection.execute(f"{_SELECT} ORDER BY number")
            yield Recorded(
                chain,
                number,
                at,
                hashed,
                tables.head_count(connection),
                tables.heads(connection),
                found if self._key is None else map(self._opened, found),
                self._key,
            )

    def fold(self) -> None:
        """Fold SQLite's write-ahead log into the file, so that the file alone is the record."""
        if self.path.is_file():
            with self._ready() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Let go of the file; the next row opens it again."""
        with self._writing:
            if self._kept is not None:
                self._kept.close()
                self._kept = None

    # ------------------------------------------------------------------ connections

    @contextmanager
    def _ready(self) -> Iterator[sqlite3.Connection]:
        """Return the kept connection, one thread at a time; SQLite's errors become the world's."""
        with self._writing, self._told():
            if self._kept is None:
                self.path.parent.mkdir(exist_ok=True)
                self._kept = self._open()
            yield self._kept

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._ready() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.is_file():
            yield None
            return
        with self._told(), closing(self._open()) as connection:
            yield connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self._wait, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            tables.create(connection, sealed=self._key is not None)
            self._check_seal(connection)
            take_over(connection, self.path, self._clock, self._key, self._stored)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_seal(self, connection: sqlite3.Connection) -> None:
        if tables.is_sealed(connection) != (self._key is not None):
            raise InputError(
                f"{self.path} and its district do not agree whether the record is encrypted; "
                "open the district with its key, or restore the record from a backup."
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise BusyError(
                    f"Another process has been writing {self.path} for {self._wait:.0f} s; try again."
                ) from error
            raise WorldError(
                f"The record of looks {self.path} cannot be used ({error}); make room or give the folder "
                "back its permissions, for nothing personal is shown unrecorded."
            ) from error
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"The record of looks {self.path} is damaged ({error}); restore it from a backup."
            ) from error

    # ------------------------------------------------------------------ rows

    def _stored(self, row: RowTuple) -> tuple[Any, ...]:
        """Return a row's parts as `tables.INSERT` takes them."""
        number, at, who, role, purpose, action, subject, kind, detail, previous, hashed = row
        texts = (who, role, purpose, action, subject, detail)
        if self._key is None:
            return (number, at, kind, *texts, None, previous, hashed)
        return (number, at, kind, *[None] * 6, self._sealer.seal(pack(texts)), previous, hashed)

    def _opened(self, stored: tuple[Any, ...]) -> RowTuple:
        """Return a stored row with its seal opened; one that does not open has empty texts."""
        if self._key is None:
            return stored[:-1]
        parts = list(stored[:-1])
        if stored[-1] is not None:
            try:
                texts = unpack(self._sealer.open(stored[-1]))
            except InputError:
                texts = [""] * 6
            for place, text in zip(_SEALED, texts, strict=True):
                parts[place + 1] = text
        return tuple(parts)


def _conditions(query: AuditQuery, *, in_clear: bool) -> tuple[str, list[Any]]:
    """Return the WHERE clause of what the file itself can answer."""
    since, until = span(query)
    asked: list[tuple[str, Any]] = [
        ("at >= ?", since),
        ("at < ?", until),
        ("kind = ?", query.kind),
        ("number < ?", query.before),
    ]
    if in_clear:
        part = query.subject.lower() if query.subject else None
        asked += [("who = ?", query.who), ("action = ?", query.action)]
        asked += [("instr(lower(subject), ?) > 0", part)]
    given = [(text, value) for text, value in asked if value is not None]
    where = " AND ".join(text for text, _value in given)
    return (f"WHERE {where}" if where else ""), [value for _text, value in given]


class _Test:
    """What a sealed record is searched with, row by row, once it is opened."""

    def __init__(self, query: AuditQuery) -> None:
        self._query = query
        self._part = (query.subject or "").lower()

    def holds(self, row: RowTuple) -> bool:
        """Say whether a row is asked for."""
        query = self._query
        return (
            query.who in (None, row[2])
            and query.action in (None, row[5])
            and self._part in row[6].lower()
        )
