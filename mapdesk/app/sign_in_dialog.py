"""Signing in before a district opens."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.app.sign_in_form import SignInForm
from mapdesk.model.errors import CancelledError, WorldError
from mapdesk.model.language import tr
from mapdesk.model.users import Credentials
from mapdesk.services import districts
from mapdesk.store.database import Place, Store
from mapdesk.store.vault import Vault


class SignInDialog(ErrandDialog):
    """Asks who opens a district and opens it for them, on a thread: passwords take a while.

    Signals
    -------
    signed_in(Store)
        The open district; whoever listens closes it.

    Parameters
    ----------
    place : Place
        Where the district lies.
    title : str
        What people call it.
    user : str
        Name to begin with.
    """

    signed_in = pyqtSignal(object)

    def __init__(self, place: Place, title: str, user: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._vault: Vault | None = None
        self.setWindowTitle(f"{title} — mapdesk")
        heading = QLabel(title)
        heading.setObjectName("Heading")
        heading.setWordWrap(True)
        below = QLabel(tr("Sign in to open this district."))
        below.setObjectName("FieldLabel")
        self.form = SignInForm(user, fixed=False)
        self.form.entered.connect(self._open)
        box = QVBoxLayout(self)
        box.setContentsMargins(36, 30, 36, 22)
        box.setSpacing(2)
        box.addWidget(heading)
        box.addWidget(below)
        box.addSpacing(18)
        box.addWidget(self.form)
        box.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.form.begin()

    def _open(self, credentials: Credentials) -> None:
        place = self._place
        try:
            # Asked for here, in this thread, and once: a wrong password does not lock it again.
            vault = self._vault = self._vault or districts.unlocked(place)
        except WorldError as error:
            self.form.refuse(error)
            return
        except CancelledError:
            return

        def work() -> Store:
            return districts.open_district(place, credentials, vault)

        self.errand(work, self._opened, self.form.refuse)

    def show_busy(self, busy: bool) -> None:
        """Show whether the password is being checked."""
        self.form.show_busy(busy)

    def _opened(self, store: Store) -> None:
        if self.left:  # closed while the password was checked
            store.close()
            return
        self.form.stop()
        self.accept()
        self.signed_in.emit(store)

    def done(self, result: int) -> None:
        """Forget what was typed, however the dialog ends."""
        self.form.stop()
        super().done(result)
