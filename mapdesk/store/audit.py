"""The record of who looked at what, and why.

One SQLite file in the district's ``audit`` folder, apart from the data it speaks about. A row is on
disk before the answer is shown: ``synchronous = FULL`` makes commit wait for the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from mapdesk.model.access import Access
from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs

_CREATE = """
CREATE TABLE IF NOT EXISTS looks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    purpose TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
)
"""

_INSERT = "INSERT INTO looks (at, who, role, purpose, action, subject) VALUES (?, ?, ?, ?, ?, ?)"


@needs(None)
def record(store: Store, access: Access, action: str, subject: str) -> int:
    """Write one row and return its number once it is on disk.

    Parameters
    ----------
    access : Access
        Who asks, and why.
    action : str
        What was asked: "people of building", "home of person", "find people", "open stream".
    subject : str
        Of which thing: an id or the text looked for.
    """
    with closing(_open(store.folder)) as connection, connection:
        cursor = connection.execute(_INSERT, _row(access, action, subject))
        return int(cursor.lastrowid or 0)


@needs(None)
def record_all(store: Store, access: Access, action: str, subjects: Sequence[str]) -> None:
    """Write one row for each subject in one transaction; they are on disk when this returns."""
    with closing(_open(store.folder)) as connection, connection:
        connection.executemany(_INSERT, [_row(access, action, subject) for subject in subjects])


def _open(folder: Path) -> sqlite3.Connection:
    path = folder / "audit" / "looks.sqlite"
    path.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(path, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(_CREATE)
    return connection


def _row(access: Access, action: str, subject: str) -> tuple[str, ...]:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return (at, access.user, access.role, access.purpose, action, subject)


@needs(Right.AUDIT)
def last(store: Store, count: int = 100) -> list[dict[str, str | int]]:
    """Return the newest rows, newest first."""
    path = store.folder / "audit" / "looks.sqlite"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM looks ORDER BY number DESC LIMIT ?", (count,))
        return [dict(row) for row in rows]
