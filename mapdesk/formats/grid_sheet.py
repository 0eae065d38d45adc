"""Print a `GridBook`: a sheet to hang on the wall, and the pages of its book."""

from __future__ import annotations

from pathlib import Path

from mapdesk.formats.doors import draw_doors
from mapdesk.formats.grid_book import GridBook, Responsible
from mapdesk.formats.map_sheet import round_down
from mapdesk.formats.page import ACCENT, HAIR, INK, POINT, QUIET, Box, PaperSize
from mapdesk.formats.pdf import Paper
from mapdesk.formats.pdf_charts import (
    WITHHELD,
    draw_heading,
    draw_pyramid,
    draw_shares,
    number,
)
from mapdesk.formats.pdf_tables import Column, draw_table
from mapdesk.formats.watermark import Watermark
from mapdesk.model.language import tr

_ASPECT = 4 / 3
"""Width by height of the map's place."""

_GAP = 6.0
"""Millimetres between the parts of an A4 sheet."""
_SOURCES, _MOST_SOURCES = 0.6, 5
"""Part of the map's width that the names of its sources take beside the scale, and most lines of them."""


def grid_sheet(path: Path, book: GridBook, watermark: Watermark, size: PaperSize = "A4") -> None:
    """Write the sheet of a grid and its book as one PDF, landscape.

    Parameters
    ----------
    path : Path
    book : GridBook
    watermark : Watermark
    size : "A4" or "A3"
        The sheet is drawn alike on both, larger on A3.

    Raises
    ------
    InputError, NotFoundError
        It cannot be written; nothing was. See `whole_file`.
    """
    with Paper(book.name, watermark, size, landscape=True) as paper:
        paper.new_page()
        _draw_sheet(paper, book)
        if book.buildings:
            _draw_buildings(paper, book)
        if book.doors:
            paper.new_page()
            y = _draw_title(paper, tr("Doors of {name}", name=book.name))
            draw_doors(paper, book.doors, y)
        paper.save(path)


def _draw_sheet(paper: Paper, book: GridBook) -> None:
    gap, body = _GAP * paper.scale, paper.body
    y = _draw_head(paper, book)
    low = 58 * paper.scale
    upper = body.bottom - low - gap - y
    map_box = Box(body.x, y, min(upper * _ASPECT, body.width * 0.56), upper)
    _draw_map(paper, book, map_box)
    x = map_box.right + gap
    figures = Box(x, y, body.right - x, 30 * paper.scale)
    _draw_figures(paper, book, figures)
    top = figures.bottom + gap * 0.5
    heading = Box(x, top, figures.width, 0)
    below = draw_heading(paper, heading, tr("Age and sex"))
    pyramid = Box(x, below + 1, figures.width, map_box.bottom - below - 1)
    draw_pyramid(paper, pyramid, book.pyramid)
    _draw_columns(paper, book, Box(body.x, body.bottom - low, body.width, low))


def _draw_head(paper: Paper, book: GridBook) -> float:
    """Draw name, chain, kind and code, and return where the sheet goes on."""
    body, scale = paper.body, paper.scale
    size = 22 * scale
    paper.text(body.x, body.y + 3 * scale, " › ".join(book.chain), 8.5 * scale, QUIET)
    baseline = body.y + 12.5 * scale
    code = paper.text(body.right, baseline, book.code, 12 * scale, QUIET, align="right")
    kind = tr(book.kind) if book.kind else ""
    paper.text(body.right, body.y + 3 * scale, kind, 8.5 * scale, QUIET, align="right")
    paper.text(body.x, baseline, book.name, size, INK, within=body.width - code - 6, strong=True)
    y = body.y + 16 * scale
    paper.rule(body.x, y, body.right, y, 1.2 * scale, ACCENT)
    return y + 4 * scale


def _draw_map(paper: Paper, book: GridBook, box: Box) -> None:
    size = 6.5 * paper.scale
    line = size * POINT * 1.4
    sources = paper.wrapped(book.picture.attribution, size, box.width * _SOURCES, _MOST_SOURCES)
    caption = size * POINT * 0.3 + line * max(len(sources), 1)
    place = Box(box.x, box.y, box.width, box.height - caption)
    covered = paper.picture(book.picture.png, place)
    paper.frame(covered, 0.6)
    _draw_north(paper, covered)
    baseline = covered.bottom + line
    if book.picture.metres:
        _draw_scale(paper, book, covered, baseline)
    for row, text in enumerate(sources):
        paper.text(covered.right, baseline + row * line, text, size, QUIET, align="right")


def _draw_north(paper: Paper, box: Box) -> None:
    """Draw an arrow with its N into the upper right corner of the map."""
    s = paper.scale
    x, y = box.right - 5 * s, box.y + 3 * s
    paper.bar(Box(x - 3 * s, y - 1 * s, 6 * s, 11 * s), (255, 255, 255))
    tip, left, right = (x, y), (x - 1.7 * s, y + 5 * s), (x + 1.7 * s, y + 5 * s)
    paper.shape([tip, left, (x, y + 3.9 * s), right], INK)
    paper.text(x, y + 8.6 * s, "N", 8 * s, INK, align="centre")


