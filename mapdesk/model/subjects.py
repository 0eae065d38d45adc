"""What the record of looks says a row was about, in the user's language: the record itself is English.

What cannot be read back is said as it stands; so is all that somebody typed.
"""

from __future__ import annotations

import re
from functools import cache

from mapdesk.model.filter_fields import FILTER_FIELDS, FILTER_NOUNS
from mapdesk.model.filter_words import PHRASES
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.nouns import NOUNS

SUBJECTS = (
    "doors of {what}",
    "{what}; {count} rows chosen",
    "history of {noun} {id}",
    "card of {noun} {id}",
    "home of person {id}",
    "person {id} unmasked",
    "people of {noun} {id}",
    "people inside {file}",
    "rows of register {id}",
    "changes of register {id}",
    "make-up of {area}",
    "sheet of grid {area} with its doors",
    "sheet of grid {area}",
    "search for '{text}'",
    "map: {area}",
    "{noun}: {count} selected",
    "looks up to {id}",
    "household moved (household {id})",
    "unit split (unit {id})",
    "units joined (unit {id})",
)
"""English keys of the catalogue, the narrower ones first; of a filter they are `filter_words.PHRASES`."""

_ONE_WORD = frozenset({"id", "count", "age", "days"})
"""Places of templates that take no blank."""
_CONDITIONS = (
    "turns",
    "circle",
    "polygon",
    "within",
    "among",
    "between",
    "contains",
    "not empty",
    "empty",
    "at least",
    "at most",
    "one of",
    "is not",
    "is",
)
"""Phrases of conditions; those whose words begin others stand after these."""
_OPERATOR = re.compile(r"(not|at least|at most|one of|between) ")


def told_subject(said: str) -> str:
    """Return a subject of the record in the language in force."""
    if LANGUAGE.code == "en":
        return said
    filtered = _filter(said)
    if filtered is not None:
        return filtered
    for template in SUBJECTS:
        found = _pattern(template).fullmatch(said)
        if found is not None:
            words = found.groupdict()
            if not _fits(words):
                continue
            return tr(template).format(**{name: _word(name, words[name]) for name in words})
    return said


def _fits(words: dict[str, str]) -> bool:
    noun = words.get("noun")
    return noun is None or noun in NOUNS or noun in _titles()


def _word(name: str, word: str) -> str:
    if name == "what":
        return told_subject(word)
    if name == "noun":
        return tr(NOUNS[word].title if word in NOUNS else word)
    return tr(word) if word == "whole district" else word


@cache
def _titles() -> dict[str, str]:
    """Return the nouns by what they are called."""
    return {noun.title: key for key, noun in NOUNS.items()}


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a template, each place of it under its name."""
    parts = re.split(r"\{(\w+)\}", template)
    for at in range(1, len(parts), 2):
        letters = {"parts": ".*?"}.get(parts[at], r"\S+?" if parts[at] in _ONE_WORD else ".+?")
        parts[at] = f"(?P<{parts[at]}>{letters})"
    parts[::2] = map(re.escape, parts[::2])
    return re.compile("".join(parts), re.DOTALL)


def _filter(said: str) -> str | None:
    title, colon, rest = said.partition(": ")
    noun = _titles().get(title)
    if not colon or noun not in FILTER_NOUNS:
        return None
    if rest == "all":
        return tr(PHRASES["everything"]).format(noun=tr(title))
    parts = _parts(noun, rest)
    return parts and tr(PHRASES["filter"]).format(noun=tr(title), parts=parts)


def _parts(noun: str, said: str) -> str | None:
    """Return conditions joined by "and", the shortest first one that leaves others to read."""
    whole = said.split(" and ")
    for at in range(1, len(whole)):
        one = _one(noun, " and ".join(whole[:at]))
        two = one and _parts(noun, " and ".join(whole[at:]))
        if two:
            return tr(PHRASES["and"]).format(one=one, two=two)
    return _one(noun, said)


def _one(noun: str, said: str) -> str | None:
    for mode in ("all", "any", "none"):
        found = _pattern(PHRASES[mode]).fullmatch(said)
        if found is not None:
            parts = [_one(noun, part) for part in found["parts"].split("; ") if part]
            spoken = [part for part in parts if part is not None]
            whole = len(spoken) == len(parts)
            return tr(PHRASES[mode]).format(parts="; ".join(spoken)) if whole else None
    for operator in _CONDITIONS:
        found = _pattern(PHRASES[operator]).fullmatch(said)
        words = found and _condition(noun, operator, found.groupdict())
        if words:
            return tr(PHRASES[operator]).format(**words)
    return None


def _condition(noun: str, operator: str, words: dict[str, str]) -> dict[str, str] | None:
    if "field" not in words:
        return words
    field = next((one for one in FILTER_FIELDS[noun] if one.title == words["field"]), None)
    value = words.get("value", "")
    if field is None or (operator == "is" and _OPERATOR.match(value)):
        return None
    if field.kind != "text" and " and " in value + words.get("other", ""):
        return None
    told = words | {"field": tr(field.title)}
    if "value" in words and field.kind in ("choice", "flag"):
        told["value"] = ", ".join(map(tr, value.split(", ")))
    return told
