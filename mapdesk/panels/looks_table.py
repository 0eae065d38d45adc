"""Rows of the record of looks as a table that fetches a page when it is scrolled to its end."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, pyqtSignal

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.rights import ROLES
from mapdesk.model.subjects import told_subject

PAGE = 500
"""Rows fetched at a time."""

_NOWHERE = QModelIndex()


class LooksTable(QAbstractTableModel):
    """What was answered so far, newest first.

    Signals
    -------
    more_asked(int)
        The end is in sight: rows older than this number are wanted.
    """

    more_asked = pyqtSignal(int)
    COLUMNS = ("number", "at", "who", "role", "kind", "action", "subject", "purpose", "detail")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[dict[str, Any]] = []
        self._may_have_more = False
        self._waits = False

    def replace(self, rows: list[dict[str, Any]]) -> None:
        """Show the first page of an answer."""
        self.beginResetModel()
        self._rows = list(rows)
        self._settle(rows)
        self.endResetModel()

    def extend(self, rows: list[dict[str, Any]]) -> None:
        """Add a further page."""
        self._settle(rows)
        if rows:
            first = len(self._rows)
            self.beginInsertRows(_NOWHERE, first, first + len(rows) - 1)
            self._rows += rows
            self.endInsertRows()

    def _settle(self, rows: list[dict[str, Any]]) -> None:
        self._waits = False
        self._may_have_more = len(rows) == PAGE

    @property
    def is_complete(self) -> bool:
        """Whether there are no more rows than those here."""
        return not self._may_have_more

    def retranslate(self) -> None:
        """Say headings and words in the language in force."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.COLUMNS) - 1)
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self.COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # ------------------------------------------------------------------ what Qt asks

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """Return the rows fetched so far."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.COLUMNS)

    def canFetchMore(self, parent: QModelIndex) -> bool:
        """Say whether a page may follow that was not asked for yet."""
        return not parent.isValid() and self._may_have_more and not self._waits

    def fetchMore(self, _parent: QModelIndex) -> None:
        """Ask for the next page; it comes by `extend`."""
        if self._rows and not self._waits:
            self._waits = True
            self.more_asked.emit(int(self._rows[-1]["number"]))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _title(self.COLUMNS[section])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, and its whole text as a tip."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        name = self.COLUMNS[index.column()]
        value = self._rows[index.row()][name]
        if name == "subject" and role == Qt.ItemDataRole.ToolTipRole:
            # As it stands in the record, which is what a search of it finds.
            return str(value)
        return _text(name, value)


def _title(name: str) -> str:
    titles = {
        "number": tr("No."),
        "at": tr("Time"),
        "who": tr("Who"),
        "role": tr("Role"),
        "kind": tr("Kind"),
        "action": tr("Action"),
        "subject": tr("Subject"),
        "purpose": tr("Purpose"),
        "detail": tr("Detail"),
    }
    return titles[name]


def _text(name: str, value: Any) -> str:
    if name == "at":
        return _local(value)
    if name in ("kind", "action"):
        return tr(str(value))
    if name == "role" and value in ROLES:
        role = ROLES[value]
        return role.title_zh if LANGUAGE.code.startswith("zh") else role.title
    if name == "subject":
        return told_subject(str(value))
    if name == "detail":
        return _detail(value)
    return str(value)


def _local(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        # A row that was changed may say anything.
        return text


def _detail(text: str) -> str:
    try:
        return ", ".join(f"{key}: {value}" for key, value in json.loads(text).items())
    except (ValueError, AttributeError):
        return text
