"""Commands about users: who may sign in, one's own password, locking the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.app.sign_in_form import SignInForm
from mapdesk.app.users_dialog import UsersDialog
from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.users import Credentials
from mapdesk.services import signing_in
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class SignInActions:
    """Commands of one window; GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window

    def show_users(self) -> None:
        """Administer users."""
        dialog = UsersDialog(self._window.store, self._window)
        dialog.begun.connect(self._window.guard.refresh)
        dialog.open()

    def change_password(self) -> None:
        """Let who is signed in choose another password."""
        if not self._window.guard.has_user:
            self._window.tell(tr("This district has no users: File, Users… adds the first."))
            return
        PasswordDialog(self._window.store, self._window).open()

    def lock_now(self) -> None:
        """Cover the desk until its user signs in again."""
        self._window.guard.lock()


class PasswordDialog(ErrandDialog):
    """Asks for the old password and a new one, twice."""

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self.setWindowTitle(tr("Change password"))
        self.form = SignInForm(store.identity.user, fixed=True)
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
