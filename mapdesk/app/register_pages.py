"""The first pages of the register wizard: the file, its columns, and the wait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, muted
from mapdesk.app.register_parts import dress_table
from mapdesk.model.language import capital, tr, tr_sentence

if TYPE_CHECKING:
    from mapdesk.formats.register import Preview

_FILTER = "*.csv *.txt *.xlsx"
_COLUMN_WIDTH = 164
_LONGEST_CELL = 60
FIELD_TITLES = {
    "name": "Full name",
    "birth_date": "Date of birth",
    "id": "id in the register",
    "address_building": "building number",
    "address_stair": "stair",
    "address_room": "room",
    "household_id": "household",
    "unit_id": "unit id",
    "building_id": "building id",
}
"""Titles of fields a column may fill, where they are not the field's own name."""


def title_of(field: str) -> str:
    """Return what a field is called in the window."""
    return capital(tr(FIELD_TITLES.get(field, field.replace("_", " "))))


class FilePage(QWidget):
    """Asks for a file: chosen, typed or dropped.

    Signals
    -------
    chosen()
        A file was chosen or dropped, or Enter pressed.
    """

    chosen = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.drop = QLabel(tr("Drop a register here: CSV or XLSX"))
        self.drop.setObjectName("DropPlace")
        self.drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.drop.setMinimumHeight(190)
        self.file = QLineEdit()
        self.file.setObjectName("register.file")
        self.file.setPlaceholderText(tr("or type where it is"))
        self.file.returnPressed.connect(self.chosen)
        line = QHBoxLayout()
        line.addWidget(self.file, 1)
        line.addWidget(button(tr("Browse…"), self._browse))
        hint = tr(
            "Nothing is changed yet: the rows are compared with the register first, and you choose which "
            "of them to accept."
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self.drop, 1)
        box.addLayout(line)
        box.addWidget(muted(hint))

    @property
    def path(self) -> Path | None:
        """The file; None where none is given."""
        text = self.file.text().strip()
        return Path(text) if text else None

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Take one local file."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and _dropped(data.urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Take the file and look at it."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.file.setText(_dropped(data.urls()))
            self.chosen.emit()

    def _browse(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, tr("Import register"), self.file.text(), f"CSV, XLSX ({_FILTER})"
        )
        if name:
            self.file.setText(name)
            self.chosen.emit()


def _dropped(urls: list[QUrl]) -> str:
    """Return the path of the only file dropped; empty where it is anything else."""
    files = [url.toLocalFile() for url in urls if url.isLocalFile()]
    return files[0] if len(files) == 1 else ""


class MappingPage(QWidget):
    """Shows the first rows, and over each column a choice of the field it fills.

    Signals
    -------
    sheet_wanted(str)
        Another sheet of the workbook is to be looked at.
    changed()
        A column was given another field.
    """

    sheet_wanted = pyqtSignal(str)
    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[str, ...] = ()
        self.sheet = QComboBox()
        self.sheet.activated.connect(self._on_sheet)
        self._sheet_label = QLabel(tr("Sheet"))
        self.source = QLineEdit()
        self.source.setToolTip(
            tr("The same from one file of the register to the next: by it people are known again")
        )
        self.complete = QCheckBox(
            tr("This file is the whole register: who it does not name is gone")
        )
        self.problems = muted()
        self.problems.setObjectName("Refusal")
        self.table = QTableWidget()
        dress_table(self.table, 27)
        self.choices: list[QComboBox] = []
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Register"), self.source)
        form.addRow(self._sheet_label, self.sheet)
        form.addRow("", self.complete)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(form)
        box.addWidget(muted(tr("Which field each column fills; what is not needed is left out.")))
        box.addWidget(self.table, 1)
        box.addWidget(self.problems)

    def show_preview(self, shown: Preview, mapping: dict[str, str], source: str) -> None:
        """Show a look at a register with the fields its columns are thought to fill."""
        self._columns = shown.columns
        if not self.source.text():
            self.source.setText(source)
        many = len(shown.sheets) > 1
        self.sheet.setVisible(many)
        self._sheet_label.setVisible(many)
        self.sheet.clear()
        self.sheet.addItems(shown.sheets)
        self.sheet.setCurrentText(shown.sheet or "")
        said = "\n".join(tr_sentence(one) for one in shown.problems)
        self.problems.setText(said)
        self.problems.setVisible(bool(said))
        self._fill(shown, mapping)
        self.changed.emit()

    def mapping(self) -> dict[str, str]:
        """Return column to field, of the columns that fill one."""
        chosen = zip(self._columns, self.choices, strict=True)
        return {column: str(box.currentData()) for column, box in chosen if box.currentData()}

    def _fill(self, shown: Preview, mapping: dict[str, str]) -> None:
        # Loaded already by the job that looked at the file.
        from mapdesk.formats.register import REGISTER_FIELDS

        table = self.table
        table.clear()
        table.setRowCount(len(shown.rows) + 1)
        table.setColumnCount(len(shown.columns))
        table.setHorizontalHeaderLabels(list(shown.columns))
        table.setRowHeight(0, 40)
        self.choices = []
        for place, column in enumerate(shown.columns):
            choice = QComboBox()
            choice.setAccessibleName(column)
            choice.addItem(tr("not read"), "")
            for field in REGISTER_FIELDS:
                choice.addItem(title_of(field), field)
            choice.setCurrentIndex(max(choice.findData(mapping.get(column, "")), 0))
            choice.currentIndexChanged.connect(self._on_choice)
            self.choices.append(choice)
            table.setCellWidget(0, place, choice)
            table.setColumnWidth(place, _COLUMN_WIDTH)
        for number, row in enumerate(shown.rows, start=1):
            for place, text in enumerate(row):
                item = QTableWidgetItem(text[:_LONGEST_CELL])
                item.setToolTip(text)
                table.setItem(number, place, item)

    def _on_choice(self, _index: int) -> None:
        self.changed.emit()

    def _on_sheet(self, _index: int) -> None:
        self.sheet_wanted.emit(self.sheet.currentText())


class WorkPage(QWidget):
    """Shows how far the reading is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.what = QLabel()
        self.what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(460)
        self.bar.setTextVisible(False)
        self.stop = QPushButton(tr("Stop"))
        self.stop.setAutoDefault(False)
        box = QVBoxLayout(self)
        box.addStretch(2)
        box.addWidget(self.what)
        for widget in (self.bar, self.stop):
            line = QHBoxLayout()
            line.addStretch(1)
            line.addWidget(widget, 4 if widget is self.bar else 0)
            line.addStretch(1)
            box.addSpacing(8)
            box.addLayout(line)
        box.addStretch(3)

    def show_work(self, text: str, part: float) -> None:
        """Say what is done and how far it is, from 0 to 1."""
        self.what.setText(tr_sentence(text))
        self.bar.setValue(round(part * 100))
