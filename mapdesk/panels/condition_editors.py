"""Editors of a condition's values: one class a kind of field, all with `values`, `set_values`, `changed`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from PyQt6.QtCore import QDate, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from mapdesk.model.filter_areas import area_of, area_text
from mapdesk.model.filter_fields import FilterField
from mapdesk.model.filters import MOST_AGE, MOST_DAYS, MOST_TEXT, Value
from mapdesk.model.language import tr
from mapdesk.model.shapes import Circle, GroundShape
from mapdesk.panels.choice_button import ChoiceButton

_STRETCH = QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed
_FIRST_VALUES = {"age": 80, "oldest": 80, "youngest": 6, "building_floors": 7, "year_built": 2000}
"""What a new condition on a number begins with; 1 elsewhere."""


@dataclass
class Around:
    """What the editors may offer: the district's grids, and what is drawn and selected now.

    Parameters
    ----------
    grids : list of (id, title)
    shape : GroundShape or None
    buildings : tuple of str
    """

    grids: list[tuple[str, str]] = field(default_factory=list)
    shape: GroundShape | None = None
    buildings: tuple[str, ...] = ()


class Editor(QWidget):
    """Edits the values of one condition.

    Signals
    -------
    changed()
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(170)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)

    def values(self) -> tuple[Value, ...] | None:
        """Return the values; None while something is missing."""
        return ()

    def set_values(self, values: Sequence[Value]) -> None:
        """Show values."""

    def _emit(self) -> None:
        self.changed.emit()


class NumberEditor(Editor):
    """One number, or two with "and" between."""

    def __init__(self, asked: FilterField, count: int) -> None:
        super().__init__()
        self.boxes: list[QSpinBox | QDoubleSpinBox] = []
        first = _FIRST_VALUES.get(asked.name, 1)
        for number in range(count):
            if number:
                self.row.addWidget(QLabel(tr("and")))
            box: QSpinBox | QDoubleSpinBox = QSpinBox() if asked.whole else QDoubleSpinBox()
            box.setRange(-9 if asked.name == "floor" else 0, 1_000_000)
            box.setValue(first + 9 * number)
            box.setSizePolicy(*_STRETCH)
            box.setKeyboardTracking(True)
            if asked.unit:
                box.setSuffix(f" {tr(asked.unit)}")
            box.valueChanged.connect(self._emit)
            self.boxes.append(box)
            self.row.addWidget(box)
        self.setFocusProxy(self.boxes[0])

    def values(self) -> tuple[Value, ...]:
        """Return the numbers."""
        return tuple(box.value() for box in self.boxes)

    def set_values(self, values: Sequence[Value]) -> None:
        """Show numbers."""
        for box, value in zip(self.boxes, values, strict=False):
            if isinstance(box, QSpinBox):
                box.setValue(int(value))
            else:
                box.setValue(float(value))


class NumbersEditor(Editor):
    """Several whole numbers with commas between."""

    def __init__(self, asked: FilterField) -> None:
        super().__init__()
        self._asked = asked
        self.text = QLineEdit()
        self.text.setPlaceholderText("1, 2, 3")
        self.text.textChanged.connect(self._emit)
        self.row.addWidget(self.text)
        self.setFocusProxy(self.text)

    def values(self) -> tuple[Value, ...] | None:
        """Return the numbers; None where there is none or one cannot be read."""
        words = [word.strip() for word in self.text.text().replace("，", ",").split(",")]
        try:
            found = [int(word) if self._asked.whole else float(word) for word in words if word]
        except ValueError:
            return None
        return tuple(found) or None

    def set_values(self, values: Sequence[Value]) -> None:
        """Show numbers."""
        self.text.setText(", ".join(str(value) for value in values))


class WordEditor(Editor):
    """One of a field's words."""

    def __init__(self, options: Sequence[tuple[Value, str]]) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setSizePolicy(*_STRETCH)
        for value, title in options:
            self.box.addItem(title, value)
        self.box.currentIndexChanged.connect(self._emit)
        self.row.addWidget(self.box)
        self.setFocusProxy(self.box)

    def values(self) -> tuple[Value, ...]:
        """Return the word."""
        return (self.box.currentData(),)

    def set_values(self, values: Sequence[Value]) -> None:
        """Show a word, one the list lacks too."""
        for value in values[:1]:
            if self.box.findData(value) < 0:
                self.box.addItem(tr(str(value)), value)
            self.box.setCurrentIndex(self.box.findData(value))


