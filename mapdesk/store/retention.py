"""How long things are kept, and erasing what is due. Only `services.retention` calls this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store import writing
from mapdesk.store.database import Store, checkpoint
from mapdesk.store.rules import needs
from mapdesk.store.schema import BATCH, CHANGE, RETENTION_RULE, STAGED, TABLES

_PERSON, _INCIDENT, _READING = TABLES["person"], TABLES["incident"], TABLES["reading"]


@dataclass(frozen=True)
class _Eraser:
    """How one kind of thing is erased.

    Parameters
    ----------
    table : sa.Table
        Whose rows are counted.
    due : callable
        Takes the moment, UTC without a zone, and returns the predicate of what is due.
    statements : callable
        Takes the same moment and returns the statements that erase it, in order.
    nouns : tuple of str
        Nouns other desks must read anew.
    """

    table: sa.Table
    due: Callable[[datetime], sa.ColumnElement[bool]]
    statements: Callable[[datetime], list[sa.Delete | sa.Update]]
    nouns: tuple[str, ...] = ()


def _of_the_gone(before: datetime) -> sa.ColumnElement[bool]:
    """Return the predicate over changes that hold values of people who went before a moment."""
    gone = (
        sa.select(CHANGE.c.row_id)
        .join(BATCH, BATCH.c.id == CHANGE.c.batch_id)
        .where(CHANGE.c.noun == "person", CHANGE.c.kind == "gone")
        .group_by(CHANGE.c.row_id)
        .having(sa.func.max(BATCH.c.at) < before)
    )
    there = sa.select(_PERSON.c.id)
    return sa.and_(
        CHANGE.c.noun == "person",
        sa.or_(CHANGE.c.old.is_not(None), CHANGE.c.new.is_not(None)),
        CHANGE.c.row_id.in_(gone),
        CHANGE.c.row_id.not_in(there),
    )


def _blank(before: datetime) -> list[sa.Delete | sa.Update]:
    return [sa.update(CHANGE).where(_of_the_gone(before)).values(old=None, new=None)]


def _waiting(before: datetime) -> sa.Select[tuple[str]]:
    return sa.select(BATCH.c.id).where(BATCH.c.state == "staged", BATCH.c.at < before)


def _staged(before: datetime) -> sa.ColumnElement[bool]:
    return STAGED.c.batch_id.in_(_waiting(before))


def _drop_staged(before: datetime) -> list[sa.Delete | sa.Update]:
    return [
        sa.delete(STAGED).where(_staged(before)),
        sa.delete(BATCH).where(BATCH.c.state == "staged", BATCH.c.at < before),
    ]


def _closed(before: datetime) -> sa.ColumnElement[bool]:
    closed = sa.func.coalesce(_INCIDENT.c.closed_at, _INCIDENT.c.reported_at)
    return sa.and_(_INCIDENT.c.status == "closed", closed < before)


def _drop_closed(before: datetime) -> list[sa.Delete | sa.Update]:
    return [sa.delete(_INCIDENT).where(_closed(before))]


def _read(before: datetime) -> sa.ColumnElement[bool]:
    return _READING.c.at < before


def _drop_read(before: datetime) -> list[sa.Delete | sa.Update]:
    return [sa.delete(_READING).where(_read(before))]


_ERASERS: dict[str, _Eraser] = {
    "history of the gone": _Eraser(CHANGE, _of_the_gone, _blank),
    "staged rows": _Eraser(STAGED, _staged, _drop_staged),
    "closed incidents": _Eraser(_INCIDENT, _closed, _drop_closed, ("incident",)),
    "readings": _Eraser(_READING, _read, _drop_read, ("reading",)),
}
"""Looks are erased by `audit.erase`; no outgoing request is kept anywhere yet."""


@needs(Right.RETENTION)
def rules(store: Store) -> dict[str, int]:
    """Return the days that things are kept; what has no rule is kept for ever."""
    query = sa.select(RETENTION_RULE.c.what, RETENTION_RULE.c.days)
    with store.connect() as connection:
        return {str(what): int(days) for what, days in connection.execute(query)}


@needs(Right.RETENTION)
def set_rule(store: Store, what: str, days: int | None) -> None:
    """Keep a kind of thing for so many days; None keeps it for ever."""
    with writing.transaction(store) as connection:
        connection.execute(sa.delete(RETENTION_RULE).where(RETENTION_RULE.c.what == what))
        if days is not None:
            connection.execute(sa.insert(RETENTION_RULE).values(what=what, days=days))


@needs(Right.RETENTION)
def count_due(store: Store, what: str, before: datetime) -> int:
    """Return how many rows of a kind are older than a moment."""
    eraser = _ERASERS.get(what)
    if eraser is None:
        return 0
    with store.connect() as connection:
        return _count(connection, eraser, _plain(before))


@needs(Right.RETENTION)
def erase(store: Store, what: str, before: datetime) -> int:
    """Erase what is older than a moment, all of it or nothing, and return how many rows that was."""
    eraser = _ERASERS.get(what)
    if eraser is None:
        return 0
    moment = _plain(before)
    with writing.transaction(store) as connection:
        count = _count(connection, eraser, moment)
        for statement in eraser.statements(moment):
            connection.execute(statement)
        if eraser.nouns:
            store.backend.announce(connection, eraser.nouns)
    checkpoint(store)
    return count


def _count(connection: sa.Connection, eraser: _Eraser, moment: datetime) -> int:
    query: sa.Select[Any] = sa.select(sa.func.count()).select_from(eraser.table)
    return int(connection.scalar(query.where(eraser.due(moment))) or 0)


def _plain(before: datetime) -> datetime:
    """Return a moment as the district keeps it: UTC without a zone."""
    return before.astimezone(UTC).replace(tzinfo=None)
