"""Looking beyond one's areas in the window: asked for in the banner, over by itself, by lock and at close."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QBoxLayout

from mapdesk.app.jobs import Progress
from mapdesk.model.errors import PurposeError
from mapdesk.panels.emergency_bar import EmergencyBar
from mapdesk.services import emergencies

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

KEY = "emergency"


class EmergencyActions(QObject):
    """Owns the red banner of one window. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.bar = EmergencyBar(partial(emergencies.left, window.store))
        middle = window.centralWidget()
        layout = None if middle is None else middle.layout()
        if isinstance(layout, QBoxLayout):
            layout.insertWidget(0, self.bar)
        self.bar.given.connect(self._on_reason)
        self.bar.over.connect(self._take_away)
        self.bar.end_wanted.connect(self._end)
        window.guard.locked.connect(self._end)
        window.closed.connect(self._on_closed)

    def ask(self) -> None:
        """Ask what the emergency is."""
        if self._window.session.access.has_purpose:
            self.bar.ask()
        else:
            self._refuse(PurposeError("State a purpose first, then what the emergency is."))

    def _on_reason(self, reason: str) -> None:
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> float:
            return emergencies.begin(store, access, reason)

        self._window.jobs.run(KEY, work, self._begin, self._refuse)

    def _begin(self, _seconds: float) -> None:
        self.bar.begin()
        self._window.search_panel.set_people(self._window.session.access.has_purpose)
        self._window.asking.people_of_focus()

    def _refuse(self, error: Exception) -> None:
        self._window.tell(error)
        if isinstance(error, PurposeError):
            self._window.commands.ask_purpose()

    def _end(self) -> None:
        self._window.jobs.cancel(KEY)
        was = self.bar.is_lifted
        self.bar.stop()
        emergencies.end(self._window.store, self._window.session.access)
        if was:
            self._take_away()

    def _take_away(self) -> None:
        """Take off the screen what may have come from beyond the areas."""
        window = self._window
        for key in ("card", "people", "find"):
            window.jobs.cancel(key)
        window.parts.rights.unmasking.mask()
        access = window.session.access
        if access.has_purpose:
            # Every panel takes people off when the purpose goes, and asks anew when it is back.
            window.session.set_access(access.having(""))
            window.session.set_access(access)

    def _on_closed(self, _window: object) -> None:
        self.bar.close_bar()
