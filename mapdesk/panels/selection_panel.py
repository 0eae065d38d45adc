"""The Selection dock: what the last gestures took, grouped, each group with its actions."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import Ref, Selection
from mapdesk.model.shapes import Circle
from mapdesk.services.selecting import GESTURE_NOUNS

COMMAND = Qt.ItemDataRole.UserRole + 2
"""Role of the action that a row runs."""
SHOWN = 200
"""Rows listed in a group; the rest is counted."""


class SelectionPanel(QWidget):
    """Groups of selected things.

    Signals
    -------
    followed(Ref)
        A row was clicked.
    commanded(str)
        A button was clicked: an action id.
    grouped(str, str)
        A button was clicked for a group: "look" or "keep", and the group's noun.
    """

    followed = pyqtSignal(object)
    commanded = pyqtSignal(str)
    grouped = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setContentsMargins(10, 6, 10, 6)
        self.summary.setMinimumHeight(2 * self.summary.fontMetrics().lineSpacing() + 12)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setMinimumHeight(60)
        self.tree.itemClicked.connect(self._on_item)
        self.tree.itemActivated.connect(self._on_item)
        self.streams = QPushButton()
        self.streams.setObjectName("select.streams")
        self.clear = QPushButton()
        self.clear.setObjectName("edit.clear")
        self.export = QPushButton()
        self.export.setObjectName("select.export")
        self.look, self.keep = QPushButton(), QPushButton()
        self.look.setObjectName("look")
        self.keep.setObjectName("keep")
        self.tree.currentItemChanged.connect(self._on_current)
        self.buttons = QWidget()
        buttons = QGridLayout(self.buttons)
        buttons.setContentsMargins(8, 2, 8, 8)
        for column, button in enumerate((self.streams, self.export, self.clear)):
            button.clicked.connect(self._on_button)
            buttons.addWidget(button, 1, column)
        for column, button in enumerate((self.look, self.keep)):
            button.clicked.connect(self._on_group_button)
            buttons.addWidget(button, 0, column)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.summary)
        box.addWidget(self.tree, 1)
        box.addWidget(self.buttons)
        box.addStretch(0)
        self._selection = Selection()
        self._names: dict[Ref, str] = {}
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def show_selection(self, selection: Selection, names: dict[Ref, str]) -> None:
        """Show a selection.

        Parameters
        ----------
        names : dict of Ref to str
            What to call the things; those without are called by their id.
        """
        self._selection = selection
        self._names = names
        self.reset()

    def reset(self) -> None:
        """List the selection anew, in the language in force."""
        selection = self._selection
        self.tree.clear()
        living = selection.people
        if living.count or (living.exact and living.count is None):
            shown = tr("hidden") if living.count is None else f"{living.count:,}"
            people = QTreeWidgetItem([f"{tr('People')}  {shown}"])
            people.setData(0, COMMAND, "select.people")
            people.setToolTip(0, tr("Who lives in the selected buildings, one by one"))
            self.tree.addTopLevelItem(people)
        for noun in (*GESTURE_NOUNS, *selection.groups):
            ids = selection.ids(noun)
            if not ids or self._has_group(noun):
                continue
            group = QTreeWidgetItem([f"{tr(NOUNS[noun].title)}  {len(ids):,}"])
            group.setData(0, Qt.ItemDataRole.UserRole + 1, noun)
            for key in ids[:SHOWN]:
                ref = Ref(noun, key)
                row = QTreeWidgetItem([self._names.get(ref, key)])
                row.setData(0, Qt.ItemDataRole.UserRole, ref)
                group.addChild(row)
            if len(ids) > SHOWN:
                group.addChild(QTreeWidgetItem([tr("and {count} more", count=len(ids) - SHOWN)]))
            self.tree.addTopLevelItem(group)
            if noun == "camera":
                group.setExpanded(True)
        self.summary.setText(self._summary())
        for part in (self.tree, self.buttons):
            part.setVisible(bool(selection))
        cameras = len(selection.ids("camera"))
        self.streams.setText(tr("{count} streams", count=cameras) if cameras else tr("Streams"))
        self.streams.setToolTip(tr("Watch the selected cameras side by side"))
        self.streams.setEnabled(bool(cameras))
        self.look.setText(tr("Look at"))
        self.look.setToolTip(tr("Bring the chosen group into view"))
        self.keep.setText(tr("Keep only"))
        self.keep.setToolTip(tr("Leave the chosen group selected and nothing else"))
        self._on_current()
        self.export.setText(tr("Export…"))
        self.export.setEnabled(bool(selection))
        self.clear.setText(tr("Clear"))
        self.clear.setEnabled(bool(selection))

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    def _summary(self) -> str:
        selection = self._selection
        if not selection and selection.shape is None:
            return tr("Nothing is selected. Draw a circle (C) or a lasso (L) on the map.")
        words = []
        if isinstance(selection.shape, Circle):
            words.append(tr("Circle of {radius} m", radius=f"{selection.shape.radius:,.0f}"))
        elif selection.shape is not None:
            words.append(tr("Area of {area} ha", area=f"{selection.shape.area / 1e4:,.1f}"))
        living = selection.people
        if living.count is not None:
            words.append(tr("{count} people live inside", count=f"{living.count:,}"))
        elif living.why:
            words.append(tr_sentence(living.why))
        return " · ".join(words)

    def _has_group(self, noun: str) -> bool:
        for index in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(index)
            if item is not None and item.data(0, Qt.ItemDataRole.UserRole + 1) == noun:
                return True
        return False

    def _on_item(self, item: QTreeWidgetItem) -> None:
        command = item.data(0, COMMAND)
        if command:
            self.commanded.emit(command)
        ref = item.data(0, Qt.ItemDataRole.UserRole)
        if ref is not None:
            self.followed.emit(ref)

    def _group(self) -> str | None:
        """Return the noun of the group that is current, or whose row is."""
        item = self.tree.currentItem()
        if item is None:
            return None
        group = item.parent() or item
        noun = group.data(0, Qt.ItemDataRole.UserRole + 1)
        return str(noun) if noun else None

    def _on_current(self) -> None:
        for button in (self.look, self.keep):
            button.setEnabled(self._group() is not None)

    def _on_group_button(self) -> None:
        sender, noun = self.sender(), self._group()
        if sender is not None and noun is not None:
            self.grouped.emit(sender.objectName(), noun)

    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.commanded.emit(sender.objectName())

    def _on_language(self, _code: str) -> None:
        self.reset()
