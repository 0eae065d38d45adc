"""The map on paper, from the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from mapdesk.app.print_dialog import PrintDialog
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError
from mapdesk.model.language import tr

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class PrintDesk(QObject):
    """Composes and prints sheets of one window's map. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window

    def show(self) -> None:
        """Compose a sheet of what the map shows."""
        window = self._window
        dialog = PrintDialog(
            window.map,
            window.store,
            window.jobs,
            window.session.access,
            window.store.identity.having,
            window.session.focus,
            window.loader.bounds(),
            window.settings,
            window,
        )
        dialog.printed.connect(self._on_printed)
        dialog.due.connect(partial(self._ask_second, dialog))
        dialog.open()

    def _ask_second(self, dialog: PrintDialog, due: ApprovalDueError, access: Access) -> None:
        self._window.parts.outgoing.refused(due, access, dialog)

    def _on_printed(self, path: Path) -> None:
        self._window.tell(tr("Printed in {file}", file=path))
