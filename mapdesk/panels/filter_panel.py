"""The Filter dock: who or what is meant, condition by condition, with the count as it settles."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.errors import InputError
from mapdesk.model.filter_fields import FILTER_NOUNS
from mapdesk.model.filters import Filter, Group
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.model.shapes import GroundShape
from mapdesk.panels.condition_editors import Around
from mapdesk.panels.condition_row import GroupBox

SETTLED_AFTER = 300
"""Milliseconds without a change after which the filter is counted: one audit row per settled filter."""

MOST_UNDONE = 100


class FilterPanel(QWidget):
    """Builds a filter.

    Signals
    -------
    settled(Filter)
        The filter has not changed for a while: it wants counting.
    asked(Filter)
        Show its answer in the table.
    mapped(Filter)
        Show its answer on the map.
    saved(str, Filter), chosen(str), renamed(str, str), deleted(str)
        What to do with the saved filter of a name.
    purpose_wanted()
        People are asked for with no purpose in force.
    """

    settled = pyqtSignal(object)
    asked = pyqtSignal(object)
    mapped = pyqtSignal(object)
    saved = pyqtSignal(str, object)
    chosen = pyqtSignal(str)
    renamed = pyqtSignal(str, str)
    deleted = pyqtSignal(str)
    purpose_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.around = Around()
        self.saved_name = ""
        self._names: list[str] = []
        self._purpose = False
        self._building = False
        self._undo: list[Filter] = []
        self._now = Filter("person")
        self.noun = QComboBox()
        self.saved_button = QToolButton()
        self.saved_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.saved_menu = QMenu(self)
        self.saved_button.setMenu(self.saved_menu)
        self.undo, self.clear = QPushButton(), QPushButton()
        self.root = GroupBox("person", self.around)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.count = QLabel()
        self.count.setObjectName("Figure")
        self.note = QLabel()
        self.note.setObjectName("Muted")
        self.note.setWordWrap(True)
        self.purpose = QPushButton()
        self.show_table, self.show_map = QPushButton(), QPushButton()
        self.show_table.setObjectName("Primary")
        self._lay_out()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED_AFTER)
        self._settle.timeout.connect(self._on_settled)
        self.noun.currentIndexChanged.connect(self._on_noun)
        self.undo.clicked.connect(self.undo_change)
        self.clear.clicked.connect(self.clear_all)
        self.show_table.clicked.connect(self._on_table)
        self.show_map.clicked.connect(self._on_map)
        self.purpose.clicked.connect(self.purpose_wanted)
        LANGUAGE.changed.connect(self._on_language)
        self.show_filter(self._now)
        self.reset()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.noun)
        head.addStretch(1)
        for widget in (self.saved_button, self.undo, self.clear):
            head.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self.count)
        foot.addStretch(1)
        for widget in (self.purpose, self.show_map, self.show_table):
            foot.addWidget(widget)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 10)
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(self.area, 1)
        box.addWidget(self.note)
        box.addLayout(foot)

    # ------------------------------------------------------------------ what it is told

    def set_grids(self, grids: Sequence[tuple[str, str]]) -> None:
        """Offer these grids, as (id, title), coarse ones first."""
        self.around.grids = list(grids)
        self._rebuild()

    def set_drawn(self, shape: GroundShape | None, buildings: tuple[str, ...]) -> None:
        """Offer what is drawn and selected on the map now."""
        self.around.shape, self.around.buildings = shape, buildings

    def set_purpose(self, in_force: bool) -> None:
        """Say whether people may be asked for; the filter is counted anew."""
        self._purpose = in_force
        self._admit(self._now)
        self._settle.start()

    def set_saved(self, names: Sequence[str]) -> None:
        """Offer these saved filters."""
        self._names = list(names)
        if self.saved_name not in self._names:
            self.saved_name = ""
        self._fill_saved()

    def show_filter(self, filtered: Filter, name: str = "") -> None:
        """Show a filter, saved under `name` if it is; undo leads back to the one before."""
        self.saved_name = name
        self._fill_saved()
        self._building = True
        self.noun.blockSignals(True)
        self.noun.setCurrentIndex(self.noun.findData(filtered.noun))
        self.noun.blockSignals(False)
        self.root = GroupBox(filtered.noun, self.around)
        self.root.mode.setCurrentIndex(self.root.mode.findData(filtered.mode))
        for part in filtered.parts:
            if isinstance(part, Group):
                self.root.add_inner(part)
            else:
                self.root.add_condition(part)
        self.root.changed.connect(self._on_change)
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 6, 0)
        box.addWidget(self.root)
        box.addStretch(1)
        self.area.setWidget(holder)
        self._building = False
        self._on_change()

    def show_count(self, filtered: Filter, count: int) -> None:
        """Show how many a filter takes, unless it has changed meanwhile."""
        if filtered == self._now:
            noun = tr(NOUNS[filtered.noun].title)
            self.count.setText(tr("{noun}: {count}", noun=noun, count=f"{count:,}"))
            self._say(
                self._advice()
                or (tr("Nothing fits. Widen or remove a condition.") if not count else "")
            )

    def show_error(self, sentence: str) -> None:
        """Say why there is no count."""
        self.count.clear()
        self._say(tr_sentence(sentence))

    def filter(self) -> Filter:
        """Return the filter as it stands, without conditions that lack a value.

        Raises
        ------
        InputError
            Values contradict each other.
        """
        mode, parts = self.root.group()
        return Filter(self.noun.currentData(), mode, tuple(parts))

    # ------------------------------------------------------------------ what it does

    def undo_change(self) -> None:
        """Go back to the filter before the last change."""
        if not self._undo:
            return
        before = self._undo.pop()
        self._now = before
        self.show_filter(before, self.saved_name)
        self.undo.setEnabled(bool(self._undo))

    def clear_all(self) -> None:
        """Begin anew with the same noun; undo brings the conditions back."""
        self.show_filter(Filter(self.noun.currentData()))

    def reset(self) -> None:
        """Speak the language in force."""
        self.noun.blockSignals(True)
        chosen = self.noun.currentData() or self._now.noun
        self.noun.clear()
        for noun in FILTER_NOUNS:
            self.noun.addItem(tr(NOUNS[noun].title), noun)
        self.noun.setCurrentIndex(self.noun.findData(chosen))
        self.noun.blockSignals(False)
        self.noun.setAccessibleName(tr("What is looked for"))
        self.undo.setText(tr("Undo"))
        self.undo.setToolTip(tr("Take the last change of the filter back"))
        self.undo.setEnabled(bool(self._undo))
        self.clear.setText(tr("Clear"))
        self.clear.setToolTip(tr("Remove all conditions"))
        self.show_table.setText(tr("Show in table"))
        self.show_map.setText(tr("Show on the map"))
        self.purpose.setText(tr("State purpose…"))
        self._fill_saved()
        self._on_change()

    def close_panel(self) -> None:
        """Stop listening."""
        self._settle.stop()
        LANGUAGE.changed.disconnect(self._on_language)

    # ------------------------------------------------------------------ what happens

    def _rebuild(self) -> None:
        """Show the filter as it stands anew, changes that have not settled included."""
        try:
            self.show_filter(self.filter(), self.saved_name)
        except InputError:
            self.show_filter(self._now, self.saved_name)

    def _on_noun(self) -> None:
        self.show_filter(Filter(self.noun.currentData()))

    def _on_change(self) -> None:
        if self._building:
            return
        self.count.setText(tr("Counting…"))
        self._say(self._advice())
        self._settle.start()

    def _on_settled(self) -> None:
        try:
            filtered = self.filter()
        except InputError as error:
            self.show_error(str(error))
            self._allow(False)
            return
        if filtered != self._now:
            self._undo = [*self._undo[-MOST_UNDONE:], self._now]
            self.undo.setEnabled(True)
            self._now = filtered
        if self._admit(filtered):
            self.settled.emit(filtered)

    def _admit(self, filtered: Filter) -> bool:
        """Say whether a filter may be asked now, and what is missing where it may not."""
        lacking = filtered.personal and not self._purpose
        self.purpose.setVisible(lacking)
        self._allow(not lacking)
        if lacking:
            self.count.clear()
            self._say(tr("State a purpose to ask about people."))
        return not lacking

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _allow(self, allowed: bool) -> None:
        self.show_table.setEnabled(allowed)
        self.show_map.setEnabled(allowed)

    def _advice(self) -> str:
        count = self.root.incomplete()
        return tr("{count} without a value do not count yet", count=count) if count else ""

    def _settle_now(self) -> Filter | None:
        """Return the filter without waiting; None where it cannot be asked."""
        self._settle.stop()
        self._on_settled()
        return self._now if self.show_table.isEnabled() else None

    def _on_table(self) -> None:
        filtered = self._settle_now()
        if filtered is not None:
            self.asked.emit(filtered)

    def _on_map(self) -> None:
        filtered = self._settle_now()
        if filtered is not None:
            self.mapped.emit(filtered)

    # ------------------------------------------------------------------ saved filters

    def _fill_saved(self) -> None:
        self.saved_button.setText(self.saved_name or tr("Saved filters"))
        self.saved_menu.clear()
        for name in self._names:
            self._offer(name, "load", name)
        if self._names:
            self.saved_menu.addSeparator()
        self._offer(tr("Save as…"), "save")
        if self.saved_name:
            self._offer(tr("Save changes"), "keep")
            self._offer(tr("Rename…"), "rename")
            self._offer(tr("Delete"), "delete")

    def _offer(self, title: str, what: str, name: str = "") -> None:
        action = QAction(title, self.saved_menu)
        action.setObjectName(what)
        action.setData(name)
        action.triggered.connect(self._on_saved)
        self.saved_menu.addAction(action)

    def _on_saved(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        what = action.objectName()
        if what == "load":
            self.chosen.emit(str(action.data()))
        elif what == "delete":
            self.deleted.emit(self.saved_name)
        elif what == "keep":
            self._save_as(self.saved_name)
        else:
            self._ask_name(what)

    def _ask_name(self, what: str) -> None:
        dialog = QInputDialog(self)
        dialog.setObjectName(what)
        dialog.setWindowTitle(tr("Save as…") if what == "save" else tr("Rename…"))
        dialog.setLabelText(tr("Name of the filter, for all who work here"))
        dialog.setTextValue(self.saved_name)
        dialog.textValueSelected.connect(self._on_named)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_named(self, name: str) -> None:
        dialog = self.sender()
        if dialog is not None and dialog.objectName() == "rename":
            self.renamed.emit(self.saved_name, name)
        else:
            self._save_as(name)

    def _save_as(self, name: str) -> None:
        try:
            self.saved.emit(name, self.filter())
        except InputError as error:
            self.show_error(str(error))

    def _on_language(self, _code: str) -> None:
        self._rebuild()
        self.reset()
