"""What the window's commands about encryption do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog

from mapdesk.app.jobs import Progress
from mapdesk.app.unlock_dialog import ChangePassphraseDialog, NewPassphraseDialog
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
from mapdesk.services import sealing

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class VaultActions:
    """Commands of one window about its district's key; GUI thread only.

    Parameters
    ----------
    window : DeskWindow
    """

    def __init__(self, window: DeskWindow) -> None:
        self._window = window

    def change_passphrase(self) -> None:
        """Ask for the old passphrase and the new one."""
        try:
            lock = sealing.lock_of(self._window.store.folder)
        except WorldError as error:
            self._window.tell(error)
            return
        dialog = ChangePassphraseDialog(lock, self._window)
        dialog.accepted.connect(self._say_changed)
        dialog.open()

    def _say_changed(self) -> None:
        self._window.tell(tr("The passphrase is changed."))

    def encrypt_copy(self) -> None:
        """Ask where to and for a passphrase, and copy the district there, encrypted."""
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Encrypt a copy…"))
        if chosen:
            self.ask_and_encrypt(Path(chosen))

    def ask_and_encrypt(self, folder: Path) -> None:
        """Ask for the passphrase of the copy in `folder`, and make it."""
        dialog = NewPassphraseDialog(folder, self._window)
        window = self._window

        def work(progress: Progress) -> None:
            sealing.encrypt_store(window.store, folder, dialog.passphrase, progress)

        def done(_nothing: None) -> None:
            window.tell(
                tr(
                    "The encrypted copy is in {folder}; the record of looks stays with this district.",
                    folder=folder,
                )
            )

        def start() -> None:
            window.jobs.run("encrypt", work, done)

        dialog.accepted.connect(start)
        dialog.open()
