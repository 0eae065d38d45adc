"""Reading personal data. Only `services.residents` calls this: that is the door with the record.

Whoever is not in the user's areas, or a minor where the user has no right to see minors, is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.rights import Right
from mapdesk.store.database import Store, as_dicts, fetch
from mapdesk.store.rules import needs
from mapdesk.store.schema import RESIDENT, TABLES
from mapdesk.store.scope import among, area_grids, grids_below, visible, within_areas
from mapdesk.store.server import asking, registering

_PERSON, _UNIT, _HOUSEHOLD = TABLES["person"], TABLES["unit"], TABLES["household"]


LISTED = tuple(
    RESIDENT.c[name]
    for name in (
        "id",
        "household_id",
        "unit_id",
        "name",
        "sex",
        "birth_date",
        "residence_kind",
        "relation",
        "care_flag",
        "stair",
        "floor",
        "room",
        "unit_use",
    )
)
"""What a list of residents shows: each column more would cost a scan."""

_ORDER = (
    RESIDENT.c.building_id,
    RESIDENT.c.floor,
    RESIDENT.c.stair,
    RESIDENT.c.room,
    RESIDENT.c.id,
)

_OF_BUILDING = sa.select(*LISTED).where(RESIDENT.c.building_id == sa.bindparam("building"))
_OF_BUILDING_IN_GRID = _OF_BUILDING.where(
    RESIDENT.c.grid_id.in_(
        sa.select(TABLES["building"].c.grid_id).where(
            TABLES["building"].c.id == sa.bindparam("same")
        )
    )
)
"""The same, quicker where a table sorted by grid is scanned; people of a building in no grid are not in it."""


@needs(Right.PEOPLE)
def of_building(store: Store, building_id: str) -> list[dict[str, Any]]:
    """Return the people of a building, unmasked, with stair, floor and room, by floor and room.

    They are sorted here: sixty rows are sorted sooner than an engine is asked to.
    """
    names = [*(column.name for column in LISTED), "building_id"]
    seen = visible(store)
    with store.connect() as connection:
        if seen is None:
            rows = fetch(connection, _OF_BUILDING_IN_GRID, building_id, building_id)
            rows = rows or fetch(connection, _OF_BUILDING, building_id)
        else:
            scoped = _OF_BUILDING.where(seen)
            rows = [tuple(row) for row in connection.execute(scoped, {"building": building_id})]
    people = [dict(zip(names, (*row, building_id), strict=True)) for row in rows]
    people.sort(key=by_door)
    return people


def by_door(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    """Return what people are listed by: floor, stair, room, id."""
    floor = row["floor"]
    return (
        -1000 if floor is None else floor,
        row["stair"] or "",
        row["room"] or "",
        row["id"],
    )


@needs(Right.PEOPLE)
def person(store: Store, person_id: str) -> dict[str, Any] | None:
    """Return one person, unmasked, or None."""
    query = _seen(store, sa.select(_PERSON).where(_PERSON.c.id == person_id))
    with store.connect() as connection:
        row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


@needs(Right.UNMASK)
def names(store: Store, person_ids: Collection[str]) -> dict[str, str]:
    """Return names in full by id, of those people the user may see. Only for what has left: `outgoing`."""
    columns = sa.select(_PERSON.c.id, _PERSON.c.name)
    query = _seen(store, columns.where(among(_PERSON.c.id, person_ids)))
    with store.connect() as connection:
        return {str(key): str(name) for key, name in connection.execute(query)}


@needs(Right.PEOPLE)
def household(
    store: Store, household_id: str
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return a household's row and its people; None and nobody where it lies outside the areas."""
    row_query = sa.select(_HOUSEHOLD).where(_HOUSEHOLD.c.id == household_id)
    homes = _units_of_areas(store)
    if homes is not None:
        row_query = row_query.where(_HOUSEHOLD.c.unit_id.in_(homes))
    members = sa.select(_PERSON).where(_PERSON.c.household_id == household_id)
    with store.connect() as connection:
        row = connection.execute(row_query).mappings().first()
        people = connection.execute(_seen(store, members).order_by(_PERSON.c.id))
        return (None if row is None else dict(row), as_dicts(people))


@needs(Right.PEOPLE)
def households_of_unit(store: Store, unit_id: str) -> list[str]:
    """Return the ids of the households of a unit; of none outside the user's areas."""
    query = sa.select(_HOUSEHOLD.c.id).where(_HOUSEHOLD.c.unit_id == unit_id)
    homes = _units_of_areas(store)
    if homes is not None:
        query = query.where(_HOUSEHOLD.c.unit_id.in_(homes))
    with store.connect() as connection:
        return list(connection.scalars(query.order_by(_HOUSEHOLD.c.id)).all())


@needs(Right.EDIT_REGISTER)
def has_identity(store: Store, identity_number: str, but: str) -> bool:
    """Say whether anyone but the person with the id `but` has an identity number."""
    if store.is_guest:
        return registering.has_identity(store, identity_number, but)
    query = sa.select(_PERSON.c.id).where(
        _PERSON.c.identity_number == identity_number, _PERSON.c.id != but
    )
    with store.connect() as connection:
        return connection.execute(query.limit(1)).first() is not None


@needs(Right.PEOPLE)
def of_unit(store: Store, unit_id: str) -> list[dict[str, Any]]:
    """Return the people of a unit, unmasked."""
    query = sa.select(_PERSON).where(_PERSON.c.unit_id == unit_id).order_by(_PERSON.c.id)
    with store.connect() as connection:
        return as_dicts(connection.execute(_seen(store, query)))


