"""The questions for passphrases in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.model.errors import CancelledError, WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import sealing
from mapdesk.services.unlocking import Lock
from mapdesk.store.vault import Vault

WIDTH = 430
"""Pixels: a sentence of an error fits in two lines."""


class PassphraseField(QLineEdit):
    """A field whose text can be shown for a look."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText(hint)
        self.setMinimumHeight(32)


class PassphraseDialog(ErrandDialog):
    """What all questions for a passphrase look like: a heading, fields, a place for one sentence.

    Parameters
    ----------
    heading, explanation, accept : str
        Texts, translated; the last is on the button.
    parent : QWidget or None
    """

    def __init__(
        self, heading: str, explanation: str, accept: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("mapdesk")
        self.setMinimumWidth(WIDTH)
        title = QLabel(heading)
        title.setStyleSheet("font-size: 17px; font-weight: 600;")
        title.setWordWrap(True)
        told = QLabel(explanation)
        told.setWordWrap(True)
        told.setObjectName("FieldLabel")
        self.show_text = QCheckBox(tr("Show what is typed"))
        self.show_text.toggled.connect(self._show_text)
        self._bar = QFrame()
        self._bar.setObjectName("MessageBar")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        QHBoxLayout(self._bar).addWidget(self.problem)
        self._bar.hide()
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        self.ok = self.buttons.button(standard.Ok)
        if self.ok is not None:
            self.ok.setText(accept)
            self.ok.setObjectName("Primary")
        self.buttons.accepted.connect(self._try)
        self.buttons.rejected.connect(self.reject)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(8)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 22, 24, 18)
        page.setSpacing(10)
        for widget in (title, told):
            page.addWidget(widget)
        page.addSpacing(4)
        page.addLayout(self._fields)
        page.addWidget(self.show_text)
        page.addWidget(self._bar)
        page.addStretch(1)
        page.addWidget(self.buttons)

    def field(self, hint: str) -> PassphraseField:
        """Add a field and return it."""
        made = PassphraseField(hint)
        self._fields.addWidget(made)
        return made

    def work(self) -> Callable[[], object]:
        """Return what is to be done with what is typed, on a thread; WorldError where that is no good."""
        raise NotImplementedError

    def take(self, answer: Any) -> None:
        """Take what the work gave."""

    def show_busy(self, busy: bool) -> None:
        """Take no second answer while the first is tried."""
        if self.ok is not None:
            self.ok.setDisabled(busy)

    def _try(self) -> None:
        try:
            work = self.work()
        except WorldError as error:
            self._refuse(error)
            return
        self.errand(work, self._taken, self._refuse)

    def _taken(self, answer: object) -> None:
        if not self.left:
            self.take(answer)
            self.accept()

    def _refuse(self, error: WorldError) -> None:
        self.problem.setText(tr_sentence(str(error)))
        self._bar.show()
        fields = self.findChildren(PassphraseField)
        fields[0].selectAll()
        fields[0].setFocus()

    def _show_text(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for one in self.findChildren(PassphraseField):
            one.setEchoMode(mode)


class UnlockDialog(PassphraseDialog):
    """Asks for the passphrase of an encrypted district until it is right.

    Parameters
    ----------
    lock : Lock
    parent : QWidget or None
    """

    def __init__(self, lock: Lock, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("{name} is locked", name=lock.place.name),
            tr(
                "This district is encrypted. Its passphrase opens it; nobody can restore a lost one."
            ),
            tr("Unlock"),
            parent,
        )
        self.vault: Vault | None = None
        self._lock = lock
        self.passphrase = self.field(tr("Passphrase"))
        self.remember = QCheckBox(tr("Remember on this computer"))
        self._fields.addWidget(self.remember)
        self.passphrase.setFocus()

    def work(self) -> Callable[[], Vault]:
        """Open the lock."""
        passphrase, remember = self.passphrase.text(), self.remember.isChecked()
        return lambda: self._lock.open(passphrase, remember=remember)

    def take(self, answer: Vault) -> None:
        """Keep the key."""
        self.vault = answer


class ChangePassphraseDialog(PassphraseDialog):
    """Asks for the old passphrase and twice for the new one.

    Parameters
    ----------
    lock : Lock
    parent : QWidget or None
    """

    def __init__(self, lock: Lock, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Change passphrase"),
            tr("Backups made before still open with the old one."),
            tr("Change"),
            parent,
        )
        self._lock = lock
        self.old = self.field(tr("Passphrase"))
        self.new = self.field(tr("New passphrase"))
        self.again = self.field(tr("The same again"))

    def work(self) -> Callable[[], None]:
        """Change it."""
        old, new = self.old.text(), self.new.text()
        sealing.check_new(new, self.again.text())
        return lambda: sealing.change_passphrase(self._lock, old, new)


class NewPassphraseDialog(PassphraseDialog):
    """Asks twice for the passphrase of a district that is to be encrypted.

    Parameters
    ----------
    folder : Path
        Where it will lie.
    parent : QWidget or None
    """

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Encrypt a copy in {name}", name=folder.name),
            tr("Without the passphrase nobody can open it, and nobody can restore a lost one."),
            tr("Encrypt"),
            parent,
        )
        self.passphrase = ""
        self.new = self.field(tr("New passphrase"))
        self.again = self.field(tr("The same again"))

    def _try(self) -> None:
        try:
            sealing.check_new(self.new.text(), self.again.text())
        except WorldError as error:
            self._refuse(error)
            return
        self.passphrase = self.new.text()
        self.accept()


def ask_in_window(lock: Lock) -> Vault:
    """Ask for the passphrase over the window in front.

    Raises
    ------
    CancelledError
        The user closed the question.
    """
    dialog = UnlockDialog(lock, QApplication.activeWindow())
    dialog.exec()
    if dialog.vault is None:
        raise CancelledError
    return dialog.vault
