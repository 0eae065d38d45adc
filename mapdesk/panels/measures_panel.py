"""What was measured: values that stay until they are cleared, and how they are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.services.measuring import UNITS


@dataclass(frozen=True)
class Row:
    """One value: what was measured, the value, and what else is known."""

    title: str
    value: str
    details: str

    @property
    def line(self) -> str:
        """All of it on one line, for the clipboard."""
        return f"{self.title}: {self.value}" + (f" ({self.details})" if self.details else "")


class MeasuresPanel(QWidget):
    """Lists values and holds the settings of the tools that measure.

    Signals
    -------
    copy_wanted(str)
        Text for the clipboard.
    remove_wanted(int), clear_wanted()
        Forget one row, or all.
    changed()
        Units, snapping or heights of eye and target are others.
    """

    copy_wanted = pyqtSignal(str)
    remove_wanted = pyqtSignal(int)
    clear_wanted = pyqtSignal()
    changed = pyqtSignal()

    def __init__(self, eye: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAlternatingRowColors(True)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.units, self.snap = QComboBox(), QCheckBox()
        self.snap.setChecked(True)
        for key in UNITS:
            self.units.addItem("", key)
        self.eye, self.target = _height(eye), _height(eye)
        self.copy, self.remove, self.clear = QPushButton(), QPushButton(), QPushButton()
        self._labels = [QLabel() for _ in range(3)]
        form = QFormLayout()
        for label, field in zip(self._labels, (self.units, self.eye, self.target), strict=True):
            form.addRow(label, field)
            label.setBuddy(field)
        buttons = QHBoxLayout()
        for button in (self.copy, self.remove, self.clear):
            buttons.addWidget(button)
        box = QVBoxLayout(self)
        box.addWidget(self.hint, 1)
        box.addWidget(self.list, 1)
        box.addLayout(buttons)
        box.addLayout(form)
        box.addWidget(self.snap)
        self.copy.clicked.connect(self._on_copy)
        self.remove.clicked.connect(self._on_remove)
        self.clear.clicked.connect(self.clear_wanted)
        self.list.currentRowChanged.connect(self._enable)
        self.units.currentIndexChanged.connect(self.changed)
        self.snap.toggled.connect(self.changed)
        self.eye.valueChanged.connect(self.changed)
        self.target.valueChanged.connect(self.changed)
        near = Qt.ShortcutContext.WidgetShortcut
        for keys, do in (
            (QKeySequence(QKeySequence.StandardKey.Copy), self._on_copy),
            (QKeySequence(QKeySequence.StandardKey.Delete), self._on_remove),
        ):
            QShortcut(keys, self.list, do, context=near)
        LANGUAGE.changed.connect(self._on_language)
        self._retranslate()
        self._enable()

    def close_panel(self) -> None:
        """Stop listening to the language."""
        LANGUAGE.changed.disconnect(self._on_language)

    @property
    def chosen_units(self) -> str:
        """Key of `UNITS`."""
        return str(self.units.currentData())

    def show_rows(self, rows: Sequence[Row]) -> None:
        """List these values; a new one is the current one."""
        grew = len(rows) > len(self.rows)
        at = len(rows) - 1 if grew else min(self.list.currentRow(), len(rows) - 1)
        self.rows = list(rows)
        self.list.clear()
        for row in rows:
            details = f"\n{row.details}" if row.details else ""
            item = QListWidgetItem(f"{row.title}  {row.value}{details}")
            item.setToolTip(row.line)
            self.list.addItem(item)
        self.list.setCurrentRow(at)
        self._enable()

    def _on_copy(self) -> None:
        at = self.list.currentRow()
        if at >= 0:
            self.copy_wanted.emit(self.rows[at].line)

    def _on_remove(self) -> None:
        if self.list.currentRow() >= 0:
            self.remove_wanted.emit(self.list.currentRow())

    def _enable(self, _row: int = 0) -> None:
        self.hint.setVisible(not self.rows)
        self.list.setVisible(bool(self.rows))
        self.clear.setEnabled(bool(self.rows))
        for button in (self.copy, self.remove):
            button.setEnabled(self.list.currentRow() >= 0)

    def _on_language(self, _code: str) -> None:
        self._retranslate()

    def _retranslate(self) -> None:
        self.hint.setText(
            tr(
                "Nothing measured yet: D measures a distance, Shift+A an area, H a height, V a line of "
                "sight. Click points on the map; Enter or a double click ends, Backspace takes one "
                "point back, Esc drops the line."
            )
        )
        self.copy.setText(tr("Copy"))
        self.copy.setToolTip(tr("Copy the value and what is said of it (Ctrl+C)"))
        self.remove.setText(tr("Remove"))
        self.remove.setToolTip(tr("Take this value off the map (Del)"))
        self.clear.setText(tr("Clear all"))
        self.clear.setToolTip(tr("Take all values off the map"))
        for label, text in zip(
            self._labels, (tr("Measured in"), tr("Eye above the ground"), tr("Target above the ground")),
            strict=True,
        ):  # fmt: skip
            label.setText(text)
        for at, title in enumerate(UNITS.values()):
            self.units.setItemText(at, tr(title))
        self.snap.setText(tr("Snap to corners and edges"))
        self.snap.setToolTip(
            tr("Of footprints, roofs, streets and grids; a mark shows what is caught")
        )
        for field in (self.eye, self.target):
            field.setToolTip(tr("Metres above the ground or the roof clicked, for lines of sight"))


def _height(metres: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(0.0, 1000.0)
    field.setDecimals(1)
    field.setSingleStep(0.5)
    field.setValue(metres)
    field.setSuffix(" m")
    return field
