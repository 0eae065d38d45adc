"""Rows of an Excel sheet, one at a time, with what text files cannot have: merged cells and formulas.

A cell merged downwards stands for every row it spans, as household numbers and addresses are written once
for a family; not so in columns that tell people apart, where the rows below it have no value. A cell merged
sideways belongs to its first column. A formula has the value that was stored with it.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from mapdesk.formats.register_text import MOST_ROWS, Row
from mapdesk.model.errors import InputError

LARGEST = 4 << 30
"""Bytes a workbook may unpack to: a full sheet of a million rows and 15 columns has below 1 GB."""

_PART = 1 << 20
_OVERLAP = 8192

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+[0-9]+):([A-Z]+[0-9]+)"')
_UNSTORED = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]+[0-9]+)"[^>]*><(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
"""A formula without a stored value."""

_UNREADABLE = (
    InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, OSError, EOFError,
)  # fmt: skip


class SheetRows:
    """A sheet as rows.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file.
    sheet : str or None
        Its title; the first with cells where None.

    Raises
    ------
    InputError
        It cannot be read, has no such sheet, no cells, or unpacks to more than `LARGEST`.
    """

    encoding = ""

    def __init__(self, path: Path, sheet: str | None) -> None:
        self._path = path
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(each.file_size for each in archive.infolist())
            if size > LARGEST:
                raise InputError(
                    f"{path.name} unpacks to {size / 1e9:.1f} GB, and a workbook is read up to"
                    f" {LARGEST / 1e9:.1f} GB: save the table as CSV."
                )
            self._reader = ExcelReader(path, read_only=True, data_only=True)
            self._reader.read()
            self.sheets = [each.title for each in self._reader.wb.worksheets if _has_cells(each)]
            parts = {
                each.name: each_part.target for each, each_part in self._reader.parser.find_sheets()
            }
            self.sheet = self._chosen(sheet)
            merged, self.unstored = self._scan(parts[self.sheet])
        except _UNREADABLE as error:
            raise InputError(
                f"{path.name} is not an Excel workbook that can be read: save it again as .xlsx."
            ) from error
        self.merged_down: dict[int, dict[int, int]] = {}
        for top, left, bottom in merged:
            if bottom > top:
                self.merged_down.setdefault(top, {})[left - 1] = bottom
        self.part = 0.0

    def close(self) -> None:
        """Close the file."""
        self._reader.archive.close()

    def rows(self, own: frozenset[int] = frozenset()) -> Iterator[Row]:
        """Yield every row, its cells as texts.

        Parameters
        ----------
        own : frozenset of int
            Columns, from 0, whose merged cells are of their first row alone.
        """
        table = self._reader.wb[self.sheet]
        total = max(1, table.max_row or MOST_ROWS)
        held: dict[int, tuple[int, str]] = {}
        try:
            for number, cells in enumerate(table.iter_rows(values_only=True), 1):
                texts = [cell if type(cell) is str else cell_text(cell) for cell in cells]
                if held:
                    _fill(texts, held, number)
                for column, bottom in self.merged_down.get(number, {}).items():
                    if column not in own and column < len(texts):
                        held[column] = (bottom, texts[column])
                if number % 4096 == 0:
                    self.part = min(1.0, number / total)
                yield number, texts
        except _UNREADABLE as error:
            raise InputError(
                f"{self._path.name} is damaged in sheet {self.sheet}: save it again as .xlsx."
            ) from error

    def _chosen(self, sheet: str | None) -> str:
        if not self.sheets:
            raise InputError(
                f"{self._path.name} has no cells with values: export it again with data in it."
            )
        if sheet is None:
            return self.sheets[0]
        if sheet not in self.sheets:
            raise InputError(
                f"{self._path.name} has no sheet '{sheet}': it has {', '.join(self.sheets)}."
            )
        return sheet

    def _scan(self, part: str) -> tuple[set[tuple[int, int, int]], dict[int, dict[int, str]]]:
        """Read merged ranges and formulas without value off the sheet's XML, a piece at a time."""
        merged: set[tuple[int, int, int]] = set()
        unstored: dict[int, dict[int, str]] = {}
        rest = b""
        with self._reader.archive.open(part) as stream:
            while piece := stream.read(_PART):
                text = rest + piece
                for first, last in _MERGED.findall(text):
                    top, left = coordinate_to_tuple(first.decode())
                    merged.add((top, left, coordinate_to_tuple(last.decode())[0]))
                for cell in _UNSTORED.findall(text) if b"f" in text else ():
                    name = cell.decode()
                    row, column = coordinate_to_tuple(name)
                    unstored.setdefault(row, {})[column - 1] = name
                rest = text[-_OVERLAP:]
        return merged, unstored


def cell_text(cell: Any) -> str:
    """Return a cell's value as text: days in ISO 8601, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _fill(texts: list[str], held: dict[int, tuple[int, str]], number: int) -> None:
    """Give the cells below a merged one its value; forget those that have ended."""
    for column, (bottom, value) in list(held.items()):
        if number > bottom:
            del held[column]
        else:
            texts.extend([""] * (column + 1 - len(texts)))
            texts[column] = value


def _has_cells(sheet: Any) -> bool:
    return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)
