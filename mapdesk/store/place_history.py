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
from mapdesk.store.server import contacts

if TYPE_CHECKING:
    import pandas as pd

Note = tuple[str, str, str | None, str | None, str | None]
"""Row, kind of change, field, old and new value."""


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
    hidden = [name for name in names if store.is_guest and NOUNS[noun].field(name).mask]
    names = [name for name in names if name not in hidden]
    query = sa.select(table.c.id, *(table.c[name] for name in names))
    before = {row["id"]: row for row in connection.execute(query).mappings()}
    rows = told.select(["id", *names]).to_pylist()
    noted = [one for one in _differences(before, rows, names) if again or one[1] != "new"]
    known = {
        name: {
            row["id"]: row[name]
            for row in told.select(["id", name]).to_pylist()
            if row["id"] in before
        }
        for name in hidden
    }
    if not any(known.values()):
        if noted:
            _write(store, connection, access, noun, source, noted)
        return len(noted)
    asked = contacts.ask_to_note(store, source, known)
    with connection.begin_nested() as attempt:
        batch = _write(store, connection, access, noun, source, noted)
        count = len(noted) + contacts.note(connection, batch, asked)
        if not count:
            attempt.rollback()
    return count


def _write(
    store: Store,
    connection: Connection,
    access: Access,
    noun: str,
    source: str,
    noted: list[Note],
) -> str:
    """Write a batch with its notes and return its id."""
    batch = new_batch(connection, access, PLACE_IMPORT, source, source).id
    if noted:
        columns = zip(*noted, strict=True)
        named = zip(("row_id", "kind", "field", "old", "new"), columns, strict=True)
        text = {name: pa.array(values, pa.string()) for name, values in named}
        count = len(noted)
        numbers = pa.array(range(count), pa.int64())
        same = {"batch_id": pa.array([batch] * count), "noun": pa.array([noun] * count)}
        store.backend.append(connection, CHANGE, pa.table({**same, "number": numbers, **text}))
    return batch


def _differences(
    before: dict[str, Any], rows: list[dict[str, Any]], names: list[str]
) -> Iterator[Note]:
    """Yield row, kind of change, field, old and new value."""
    for row in rows:
        was = before.get(row["id"])
        if was is None:
            yield row["id"], "new", None, None, None
            continue
        for name in names:
            if was[name] != row[name]:
                yield row["id"], "changed", name, as_text(was[name]), as_text(row[name])
