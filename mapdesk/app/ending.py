"""Letting go of what a closed window held, after it went out of sight."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

_UNDER_WAY: set[Ending] = set()
"""Python must not let go of a window in the thread that ends it: its steps are kept here."""


class Ending(QObject):
    """Does the last steps of a window on a thread of its own, which a program waits for at its end.

    Signals
    -------
    ended()
        All is done; on the GUI thread.
    """

    ended = pyqtSignal()
    _done = pyqtSignal()

    def __init__(self, *steps: Callable[[], None]) -> None:
        super().__init__()
        self._steps = steps
        self._thread = threading.Thread(target=self._run, name="closing")
        self._done.connect(self._on_done)

    def begin(self) -> None:
        """Begin, in the order given."""
        _UNDER_WAY.add(self)
        self._thread.start()

    def wait(self) -> None:
        """Return when all is done."""
        self._thread.join()

    def _run(self) -> None:
        try:
            for step in self._steps:
                step()
        finally:
            self._done.emit()

    def _on_done(self) -> None:
        self._thread.join()
        _UNDER_WAY.discard(self)
        self.ended.emit()
        self._steps = ()
