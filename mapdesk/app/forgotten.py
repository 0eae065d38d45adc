"""Bookmarks, tours, styles and imagery that were forgotten in a window, to be brought back by a key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from mapdesk.app.jobs import Progress
from mapdesk.model.language import tr
from mapdesk.services import forgetting
from mapdesk.store.map_items import MapItem

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

KEYS = "Ctrl+Alt+B"


class Forgotten(QObject):
    """What was forgotten in one window since it was opened, the newest last. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._items: list[MapItem] = []

    def offer(self, item: MapItem | None) -> None:
        """Say that something is gone, and how it comes back; None for what could not be read."""
        if item is not None:
            self._items.append(item)
            self._window.tell(
                tr(
                    "Forgot '{name}'; Edit, Bring back ({keys}) keeps it again.",
                    name=item.name,
                    keys=KEYS,
                )
            )

    def bring_back(self) -> None:
        """Keep again what was forgotten last."""
        window = self._window
        if not self._items:
            window.tell(tr("Nothing was forgotten in this window since it was opened."))
            return
        item = self._items[-1]

        def work(_progress: Progress) -> None:
            forgetting.bring_back(window.store, item)

        window.jobs.run_write("bring back", work, partial(self._on_back, item))

    def _on_back(self, item: MapItem, _nothing: None) -> None:
        if item in self._items:
            self._items.remove(item)
        parts = self._window.parts
        parts.bookmarks.refresh()
        parts.styles.list_names()
        if item.kind == "raster":
            parts.base.renew()
        self._window.tell(tr("'{name}' is kept again.", name=item.name))
