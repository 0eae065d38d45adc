"""Adding to the register and taking out of it, from the card that is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from mapdesk.app.register_actions import RegisterDesk
from mapdesk.app.row_dialogs import AddDialog, RemoveDialog
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

PLACE_OF = {
    "person": ("household", "unit"),
    "household": ("unit",),
    "unit": ("building",),
}
"""Cards on which each can be added."""


class RowDesk(QObject):
    """Adds and removes people, households and units of one window. GUI thread only."""

    def __init__(self, window: DeskWindow, register: RegisterDesk) -> None:
        super().__init__(window)
        self._window = window
        self._register = register

    def add_person(self) -> None:
        """Add a person to the household or unit whose card is shown."""
        self._add("person", tr("Open the card of a household or a unit first."))

    def add_household(self) -> None:
        """Add a household to the unit whose card is shown."""
        self._add("household", tr("Open the card of a unit first."))

    def add_unit(self) -> None:
        """Add a unit to the building whose card is shown."""
        self._add("unit", tr("Open the card of a building first."))

    def _add(self, noun: str, otherwise: str) -> None:
        window, focus = self._window, self._window.session.focus
        if focus is None or focus.noun not in PLACE_OF[noun]:
            window.tell(otherwise)
            return
        if not self._register.has_purpose():
            return
        home = {f"{focus.noun}_id": focus.id}
        dialog = AddDialog(
            window.store,
            window.session.access,
            window.jobs,
            noun,
            home,
            window.card_panel.title,
            window,
        )
        dialog.added.connect(partial(self._was_added, focus))
        self._register.open_dialog(dialog)

    def _was_added(self, home: Ref, made: Ref, batch: str) -> None:
        self._register.note(batch, before=home, after=made)

    def remove(self) -> None:
        """Take out the person, household or unit whose card is shown."""
        window, focus = self._window, self._window.session.focus
        if focus is None or focus.noun not in PLACE_OF:
            window.tell(tr("Open the card of a person, a household or a unit first."))
            return
        if not self._register.has_purpose():
            return
        home, title = self._register.home_of(focus), window.card_panel.title
        dialog = RemoveDialog(
            window.store, window.session.access, window.jobs, focus, title, window
        )
        dialog.changed.connect(partial(self._was_removed, focus, home))
        self._register.open_dialog(dialog)

    def _was_removed(self, gone: Ref, home: Ref | None, batch: str) -> None:
        self._register.note(batch, before=gone, after=home)
