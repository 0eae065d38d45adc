"""Taking over a record written before there was a chain.

Until schema 0001 the file had one table ``looks``. Its rows become the first of the chain, unchanged in
what they say; a copy of the file as it was stays beside it. Nothing can prove what was done to those
rows before: the last row of the takeover says how many they were and how the copy hashes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.store.audit import tables
from mapdesk.store.audit.chain import Entry, RowTuple, detail_text, entry, extend

COPY = "looks-before-chain.sqlite"


def take_over(
    connection: sqlite3.Connection,
    path: Path,
    clock: Callable[[], datetime],
    key: bytes | None,
    stored: Callable[[RowTuple], tuple[Any, ...]],
) -> None:
    """Bring the rows of an old table ``looks`` into the chain; do nothing where there is none.

    Parameters
    ----------
    stored : callable
        Turns a row into the values of an INSERT.
    """
    if not tables.has_table(connection, "looks"):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        if tables.has_table(connection, "looks"):
            _move(connection, path, clock, key, stored)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _move(
    connection: sqlite3.Connection,
    path: Path,
    clock: Callable[[], datetime],
    key: bytes | None,
    stored: Callable[[RowTuple], tuple[Any, ...]],
) -> None:
    copied = _copy(path)
    old = connection.execute(
        "SELECT number, at, who, role, purpose, action, subject FROM looks ORDER BY number"
    ).fetchall()
    _name, number, at, hashed = tables.tip(connection)
    for was, when, who, role, purpose, action, subject in old:
        one = Entry(who, role, purpose, action, subject, "look", detail_text({"was_row": was}))
        (row,) = extend([one], _moment(when, was, path), (number, at, hashed), key)
        connection.execute(tables.INSERT, stored(row))
        number, at, hashed = row[0], row[1], row[-1]
    note = entry(
        Access.owner(),
        "take over the record",
        COPY,
        "audit",
        {"rows": len(old), "copy_sha256": copied},
    )
    (row,) = extend([note], clock(), (number, at, hashed), key)
    connection.execute(tables.INSERT, stored(row))
    tables.move_tip(connection, row)
    connection.execute("DROP TABLE looks")


def _moment(text: str, row: int, path: Path) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"The old record {path} has no time in row {row} ({text}); restore it from a backup."
        ) from error


def _copy(path: Path) -> str:
    """Copy the file as it is beside itself, whole or not at all; return the copy's SHA-256."""
    target = path.with_name(COPY)
    if not target.is_file():
        temporary = target.with_suffix(".part")
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(temporary)) as copy:
            source.backup(copy)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    return sha256(target.read_bytes()).hexdigest()