def _draw_scale(paper: Paper, book: GridBook, box: Box, baseline: float) -> None:
    """Draw a scale bar of a round length, about a fifth of the map."""
    metres = book.picture.metres or 1.0
    round_metres = round_down(metres / 4)
    width = box.width * round_metres / metres
    y, height = baseline - 1.6 * paper.scale, 1.2 * paper.scale
    paper.bar(Box(box.x, y, width / 2, height), INK)
    paper.frame(Box(box.x, y, width, height), 0.5, INK)
    said = f"{round_metres:g} m" if round_metres < 1000 else f"{round_metres / 1000:g} km"
    paper.text(box.x + width + 1.5, baseline, said, 6.5 * paper.scale, QUIET)


def _draw_figures(paper: Paper, book: GridBook, box: Box) -> None:
    """Draw eight key figures, four a row: the number large, what it is of small below."""
    figures = (
        (number(book.people_count), tr("People")),
        (number(book.households_count), tr("Households")),
        (number(book.units_count), tr("Units")),
        (number(book.buildings_count), tr("Buildings")),
        (number(book.organisations_count), tr("Organisations")),
        (number(book.cameras_count), tr("Cameras")),
        (number(book.hectares, 1), tr("Hectares")),
        (number(book.density), tr("People a hectare")),
    )
    width, height = box.width / 4, box.height / 2
    for place, (said, label) in enumerate(figures):
        right = box.x + (place % 4 + 1) * width
        y = box.y + place // 4 * height
        colour = ACCENT if place == 0 else INK
        paper.text(right, y + height * 0.47, said, 17 * paper.scale, colour, align="right")
        paper.text(
            right, y + height * 0.75, label, 7 * paper.scale, QUIET, align="right", within=width - 4
        )
    middle = box.y + height * 0.93
    paper.rule(box.x, middle, box.right, middle, 0.3, HAIR)


def _draw_columns(paper: Paper, book: GridBook, box: Box) -> None:
    """Draw what the grid is made of in six columns: who answers for it, and kinds of things."""
    since = book.incidents_since
    columns = (
        (tr("Household size"), book.household_sizes),
        (tr("Residence"), book.residence_kinds),
        (tr("Use of units"), book.unit_uses),
        (tr("Organisations"), book.organisations),
        (tr("Incidents, {since}", since=since) if since else tr("Incidents"), book.incidents),
    )
    gap = 5 * paper.scale
    width = (box.width - gap * len(columns)) / (len(columns) + 1)
    note = 4 * paper.scale if book.holds_back else 0.0
    _draw_workers(paper, book.workers, Box(box.x, box.y, width, box.height - note))
    for place, (title, shares) in enumerate(columns, start=1):
        column = Box(box.x + place * (width + gap), box.y, width, box.height - note)
        draw_shares(paper, column, title, shares)
    if book.holds_back:
        said = tr(
            "{sign} held back: fewer than 10, or one could work such a count out", sign=WITHHELD
        )
        paper.text(box.x, box.bottom, said, 6.5 * paper.scale, QUIET, within=box.width)


def _draw_workers(paper: Paper, workers: tuple[Responsible, ...], box: Box) -> None:
    size = 9 * paper.scale
    small = 7 * paper.scale
    step = (size + small) * POINT * 1.5
    y = draw_heading(paper, box, tr("Responsible"))
    for worker in workers[: int((box.bottom - y) // step)]:
        paper.text(box.x, y + size * POINT * 1.1, worker.name, size, within=box.width)
        role = tr(worker.role) if worker.role else ""
        said = " · ".join(part for part in (role, worker.phone) if part)
        baseline = y + (size * 1.1 + small * 1.35) * POINT
        paper.text(box.x, baseline, said, small, QUIET, within=box.width)
        y += step


def _draw_buildings(paper: Paper, book: GridBook) -> None:
    paper.new_page()
    y = _draw_title(paper, tr("Buildings of {name}", name=book.name))
    columns = (
        Column(tr("No."), 8, "right"),
        Column(tr("Name"), 44, lines=2),
        Column(tr("Address"), 64, lines=2),
        Column(tr("Use"), 22),
        Column(tr("Floors"), 13, "right"),
        Column(tr("Units"), 14, "right"),
        Column(tr("Households"), 18, "right"),
        Column(tr("People"), 15, "right"),
    )
    rows = (
        (
            f"{order:,}",
            each.name,
            each.address,
            tr(each.use) if each.use else "",
            "" if each.floors is None else number(each.floors),
            *(number(n) for n in (each.units, each.households, each.people)),
        )
        for order, each in enumerate(book.buildings, start=1)
    )
    draw_table(paper, columns, rows, y, 8.5 * paper.scale)


def _draw_title(paper: Paper, text: str) -> float:
    body, scale = paper.body, paper.scale
    paper.text(body.x, body.y + 5 * scale, text, 15 * scale, within=body.width, strong=True)
    return body.y + 10 * scale
