"""Dialogs whose Ok takes a while, for a password is hashed: the window goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QWidget

from mapdesk.app.jobs import Jobs, Then
from mapdesk.model.errors import WorldError

_UNDER_WAY: set[ErrandDialog] = set()
"""Dialogs that wait for an answer: nobody else need keep one that was closed."""


class ErrandDialog(QDialog):
    """A dialog that has one thing at a time done on a thread and shows that it is busy.

    Closed meanwhile it is gone at once; what was begun is done all the same, and `left` says so to
    whoever takes the answer.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs()
        self.left = False

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self in _UNDER_WAY

    def show_busy(self, busy: bool) -> None:
        """Show that it is at work, or can be worked again."""
        raise NotImplementedError

    def errand(
        self, work: Callable[[], Any], then: Then, refuse: Callable[[WorldError], None]
    ) -> None:
        """Do `work` on a thread and hand its answer to `then`; nothing where it is busy already.

        Parameters
        ----------
        refuse : callable
            Takes a WorldError while the dialog is open; other errors are ours and raised.
        """
        if self.busy:
            return

        def failed(error: Exception) -> None:
            self._rest()
            if not isinstance(error, WorldError):
                raise error
            if not self.left:
                refuse(error)

        def done(answer: object) -> None:
            self._rest()
            then(answer)

        _UNDER_WAY.add(self)
        self.setCursor(Qt.CursorShape.BusyCursor)
        self.show_busy(True)
        self._jobs.run("errand", lambda _progress: work(), done, failed)

    def _rest(self) -> None:
        _UNDER_WAY.remove(self)
        if self.left:
            self._jobs.close()
        else:
            self.unsetCursor()
            self.show_busy(False)

    def done(self, result: int) -> None:
        """Close; a thread under way ends by itself."""
        self.left = True
        if not self.busy:
            self._jobs.close()
        super().done(result)
