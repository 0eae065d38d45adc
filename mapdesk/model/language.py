"""What the desk says, in the user's language.

English source texts are the keys; a catalogue maps them to another language. The composition root
installs one; widgets ask `tr` when they are built and again when `LANGUAGE.changed` is emitted.
"""

from __future__ import annotations

from collections.abc import Mapping

from psygnal import Signal


class Language:
    """The language in force. GUI thread only."""

    changed = Signal(str)

    def __init__(self) -> None:
        self.code = "en"
        self._texts: Mapping[str, str] = {}

    def install(self, code: str, texts: Mapping[str, str]) -> None:
        """Speak `code` from now on and tell every listener."""
        self.code = code
        self._texts = texts
        self.changed.emit(code)

    def text(self, source: str) -> str:
        """Return `source` in the language in force, or itself where the catalogue lacks it."""
        return self._texts.get(source, source)


LANGUAGE = Language()
"""The one language of this process."""


def tr(source: str, **values: object) -> str:
    """Return `source` in the user's language, with ``{name}`` places filled in."""
    text = LANGUAGE.text(source)
    return text.format(**values) if values else text
