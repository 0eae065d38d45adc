"""A small SQLite database that lies in one sealed file and is open in memory alone.

For tables that must be read apart from the district's database, such as its users: between uses the whole
database is sealed, so that not even the shape of its pages is seen. One process at a time may write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mapdesk.store.vault import Vault


@contextmanager
def sealed_sqlite(vault: Vault, path: Path, place: str) -> Iterator[sqlite3.Connection]:
    """Give the database in `path`, made if it is not there, in autocommit mode.

    What was changed is sealed and on disk when the block ends; an error in it takes all back.

    Parameters
    ----------
    place : str
        What the file is sealed as: its path in the district.

    Raises
    ------
    InputError
        The file was changed or belongs to another district.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA temp_store = MEMORY")
        before = b""
        if path.is_file():
            before = vault.read_file(path, place)
            connection.deserialize(before)
        yield connection
        after = connection.serialize()
        if after != before:
            vault.write_file(path, place, after)
