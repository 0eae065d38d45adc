"""Rows of a register that wait: compared with the register, looked through, accepted or dropped.

Nothing of the register changes before `accept`, which writes one batch in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import comparing, flat, room, row_names, writing
from mapdesk.store.changes import new_batch, new_batch_id, settle
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.engines import backend_of
from mapdesk.store.rules import needs
from mapdesk.store.schema import BATCH, COLUMN_MAPPING, STAGED, TABLES
from mapdesk.store.scope import among
from mapdesk.store.server import registering
from mapdesk.store.statements import Given, Statements, run

if TYPE_CHECKING:
    import pandas as pd

ACCEPTABLE = ("new", "changed", "moved", "gone")
"""Statuses that can be accepted; "same" needs nothing, "doubtful" needs a decision first."""

STATUSES = (*ACCEPTABLE, "doubtful", "same", "refused")
"""All statuses of waiting rows; "refused" rows say why and are never written."""

_SETTLED = ("same", "refused")
"""Statuses nothing is left to do about."""

_MOST_NAMED = 1_000
"""People named one by one in a question: of more a server would mask all before it picks them."""

NOTHING_WAITS = "No rows wait in a batch '{0}'."
NONE_CHOSEN = "None of the waiting rows is chosen; choose rows to accept."

_FIELDS = NOUNS["person"].field_names
_PERSON, _HOUSEHOLD = TABLES["person"], TABLES["household"]


@needs(Right.EDIT_REGISTER)
def stage(
    store: Store,
    access: Access,
    title: str,
    source: str,
    frame: pd.DataFrame,
    *,
    complete: bool,
    refused: Sequence[tuple[int, str]] = (),
) -> str:
    """Keep a register's rows aside, compared with the register, and return the staging batch's id.

    Parameters
    ----------
    title : str
        What people call the file.
    source : str
        What the register is called from one file of it to the next.
    frame : DataFrame
        Columns ``line``, ``id`` (of people not known yet), fields of person, ``address``, ``note``,
        ``candidates`` (JSON; rows that have some are doubtful).
    complete : bool
        The file is the whole register: who came with an earlier file of `source` and is not in this
        one is gone.
    refused : sequence of (int, str)
        Lines that cannot be people and why, kept to be looked through.

    Raises
    ------
    FullError
        The disk has no room for them.
    """
    batch = new_batch_id()
    if store.is_guest:
        registering.ask_batch(store, batch, registering.COMPARE)
    with room.for_rows(store, len(frame)), writing.transaction(store) as connection:
        new_batch(connection, access, "import", title, source, "staged", batch)
        rows = writing.as_arrow(NOUNS["person"], frame)
        rows = rows.set_column(0, "id", pa.array(frame["id"], pa.string(), from_pandas=True))
        count = len(frame)
        for name, kind in (
            ("address", pa.string()),
            ("note", pa.string()),
            ("candidates", pa.string()),
        ):
            rows = rows.append_column(name, pa.array(frame[name], kind, from_pandas=True))
        doubtful = frame["candidates"].notna()
        rows = rows.append_column(
            "status", pa.array(doubtful.map({True: "doubtful", False: "new"}))
        )
        rows = rows.append_column("line", pa.array(frame["line"], pa.int64()))
        rows = rows.append_column("batch_id", pa.array([batch] * count, pa.string()))
        store.backend.append(connection, STAGED, rows)
        if store.is_guest:
            registering.compare(connection, batch, complete=complete)
        else:
            run(connection, compared(batch))
            run(connection, comparing.miss(batch, source) if complete else ())
        if refused:
            lines, reasons = zip(*refused, strict=True)
            told = {
                "batch_id": [batch] * len(lines),
                "line": lines,
                "status": ["refused"] * len(lines),
                "note": reasons,
            }
            store.backend.append(connection, STAGED, pa.table(told))
    return batch


@needs(Right.EDIT_REGISTER)
def name_rows(store: Store, source: str, frame: pd.DataFrame) -> None:
    """Give the rows of a register, and its households, ids that nothing can be read back from.

    A server that holds its user to a role keeps the secret they are made with, and names rows as it
    compares them: rows come to `stage` then with what the file calls them.
    """
    if not store.is_guest:
        row_names.name_rows(store.secret(), source, frame)
    elif "id" not in frame:
        frame["id"] = None


@needs(Right.EDIT_REGISTER)
def waiting(store: Store) -> list[dict[str, Any]]:
    """Return the staging batches that still have rows, the newest first."""
    query = (
        sa.select(BATCH.c.id, BATCH.c.title, BATCH.c.source, BATCH.c.at, BATCH.c.who)
        .where(BATCH.c.state == "staged")
        .order_by(BATCH.c.number.desc())
    )
    with store.connect() as connection:
        return as_dicts(connection.execute(query))


@needs(Right.EDIT_REGISTER)
def counts(store: Store, batch_id: str) -> dict[str, int]:
    """Return how many rows wait in each status."""
    query = (
        sa.select(STAGED.c.status, sa.func.count())
        .where(STAGED.c.batch_id == batch_id)
        .group_by(STAGED.c.status)
    )
    with store.connect() as connection:
        found = {str(status): int(count) for status, count in connection.execute(query)}
    return {status: found.get(status, 0) for status in STATUSES}


@needs(Right.EDIT_REGISTER)
def page(
    store: Store, batch_id: str, status: str | None = None, offset: int = 0, limit: int = 200
) -> list[dict[str, Any]]:
    """Return waiting rows by line, as the user may see them.

    Each has ``was``, the register's row of the same person or None, and ``differs``, the fields of it that
    accepting the row would change.
    """
    mine = [STAGED.c.batch_id == batch_id]
    if status is not None:
        mine.append(STAGED.c.status == status)
    # The lines of the page are found first: whole rows of all that waits would be sorted, or masked, for it.
    lines = sa.select(STAGED.c.line).where(*mine).order_by(STAGED.c.line)
    with store.connect() as connection:
        shown = connection.scalars(lines.offset(offset).limit(limit)).all()
        if not shown:
            return []
        mine.append(STAGED.c.line.between(shown[0], shown[-1]))
        query = sa.select(STAGED).where(*mine).order_by(STAGED.c.line)
        rows = as_dicts(connection.execute(query))
        ids = [row["id"] for row in rows if row["id"] is not None]
        few = len(ids) <= _MOST_NAMED
        whom = _PERSON.c.id.in_(ids) if few else among(_PERSON.c.id, ids)
        known = as_dicts(connection.execute(sa.select(_PERSON).where(whom)))
    by_id = {row["id"]: row for row in known}
    for row in rows:
        row["was"] = by_id.get(row["id"])
        told = row["was"] if row["status"] != "gone" else None
        row["differs"] = [name for name in _FIELDS if told and row[name] != told[name]]
    if store.is_guest:
        differing = registering.differing(store, batch_id, [row["line"] for row in rows])
        for row in rows:
            row["differs"] = differing.get(row["line"], [])
    return rows


@needs(Right.EDIT_REGISTER)
def decide(store: Store, batch_id: str, line: int, unit_id: str | None) -> str:
    """Settle a doubtful row: the unit is this one, or none is known; return its new status.

    Raises
    ------
    NotFoundError
        No such row waits, or there is no such unit.
    InputError
        Another row that waits is about the same person.
    """
    unit = TABLES["unit"]
    if store.is_guest:
        registering.ask_batch(store, batch_id, "settle row of register")
    with writing.transaction(store) as connection:
        building = None
        if unit_id is not None:
            building = connection.scalar(sa.select(unit.c.building_id).where(unit.c.id == unit_id))
            if building is None:
                raise NotFoundError(f"There is no unit '{unit_id}'.")
        mine = sa.and_(STAGED.c.batch_id == batch_id, STAGED.c.line == line)
        update = (
            sa.update(STAGED)
            .where(mine, STAGED.c.status == "doubtful")
            .values(unit_id=unit_id, building_id=building, candidates=None, status="new")
        )
        changed = connection.execute(store.backend.stored(update))
        if changed.rowcount != 1:
            raise NotFoundError(f"No doubtful row of line {line} waits there.")
        _check_alone(connection, batch_id, line)
        if store.is_guest:
            registering.judge_line(connection, batch_id, line)
        else:
            run(connection, comparing.house(batch_id, line) + comparing.judge(batch_id, line))
        return str(connection.scalar(sa.select(STAGED.c.status).where(mine)))


def _check_alone(connection: Connection, batch_id: str, line: int) -> None:
    """Raise InputError where another row, doubtful ones aside, is about the person of this one."""
    other = STAGED.alias("other")
    query = (
        sa.select(other.c.line)
        .join(STAGED, sa.and_(STAGED.c.batch_id == other.c.batch_id, STAGED.c.id == other.c.id))
        .where(STAGED.c.batch_id == batch_id, STAGED.c.line == line, other.c.line != line)
        .where(other.c.status.in_((*ACCEPTABLE, "same")))
    )
    found = connection.scalar(query.limit(1))
    if found is not None:
        raise InputError(
            f"Line {line} is about the same person as line {found}; drop one of the two first."
        )


@needs(Right.EDIT_REGISTER)
def accept(
    store: Store,
    access: Access,
    batch_id: str,
    statuses: Collection[str] | None = None,
    lines: Collection[int] | None = None,
    but: Collection[int] = (),
) -> str:
    """Write waiting rows to the register as one batch, all or none, and return that batch's id.

    Parameters
    ----------
    statuses : collection of str, optional
        Those of `ACCEPTABLE` of which every row is meant; all where no lines are given.
    lines : collection of int, optional
        Lines of the file that are meant besides.
    but : collection of int
        Lines that are not.

    Raises
    ------
    InputError
        Nothing is chosen, or a row refers to something that is not there any more.
    FullError
        The disk has no room for them.
    """
    if statuses is None:
        statuses = ACCEPTABLE if lines is None else ()
    if store.is_guest:
        return registering.accept(
            store, batch_id, sorted(statuses), sorted(lines or ()), sorted(but)
        )
    meant = sa.or_(STAGED.c.status.in_(sorted(statuses)), STAGED.c.line.in_(sorted(lines or ())))
    chosen = chosen_rows(batch_id, meant, STAGED.c.line.not_in(sorted(but)))
    counted = sa.select(sa.func.count()).select_from(STAGED).where(chosen)
    with store.connect() as connection:
        count = connection.scalar(counted) or 0
    with room.for_rows(store, count), writing.transaction(store) as connection:
        staged = (
            connection.execute(sa.select(BATCH).where(BATCH.c.id == batch_id)).mappings().first()
        )
        if staged is None or staged["state"] != "staged":
            raise _nothing_waits(batch_id)
        count = connection.scalar(counted) or 0
        if not count:
            raise InputError(NONE_CHOSEN)
        # What was compared may be older than what others did meanwhile.
        run(connection, comparing.judge(batch_id))
        batch = new_batch(connection, access, "import", staged["title"], staged["source"]).id
        run(connection, comparing.write(batch, chosen))
        run(connection, [sa.delete(STAGED).where(chosen)])
        _close_if_done(connection, batch_id)
        settle(connection, batch, whole=count > flat.MANY)
    return batch


def compared(batch_id: Given[str]) -> Statements:
    """Return what compares a batch that waits with the register."""
    return [
        *comparing.recognise(batch_id),
        *comparing.house(batch_id),
        *comparing.judge(batch_id),
    ]


def chosen_rows(
    batch_id: Given[str], meant: sa.ColumnElement[bool], others: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Return the predicate of the rows to accept: those meant, but no others."""
    return sa.and_(STAGED.c.batch_id == batch_id, STAGED.c.status.in_(ACCEPTABLE), meant, others)


