"""Tables of the embedded record, and the few statements both the book and its takeover use.

``chain`` holds one row: the chain's name, and its tip apart from the row it speaks of, so that a tail
cut off clumsily shows without an anchor.
"""

from __future__ import annotations

import os
import sqlite3

from mapdesk.store.audit.chain import RowTuple
from mapdesk.store.audit.heads import Head

_CREATE = (
    """CREATE TABLE IF NOT EXISTS chain (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        name BLOB NOT NULL,
        sealed INTEGER NOT NULL,
        number INTEGER NOT NULL,
        at TEXT NOT NULL,
        hash BLOB NOT NULL,
        heads INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS look (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        who TEXT,
        role TEXT,
        purpose TEXT,
        action TEXT,
        subject TEXT,
        detail TEXT,
        sealed BLOB,
        previous BLOB NOT NULL,
        hash BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS look_head (
        place INTEGER PRIMARY KEY,
        chain TEXT NOT NULL,
        number INTEGER NOT NULL,
        hash TEXT NOT NULL,
        at TEXT NOT NULL,
        key TEXT NOT NULL,
        signature TEXT NOT NULL
    ) STRICT""",
)

INSERT = (
    "INSERT INTO look (number, at, kind, who, role, purpose, action, subject, detail, sealed, previous, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def create(connection: sqlite3.Connection, *, sealed: bool) -> None:
    """Begin a chain, unless there is one."""
    if has_table(connection, "look_head"):
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in _CREATE:
        connection.execute(statement)
    name = os.urandom(32)
    connection.execute(
        "INSERT OR IGNORE INTO chain VALUES (1, ?, ?, 0, '', ?, 0)", (name, int(sealed), name)
    )
    connection.execute("COMMIT")


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Say whether a table is there."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,)
    )
    return found.fetchone() is not None


def tip(connection: sqlite3.Connection) -> tuple[bytes, int, str, bytes]:
    """Return name, last number, its time and its hash.

    Raises
    ------
    sqlite3.DatabaseError
        The chain's one row is gone.
    """
    row = connection.execute("SELECT name, number, at, hash FROM chain").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("the table 'chain' is empty")
    name, number, at, hashed = row
    return bytes(name), int(number), str(at), bytes(hashed)


def move_tip(connection: sqlite3.Connection, row: RowTuple) -> None:
    """Remember the row written last."""
    connection.execute("UPDATE chain SET number = ?, at = ?, hash = ?", (row[0], row[1], row[-1]))


def is_sealed(connection: sqlite3.Connection) -> bool:
    """Say whether texts of this record are sealed."""
    return bool(connection.execute("SELECT max(sealed) FROM chain").fetchone()[0])


def hash_of(connection: sqlite3.Connection, number: int) -> str | None:
    """Return a row's hash, hexadecimal; of row 0 the chain's name."""
    if number == 0:
        return tip(connection)[0].hex()
    row = connection.execute("SELECT hash FROM look WHERE number = ?", (number,)).fetchone()
    return None if row is None else bytes(row[0]).hex()


def bounds(connection: sqlite3.Connection, at: str) -> tuple[int, int] | None:
    """Return the first number there is, and the first of a row at or after a moment, else the last."""
    first, last = connection.execute("SELECT min(number), max(number) FROM look").fetchone()
    if first is None:
        return None
    kept = connection.execute("SELECT min(number) FROM look WHERE at >= ?", (at,)).fetchone()[0]
    return int(first), int(last if kept is None else kept)


def erase(connection: sqlite3.Connection, upto: int) -> int:
    """Delete all rows up to a number and return how many; their bytes are overwritten."""
    return connection.execute("DELETE FROM look WHERE number <= ?", (upto,)).rowcount


def add_head(connection: sqlite3.Connection, head: Head) -> None:
    """Keep a signed head."""
    connection.execute(
        "INSERT INTO look_head (chain, number, hash, at, key, signature) VALUES (?, ?, ?, ?, ?, ?)",
        (head.chain, head.number, head.hash, head.at, head.key, head.signature),
    )
    connection.execute("UPDATE chain SET heads = heads + 1")


def heads(connection: sqlite3.Connection) -> list[Head]:
    """Return the heads in the order in which they were signed."""
    found = connection.execute(
        "SELECT chain, number, hash, at, key, signature FROM look_head ORDER BY place"
    )
    return [Head(*row) for row in found]


def head_count(connection: sqlite3.Connection) -> int:
    """Return how many heads were ever signed."""
    return int(connection.execute("SELECT heads FROM chain").fetchone()[0])
