"""Cells of an Excel workbook, merged ones filled in."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from mapdesk.model.errors import InputError

Rows: TypeAlias = list[list[Any]]
Range: TypeAlias = tuple[int, int, int, int]

_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')

_UNREADABLE = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, OSError)
"""What openpyxl raises for files that are cut short or no workbooks (its XML errors are SyntaxErrors)."""


def read_sheet(path: Path, layer: str | None) -> tuple[str, Rows]:
    """Read the one sheet that is meant.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file.
    layer : str or None
        Title of the sheet; needed where several have cells.

    Returns
    -------
    title : str
    rows : list of lists
        Values as openpyxl gives them; each cell of a merged range has the range's value.

    Raises
    ------
    InputError
        It cannot be read, or the sheet has to be named.
    """
    try:
        reader = ExcelReader(path, read_only=True, data_only=True)
        reader.read()
        sheets = {sheet.title: sheet for sheet in reader.wb.worksheets if _has_cells(sheet)}
        title = _chosen(path.name, list(sheets), layer)
        rows = [list(row) for row in sheets[title].iter_rows(values_only=True)]
        parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
        merged = _merged_ranges(reader.archive.read(parts[title]))
        reader.archive.close()
    except _UNREADABLE as error:
        raise InputError(
            f"{path.name} is not an Excel workbook that can be read: save it again as .xlsx."
        ) from error
    _fill(rows, merged)
    return title, rows


def _has_cells(sheet: Any) -> bool:
    return any(cell is not None for row in sheet.iter_rows(values_only=True) for cell in row)


def _chosen(file: str, titles: list[str], layer: str | None) -> str:
    if not titles:
        raise InputError(f"{file} has no cells with values: export it again with data in it.")
    if layer is not None:
        if layer not in titles:
            raise InputError(f"{file} has no sheet '{layer}': it has {', '.join(titles)}.")
        return layer
    if len(titles) > 1:
        raise InputError(
            f"{file} has {len(titles)} sheets: choose one with --layer, {', '.join(titles)}."
        )
    return titles[0]


def _merged_ranges(sheet: bytes) -> list[Range]:
    """Return left column, top row, right column and bottom row of each merged range, from 1.

    openpyxl tells them only where it holds every cell of a sheet in memory, which a register of
    people is too large for; so they are read off the sheet's XML.
    """
    found = [each.decode("ascii").split(":") for each in _MERGED.findall(sheet)]
    corners = [(coordinate_to_tuple(first), coordinate_to_tuple(last)) for first, last in found]
    return [(left, top, right, bottom) for (top, left), (bottom, right) in corners]


def _fill(rows: Rows, merged: list[Range]) -> None:
    """Give every cell of a merged range the value of its first."""
    for first_column, first_row, last_column, last_row in merged:
        if first_row > len(rows) or first_column > len(rows[first_row - 1]):
            continue
        value = rows[first_row - 1][first_column - 1]
        for row in rows[first_row - 1 : last_row]:
            row[first_column - 1 : last_column] = [value] * len(row[first_column - 1 : last_column])
