"""What the fields of the register and of places may hold: text read as values, and checked.

Choices are what the register has, in English; imports translate theirs, panels show them translated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mapdesk.model.errors import InputError
from mapdesk.model.identity_number import read_identity
from mapdesk.model.noun import Field
from mapdesk.model.nouns import BUILDING_USES, GRID_KINDS, NOUNS, UNIT_USES

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("person", "sex"): ("female", "male"),
    ("person", "education"): (
        "none yet",
        "primary",
        "junior secondary",
        "senior secondary",
        "college",
        "university",
        "postgraduate",
    ),
    ("person", "residence_kind"): ("registered", "floating", "absent", "foreign"),
    ("person", "relation"): (
        "head",
        "spouse",
        "child",
        "father",
        "mother",
        "grandchild",
        "sibling",
        "flatmate",
        "other",
    ),
    ("person", "care_flag"): ("lives alone", "pregnant", "wheelchair", "oxygen at home"),
    ("unit", "use"): UNIT_USES,
    ("building", "use"): BUILDING_USES,
    ("grid", "kind"): GRID_KINDS,
}
"""What a field may say, where that is not free text; empty is always allowed."""

_RANGES = {
    "level": (1, 4),
    "floors": (1, 200),
    "population": (0, 10_000_000),
    "year_built": (1000, 2200),
}
"""Least and most of whole numbers that are not what most are."""
_LATEST = date(2200, 12, 31)
"""Days up to which a grid may be said to hold; others have been already."""
_PHONE = re.compile(r"\+?[\d-]{5,18}")
_LONGEST = 200


def read_row(noun: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of a row as their fields' types, checked one by one and against each other.

    Parameters
    ----------
    values : mapping of str to value or text
        Fields of `noun`; those not named are not checked.

    Raises
    ------
    InputError
        A field that does not exist, is required and empty, or holds what it cannot.
    """
    row = {name: read_value(noun, name, value) for name, value in values.items()}
    if row.get("identity_number"):
        try:
            number, born, sex = read_identity(row["identity_number"])
        except ValueError as error:
            raise InputError(f"identity_number {error}; correct it.") from error
        row["identity_number"] = number
        if row.get("birth_date") not in (None, born):
            raise InputError("birth_date is not the one the identity number says; correct either.")
        if row.get("sex") not in (None, sex):
            raise InputError("sex is not the one the identity number says; correct either.")
    if row.get("valid_from") and row.get("valid_to") and row["valid_to"] < row["valid_from"]:
        raise InputError("valid_to is before valid_from; correct either.")
    return row


def read_value(noun: str, name: str, value: Any) -> Any:
    """Return one value as its field's type; empty text is None.

    Raises
    ------
    InputError
        The sentence names the field.
    """
    if name not in NOUNS[noun].field_names:
        raise InputError(f"A {noun} has no field '{name}'.")
    field = NOUNS[noun].field(name)
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        if field.required:
            raise InputError(f"{name} must not be empty.")
        return None
    read = _READERS[field.type](field, value)
    choices = CHOICES.get((noun, name))
    if choices is not None and read not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, not '{read}'.")
    return read


def _text(field: Field, value: Any) -> str:
    text = str(value)
    if len(text) > _LONGEST or not text.isprintable():
        raise InputError(
            f"{field.name} is longer than {_LONGEST} characters or holds a line break."
        )
    if field.name.endswith("phone") and not _PHONE.fullmatch(text.replace(" ", "")):
        raise InputError(
            f"{field.name} is no phone number; write digits, with + or - where needed."
        )
    return text


def _int(field: Field, value: Any) -> int:
    try:
        number = int(value)
    except ValueError as error:
        raise InputError(f"{field.name} must be a whole number, not '{value}'.") from error
    least, most = _RANGES.get(field.name, (-100, 10_000))
    if not least <= number <= most:
        raise InputError(f"{field.name} must be between {least} and {most}, not {number}.")
    return number


def _float(field: Field, value: Any) -> float:
    try:
        number = float(value)
    except ValueError as error:
        raise InputError(f"{field.name} must be a number, not '{value}'.") from error
    if not (math.isfinite(number) and 0 <= number <= 1e6):
        raise InputError(f"{field.name} must be between 0 and 1000000, not '{value}'.")
    return number


def _date(field: Field, value: Any) -> date:
    if isinstance(value, date):
        found = value
    else:
        try:
            found = date.fromisoformat(str(value))
        except ValueError as error:
            raise InputError(
                f"{field.name} must be a date as 1980-02-28, not '{value}'."
            ) from error
    if field.name.startswith("valid_"):
        if not date(1880, 1, 1) <= found <= _LATEST:
            raise InputError(f"{field.name} must lie between 1880 and {_LATEST.year}, not {found}.")
    elif not date(1880, 1, 1) <= found <= datetime.now().astimezone().date():
        raise InputError(f"{field.name} must lie between 1880 and today, not {found}.")
    return found


_READERS = {"text": _text, "int": _int, "float": _float, "date": _date}
