"""What the window does about rights: unmasking, emergencies, purposes, retention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapdesk.app.emergency_actions import EmergencyActions
from mapdesk.app.purpose_actions import PurposeActions
from mapdesk.app.retention_dialog import RetentionDialog
from mapdesk.app.unmask_actions import UnmaskActions

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class RightsActions:
    """The parts of one window that rights are about. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window
        self.unmasking = UnmaskActions(window)
        self.purposes = PurposeActions(window)
        self.emergency = EmergencyActions(window)

    def ask_emergency(self) -> None:
        """Ask what the emergency is, to look beyond the user's areas."""
        self.emergency.ask()

    def show_retention(self) -> None:
        """Show how long things are kept."""
        RetentionDialog(self._window.store, self._window.jobs, self._window).open()
