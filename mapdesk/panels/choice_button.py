"""A button that opens a list to tick: several words of one field, or grids among hundreds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import tr

SEARCHED_FROM = 9
"""Options from which the list has a field to narrow it."""

_VALUE = Qt.ItemDataRole.UserRole


class ChoiceButton(QPushButton):
    """Shows what is ticked; opens the list on a click, Space or Down.

    Signals
    -------
    changed()
        Something was ticked or unticked.

    Parameters
    ----------
    options : sequence of (value, title)
        In the order of the list; titles in the language in force.
    """

    changed = pyqtSignal()

    def __init__(self, options: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ChoiceButton")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._popup = QFrame(self, Qt.WindowType.Popup)
        self._popup.setFrameShape(QFrame.Shape.StyledPanel)
        self.narrow = QLineEdit()
        self.narrow.setPlaceholderText(tr("Narrow the list"))
        self.narrow.setVisible(len(options) >= SEARCHED_FROM)
        self.list = QListWidget()
        box = QVBoxLayout(self._popup)
        box.setContentsMargins(6, 6, 6, 6)
        box.addWidget(self.narrow)
        box.addWidget(self.list)
        for value, title in options:
            self._add(value, title)
        self.narrow.textChanged.connect(self._narrow)
        self.narrow.installEventFilter(self)
        self.list.itemChanged.connect(self._on_item)
        self.list.itemActivated.connect(self._toggle)
        self.clicked.connect(self.open_list)
        self._show_chosen()

    def _add(self, value: str, title: str) -> QListWidgetItem:
        item = QListWidgetItem(title)
        item.setData(_VALUE, value)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        self.list.addItem(item)
        return item

    def _items(self) -> list[QListWidgetItem]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item for item in items if item is not None]

    def chosen(self) -> tuple[str, ...]:
        """Return the ticked values in the order of the list."""
        ticked = Qt.CheckState.Checked
        return tuple(str(one.data(_VALUE)) for one in self._items() if one.checkState() == ticked)

    def choose(self, values: Iterable[str]) -> None:
        """Tick these and nothing else; values that are no option are added."""
        self.list.blockSignals(True)
        wanted = list(values)
        known = {str(item.data(_VALUE)) for item in self._items()}
        for value in wanted:
            if value not in known:
                self._add(value, tr(value))
        for item in self._items():
            ticked = item.data(_VALUE) in wanted
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self._show_chosen()

    def open_list(self) -> None:
        """Open the list below the button."""
        hint = self.list.sizeHintForRow(0) if self.list.count() else 20
        height = (
            min(self.list.count(), 10) * hint
            + 24
            + (36 if self.narrow.isVisibleTo(self._popup) else 0)
        )
        self._popup.resize(max(self.width(), 220), height)
        self._popup.move(self.mapToGlobal(self.rect().bottomLeft()))
        self._popup.show()
        searched = self.narrow.isVisible()
        (self.narrow if searched else self.list).setFocus()
        if not searched and self.list.count():
            self.list.setCurrentRow(max(self.list.currentRow(), 0))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Open the list with Down or Enter as well."""
        if event is not None and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return):
            self.open_list()
            return
        super().keyPressEvent(event)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Let Down go from the narrowing text to the list."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
        ):
            self.list.setFocus()
            return True
        return False

    def _narrow(self, text: str) -> None:
        for item in self._items():
            item.setHidden(text.strip().lower() not in item.text().lower())

    def _toggle(self, item: QListWidgetItem) -> None:
        ticked = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)

    def _on_item(self, _item: QListWidgetItem) -> None:
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        ticked = Qt.CheckState.Checked
        titles = [one.text() for one in self._items() if one.checkState() == ticked]
        if not titles:
            self.setText(tr("Choose…"))
        elif len(titles) <= 2:
            self.setText(", ".join(titles))
        else:
            self.setText(tr("{first} and {count} more", first=titles[0], count=len(titles) - 1))
        self.setToolTip("\n".join(titles[:20]))
