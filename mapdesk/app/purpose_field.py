"""The purpose of the work under way: chosen from the usual ones or typed, shown while it is in force."""

from __future__ import annotations

from datetime import datetime

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QCompleter, QLabel, QLineEdit, QWidget

from mapdesk.model.language import tr


class PurposeField(QComboBox):
    """An editable list; in force from Enter or choosing on.

    Signals
    -------
    returnPressed(), editingFinished(), textChanged(str)
        As those of the line it is typed in; choosing from the list is finishing too.
    opened()
        The list is about to be shown, or typing begins: it may be read anew.
    """

    returnPressed = pyqtSignal()
    editingFinished = pyqtSignal()
    textChanged = pyqtSignal(str)
    opened = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumWidth(190)
        self.setMaximumWidth(190)
        self.line = QLineEdit()
        self.setLineEdit(self.line)
        self.line.setClearButtonEnabled(True)
        self.line.returnPressed.connect(self.returnPressed)
        self.line.editingFinished.connect(self.editingFinished)
        self.line.textChanged.connect(self.textChanged)
        self.activated.connect(self._on_chosen)
        self.setCurrentIndex(-1)
        self._complete()
        self.retranslate()

    def _complete(self) -> None:
        """Offer every usual purpose that contains what is typed; nothing is filled in unasked."""
        completer = QCompleter(self.model(), self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(self.editingFinished)
        self.setCompleter(completer)

    def set_usual(self, purposes: list[str]) -> None:
        """Offer these; what is typed stays."""
        if purposes == [self.itemText(row) for row in range(self.count())]:
            return
        typed = self.line.text()
        blocked = self.line.blockSignals(True)
        super().clear()
        self.addItems(purposes)
        self.setCurrentIndex(-1)
        self.line.setText(typed)
        self.line.blockSignals(blocked)

    def text(self) -> str:
        """Return what is typed or chosen."""
        return self.line.text()

    def setText(self, text: str) -> None:
        """Put a text in."""
        self.line.setText(text)

    def clear(self) -> None:
        """Empty the field; the usual purposes stay."""
        self.line.clear()

    def selectAll(self) -> None:
        """Select what is typed."""
        self.line.selectAll()

    def placeholderText(self) -> str:
        """Return what an empty field says."""
        return self.line.placeholderText()

    def showPopup(self) -> None:
        """Show the usual purposes, read anew."""
        self.opened.emit()
        super().showPopup()

    def retranslate(self) -> None:
        """Speak the language in force."""
        self.line.setPlaceholderText(tr("Purpose: why you look at people's data"))
        self.setToolTip(
            tr("Needed for people and camera pictures; written into the record with each look.")
        )

    def _on_chosen(self, _row: int) -> None:
        self.editingFinished.emit()


class PurposeSince(QLabel):
    """Since when a purpose is in force; hidden while none is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("PurposeSince")
        self._since: datetime | None = None

    def show_since(self, moment: datetime | None) -> None:
        """Show a moment in local time, or nothing."""
        self._since = moment
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the language in force."""
        since = self._since
        self.setText("" if since is None else f" {tr('since {time}', time=f'{since:%H:%M}')} ")
