"""The command palette: type a part of a command's name, Enter runs it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mapdesk.model.language import tr


class CommandPalette(QDialog):
    """A list of commands narrowed by typing.

    Signals
    -------
    chosen(str)
        Id of the command to run.
    """

    chosen = pyqtSignal(str)

    def __init__(self, commands: Sequence[tuple[str, str, str]], parent: QWidget) -> None:
        """`commands` are (id, title, keys)."""
        super().__init__(parent, Qt.WindowType.Popup)
        self._commands = commands
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Type a command"))
        self.list = QListWidget()
        box = QVBoxLayout(self)
        box.addWidget(self.text)
        box.addWidget(self.list)
        self.resize(460, 360)
        self.text.textChanged.connect(self._filter)
        self.text.returnPressed.connect(self._run_current)
        self.list.itemClicked.connect(self._run)
        self.text.installEventFilter(self)
        self._filter("")

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Let the arrow keys move the list while the text has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                row = (self.list.currentRow() + step) % max(self.list.count(), 1)
                self.list.setCurrentRow(row)
                return True
        return False

    def _filter(self, text: str) -> None:
        self.list.clear()
        words = text.casefold().split()
        for command, title, keys in self._commands:
            if all(word in f"{title} {command}".casefold() for word in words):
                item = QListWidgetItem(f"{title}    {keys}" if keys else title)
                item.setData(Qt.ItemDataRole.UserRole, command)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run_current(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._run(item)

    def _run(self, item: QListWidgetItem) -> None:
        self.accept()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
