"""A door list: one row a door, in the order someone walks, with a box to tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mapdesk.analysis.walking import door_key, short_walk
from mapdesk.formats.page import QUIET
from mapdesk.formats.pdf import Paper
from mapdesk.formats.pdf_tables import TICK, Column, draw_table
from mapdesk.formats.watermark import Watermark
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr

Place = tuple[float, float]

SUFFIXES = (".pdf", ".xlsx")
"""What a door list can be written as."""


@dataclass(frozen=True, slots=True)
class Door:
    """One door to knock at.

    Parameters
    ----------
    building_id : str
    building : str
        What it is called on paper: its name, its address, or both.
    stair, room : str or None
    floor : int or None
    people : int
        Who live behind it.
    names : tuple of str
        Theirs, masked or not as the watermark says.
    ask : str
        What to ask there.
    """

    building_id: str
    building: str
    stair: str | None
    floor: int | None
    room: str | None
    people: int
    names: tuple[str, ...] = ()
    ask: str = ""


def in_walking_order(
    doors: Sequence[Door], places: Mapping[str, Place], start: Place | None = None
) -> list[Door]:
    """Return doors building by building along a short walk, inside each by stair, floor and room.

    Parameters
    ----------
    doors : sequence of Door
    places : mapping of str to tuple of float
        Centroid of each building by id, metres; a building that is not in it comes last.
    start : tuple of float, optional
        Where the walk sets out, metres; without it from the south-west corner.
    """
    buildings = sorted({door.building_id for door in doors})
    points = np.array([places.get(each, (np.nan, np.nan)) for each in buildings], dtype=np.float64)
    walk = short_walk(points.reshape(-1, 2), start)
    turn = {buildings[index]: number for number, index in enumerate(walk.tolist())}
    return sorted(
        doors,
        key=lambda door: (turn[door.building_id], door_key(door.stair, door.floor, door.room)),
    )


def door_list(path: Path, doors: Sequence[Door], title: str, watermark: Watermark) -> None:
    """Write a door list as PDF or XLSX, by the suffix.

    Parameters
    ----------
    path : Path
        Its suffix is one of `SUFFIXES`.
    doors : sequence of Door
        In the order they are to be visited; see `in_walking_order`.
    title : str
        What the list is of: "Turns 80 within 60 days".
    watermark : Watermark

    Raises
    ------
    InputError, NotFoundError
        No such format, or it cannot be written; nothing was. See `whole_file`.
    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        _as_pdf(path, doors, title, watermark)
    elif suffix == ".xlsx":
        _as_workbook(path, doors, title, watermark)
    else:
        raise InputError(
            f"{path.name}: a door list is written as {' or '.join(SUFFIXES)}; end the name with one."
        )


def draw_doors(paper: Paper, doors: Sequence[Door], y: float) -> float:
    """Draw the table of doors from `y` down and return where it ends."""
    heads = _heads()
    columns = (
        Column(heads[0], 5 + len(f"{len(doors):,}"), "right"),
        Column(heads[1], 44, lines=2),
        Column(heads[2], 9, "centre"),
        Column(heads[3], 8, "right"),
        Column(heads[4], 12, "right"),
        Column(heads[5], 10, "right"),
        Column(heads[6], 42, lines=3),
        Column(heads[7], 38, lines=3),
        Column(heads[8], 9, "centre"),
    )
    rows = (
        (f"{order:,}", *(_shown(value) for value in _values(door)), TICK)
        for order, door in enumerate(doors, start=1)
    )
    return draw_table(paper, columns, rows, y, 8.5 * paper.scale, repeated=1)


def _as_pdf(path: Path, doors: Sequence[Door], title: str, watermark: Watermark) -> None:
    with Paper(title, watermark) as paper:
        paper.new_page()
        body = paper.body
        paper.text(body.x, body.y + 5, title, 16, within=body.width, strong=True)
        buildings = len({door.building_id for door in doors})
        summary = tr(
            "{doors} doors in {buildings} buildings, {people} people, in walking order",
            doors=f"{len(doors):,}",
            buildings=f"{buildings:,}",
            people=f"{sum(door.people for door in doors):,}",
        )
        paper.text(body.x, body.y + 11, summary, 9, QUIET)
        draw_doors(paper, doors, body.y + 16)
        paper.save(path)


def _as_workbook(path: Path, doors: Sequence[Door], title: str, watermark: Watermark) -> None:
    from mapdesk.formats.workbook import open_sheet, text_width

    heads = _heads()
    rows = [(order, *_values(door), "") for order, door in enumerate(doors, start=1)]
    widths = [
        text_width([head, *(_shown(row[number]) for row in rows)])
        for number, head in enumerate(heads)
    ]
    with (
        whole_file(path) as part,
        open_sheet(part, tr("Door list"), heads, widths, f"{title} · {watermark.line}") as append,
    ):
        for row in rows:
            append(row)


def _heads() -> tuple[str, ...]:
    return (
        tr("No."),
        tr("Building"),
        tr("Stair"),
        tr("Floor"),
        tr("Room"),
        tr("People"),
        tr("Names"),
        tr("To ask"),
        tr("Done"),
    )


def _values(door: Door) -> tuple[str | int | None, ...]:
    names = "、".join(door.names)
    return (door.building, door.stair, door.floor, door.room, door.people, names, door.ask)


def _shown(value: str | int | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else value
