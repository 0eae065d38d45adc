"""Registers of people, CSV or XLSX: a look at one, and all its rows as fields of a person.

Every row is kept or refused with a reason. Duplicates within the file are refused from the second on: which
of two rows is right, only their authors know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from mapdesk.formats import synonyms
from mapdesk.formats.reading import Progress, plural
from mapdesk.formats.register_columns import Columns
from mapdesk.formats.register_sheet import SheetRows
from mapdesk.formats.register_table import Checked, Head, is_ragged
from mapdesk.formats.register_text import TextRows
from mapdesk.model.errors import InputError, NotFoundError

REGISTER_FIELDS = (
    "id", "name", "sex", "birth_date", "identity_number", "phone", "education", "residence_kind",
    "relation", "care_flag", "household_id", "unit_id", "building_id", "address", "address_building",
    "address_stair", "address_room",
)  # fmt: skip
"""What a column may be mapped to. The parts of an address are for registers that keep them in columns of
their own; they are joined behind `address`."""

PREVIEW_ROWS = 50

OWN_FIELDS = frozenset(("id", "name", "identity_number", "phone"))
"""Fields that tell people apart: a cell merged downwards gives them to its first row alone."""

_PARTS: Mapping[str, tuple[str, ...]] = {
    "address_building": ("楼栋", "栋号", "楼号", "幢号", "楼栋号", "building_number"),
    "address_stair": ("单元", "单元号", "stair", "entrance"),
    "address_room": ("房号", "室号", "门牌", "室", "房间号", "room", "room_number"),
}
_ADDRESS = ("小区", "小区名称", "compound")

_CHUNK = 50_000
_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Preview:
    """A look at a register.

    Parameters
    ----------
    columns : tuple of str
        Names, each once: a repeated one carries its number; all are numbers where there is no header.
    rows : tuple of tuple of str
        The first `PREVIEW_ROWS` rows as they stand in the file.
    encoding : str
        "utf-8", "gb18030" ...; empty for a workbook.
    sheets : tuple of str
        Titles of a workbook's sheets that have cells.
    sheet : str or None
        The one shown.
    mapping : dict of str to str
        Column to field, as their names suggest.
    problems : tuple of str
        What to look at before reading it, one sentence each.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    sheets: tuple[str, ...]
    sheet: str | None
    mapping: dict[str, str]
    problems: tuple[str, ...]


@dataclass(slots=True)
class RegisterRows:
    """All rows of a register.

    Parameters
    ----------
    frame : DataFrame
        `line` (int64, the row's number in the file, from 1) and `address` (str) always; else a column for
        each field mapped, str or, `birth_date`, datetime64[s]. `birth_date` and `sex` are there also where
        only identity numbers are. What the file does not say is missing.
    refused : list of (int, str)
        Row and reason, in the order of the file.
    notes : list of str
        What else was done to the data.
    read : int
        Rows looked at: kept and refused.
    """

    frame: pd.DataFrame
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


def preview(path: Path, sheet: str | None = None) -> Preview:
    """Look at the beginning of a register.

    Raises
    ------
    NotFoundError
        There is no such file.
    InputError
        It is no table, or too large; in one sentence, what is wrong and what to do.
    """
    with _opened(path, sheet) as source:
        head = Head(path.name, source)
        body = [cells for _, cells in islice(source.rows(), head.first, head.first + PREVIEW_ROWS)]
        mapping = suggest_mapping(head.columns)
        problems = list(head.problems)
        if "name" not in mapping.values():
            problems.append("no column looks like names: choose it")
        wide = sum(is_ragged(cells, len(head.columns)) for cells in body)
        if wide:
            problems.append(f"{plural(wide, 'row')} of those shown with too many or too few cells")
        if isinstance(source, SheetRows):
            merged = sum(len(each) for top, each in source.merged_down.items() if top > head.first)
            if merged:
                problems.append(f"{plural(merged, 'merged cell range')} will be filled downwards")
            if source.unstored:
                cells_named = [name for row in source.unstored.values() for name in row.values()]
                problems.append(
                    f"{plural(len(cells_named), 'formula')} without a stored value, the first in"
                    f" {cells_named[0]}: open the file in a spreadsheet program and save it"
                )
        width = len(head.columns)
        return Preview(
            tuple(head.columns),
            tuple(tuple([*cells, *[""] * width][:width]) for cells in body),
            source.encoding,
            tuple(source.sheets) if isinstance(source, SheetRows) else (),
            source.sheet if isinstance(source, SheetRows) else None,
            mapping,
            tuple(problems),
        )


