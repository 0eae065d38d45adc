"""How far long work is, on a terminal's last line; silent where no one watches."""

from __future__ import annotations

import time
from typing import TextIO

from mapdesk.model.language import tr_sentence

EVERY = 0.1
"""Seconds between two drawings."""


class TerminalProgress:
    """Called with what is being done and how far it is (0 to 1)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._watched = stream.isatty()
        self._drawn = 0.0
        self._width = 0

    def __call__(self, text: str, part: float) -> None:
        """Draw, at most every tenth of a second."""
        if not self._watched or time.monotonic() - self._drawn < EVERY:
            return
        self._drawn = time.monotonic()
        filled = round(24 * min(max(part, 0.0), 1.0))
        line = f"[{'#' * filled}{'.' * (24 - filled)}] {part:4.0%} {tr_sentence(text)}"[:100]
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)

    def clear(self) -> None:
        """Take the line away."""
        if self._watched and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0
