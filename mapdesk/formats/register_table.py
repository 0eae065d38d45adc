"""Where the body of a register begins, and which of its rows are whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from mapdesk.formats.reading import plural
from mapdesk.formats.register_sheet import SheetRows
from mapdesk.formats.register_text import Row, TextRows
from mapdesk.formats.tabular import LOOKED_AT, header_place, unique_names
from mapdesk.model.errors import InputError


class Head:
    """The columns of a table, and the row its body begins with.

    Parameters
    ----------
    file : str
        Name for sentences.
    source : TextRows or SheetRows

    Raises
    ------
    InputError
        It has no cells with anything in them.
    """

    def __init__(self, file: str, source: TextRows | SheetRows) -> None:
        upper = list(islice(source.rows(), 2 * LOOKED_AT))
        filled = [(place, cells) for place, (_, cells) in enumerate(upper) if _said(cells)]
        width = max((_width(cells) for _, cells in filled), default=0)
        if not width:
            raise InputError(f"{file} is empty: export it again with data in it.")
        self.problems: list[str] = []
        number = header_place([(place, list(cells)) for place, cells in filled], width)
        if number is None:
            self.columns = [str(place) for place in range(1, width + 1)]
            self.first, self.header = filled[0][0], None
            self.problems.append("there is no header: columns are called by their number")
            return
        place, cells = filled[number]
        if isinstance(source, SheetRows) and (spans := source.merged_down.get(place + 1)):
            place = min(max(spans.values()), len(upper)) - 1
            cells = upper[place][1]
        below = [_width(row) for row_place, row in filled if row_place > place]
        own = _width(cells)
        if sum(each > own for each in below) * 2 <= len(below):
            width = own
        cells = [*cells, *[""] * (width - len(cells))][:width]
        self.columns = unique_names(cells, len(cells))
        self.header = [cell.strip() for cell in cells]
        self.first = place + 1
        names = [name for name in self.header if name]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            self.problems.append(
                f"columns of one name: {', '.join(twice)}; the later carry a number"
            )


class Checked:
    """Tells rows that can be used from others.

    Parameters
    ----------
    head : Head
    source : TextRows or SheetRows
    used : list of int
        Places of the columns that are read.
    """

    def __init__(self, head: Head, source: TextRows | SheetRows, used: list[int]) -> None:
        self._width, self._header = len(head.columns), head.header
        self._unstored = source.unstored if isinstance(source, SheetRows) else {}
        self._used = used
        self._padded = isinstance(source, SheetRows)
        self.refused: list[tuple[int, str]] = []
        self._blank = self._headers = 0

    def sound(self, rows: list[Row]) -> tuple[list[int], list[list[str]]]:
        """Return the lines and cells of the rows that can be used."""
        lines: list[int] = []
        sound: list[list[str]] = []
        width = self._width
        for line, cells in rows:
            if len(cells) != width:
                cells = self._trimmed(cells)  # noqa: PLW2901 - of no use any more
            whole = "".join(cells)
            if not whole or whole.isspace():
                self._blank += 1
            elif reason := self._fault(line, cells, whole):
                self.refused.append((line, reason))
            elif cells[0].strip() in self._first_names() and self._is_header(cells):
                self._headers += 1
            else:
                lines.append(line)
                sound.append(cells)
        return lines, sound

    def notes(self) -> list[str]:
        """Return what was passed over."""
        notes = []
        if self._blank:
            notes.append(f"{plural(self._blank, 'blank row')} passed over")
        if self._headers:
            notes.append(f"header repeated {plural(self._headers, 'time')}: passed over")
        return notes

    def _trimmed(self, cells: list[str]) -> list[str]:
        """Drop empty cells beyond the header; fill up a sheet's short rows, which hold no empty cells."""
        if len(cells) > self._width and not _said(cells[self._width :]):
            return cells[: self._width]
        if self._padded and len(cells) < self._width:
            return [*cells, *[""] * (self._width - len(cells))]
        return cells

    def _fault(self, line: int, cells: list[str], whole: str) -> str:
        if len(cells) != self._width:
            return f"has {plural(len(cells), 'cell')}, and the header {self._width}"
        if line in self._unstored:
            for column, name in self._unstored[line].items():
                if column in self._used:
                    return (
                        f"cell {name} holds a formula without a stored value: open the file in a"
                        " spreadsheet program and save it"
                    )
        if "\0" in whole and any("\0" in cells[place] for place in self._used):
            return "holds a NUL byte: the file is damaged there"
        return ""

    def _first_names(self) -> tuple[str, ...]:
        return (self._header[0],) if self._header else ()

    def _is_header(self, cells: list[str]) -> bool:
        return [cell.strip() for cell in cells] == self._header


def _said(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _width(cells: Sequence[str]) -> int:
    """Return the number of cells up to the last with anything in it."""
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)


def is_ragged(cells: Sequence[str], width: int) -> bool:
    """Return whether a row has too few cells, or filled ones beyond the header."""
    return _said(cells) and (len(cells) < width or _said(cells[width:]))
