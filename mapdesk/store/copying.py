"""Copying a district's rows from one engine to another, and proving that none was lost or changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.errors import RightsError, WorldError
from mapdesk.model.rights import ROLES, Right
from mapdesk.store import flat
from mapdesk.store.database import Store
from mapdesk.store.geometry import Geometry, as_wkb
from mapdesk.store.rules import needs
from mapdesk.store.schema import MEDIA_FILE, METADATA, PINYIN, RESIDENT, SECRET, SETTING

AT_ONCE = 50_000
"""Rows in memory at a time."""

_MADE_ANEW = {RESIDENT.name, PINYIN.name}
_OF_THE_PLACE = {SETTING.name, SECRET.name, MEDIA_FILE.name}

COPIED = tuple(
    table for table in METADATA.sorted_tables if table.name not in _MADE_ANEW | _OF_THE_PLACE
)
"""Tables that are copied; flat tables are made anew, the rest is copied in its own way."""

_ARROW: dict[type, pa.DataType] = {
    sa.String: pa.string(),
    sa.Integer: pa.int32(),
    sa.BigInteger: pa.int64(),
    sa.Double: pa.float64(),
    sa.Boolean: pa.bool_(),
    sa.Date: pa.date32(),
    sa.DateTime: pa.timestamp("us"),
    sa.LargeBinary: pa.binary(),
    Geometry: pa.binary(),
}


@dataclass(frozen=True)
class Digest:
    """How many rows a table has, and a number that any change of them would change."""

    rows: int
    content: int


@needs(Right.BACK_UP)
def digest_of(store: Store, table: sa.Table) -> Digest:
    """Return the digest of a table: the sum of each row's hash, whatever engine and order."""
    with store.snapshot() as connection:
        return _digest(_batches(connection, table))


def _digest(batches: Iterator[list[tuple[Any, ...]]]) -> Digest:
    rows = content = 0
    for batch in batches:
        rows += len(batch)
        content += sum(map(_row_hash, batch))
    return Digest(rows, content % 2**64)


def _row_hash(row: tuple[Any, ...]) -> int:
    text = "\x1f".join(map(_plain, row))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _plain(value: object) -> str:
    if value is None:
        return "\x00"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _batches(connection: Connection, table: sa.Table) -> Iterator[list[tuple[Any, ...]]]:
    columns = [
        as_wkb(column).label(column.name) if isinstance(column.type, Geometry) else column
        for column in table.c
    ]
    result = connection.execution_options(stream_results=True).execute(sa.select(*columns))
    while rows := result.fetchmany(AT_ONCE):
        yield [tuple(row) for row in rows]


@needs(Right.BACK_UP)
def copy_rows(
    source: Store, target: Store, progress: Callable[[str, float], None]
) -> dict[str, Digest]:
    """Copy every table into an empty district in one transaction and compare the digests.

    Raises
    ------
    WorldError
        A table came out other than it went in; nothing is kept.
    RightsError
        Somebody else than the district's owner copies it.
    """
    _require_owner(source)
    target.identity.require(Right.EDIT_REGISTER)
    digests = {}
    with source.snapshot() as reading, target.engine.begin() as writing:
        for number, table in enumerate(COPIED):
            progress(f"Copying {table.name}", number / len(COPIED))
            digests[table.name] = _copy_table(reading, target, writing, table)
        flat.rebuild(writing)
        for table in COPIED:
            progress(f"Checking {table.name}", 0.95)
            if _digest(_batches(writing, table)) != digests[table.name]:
                raise WorldError(
                    f"The table {table.name} came out changed in {target.place}; nothing was kept. "
                    "Please report this."
                )
    return digests


def _copy_table(reading: Connection, target: Store, writing: Connection, table: sa.Table) -> Digest:
    rows = content = 0
    for batch in _batches(reading, table):
        part = _digest(iter([batch]))
        rows, content = rows + part.rows, content + part.content
        columns = dict(zip(table.c, zip(*batch, strict=True), strict=True))
        arrays = {
            column.name: pa.array(values, _ARROW[type(column.type)])
            for column, values in columns.items()
        }
        target.backend.append(writing, table, pa.table(arrays))
    return Digest(rows, content % 2**64)


@needs(Right.BACK_UP)
def copy_secret(source: Store, target: Store) -> None:
    """Give the copy the same secret, so that hidden ids stay the same."""
    _require_owner(source)
    target.set_secret(source.secret())


def _require_owner(store: Store) -> None:
    """Raise RightsError unless everything in a district is the user's to take: masks do not travel."""
    if store.is_shared and store.identity.role != "owner":
        raise RightsError(
            f"{store.identity.user} is signed in as {ROLES[store.identity.role].title}; only a district's "
            "owner copies it."
        )
