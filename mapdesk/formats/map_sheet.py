"""A map on a sheet of paper: title, map, legend, scale, north, date, purpose, sources.

It is drawn on any `Page`: a PDF's, or one on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mapdesk.formats import sheet_layout
from mapdesk.formats.page import ACCENT, HAIR, INK, POINT, QUIET, Box, Colour, Page
from mapdesk.formats.pdf import Paper
from mapdesk.formats.sheet_layout import LINE, SheetForm, arranged, columns_in
from mapdesk.formats.watermark import Watermark
from mapdesk.model.language import tr
from mapdesk.model.legend import LegendEntry

_LEAST_LINE = 0.62
"""Part of their size that the lines of a long legend are brought down to, before any is left out."""


@dataclass(frozen=True, slots=True)
class MapSheet:
    """What is on a sheet.

    Parameters
    ----------
    form : SheetForm
    title : str
    purpose : str
        What it was printed for; empty where nothing is said.
    date : str
        As the user writes dates.
    scale : float or None
        n of 1:n; None where the view is oblique and nothing can be measured.
    bearing : float
        Degrees clockwise from north of what is up on the map.
    sources : str
        Attribution of everything shown.
    legend : tuple of LegendEntry
    """

    form: SheetForm
    title: str
    purpose: str
    date: str
    scale: float | None
    bearing: float
    sources: str
    legend: tuple[LegendEntry, ...] = ()


def write_pdf(path: Path, sheet: MapSheet, picture: bytes, watermark: Watermark) -> None:
    """Write a sheet as a PDF of one page.

    Parameters
    ----------
    picture : bytes
        The map as PNG, of the aspect of its box.

    Raises
    ------
    InputError, NotFoundError
        It cannot be written; nothing was. See `whole_file`.
    """
    form = sheet.form
    with Paper(
        sheet.title, watermark, form.size, landscape=form.landscape, density=sheet_layout.DENSITY
    ) as paper:
        paper.new_page(marked=False)

        def put(box: Box) -> None:
            paper.picture(picture, box)

        draw_sheet(paper, sheet, put)
        paper.save(path)


def draw_sheet(page: Page, sheet: MapSheet, put_map: Callable[[Box], None]) -> None:
    """Draw a sheet without its foot.

    Parameters
    ----------
    put_map : callable
        Draws the map into the box it is given.
    """
    boxes = arranged(sheet.form, len(sheet.legend))
    s = page.scale
    put_map(boxes["map"])
    page.frame(boxes["map"], 0.7, QUIET)
    _draw_sources(page, sheet.sources, boxes["sources"])
    if "title" in boxes:
        box = boxes["title"]
        title = sheet.title or " "
        page.text(box.x, box.y + 7.4 * s, title, 20 * s, within=box.width, strong=True)
    if "date" in boxes:
        box = boxes["date"]
        baseline = box.bottom - (2.6 if "title" in boxes else 1.4) * s
        page.text(
            box.right, baseline, sheet.date, 9.5 * s, QUIET, align="right", within=box.width - 2 * s
        )
    if "purpose" in boxes and sheet.purpose:
        box = boxes["purpose"]
        said = tr("For: {purpose}", purpose=sheet.purpose)
        page.text(box.x, box.y + 3.2 * s, said, 9.5 * s, ACCENT, within=box.width)
    if "legend" in boxes:
        _draw_legend(page, sheet.legend, boxes["legend"])
    if "scale" in boxes:
        _draw_scale(page, sheet.scale, boxes["scale"])
    if "bar" in boxes and sheet.scale is not None:
        _draw_bar(page, sheet.scale, boxes["bar"])
    if "north" in boxes:
        _draw_north(page, sheet.bearing, boxes["north"])


def _draw_sources(page: Page, sources: str, box: Box) -> None:
    """Print the sources, smaller where they would not fit: none is left out for want of room."""
    size = 6.5 * page.scale
    taken = page.width(page.clean(sources), size)
    if taken > box.width:
        size = max(size * box.width / taken, 3.5 * page.scale)
    page.text(
        box.right, box.y + 3.0 * page.scale, sources, size, QUIET, align="right", within=box.width
    )


def _draw_legend(page: Page, entries: tuple[LegendEntry, ...], box: Box) -> None:
    s, step = page.scale, LINE * page.scale
    page.text(box.x, box.y + 3.6 * s, tr("Legend"), 10 * s, strong=True)
    page.rule(box.x, box.y + 5.2 * s, box.right, box.y + 5.2 * s, 0.5 * s, HAIR)
    top = box.y + step + 0.6 * s
    columns = columns_in(box.width, s)
    widest = max((_entry_width(page, entry, s) for entry in entries), default=0.0)
    most = int((box.bottom - top) / step / _LEAST_LINE)
    is_narrow = len(entries) > most * columns
    if is_narrow and widest * _LEAST_LINE <= box.width / (columns + 1):
        columns += 1
    width = box.width / columns
    wanted = math.ceil(len(entries) / columns)
    by = min(max((box.bottom - top) / step / max(wanted, 1), _LEAST_LINE), 1.0)
    if is_narrow:
        by = max(min(by, width / widest), _LEAST_LINE)
    step *= by
    rows = max(int((box.bottom - top) / step + 1e-6), 1)
    room = rows * columns
    shown = entries if len(entries) <= room else entries[: room - 1]
    for place, entry in enumerate(shown):
        line = Box(box.x + place // rows * width, top + place % rows * step, width, step)
        _draw_entry(page, entry, line, s * by)
    if len(shown) < len(entries):
        said = tr("and {count} more", count=len(entries) - len(shown))
        x, y = box.x + (columns - 1) * width, top + (rows - 1) * step
        page.text(x + 9 * s, y + 4.0 * s * by, said, 8 * s * by, QUIET, within=width - 9 * s)


def _entry_width(page: Page, entry: LegendEntry, s: float) -> float:
    """Return how wide a line of a legend is: its sign and its text."""
    return 11.5 * s + page.width(page.clean(entry.text), 8.5 * s)


def _draw_entry(page: Page, entry: LegendEntry, line: Box, s: float) -> None:
    baseline = line.y + 4.0 * s
    if entry.sign == "heading":
        page.text(line.x, baseline, entry.text, 8.5 * s, QUIET, within=line.width - 2 * s)
        return
    middle = line.y + 2.9 * s
    sign = Box(line.x, middle - 1.7 * s, 6.5 * s, 3.4 * s)
    if entry.sign == "picture":
        side = 4.8 * s
        page.picture(
            entry.png, Box(sign.x + (sign.width - side) / 2, middle - side / 2, side, side)
        )
    elif entry.sign == "line":
        colour = colour_of(entry.colour)
        if entry.width:
            page.rule(sign.x, middle, sign.right, middle, 0.75 * entry.width * s, colour)
        else:
            page.rule(sign.x, middle, sign.right, middle, 4.4 * s, (150, 146, 138))
            page.rule(sign.x, middle, sign.right, middle, 3.4 * s, colour)
    elif entry.sign == "dot":
        page.shape(_disc(sign.x + sign.width / 2, middle, 1.3 * s), colour_of(entry.colour))
    else:
        page.bar(sign, colour_of(entry.colour))
        page.frame(sign, 0.4 * s, QUIET)
    page.text(line.x + 9 * s, baseline, entry.text, 8.5 * s, within=line.width - 11 * s)


def _draw_scale(page: Page, scale: float | None, box: Box) -> None:
    s = page.scale
    if scale is None:
        page.text(box.x, box.y + 4.6 * s, tr("Not to scale"), 10 * s, within=box.width)
        return
    page.text(box.x, box.y + 4.6 * s, scale_text(scale), 12 * s, within=box.width, strong=True)


def scale_text(scale: float) -> str:
    """Return a scale as it is read: "1 : 2,000"."""
    return f"1 : {scale:,.0f}"


def _draw_bar(page: Page, scale: float, box: Box) -> None:
    """Draw a bar of a round length in two halves, dark and light, with its lengths above."""
    s = page.scale
    length = round_down((box.width - 7 * s) * scale / 1000)
    width = length * 1000 / scale
    y, height = box.y + 4.4 * s, 1.6 * s
    page.bar(Box(box.x, y, width / 2, height), INK)
    page.frame(Box(box.x, y, width, height), 0.6 * s, INK)
    unit = "m" if length < 1000 else "km"
    by = 1 if length < 1000 else 1000
    size = 7.5 * s
    page.text(box.x, y - 1.0 * s, "0", size, QUIET)
    middle = f"{length / 2 / by:g}"
    page.text(box.x + width / 2, y - 1.0 * s, middle, size, QUIET, align="centre")
    end = page.width(f"{length / by:g}", size) / 2
    page.text(box.x + width - end, y - 1.0 * s, f"{length / by:g} {unit}", size, QUIET)


def round_down(value: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten up to a value above 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(max(step * power for step in (1, 2, 5) if step * power <= value * (1 + 1e-9)))


def _draw_north(page: Page, bearing: float, box: Box) -> None:
    """Draw an arrow to the north with its N, turned as the map is."""
    s = page.scale
    x, y = box.x + box.width / 2, box.y + box.height / 2
    turn = math.radians(-bearing)
    along, across = (math.sin(turn), -math.cos(turn)), (math.cos(turn), math.sin(turn))

    def at(ahead: float, aside: float) -> tuple[float, float]:
        return (
            x + (along[0] * ahead + across[0] * aside) * s,
            y + (along[1] * ahead + across[1] * aside) * s,
        )

    page.shape([at(3.4, 0), at(-5.2, -2.4), at(-3.2, 0)], INK)
    page.shape([at(3.4, 0), at(-5.2, 2.4), at(-3.2, 0)], (150, 156, 162))
    letter = at(5.6, 0)
    size = 9 * s
    page.text(letter[0], letter[1] + size * POINT * 0.36, "N", size, align="centre", strong=True)


def _disc(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    angles = [math.tau * step / 24 for step in range(24)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def colour_of(text: str) -> Colour:
    """Return "#rrggbb" as numbers."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
