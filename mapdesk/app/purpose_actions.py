"""The purpose in force in one window: since when, how it ends, and which ones are usual here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QPushButton

from mapdesk.app.jobs import Progress
from mapdesk.app.purpose_field import PurposeSince
from mapdesk.model.access import Access
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.services import purposes

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

KEY = "purposes"


class PurposeActions(QObject):
    """Shows the purpose while it is in force, and forgets it by lock. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._purpose = ""
        self.since = PurposeSince()
        self.end_button = QPushButton()
        self.end_button.setObjectName("end purpose")
        shown = (window.tool_bar.addWidget(self.since), window.tool_bar.addWidget(self.end_button))
        self._shown = [action for action in shown if action is not None]
        self.end_button.clicked.connect(self.end)
        window.purpose.opened.connect(self.read)
        window.session.access_changed.connect(self._on_access)
        window.guard.locked.connect(self.end)
        window.closed.connect(self._on_closed)
        LANGUAGE.changed.connect(self._on_language)
        self._on_language(LANGUAGE.code)
        self._on_access(window.session.access)
        self.read()

    def end(self) -> None:
        """Let no purpose be in force any more."""
        self._window.purpose.setText("")
        self._window.session.set_access(self._window.store.identity.having(""))

    def read(self) -> None:
        """Read which purposes are usual here."""
        store = self._window.store

        def work(_progress: Progress) -> list[str]:
            return purposes.usual(store)

        self._window.jobs.run(KEY, work, self._window.purpose.set_usual)

    def _on_access(self, access: Access) -> None:
        in_force = access.has_purpose
        if in_force and access.purpose != self._purpose:
            self.since.show_since(datetime.now().astimezone())
        elif not in_force:
            self.since.show_since(None)
        self._purpose = access.purpose
        for action in self._shown:
            action.setVisible(in_force)

    def _on_language(self, _code: str) -> None:
        self.since.retranslate()
        self.end_button.setText(tr("End"))
        self.end_button.setToolTip(
            tr("People and camera pictures leave the screen until a purpose is stated again")
        )

    def _on_closed(self, _window: object) -> None:
        LANGUAGE.changed.disconnect(self._on_language)
