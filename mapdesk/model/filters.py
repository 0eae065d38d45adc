"""A filter as data: which people, households, units, buildings or organisations are meant.

A filter is checked when it is made, so that one that exists can be asked. It goes to JSON and back
unchanged, and says itself in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from mapdesk.model.errors import InputError
from mapdesk.model.filter_areas import area_of
from mapdesk.model.filter_fields import (
    ARITY,
    FILTER_NOUNS,
    OPERATORS,
    FilterField,
    field_of,
)
from mapdesk.model.texts import check_text

Value = str | int | float | bool
Mode = Literal["all", "any", "none"]

MODES: tuple[Mode, ...] = ("all", "any", "none")
MOST_PARTS = 200
"""Conditions and groups of one filter; more are a mistake or an attack."""
MOST_TEXT = 200
MOST_NUMBER = 1_000_000_000
MOST_AGE, MOST_DAYS = 150, 3660
ADULT = 18
"""Years from which one is no longer a minor: Civil Code of the PRC, article 17."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked of a field.

    Parameters
    ----------
    field : str
        Name of a `FilterField` of the filter's noun.
    operator : str
        One of `OPERATORS` of the field's kind.
    values : tuple
        As many as `ARITY` says: words, numbers, ISO dates, ids of grids or buildings, an area's text;
        (age, days) of "turns".
    """

    field: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, any or none must hold.

    An empty group holds of everything, whatever its mode.
    """

    mode: Mode
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Things of one noun that satisfy conditions.

    Parameters
    ----------
    noun : str
        One of `FILTER_NOUNS`.
    mode : {"all", "any", "none"}
        How many of `parts` must hold; a filter without parts takes everything.
    parts : tuple of Condition or Group
        Nested one level.

    Raises
    ------
    InputError
        A field, operator or value that does not fit; the sentence names the field.
    """

    noun: str
    mode: Mode = "all"
    parts: tuple[Condition | Group, ...] = ()

    def __post_init__(self) -> None:
        if self.noun not in FILTER_NOUNS:
            raise InputError(
                f"'{self.noun}' cannot be filtered; choose from {', '.join(FILTER_NOUNS)}."
            )
        if sum(1 for _ in self.conditions()) + len(self.parts) > MOST_PARTS:
            raise InputError(f"A filter takes at most {MOST_PARTS} conditions; ask in two steps.")
        for mode in (self.mode, *(part.mode for part in self.parts if isinstance(part, Group))):
            if mode not in MODES:
                raise InputError(f"'{mode}' is no way to join conditions; write all, any or none.")
        for condition in self.conditions():
            check(self.noun, condition)

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition, those of groups too."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.parts
            else:
                yield part

    def fields(self) -> list[FilterField]:
        """Return the fields asked about, in order, with repeats."""
        found = (field_of(self.noun, one.field) for one in self.conditions())
        return [field for field in found if field is not None]

    @property
    def personal(self) -> bool:
        """Whether asking it needs a purpose and the right to people."""
        return self.noun in ("person", "household") or any(one.personal for one in self.fields())

    def sensitive(self, today: date) -> FilterField | None:
        """Return the first field whose condition is about minors or care flags, or None."""
        for condition in self.conditions():
            field = field_of(self.noun, condition.field)
            if field is not None and (field.sensitive or _of_minors(field, condition, today)):
                return field
        return None

    def asks_days_of_birth(self) -> bool:
        """Say whether a condition tells births within a year apart."""
        return any(
            one.field == "born" and not _of_whole_years(one)
            for one in self.conditions()
            if one.values
        )

    def as_json(self) -> str:
        """Return the filter as one line of JSON."""
        data = {"noun": self.noun, "mode": self.mode, "parts": [_plain(one) for one in self.parts]}
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Filter:
        """Read what `as_json` wrote.

        Raises
        ------
        InputError
            It is something else.
        """
        try:
            data = json.loads(text)
            parts = tuple(_part(one) for one in data["parts"])
            noun, mode = data["noun"], data["mode"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputError("That is no saved filter; build it anew and save it.") from error
        if not isinstance(noun, str) or not isinstance(mode, str):
            raise InputError("That is no saved filter; build it anew and save it.")
        return cls(noun, mode, parts)  # type: ignore[arg-type]


def _plain(part: Condition | Group) -> dict[str, Any]:
    if isinstance(part, Group):
        return {"mode": part.mode, "parts": [_plain(one) for one in part.parts]}
    return {"field": part.field, "operator": part.operator, "values": list(part.values)}


def _part(data: dict[str, Any]) -> Condition | Group:
    if "parts" in data:
        return Group(data["mode"], tuple(_condition(one) for one in data["parts"]))
    return _condition(data)


def _condition(data: dict[str, Any]) -> Condition:
    values = tuple(data["values"])
    if not all(isinstance(value, (str, int, float)) for value in values):
        raise TypeError(values)
    return Condition(str(data["field"]), str(data["operator"]), values)


def check(noun: str, condition: Condition) -> None:
    """Raise InputError unless a condition can be asked of a noun."""
    field = field_of(noun, condition.field)
    if field is None:
        raise InputError(f"A {noun} has no field '{condition.field}' to filter by.")
    if condition.operator not in OPERATORS[field.kind]:
        raise InputError(
            f"'{field.name}' cannot be asked '{condition.operator}'; "
            f"choose from {', '.join(OPERATORS[field.kind])}."
        )
    fewest, most = ARITY[condition.operator]
    if not fewest <= len(condition.values) <= most:
        raise InputError(f"'{field.name}' {condition.operator}: give {_how_many(fewest, most)}.")
    if field.kind == "turning":
        _check_turning(field, condition.values)
        return
    for value in condition.values:
        _check_value(field, condition.operator, value)
    if condition.operator == "between" and condition.values[0] > condition.values[1]:  # type: ignore[operator]
        raise InputError(
            f"'{field.name}' cannot lie between {condition.values[0]} and {condition.values[1]}; "
            "write the smaller one first."
        )


def _how_many(fewest: int, most: int) -> str:
    if fewest == most:
        return {0: "no value", 1: "one value"}.get(most, f"{most} values")
    return f"{fewest} to {most} values"


def _check_turning(field: FilterField, values: Sequence[Value]) -> None:
    for value, most in zip(values, (MOST_AGE, MOST_DAYS), strict=True):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise InputError(
                f"'{field.name}' takes an age of 0 to {MOST_AGE} years and 0 to {MOST_DAYS} days, "
                f"not {value}."
            )


def _check_value(field: FilterField, operator: str, value: Value) -> None:
    if field.kind == "number":
        _check_number(field, value)
    elif field.kind == "flag":
        if not isinstance(value, bool):
            raise InputError(f"'{field.name}' is yes or no, not '{value}'.")
    elif not isinstance(value, str) or not value.strip():
        raise InputError(f"'{field.name}' needs a word to be compared with.")
    else:
        check_text(value)
        _check_word(field, operator, value)


def _check_word(field: FilterField, operator: str, value: str) -> None:
    if field.kind == "date":
        _check_date(field, value)
    elif operator == "inside":
        area_of(value)
    elif len(value) > MOST_TEXT:
        raise InputError(f"'{field.name}' takes at most {MOST_TEXT} characters.")
    elif field.closed and value not in field.choices:
        raise InputError(
            f"'{field.name}' is never '{value}'; choose from {', '.join(field.choices)}."
        )


def _check_number(field: FilterField, value: Value) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not abs(value) <= MOST_NUMBER:  # type: ignore[arg-type]
        raise InputError(f"'{field.name}' needs a number, not '{value}'.")
    if field.whole and not isinstance(value, int):
        raise InputError(f"'{field.name}' needs a whole number, not '{value}'.")


def _check_date(field: FilterField, value: str) -> None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:
        raise InputError(f"'{field.name}' needs a date as 1950-12-31, not '{value}'.")


def _of_minors(field: FilterField, condition: Condition, today: date) -> bool:
    """Say whether a condition names an age below 18 or a birth after that of everyone of age."""
    if field.kind == "turning":
        return int(condition.values[0]) <= ADULT
    if field.ages:
        return any(value < ADULT for value in condition.values)  # type: ignore[operator]
    if field.name == "born":
        grown = number_of(today) - ADULT * 10_000
        return any(number_of(date.fromisoformat(str(one))) > grown for one in condition.values)
    return False


def _of_whole_years(born: Condition) -> bool:
    """Say whether a condition on births begins on a 1 January and ends on a 31 December."""
    days = [str(value)[4:] for value in born.values]
    ends = {"at least": ["-01-01"], "at most": ["-12-31"], "between": ["-01-01", "-12-31"]}
    return days == ends.get(born.operator)


def number_of(day: date) -> int:
    """Return a day as the number yyyymmdd, as the register's ``born`` is written."""
    return day.year * 10_000 + day.month * 100 + day.day
