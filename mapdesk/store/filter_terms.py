"""A filter's conditions as predicates that both engines understand.

Ages are compared as whole numbers: someone born on yyyymmdd `born` is ``(today - born) // 10000`` years
old on yyyymmdd `today`, so an age is a range of births and no row is computed with. By that number who is
born on 29 February turns on 1 March in years without that day. It is how the Civil Code of the PRC counts
too: a period of years ends with the last day of the month where the day is missing (article 202), so the
year of age is full once 28 February is over.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from mapdesk.model.filter_areas import area_of
from mapdesk.model.filter_fields import FilterField, field_of
from mapdesk.model.filters import Condition, Filter, Group, Mode, Value, number_of
from mapdesk.model.rights import Right
from mapdesk.store import places
from mapdesk.store.database import Store
from mapdesk.store.filter_grounds import Ground
from mapdesk.store.rules import needs
from mapdesk.store.scope import among, grids_below
from mapdesk.store.server import asking

YEAR = 10_000
Predicate = sa.ColumnElement[bool]

_NAMES = {"grid": "grid_id"}
"""Fields whose column is called otherwise."""


def turning_births(age: int, days: int, today: date) -> tuple[int, int]:
    """Return the first and last birth (yyyymmdd) of those who turn `age` within `days`, today included.

    The numbers in between hold no other day: a birth on 29 February of a leap year lies below 1 March.
    """
    last = number_of(today + timedelta(days=days)) - age * YEAR
    first = number_of(today) - age * YEAR
    on_first_of_march = (today.month, today.day) == (3, 1)
    if on_first_of_march and not calendar.isleap(today.year):
        first = today.year * YEAR + 229 - age * YEAR
    return first, last


@needs(Right.PLACES)
def where(store: Store, ground: Ground, filtered: Filter, today: date) -> Predicate | None:
    """Return a filter's predicate; None where it takes everything.

    Nothing personal is read for it; who may ask the filter is `filtering`'s to check.
    """
    terms = []
    for part in filtered.parts:
        if isinstance(part, Group):
            inner = [_term(store, ground, filtered.noun, one, today) for one in part.parts]
            terms.append(_joined(part.mode, inner))
        else:
            terms.append(_term(store, ground, filtered.noun, part, today))
    return _joined(filtered.mode, terms) if terms else None


def names_of(filtered: Filter, ground: Ground) -> list[str]:
    """Return the names of the columns a filter asks about."""
    names = []
    for one in filtered.conditions():
        if one.field == "area":
            names.append("id" if _has_places(ground, one) else ground.building)
        else:
            names.append(_NAMES.get(one.field, one.field))
    return names


def _joined(mode: Mode, terms: Sequence[Predicate]) -> Predicate:
    """Join predicates; what is unknown counts as false, so that "none of" keeps it."""
    if not terms:
        return sa.true()
    if mode == "all":
        return sa.and_(*terms)
    either = sa.or_(*terms)
    return either if mode == "any" else sa.not_(sa.func.coalesce(either, sa.false()))


def _term(store: Store, ground: Ground, noun: str, condition: Condition, today: date) -> Predicate:
    field = field_of(noun, condition.field)
    if field is None:
        raise KeyError(condition.field)
    if field.kind == "area":
        return _area(store, ground, condition)
    column = ground.column(_NAMES.get(field.name, field.name))
    if field.kind == "grid":
        grids = grids_below(store, [str(value) for value in condition.values])
        return among(column, grids)
    if field.kind == "turning":
        age, days = (int(value) for value in condition.values)
        return _born(store, ground, column, *turning_births(age, days, today))
    if field.kind == "flag":
        return column.is_not(None) if condition.values[0] else column.is_(None)
    if field.ages:
        return _aged(column, condition, number_of(today))
    if field.kind == "date":
        days_asked = [number_of(date.fromisoformat(str(value))) for value in condition.values]
        return _compared(field, column, condition.operator, days_asked)
    return _compared(field, column, condition.operator, condition.values)


def _born(
    store: Store, ground: Ground, column: sa.ColumnElement[Any], first: int, last: int
) -> Predicate:
    """Return who was born from one day to another; a server that masks days is asked for them."""
    if store.is_guest:
        return ground.column("id").in_(asking.born_between(store, first, last))
    return column.between(first, last)


def _has_places(ground: Ground, condition: Condition) -> bool:
    """Say whether an area takes the rows themselves, which have places of their own."""
    return ground.table.name == "organisation" and condition.operator == "inside"


def _area(store: Store, ground: Ground, condition: Condition) -> Predicate:
    """Return what lies in a drawn area, as a gesture on the map would take it, or in chosen buildings."""
    column = ground.column(ground.building)
    if condition.operator == "among":
        return among(column, [str(value) for value in condition.values])
    shape = area_of(str(condition.values[0]))
    if _has_places(ground, condition):
        return among(ground.column("id"), places.ids_within(store, "organisation", shape))
    return among(column, places.ids_within(store, "building", shape))


def _aged(column: sa.ColumnElement[Any], condition: Condition, today: int) -> Predicate:
    """Compare ages by births: `n` years and more means born on today's day n years ago, or before."""

    def from_age(years: Value) -> Predicate:
        return column <= today - int(years) * YEAR

    def to_age(years: Value) -> Predicate:
        return column > today - (int(years) + 1) * YEAR

    def at_age(years: Value) -> Predicate:
        return sa.and_(from_age(years), to_age(years))

    values, operator = condition.values, condition.operator
    ranges: dict[str, Callable[[], Predicate]] = {
        "at least": lambda: from_age(values[0]),
        "at most": lambda: to_age(values[0]),
        "between": lambda: sa.and_(from_age(values[0]), to_age(values[1])),
        "is": lambda: at_age(values[0]),
        "is not": lambda: sa.or_(column.is_(None), sa.not_(at_age(values[0]))),
        "one of": lambda: sa.or_(*(at_age(value) for value in values)),
        "empty": lambda: column.is_(None),
        "not empty": lambda: column.is_not(None),
    }
    return ranges[operator]()


def _compared(
    field: FilterField, column: sa.ColumnElement[Any], operator: str, values: Sequence[Value]
) -> Predicate:
    words = field.kind in ("choice", "text")
    if operator in ("empty", "not empty"):
        blank = sa.func.coalesce(column, "") == "" if words else column.is_(None)
        return blank if operator == "empty" else sa.not_(blank)
    first = values[0]
    compared: dict[str, Callable[[], Predicate]] = {
        "is": lambda: column == first,
        "is not": lambda: column.is_distinct_from(first),
        "one of": lambda: column.in_(list(values)),
        "at least": lambda: column >= first,
        "at most": lambda: column <= first,
        "between": lambda: column.between(first, values[1]),
        "contains": lambda: column.icontains(str(first), autoescape=True),
    }
    return compared[operator]()
