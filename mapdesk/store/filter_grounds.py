"""What a filter of each noun stands on: its table, what may be joined to it, and its columns.

A join is made only where a condition, an order or a shown column needs it: the flat table answers most
questions about a million people alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mapdesk.store.schema import RESIDENT, TABLES

BUILDING, UNIT, HOUSEHOLD = TABLES["building"], TABLES["unit"], TABLES["household"]
ORGANISATION = TABLES["organisation"]

Column = sa.ColumnElement[Any]
Seen = sa.ColumnElement[bool] | None


@dataclass(frozen=True)
class Ground:
    """What the filters of one noun stand on.

    Parameters
    ----------
    table : sqlalchemy.Table
        Rows of the noun.
    columns : dict of str to (column, str)
        Fields and shown columns by name, each with the join it needs, "" for none.
    joins : dict of str to (selectable, condition)
        In the order they are made; "building" of a household stands on "unit".
    building, grid : str
        Names in `columns` of the building's and the grid's id.
    order : tuple of str
        Names in `columns` by which answers come unless asked otherwise.
    """

    table: sa.Table
    columns: dict[str, tuple[Column, str]]
    joins: Mapping[str, tuple[sa.FromClause, sa.ColumnElement[bool]]]
    building: str
    grid: str
    order: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return self.columns[name][0]

    def source(self, names: Iterable[str]) -> sa.FromClause:
        """Return the table joined with what the columns called `names` need."""
        wanted = {self.columns[name][1] for name in names}
        if "building" in wanted and "unit" in self.joins:
            wanted.add("unit")
        source: sa.FromClause = self.table
        for name, (table, condition) in self.joins.items():
            if name in wanted:
                source = source.outerjoin(table, condition)
        return source


_ON_BUILDING: dict[str, tuple[Column, str]] = {
    "building_name": (BUILDING.c.name, "building"),
    "building_use": (BUILDING.c.use, "building"),
    "building_floors": (BUILDING.c.floors, "building"),
    "address": (sa.func.coalesce(BUILDING.c.address, BUILDING.c.name), "building"),
}
_WALK = ("grid_id", "building_id", "stair", "floor", "room", "id")


def ground_of(noun: str, seen: Seen) -> Ground:
    """Return what a noun's filters stand on.

    Parameters
    ----------
    seen : predicate or None
        Over `RESIDENT`: whose people count as living somewhere.
    """
    return _GROUNDS[noun](seen)


def _own(table: sa.Table, *names: str, **renamed: str) -> dict[str, tuple[Column, str]]:
    """Return columns of the table itself, by their own names and by others."""
    return {name: (table.c[name], "") for name in names} | {
        name: (table.c[column], "") for name, column in renamed.items()
    }


def _tally(column: Column, seen: Seen, *more: sa.ColumnElement[Any]) -> sa.Subquery:
    """Return how many people each value of `column` has."""
    query = sa.select(column.label("of"), sa.func.count().label("people"), *more)
    query = query.where(column.is_not(None)).group_by(column)
    return (query if seen is None else query.where(seen)).subquery("living")


def _person(_seen: Seen) -> Ground:
    own = (
        *("id", "name", "sex", "birth_date", "born", "education", "residence_kind", "relation"),
        *("care_flag", "household_kind", "vehicles", "pets", "unit_use", "stair", "floor", "room"),
        *("household_id", "unit_id", "building_id", "grid_id"),
    )
    columns = _own(RESIDENT, *own, age="born", turning="born", housed="unit_id") | _ON_BUILDING
    joins = {"building": (BUILDING, RESIDENT.c.building_id == BUILDING.c.id)}
    return Ground(RESIDENT, columns, joins, "building_id", "grid_id", _WALK)


def _household(seen: Seen) -> Ground:
    living = _tally(
        RESIDENT.c.household_id,
        seen,
        sa.func.min(RESIDENT.c.born).label("first_born"),
        sa.func.max(RESIDENT.c.born).label("last_born"),
    )
    columns: dict[str, tuple[Column, str]] = {
        **_own(HOUSEHOLD, "id", "vehicles", "pets", "unit_id", household_kind="kind"),
        **_ON_BUILDING,
        **{name: (UNIT.c[name], "unit") for name in ("stair", "floor", "room", "building_id")},
        "unit_use": (UNIT.c.use, "unit"),
        "grid_id": (BUILDING.c.grid_id, "building"),
        "people": (sa.func.coalesce(living.c.people, 0), "living"),
        "oldest": (living.c.first_born, "living"),
        "youngest": (living.c.last_born, "living"),
    }
    joins: dict[str, tuple[sa.FromClause, sa.ColumnElement[bool]]] = {
        "unit": (UNIT, UNIT.c.id == HOUSEHOLD.c.unit_id),
        "building": (BUILDING, BUILDING.c.id == UNIT.c.building_id),
        "living": (living, living.c.of == HOUSEHOLD.c.id),
    }
    return Ground(HOUSEHOLD, columns, joins, "building_id", "grid_id", _WALK)


def _unit(seen: Seen) -> Ground:
    living = _tally(RESIDENT.c.unit_id, seen)
    columns: dict[str, tuple[Column, str]] = {
        **_own(UNIT, "id", "stair", "floor", "room", "building_id", unit_use="use", size="area"),
        **_ON_BUILDING,
        "grid_id": (BUILDING.c.grid_id, "building"),
        "people": (sa.func.coalesce(living.c.people, 0), "living"),
    }
    joins: dict[str, tuple[sa.FromClause, sa.ColumnElement[bool]]] = {
        "building": (BUILDING, BUILDING.c.id == UNIT.c.building_id),
        "living": (living, living.c.of == UNIT.c.id),
    }
    return Ground(UNIT, columns, joins, "building_id", "grid_id", _WALK)


def _building(seen: Seen) -> Ground:
    living = _tally(RESIDENT.c.building_id, seen)
    units = (
        sa.select(UNIT.c.building_id.label("of"), sa.func.count().label("units"))
        .group_by(UNIT.c.building_id)
        .subquery("parts")
    )
    own = ("id", "name", "address", "height", "year_built", "grid_id")
    columns: dict[str, tuple[Column, str]] = {
        **_own(BUILDING, *own, building_use="use", building_floors="floors", building_id="id"),
        "units": (sa.func.coalesce(units.c.units, 0), "units"),
        "people": (sa.func.coalesce(living.c.people, 0), "living"),
    }
    joins: dict[str, tuple[sa.FromClause, sa.ColumnElement[bool]]] = {
        "units": (units, units.c.of == BUILDING.c.id),
        "living": (living, living.c.of == BUILDING.c.id),
    }
    return Ground(BUILDING, columns, joins, "id", "grid_id", ("grid_id", "address", "id"))


def _organisation(_seen: Seen) -> Ground:
    own = ("id", "name", "kind", "hazard_grade", "fire_equipment", "address", "building_id")
    contacts = ("contact_name", "contact_phone")
    columns = {
        **_ON_BUILDING,
        **_own(ORGANISATION, *own, *contacts),
        "grid_id": (BUILDING.c.grid_id, "building"),
    }
    joins = {"building": (BUILDING, BUILDING.c.id == ORGANISATION.c.building_id)}
    return Ground(ORGANISATION, columns, joins, "building_id", "grid_id", ("name", "id"))


_GROUNDS = {
    "person": _person,
    "household": _household,
    "unit": _unit,
    "building": _building,
    "organisation": _organisation,
}
