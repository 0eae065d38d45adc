"""Rows of the filter builder: one condition a row, and groups of rows."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.filter_fields import (
    DATE_TITLES,
    FILTER_FIELDS,
    OPERATOR_TITLES,
    OPERATORS,
    FilterField,
)
from mapdesk.model.filters import MODES, Condition, Group, Mode
from mapdesk.model.language import tr
from mapdesk.panels.condition_editors import Around, Editor, editor_for

MODE_TITLES: dict[Mode, str] = {
    "all": "All of these hold",
    "any": "Any of these holds",
    "none": "None of these holds",
}


class ConditionRow(QWidget):
    """A field, an operator and an editor of values.

    Signals
    -------
    changed()
    removed(ConditionRow)
        Its ✕ was clicked.
    """

    changed = pyqtSignal()
    removed = pyqtSignal(object)

    def __init__(self, noun: str, around: Around, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._noun, self._around = noun, around
        self.field, self.operator = QComboBox(), QComboBox()
        self.editor = Editor()
        for one in FILTER_FIELDS[noun]:
            self.field.addItem(tr(one.title), one.name)
        self.field.setAccessibleName(tr("Field"))
        self.operator.setAccessibleName(tr("Comparison"))
        for box, width in ((self.field, 120), (self.operator, 96)):
            box.setMinimumWidth(width)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.field.setMaxVisibleItems(20)
        self.drop = QToolButton()
        self.drop.setText("✕")
        self.drop.setAutoRaise(True)
        self.drop.setToolTip(tr("Remove this condition"))
        self.drop.setAccessibleName(tr("Remove this condition"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.field, 3)
        self._row.addWidget(self.operator, 2)
        self._row.addWidget(self.editor, 5)
        self._row.addWidget(self.drop)
        self.field.currentIndexChanged.connect(self._on_field)
        self.operator.currentIndexChanged.connect(self._on_operator)
        self.drop.clicked.connect(self._on_drop)
        self._on_field()

    def condition(self) -> Condition | None:
        """Return the condition; None while a value is missing."""
        values = self.editor.values()
        if values is None:
            return None
        return Condition(self.field.currentData(), self.operator.currentData(), values)

    def show_condition(self, condition: Condition) -> None:
        """Show a condition."""
        self.field.setCurrentIndex(self.field.findData(condition.field))
        self.operator.setCurrentIndex(self.operator.findData(condition.operator))
        self.editor.set_values(condition.values)

    def _asked(self) -> FilterField:
        return FILTER_FIELDS[self._noun][self.field.currentIndex()]

    def _on_field(self) -> None:
        asked = self._asked()
        self.operator.blockSignals(True)
        self.operator.clear()
        for one in OPERATORS[asked.kind]:
            title = DATE_TITLES.get(one) if asked.kind == "date" else None
            self.operator.addItem(tr(title or OPERATOR_TITLES[one]), one)
        self.operator.setEnabled(self.operator.count() > 1)
        self.operator.blockSignals(False)
        self._on_operator()

    def _on_operator(self) -> None:
        old = self.editor
        self.editor = editor_for(self._asked(), self.operator.currentData(), self._around)
        self.editor.setAccessibleName(tr("Value"))
        self._row.replaceWidget(old, self.editor)
        self._row.setStretchFactor(self.editor, 5)
        old.hide()
        old.deleteLater()
        self.editor.changed.connect(self.changed)
        QWidget.setTabOrder(self.operator, self.editor)
        QWidget.setTabOrder(self.editor, self.drop)
        self.changed.emit()

    def _on_drop(self) -> None:
        self.removed.emit(self)


class GroupBox(QFrame):
    """Conditions of which all, any or none must hold, and inner groups in the outermost.

    Signals
    -------
    changed()
    removed(GroupBox)
        Its ✕ was clicked; the outermost has none.
    """

    changed = pyqtSignal()
    removed = pyqtSignal(object)

    def __init__(
        self, noun: str, around: Around, *, inner: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._noun, self._around = noun, around
        self.parts: list[ConditionRow | GroupBox] = []
        self.setObjectName("InnerGroup" if inner else "OuterGroup")
        self.mode = QComboBox()
        self.mode.setAccessibleName(tr("How conditions are joined"))
        for mode in MODES:
            self.mode.addItem(tr(MODE_TITLES[mode]), mode)
        self.mode.setCurrentIndex(1 if inner else 0)
        self.empty = QLabel(tr("No conditions yet: everything is taken."))
        self.empty.setObjectName("Muted")
        self.add, self.add_group = QPushButton(tr("Add condition")), QPushButton(tr("Add group"))
        self.add_group.setToolTip(tr("Conditions of which all, any or none must hold"))
        self.drop = QToolButton()
        self.drop.setText("✕")
        self.drop.setAutoRaise(True)
        self.drop.setToolTip(tr("Remove this group"))
        self.drop.setVisible(inner)
        self.add_group.setVisible(not inner)
        head = QHBoxLayout()
        head.addWidget(self.mode)
        head.addWidget(self.add)
        head.addWidget(self.add_group)
        head.addStretch(1)
        head.addWidget(self.drop)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        box = QVBoxLayout(self)
        box.setContentsMargins(*((10, 8, 8, 8) if inner else (0, 0, 0, 0)))
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(self.empty)
        box.addLayout(self._rows)
        self.mode.currentIndexChanged.connect(self._on_change)
        self.add.clicked.connect(self._on_add)
        self.add_group.clicked.connect(self._on_add_group)
        self.drop.clicked.connect(self._on_drop)

    def group(self) -> tuple[Mode, list[Condition | Group]]:
        """Return the mode and the complete parts."""
        found: list[Condition | Group] = []
        for part in self.parts:
            if isinstance(part, GroupBox):
                mode, inner = part.group()
                if inner:
                    conditions = tuple(one for one in inner if isinstance(one, Condition))
                    found.append(Group(mode, conditions))
            else:
                condition = part.condition()
                if condition is not None:
                    found.append(condition)
        return self.mode.currentData(), found

    def incomplete(self) -> int:
        """Return how many conditions lack a value."""
        return sum(
            part.incomplete() if isinstance(part, GroupBox) else part.condition() is None
            for part in self.parts
        )

    def add_condition(self, condition: Condition | None = None) -> ConditionRow:
        """Add a row, of a condition or new."""
        row = ConditionRow(self._noun, self._around)
        if condition is not None:
            row.show_condition(condition)
        self._take(row)
        return row

    def add_inner(self, group: Group | None = None) -> GroupBox:
        """Add an inner group, of a group or new with one row."""
        box = GroupBox(self._noun, self._around, inner=True)
        if group is None:
            box.add_condition()
        else:
            box.mode.setCurrentIndex(MODES.index(group.mode))
            for condition in group.parts:
                box.add_condition(condition)
        self._take(box)
        return box

    def _take(self, part: ConditionRow | GroupBox) -> None:
        self.parts.append(part)
        self._rows.addWidget(part)
        part.changed.connect(self._on_change)
        part.removed.connect(self._remove)
        self._on_change()

    def _remove(self, part: ConditionRow | GroupBox) -> None:
        self.parts.remove(part)
        self._rows.removeWidget(part)
        part.hide()
        part.deleteLater()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._on_change()

    def _on_change(self) -> None:
        self.empty.setVisible(not self.parts)
        self.changed.emit()

    def _on_add(self) -> None:
        self.add_condition().field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_add_group(self) -> None:
        self.add_inner()

    def _on_drop(self) -> None:
        self.removed.emit(self)
