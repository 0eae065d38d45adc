"""The record of who looked at what, and why.

One SQLite file in the district's ``audit`` folder, apart from the data it speaks about. A row is on
disk before the answer is shown: ``synchronous = FULL`` makes commit wait for the disk.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from mapdesk.model.access import Access

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


def record(folder: Path, access: Access, action: str, subject: str) -> int:
    """Write one row and return its number once it is on disk.

    Parameters
    ----------
    folder : Path
        The district's folder.
    action : str
        What was asked: "people of building", "home of person", "find people", "open stream".
    subject : str
        Of which thing: an id or the text looked for.
    """
    path = folder / "audit" / "looks.sqlite"
    path.parent.mkdir(exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_CREATE)
        cursor = connection.execute(
            "INSERT INTO looks (at, who, role, purpose, action, subject) VALUES (?, ?, ?, ?, ?, ?)",
            (at, access.user, access.role, access.purpose, action, subject),
        )
        return int(cursor.lastrowid or 0)


def last(folder: Path, count: int = 100) -> list[dict[str, str | int]]:
    """Return the newest rows, newest first."""
    path = folder / "audit" / "looks.sqlite"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM looks ORDER BY number DESC LIMIT ?", (count,))
        return [dict(row) for row in rows]
