"""A filter's answer as a table model: pages are read as they come into view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, pyqtSignal

from mapdesk.model.filter_columns import SPOKEN_COLUMNS, column_title
from mapdesk.model.language import capital, tr

_PLAIN = frozenset({"year_built", "id", "grid_id", "room", "stair"})
"""Columns whose numbers are names: no thousands are marked off in them."""

Index = QModelIndex


class AnswerModel(QAbstractTableModel):
    """Rows of an answer; those not read yet are asked for when they are looked at.

    Signals
    -------
    page_wanted(int)
        The rows from this one on are in view and have not been read.

    Parameters
    ----------
    page : int
        Rows read at once.
    """

    page_wanted = pyqtSignal(int)

    def __init__(self, page: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self._count = 0
        self._rows: dict[int, dict[str, Any]] = {}
        self._asked: set[int] = set()
        self.columns: tuple[str, ...] = ()

    def show_rows(self, columns: Sequence[str], count: int, rows: Sequence[dict[str, Any]]) -> None:
        """Show a new answer: `count` rows, of which the first are given."""
        self.beginResetModel()
        self.columns, self._count = tuple(columns), count
        self._rows = dict(enumerate(rows))
        self._asked = {0}
        self.endResetModel()

    def add_page(self, offset: int, rows: Sequence[dict[str, Any]]) -> None:
        """Show rows read since, from `offset` on."""
        self._rows.update(enumerate(rows, start=offset))
        last = min(offset + max(len(rows), 1), self._count) - 1
        self.dataChanged.emit(self.index(offset, 0), self.index(last, len(self.columns) - 1))

    def forget_page(self, offset: int) -> None:
        """Let a page that could not be read be asked for again."""
        self._asked.discard(offset // self._page)

    def row(self, number: int) -> dict[str, Any] | None:
        """Return a row's values; None where it has not been read."""
        return self._rows.get(number)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows the answer has."""
        return 0 if parent is not None and parent.isValid() else self._count

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many columns the answer has."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title in the language in force."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return capital(tr(column_title(self.columns[section], self.columns)))
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{section + 1:,}"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows; a cell not read yet asks for its page."""
        name = self.columns[index.column()]
        row = self._rows.get(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if row is None:
                if role == Qt.ItemDataRole.DisplayRole:
                    self._want(index.row())
                return "…"
            return cell(name, row.get(name))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            numeric = row is not None and isinstance(row.get(name), (int, float))
            side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _want(self, number: int) -> None:
        page = number // self._page
        if page not in self._asked:
            self._asked.add(page)
            self.page_wanted.emit(page * self._page)


def cell(name: str, value: object) -> str:
    """Return a value as the table shows it, in the language in force."""
    if value is None or value == "":
        return "–"
    if name in SPOKEN_COLUMNS:
        return tr(str(value))
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, int) and name not in _PLAIN:
        return f"{value:,}"
    return str(value)
