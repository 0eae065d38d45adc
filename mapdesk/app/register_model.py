"""Waiting rows of one status as a table model: pages come as they are looked at, ticks are kept by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, pyqtSignal

from mapdesk.model.language import tr, tr_sentence
from mapdesk.services.change_words import shown, words_of
from mapdesk.store.staging import ACCEPTABLE

PAGE = 200
TICK, LINE, NAME, BORN, WHAT, NOTE = range(6)
_TITLES = ("", "Line", "Full name", "Born", "What changes", "Note")
_HOME = frozenset({"household_id", "unit_id", "building_id"})
Index = QModelIndex


@dataclass
class Ticks:
    """Which waiting rows are ticked: whole statuses but some lines, and lines of others.

    Parameters
    ----------
    whole : set of str
        Statuses of which every row is ticked.
    lines : dict of int to str
        Ticked lines of other statuses, with their status.
    but : dict of int to str
        Lines of whole statuses that are not ticked, with their status.
    """

    whole: set[str] = field(default_factory=set)
    lines: dict[int, str] = field(default_factory=dict)
    but: dict[int, str] = field(default_factory=dict)

    def has(self, line: int, status: str) -> bool:
        """Say whether a row is ticked."""
        return line not in self.but if status in self.whole else line in self.lines

    def set(self, line: int, status: str, *, ticked: bool) -> None:
        """Tick a row or not."""
        exceptions = self.but if status in self.whole else self.lines
        if ticked == (status in self.whole):
            exceptions.pop(line, None)
        else:
            exceptions[line] = status

    def set_all(self, status: str, *, ticked: bool) -> None:
        """Tick all rows of a status, or none."""
        self.whole.discard(status)
        for exceptions in (self.lines, self.but):
            for line in [line for line, one in exceptions.items() if one == status]:
                del exceptions[line]
        if ticked:
            self.whole.add(status)

    def count(self, counts: Mapping[str, int]) -> int:
        """Return how many rows are ticked, of so many of each status."""
        return sum(counts[status] for status in self.whole) - len(self.but) + len(self.lines)

    def count_of(self, status: str, counts: Mapping[str, int]) -> int:
        """Return how many rows of a status are ticked."""
        if status in self.whole:
            return counts[status] - sum(one == status for one in self.but.values())
        return sum(one == status for one in self.lines.values())


class WaitingModel(QAbstractTableModel):
    """Rows of one status.

    Signals
    -------
    page_wanted(int)
        Rows from this one on are in view and not read yet.
    ticked()
        A row was ticked or no longer is.
    """

    page_wanted = pyqtSignal(int)
    ticked = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = ""
        self.ticks = Ticks()
        self._count = 0
        self._rows: dict[int, dict[str, Any]] = {}
        self._asked: set[int] = set()

    def show_status(self, status: str, count: int) -> None:
        """Show the rows of a status, read anew."""
        self.beginResetModel()
        self.status, self._count = status, count
        self._rows, self._asked = {}, set()
        self.endResetModel()

    def add_page(self, offset: int, rows: Sequence[dict[str, Any]]) -> None:
        """Show rows read, from `offset` on."""
        self._rows.update(enumerate(rows, start=offset))
        last = min(offset + max(len(rows), 1), self._count) - 1
        self.dataChanged.emit(self.index(offset, 0), self.index(last, NOTE))

    def forget_page(self, offset: int) -> None:
        """Let a page that could not be read be asked for again."""
        self._asked.discard(offset // PAGE)

    def row(self, number: int) -> dict[str, Any] | None:
        """Return a row; None where it has not been read."""
        return self._rows.get(number)

    def tick_all(self, *, ticked: bool) -> None:
        """Tick all rows of the status shown, or none."""
        self.ticks.set_all(self.status, ticked=ticked)
        if self._count:
            self.dataChanged.emit(self.index(0, TICK), self.index(self._count - 1, TICK))
        self.ticked.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows have the status."""
        return 0 if parent is not None and parent.isValid() else self._count

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        if section == WHAT:
            return what_title(self.status)
        return tr(_TITLES[section]) if _TITLES[section] else ""

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let rows that can be accepted be ticked."""
        flags = super().flags(index)
        if index.column() == TICK and self.status in ACCEPTABLE:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows; a cell not read yet asks for its page."""
        row = self._rows.get(index.row())
        if index.column() == TICK:
            if role != Qt.ItemDataRole.CheckStateRole or self.status not in ACCEPTABLE:
                return None
            is_ticked = (
                self.ticks.has(row["line"], self.status)
                if row is not None
                else self.status in self.ticks.whole
            )
            return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if row is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._want(index.row())
            return "…"
        return cell(row, index.column())

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick a row or not."""
        row = self._rows.get(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or row is None:
            return False
        ticked = Qt.CheckState(value) == Qt.CheckState.Checked
        self.ticks.set(row["line"], self.status, ticked=ticked)
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    def _want(self, number: int) -> None:
        page = number // PAGE
        if page not in self._asked:
            self._asked.add(page)
            self.page_wanted.emit(page * PAGE)


def what_title(status: str) -> str:
    """Return the title of the column that tells what accepting rows of a status does."""
    if status in ("new", "gone"):
        return tr("Home")
    if status in ("doubtful", "same"):
        return tr("Address in the file")
    return tr("Why") if status == "refused" else tr("What changes")


def cell(row: Mapping[str, Any], column: int) -> str:
    """Return what a cell shows of a row."""
    if column == LINE:
        return "–" if row["line"] < 0 else f"{row['line']:,}"
    if column == NAME:
        return str(row["name"] or "–")
    if column == BORN:
        return str(row["birth_date"] or "–")
    if column == NOTE:
        return "" if row["status"] == "refused" else tr_sentence(str(row["note"] or ""))
    return what_changes(row)


def what_changes(row: Mapping[str, Any]) -> str:
    """Return what accepting a row would do, or why it cannot be accepted yet."""
    status = row["status"]
    if status in ("new", "gone"):
        return str(row["home"] or tr("no home known"))
    if status == "refused":
        return tr_sentence(str(row["note"] or ""))
    if status in ("doubtful", "same"):
        return str(row["address"] or row["home"] or "–")
    changes = [
        f"{words_of('person', name)}: {shown(name, row['was'][name])} → {shown(name, row[name])}"
        for name in row["differs"]
        if name not in _HOME
    ]
    if row["unit_id"] != row["was"]["unit_id"]:
        none = tr("no home known")
        changes.insert(0, f"{row['was_home'] or none} → {row['home'] or none}")
    return ";  ".join(changes)
