"""Tables on paper: cells wrapped to their width, rows kept whole, the header on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mapdesk.formats.page import HAIR, INK, POINT, QUIET, Align, Box
from mapdesk.formats.pdf import Paper

TICK = "\N{BALLOT BOX}"
"""A cell of this text is an empty box to tick."""

LEADING = 1.3
"""Lines of a cell are this many times the size of type apart."""

_GUTTER = 2.0
_PADDING = 1.1


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    title : str
    share : float
        Its part of the width left by the others, in any unit.
    align : "left", "right" or "centre"
        Numbers go right.
    lines : int
        Most lines of a cell; what is longer ends in "…".
    """

    title: str
    share: float
    align: Align = "left"
    lines: int = 1


Row = Sequence[str]


def draw_table(
    paper: Paper,
    columns: Sequence[Column],
    rows: Iterable[Row],
    y: float,
    size: float = 8.0,
    repeated: int | None = None,
) -> float:
    """Draw a table from `y` down, over as many pages as it takes, and return where it ends.

    Parameters
    ----------
    paper : Paper
        With a page begun.
    columns : sequence of Column
    rows : iterable of sequence of str
        One text a column; `TICK` draws a box.
    y : float
        Where its header begins, millimetres.
    size : float
        Points.
    repeated : int, optional
        Number of a column whose cell is left blank where it says what the row above said, except at
        the head of a page.
    """
    table = _Table(paper, columns, size)
    y = table.header(y)
    above: Row | None = None
    for row in rows:
        lines = table.wrapped(row)
        alike = above is not None and repeated is not None and row[repeated] == above[repeated]
        if alike and repeated is not None:
            lines[repeated] = []
        height = table.height(lines)
        if y + height > paper.body.bottom:
            paper.new_page()
            y = table.header(paper.body.y)
            lines = table.wrapped(row)
            height = table.height(lines)
        elif above is not None and repeated is not None and not alike:
            paper.rule(paper.body.x, y, paper.body.right, y, 0.6, QUIET)
        table.row(y, height, lines)
        above = row
        y += height
    return y


class _Table:
    def __init__(self, paper: Paper, columns: Sequence[Column], size: float) -> None:
        self._paper, self._columns, self._size = paper, columns, size
        room = paper.body.width - _GUTTER * (len(columns) - 1)
        unit = room / sum(column.share for column in columns)
        self._widths = [column.share * unit for column in columns]
        self._lefts = [paper.body.x]
        for width in self._widths[:-1]:
            self._lefts.append(self._lefts[-1] + width + _GUTTER)

    def header(self, y: float) -> float:
        """Draw the header and return where the rows begin."""
        size = self._size * 0.9
        lines = [
            self._paper.wrapped(column.title, size, width, 2)
            for column, width in zip(self._columns, self._widths, strict=True)
        ]
        deepest = max(len(each) for each in lines)
        step = size * POINT * LEADING
        for column, left, width, texts in zip(
            self._columns, self._lefts, self._widths, lines, strict=True
        ):
            for number, text in enumerate(texts):
                # Headings stand on the rule: the last line of each is on one height.
                baseline = y + step * (deepest - len(texts) + number + 1) - step * 0.2
                x = _anchor(left, width, column.align)
                self._paper.text(x, baseline, text, size, QUIET, align=column.align)
        y += deepest * step + _PADDING
        self._paper.rule(self._lefts[0], y, self._paper.body.right, y, 0.8, INK)
        return y

    def wrapped(self, row: Row) -> list[list[str]]:
        return [
            [TICK] if text == TICK else self._paper.wrapped(text, self._size, width, column.lines)
            for text, column, width in zip(row, self._columns, self._widths, strict=True)
        ]

    def height(self, lines: Sequence[Sequence[str]]) -> float:
        deepest = max(len(each) for each in lines)
        return max(deepest, 1) * self._size * POINT * LEADING + 2 * _PADDING

    def row(self, y: float, height: float, lines: Sequence[Sequence[str]]) -> None:
        step = self._size * POINT * LEADING
        for column, left, width, texts in zip(
            self._columns, self._lefts, self._widths, lines, strict=True
        ):
            if texts == [TICK]:
                self._tick(left, width, y, column.align)
                continue
            for line, text in enumerate(texts):
                baseline = y + _PADDING + step * (line + 0.78)
                x = _anchor(left, width, column.align)
                self._paper.text(x, baseline, text, self._size, align=column.align)
        bottom = y + height
        self._paper.rule(self._lefts[0], bottom, self._paper.body.right, bottom, 0.25, HAIR)

    def _tick(self, left: float, width: float, y: float, align: Align) -> None:
        side = self._size * POINT * 1.15
        x = _anchor(left, width, align) - {"left": 0.0, "centre": side / 2, "right": side}[align]
        self._paper.frame(Box(x, y + _PADDING, side, side), 0.7, INK)


def _anchor(left: float, width: float, align: Align) -> float:
    return {"left": left, "centre": left + width / 2, "right": left + width}[align]
