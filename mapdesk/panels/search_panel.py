"""The Search dock: names, addresses, ids and, with a purpose, people."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.services.finding import Found

SETTLED_AFTER = 250
"""Milliseconds without a key after which a text is looked for: one audit row per settled text."""


class SearchPanel(QWidget):
    """A text and its answers.

    Signals
    -------
    asked(str)
        A settled text to look for; once for each, also where Enter is pressed while it is looked for.
    chosen(Found)
        An answer was clicked, or Enter pressed on it.
    export_wanted(str)
        What this text finds is wanted in a file.
    """

    asked = pyqtSignal(str)
    chosen = pyqtSignal(object)
    export_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLineEdit()
        self.text.setClearButtonEnabled(True)
        self.results = QListWidget()
        self.results.setWordWrap(True)
        self.results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.results.setMinimumHeight(40)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setContentsMargins(4, 4, 4, 4)
        self.export = QPushButton()
        self.export.clicked.connect(self._on_export)
        line = QHBoxLayout()
        line.addWidget(self.note, 1)
        line.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(self.text)
        box.addLayout(line)
        box.addWidget(self.results, 1)
        box.addStretch(0)
        self._may_export = False
        self._enter_waits = False
        self._asked = ""
        """The text whose answers are shown."""
        self._waits_for = ""
        """The text that was asked for and is not answered yet."""
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_AFTER)
        self._settled.timeout.connect(self._ask)
        self.text.textChanged.connect(self._on_text)
        self.text.returnPressed.connect(self._on_return)
        self.text.installEventFilter(self)
        self.results.itemClicked.connect(self._on_item)
        self.results.itemActivated.connect(self._on_item)
        self._people = False
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def reset(self) -> None:
        """Say in the language in force what can be looked for."""
        self.text.setPlaceholderText(tr("Name, address or id"))
        self.export.setText(tr("Export…"))
        self.export.setToolTip(tr("Write what was found to a file"))
        self._offer_export()
        if not self.text.text():
            self._say_what_is_searched()

    def set_may_export(self, may: bool) -> None:
        """Offer to write what was found to a file, or not."""
        self._may_export = may
        self._offer_export()

    def set_people(self, included: bool) -> None:
        """Say whether people are looked for: only while a purpose is in force."""
        self._people = included
        self._asked = self._waits_for = ""
        if self.text.text().strip():
            self._settled.start()
        else:
            self._say_what_is_searched()

    def show_results(self, text: str, found: list[Found]) -> None:
        """List the answers to `text`; an Enter pressed before they came takes the first."""
        if text != self.text.text().strip():
            return
        self._asked, self._waits_for = text, ""
        self.results.clear()
        for one in found:
            kind = tr(NOUNS[one.ref.noun].one)
            detail = f"\n{kind}" + (f" · {one.detail}" if one.detail else "")
            item = QListWidgetItem(one.title + detail)
            item.setData(Qt.ItemDataRole.UserRole, one)
            self.results.addItem(item)
        self.results.setCurrentRow(0)
        self.results.setVisible(bool(found))
        self._say_how_many()
        if self._enter_waits:
            self._enter_waits = False
            self._choose_current()

    def show_refusal(self, text: str, sentence: str) -> None:
        """Say why `text` was not looked for; asking again asks anew."""
        if text == self._waits_for:
            self._asked = self._waits_for = ""
            self._enter_waits = False
            self._empty()
            self._offer_export()
            self._say(tr_sentence(sentence))

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Let Down go from the text to the results."""
        down = (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Down
        )
        if down and self.results.count():
            self.results.setFocus()
            return True
        return False

    def _say(self, text: str) -> None:
        """Say a sentence, whole: in a low dock the list gives way, not the words."""
        self.note.setText(text)
        self.note.setMinimumHeight(self.note.heightForWidth(max(self.width() - 16, 200)))

    def _say_how_many(self) -> None:
        count = self.results.count()
        self._offer_export()
        if count:
            self._say(tr("{count} found", count=count))
        else:
            self._say(tr("Nothing found. Try a part of the name, or an id."))

    def _empty(self) -> None:
        self.results.clear()
        self.results.hide()

    def _offer_export(self) -> None:
        self.export.setVisible(self._may_export and self.results.count() > 0)

    def _on_export(self) -> None:
        self.export_wanted.emit(self._asked)

    def _say_what_is_searched(self) -> None:
        self._empty()
        self._offer_export()
        if self._people:
            text = tr("People, buildings, addresses, grids, cameras, organisations.")
        else:
            text = tr(
                "Buildings, addresses, grids, cameras, organisations. State a purpose to find people."
            )
        self._say(text)

    def _on_text(self, text: str) -> None:
        if text.strip():
            self._settled.start()
        else:
            self._settled.stop()
            self._asked = self._waits_for = ""
            self._say_what_is_searched()

    def _on_return(self) -> None:
        if self._asked and self._asked == self.text.text().strip():
            self._choose_current()
        elif self.text.text().strip():
            self._enter_waits = True
            self._ask()

    def _ask(self) -> None:
        self._settled.stop()
        text = self.text.text().strip()
        if text and text == self._asked:
            self._waits_for = ""
            self._say_how_many()
        elif text and text != self._waits_for:
            self._waits_for = text
            self._say(tr("Looking…"))
            self.asked.emit(text)

    def _choose_current(self) -> None:
        item = self.results.currentItem()
        if item is not None:
            self._on_item(item)

    def _on_item(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _on_language(self, _code: str) -> None:
        self.reset()
        if self._asked:
            rows = [self.results.item(row) for row in range(self.results.count())]
            found = [row.data(Qt.ItemDataRole.UserRole) for row in rows if row is not None]
            self.show_results(self._asked, found)
