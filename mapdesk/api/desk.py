"""The desk as plugins see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from mapdesk.model.selection import Selection
from mapdesk.services import export, selecting
from mapdesk.store.database import Store


class DeskView(Protocol):
    """What the window lends a plugin: dialogs, messages and work off the GUI thread."""

    def say(self, sentence: str) -> None:
        """Show one sentence in the message bar."""

    def ask_where_to_save(self, title: str, name: str) -> Path | None:
        """Ask for a file to write; None where the user thinks better of it."""

    def work(self, key: str, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Do `work` on another thread and call `then` with its answer on the GUI thread."""


class Desk:
    """One open district and what is selected on it.

    Parameters
    ----------
    store : Store
    selection : Selection
        As it was when the command was chosen.
    view : DeskView
    """

    def __init__(self, store: Store, selection: Selection, view: DeskView) -> None:
        self._store = store
        self.selection = selection
        self.view = view

    @property
    def name(self) -> str:
        """The district's name."""
        return self._store.district.name

    def selected_rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return the selected things as rows, geometry in metres; any thread."""
        return selecting.details(self._store, self.selection, self.selection.groups)

    def feature_collection(self, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        """Return rows as a GeoJSON FeatureCollection in EPSG:4326; any thread."""
        return export.feature_collection(self._store, rows)
