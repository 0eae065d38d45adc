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
from mapdesk.store import comparing, flat, room, writing
from mapdesk.store.changes import new_batch, settle
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.rules import needs
from mapdesk.store.schema import BATCH, COLUMN_MAPPING, STAGED, TABLES

if TYPE_CHECKING:
    import pandas as pd

ACCEPTABLE = ("new", "changed", "moved", "gone")
"""Statuses that can be accepted; "same" needs nothing, "doubtful" needs a decision first."""

STATUSES = (*ACCEPTABLE, "doubtful", "same", "refused")
"""All statuses of waiting rows; "refused" rows say why and are never written."""

_SETTLED = ("same", "refused")
"""Statuses nothing is left to do about."""

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
    with room.for_rows(store, len(frame)), writing.transaction(store) as connection:
        batch = new_batch(connection, access, "import", title, source, "staged").id
        rows = writing.as_arrow(NOUNS["person"], frame)
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
        comparing.recognise(connection, batch)
        comparing.house(connection, batch)
        comparing.judge(connection, batch)
        if complete:
            comparing.miss(connection, batch, source)
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
    """Return waiting rows by line, each with ``was``: the register's row of the same person, or None."""
    was = _PERSON.alias("was")
    mine = [STAGED.c.batch_id == batch_id]
    # The lines of the page are found first: whole rows of all that waits would be sorted for each page.
    lines = sa.select(STAGED.c.line).where(*mine)
    if status is not None:
        lines = lines.where(STAGED.c.status == status)
    lines = lines.order_by(STAGED.c.line).offset(offset).limit(limit)
    query = (
        sa.select(STAGED, *[was.c[name].label(f"was_{name}") for name in ("id", *_FIELDS)])
        .select_from(STAGED.outerjoin(was, was.c.id == STAGED.c.id))
        .where(*mine, STAGED.c.line.in_(lines))
        .order_by(STAGED.c.line)
    )
    with store.connect() as connection:
        rows = as_dicts(connection.execute(query))
    for row in rows:
        old = {name: row.pop(f"was_{name}") for name in ("id", *_FIELDS)}
        row["was"] = old if old["id"] is not None else None
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
    with writing.transaction(store) as connection:
        building = None
        if unit_id is not None:
            building = connection.scalar(sa.select(unit.c.building_id).where(unit.c.id == unit_id))
            if building is None:
                raise NotFoundError(f"There is no unit '{unit_id}'.")
        mine = sa.and_(STAGED.c.batch_id == batch_id, STAGED.c.line == line)
        changed = connection.execute(
            sa.update(STAGED)
            .where(mine, STAGED.c.status == "doubtful")
            .values(unit_id=unit_id, building_id=building, candidates=None, status="new")
        )
        if changed.rowcount != 1:
            raise NotFoundError(f"No doubtful row of line {line} waits there.")
        _check_alone(connection, batch_id, line)
        comparing.house(connection, batch_id, line)
        comparing.judge(connection, batch_id, line)
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
    chosen = [
        STAGED.c.batch_id == batch_id,
        STAGED.c.status.in_(ACCEPTABLE),
        sa.or_(STAGED.c.status.in_(sorted(statuses)), STAGED.c.line.in_(sorted(lines or ()))),
        STAGED.c.line.not_in(sorted(but)),
    ]
    counted = sa.select(sa.func.count()).select_from(STAGED).where(*chosen)
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
            raise InputError("None of the waiting rows is chosen; choose rows to accept.")
        # What was compared may be older than what others did meanwhile.
        comparing.judge(connection, batch_id)
        batch = new_batch(connection, access, "import", staged["title"], staged["source"]).id
        comparing.write(store, connection, batch, sa.and_(*chosen))
        connection.execute(sa.delete(STAGED).where(*chosen))
        _close_if_done(connection, batch_id)
        settle(store, connection, batch, whole=count > flat.MANY)
    return batch


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
        dropped = connection.execute(sa.delete(STAGED).where(*meant)).rowcount
        if not dropped:
            raise _nothing_waits(batch_id)
        _close_if_done(connection, batch_id)
    return int(dropped)


def _nothing_waits(batch_id: str) -> NotFoundError:
    return NotFoundError(f"No rows wait in a batch '{batch_id}'.")


def _close_if_done(connection: Connection, batch_id: str) -> None:
    """Forget a staging batch when nothing is left to do about its rows."""
    left = sa.select(sa.func.count()).where(
        STAGED.c.batch_id == batch_id, STAGED.c.status.not_in(_SETTLED)
    )
    if not connection.scalar(left):
        connection.execute(sa.delete(STAGED).where(STAGED.c.batch_id == batch_id))
        connection.execute(sa.delete(BATCH).where(BATCH.c.id == batch_id))


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
