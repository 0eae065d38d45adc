"""A filter in words, and a condition read from words.

The words are the same in the window, in the record of looks and on the command line; only the language
differs: the record is always English.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta

from mapdesk.model.errors import InputError
from mapdesk.model.filter_areas import area_of
from mapdesk.model.filter_fields import FILTER_FIELDS, FilterField, field_of
from mapdesk.model.filters import Condition, Filter, Group, Value, check
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.shapes import Circle

PHRASES = {
    "is": "{field} is {value}",
    "is not": "{field} is not {value}",
    "one of": "{field} is one of {value}",
    "at least": "{field} is at least {value}",
    "at most": "{field} is at most {value}",
    "between": "{field} is between {value} and {other}",
    "contains": "{field} contains “{value}”",
    "empty": "{field} is not recorded",
    "not empty": "{field} is recorded",
    "within": "in grid {value}",
    "among": "in {count} chosen buildings",
    "turns": "turns {age} within {days} days",
    "circle": "within {metres} m of {x}, {y}",
    "polygon": "in a drawn area of {hectares} ha around {x}, {y}",
    "all": "all of ({parts})",
    "any": "any of ({parts})",
    "none": "none of ({parts})",
    "everything": "{noun}: all",
    "filter": "{noun}: {parts}",
    "and": "{one} and {two}",
    "yes": "yes",
    "no": "no",
}
"""How conditions are said, English keys of the catalogue."""

NAMED = 6
"""Values named before the rest is counted."""

Speak = Callable[[str], str]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_TURNS = re.compile(r"turns\s+(\d+)\s+within\s+(\d+)\s+days?", re.IGNORECASE)
_RECORDED = re.compile(r"(\w+)\s+is\s+(not\s+)?(?:recorded|empty)", re.IGNORECASE)
_WITHIN = re.compile(r"grid\s+within\s+(\S.*)", re.IGNORECASE)
_COMPARED = re.compile(r"(\w+)\s*(>=|<=|!=|=|~|>|<)\s*(.*)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")

GRAMMAR = (
    "age>=80, age<18, age=30, age=60..69, education=college,university, sex!=male, name~harbour, "
    "care_flag is recorded, care_flag is not recorded, housed=yes, born>=1950-12-31, "
    "grid within G1-02,G1-03, turns 80 within 60 days"
)
"""Examples of all that `read_condition` reads."""


def describe(filtered: Filter, speak: Speak = tr) -> str:
    """Return a filter in words.

    Parameters
    ----------
    speak : callable
        Puts an English text into another language; `in_english` leaves it.
    """
    noun = speak(NOUNS[filtered.noun].title)
    if not filtered.parts:
        return speak(PHRASES["everything"]).format(noun=noun)
    said = [
        _group(filtered.noun, part, speak)
        if isinstance(part, Group)
        else say(filtered.noun, part, speak)
        for part in filtered.parts
    ]
    if filtered.mode == "all":
        parts = said[0]
        for one in said[1:]:
            parts = speak(PHRASES["and"]).format(one=parts, two=one)
    else:
        parts = speak(PHRASES[filtered.mode]).format(parts="; ".join(said))
    return speak(PHRASES["filter"]).format(noun=noun, parts=parts)


def in_english(text: str) -> str:
    """Return `text` itself: what the record of looks is written with."""
    return text


def _group(noun: str, group: Group, speak: Speak) -> str:
    said = "; ".join(say(noun, one, speak) for one in group.parts)
    return speak(PHRASES[group.mode]).format(parts=said)


def say(noun: str, condition: Condition, speak: Speak = tr) -> str:
    """Return one condition in words."""
    field = field_of(noun, condition.field)
    title = speak(field.title) if field is not None else condition.field
    words = [_value(field, one, speak) for one in condition.values]
    operator = condition.operator
    phrase = speak(PHRASES[operator]) if operator in PHRASES else ""
    if operator == "turns":
        return phrase.format(age=words[0], days=words[1])
    if operator == "inside":
        return _area(str(condition.values[0]), speak)
    if operator == "among":
        return phrase.format(count=f"{len(words):,}")
    if operator == "between":
        return phrase.format(field=title, value=words[0], other=words[1])
    listed = ", ".join(words[:NAMED])
    if len(words) > NAMED:
        listed += f" … (+{len(words) - NAMED})"
    return phrase.format(field=title, value=listed)


def _value(field: FilterField | None, value: Value, speak: Speak) -> str:
    if isinstance(value, bool):
        return speak(PHRASES["yes"] if value else PHRASES["no"])
    if field is not None and field.kind == "choice":
        return speak(str(value))
    return str(value)


def _area(text: str, speak: Speak) -> str:
    shape = area_of(text)
    if isinstance(shape, Circle):
        return speak(PHRASES["circle"]).format(
            metres=f"{shape.radius:,.0f}", x=f"{shape.x:.0f}", y=f"{shape.y:.0f}"
        )
    middle = shape.polygon.representative_point()
    return speak(PHRASES["polygon"]).format(
        hectares=f"{shape.area / 1e4:,.1f}", x=f"{middle.x:.0f}", y=f"{middle.y:.0f}"
    )


def read_condition(noun: str, text: str) -> Condition:
    """Read a condition from words, such as "age>=80" or "turns 80 within 60 days".

    Raises
    ------
    InputError
        It cannot be read, or does not fit the noun; the sentence names the condition.
    """
    said = text.strip()
    condition = _turning(said) or _recorded(said) or _grids(said) or _compared(noun, said)
    if condition is None:
        raise InputError(f"'{text}' is no condition; write one as in {GRAMMAR}.")
    try:
        check(noun, condition)
    except InputError as error:
        if field_of(noun, condition.field) is None:
            names = ", ".join(field.name for field in FILTER_FIELDS.get(noun, ()))
            raise InputError(
                f"'{text}': a {noun} has no field '{condition.field}'; choose from {names}."
            ) from error
        raise InputError(f"'{text}': {error}") from error
    return condition


def _turning(said: str) -> Condition | None:
    found = _TURNS.fullmatch(said)
    return Condition("turning", "turns", (int(found[1]), int(found[2]))) if found else None


def _recorded(said: str) -> Condition | None:
    found = _RECORDED.fullmatch(said)
    if found is None:
        return None
    emptied = said.lower().endswith("empty")
    return Condition(found[1], "empty" if emptied != bool(found[2]) else "not empty")


def _grids(said: str) -> Condition | None:
    found = _WITHIN.fullmatch(said)
    return Condition("grid", "within", _listed(found[1])) if found else None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _compared(noun: str, said: str) -> Condition | None:
    found = _COMPARED.fullmatch(said)
    if found is None:
        return None
    name, sign, text = found[1], found[2], found[3].strip()
    field = field_of(noun, name)
    kind = field.kind if field is not None else "text"
    if sign in "<>":
        return Condition(name, *_beyond(field, sign, text))
    if sign in (">=", "<="):
        return Condition(name, "at least" if sign == ">=" else "at most", (_read(kind, text),))
    if sign == "~":
        return Condition(name, "contains", (text,))
    if sign == "=" and kind in ("number", "date") and ".." in text:
        low, _dots, high = text.partition("..")
        return Condition(name, "between", (_read(kind, low), _read(kind, high)))
    values = tuple(_read(kind, one) for one in _listed(text)) if kind != "text" else (text,)
    if sign == "!=":
        return Condition(name, "is not", values)
    return Condition(name, "is" if len(values) == 1 else "one of", values)


def _beyond(field: FilterField | None, sign: str, text: str) -> tuple[str, tuple[Value, ...]]:
    """Return a strict comparison as the operator there is: the first whole number or day beyond."""
    operator = "at least" if sign == ">" else "at most"
    step = 1 if sign == ">" else -1
    kind = field.kind if field is not None else "text"
    value = _read(kind, text)
    if kind == "date" and _DAY.fullmatch(text):
        try:
            return operator, ((date.fromisoformat(text) + timedelta(days=step)).isoformat(),)
        except (ValueError, OverflowError):
            return operator, (text,)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return operator, (value,)
    if field is not None and field.whole:
        return operator, (value + step if isinstance(value, int) else value,)
    return operator, (math.nextafter(value, math.inf * step),)


def _read(kind: str, text: str) -> Value:
    """Return a value as its field wants it; what does not fit stays text, for `check` to refuse."""
    word = text.strip()
    if kind == "number" and _NUMBER.fullmatch(word):
        return float(word) if "." in word else int(word)
    if kind == "flag" and word.lower() in (*_YES, *_NO):
        return word.lower() in _YES
    return word
