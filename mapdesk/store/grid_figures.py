"""How much of what a grid holds: counts for its card."""

from __future__ import annotations

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
