"""What the desk says, in the user's language.

English source texts are the keys; a catalogue maps them to another language. The composition root
installs one; widgets ask `tr` when they are built and again when `LANGUAGE.changed` is emitted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from psygnal import Signal


class Language:
    """The language in force. GUI thread only."""

    changed = Signal(str)

    def __init__(self) -> None:
        self.code = "en"
        self._texts: Mapping[str, str] = {}
        self._sentences: Mapping[str, str] = {}

    def install(
        self, code: str, texts: Mapping[str, str], sentences: Mapping[str, str] | None = None
    ) -> None:
        """Speak `code` from now on and tell every listener.

        Parameters
        ----------
        texts : mapping of str to str
            English texts and what they are.
        sentences : mapping of str to str, optional
            Sentences of errors with ``{0}``, ``{1}`` ... for what is filled in, in both languages.
        """
        self.code = code
        self._texts = texts
        self._sentences = sentences or {}
        self.changed.emit(code)

    def sentence(self, said: str) -> str:
        """Return an error's English sentence in the language in force, or itself."""
        for template, translation in self._sentences.items():
            found = _pattern(template).fullmatch(said)
            if found is not None:
                return translation.format(*map(self._words, found.groups()))
        return self.text(said)

    def _words(self, part: str) -> str:
        """Return what stands in a place of a sentence: a word, several with commas between, or a sentence."""
        # A number in a sentence is no word, though a panel may have one for it.
        if part.isdigit():
            return part
        words = part.split(", ")
        if len(words) > 1 and all(word in self._texts for word in words):
            return "、".join(map(self.text, words)) if self.code.startswith("zh") else part
        return self.sentence(part) if " " in part else self.text(part)

    def text(self, source: str) -> str:
        """Return `source` in the language in force, or itself where the catalogue lacks it."""
        return self._texts.get(source, source)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a sentence with anything in its ``{0}`` places."""
    literal = re.split(r"\{\d+\}", template)
    return re.compile("(.*?)".join(re.escape(part) for part in literal), re.DOTALL)


LANGUAGE = Language()
"""The one language of this process."""


def tr_sentence(said: str) -> str:
    """Return the sentence of an error in the user's language, values and all."""
    return LANGUAGE.sentence(said)


def capital(text: str) -> str:
    """Return a text that stands alone, as a label or a column's title, with a capital."""
    return text[:1].upper() + text[1:]


def tr(source: str, **values: object) -> str:
    """Return `source` in the user's language, with ``{name}`` places filled in."""
    text = LANGUAGE.text(source)
    return text.format(**values) if values else text
