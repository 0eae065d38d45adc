"""A tour's views in order, with the seconds of each flight and stay."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services.bookmarks import LONGEST, Stop, Tour, check_tour


class TourDialog(QDialog):
    """Edits one tour.

    Signals
    -------
    made(Tour)
        It is to be kept.
    """

    made = pyqtSignal(object)

    def __init__(self, tour: Tour, parent: QWidget) -> None:
        super().__init__(parent)
        self._stops = list(tour.stops)
        self.setWindowTitle(tr("Tour"))
        self.name = QLineEdit(tour.name)
        self.name.setPlaceholderText(tr("Name"))
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels([tr("View"), tr("Flight (s)"), tr("Stay (s)")])
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        if header is not None:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.up, self.down = QPushButton(tr("Earlier")), QPushButton(tr("Later"))
        self.remove = QPushButton(tr("Remove"))
        self.total, self.refusal = QLabel(), QLabel()
        self.refusal.setWordWrap(True)
        keep, leave = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(keep | leave)
        for kind, text in ((keep, tr("Keep tour")), (leave, tr("Cancel"))):
            button = self.buttons.button(kind)
            if button is not None:
                button.setText(text)
        row = QHBoxLayout()
        for widget in (self.up, self.down, self.remove, self.total):
            row.addWidget(widget)
        box = QVBoxLayout(self)
        for one in (self.name, self.table):
            box.addWidget(one)
        box.addLayout(row)
        box.addWidget(self.refusal)
        box.addWidget(self.buttons)
        self.resize(520, 420)
        self.up.clicked.connect(self._on_up)
        self.down.clicked.connect(self._on_down)
        self.remove.clicked.connect(self._on_remove)
        self.buttons.accepted.connect(self._on_keep)
        self.buttons.rejected.connect(self.reject)
        self._fill(0)

    @property
    def tour(self) -> Tour:
        """What stands in the fields."""
        stops = [
            replace(stop, fly=self._seconds(row, 1), stay=self._seconds(row, 2))
            for row, stop in enumerate(self._stops)
        ]
        return Tour(self.name.text().strip(), tuple(stops))

    def _seconds(self, row: int, column: int) -> float:
        field = self.table.cellWidget(row, column)
        return field.value() if isinstance(field, QDoubleSpinBox) else 0.0

    def _fill(self, current: int) -> None:
        self.table.setRowCount(len(self._stops))
        for row, stop in enumerate(self._stops):
            self.table.setItem(row, 0, QTableWidgetItem(stop.view.name))
            for column, seconds in ((1, stop.fly), (2, stop.stay)):
                field = QDoubleSpinBox()
                field.setRange(0, LONGEST)
                field.setDecimals(1)
                field.setValue(seconds)
                # A tour begins at its first view: nothing is flown there.
                field.setEnabled(column == 2 or row > 0)
                field.valueChanged.connect(self._on_changed)
                self.table.setCellWidget(row, column, field)
        self.table.selectRow(current)
        self._on_changed()

    def _on_changed(self, _value: float = 0.0) -> None:
        self.total.setText(tr("{seconds} s in all", seconds=f"{self.tour.seconds:g}"))

    def _on_up(self) -> None:
        self._move(-1)

    def _on_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row = self.table.currentRow()
        if row >= 0 and 0 <= row + by < len(self._stops):
            stops: list[Stop] = list(self.tour.stops)
            stops[row], stops[row + by] = stops[row + by], stops[row]
            self._stops = stops
            self._fill(row + by)

    def _on_remove(self) -> None:
        row = self.table.currentRow()
        if row >= 0:
            self._stops = list(self.tour.stops)
            del self._stops[row]
            self._fill(min(row, len(self._stops) - 1))

    def _on_keep(self) -> None:
        made = self.tour
        try:
            check_tour(made)
        except WorldError as error:
            self.refusal.setText(tr_sentence(str(error)))
            return
        if not made.name:
            self.refusal.setText(tr("Give it a name."))
            return
        self.accept()
        self.made.emit(made)
