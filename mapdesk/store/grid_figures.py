"""How much of what a grid holds: counts for its card, and of every grid for a map."""

from __future__ import annotations

from datetime import date
from typing import Literal

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES
from mapdesk.store.scope import among, grids_below

_BUILDING, _UNIT, _INCIDENT = TABLES["building"], TABLES["unit"], TABLES["incident"]

CLOSED = "closed"
"""Status of an incident that is done with."""


@needs(Right.PLACES)
def of_grid(store: Store, grid_id: str) -> dict[str, int]:
    """Return the numbers of buildings, units, incidents open and closed of a grid and those in it."""
    below = grids_below(store, [grid_id])
    inside = sa.select(_BUILDING.c.id).where(among(_BUILDING.c.grid_id, below))
    incidents = (
        sa.select(
            sa.func.count(),
            sa.func.sum(sa.case((_INCIDENT.c.status == CLOSED, 1), else_=0)),
        )
        .select_from(_INCIDENT)
        .where(among(_INCIDENT.c.grid_id, below))
    )
    with store.connect() as connection:
        buildings = connection.scalar(sa.select(sa.func.count()).select_from(inside.subquery()))
        units = connection.scalar(
            sa.select(sa.func.count()).select_from(_UNIT).where(_UNIT.c.building_id.in_(inside))
        )
        total, closed = connection.execute(incidents).one()
    done = int(closed or 0)
    return {
        "buildings": int(buildings or 0),
        "units": int(units or 0),
        "incidents open": int(total or 0) - done,
        "incidents closed": done,
    }


@needs(Right.PLACES)
def of_every_grid(store: Store, what: Literal["buildings", "units"]) -> dict[str | None, int]:
    """Return how many buildings or units stand in each grid that buildings name; None for no grid."""
    query = sa.select(_BUILDING.c.grid_id, sa.func.count()).group_by(_BUILDING.c.grid_id)
    if what == "units":
        joined = _UNIT.join(_BUILDING, _BUILDING.c.id == _UNIT.c.building_id)
        query = query.select_from(joined)
    with store.connect() as connection:
        return {key: int(count) for key, count in connection.execute(query)}


@needs(Right.PLACES)
def incidents_by_day(
    store: Store, place: Literal["grid_id", "building_id"], *, still_open: bool = False
) -> dict[tuple[str | None, date | None], int]:
    """Return how many incidents were reported of each grid or building on each day.

    Parameters
    ----------
    place : {"grid_id", "building_id"}
        What they are counted by, as the incident names it.
    still_open : bool
        Count only those that are not closed.
    """
    where = _INCIDENT.c[place]
    day = sa.cast(_INCIDENT.c.reported_at, sa.Date)
    query = sa.select(where, day, sa.func.count()).group_by(where, day)
    if still_open:
        query = query.where(sa.or_(_INCIDENT.c.status.is_(None), _INCIDENT.c.status != CLOSED))
    with store.connect() as connection:
        return {(key, on): int(count) for key, on, count in connection.execute(query)}
