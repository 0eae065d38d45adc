"""Whose records the signed-in user may see: those of the areas given to them, and minors only by right.

Predicates over `RESIDENT`, for every query that returns people. On PostgreSQL the server holds the same
rules by row-level security; these keep the embedded store and the shared one alike.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from mapdesk.model.filters import ADULT, number_of
from mapdesk.model.rights import Right
from mapdesk.store.database import Store, fetch
from mapdesk.store.rules import needs
from mapdesk.store.schema import RESIDENT, TABLES

_GRID = TABLES["grid"]
_PARENTS = sa.select(_GRID.c.id, _GRID.c.parent_id)

FEW = 50
"""Ids that are written into a statement one by one; more travel as one array."""


def local_today() -> date:
    """Return the day by this machine's clock and zone: ages are counted from it."""
    return datetime.now().astimezone().date()


def among(column: sa.ColumnElement[str], ids: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the predicate that `column` is one of `ids`, however many there are."""
    if len(ids) <= FEW:
        return column.in_(list(ids))
    array = sa.bindparam(None, list(ids), type_=sa.ARRAY(sa.String), unique=True)
    return column.in_(sa.select(sa.func.unnest(array)))


@needs(None)
def grids_below(store: Store, ids: Collection[str]) -> tuple[str, ...]:
    """Return these grids and all finer ones inside them, sorted; ids nobody knows stay."""
    below: dict[str, list[str]] = {}
    with store.connect() as connection:
        for key, parent in fetch(connection, _PARENTS):
            below.setdefault(parent, []).append(key)
    found, waiting = set(ids), list(ids)
    while waiting:
        for key in below.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return tuple(sorted(found))


@needs(None)
def area_grids(store: Store) -> tuple[str, ...] | None:
    """Return the grids whose people the user may look at, of every level; None means all.

    A server that holds the user to a role holds the areas too, and knows when they are lifted.
    """
    areas = () if store.is_guest else store.glass.areas_of(store.identity)
    return grids_below(store, areas) if areas else None


@needs(None)
def within_areas(store: Store) -> sa.ColumnElement[bool] | None:
    """Return the predicate over `RESIDENT` that keeps people of the user's areas; None keeps all.

    People without a home in any grid are in nobody's area.
    """
    grids = area_grids(store)
    return None if grids is None else among(RESIDENT.c.grid_id, grids)


@needs(None)
def visible(store: Store, today: date | None = None) -> sa.ColumnElement[bool] | None:
    """Return the predicate over `RESIDENT` of whom the user may see; None keeps all.

    Without the right to sensitive data minors are left out, and with them everyone whose birth date is
    not recorded, who may be one.
    """
    areas = within_areas(store)
    if store.is_guest or store.identity.may(Right.SENSITIVE):
        return areas
    grown = RESIDENT.c.born <= number_of(today or local_today()) - ADULT * 10_000
    return grown if areas is None else sa.and_(areas, grown)
