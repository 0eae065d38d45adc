"""Undoing a batch as a new batch, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Collection
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
from mapdesk.store.rules import needs
from mapdesk.store.schema import BATCH, CHANGE, PLACE_BATCHES, PLACE_IMPORT, TABLES
from mapdesk.store.server import registering
from mapdesk.store.statements import Check, Given, Statements, given, hold, run

NO_BATCH = "There is no batch '{0}'; 'mapdesk register batches' lists them."
_UNDONE = "'{0}' was undone already."
_READ_AGAIN = (
    "Reading '{0}' again is not undone; read the earlier file again, or correct its places by hand."
)
_ERASED = "'{0}' cannot be undone any more: what people who are gone had in it was erased by a retention rule."
_CHANGED_SINCE = "{0} '{1}' was changed since by {2}; undo that first, or correct the row by hand."


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
    of_places = is_of_places(store, batch_id)
    nouns = EDITED_PLACES if of_places else REGISTER
    if store.is_guest:
        return registering.undo(store, batch_id, nouns)
    with writing.transaction(store) as connection:
        mine = sa.select(BATCH).where(BATCH.c.id == batch_id, BATCH.c.state == "kept")
        found = connection.execute(mine).mappings().first()
        if found is None:
            raise NotFoundError(NO_BATCH.format(batch_id))
        if not of_places:
            store.identity.require(Right.EDIT_REGISTER)
        hold(connection, checks(batch_id, nouns))
        kind = "place undo" if of_places else "undo"
        again = new_batch(connection, access, kind, found["title"], found["source"]).id
        run(connection, marked(batch_id, again))
        if of_places:
            for noun in nouns:
                run(connection, set_back(batch_id, again, noun))
            store.backend.announce(connection, nouns)
            return again
        for noun in nouns:
            _bring_back(store, connection, batch_id, noun)
            run(connection, [brought_back(batch_id, again, noun), *set_back(batch_id, again, noun)])
        run(connection, taken_out(batch_id, again))
        count = sa.select(sa.func.count()).where(CHANGE.c.batch_id == again)
        settle(connection, again, whole=(connection.scalar(count) or 0) > flat.MANY)
    return again


def _of(batch_id: Given[str], noun: str, kind: str) -> list[sa.ColumnElement[bool]]:
    return [CHANGE.c.batch_id == batch_id, CHANGE.c.noun == noun, CHANGE.c.kind == kind]


def checks(batch_id: Given[str], nouns: Collection[str]) -> list[Check]:
    """Return what a batch that changed some nouns must meet to be undone."""
    title = sa.select(BATCH.c.title).where(BATCH.c.id == batch_id)
    emptied = sa.exists().where(
        CHANGE.c.batch_id == batch_id,
        CHANGE.c.kind != "new",
        CHANGE.c.old.is_(None),
        CHANGE.c.new.is_(None),
    )
    return [
        Check(title.where(BATCH.c.undone_by.is_not(None)), ConflictError, _UNDONE),
        Check(title.where(BATCH.c.kind == PLACE_IMPORT), ConflictError, _READ_AGAIN),
        Check(title.where(emptied), ConflictError, _ERASED),
        *(Check(_changed_since(batch_id, noun), ConflictError, _CHANGED_SINCE) for noun in nouns),
    ]


def _changed_since(batch_id: Given[str], noun: str) -> sa.Select[tuple[str, ...]]:
    """Return the query of what a later batch changed of what this one wrote, and who did it."""
    own, later, other = BATCH.alias("own"), CHANGE.alias("later"), BATCH.alias("other")
    number = sa.select(own.c.number).where(own.c.id == batch_id).scalar_subquery()
    return (
        sa.select(CHANGE.c.noun, CHANGE.c.row_id, other.c.who)
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
    )


def is_of(nouns: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the predicate of batches that change places, or else the register."""
    of_places = sa.literal_column("b.kind").in_(PLACE_BATCHES)
    return of_places if set(nouns) == set(EDITED_PLACES) else sa.not_(of_places)


def marked(batch_id: Given[str], again: Given[str]) -> Statements:
    """Return what says of a batch that another undid it."""
    return [sa.update(BATCH).where(BATCH.c.id == batch_id).values(undone_by=again)]


def taken_out(batch_id: Given[str], again: Given[str]) -> Statements:
    """Return what takes out the rows that a batch made."""
    made: Statements = []
    for noun in reversed(REGISTER):
        ids = sa.select(CHANGE.c.row_id).where(*_of(batch_id, noun, "new"))
        made += take_out(again, noun, ids)
    return made


def _bring_back(store: Store, connection: Connection, batch_id: str, noun: str) -> None:
    """Insert what the batch removed."""
    import pandas as pd

    rows = [json.loads(text) for text in connection.scalars(gone(batch_id, noun))]
    if not rows:
        return
    frame = pd.DataFrame(rows)
    for field in NOUNS[noun].fields:
        frame[field.name] = [_value(field, text) for text in frame[field.name]]
    store.backend.append(connection, TABLES[noun], writing.as_arrow(NOUNS[noun], frame))


def gone(batch_id: Given[str], noun: str) -> sa.Select[Any]:
    """Return the query of the rows, as JSON, that a batch removed."""
    return sa.select(CHANGE.c.old).where(*_of(batch_id, noun, "gone"))


def brought_back(batch_id: Given[str], again: Given[str], noun: str) -> sa.Insert:
    """Return what notes that the rows a batch removed are there again."""
    return _inverse(batch_id, again, noun, "gone", "new", None, None)


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


def set_back(batch_id: Given[str], again: Given[str], noun: str) -> Statements:
    """Return what gives fields the values they had."""
    table = TABLES[noun]
    return [
        *(
            sa.update(table)
            .where(*_of(batch_id, noun, "changed"))
            .where(CHANGE.c.field == field.name, CHANGE.c.row_id == table.c.id)
            .values({field.name: sa.cast(CHANGE.c.old, table.c[field.name].type)})
            for field in NOUNS[noun].fields
        ),
        _inverse(batch_id, again, noun, "changed", "changed", CHANGE.c.new, CHANGE.c.old),
    ]


def _inverse(
    batch_id: Given[str],
    again: Given[str],
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
        given(again),
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
