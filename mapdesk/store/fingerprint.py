"""A key for the content of rows, by which caches know whether they still fit."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.geometry import as_wkb
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES


@needs(Right.PLACES)
def of_rows(store: Store, noun: str, columns: Sequence[str]) -> str:
    """Return a text that changes when the id, place or one of `columns` of any row does.

    The engine hashes rows where they lie (a few milliseconds per 100,000); its version is part of the
    key, since its hash may change between versions.
    """
    table = TABLES[noun]
    parts = [table.c.id, *[table.c[name] for name in columns]]
    hashed = sa.func.bit_xor(store.backend.row_hash(parts, as_wkb(table.c.geometry)))
    query = sa.select(sa.func.count(), hashed).select_from(table)
    with store.connect() as connection:
        count, content = connection.execute(query).one()
        version = store.backend.version(connection)
    return f"{version}-{count}-{int(content or 0) & (2**64 - 1):x}"
