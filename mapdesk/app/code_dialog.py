"""Setting an authenticator up: a QR code to scan, its key to type, and the first code it shows."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontDatabase, QImage, QPixmap
from PyQt6.QtWidgets import (
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import refusal, say
from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.formats import qr_code
from mapdesk.model import codes
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import signing_in
from mapdesk.store.database import Store

_WIDTH = 430
_SQUARE = 4
"""Pixels of one square of the QR code, more where it has few squares."""


class CodeDialog(ErrandDialog):
    """Shows a fresh key and asks for the code of it; nothing is asked of anybody until that is right."""

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self.secret = codes.new_secret()
        self.setWindowTitle(tr("Authenticator code"))
        note = QLabel(
            tr(
                "Scan this with an authenticator on your telephone, or type the key (time-based, six digits); "
                "then enter the code it shows. From then on each sign-in asks for a code too; whoever loses "
                "the telephone asks an administrator."
            )
        )
        note.setObjectName("FieldLabel")
        note.setWordWrap(True)
        note.setFixedWidth(_WIDTH)
        self.key = _shown(codes.grouped(self.secret))
        address = signing_in.code_address(store, self.secret)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(tr("QR code of the authenticator key"))
        drawn = _picture(address)
        self.picture.setPixmap(drawn)
        self.picture.setFixedHeight(drawn.height())
        self.address = _shown(address)
        self.address.setToolTip(tr("The same for an authenticator that takes an address"))
        self.code = QLineEdit()
        self.code.setObjectName("code")
        self.code.setPlaceholderText(tr("Six digits of the authenticator"))
        self.code.setMaxLength(codes.DIGITS + 1)
        self.problem = refusal()
        form = QFormLayout()
        form.setSpacing(9)
        form.addRow(tr("Authenticator key"), self.key)
        form.addRow(tr("Address"), self.address)
        form.addRow(tr("Code"), self.code)
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        ok = self.buttons.button(standard.Ok)
        if ok is not None:
            ok.setObjectName("Primary")
        self.buttons.accepted.connect(self._set_up)
        self.buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 18, 18, 14)
        box.setSpacing(12)
        box.addWidget(note)
        box.addWidget(self.picture)
        box.addLayout(form)
        box.addWidget(self.problem)
        box.addWidget(self.buttons)
        self.code.setFocus()

    def _set_up(self) -> None:
        code = self.code.text()
        if not code.strip():
            self.code.setFocus()
            return

        store, secret = self._store, self.secret

        def work() -> None:
            signing_in.set_own_code(store, secret, code)

        self.errand(work, self._set_up_done, self._refuse)

    def show_busy(self, busy: bool) -> None:
        """Show whether the code is being checked."""
        self.buttons.setDisabled(busy)
        self.code.setReadOnly(busy)

    def _set_up_done(self, _nothing: None) -> None:
        if not self.left:
            self.accept()

    def _refuse(self, error: WorldError) -> None:
        say(self.problem, tr_sentence(str(error)))
        self.code.setFocus()
        self.code.selectAll()

    def done(self, result: int) -> None:
        """Forget the key, however the dialog ends."""
        for field in (self.key, self.address, self.code):
            field.clear()
        self.picture.clear()
        self.secret = ""
        super().done(result)


def _shown(text: str) -> QLineEdit:
    """Return a field to read and copy from."""
    field = QLineEdit(text)
    field.setReadOnly(True)
    field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    field.setCursorPosition(0)
    field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return field


def _picture(text: str) -> QPixmap:
    """Return a QR code black on white, whatever the theme: readers need it so."""
    rows = qr_code.squares(text)
    drawn = QImage(len(rows), len(rows), QImage.Format.Format_RGB32)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            drawn.setPixel(across, down, 0xFF000000 if dark else 0xFFFFFFFF)
    side = len(rows) * max(_SQUARE, 220 // len(rows))
    return QPixmap.fromImage(drawn.scaled(side, side))