@needs(Right.PEOPLE)
def count_in(store: Store, building_ids: Collection[str]) -> int:
    """Return how many people live in these buildings, within the user's areas.

    Minors count for everyone: this is how many there are to be reached, and nobody's record.
    """
    if not building_ids:
        return 0
    if store.is_guest:
        return asking.count_people(store, building_ids)
    wanted = sa.func.unnest(sa.bindparam("ids", list(building_ids), type_=sa.ARRAY(sa.String)))
    query = (
        sa.select(sa.func.count())
        .select_from(RESIDENT)
        .where(RESIDENT.c.building_id.in_(sa.select(wanted)))
    )
    areas = within_areas(store)
    if areas is not None:
        query = query.where(areas)
    with store.connect() as connection:
        return int(connection.scalar(query) or 0)


@needs(Right.PEOPLE)
def page_of_grid(
    store: Store, grid_id: str, offset: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return people of a grid and the finer ones in it, unmasked, by building, floor, stair and room.

    Parameters
    ----------
    offset, limit : int
        The stretch that is read; None reads all.
    """
    return _page(store, _in_grid(store, grid_id), offset, limit)


@needs(Right.PEOPLE)
def of_buildings(
    store: Store, building_ids: Collection[str], offset: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return people of these buildings, unmasked, in the same order as `page_of_grid`."""
    return _page(store, among(RESIDENT.c.building_id, building_ids), offset, limit, stepwise=True)


@needs(Right.PEOPLE)
def count_of_grid(store: Store, grid_id: str) -> int:
    """Return how many rows `page_of_grid` has."""
    return _count(store, _in_grid(store, grid_id))


@needs(Right.PEOPLE)
def count_of_buildings(store: Store, building_ids: Collection[str]) -> int:
    """Return how many rows `of_buildings` has."""
    return _count(store, among(RESIDENT.c.building_id, building_ids))


@needs(Right.PEOPLE)
def count_by_household_kind(store: Store, building_id: str) -> dict[str, int]:
    """Return the number of households of a building by kind; of none outside the user's areas."""
    query = (
        sa.select(_HOUSEHOLD.c.kind, sa.func.count())
        .select_from(_HOUSEHOLD.join(_UNIT, _UNIT.c.id == _HOUSEHOLD.c.unit_id))
        .where(_UNIT.c.building_id == building_id)
        .group_by(_HOUSEHOLD.c.kind)
        .order_by(_HOUSEHOLD.c.kind)
    )
    areas = within_areas(store)
    if areas is not None:
        inside = sa.select(RESIDENT.c.building_id).where(areas)
        query = query.where(_UNIT.c.building_id.in_(inside))
    with store.connect() as connection:
        return {kind or "unknown": int(count) for kind, count in connection.execute(query)}


def _units_of_areas(store: Store) -> sa.Select[tuple[str]] | None:
    """Return the query of the units in the user's areas, whoever lives there; None is all."""
    grids = area_grids(store)
    if grids is None:
        return None
    unit, building = TABLES["unit"], TABLES["building"]
    joined = unit.join(building, building.c.id == unit.c.building_id)
    return sa.select(unit.c.id).select_from(joined).where(among(building.c.grid_id, grids))


def _seen(store: Store, query: sa.Select[Any]) -> sa.Select[Any]:
    """Return a query of persons for those the user may see."""
    seen = visible(store)
    if seen is None:
        return query
    return query.where(_PERSON.c.id.in_(sa.select(RESIDENT.c.id).where(seen)))


def _in_grid(store: Store, grid_id: str) -> sa.ColumnElement[bool]:
    return among(RESIDENT.c.grid_id, grids_below(store, [grid_id]))


def _page(
    store: Store,
    where: sa.ColumnElement[bool],
    offset: int,
    limit: int | None,
    *,
    stepwise: bool = False,
) -> list[dict[str, Any]]:
    """Return a stretch of a list; `stepwise` first counts by building where people lie far apart."""
    seen = visible(store)
    if seen is not None:
        where = sa.and_(where, seen)
    with store.connect() as connection:
        if stepwise and limit is not None:
            where, offset = _touched(connection, where, offset, limit)
            where = where if seen is None else sa.and_(where, seen)
        query = sa.select(*LISTED, RESIDENT.c.building_id).where(where)
        query = query.order_by(*_ORDER).offset(offset).limit(limit)
        return as_dicts(connection.execute(query))


def _touched(
    connection: Connection, where: sa.ColumnElement[bool], offset: int, limit: int
) -> tuple[sa.ColumnElement[bool], int]:
    """Return what the people of a stretch's buildings meet, and how far into the first it begins.

    Lists go building by building: to count them all and read a few is less than to sort all that is
    listed. Their grids let a scan of a table sorted by grid skip nearly all of it.
    """
    home = (RESIDENT.c.grid_id, RESIDENT.c.building_id)
    counted = sa.select(*home, sa.func.count()).where(where).group_by(*home)
    buildings: list[str] = []
    grids: set[str | None] = set()
    passed = reached = 0
    for grid, building, count in connection.execute(counted.order_by(RESIDENT.c.building_id)):
        reached += count
        if reached <= offset:
            passed = reached
            continue
        buildings.append(building)
        grids.add(grid)
        if reached >= offset + limit:
            break
    there: sa.ColumnElement[bool] = RESIDENT.c.building_id.in_(
        sa.select(sa.func.unnest(sa.bindparam(None, buildings, sa.ARRAY(sa.String), unique=True)))
    )
    if None not in grids:
        there = sa.and_(among(RESIDENT.c.grid_id, sorted(filter(None, grids))), there)
    return there, offset - passed


def _count(store: Store, where: sa.ColumnElement[bool]) -> int:
    seen = visible(store)
    query = sa.select(sa.func.count()).select_from(RESIDENT).where(where)
    if seen is not None:
        query = query.where(seen)
    with store.connect() as connection:
        return int(connection.scalar(query) or 0)
