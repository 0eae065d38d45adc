"""Tables of text: CSV and its kin, and Excel workbooks.

The header is the first of the upper rows that is full enough and holds no numbers; titles above it
are passed over. A table without one gets the columns "1", "2", ... for ``--field`` to name.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from mapdesk.formats.assembly import assemble
from mapdesk.formats.encodings import decode
from mapdesk.formats.reading import Progress, ReadOptions, ReadResult, SourceTable, plural
from mapdesk.formats.sheets import Rows, read_sheet
from mapdesk.formats.values import parse_number
from mapdesk.model.errors import InputError

WORKBOOKS = (".xlsx", ".xlsm")

_DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 20
"""Upper rows in which delimiter and header are sought."""

_WORDS = 0.8
"""Share of a header's cells that must not be numbers."""

csv.field_size_limit(1 << 27)


def read(path: Path, options: ReadOptions, progress: Progress) -> ReadResult:
    """Read a table.

    Parameters
    ----------
    path : Path
        CSV, TSV or text with ``, ; tab |`` between cells in UTF-8, UTF-16 or GB18030; or .xlsx.
    options : ReadOptions
        What to make of it; `layer` is a sheet's title.
    progress : callable
        Told what goes on.

    Raises
    ------
    InputError, CrsError
        In one sentence, what is wrong and what to do.
    """
    progress(f"Reading {path.name}", 0.0)
    result = ReadResult()
    if path.suffix.lower() in WORKBOOKS:
        layer, rows = read_sheet(path, options.layer)
    else:
        layer, rows = path.stem, _text_rows(path, result)
    table = _table(path.name, layer, rows, result)
    result.read = len(table)
    progress(f"Converting {result.read:,} rows", 0.5)
    assemble(path.name, table, options.noun, options, result)
    progress(f"Read {path.name}", 1.0)
    return result


def _text_rows(path: Path, result: ReadResult) -> Rows:
    text, encoding = decode(path.read_bytes(), path.name)
    if encoding not in ("utf-8", "utf-8-sig"):
        result.notes.append(f"text read as {encoding.upper()}")
    delimiter = delimiter_of(text)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise InputError(
            f"{path.name} is not a table that can be read ({error}): save it again as CSV in UTF-8."
        ) from error


def delimiter_of(text: str) -> str:
    """Return the delimiter by which most of the upper rows have the same number of cells."""

    def fit(delimiter: str) -> tuple[int, int]:
        upper = io.StringIO(text[: 1 << 16], newline="")
        widths: list[int] = []
        for row in csv.reader(upper, delimiter=delimiter):
            widths.append(len(row))
            if len(widths) == LOOKED_AT:
                break
        several = [width for width in widths if width > 1]
        if not several:
            return (0, 0)
        common = max(set(several), key=several.count)
        return (several.count(common), common)

    return max(_DELIMITERS, key=fit)


def _table(file: str, layer: str, rows: Rows, result: ReadResult) -> SourceTable:
    """Split rows into header and body."""
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(map(_filled, row))]
    width = max((len(row) for _, row in filled), default=0)
    if not filled or width == 0:
        raise InputError(f"{file} is empty: export it again with data in it.")
    header = header_place(filled, width)
    if header is None:
        names = [str(number) for number in range(1, width + 1)]
        body = filled
        result.notes.append("no header: columns are called by their number, 1, 2, ...")
    else:
        names = unique_names(filled[header][1], width)
        body = filled[header + 1 :]
    if not body:
        raise InputError(f"{file} has a header and no rows: export it again with data in it.")
    cells = zip(*([*row, *[None] * (width - len(row))] for _, row in body), strict=True)
    columns = {name: np.array(column, object) for name, column in zip(names, cells, strict=True)}
    labels = np.array([f"row {number}" for number, _ in body], object)
    blank = len(rows) - len(filled)
    if blank:
        result.notes.append(f"{plural(blank, 'blank row')} passed over")
    return SourceTable(columns, None, None, layer, labels)


def header_place(filled: list[tuple[int, list[Any]]], width: int) -> int | None:
    """Return the place of the header among the rows, None where there is none."""
    for place, (_, row) in enumerate(filled[:LOOKED_AT]):
        cells = [cell for cell in row if _filled(cell)]
        if len(set(map(str, cells))) * 2 <= width and width > 1:
            continue
        words = sum(isinstance(cell, str) and not _is_number(cell) for cell in cells)
        return place if words >= _WORDS * len(cells) else None
    return None


def unique_names(row: list[Any], width: int) -> list[str]:
    """Return names for all columns: empty ones by their number, repeated ones with it."""
    names: list[str] = []
    for number in range(1, width + 1):
        cell = row[number - 1] if number <= len(row) else None
        name = str(cell).strip() if _filled(cell) else str(number)
        names.append(f"{name} {number}" if name in names else name)
    return names


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _is_number(cell: str) -> bool:
    try:
        parse_number(cell)
    except ValueError:
        return False
    return True
