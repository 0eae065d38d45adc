"""Room on the disk that a district lies on, looked for before a whole register is written to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from mapdesk.model.errors import FullError
from mapdesk.store.database import Store
from mapdesk.store.rules import needs

A_ROW = {"duckdb": 220, "postgresql": 3_000}
"""Bytes that a row of a register takes, about, while it is staged or accepted; log and indexes included."""


@needs(None)
@contextmanager
def for_rows(store: Store, rows: int) -> Iterator[None]:
    """Refuse at once where a folder's disk lacks room for so many rows, and say how much when one runs full.

    Nobody at a desk sees how much room a server has: there it is said when the server refuses.

    Raises
    ------
    FullError
        Place and megabytes are named.
    """
    takes = rows * A_ROW[store.engine.dialect.name]
    if not store.is_shared and takes > _free(store):
        raise _lacking(store, takes - _free(store))
    try:
        yield
    except FullError as error:
        # What there is of room now was not enough: as much as all of it takes is surely so.
        raise _lacking(store, takes) from error


def _free(store: Store) -> int:
    return shutil.disk_usage(store.folder).free


def _lacking(store: Store, missing: int) -> FullError:
    return FullError(
        f"The disk of {store.place} has too little room: about {max(missing // 1_000_000, 1):,} MB more "
        "are needed; make room there and try again: nothing was changed."
    )