class WordsEditor(Editor):
    """Several words of a list."""

    def __init__(self, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.button = ChoiceButton(options)
        self.button.changed.connect(self._emit)
        self.row.addWidget(self.button)
        self.setFocusProxy(self.button)

    def values(self) -> tuple[Value, ...] | None:
        """Return the ticked words; None where none is."""
        return self.button.chosen() or None

    def set_values(self, values: Sequence[Value]) -> None:
        """Tick words."""
        self.button.choose([str(value) for value in values])


class TextEditor(Editor):
    """Any text."""

    def __init__(self) -> None:
        super().__init__()
        self.text = QLineEdit()
        self.text.setMaxLength(MOST_TEXT)
        self.text.setPlaceholderText(tr("Part of it"))
        self.text.textChanged.connect(self._emit)
        self.row.addWidget(self.text)
        self.setFocusProxy(self.text)

    def values(self) -> tuple[Value, ...] | None:
        """Return the text; None where it is empty."""
        text = self.text.text().strip()
        return (text,) if text else None

    def set_values(self, values: Sequence[Value]) -> None:
        """Show a text."""
        self.text.setText(str(values[0]) if values else "")


class DateEditor(Editor):
    """One date, or two with "and" between."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.boxes: list[QDateEdit] = []
        for number in range(count):
            if number:
                self.row.addWidget(QLabel(tr("and")))
            box = QDateEdit(QDate(1950 + 10 * number, 1, 1))
            box.setCalendarPopup(True)
            box.setDisplayFormat("yyyy-MM-dd")
            box.setSizePolicy(*_STRETCH)
            box.dateChanged.connect(self._emit)
            self.boxes.append(box)
            self.row.addWidget(box)
        self.setFocusProxy(self.boxes[0])

    def values(self) -> tuple[Value, ...]:
        """Return the dates in ISO 8601."""
        return tuple(box.date().toString(Qt.DateFormat.ISODate) for box in self.boxes)

    def set_values(self, values: Sequence[Value]) -> None:
        """Show dates."""
        for box, value in zip(self.boxes, values, strict=False):
            day = date.fromisoformat(str(value))
            box.setDate(QDate(day.year, day.month, day.day))


class TurningEditor(Editor):
    """An age and how soon."""

    def __init__(self) -> None:
        super().__init__()
        self.age, self.days = QSpinBox(), QSpinBox()
        for box, most, value in ((self.age, MOST_AGE, 80), (self.days, MOST_DAYS, 60)):
            box.setRange(0, most)
            box.setValue(value)
            box.setSizePolicy(*_STRETCH)
            box.valueChanged.connect(self._emit)
        self.days.setSuffix(f" {tr('days')}")
        self.row.addWidget(self.age)
        self.row.addWidget(QLabel(tr("within")))
        self.row.addWidget(self.days)
        self.setFocusProxy(self.age)

    def values(self) -> tuple[Value, ...]:
        """Return (age, days)."""
        return (self.age.value(), self.days.value())

    def set_values(self, values: Sequence[Value]) -> None:
        """Show (age, days)."""
        self.age.setValue(int(values[0]))
        self.days.setValue(int(values[1]))


class AreaEditor(Editor):
    """What is drawn on the map, or the buildings selected there, taken when asked and kept."""

    def __init__(self, operator: str, around: Around) -> None:
        super().__init__()
        self._operator, self._around = operator, around
        self._values: tuple[Value, ...] = ()
        self.label = QLabel()
        self.label.setSizePolicy(*_STRETCH)
        self.take = QPushButton(tr("Take from the map"))
        self.take.setToolTip(tr("Draw or select on the map first, then take it here"))
        self.take.clicked.connect(self._on_take)
        self.row.addWidget(self.label)
        self.row.addWidget(self.take)
        self.setFocusProxy(self.take)
        self._on_take()

    def values(self) -> tuple[Value, ...] | None:
        """Return the area's text or the buildings' ids; None where nothing was taken."""
        return self._values or None

    def set_values(self, values: Sequence[Value]) -> None:
        """Show what was taken."""
        self._values = tuple(values)
        self._show_taken()

    def _on_take(self) -> None:
        if self._operator == "among":
            self._values = self._around.buildings or self._values
        elif self._around.shape is not None:
            self._values = (area_text(self._around.shape),)
        self._show_taken()
        self.changed.emit()

    def _show_taken(self) -> None:
        if not self._values:
            self.label.setText(tr("Nothing is drawn yet"))
        elif self._operator == "among":
            self.label.setText(tr("{count} buildings", count=f"{len(self._values):,}"))
        else:
            shape = area_of(str(self._values[0]))
            if isinstance(shape, Circle):
                self.label.setText(tr("Circle of {radius} m", radius=f"{shape.radius:,.0f}"))
            else:
                self.label.setText(tr("Area of {area} ha", area=f"{shape.area / 1e4:,.1f}"))


def editor_for(asked: FilterField, operator: str, around: Around) -> Editor:
    """Return the editor of an operator's values."""
    words = [(one, tr(one)) for one in asked.choices]
    several = operator == "one of"
    if operator in ("empty", "not empty"):
        return Editor()
    if asked.kind == "turning":
        return TurningEditor()
    if asked.kind == "area":
        return AreaEditor(operator, around)
    if asked.kind == "grid":
        return WordsEditor(around.grids)
    if asked.kind == "flag":
        return WordEditor([(True, tr("yes")), (False, tr("no"))])
    if asked.kind == "choice":
        return WordsEditor(words) if several else WordEditor(words)
    if asked.kind == "text":
        return TextEditor()
    count = 2 if operator == "between" else 1
    if asked.kind == "date":
        return DateEditor(count)
    return NumbersEditor(asked) if several else NumberEditor(asked, count)
