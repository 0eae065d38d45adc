"""Asking filters: how many, which rows, which buildings, which doors. Only `services.filtering` calls this.

Every function checks the user's rights first: people and households need the right to people, care flags
and ages below 18 the right to sensitive data, and nobody sees people outside their areas.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from mapdesk.model.errors import InputError, RightsError
from mapdesk.model.filter_columns import TABLE_COLUMNS
from mapdesk.model.filters import Filter, number_of
from mapdesk.model.rights import Right
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.filter_grounds import BUILDING, HOUSEHOLD, UNIT, Ground, ground_of
from mapdesk.store.filter_terms import YEAR, names_of, where
from mapdesk.store.rules import needs
from mapdesk.store.schema import RESIDENT
from mapdesk.store.scope import among, area_grids, local_today, visible

_AGES = ("age", "oldest", "youngest")


@dataclass(frozen=True)
class _Question:
    """A filter made ready for one user and one day.

    Parameters
    ----------
    names : list of str
        Columns its predicates stand on.
    terms : list of predicates
        All of which must hold.
    """

    filtered: Filter
    ground: Ground
    names: list[str]
    terms: list[sa.ColumnElement[bool]]
    today: date

    def select(self, *columns: sa.ColumnElement[Any], using: Iterable[str] = ()) -> sa.Select[Any]:
        """Return the query of `columns`, whose joins the columns called `using` stand for."""
        source = self.ground.source([*self.names, *using])
        return sa.select(*columns).select_from(source).where(*self.terms)


def _ready(store: Store, filtered: Filter, today: date | None) -> _Question:
    """Check the user's rights and add what they may see to what they ask.

    Raises
    ------
    RightsError
        The role does not allow it.
    """
    day = today or local_today()
    if filtered.personal:
        store.identity.require(Right.PEOPLE)
    if filtered.sensitive(day) is not None:
        store.identity.require(Right.SENSITIVE)
    sees_days = store.identity.may(Right.EDIT_REGISTER) and not store.is_guest
    if filtered.asks_days_of_birth() and not sees_days:
        raise RightsError(
            "Births are shown to you by year, and can be asked so: on or after a 1 January, on or before "
            "a 31 December, or between the two."
        )
    seen = visible(store, day)
    ground = ground_of(filtered.noun, seen)
    asked = where(store, ground, filtered, day)
    names = names_of(filtered, ground)
    terms = [] if asked is None else [asked]
    if filtered.noun == "person":
        terms += [] if seen is None else [seen]
    elif filtered.personal:
        grids = area_grids(store)
        if grids is not None:
            terms.append(among(ground.column(ground.grid), grids))
            names.append(ground.grid)
    return _Question(filtered, ground, names, terms, day)


@needs(Right.PLACES)
def check(store: Store, filtered: Filter, today: date | None = None) -> None:
    """Raise RightsError unless the user may ask a filter; nothing is read of people."""
    _ready(store, filtered, today)


@needs(Right.PLACES)
def count(store: Store, filtered: Filter, today: date | None = None) -> int:
    """Return how many rows a filter takes.

    Parameters
    ----------
    today : date, optional
        The day ages are counted on; this machine's by default.
    """
    question = _ready(store, filtered, today)
    with store.connect() as connection:
        return int(connection.scalar(question.select(sa.func.count())) or 0)


@needs(Right.PLACES)
def columns(store: Store, noun: str) -> tuple[str, ...]:
    """Return the columns of an answer that the user may see."""
    hidden = set()
    if not store.identity.may(Right.SENSITIVE):
        hidden.add("care_flag")
    if noun in ("unit", "building") and not store.identity.may(Right.PEOPLE):
        hidden.add("people")
    return tuple(name for name in TABLE_COLUMNS[noun] if name not in hidden)


@needs(Right.PLACES)
def rows(
    store: Store,
    filtered: Filter,
    today: date | None = None,
    *,
    limit: int = 200,
    offset: int = 0,
    order: str = "",
    descending: bool = False,
) -> list[dict[str, Any]]:
    """Return rows of an answer, unmasked, with what they hang on: building, unit, household.

    Parameters
    ----------
    order : str
        A column to sort by; by default they come in the order of a walk: grid, building, stair, floor,
        room. Missing values come last either way, and ties are broken by id.
    """
    question = _ready(store, filtered, today)
    ground = question.ground
    names = [*columns(store, filtered.noun), *("building_id", "unit_id", "household_id")]
    if not filtered.personal:
        names = [name for name in names if name != "people"]
    shown = [name for name in dict.fromkeys(names) if name in ground.columns]
    sorting = [order, "id"] if order in shown else list(ground.order)
    ordering = [
        _sorted(ground.column(name), downwards=descending != (name in _AGES))
        if number == 0 and name == order
        else ground.column(name).asc().nulls_last()
        for number, name in enumerate(sorting)
    ]
    query = question.select(
        *(ground.column(name).label(name) for name in shown), using=[*shown, *sorting]
    )
    query = query.order_by(*ordering).limit(limit).offset(offset)
    with store.connect() as connection:
        found = as_dicts(connection.execute(query))
    day = number_of(question.today)
    for row in found:
        for name in _AGES:
            if row.get(name) is not None:
                row[name] = (day - int(row[name])) // YEAR
    return found


def _sorted(column: sa.ColumnElement[Any], *, downwards: bool) -> sa.UnaryExpression[Any]:
    return (column.desc() if downwards else column.asc()).nulls_last()


@needs(Right.PLACES)
def building_ids(store: Store, filtered: Filter, today: date | None = None) -> tuple[str, ...]:
    """Return the buildings an answer lies in, sorted."""
    question = _ready(store, filtered, today)
    name = question.ground.building
    column = question.ground.column(name)
    query = question.select(column, using=[name]).where(column.is_not(None)).distinct()
    with store.connect() as connection:
        return tuple(sorted(connection.scalars(query).all()))


@needs(Right.PLACES)
def floors(
    store: Store, filtered: Filter, today: date | None = None, most: int = 5000
) -> tuple[tuple[str, int], ...]:
    """Return the floors an answer lies on, each as its building's id and its number, sorted.

    Buildings and organisations lie on none. Of more than `most`, the first are given.
    """
    question = _ready(store, filtered, today)
    if "floor" not in question.ground.columns:
        return ()
    names = (question.ground.building, "floor")
    building, floor = (question.ground.column(name) for name in names)
    query = question.select(building, floor, using=names).distinct()
    query = query.where(building.is_not(None), floor.is_not(None)).order_by(building, floor)
    with store.connect() as connection:
        return tuple(
            (str(key), int(number)) for key, number in connection.execute(query.limit(most))
        )


@needs(Right.PLACES)
def place_ids(store: Store, filtered: Filter, today: date | None = None) -> tuple[str, ...]:
    """Return the ids of the rows of an answer that is not personal, sorted."""
    question = _ready(store, filtered, today)
    with store.connect() as connection:
        return tuple(
            sorted(connection.scalars(question.select(question.ground.column("id"))).all())
        )


@needs(Right.PEOPLE)
def living_in(store: Store, column: str, ids: Collection[str]) -> tuple[str, ...]:
    """Return the ids of who lives in these households or units: `column` names which, as RESIDENT does."""
    query = sa.select(RESIDENT.c.id).where(among(RESIDENT.c[column], ids))
    with store.connect() as connection:
        return tuple(sorted(connection.scalars(query).all()))


@needs(Right.PEOPLE)
def doors(store: Store, filtered: Filter, today: date | None = None) -> list[dict[str, Any]]:
    """Return a row for each door and person behind it, unmasked; a door nobody lives behind has one row.

    People: those of the answer, at the doors they live behind. Households: their doors and members.
    Units and buildings: their doors, and who lives there.

    Raises
    ------
    InputError
        Organisations have no doors of their own.
    """
    question = _ready(store, filtered, today)
    query = _DOORS[filtered.noun](question, visible(store, question.today))
    grids = area_grids(store)
    if grids is not None:
        query = query.where(among(BUILDING.c.grid_id, grids))
    with store.connect() as connection:
        return as_dicts(connection.execute(query))


def _door(person: sa.ColumnElement[Any], name: sa.ColumnElement[Any]) -> list[sa.Label[Any]]:
    return [
        BUILDING.c.grid_id.label("grid_id"),
        UNIT.c.building_id.label("building_id"),
        sa.func.coalesce(BUILDING.c.address, BUILDING.c.name).label("address"),
        BUILDING.c.name.label("building_name"),
        UNIT.c.id.label("unit_id"),
        UNIT.c.stair.label("stair"),
        UNIT.c.floor.label("floor"),
        UNIT.c.room.label("room"),
        UNIT.c.use.label("unit_use"),
        person.label("person_id"),
        name.label("name"),
    ]


def _doors_of_people(question: _Question, _seen: sa.ColumnElement[bool] | None) -> sa.Select[Any]:
    homes = question.select(RESIDENT.c.id, RESIDENT.c.name, RESIDENT.c.unit_id).subquery("taken")
    source = homes.join(UNIT, UNIT.c.id == homes.c.unit_id).outerjoin(
        BUILDING, BUILDING.c.id == UNIT.c.building_id
    )
    return sa.select(*_door(homes.c.id, homes.c.name)).select_from(source)


def _doors_of_households(
    question: _Question, seen: sa.ColumnElement[bool] | None
) -> sa.Select[Any]:
    taken = question.select(HOUSEHOLD.c.id, HOUSEHOLD.c.unit_id).subquery("taken")
    living = _living(seen)
    source = (
        taken.join(UNIT, UNIT.c.id == taken.c.unit_id)
        .outerjoin(BUILDING, BUILDING.c.id == UNIT.c.building_id)
        .outerjoin(living, living.c.household_id == taken.c.id)
    )
    return sa.select(*_door(living.c.id, living.c.name)).select_from(source)


def _doors_of_places(question: _Question, seen: sa.ColumnElement[bool] | None) -> sa.Select[Any]:
    taken = question.select(question.ground.column("id")).subquery("taken")
    living = _living(seen)
    own = UNIT.c.id if question.filtered.noun == "unit" else UNIT.c.building_id
    source = (
        taken.join(UNIT, own == taken.c.id)
        .outerjoin(BUILDING, BUILDING.c.id == UNIT.c.building_id)
        .outerjoin(living, living.c.unit_id == UNIT.c.id)
    )
    return sa.select(*_door(living.c.id, living.c.name)).select_from(source)


def _living(seen: sa.ColumnElement[bool] | None) -> sa.Subquery:
    query = sa.select(RESIDENT.c.id, RESIDENT.c.name, RESIDENT.c.unit_id, RESIDENT.c.household_id)
    return (query if seen is None else query.where(seen)).subquery("behind")


def _no_doors(_question: _Question, _seen: sa.ColumnElement[bool] | None) -> sa.Select[Any]:
    raise InputError(
        "Organisations have no doors of their own; filter their buildings or units for a door list."
    )


_DOORS = {
    "person": _doors_of_people,
    "household": _doors_of_households,
    "unit": _doors_of_places,
    "building": _doors_of_places,
    "organisation": _no_doors,
}
