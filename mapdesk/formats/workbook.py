"""One sheet of an Excel workbook, written row by row and safe to open.

A text that a spreadsheet would run as a formula is typed as text and marked so (`OWASP, "CSV
Injection" <https://owasp.org/www-community/attacks/CSV_Injection>`_). The rows wait beside the target,
not in the system's folder for temporaries, where openpyxl would leave them in the clear.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What begins a text that spreadsheets run."""

MOST_ROWS = 1_048_576 - 3
"""Rows of a sheet less the header, an empty row and the watermark."""

LONGEST_TEXT = 32_767
"""Characters of a cell."""

_WIDEST, _NARROWEST = 48, 6
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]"
)

Append = Callable[[Sequence[Any]], None]


class _RowsBeside(WorksheetWriter):
    """openpyxl's writer of rows, on a file of our choice."""

    def __init__(self, sheet: WriteOnlyWorksheet, path: Path) -> None:
        self._path = path
        super().__init__(sheet, out=str(path))

    def cleanup(self) -> None:
        """Remove the file once its rows are in the workbook."""
        self._path.unlink()


@contextlib.contextmanager
def open_sheet(
    path: Path, title: str, heads: Sequence[str], widths: Sequence[float], last: str
) -> Iterator[Append]:
    """Yield a function that appends a row; the workbook is complete when the block has ended.

    Parameters
    ----------
    path : Path
        Best one of `whole_file`: its neighbour ``path.rows`` is written too, and removed.
    title : str
        Of the sheet.
    heads : sequence of str
        Headings; they stay on the screen and are repeated on printed pages.
    widths : sequence of float
        Widths of columns in digits; see `text_width`.
    last : str
        The last row, after an empty one, and the foot of each printed page.

    Raises
    ------
    OSError
        The disk does not take it.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.oddFooter.left.text = last.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    for number, width in enumerate(widths, start=1):
        fitting = min(max(width + 2, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = fitting
    rows = _RowsBeside(sheet, path.with_name(f"{path.name}.rows"))
    rows.write_top()
    sheet._writer = rows  # noqa: SLF001 - openpyxl offers no other way to choose it

    def append(values: Sequence[Any]) -> None:
        sheet.append([_cell(sheet, value) for value in values])

    try:
        sheet.append([_head(sheet, text) for text in heads])
        yield append
        sheet.append([])
        sheet.append([_text_cell(sheet, _clean(last))])
        sheet.close()
    except BaseException:
        with contextlib.suppress(OSError):
            sheet.close()
        raise
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()


def text_width(texts: Sequence[str]) -> float:
    """Return the width of the longest text in digits; a Chinese character takes two."""
    return float(max((len(text) + len(_WIDE.findall(text)) for text in texts), default=0))


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)[:LONGEST_TEXT]


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    if isinstance(value, str):
        text = _clean(value)
        # openpyxl takes "#N/A" and its like for errors.
        return _text_cell(sheet, text) if text.startswith((*FORMULA, "#")) else text
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value.replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, datetime(value.year, value.month, value.day))  # noqa: DTZ001 - Excel knows no zones
        cell.number_format = "yyyy-mm-dd"
        return cell
    return value


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> Any:
    """Return a cell that is text and stays so when someone edits it."""
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _head(sheet: WriteOnlyWorksheet, text: str) -> Any:
    cell = _text_cell(sheet, _clean(text))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
