"""Making an empty district in the window."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.app.unlock_dialog import PassphraseField
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import districts, sealing


class NewDistrictDialog(ErrandDialog):
    """Asks for a folder, a name and a CRS.

    Signals
    -------
    made(Path)
        The new district's folder.
    """

    made = pyqtSignal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("New district…"))
        self.folder, self.name, self.crs = QLineEdit(), QLineEdit(), QLineEdit("EPSG:4548")
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        self.encrypt = QCheckBox(tr("Encrypt it: nothing can be read without the passphrase"))
        self.passphrase = PassphraseField(tr("New passphrase"))
        self.again = PassphraseField(tr("The same again"))
        for field in (self.passphrase, self.again):
            field.setEnabled(False)
            self.encrypt.toggled.connect(field.setEnabled)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        standard = QDialogButtonBox.StandardButton
        self.buttons = buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        buttons.accepted.connect(self._make)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(tr("Folder"), row)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Coordinates"), self.crs)
        form.addRow(self.encrypt)
        form.addRow(tr("Passphrase"), self.passphrase)
        form.addRow("", self.again)
        form.addRow(self.problem)
        form.addRow(buttons)
        self.resize(480, 280)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder"))
        if chosen:
            self.folder.setText(chosen)

    def _make(self) -> None:
        if not self.folder.text().strip():
            self.problem.setText(tr("Choose a folder for the new district."))
            return
        folder = Path(self.folder.text().strip())
        name, crs = self.name.text(), self.crs.text().strip()
        passphrase = self.passphrase.text() if self.encrypt.isChecked() else None
        try:
            if passphrase is not None:
                sealing.check_new(passphrase, self.again.text())
        except WorldError as error:
            self._refuse(error)
            return

        def work() -> Path:
            if passphrase is None:
                districts.create_district(folder, name, crs).close()
            else:
                sealing.create_encrypted_district(folder, name, crs, passphrase).close()
            return folder

        self.errand(work, self._made, self._refuse)

    def show_busy(self, busy: bool) -> None:
        """Take no second Ok while the district is made."""
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        if ok is not None:
            ok.setDisabled(busy)

    def _refuse(self, error: WorldError) -> None:
        self.problem.setText(tr_sentence(str(error)))

    def _made(self, folder: Path) -> None:
        if not self.left:
            self.accept()
            self.made.emit(folder)
