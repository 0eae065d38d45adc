"""Asking what to take out, where to, and whether names are needed in full."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from mapdesk.app.dialog_parts import refusal, say
from mapdesk.model.access import checked_reason
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.services import outgoing

SUFFIXES = (".xlsx", ".csv", ".gpkg", ".parquet")
TABLES = SUFFIXES[:2]
"""Formats of what has no place."""
_KINDS = {
    ".xlsx": "XLSX (*.xlsx)",
    ".csv": "CSV (*.csv)",
    ".gpkg": "GeoPackage (*.gpkg)",
    ".parquet": "GeoParquet (*.parquet)",
}


@dataclass(frozen=True)
class Wish:
    """What is to be written.

    Parameters
    ----------
    noun : str
        Part of the selection; empty for the table's answer.
    path : Path
    reason : str
        Why names are needed in full; empty where they are masked.
    """

    noun: str
    path: Path
    reason: str = ""


class ExportDialog(QDialog):
    """Asks for a file, and of a selection which part of it.

    Signals
    -------
    wished(Wish)
        It is to be written.

    Parameters
    ----------
    nouns : tuple of str
        Parts of a selection; none for the table's answer.
    may_unmask : bool
        Whether names in full are offered.
    suffixes : tuple of str
        Formats that make sense, the usual one first.
    name : str
        What the file is called unless another name is given.
    """

    wished = pyqtSignal(object)

    def __init__(
        self,
        nouns: tuple[str, ...],
        *,
        may_unmask: bool,
        parent: QWidget,
        suffixes: tuple[str, ...] = SUFFIXES,
        name: str = "result",
    ) -> None:
        super().__init__(parent)
        self._suffixes, self._name = suffixes, name
        self.setWindowTitle(tr("Export…"))
        self.noun = QComboBox()
        for noun in nouns:
            self.noun.addItem(tr(NOUNS[noun].title), noun)
        self.file = QLineEdit()
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(browse)
        self.in_full = QCheckBox(tr("Names in full"))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why they are needed; it goes on record"))
        self.reason.setEnabled(False)
        self.in_full.toggled.connect(self.reason.setEnabled)
        self.problem = refusal()
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        buttons.accepted.connect(self.finish)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 14)
        form.setSpacing(10)
        if nouns:
            form.addRow(tr("What"), self.noun)
        form.addRow(tr("File"), row)
        formats = QLabel(", ".join(_KINDS[suffix].split(" ")[0] for suffix in suffixes))
        formats.setObjectName("FieldLabel")
        form.addRow("", formats)
        if may_unmask:
            form.addRow(self.in_full, self.reason)
        form.addRow(self.problem)
        form.addRow(buttons)
        self.resize(520, self.sizeHint().height())

    def finish(self) -> None:
        """Take what was entered, or say what is missing."""
        text = self.file.text().strip()
        reason = self.reason.text().strip() if self.in_full.isChecked() else ""
        if not text:
            self._say(tr("Choose a file to write to."))
            return
        if self.in_full.isChecked() and checked_reason(reason) is None:
            self._say(tr("Say why names are needed in full."))
            return
        path = Path(text) if Path(text).suffix else Path(f"{text}{self._suffixes[0]}")
        try:
            outgoing.check_suffix(path, self._suffixes)
        except WorldError as error:
            self._say(tr_sentence(str(error)))
            return
        self.accept()
        self.wished.emit(Wish(str(self.noun.currentData() or ""), path, reason))

    def _say(self, text: str) -> None:
        say(self.problem, text)

    def _browse(self) -> None:
        kinds = ";;".join(_KINDS[suffix] for suffix in self._suffixes)
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("File"), self._name, kinds)
        if chosen:
            self.file.setText(chosen)
