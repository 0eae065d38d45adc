"""Undoing a batch as a new batch, all of it or nothing."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, NotFoundError
from mapdesk.model.noun import Field
from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import flat, writing
from mapdesk.store.changes import REGISTER, new_batch, settle, take_out
from mapdesk.store.database import Store
from mapdesk.store.engines import stored
from mapdesk.store.rules import needs
from mapdesk.store.schema import BATCH, CHANGE, PLACE_BATCHES, PLACE_IMPORT, TABLES


@needs(Right.PLACES)
def is_of_places(store: Store, batch_id: str) -> bool:
    """Say whether a batch changed places alone; one that is not there did not."""
    with store.connect() as connection:
        kind = connection.scalar(sa.select(BATCH.c.kind).where(BATCH.c.id == batch_id))
    return kind in PLACE_BATCHES


@needs(Right.EDIT_PLACES)
def undo(store: Store, access: Access, batch_id: str) -> str:
    """Undo a batch and return the id of the batch that did it; undoing that one does it again.

    Raises
    ------
    NotFoundError
        No such batch.
    ConflictError
        It is undone already, or something it wrote was changed since.
    RightsError
        It changed the register, which the user may not.
    """
    with writing.transaction(store) as connection:
        found = (
            connection.execute(sa.select(BATCH).where(BATCH.c.id == batch_id)).mappings().first()
        )
        if found is None or found["state"] != "kept":
            raise NotFoundError(
                f"There is no batch '{batch_id}'; 'mapdesk register batches' lists them."
            )
        if found["undone_by"]:
            raise ConflictError(f"'{found['title']}' was undone already.")
        if found["kind"] == PLACE_IMPORT:
            raise ConflictError(
                f"Reading '{found['title']}' again is not undone; read the earlier file again, or correct "
                "its places by hand."
            )
        _check_not_erased(connection, batch_id, found["title"])
        of_places = found["kind"] in PLACE_BATCHES
        if not of_places:
            store.identity.require(Right.EDIT_REGISTER)
        kind = "place undo" if of_places else "undo"
        again = new_batch(connection, access, kind, found["title"], found["source"]).id
        for noun in EDITED_PLACES if of_places else REGISTER:
            _check_untouched(connection, found["number"], batch_id, noun)
        mark = sa.update(BATCH).where(BATCH.c.id == batch_id).values(undone_by=again)
        connection.execute(mark)
        if of_places:
            for noun in EDITED_PLACES:
                _set_back(connection, batch_id, again, noun)
            store.backend.announce(connection, EDITED_PLACES)
            return again
        for noun in REGISTER:
            _bring_back(store, connection, batch_id, again, noun)
            _set_back(connection, batch_id, again, noun)
        for noun in reversed(REGISTER):
            made = sa.select(CHANGE.c.row_id).where(*_of(batch_id, noun, "new"))
            take_out(store, connection, again, noun, made)
        count = sa.select(sa.func.count()).where(CHANGE.c.batch_id == again)
        settle(store, connection, again, whole=(connection.scalar(count) or 0) > flat.MANY)
    return again


def _of(batch_id: str, noun: str, kind: str) -> list[sa.ColumnElement[bool]]:
    return [CHANGE.c.batch_id == batch_id, CHANGE.c.noun == noun, CHANGE.c.kind == kind]


def _check_not_erased(connection: Connection, batch_id: str, title: str) -> None:
    """Raise ConflictError where values the batch would give back were erased by a retention rule."""
    emptied = sa.and_(
        CHANGE.c.batch_id == batch_id,
        CHANGE.c.kind != "new",
        CHANGE.c.old.is_(None),
        CHANGE.c.new.is_(None),
    )
    if connection.scalar(sa.select(sa.func.count()).where(emptied)):
        raise ConflictError(
            f"'{title}' cannot be undone any more: what people who are gone had in it was erased by a "
            "retention rule."
        )


def _check_untouched(connection: Connection, number: int, batch_id: str, noun: str) -> None:
    """Raise ConflictError where a later batch changed what this one wrote."""
    later = CHANGE.alias("later")
    other = BATCH.alias("other")
    query = (
        sa.select(CHANGE.c.row_id, other.c.who)
        .join(later, sa.and_(later.c.noun == CHANGE.c.noun, later.c.row_id == CHANGE.c.row_id))
        .join(other, other.c.id == later.c.batch_id)
        .where(CHANGE.c.batch_id == batch_id, CHANGE.c.noun == noun)
        .where(
            other.c.number >= number,
            other.c.id != batch_id,
            other.c.kind.not_in(("undo", "place undo")),
        )
        .where(other.c.undone_by.is_(None))
        .where(
            sa.or_(
                CHANGE.c.kind != "changed",
                later.c.kind != "changed",
                later.c.field == CHANGE.c.field,
            )
        )
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is not None:
        raise ConflictError(
            f"{noun} '{found[0]}' was changed since by {found[1]}; undo that first, or correct the "
            "row by hand."
        )


def _bring_back(store: Store, connection: Connection, batch_id: str, again: str, noun: str) -> None:
    """Insert what the batch removed."""
    import pandas as pd

    gone = sa.select(CHANGE.c.old).where(*_of(batch_id, noun, "gone"))
    rows = [json.loads(text) for text in connection.scalars(gone)]
    if not rows:
        return
    frame = pd.DataFrame(rows)
    for field in NOUNS[noun].fields:
        frame[field.name] = [_value(field, text) for text in frame[field.name]]
    store.backend.append(connection, TABLES[noun], writing.as_arrow(NOUNS[noun], frame))
    connection.execute(_inverse(batch_id, again, noun, "gone", "new", None, None))


def _value(field: Field, text: str | None) -> Any:
    """Return a value as it was before `changes.as_text`."""
    from datetime import date

    if text is None:
        return None
    if field.type == "int":
        return int(text)
    if field.type == "float":
        return float(text)
    return date.fromisoformat(text) if field.type == "date" else text


def _set_back(connection: Connection, batch_id: str, again: str, noun: str) -> None:
    """Give fields the values they had."""
    table = stored(connection, TABLES[noun])
    for field in NOUNS[noun].fields:
        column = table.c[field.name]
        statement = (
            sa.update(table)
            .where(*_of(batch_id, noun, "changed"))
            .where(CHANGE.c.field == field.name, CHANGE.c.row_id == table.c.id)
            .values({field.name: sa.cast(CHANGE.c.old, column.type)})
        )
        connection.execute(statement)
    connection.execute(
        _inverse(batch_id, again, noun, "changed", "changed", CHANGE.c.new, CHANGE.c.old)
    )


def _inverse(
    batch_id: str,
    again: str,
    noun: str,
    kind: str,
    becomes: str,
    old: sa.ColumnElement[Any] | None,
    new: sa.ColumnElement[Any] | None,
) -> sa.Insert:
    """Return the statement that notes what undoing did."""
    empty = sa.null()
    start = sa.select(sa.func.count()).where(CHANGE.c.batch_id == again).scalar_subquery()
    number = start + sa.func.row_number().over(order_by=(CHANGE.c.row_id, CHANGE.c.number))
    rows = sa.select(
        sa.literal(again),
        number,
        CHANGE.c.noun,
        CHANGE.c.row_id,
        sa.literal(becomes),
        CHANGE.c.field,
        empty if old is None else old,
        empty if new is None else new,
    ).where(*_of(batch_id, noun, kind))
    return sa.insert(CHANGE).from_select(
        ["batch_id", "number", "noun", "row_id", "kind", "field", "old", "new"], rows
    )
