"""What the window does about rights: unmasking, emergencies, purposes, retention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapdesk.app.unmask_actions import UnmaskActions

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class RightsActions:
    """The parts of one window that rights are about. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self.unmasking = UnmaskActions(window)
