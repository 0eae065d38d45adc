"""The Table dock: a filter's answer, row by row.

Nothing leaves the table by itself: copying is an export, which needs rights and a record, so Ctrl+C only
says what is wanted.
"""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QItemSelection, QModelIndex, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.filter_columns import COLUMN_TITLES, WIDE_COLUMNS
from mapdesk.model.filter_words import describe
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.selection import Ref
from mapdesk.panels.answer_model import AnswerModel
from mapdesk.panels.many_rows import take_header_out_of_selection
from mapdesk.services.filtering import PAGE, FilterAnswer

WIDTHS = {
    "name": 84,
    "sex": 70,
    "address": 180,
    "fire_equipment": 260,
    "age": 52,
    "floor": 52,
    "stair": 52,
    "room": 64,
}
USUAL_WIDTH = 112
MOST_PICKED = 2000
"""Selected rows that are lit up on the map."""


class _Rows(QTableView):
    """A table that does not copy by itself."""

    copy_wanted = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Ask for a copy instead of making one."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit ends in "…", and the tool tip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""

    def say(self, text: str) -> None:
        """Show a text."""
        self._whole = text
        self.setToolTip(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as much as fits."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        end = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, end, self.width()))


class TablePanel(QWidget):
    """Shows an answer.

    Signals
    -------
    page_wanted(int)
        Rows from this one on are in view and not read yet.
    sort_wanted(str, bool)
        A header was clicked: column ("" for the order of a walk), downwards.
    picked(list)
        Rows were selected, as dicts; an empty list where none is.
    opened(Ref)
        A row was double-clicked, or Enter pressed on it.
    copy_wanted(list)
        Rows to be copied, as dicts: an export, for whoever has the right.
    map_wanted()
        The whole answer is wanted on the map.
    doors_wanted()
        A door list of the answer is wanted.
    """

    page_wanted = pyqtSignal(int)
    sort_wanted = pyqtSignal(str, bool)
    picked = pyqtSignal(list)
    opened = pyqtSignal(object)
    copy_wanted = pyqtSignal(list)
    map_wanted = pyqtSignal()
    doors_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: FilterAnswer | None = None
        self._hidden: dict[str, set[str]] = {}
        self.model = AnswerModel(PAGE, self)
        self.title, self.note = ElidedLabel(), QLabel()
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setWordWrap(True)
        self.note.setObjectName("Muted")
        self.columns_button = QToolButton()
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_menu = QMenu(self)
        self.columns_button.setMenu(self.columns_menu)
        self.on_map, self.doors = QPushButton(), QPushButton()
        self.view = _Rows()
        self._dress_view()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.note)
        self.pages.addWidget(self.view)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        for widget in (self.doors, self.on_map, self.columns_button):
            head.addWidget(widget)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 6)
        box.addLayout(head)
        box.addWidget(self.pages, 1)
        self.model.page_wanted.connect(self.page_wanted)
        self.on_map.clicked.connect(self.map_wanted)
        self.doors.clicked.connect(self.doors_wanted)
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def _dress_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setAlternatingRowColors(True)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setDragEnabled(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setTabKeyNavigation(False)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu)
        view.activated.connect(self._on_activated)
        view.copy_wanted.connect(self._on_copy)
        lines = view.verticalHeader()
        if lines is not None:
            lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            lines.setDefaultSectionSize(27)
            lines.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header = view.horizontalHeader()
        if header is not None:
            header.setSectionsClickable(True)
            header.setSectionsMovable(True)
            header.setSortIndicatorShown(True)
            header.setSortIndicatorClearable(True)
            header.setHighlightSections(False)
            header.setStretchLastSection(True)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            header.sortIndicatorChanged.connect(self._on_sort)
        take_header_out_of_selection(view)
        chosen = view.selectionModel()
        if chosen is not None:
            chosen.selectionChanged.connect(self._on_selection)

    # ------------------------------------------------------------------ what it is told

    def show_answer(self, answer: FilterAnswer, order: str = "") -> None:
        """Show an answer; `order` is the column it came sorted by."""
        same = self._answer is not None and self._answer.columns == answer.columns
        self._answer = answer
        self.model.show_rows(answer.columns, answer.count, answer.rows)
        if not same:
            self._size_columns()
        if not order:
            self._mark_unsorted()
        self._fill_columns()
        self.reset()

    def show_error(self, sentence: str) -> None:
        """Say why there is no answer."""
        self._answer = None
        self.note.setText(tr_sentence(sentence))
        self.title.say("")
        self.pages.setCurrentWidget(self.note)
        self._allow(False)

    def clear(self) -> None:
        """Show nothing: the purpose is gone, and the rows with it."""
        self._answer = None
        self.model.show_rows((), 0, [])
        self.reset()

    def reset(self) -> None:
        """Speak the language in force."""
        answer = self._answer
        self.columns_button.setText(tr("Columns"))
        self.on_map.setText(tr("Show on the map"))
        self.doors.setText(tr("Door list…"))
        self.doors.setToolTip(tr("One row a door, in walking order"))
        self._allow(answer is not None and answer.count > 0)
        if answer is None:
            self.title.say("")
            self.note.setText(tr("Build a filter and choose Show in table (Ctrl+Shift+F)."))
        elif not answer.count:
            self.title.say(describe(answer.filter))
            self.note.setText(tr("Nothing fits. Widen or remove a condition."))
        else:
            self.title.say(f"{answer.count:,}  ·  {describe(answer.filter)}")
        shown = answer is not None and answer.count > 0
        self.pages.setCurrentWidget(self.view if shown else self.note)
        self._fill_columns()
        self.model.headerDataChanged.emit(
            Qt.Orientation.Horizontal, 0, max(len(self.model.columns) - 1, 0)
        )
        self.view.viewport().update()  # type: ignore[union-attr]

    def rows_selected(self) -> list[dict[str, Any]]:
        """Return the selected rows that have been read, in order, at most `MOST_PICKED`."""
        chosen = self.view.selectionModel()
        if chosen is None:
            return []
        numbers: list[int] = []
        spans = chosen.selection()
        for span in (spans[position] for position in range(len(spans))):
            numbers += range(span.top(), min(span.bottom(), span.top() + MOST_PICKED) + 1)
        rows = (self.model.row(number) for number in sorted(set(numbers))[:MOST_PICKED])
        return [row for row in rows if row is not None]

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    # ------------------------------------------------------------------ columns

    def _size_columns(self) -> None:
        for position, name in enumerate(self.model.columns):
            self.view.setColumnWidth(position, WIDTHS.get(name, USUAL_WIDTH))
        if self._answer is not None:
            noun = self._answer.filter.noun
            usual = set(WIDE_COLUMNS) if noun == "person" else {"id"}
            self._hidden.setdefault(noun, usual)

    def _fill_columns(self) -> None:
        self.columns_menu.clear()
        if self._answer is None:
            return
        hidden = self._hidden.get(self._answer.filter.noun, set())
        for position, name in enumerate(self.model.columns):
            self.view.setColumnHidden(position, name in hidden)
            action = QAction(tr(COLUMN_TITLES[name]), self.columns_menu)
            action.setObjectName(name)
            action.setCheckable(True)
            action.setChecked(name not in hidden)
            action.toggled.connect(self._on_column)
            self.columns_menu.addAction(action)

    def _on_column(self, shown: bool) -> None:
        action = self.sender()
        if action is None or self._answer is None:
            return
        name, hidden = action.objectName(), self._hidden[self._answer.filter.noun]
        hidden.discard(name) if shown else hidden.add(name)
        self.view.setColumnHidden(self.model.columns.index(name), not shown)

    # ------------------------------------------------------------------ what happens

    def _mark_unsorted(self) -> None:
        header = self.view.horizontalHeader()
        if header is not None:
            header.blockSignals(True)
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            header.blockSignals(False)

    def _allow(self, allowed: bool) -> None:
        self.on_map.setEnabled(allowed)
        self.columns_button.setEnabled(allowed)
        noun = self._answer.filter.noun if self._answer is not None else ""
        self.doors.setEnabled(allowed and noun != "organisation")

    def _on_sort(self, column: int, order: Qt.SortOrder) -> None:
        if self._answer is not None:
            name = self.model.columns[column] if 0 <= column < len(self.model.columns) else ""
            self.sort_wanted.emit(name, order == Qt.SortOrder.DescendingOrder)

    def _on_selection(self, _taken: QItemSelection, _left: QItemSelection) -> None:
        self.picked.emit(self.rows_selected())

    def _on_activated(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None and self._answer is not None:
            self.opened.emit(ref_of(self._answer.filter.noun, row))

    def _on_copy(self) -> None:
        rows = self.rows_selected()
        if rows:
            self.copy_wanted.emit(rows)

    def _on_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for title, run in ((tr("Open card"), self._open_current), (tr("Copy"), self._on_copy)):
            action = QAction(title, menu)
            action.triggered.connect(run)
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.mapToGlobal(at))

    def _open_current(self) -> None:
        self._on_activated(self.view.currentIndex())

    def _on_language(self, _code: str) -> None:
        self.reset()


def ref_of(noun: str, row: dict[str, Any]) -> Ref:
    """Return the thing whose card a row opens: a household's is its building's."""
    if noun == "household" and row.get("building_id"):
        return Ref("building", str(row["building_id"]))
    return Ref(noun, str(row["id"]))
