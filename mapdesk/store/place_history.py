"""What a file that is read again changes in places, for their history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.access import Access
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import writing
from mapdesk.store.changes import as_text, new_batch
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import CHANGE, PLACE_IMPORT, TABLES

if TYPE_CHECKING:
    import pandas as pd


@needs(Right.EDIT_PLACES)
def note_import(
    store: Store,
    connection: Connection,
    access: Access,
    noun: str,
    frame: pd.DataFrame,
    source: str,
    *,
    again: bool,
) -> int:
    """Note as a batch what writing `frame` is about to change, and return how many notes that took.

    Outlines are not in it, nor what is worked out from them: the grid a place lies in.

    Parameters
    ----------
    frame : DataFrame
        What `writing.upsert` takes of the noun.
    source : str
        Name of the file.
    again : bool
        It was read before: note which places it adds too. Of the others their source tells.
    """
    table = TABLES[noun]
    told = writing.as_arrow(NOUNS[noun], frame)
    names = [
        field.name
        for field in NOUNS[noun].fields
        if field.name in told.column_names and not field.refers_to
    ]
    query = sa.select(table.c.id, *(table.c[name] for name in names))
    before = {row["id"]: row for row in connection.execute(query).mappings()}
    rows = told.select(["id", *names]).to_pylist()
    noted = [one for one in _differences(before, rows, names) if again or one[1] != "new"]
    if noted:
        batch = new_batch(connection, access, PLACE_IMPORT, source, source)
        columns = zip(*noted, strict=True)
        named = zip(("row_id", "kind", "field", "old", "new"), columns, strict=True)
        text = {name: pa.array(values, pa.string()) for name, values in named}
        count = len(noted)
        numbers = pa.array(range(count), pa.int64())
        same = {"batch_id": pa.array([batch.id] * count), "noun": pa.array([noun] * count)}
        store.backend.append(connection, CHANGE, pa.table({**same, "number": numbers, **text}))
    return len(noted)


def _differences(
    before: dict[str, Any], rows: list[dict[str, Any]], names: list[str]
) -> Iterator[tuple[str, str, str | None, str | None, str | None]]:
    """Yield row, kind of change, field, old and new value."""
    for row in rows:
        was = before.get(row["id"])
        if was is None:
            yield row["id"], "new", None, None, None
            continue
        for name in names:
            if was[name] != row[name]:
                yield row["id"], "changed", name, as_text(was[name]), as_text(row[name])
