"""Copying the district from the window, to a folder or to a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QInputDialog

from mapdesk.app.jobs import Progress
from mapdesk.model.language import tr
from mapdesk.services import copying
from mapdesk.store.database import Place

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

_WIDTH = 460
"""Pixels: an address is long."""


class CopyActions:
    """The command of one window that copies its district; GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window

    def choose(self) -> None:
        """Ask where to, and copy the district there."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Copy district…"))
        dialog.setLabelText(
            tr("A new folder, or an empty database (postgresql://user@host/database):")
        )
        dialog.textValueSelected.connect(self._copy)
        dialog.resize(_WIDTH, dialog.height())
        dialog.open()

    def _copy(self, typed: str) -> None:
        window, target = self._window, typed.strip()
        if not target:
            window.tell(tr("Say where the copy is to lie."))
            return
        place: Place = target if target.startswith("postgresql:") else Path(target).expanduser()

        def work(progress: Progress) -> int:
            found = copying.copy_district(window.store, place, progress)
            return sum(digest.rows for digest in found.values())

        def done(rows: int) -> None:
            copied = tr("{count:,} rows copied and compared.", count=rows)
            stays = tr(copying.RECORD_STAYS, place=window.store.place)
            window.tell(f"{copied} {stays}")

        window.jobs.run("copy", work, done)
