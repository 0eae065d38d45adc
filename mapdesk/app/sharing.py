"""A shared district in the window: what other desks write shows, and a server that is gone is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from mapdesk.model.language import tr
from mapdesk.model.nouns import POINTS
from mapdesk.store.changes import REGISTER
from mapdesk.store.watching import Watch

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

SETTLED_AFTER = 150
"""Milliseconds without further news after which they are shown: an import at another desk is many."""


class Sharing(QObject):
    """Listens for one window; a district in a folder is nobody else's and there is nothing to hear."""

    _written = pyqtSignal(object)
    _reached = pyqtSignal(bool)

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._news: set[str] = set()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_AFTER)
        self._settled.timeout.connect(self._refresh)
        self._written.connect(self._on_written)
        self._reached.connect(self._on_reached)
        self.watch = Watch(window.store, self._written.emit, self._reached.emit)
        window.leaving.connect(self.watch.close)

    def show_written(self, nouns: frozenset[str]) -> None:
        """Bring the map in step with nouns that were written: points alone, or all of it."""
        places = nouns - set(REGISTER) - {"source"}
        if not places <= set(POINTS):
            self._window.reload()
        elif places:
            self._window.refresh_points(places)

    def _on_written(self, nouns: frozenset[str]) -> None:
        self._news |= nouns
        self._settled.start()

    def _refresh(self) -> None:
        """Show what was written: the map where places changed, the open card in any case."""
        window, news = self._window, frozenset(self._news)
        self._news.clear()
        self.show_written(news)
        focus = window.session.focus
        if focus is not None:
            window.asking.card(focus)

    def _on_reached(self, there: bool) -> None:
        window = self._window
        if there:
            window.tell(tr("The server is back."))
        else:
            window.tell(
                tr("The server does not answer: what is shown may be old until it is back.")
            )
