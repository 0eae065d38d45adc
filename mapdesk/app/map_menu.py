"""The map's context menu: what can be done with the thing under the pointer, or at that place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QCursor
from PyQt6.QtWidgets import QMenu

from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import Ref

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class MapMenu(QObject):
    """Shows a menu where the map is right-clicked. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.menu: QMenu | None = None
        window.map.asked.connect(self.show_at)

    def show_at(self, ref: Ref | None, x: float, y: float) -> None:
        """Show what can be done with a thing, or at a place (m)."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window = self._window
        if ref is not None:
            self._add(menu, tr("Show card"), partial(window.asking.card, ref))
        if ref is not None and ref.noun == "building":
            self._add(menu, tr("Open building"), partial(window.parts.inside.open, ref.id))
        if ref is not None and NOUNS[ref.noun].geometry == "polygon":
            self._add(menu, tr("Everything inside"), partial(window.asking.select_inside, ref))
        if window.map.overlay.open is not None:
            self._add(menu, tr("Close building"), window.parts.inside.close)
        menu.addSeparator()
        self._add(menu, tr("Fly there"), partial(window.map.fly_to, x, y))
        self._add(menu, tr("Nearest workers"), partial(window.asking.nearest, x, y))
        self._add(menu, tr("Copy coordinates"), partial(window.parts.places.copy_at, x, y))
        self.menu = menu
        menu.destroyed.connect(self._forget)
        menu.popup(QCursor.pos())

    def _add(self, menu: QMenu, title: str, run: Callable[[], None]) -> None:
        action = menu.addAction(title)
        if action is not None:
            action.triggered.connect(partial(_without_tick, run))

    def _forget(self) -> None:
        self.menu = None


def _without_tick(run: Callable[[], None], _ticked: bool = False) -> None:
    """Run what an action is for; Qt says whether it is ticked, which means nothing here."""
    run()
