"""Text in columns for a terminal, where a Chinese character takes two."""

from __future__ import annotations

import unicodedata

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.nouns import NOUNS


def padded(word: str, width: int) -> str:
    """Return a word with blanks to a width in columns: Chinese characters take two."""
    return word + " " * max(width - columns_of(word), 1)


def columns_of(word: str) -> int:
    """Return how many columns of a terminal a word takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in word)


def padded_left(word: str, width: int) -> str:
    """Return a word with blanks before it, as numbers and their headings stand."""
    return " " * max(width - columns_of(word), 1) + word


def noun_said(noun: str) -> str:
    """Return what one thing of a kind is called: its title is the plural, which only English has."""
    return noun.replace("_", " ") if LANGUAGE.code == "en" else tr(NOUNS[noun].title)


def said(value: object) -> str:
    """Return a value of a row as people read it: words of the register in the language in force."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    text = str(value)
    return text if text.isdecimal() else tr(text)
