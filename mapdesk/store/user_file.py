"""The file an embedded district keeps its users in: ``audit/users.sqlite``, apart from the register."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mapdesk.model.errors import InputError
from mapdesk.model.users import User, key_of
from mapdesk.store.keyfile import KEY_FILE
from mapdesk.store.sealed_sqlite import sealed_sqlite
from mapdesk.store.vault import Vault

_CREATE = """
CREATE TABLE IF NOT EXISTS users (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    title TEXT NOT NULL,
    areas TEXT NOT NULL,
    active INTEGER NOT NULL,
    hash TEXT NOT NULL,
    provisional INTEGER NOT NULL,
    secret TEXT,
    step INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    changed_at TEXT NOT NULL DEFAULT '',
    changed_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS attempts (
    who TEXT PRIMARY KEY,
    failed INTEGER NOT NULL,
    locks INTEGER NOT NULL,
    until REAL NOT NULL,
    last REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS time (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seconds REAL NOT NULL,
    clock REAL NOT NULL
) STRICT;
"""

_SEALED_AS = "audit/users.sqlite"
_ONE_AT_A_TIME = threading.RLock()
"""One process holds an encrypted district; this keeps its threads apart."""

_WAIT = 20
"""Seconds to wait for another process that signs someone in."""


def path_of(folder: Path) -> Path:
    """Return where the users of the district in `folder` are kept."""
    return folder / "audit" / "users.sqlite"


def has_users(folder: Path, vault: Vault | None = None) -> bool:
    """Say whether the district in `folder` has users, so that whoever opens it must sign in.

    Of an encrypted one that is not unlocked, whether there is a file of users.

    Raises
    ------
    InputError
        The file is damaged.
    """
    if not path_of(folder).is_file():
        return False
    if vault is None and (folder / KEY_FILE).is_file():
        return True
    with writing(folder, vault) as connection:
        return connection.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None


@contextmanager
def writing(folder: Path, vault: Vault | None = None) -> Iterator[sqlite3.Connection]:
    """Open the file, made at first use, in one transaction that no other one overlaps.

    Of an encrypted district it is sealed as a whole. What is written is on disk when the block ends; an
    error in it takes all back.

    Raises
    ------
    InputError
        The file is damaged.
    """
    path = path_of(folder)
    path.parent.mkdir(exist_ok=True)
    if vault is not None:
        with _ONE_AT_A_TIME, sealed_sqlite(vault, path, _SEALED_AS) as connection:
            connection.row_factory = sqlite3.Row
            connection.executescript(_CREATE)
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection
        return
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_CREATE)
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path} cannot be read ({error}); restore it from a backup.") from error


def found(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """Return the row of a name, however it is spelled."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM users WHERE key = ?", (key_of(name),)
    ).fetchone()
    return row


def user_of(row: sqlite3.Row) -> User:
    """Return a row as a user."""
    return User(
        row["name"],
        row["role"],
        row["title"],
        tuple(json.loads(row["areas"])),
        bool(row["active"]),
        row["secret"] is not None,
        bool(row["provisional"]),
        row["changed_at"],
        row["changed_by"],
    )
