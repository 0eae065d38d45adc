"""Counts of homes and people by building: what the book of a grid lists."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import RESIDENT, TABLES
from mapdesk.store.scope import among, within_areas

_UNIT = TABLES["unit"]


@needs(Right.PLACES)
def units_of(store: Store, buildings: Collection[str] | None) -> dict[str, int]:
    """Return how many units each of these buildings has, None for all; those without any are left out."""
    query = sa.select(_UNIT.c.building_id, sa.func.count()).group_by(_UNIT.c.building_id)
    if buildings is not None:
        query = query.where(among(_UNIT.c.building_id, buildings))
    with store.connect() as connection:
        return {str(key): int(count) for key, count in connection.execute(query)}


@needs(Right.PEOPLE)
def residents_of(store: Store, buildings: Collection[str] | None) -> dict[str, tuple[int, int]]:
    """Return (households, people) of these buildings, None for all, within the user's areas.

    Empty ones are left out. Minors count for everyone: these are counts, and nobody's record.
    """
    query = sa.select(
        RESIDENT.c.building_id,
        sa.func.count(RESIDENT.c.household_id.distinct()),
        sa.func.count(),
    ).group_by(RESIDENT.c.building_id)
    if buildings is not None:
        query = query.where(among(RESIDENT.c.building_id, buildings))
    areas = within_areas(store)
    if areas is not None:
        query = query.where(areas)
    with store.connect() as connection:
        return {
            str(key): (int(households), int(people))
            for key, households, people in connection.execute(query)
        }
