"""Changes of the register and of places in words, the same in the window and on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mapdesk.model.language import tr
from mapdesk.model.register_values import CHOICES
from mapdesk.services.cards import field_title

KIND_TITLES = {
    "import": "register",
    "edit": "by hand",
    "undo": "undone",
    "place edit": "by hand",
    "place undo": "undone",
    "place import": "file",
}
CHANGE_TITLES = {"new": "came into the register", "gone": "left the register"}
NOUN_TITLES = {
    "person": "Person",
    "household": "Household",
    "unit": "Unit",
    "building": "Building",
    "grid": "Grid",
    "organisation": "Organisation",
}

_SPOKEN = frozenset(name for _noun, name in CHOICES)


def titled(row: Mapping[str, Any]) -> str:
    """Return what a batch did: the file's name, or what was changed by hand."""
    title = str(row["title"])
    if row["source"]:
        return title
    noun, colon, fields = title.partition(": ")
    if not colon:
        return tr(title)
    names = ", ".join(words_of(noun, name) for name in fields.split(", "))
    return f"{tr(NOUN_TITLES.get(noun, noun))}: {names}"


def words_of(noun: str, name: str) -> str:
    """Return what a field is called where it is corrected: whole, not masked as on a card."""
    if noun == "person" and name in ("name", "birth_date"):
        return tr("Full name") if name == "name" else tr("Date of birth")
    return tr(field_title(noun, name))


def shown(name: str, value: object) -> str:
    """Return a field as it is shown."""
    if value is None or value == "":
        return "–"
    if isinstance(value, date):
        return value.isoformat()
    return tr(str(value)) if name in _SPOKEN else str(value)
