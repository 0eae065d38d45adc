"""Who lives somewhere, row by row: rows are read as they come into view, and nothing is copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence, QPalette
from PyQt6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from mapdesk.model.language import tr
from mapdesk.model.selection import Ref

PAGE = 200
"""Rows asked for at a time; as many as the service gives."""
COLUMNS = ("home", "name", "sex", "birth_date", "relation")
WIDTHS = {"home": 82, "name": 76, "sex": 60, "birth_date": 48}
ROW_HEIGHT = 25
_NOWHERE = QModelIndex()


class PeopleModel(QAbstractTableModel):
    """Masked people, a page at a time.

    Signals
    -------
    page_wanted(int)
        A row of a page that is not here came into view: the place of its first row.
    """

    page_wanted = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self._rows: dict[int, dict[str, Any]] = {}
        self._asked: set[int] = set()

    def show_rows(self, rows: Sequence[dict[str, Any]], count: int) -> None:
        """Show the first rows of a list of `count`."""
        self.beginResetModel()
        self.count = count
        self._rows = dict(enumerate(rows))
        self._asked = {0}
        self.endResetModel()

    def add_page(self, offset: int, rows: Sequence[dict[str, Any]]) -> None:
        """Add a page that was asked for."""
        self._rows.update(enumerate(rows, start=offset))
        if rows:
            last = min(offset + len(rows), self.count) - 1
            self.dataChanged.emit(self.index(offset, 0), self.index(last, len(COLUMNS) - 1))

    def row(self, number: int) -> dict[str, Any] | None:
        """Return a person; None while the page is on its way."""
        return self._rows.get(number)

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """Return how many people the list has."""
        return 0 if parent.isValid() else self.count

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; the first look at a missing page asks for it."""
        row = self._rows.get(index.row())
        if row is None:
            self._ask(index.row())
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == 1 else None
        name = COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text_of(row, name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return text_of(row, name) if name == "home" else tr("Open the person")
        if role == Qt.ItemDataRole.ForegroundRole:
            kind = QPalette.ColorRole.Link if name == "name" else QPalette.ColorRole.Text
            muted = QPalette.ColorRole.PlaceholderText
            return QApplication.palette().color(muted if name in ("home", "relation") else kind)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return a column's title."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        titles = (tr("Home"), tr("Full name"), tr("Sex"), tr("Born"), tr("Relation"))
        return titles[section]

    def _ask(self, number: int) -> None:
        offset = number // PAGE * PAGE
        if offset not in self._asked:
            self._asked.add(offset)
            self.page_wanted.emit(offset)


def text_of(row: dict[str, Any], name: str) -> str:
    """Return what a list says of a person under a column."""
    if name == "home":
        floor = "" if row["floor"] is None else f"{row['floor']}F"
        place = "-".join(str(part) for part in (row["stair"], floor, row["room"]) if part)
        return " · ".join(part for part in (place, row.get("address") or "") if part)
    if name in ("sex", "relation"):
        return tr(str(row[name])) if row[name] else ""
    return str(row[name] or "")


class PeopleList(QTableView):
    """The list; a click on a name opens the person, on a home the unit, and so does Enter.

    Signals
    -------
    opened(Ref)
    """

    opened = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.people = PeopleModel()
        self.setModel(self.people)
        self.setObjectName("PeopleList")
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        down, across = self.verticalHeader(), self.horizontalHeader()
        if down is not None:
            down.hide()
            down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            down.setDefaultSectionSize(ROW_HEIGHT)
        if across is not None:
            across.setMinimumSectionSize(30)
            across.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
            across.setHighlightSections(False)
            across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.clicked.connect(self._open)

    def show_rows(self, rows: Sequence[dict[str, Any]], count: int) -> None:
        """Show the first rows of a list; homes with addresses take the room of relations."""
        self.people.show_rows(rows, count)
        wide = any(row.get("address") for row in rows[:1])
        self.setColumnHidden(COLUMNS.index("relation"), wide)
        for column, name in enumerate(COLUMNS[:-1]):
            self.setColumnWidth(column, WIDTHS[name])
        across, mode = self.horizontalHeader(), QHeaderView.ResizeMode
        if across is not None:
            across.setSectionResizeMode(0, mode.Stretch if wide else mode.Interactive)
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Open the current row with Enter; copying is an export, which this list does not do."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            return
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        row = self.people.row(index.row())
        if row is None:
            return
        if COLUMNS[index.column()] == "home" and row.get("unit_id"):
            self.opened.emit(Ref("unit", str(row["unit_id"])))
        else:
            self.opened.emit(Ref("person", str(row["id"])))
