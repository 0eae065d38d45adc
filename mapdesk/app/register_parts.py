"""Pieces that the dialogs of the register share: a field to find a unit with, plain tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.jobs import Progress, Runner
from mapdesk.model.language import tr
from mapdesk.services import homes
from mapdesk.store.database import Store

TYPING_SETTLES = 200
"""Milliseconds after the last key until what was typed is looked for."""


class UnitField(QWidget):
    """A field to type an address and room in, over the units that may be meant.

    Signals
    -------
    chosen(str)
        A unit's id; empty while none is chosen.
    """

    chosen = pyqtSignal(str)

    def __init__(self, store: Store, jobs: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Address and room, or the unit's id"))
        self.text.setClearButtonEnabled(True)
        self.found = QListWidget()
        self.found.setObjectName("Framed")
        self.found.setMinimumHeight(96)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.text)
        box.addWidget(self.found, 1)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(TYPING_SETTLES)
        self._settle.timeout.connect(self._look)
        self.text.textChanged.connect(self._on_typed)
        self.found.currentItemChanged.connect(self._on_current)

    @property
    def unit_id(self) -> str:
        """The unit chosen; empty where none is."""
        item = self.found.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole) or "") if item is not None else ""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Let the arrows of the field walk through the list."""
        if event is not None and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = self.found.currentRow() + step
            self.found.setCurrentRow(min(max(row, 0), self.found.count() - 1))
            return
        super().keyPressEvent(event)

    def show_units(self, units: Sequence[tuple[str, str]]) -> None:
        """Show units, id and words; a single one is chosen."""
        self.found.clear()
        for unit_id, words in units:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, unit_id)
            item.setToolTip(unit_id)
            self.found.addItem(item)
        if len(units) == 1:
            self.found.setCurrentRow(0)
        elif not units and self.text.text().strip():
            nothing = QListWidgetItem(tr("No unit is called so."))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.found.addItem(nothing)

    def _on_typed(self) -> None:
        self._settle.start()
        self.chosen.emit("")

    def _look(self) -> None:
        text, store = self.text.text(), self._store

        def work(_progress: Progress) -> list[tuple[str, str]]:
            return homes.find(store, text)

        self._jobs.run("register.units", work, partial(self._answer, text))

    def _answer(self, text: str, units: list[tuple[str, str]]) -> None:
        if text == self.text.text():
            self.show_units(units)

    def _on_current(self, _item: QListWidgetItem | None, _old: QListWidgetItem | None) -> None:
        self.chosen.emit(self.unit_id)


def dress_table(view: QTableView, row_height: int = 30) -> None:
    """Give a table of whole rows the desk's looks."""
    view.setObjectName("Framed")
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setTabKeyNavigation(False)
    rows, columns = view.verticalHeader(), view.horizontalHeader()
    if rows is not None and columns is not None:
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height)
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setStretchLastSection(True)


def fill_table(
    table: QTableWidget, titles: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> None:
    """Fill a plain table with texts; each cell's tool tip has all of it."""
    table.setColumnCount(len(titles))
    table.setHorizontalHeaderLabels(list(titles))
    table.setRowCount(len(rows))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            table.setItem(number, column, item)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
