"""What a filter may ask about: the fields of each noun, and which operators fit which kind of field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mapdesk.model.nouns import BUILDING_USES, UNIT_USES

FieldKind = Literal["number", "choice", "text", "date", "flag", "grid", "area", "turning"]

OPERATORS: dict[FieldKind, tuple[str, ...]] = {
    "number": ("at least", "at most", "between", "is", "is not", "one of", "empty", "not empty"),
    "choice": ("is", "is not", "one of", "empty", "not empty"),
    "text": ("contains", "is", "is not", "empty", "not empty"),
    "date": ("at least", "at most", "between", "is", "empty", "not empty"),
    "flag": ("is",),
    "grid": ("within",),
    "area": ("inside", "among"),
    "turning": ("turns",),
}
"""Operators that fit a kind of field, the usual one first."""

ARITY: dict[str, tuple[int, int]] = {
    "is": (1, 1),
    "is not": (1, 1),
    "one of": (1, 2000),
    "at least": (1, 1),
    "at most": (1, 1),
    "between": (2, 2),
    "contains": (1, 1),
    "empty": (0, 0),
    "not empty": (0, 0),
    "within": (1, 2000),
    "inside": (1, 1),
    "among": (1, 100_000),
    "turns": (2, 2),
}
"""Fewest and most values an operator takes."""

OPERATOR_TITLES = {
    "is": "is",
    "is not": "is not",
    "one of": "is one of",
    "at least": "is at least",
    "at most": "is at most",
    "between": "is between",
    "contains": "contains",
    "empty": "is not recorded",
    "not empty": "is recorded",
    "within": "lies in",
    "inside": "drawn area",
    "among": "selected buildings",
    "turns": "turns",
}
"""What people choose, English keys of the catalogue."""

DATE_TITLES = {"at least": "is on or after", "at most": "is on or before"}
"""What a date's operators are called instead."""


@dataclass(frozen=True, slots=True)
class FilterField:
    """One thing a filter may ask about.

    Parameters
    ----------
    name : str
        Key in conditions, saved filters and commands.
    title : str
        English key of the catalogue.
    kind : FieldKind
        Decides operators and editor.
    choices : tuple of str
        Words of a "choice" field, in the order shown.
    closed : bool
        No other word than those of `choices` may be asked for; elsewhere imported registers may have more.
    unit : str
        Unit of a number.
    whole : bool
        A number without decimals.
    personal : bool
        Asking needs the right to people whatever the noun.
    sensitive : bool
        Asking needs the right to sensitive data.
    ages : bool
        The number is an age in years: below 18 it is about minors.
    """

    name: str
    title: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    closed: bool = False
    unit: str = ""
    whole: bool = True
    personal: bool = False
    sensitive: bool = False
    ages: bool = False


_HOUSEHOLD_KINDS = (
    "single",
    "elder alone",
    "couple",
    "elder couple",
    "family",
    "family of four",
    "grown family",
    "one parent",
    "three generations",
    "flat share",
    "crew",
    "unknown",
)
_EDUCATION = (
    "none yet",
    "primary",
    "junior secondary",
    "senior secondary",
    "college",
    "university",
    "postgraduate",
)
_CARE = ("lives alone", "wheelchair", "impaired sight", "oxygen at home", "pregnant")
_RELATIONS = ("head", "spouse", "child", "mother", "father", "flatmate")
_ORGANISATIONS = (
    "shop",
    "office",
    "factory",
    "logistics",
    "hazardous chemicals",
    "port company",
    "school",
    "kindergarten",
    "hospital",
    "care home",
    "community service",
    "transport",
    "public",
    "government",
)

_GRID = FilterField("grid", "grid", "grid")
_AREA = FilterField("area", "area", "area")
_VEHICLES = FilterField("vehicles", "household's vehicles", "number")
_PETS = FilterField("pets", "household's pets", "number")
_FLOOR = FilterField("floor", "floor", "number")
_UNIT_USE = FilterField("unit_use", "use of the unit", "choice", UNIT_USES, closed=True)
_BUILDING_USE = FilterField("building_use", "use of the building", "choice", BUILDING_USES)
_BUILDING_FLOORS = FilterField("building_floors", "floors of the building", "number")
_BUILDING_PARTS = (_BUILDING_USE, _BUILDING_FLOORS, _GRID, _AREA)
_LIVING = FilterField("people", "people living there", "number", personal=True)
_HOUSEHOLD_KIND = FilterField("household_kind", "kind of household", "choice", _HOUSEHOLD_KINDS)

FILTER_FIELDS: dict[str, tuple[FilterField, ...]] = {
    "person": (
        FilterField("age", "age", "number", unit="years", ages=True),
        FilterField("turning", "birthday soon", "turning", ages=True),
        FilterField("sex", "sex", "choice", ("female", "male"), closed=True),
        FilterField("residence_kind", "residence", "choice", ("registered", "floating")),
        FilterField("education", "education", "choice", _EDUCATION),
        FilterField("relation", "relation to the head", "choice", _RELATIONS),
        FilterField("care_flag", "care flag", "choice", _CARE, sensitive=True),
        FilterField("born", "date of birth", "date"),
        FilterField("housed", "has a home on record", "flag"),
        _HOUSEHOLD_KIND,
        _VEHICLES,
        _PETS,
        _UNIT_USE,
        _FLOOR,
        *_BUILDING_PARTS,
    ),
    "household": (
        _HOUSEHOLD_KIND,
        FilterField("people", "people in the household", "number"),
        FilterField("oldest", "age of the oldest", "number", unit="years", ages=True),
        FilterField("youngest", "age of the youngest", "number", unit="years", ages=True),
        _VEHICLES,
        _PETS,
        _UNIT_USE,
        _FLOOR,
        *_BUILDING_PARTS,
    ),
    "unit": (
        _UNIT_USE,
        _FLOOR,
        FilterField("room", "room", "text"),
        FilterField("stair", "stair", "text"),
        FilterField("size", "floor space", "number", unit="m²", whole=False),
        _LIVING,
        *_BUILDING_PARTS,
    ),
    "building": (
        FilterField("name", "name", "text"),
        FilterField("address", "address", "text"),
        _BUILDING_USE,
        _BUILDING_FLOORS,
        FilterField("height", "height", "number", unit="m", whole=False),
        FilterField("year_built", "year built", "number"),
        FilterField("units", "number of units", "number"),
        _LIVING,
        _GRID,
        _AREA,
    ),
    "organisation": (
        FilterField("name", "name", "text"),
        FilterField("kind", "kind", "choice", _ORGANISATIONS),
        FilterField("hazard_grade", "hazard grade", "text"),
        FilterField("fire_equipment", "fire equipment", "text"),
        FilterField("address", "address", "text"),
        *_BUILDING_PARTS,
    ),
}
"""Fields by noun, in the order of the builder. People's names are not among them: `find` looks for those."""

FILTER_NOUNS = tuple(FILTER_FIELDS)


def field_of(noun: str, name: str) -> FilterField | None:
    """Return the field of a noun called `name`, or None."""
    for field in FILTER_FIELDS.get(noun, ()):
        if field.name == name:
            return field
    return None
