"""Rows as XLSX and CSV, safe to open in a spreadsheet; see `results`."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mapdesk.formats.watermark import Watermark
from mapdesk.formats.workbook import FORMULA, MOST_ROWS, open_sheet, text_width
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr

_LOOKED_AT = 200
"""Rows from which the width of a column is taken."""


def write_csv(path: Path, frame: pd.DataFrame, watermark: Watermark) -> None:
    """Write UTF-8 with a byte order mark, by which Excel knows it, and CRLF as RFC 4180 has it."""
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow([_harmless(str(name)) for name in frame.columns])
        for row in _rows(frame):
            writer.writerow([_harmless(v) if isinstance(v, str) else _as_text(v) for v in row])
        writer.writerow([_harmless(watermark.line)])


def write_xlsx(path: Path, frame: pd.DataFrame, watermark: Watermark) -> None:
    """Write one sheet with typed cells, a header that stays, and fitting widths.

    Raises
    ------
    InputError
        More rows than a sheet takes.
    """
    if len(frame) > MOST_ROWS:
        raise InputError(
            f"{len(frame)} rows are more than an Excel sheet takes; write them as .csv or .parquet."
        )
    heads = [str(name) for name in frame.columns]
    widths = [
        text_width([head, *(_as_text(_plain(value)) for value in frame.iloc[:_LOOKED_AT, number])])
        for number, head in enumerate(heads)
    ]
    with open_sheet(path, tr("Result"), heads, widths, watermark.line) as append:
        for row in _rows(frame):
            append(row)


def _rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for row in frame.itertuples(index=False, name=None):
        yield tuple(_plain(value) for value in row)


def _plain(value: Any) -> Any:
    """Return a value as Python's own: None for whatever is missing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, list | tuple | set | np.ndarray):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str | int | date | time | Decimal) else str(value)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _harmless(text: str) -> str:
    """Return a text no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA) else text