def suggest_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Return column to field by the names columns usually have, English and Chinese."""
    known: dict[str, tuple[str, ...]] = {
        "id": (*synonyms.NOUN_IDS["person"], *synonyms.IDS),
        **synonyms.FIELDS["person"],
        "address": (*synonyms.FIELDS["building"]["address"], *_ADDRESS),
        **_PARTS,
    }
    found: dict[str, str] = {}
    for name in REGISTER_FIELDS:
        left = [column for column in columns if column not in found]
        column = synonyms.find(left, (name, *known.get(name, ())))
        if column is not None:
            found[column] = name
    return found


def read_register(
    path: Path,
    mapping: Mapping[str, str],
    progress: Progress,
    sheet: str | None = None,
    today: date | None = None,
) -> RegisterRows:
    """Read and check all rows.

    Parameters
    ----------
    path : Path
        CSV or XLSX.
    mapping : mapping of str to str
        Column to one of `REGISTER_FIELDS`; several columns may be `address`, and are joined.
    progress : callable
        Told what goes on; it may raise to stop the work.
    sheet : str, optional
        Title of the sheet; the first with cells where not given.
    today : date, optional
        Nobody is born after it.

    Raises
    ------
    NotFoundError, InputError
        The file or the mapping cannot be used, or no row is right.
    """
    with _opened(path, sheet) as source:
        head = Head(path.name, source)
        places = _places(path.name, head.columns, mapping)
        own = frozenset(
            place for name, found in places.items() if name in OWN_FIELDS for place in found
        )
        columns = Columns(places, today or date.today())  # noqa: DTZ011 - the day here is meant
        checked = Checked(
            head, source, sorted({each for found in places.values() for each in found})
        )
        rows = islice(
            source.rows(own) if isinstance(source, SheetRows) else source.rows(), head.first, None
        )
        while part := list(islice(rows, _CHUNK)):
            progress(f"Reading {path.name}", 0.9 * source.part)
            columns.add(*checked.sound(part))
        progress(f"Reading {path.name}", 0.9)
        frame = columns.frame()
        refused = checked.refused + columns.refused
        frame, doubles = _without_duplicates(frame)
        refused += doubles
        refused.sort(key=_line_of)
        read = len(frame) + len(refused)
        if not len(frame):
            raise InputError(_nothing(path.name, read, refused))
        notes = [*head.problems, *checked.notes(), *columns.notes()]
        progress(f"Read {path.name}", 1.0)
        return RegisterRows(frame, refused, notes, read)


def _nothing(file: str, read: int, refused: list[tuple[int, str]]) -> str:
    if not read:
        return f"{file} has a header and no rows: export it again with data in it."
    reason = Counter(reason for _, reason in refused).most_common(1)[0][0]
    return (
        f"None of the {plural(read, 'row')} of {file} can be read, mostly because of this:"
        f" {reason}; check the columns chosen."
    )


@contextmanager
def _opened(path: Path, sheet: str | None) -> Iterator[TextRows | SheetRows]:
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}: check the path.") from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be opened ({error.strerror}): check its rights."
        ) from error
    if head == _OLD_WORKBOOK:
        raise InputError(
            f"{path.name} is an old or locked workbook: save it again as .xlsx, without a password."
        )
    if head != _WORKBOOK:
        yield TextRows(path)
        return
    source = SheetRows(path, sheet)
    try:
        yield source
    finally:
        source.close()


def _places(file: str, columns: list[str], mapping: Mapping[str, str]) -> dict[str, list[int]]:
    """Return field to places of its columns."""
    places: dict[str, list[int]] = {}
    for column, name in mapping.items():
        if name not in REGISTER_FIELDS:
            raise InputError(
                f"People have no field '{name}': use one of {', '.join(REGISTER_FIELDS)}."
            )
        if column not in columns:
            raise InputError(f"{file} has no column '{column}': it has {', '.join(columns)}.")
        places.setdefault(name, []).append(columns.index(column))
    for name, found in places.items():
        if len(found) > 1 and name != "address":
            raise InputError(f"Two columns of {file} are chosen for '{name}': choose one.")
        found.sort()
    if "name" not in places:
        raise InputError(f"No column of {file} is chosen for 'name': choose the one with names.")
    return places


def _without_duplicates(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
    """Keep the first row of each id and of each identity number."""
    refused: list[tuple[int, str]] = []
    kept = np.ones(len(frame), dtype=np.bool_)
    for name, words in (("identity_number", "identity number"), ("id", "id")):
        if name not in frame:
            continue
        column = frame[name]
        candidates = kept & column.notna().to_numpy()
        double = candidates & column.where(candidates).duplicated().to_numpy()
        if not double.any():
            continue
        again = column.isin(column[double]).to_numpy() & candidates & ~double
        first = dict(zip(column[again], frame.loc[again, "line"], strict=True))
        refused += [
            (line, f"has the {words} of row {first[value]}")
            for line, value in zip(frame.loc[double, "line"], column[double], strict=True)
        ]
        kept &= ~double
    return (frame if kept.all() else frame.loc[kept].reset_index(drop=True)), refused


def _line_of(refusal: tuple[int, str]) -> int:
    return refusal[0]
