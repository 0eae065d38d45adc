"""Signing in before a district opens."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from mapdesk.app.sign_in_form import SignInForm
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
from mapdesk.model.users import Credentials
from mapdesk.services import districts
from mapdesk.store.database import Place


class SignInDialog(QDialog):
    """Asks who opens a district and opens it for them.

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
        self.setCursor(Qt.CursorShape.WaitCursor)
        try:
            store = districts.open_district(self._place, credentials)
        except WorldError as error:
            self.form.refuse(error)
            return
        finally:
            self.unsetCursor()
        self.form.stop()
        self.accept()
        self.signed_in.emit(store)

    def done(self, result: int) -> None:
        """Forget what was typed, however the dialog ends."""
        self.form.stop()
        super().done(result)
