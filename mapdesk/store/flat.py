"""The flat table of residents: who lives where without a join, a grid's and a building's people side by side.

Four joins over 275,000 people take the engine 15 ms, this 2. It says nothing that its sources do not,
and is kept in step in the transaction that writes one of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.store.engines import backend_of
from mapdesk.store.schema import PINYIN, RESIDENT, TABLES
from mapdesk.store.statements import Statements

SOURCES = frozenset({"person", "unit", "household", "building"})
"""Nouns whose writing calls for a rebuild."""

MANY = 200_000
"""Changes from which on the table is sooner made anew than brought in step, whatever the engine."""

LONGEST_NAME = 5
"""Characters of a name whose pinyin is looked up; the longest Chinese names have so many."""

_PERSON, _UNIT, _HOUSEHOLD = TABLES["person"], TABLES["unit"], TABLES["household"]
_BUILDING = TABLES["building"]


def rebuild(connection: Connection) -> None:
    """Make the table anew; seconds at a million people."""
    if not backend_of(connection).rebuild_residents(connection):
        connection.execute(sa.delete(RESIDENT))
        connection.execute(_insert(residents()))


def refresh(people: sa.SelectBase) -> Statements:
    """Return what brings the rows of some people, given as a query of their ids, in step with their sources.

    Ids of people who are gone may be among them.
    """
    return [sa.delete(RESIDENT).where(RESIDENT.c.id.in_(people)), _insert(residents(people))]


def _insert(homes: sa.Select[tuple[object, ...]]) -> sa.Insert:
    names = [column.name for column in homes.selected_columns]
    return sa.insert(RESIDENT).from_select(names, homes)


def residents(people: sa.SelectBase | None = None) -> sa.Select[tuple[object, ...]]:
    """Return the query whose answer the table is; of some people alone, given as a query of their ids.

    Those are picked before anything is joined: a server does not reorder so many joins by itself.
    """
    person: sa.FromClause = _PERSON
    if people is not None:
        person = sa.select(_PERSON).where(_PERSON.c.id.in_(people)).subquery("person")
    born = sa.cast(
        sa.extract("year", person.c.birth_date) * 10000
        + sa.extract("month", person.c.birth_date) * 100
        + sa.extract("day", person.c.birth_date),
        sa.Integer,
    )
    joined = (
        person.outerjoin(_UNIT, _UNIT.c.id == person.c.unit_id)
        .outerjoin(_HOUSEHOLD, _HOUSEHOLD.c.id == person.c.household_id)
        .outerjoin(_BUILDING, _BUILDING.c.id == person.c.building_id)
    )
    letters = []
    for place in range(1, LONGEST_NAME + 1):
        sound = PINYIN.alias(f"pinyin_{place}")
        joined = joined.outerjoin(
            sound, sound.c.character == sa.func.substr(person.c.name, place, 1)
        )
        letters.append(sound.c.surname_initial if place == 1 else sound.c.initial)
    own = [
        person.c[column.name]
        for column in RESIDENT.c
        if column.name in person.c and column.name != "grid_id"
    ]
    return (
        sa.select(
            *own,
            _BUILDING.c.grid_id,
            born.label("born"),
            sa.func.concat(*letters).label("initials"),
            _UNIT.c.stair,
            _UNIT.c.floor,
            _UNIT.c.room,
            _UNIT.c.use.label("unit_use"),
            _HOUSEHOLD.c.kind.label("household_kind"),
            _HOUSEHOLD.c.vehicles,
            _HOUSEHOLD.c.pets,
        )
        .select_from(joined)
        .order_by(
            _BUILDING.c.grid_id,
            person.c.building_id,
            _UNIT.c.floor,
            _UNIT.c.stair,
            _UNIT.c.room,
            person.c.id,
        )
    )
