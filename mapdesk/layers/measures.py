"""What a layer can be coloured by: fields of its noun, and statistics the store counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mapdesk.model.errors import InputError
from mapdesk.model.makeup import AGES
from mapdesk.model.nouns import NOUNS

STYLED_POINTS = (
    *("camera", "incident", "sensor", "organisation"),
    *("resource", "component", "worker"),
)
"""Points that can have a style."""
STYLED = ("grid", "building", *STYLED_POINTS)
"""Nouns that can have a style."""
NEAR = 100.0
"""Metres within which incidents are near a point."""
_NAMES = ("name", "title", "address", "z", "measured_unit")
"""Fields of points that say which one it is or how it was measured, and nothing of what it is like."""


@dataclass(frozen=True)
class Measure:
    """One thing to colour by.

    Parameters
    ----------
    key : str
        What styles and commands call it.
    title : str
        English, a key for `tr`.
    kind : {"number", "word"}
    unit : str
        What a number counts or is measured in, shown behind the title; empty for none.
    of_people : bool
        Counted from the register: needs the right to counts, and a purpose where they are exact.
    by_day : bool
        There is a figure for each day.
    field : bool
        A field of the noun, read as it is.
    per : str
        Key of the measure it is reckoned from per hectare of the grid; empty for none.
    """

    key: str
    title: str
    kind: Literal["number", "word"] = "number"
    unit: str = ""
    of_people: bool = False
    by_day: bool = False
    field: bool = False
    per: str = ""


def _fields(noun: str) -> list[Measure]:
    """Return the fields that say something of a thing: no references, dates, names of it, or secrets."""
    found = []
    for one in NOUNS[noun].fields:
        if one.refers_to or one.mask or one.secret or one.type in ("date", "datetime"):
            continue
        kind: Literal["number", "word"] = "number" if one.type in ("int", "float") else "word"
        if one.name == "level" or (noun in STYLED_POINTS and one.name in _NAMES):
            continue
        title = one.name.replace("_", " ").capitalize().replace("gps", "GPS")
        found.append(Measure(one.name, title, kind, one.unit, field=True))
    return found


_INCIDENTS_NEAR = Measure("incidents near", f"Incidents within {NEAR:.0f} m", unit="incidents")

_ALL: dict[str, tuple[Measure, ...]] = {
    "grid": (
        Measure("people", "Residents", unit="people", of_people=True),
        Measure("density", "Residents per hectare", unit="people/ha", of_people=True, per="people"),
        *(
            Measure(
                f"aged {ages.replace(chr(8211), chr(45))}",
                f"Residents aged {ages}",
                unit="people",
                of_people=True,
            )
            for ages in AGES
        ),
        Measure("share 60+", "Share of residents aged 60 and over", unit="%", of_people=True),
        Measure("buildings", "Buildings", unit="buildings"),
        Measure("units", "Units", unit="units"),
        Measure("incidents", "Incidents", unit="incidents"),
        Measure("incidents open", "Incidents that are open", unit="incidents"),
        Measure("incidents by day", "Incidents by day", unit="incidents", by_day=True),
        *_fields("grid"),
        Measure(
            "population density",
            "Published population per hectare",
            unit="people/ha",
            per="population",
        ),
    ),
    "building": (
        *_fields("building"),
        Measure("people", "Residents", unit="people", of_people=True),
        Measure("households", "Households", unit="households", of_people=True),
        Measure("units", "Units", unit="units"),
        Measure("incidents", "Incidents", unit="incidents"),
        Measure("incidents by day", "Incidents by day", unit="incidents", by_day=True),
    ),
    "camera": (*_fields("camera"), _INCIDENTS_NEAR),
    "incident": (
        *_fields("incident"),
        Measure("class", "Incident class", "word"),
        Measure("days open", "Days open", unit="days"),
    ),
    "sensor": (
        *_fields("sensor"),
        Measure("bound", "Reading as a share of its upper bound", unit="%"),
        Measure("bound by day", "Readings of a day as a share of the bound", unit="%", by_day=True),
        _INCIDENTS_NEAR,
    ),
    "organisation": (*_fields("organisation"), _INCIDENTS_NEAR),
    "resource": (*_fields("resource"), _INCIDENTS_NEAR),
    "component": (*_fields("component"), _INCIDENTS_NEAR),
    # What happens near a worker is no figure of the worker.
    "worker": (*_fields("worker"),),
}


def measures_of(noun: str) -> dict[str, Measure]:
    """Return what a noun can be coloured by, by key.

    Raises
    ------
    InputError
        The noun has no styles.
    """
    if noun not in _ALL:
        raise InputError(f"'{noun}' cannot have a style; choose from {', '.join(STYLED)}.")
    return {one.key: one for one in _ALL[noun]}


def measure_of(noun: str, key: str) -> Measure:
    """Return one measure.

    Raises
    ------
    InputError
        There is no such noun or measure.
    """
    known = measures_of(noun)
    if key not in known:
        raise InputError(f"A {noun} cannot be coloured by '{key}'; choose from {', '.join(known)}.")
    return known[key]
