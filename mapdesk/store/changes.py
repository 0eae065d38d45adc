"""Changing the register and places by hand: who changed which field from what to what, all of it to be undone.

Every act is a batch. Edits say what they believe to be there; where that is no longer so, someone else was
faster and nothing is written.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, InputError, NotFoundError
from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import flat, writing
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.engines import backend_of
from mapdesk.store.rules import needs
from mapdesk.store.schema import (
    BATCH,
    CHANGE,
    PLACE_BATCHES,
    RESIDENT,
    TABLES,
)
from mapdesk.store.scope import visible
from mapdesk.store.server import contacts, registering
from mapdesk.store.statements import Given, Statements, given, row_as_json, run

REGISTER = ("unit", "household", "person")
"""Nouns of the register, referenced ones first; of `EDITED_PLACES` only fields change."""
TAKEN = "There is a {0} '{1}' already."
GONE = "The {0} '{1}' is gone; someone removed it meanwhile."
MEANWHILE = (
    "{0} of {1} '{2}' was changed to {3} meanwhile ({4}); nothing was written, look at it anew."
)
_KEYS = {"person": "id", "household": "household_id"}
"""Column of the flat table with the id of what is personal."""


@dataclass(frozen=True)
class Edit:
    """One row as it was believed to be and as it shall be.

    Parameters
    ----------
    noun, id : str
    before : mapping of str to value, or None
        Fields that change, as they were seen; None where the row is new.
    after : mapping of str to value, or None
        The same fields as they shall be; of a new row all of them; None where the row shall go.
    """

    noun: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass
class Batch:
    """One act of changing the register, being written.

    Parameters
    ----------
    id : str
    number : int
        Changes written so far.
    """

    id: str
    number: int = 0


def now() -> datetime:
    """Return the time in UTC, without a zone, as it is stored."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def new_batch_id() -> str:
    """Return an id that no batch has."""
    return uuid.uuid4().hex[:12]


def new_batch(
    connection: Connection,
    access: Access,
    kind: str,
    title: str,
    source: str | None = None,
    state: str = "kept",
    batch_id: str = "",
) -> Batch:
    """Write a batch's row and return the batch."""
    batch = Batch(batch_id or new_batch_id())
    last = connection.scalar(sa.select(sa.func.max(BATCH.c.number)))
    connection.execute(
        sa.insert(BATCH).values(
            id=batch.id,
            number=(last or 0) + 1,
            kind=kind,
            title=title,
            source=source,
            who=access.user,
            role=access.role,
            purpose=access.purpose,
            at=now(),
            state=state,
        )
    )
    return batch


@needs(None)
def apply(store: Store, access: Access, title: str, edits: Sequence[Edit]) -> str:
    """Write edits, of the register or of places, as one batch, all or none, and return the batch's id.

    Raises
    ------
    ConflictError
        A row is no longer as the edit believes.
    NotFoundError
        A row is gone.
    InputError
        A new row's id is taken, or a row refers to something that is not there.
    RightsError
        The role may not change rows of these nouns.
    """
    nouns = {edit.noun for edit in edits}
    for noun in nouns or {"person"}:
        store.identity.require(writing.right_to_change(noun))
    of_places = nouns <= set(EDITED_PLACES)
    if not (of_places or nouns <= set(REGISTER)):
        raise ValueError(f"{nouns} are not all of the register, nor all places")
    if store.is_guest and not of_places:
        return registering.write_edits(store, title, edits)
    with writing.transaction(store) as connection:
        batch = new_batch(connection, access, "place edit" if of_places else "edit", title)
        for edit in edits:
            if store.is_guest and edit.noun == "organisation":
                fields = edit.before or {}, edit.after or {}
                batch.number = contacts.change(connection, batch.id, edit.id, *fields)
            else:
                _apply_one(connection, batch, edit)
        if of_places:
            store.backend.announce(connection, sorted(nouns))
        else:
            settle(connection, batch.id)
    return batch.id


def _apply_one(connection: Connection, batch: Batch, edit: Edit) -> None:
    table = TABLES[edit.noun]
    columns = [column for column in table.c if column.name != "geometry"]
    backend = backend_of(connection)
    query = backend.stored(backend.locking(sa.select(*columns).where(table.c.id == edit.id)))
    row = connection.execute(query).mappings().first()
    if edit.before is None:
        if row is not None:
            raise InputError(TAKEN.format(edit.noun, edit.id))
        connection.execute(sa.insert(table).values(id=edit.id, **(edit.after or {})))
        _note(connection, batch, edit, "new")
        return
    if row is None:
        raise NotFoundError(GONE.format(edit.noun, edit.id))
    for name, believed in edit.before.items():
        if row[name] != believed:
            raise ConflictError(_told(connection, edit, name, row[name]))
    if edit.after is None:
        connection.execute(sa.delete(table).where(table.c.id == edit.id))
        _note(connection, batch, edit, "gone", old=as_json(dict(row)))
    else:
        _change(connection, batch, edit, dict(row), edit.after)


def _change(
    connection: Connection, batch: Batch, edit: Edit, row: dict[str, Any], after: Mapping[str, Any]
) -> None:
    table = TABLES[edit.noun]
    changed = {name: new for name, new in after.items() if row[name] != new}
    if changed:
        update = sa.update(table).where(table.c.id == edit.id).values(**changed)
        connection.execute(backend_of(connection).stored(update))
    for name, new in changed.items():
        _note(connection, batch, edit, "changed", name, as_text(row[name]), as_text(new))


