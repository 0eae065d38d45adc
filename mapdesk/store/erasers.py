"""What is due by a rule of retention, and the statements that erase it: for a desk and for a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from mapdesk.store.schema import BATCH, CHANGE, STAGED, TABLES

Moment = sa.ColumnElement[datetime]
"""UTC without a zone."""

_PERSON, _INCIDENT, _READING = TABLES["person"], TABLES["incident"], TABLES["reading"]


@dataclass(frozen=True)
class Eraser:
    """How one kind of thing is erased.

    Parameters
    ----------
    table : sa.Table
        Whose rows are counted.
    due : callable
        Takes the moment and returns the predicate of what is due.
    statements : callable
        Takes the same moment and returns the statements that erase it, in order.
    nouns : tuple of str
        Nouns other desks must read anew.
    """

    table: sa.Table
    due: Callable[[Moment], sa.ColumnElement[bool]]
    statements: Callable[[Moment], list[sa.Delete | sa.Update]]
    nouns: tuple[str, ...] = ()


def _of_the_gone(before: Moment) -> sa.ColumnElement[bool]:
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


def _blank(before: Moment) -> list[sa.Delete | sa.Update]:
    return [sa.update(CHANGE).where(_of_the_gone(before)).values(old=None, new=None)]


def _waiting(before: Moment) -> sa.Select[tuple[str]]:
    return sa.select(BATCH.c.id).where(BATCH.c.state == "staged", BATCH.c.at < before)


def _staged(before: Moment) -> sa.ColumnElement[bool]:
    return STAGED.c.batch_id.in_(_waiting(before))


def _drop_staged(before: Moment) -> list[sa.Delete | sa.Update]:
    return [
        sa.delete(STAGED).where(_staged(before)),
        sa.delete(BATCH).where(BATCH.c.state == "staged", BATCH.c.at < before),
    ]


def _closed(before: Moment) -> sa.ColumnElement[bool]:
    closed = sa.func.coalesce(_INCIDENT.c.closed_at, _INCIDENT.c.reported_at)
    return sa.and_(_INCIDENT.c.status == "closed", closed < before)


def _drop_closed(before: Moment) -> list[sa.Delete | sa.Update]:
    return [sa.delete(_INCIDENT).where(_closed(before))]


def _read(before: Moment) -> sa.ColumnElement[bool]:
    return _READING.c.at < before


def _drop_read(before: Moment) -> list[sa.Delete | sa.Update]:
    return [sa.delete(_READING).where(_read(before))]


ERASERS: dict[str, Eraser] = {
    "history of the gone": Eraser(CHANGE, _of_the_gone, _blank),
    "staged rows": Eraser(STAGED, _staged, _drop_staged),
    "closed incidents": Eraser(_INCIDENT, _closed, _drop_closed, ("incident",)),
    "readings": Eraser(_READING, _read, _drop_read, ("reading",)),
}
"""Looks are erased by `audit.erase`; no outgoing request is kept anywhere yet."""


def count_of(eraser: Eraser, before: Moment) -> sa.Select[Any]:
    """Return the query of how many rows are due."""
    return sa.select(sa.func.count()).select_from(eraser.table).where(eraser.due(before))
