"""Columns of a filter's answer, by noun: what the table shows, in which order, under which title."""

from __future__ import annotations

from collections.abc import Sequence

TABLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "person": (
        "name",
        "age",
        "sex",
        "address",
        "stair",
        "floor",
        "room",
        "residence_kind",
        "relation",
        "education",
        "care_flag",
        "household_kind",
        "unit_use",
        "vehicles",
        "pets",
        "grid_id",
        "id",
    ),
    "household": (
        "household_kind",
        "people",
        "oldest",
        "youngest",
        "address",
        "stair",
        "floor",
        "room",
        "unit_use",
        "vehicles",
        "pets",
        "grid_id",
        "id",
    ),
    "unit": (
        "address",
        "stair",
        "floor",
        "room",
        "unit_use",
        "size",
        "people",
        "building_use",
        "grid_id",
        "id",
    ),
    "building": (
        "name",
        "address",
        "building_use",
        "building_floors",
        "height",
        "year_built",
        "units",
        "people",
        "grid_id",
        "id",
    ),
    "organisation": (
        "name",
        "kind",
        "address",
        "hazard_grade",
        "fire_equipment",
        "contact_name",
        "contact_phone",
        "grid_id",
        "id",
    ),
}
"""The usual ones; ``people`` is left out of units and buildings for who may not count people."""

WIDE_COLUMNS = frozenset({"vehicles", "pets", "grid_id", "id", "household_kind", "unit_use"})
"""Columns hidden until chosen, of people: the rest fits a window."""

COLUMN_TITLES = {
    "name": "name",
    "age": "age",
    "sex": "sex",
    "address": "address",
    "stair": "stair",
    "floor": "floor",
    "room": "room",
    "residence_kind": "residence",
    "relation": "relation",
    "education": "education",
    "care_flag": "care flag",
    "household_kind": "kind of household",
    "unit_use": "use of the unit",
    "vehicles": "vehicles",
    "pets": "pets",
    "grid_id": "grid",
    "id": "id",
    "people": "people",
    "oldest": "oldest",
    "youngest": "youngest",
    "size": "floor space (m²)",
    "building_use": "use of the building",
    "building_floors": "floors",
    "height": "height (m)",
    "year_built": "year built",
    "units": "units",
    "kind": "kind",
    "hazard_grade": "hazard grade",
    "fire_equipment": "fire equipment",
    "contact_name": "contact",
    "contact_phone": "contact's phone",
}
"""English keys of the catalogue."""


def column_title(name: str, columns: Sequence[str]) -> str:
    """Return the English key of a column's title among others: people have full names."""
    return "full name" if name == "name" and "sex" in columns else COLUMN_TITLES[name]


SPOKEN_COLUMNS = frozenset(
    {
        *("sex", "residence_kind", "relation", "education", "care_flag", "household_kind"),
        *("unit_use", "building_use", "kind"),
    }
)
"""Columns whose values are words of the catalogue."""