def _told(connection: Connection, edit: Edit, name: str, found: object) -> str:
    """Say who changed a field meanwhile, as far as the history knows."""
    last = connection.execute(
        sa.select(BATCH.c.who, BATCH.c.at)
        .join(CHANGE, CHANGE.c.batch_id == BATCH.c.id)
        .where(CHANGE.c.row_id == edit.id, CHANGE.c.field == name)
        .order_by(BATCH.c.at.desc())
        .limit(1)
    ).first()
    who = f"{last[0]}, {last[1]:%Y-%m-%d %H:%M} UTC" if last else "another desk"
    shown = "another value" if NOUNS[edit.noun].field(name).mask else f"'{found}'"
    return MEANWHILE.format(name, edit.noun, edit.id, shown, who)


def _note(
    connection: Connection,
    batch: Batch,
    edit: Edit,
    kind: str,
    name: str | None = None,
    old: str | None = None,
    new: str | None = None,
) -> None:
    noted = sa.insert(CHANGE).values(
        batch_id=batch.id,
        number=batch.number,
        noun=edit.noun,
        row_id=edit.id,
        kind=kind,
        field=name,
        old=old,
        new=new,
    )
    connection.execute(backend_of(connection).stored(noted))
    batch.number += 1


def take_out(batch_id: Given[str], noun: str, ids: sa.Select[tuple[str]]) -> Statements:
    """Return what deletes rows, given as a query of their ids, and keeps them whole in the history."""
    table = TABLES[noun]
    start = sa.select(sa.func.count()).where(CHANGE.c.batch_id == batch_id).scalar_subquery()
    noted = {
        "batch_id": given(batch_id),
        "number": start + sa.func.row_number().over(order_by=table.c.id),
        "noun": sa.literal(noun),
        "row_id": table.c.id,
        "kind": sa.literal("gone"),
        "old": row_as_json(table),
    }
    rows = sa.select(*noted.values()).where(table.c.id.in_(ids))
    return [
        sa.insert(CHANGE).from_select(list(noted), rows),
        sa.delete(table).where(table.c.id.in_(ids)),
    ]


def as_text(value: object) -> str | None:
    """Return a value as the history keeps it."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def as_json(row: dict[str, Any]) -> str:
    """Return a whole row as the history keeps it."""
    return json.dumps({name: as_text(value) for name, value in row.items()}, ensure_ascii=False)


def settle(connection: Connection, batch_id: str, *, whole: bool = False) -> None:
    """Check references, bring the flat table in step with a batch and tell other desks.

    Parameters
    ----------
    whole : bool
        Make the flat table anew: sooner done where a batch touched much of the register.
    """
    for noun in REGISTER:
        writing.check_references(connection, noun, None if whole else touched(batch_id, noun))
    if whole:
        flat.rebuild(connection)
    else:
        run(connection, flat.refresh(touched(batch_id, "person")))
    backend_of(connection).announce(connection, REGISTER)


def touched(batch_id: Given[str], noun: str) -> sa.CompoundSelect[tuple[str]]:
    """Return the query of the rows that a batch changed, or that refer to a row of the register it changed.

    Ids of rows that are gone are among them.
    """

    def changed(key: str) -> sa.Select[tuple[str]]:
        return sa.select(CHANGE.c.row_id).where(CHANGE.c.batch_id == batch_id, CHANGE.c.noun == key)

    table = TABLES[noun]
    # One question each: of two conditions in one, a server believes that most rows meet them.
    referring = [
        sa.select(table.c.id).where(table.c[field.name].in_(changed(field.refers_to)))
        for field in NOUNS[noun].fields
        if field.refers_to in REGISTER
    ]
    return sa.union(changed(noun), *referring)


@needs(None)
def history(store: Store, noun: str, row_id: str) -> list[dict[str, Any]]:
    """Return the changes of one row with who made them and when, the newest first, values unmasked.

    None of a person or household that the user may not see. Of those who are gone nobody knows any more
    whose areas they were in, so their history is for who may see everybody. That of places is for everyone.
    """
    store.identity.require(Right.PLACES if noun in EDITED_PLACES else Right.PEOPLE)
    seen = visible(store)
    query = (
        sa.select(
            *(BATCH.c[name] for name in ("at", "who", "kind", "title", "source")),
            BATCH.c.id.label("batch_id"),
            CHANGE.c.kind.label("change"),
            CHANGE.c.field,
            CHANGE.c.old,
            CHANGE.c.new,
        )
        .join(BATCH, BATCH.c.id == CHANGE.c.batch_id)
        .where(CHANGE.c.noun == noun, CHANGE.c.row_id == row_id)
        .order_by(BATCH.c.number.desc(), CHANGE.c.number)
    )
    if seen is not None and noun in _KEYS:
        query = query.where(CHANGE.c.row_id.in_(sa.select(RESIDENT.c[_KEYS[noun]]).where(seen)))
    with store.connect() as connection:
        return as_dicts(connection.execute(query))


@needs(Right.EDIT_PLACES)
def batches(store: Store, limit: int = 200) -> list[dict[str, Any]]:
    """Return what was done, the newest batch first, with how many changes each made.

    Who may not change the register gets those of places.
    """
    counted = (
        sa.select(CHANGE.c.batch_id, sa.func.count().label("changes"))
        .group_by(CHANGE.c.batch_id)
        .subquery()
    )
    query = (
        sa.select(BATCH, sa.func.coalesce(counted.c.changes, 0).label("changes"))
        .select_from(BATCH.outerjoin(counted, counted.c.batch_id == BATCH.c.id))
        .where(BATCH.c.state == "kept")
        .order_by(BATCH.c.number.desc())
        .limit(limit)
    )
    if not store.identity.may(Right.EDIT_REGISTER):
        query = query.where(BATCH.c.kind.in_(PLACE_BATCHES))
    with store.connect() as connection:
        return as_dicts(connection.execute(query))
