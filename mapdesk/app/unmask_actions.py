"""Unmasking in the window: one person at a time, masked again by itself and whenever the work changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from mapdesk.app.jobs import Progress
from mapdesk.model.access import Access
from mapdesk.model.rights import Right
from mapdesk.services import unmasking
from mapdesk.services.unmasking import Unmasked

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

KEY = "unmask"


class UnmaskActions(QObject):
    """Owns what is unmasked on the card of one window. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._bar = window.card_panel.unmask_bar
        self._bar.given.connect(self._on_reason)
        self._bar.ended.connect(window.card_panel.mask_person)
        window.session.access_changed.connect(self._on_access)
        window.session.focus_changed.connect(self._on_focus)
        window.asking.home_shown.connect(self._on_home)
        window.guard.locked.connect(self.mask)

    def mask(self) -> None:
        """Mask what is unmasked, and take no answer that is under way."""
        self._window.jobs.cancel(KEY)
        self._bar.reset()
        self._window.card_panel.mask_person()

    def _on_reason(self, reason: str) -> None:
        window, focus = self._window, self._window.session.focus
        if focus is None or focus.noun != "person":
            return
        store, access, person = window.store, window.session.access, focus.id

        def work(_progress: Progress) -> Unmasked:
            return unmasking.unmask(store, access, person, reason)

        window.jobs.run(KEY, work, self._show)

    def _show(self, found: Unmasked) -> None:
        if self._window.card_panel.unmask(found.row):
            self._bar.count_down(unmasking.MINUTES * 60)

    def _on_home(self, _card: object) -> None:
        self.mask()
        self._bar.setEnabled(self._window.session.access.may(Right.UNMASK))

    def _on_access(self, _access: Access) -> None:
        self.mask()

    def _on_focus(self, _focus: object) -> None:
        self.mask()
