"""Commands about users: who may sign in, one's own password and code, locking the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QInputDialog, QVBoxLayout

from mapdesk.app.code_dialog import CodeDialog
from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.app.guard import FEWEST, MOST
from mapdesk.app.sign_in_form import SignInForm
from mapdesk.app.users_dialog import UsersDialog
from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.users import Credentials
from mapdesk.services import signing_in

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


_ADDRESS_WIDTH = 460


class SignInActions:
    """Commands of one window; GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window

    def choose_server(self) -> None:
        """Ask for the address of a shared district and open it in another window."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Open on a server"))
        dialog.setLabelText(tr("Address of the district, as postgresql://server/database:"))
        dialog.setTextValue("postgresql://")
        dialog.textValueSelected.connect(self._open_server)
        dialog.resize(_ADDRESS_WIDTH, dialog.height())
        dialog.open()

    def _open_server(self, address: str) -> None:
        self._window.commands.open_other(address.strip())

    def show_users(self) -> None:
        """Administer users."""
        dialog = UsersDialog(self._window.store, self._window.guard.runner, self._window)
        dialog.begun.connect(self._window.guard.refresh)
        dialog.open()

    def change_password(self) -> None:
        """Let who is signed in choose another password."""
        if self._has_user():
            PasswordDialog(self._window).open()

    def set_up_code(self) -> None:
        """Let who is signed in be asked for codes of an authenticator."""
        if self._has_user():
            CodeDialog(self._window.store, self._window).open()

    def choose_idle_time(self) -> None:
        """Ask after how many minutes the desk locks itself, and remember it."""
        guard = self._window.guard
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(tr("Lock when idle"))
        dialog.setLabelText(tr("Minutes without key or mouse before the desk locks itself:"))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(FEWEST, MOST)
        dialog.setIntValue(guard.minutes)
        dialog.intValueSelected.connect(self._remember_idle_time)
        dialog.open()

    def _remember_idle_time(self, minutes: int) -> None:
        self._window.guard.minutes = minutes
        self._window.tell(tr("The desk locks itself after {minutes} min.", minutes=minutes))

    def lock_now(self) -> None:
        """Cover the desk until its user signs in again."""
        self._window.guard.lock()

    def _has_user(self) -> bool:
        if not self._window.guard.has_user:
            owner = tr("The owner of a district on a server is no user: sign in as one.")
            none = tr("This district has no users: File, Users… adds the first.")
            self._window.tell(owner if self._window.store.is_shared else none)
        return self._window.guard.has_user


class PasswordDialog(ErrandDialog):
    """Asks for the old password and a new one, twice."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._store = window.store
        self.setWindowTitle(tr("Change password"))
        self.form = SignInForm(signing_in.name_of(window.store), fixed=True)
        self.form.ask_new_password()
        self.form.entered.connect(self._change)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 22, 28, 14)
        box.addWidget(self.form)
        box.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.form.begin()

    def _change(self, credentials: Credentials) -> None:
        store = self._store

        def work() -> Access:
            return signing_in.prove(store, credentials)

        self.errand(work, self._changed, self.form.refuse)

    def show_busy(self, busy: bool) -> None:
        """Show whether the passwords are being checked."""
        self.form.show_busy(busy)

    def _changed(self, _access: Access) -> None:
        self.accept()

    def done(self, result: int) -> None:
        """Forget what was typed, however the dialog ends."""
        self.form.stop()
        super().done(result)