@needs(Right.EDIT_REGISTER)
def discard(store: Store, batch_id: str, lines: Collection[int] | None = None) -> int:
    """Drop what waits, or some lines of it; the register stays as it is. Return how many rows went.

    Raises
    ------
    NotFoundError
        There is nothing of the kind.
    """
    meant = [STAGED.c.batch_id == batch_id]
    if lines is not None:
        meant.append(STAGED.c.line.in_(sorted(lines)))
    with writing.transaction(store) as connection:
        drop = store.backend.stored(sa.delete(STAGED).where(*meant))
        dropped = connection.execute(drop).rowcount
        if not dropped:
            raise _nothing_waits(batch_id)
        _close_if_done(connection, batch_id)
    return int(dropped)


def _nothing_waits(batch_id: str) -> NotFoundError:
    return NotFoundError(NOTHING_WAITS.format(batch_id))


def _close_if_done(connection: Connection, batch_id: str) -> None:
    """Forget a staging batch when nothing is left to do about its rows."""
    backend = backend_of(connection)
    if not connection.scalar(left_of(batch_id)):
        run(connection, map(backend.stored, forgotten(batch_id)))


def left_of(batch_id: Given[str]) -> sa.Select[Any]:
    """Return the query of how many rows of a batch something is left to do about."""
    return sa.select(sa.func.count()).where(
        STAGED.c.batch_id == batch_id, STAGED.c.status.not_in(_SETTLED)
    )


def forgotten(batch_id: Given[str]) -> Statements:
    """Return what drops a batch that waits, with its rows."""
    return [
        sa.delete(STAGED).where(STAGED.c.batch_id == batch_id),
        sa.delete(BATCH).where(BATCH.c.id == batch_id),
    ]


@needs(Right.EDIT_REGISTER)
def recall_mapping(store: Store, header: str) -> dict[str, str]:
    """Return the mapping remembered for a header, column to field; empty where there is none."""
    query = sa.select(COLUMN_MAPPING.c.mapping).where(COLUMN_MAPPING.c.header == header)
    with store.connect() as connection:
        text = connection.scalar(query)
    found: dict[str, str] = json.loads(text) if text else {}
    return found


@needs(Right.EDIT_REGISTER)
def remember_mapping(store: Store, header: str, mapping: Mapping[str, str]) -> None:
    """Remember which column fills which field."""
    text = json.dumps(dict(mapping), ensure_ascii=False)
    with writing.transaction(store) as connection:
        connection.execute(sa.delete(COLUMN_MAPPING).where(COLUMN_MAPPING.c.header == header))
        connection.execute(sa.insert(COLUMN_MAPPING).values(header=header, mapping=text))
