"""A building's units as a matrix: stairs and rooms across, floors up, one cell a unit, coloured by use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent, qGray
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mapdesk.model.language import tr
from mapdesk.model.selection import Ref
from mapdesk.services.card_links import unit_title

NARROWEST, WIDEST = 19, 72
"""Pixels a cell is wide; between them cells fill the width there is."""
CELL_HEIGHT = 20
FLOOR_WIDTH = 36
HEAD_HEIGHT = 22
STAIR_GAP = 5
"""Pixels left empty where a stair ends."""
UNKNOWN_USE = "#b8bcc0"
DARK, BRIGHT = "#14191e", "#ffffff"

Floors = list[tuple[int, list[dict[str, Any]]]]
Column = tuple[str, str]
"""Stair and what a room's number has after the floor's."""
_NOWHERE = QModelIndex()


class UnitModel(QAbstractTableModel):
    """Floors as rows, the top one first; columns are rooms by stair."""

    def __init__(self) -> None:
        super().__init__()
        self.floors: list[int] = []
        self.columns: list[Column] = []
        self.counts: Mapping[str, int] | None = None
        self._cells: dict[tuple[int, int], dict[str, Any]] = {}
        self._places: dict[str, tuple[int, int]] = {}

    def show_floors(self, floors: Floors) -> None:
        """Show floors, the top one first."""
        self.beginResetModel()
        self.counts = None
        self.floors = [floor for floor, _units in floors]
        keyed = _keyed(floors)
        self.columns = sorted({column for column, _row, _unit in keyed}, key=_natural)
        at = {column: index for index, column in enumerate(self.columns)}
        self._cells = {(row, at[column]): unit for column, row, unit in keyed}
        self._places = {str(unit["id"]): place for place, unit in self._cells.items()}
        self.endResetModel()

    def set_counts(self, counts: Mapping[str, int] | None) -> None:
        """Show how many people each unit has, by its id; None shows no numbers."""
        self.counts = counts
        if self._cells:
            last = self.index(len(self.floors) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def unit(self, index: QModelIndex) -> dict[str, Any] | None:
        """Return the unit of a cell; None where there is none."""
        return self._cells.get((index.row(), index.column()))

    def place(self, unit_id: str) -> QModelIndex:
        """Return the cell of a unit; an invalid index where it is not here."""
        found = self._places.get(unit_id)
        return QModelIndex() if found is None else self.index(*found)

    def rowCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """Return the number of floors."""
        return 0 if parent.isValid() else len(self.floors)

    def columnCount(self, parent: QModelIndex = _NOWHERE) -> int:
        """Return the number of rooms across."""
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Let only units be chosen."""
        if self.unit(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, and in words what it means."""
        unit = self.unit(index)
        if unit is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole and self.counts is not None:
            count = self.counts.get(str(unit["id"]), 0)
            return str(count) if count else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(unit)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return "15F" for a floor, the stair for a column."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{self.floors[section]}F"
        return self.columns[section][0]

    def _words(self, unit: Mapping[str, Any]) -> str:
        words = [unit_title(dict(unit)), tr(str(unit["use"])) if unit["use"] else ""]
        if unit["area"]:
            words.append(f"{unit['area']:.0f} m²")
        if self.counts is not None:
            words.append(tr("{count} people", count=self.counts.get(str(unit["id"]), 0)))
        return " · ".join(word for word in words if word)


class UnitMatrix(QTableView):
    """The matrix; arrows move in it, Enter or a click opens a unit.

    Signals
    -------
    opened(Ref)
        A unit was clicked, or Enter pressed on it.
    """

    opened = pyqtSignal(object)

    def __init__(self, colours: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = UnitModel()
        self.setModel(self.cells)
        self._painter = _CellPainter(colours, self.cells, self)
        self.setItemDelegate(self._painter)
        self.setShowGrid(False)
        self.setObjectName("UnitMatrix")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalHeader(_StairHeader(self.cells, self))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            if header is not None:
                header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
                header.setMinimumSectionSize(8)
                header.setHighlightSections(False)
        across, down = self.horizontalHeader(), self.verticalHeader()
        if across is not None:
            across.setFixedHeight(HEAD_HEIGHT)
        if down is not None:
            down.setDefaultSectionSize(CELL_HEIGHT)
            down.setFixedWidth(FLOOR_WIDTH)
            down.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.clicked.connect(self._open)

    def show_floors(self, floors: Floors, marked: str | None = None) -> None:
        """Show floors, the top one first; `marked` is the id of a unit to point out."""
        self.cells.show_floors(floors)
        self._painter.marked = marked
        self._fit()
        place = self.cells.place(marked) if marked else QModelIndex()
        if place.isValid():
            self.scrollTo(place, QAbstractItemView.ScrollHint.PositionAtCenter)
        else:
            self.scrollToBottom()
        aside = self.horizontalScrollBar()
        if aside is not None and not place.isValid():
            aside.setValue(0)

    def height_wanted(self) -> int:
        """Return the pixels in which all floors show."""
        across_wanted = NARROWEST * self.cells.columnCount() + FLOOR_WIDTH
        aside = self.horizontalScrollBar()
        bar = aside.sizeHint().height() if aside is not None and across_wanted > self.width() else 0
        return HEAD_HEIGHT + CELL_HEIGHT * self.cells.rowCount() + bar + 4

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Open the current unit with Enter; leave copying out."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fill the width with cells."""
        super().resizeEvent(event)
        self._fit()

    def _open(self, index: QModelIndex) -> None:
        unit = self.cells.unit(index)
        if unit is not None:
            self.opened.emit(Ref("unit", str(unit["id"])))

    def _fit(self) -> None:
        across, view, count = self.horizontalHeader(), self.viewport(), len(self.cells.columns)
        if across is None or view is None or not count:
            return
        width = min(max(view.width() // count, NARROWEST), WIDEST)
        across.setDefaultSectionSize(width)


class _CellPainter(QStyledItemDelegate):
    """Paints a unit as a block of its use's colour with how many people it has."""

    def __init__(self, colours: Mapping[str, str], cells: UnitModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._colours = colours
        self._cells = cells
        self.marked: str | None = None

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint one cell."""
        unit = self._cells.unit(index)
        if painter is None or unit is None:
            return
        columns, column = self._cells.columns, index.column()
        ends = column + 1 < len(columns) and columns[column + 1][0] != columns[column][0]
        block = QRectF(option.rect).adjusted(1, 1, -STAIR_GAP if ends else -1, -1)
        colour = QColor(self._colours.get(str(unit["use"]), UNKNOWN_USE))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(block, 3, 3)
        text = index.data()
        if text:
            painter.setPen(QColor(DARK if qGray(colour.rgb()) > 120 else BRIGHT))
            painter.drawText(block, Qt.AlignmentFlag.AlignCenter, text)
        chosen = option.state & QStyle.StateFlag.State_HasFocus
        if unit["id"] == self.marked or chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            role = option.palette.highlight() if chosen else option.palette.text()
            painter.setPen(QPen(role.color(), 2.2))
            painter.drawRoundedRect(block.adjusted(0.6, 0.6, -0.6, -0.6), 3, 3)
        painter.restore()


class _StairHeader(QHeaderView):
    """Names each stair once, over all its rooms."""

    def __init__(self, cells: UnitModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._cells = cells

    def paintSection(self, painter: QPainter | None, rect: QRect, logical: int) -> None:
        """Paint the stair's name over the whole stair from its first column."""
        columns = self._cells.columns
        if painter is None or logical >= len(columns):
            return
        painter.fillRect(rect, self.palette().window())
        stair = columns[logical][0]
        mine = [at for at, column in enumerate(columns) if column[0] == stair]
        if not stair:
            return
        left, last = self.sectionViewportPosition(mine[0]), mine[-1]
        right = self.sectionViewportPosition(last) + self.sectionSize(last)
        group = QRect(left, rect.top(), right - left - STAIR_GAP, rect.height())
        painter.save()
        painter.setClipRect(rect)
        painter.setPen(self.palette().placeholderText().color())
        named = tr("Stair {stair}", stair=stair)
        if painter.fontMetrics().horizontalAdvance(named) > group.width():
            named = stair
        painter.drawText(group, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, named)
        painter.restore()


def legend(floors: Floors, colours: Mapping[str, str]) -> str:
    """Return the uses of these units with their colours, as rich text."""
    counts = Counter(str(unit["use"]) for _floor, units in floors for unit in units)
    return " &nbsp; ".join(
        f"<span style='color:{colour}'>■</span>&nbsp;{tr(use)}&nbsp;{counts[use]}"
        for use, colour in colours.items()
        if use in counts
    )


def count_by_unit(people: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many of these people each unit has, by its id."""
    return Counter(str(row["unit_id"]) for row in people if row["unit_id"])


def _keyed(floors: Floors) -> list[tuple[Column, int, dict[str, Any]]]:
    """Return each unit with its column and row; rooms of one end of the number stand over each other.

    Where numbers do not repeat from floor to floor, rooms stand in their order instead, and where two
    units of a floor bear one number, both do.
    """
    by_number, by_order = [], []
    for row, (floor, units) in enumerate(floors):
        rank: Counter[str] = Counter()
        for unit in sorted(units, key=_by_room):
            stair = str(unit["stair"] or "")
            room = str(unit["room"] or "")
            by_number.append(((stair, room.removeprefix(str(floor))), row, unit))
            by_order.append(((stair, f"{rank[stair]:03d}"), row, unit))
            rank[stair] += 1
    cells = {(column, row) for column, row, _unit in by_number}
    numbered = len({column for column, _row, _unit in by_number})
    ordered = len({column for column, _row, _unit in by_order})
    usable = len(cells) == len(by_number) and numbered <= ordered + ordered // 2
    return by_number if usable else by_order


def _by_room(unit: Mapping[str, Any]) -> tuple[Any, ...]:
    return _natural((str(unit["stair"] or ""), str(unit["room"] or ""))), str(unit["id"])


@lru_cache(maxsize=20_000)
def _natural(column: Column) -> tuple[Any, ...]:
    """Return a key by which "9" comes before "10"."""
    return tuple(
        tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
        for parts in (re.findall(r"\d+|\D+", text) for text in column)
    )
