"""Where everything lies on a printed map: worked out from the sheet's size and what is wanted on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mapdesk.formats.page import SHEETS, Box, PaperSize, body_of
from mapdesk.model.errors import InputError

ELEMENTS = ("title", "date", "purpose", "legend", "scale", "bar", "north", "watermark")
"""What may be left out of a sheet; the map, its sources and who printed it always stand there."""

USUAL = frozenset(ELEMENTS) - {"watermark"}
"""What a sheet has unless told otherwise; across a map with people the watermark always stands."""

DENSITY = 300
"""Dots an inch of a printed map."""

LEAST_SCALE, MOST_SCALE = 50, 1_000_000
"""Least and most that a plan's 1:n may be."""

_PANEL = 48.0
"""Millimetres across the column beside the map of an A4 sheet, and across a column of the strip below."""
_GAP = 5.0
LINE = 6.2
"""Millimetres from one line of the legend to the next."""
_SCALE_ROW = 17.0
"""Millimetres that scale, bar and north take."""
_SOURCES = 4.2
"""Millimetres of the line of sources under the map."""
_STRIP_ROWS = 6
"""Most lines of a legend below the map."""
OFFERED = (
    *(
        100,
        200,
        250,
        500,
        750,
        1000,
        1500,
        2000,
        2500,
        3000,
        4000,
        5000,
        7500,
        10_000,
        12_500,
        15_000,
    ),
    *(20_000, 25_000, 30_000, 40_000, 50_000, 75_000, 100_000),
)
"""Usual scales, 1:n."""


@dataclass(frozen=True, slots=True)
class SheetForm:
    """What a sheet looks like, whatever is on it.

    Parameters
    ----------
    size : "A4" or "A3"
    landscape : bool
    elements : frozenset of str
        Those of `ELEMENTS` that are wanted.
    """

    size: PaperSize = "A4"
    landscape: bool = True
    elements: frozenset[str] = USUAL

    @property
    def page(self) -> Box:
        """The whole sheet, millimetres."""
        short, long = SHEETS[self.size]
        return Box(0, 0, long, short) if self.landscape else Box(0, 0, short, long)

    @property
    def pixels(self) -> tuple[int, int]:
        """The whole sheet at `DENSITY`."""
        return dots(self.page.width), dots(self.page.height)


def with_what_is_there(form: SheetForm, purpose: str, scale: float | None) -> SheetForm:
    """Return a form without places for what there is nothing to say of."""
    empty = {"purpose"} if not purpose else set()
    if scale is None:
        empty.add("bar")
    return replace(form, elements=form.elements - empty)


def dots(millimetres: float) -> int:
    """Return how many dots a length takes at `DENSITY`."""
    return round(millimetres / 25.4 * DENSITY)


def scale_for(metres: tuple[float, float], box: Box) -> int:
    """Return the largest usual 1:n at which an area of that width and height fits into a box."""
    needed = max(metres[0] / box.width, metres[1] / box.height) * 1000
    for scale in OFFERED:
        if needed <= scale:
            return scale
    return min(math.ceil(needed / 100_000) * 100_000, MOST_SCALE)


def checked_scale(scale: float) -> float:
    """Return a 1:n that a plan can have.

    Raises
    ------
    InputError
        It is out of range.
    """
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise InputError(
            f"A plan can be printed at 1:{LEAST_SCALE} to 1:{MOST_SCALE:,}, not 1:{scale:,.6g}."
        )
    return scale


def arranged(form: SheetForm, lines: int) -> dict[str, Box]:
    """Return where each element lies, by name: "map", "sources" and those of `ELEMENTS` wanted.

    Parameters
    ----------
    form : SheetForm
    lines : int
        How many lines the legend has.
    """
    body = body_of(form.size, landscape=form.landscape)
    s = SHEETS[form.size][0] / SHEETS["A4"][0]
    wanted = form.elements
    boxes: dict[str, Box] = {}
    y = _arrange_head(boxes, wanted, body, s)
    measured = [name for name in ("scale", "bar", "north") if name in wanted]
    has_legend = "legend" in wanted and lines > 0
    height = body.bottom - y - _SOURCES * s
    width = body.width
    gap = _GAP * s
    if form.landscape:
        if has_legend or measured:
            width -= _PANEL * s + gap
        panel = Box(body.x + width + gap, y, _PANEL * s, body.bottom - y)
        low = _SCALE_ROW * s if measured else 0.0
        if has_legend:
            room = panel.height - low - (gap if measured else 0.0)
            boxes["legend"] = Box(panel.x, panel.y, panel.width, room)
        row = Box(panel.x, panel.bottom - low, panel.width, low)
    else:
        beside = _PANEL * s if measured else 0.0
        room = body.width - beside - (gap if measured else 0.0)
        columns = columns_in(room, s)
        rows = min(math.ceil(lines / columns), _STRIP_ROWS) + 1 if has_legend else 0
        low = max(rows * LINE, _SCALE_ROW if measured else 0.0) * s
        if low:
            height -= low + gap
        strip = Box(body.x, body.bottom - low, body.width, low)
        if has_legend:
            boxes["legend"] = Box(strip.x, strip.y, room, low)
        row = Box(strip.right - beside, strip.y, beside, min(low, _SCALE_ROW * s))
    boxes["map"] = Box(body.x, y, width, height)
    boxes["sources"] = Box(body.x, y + height, width, _SOURCES * s)
    if measured:
        _arrange_measures(boxes, wanted, row, s)
    return boxes


def columns_in(width: float, s: float) -> int:
    """Return how many columns of a legend a width has room for."""
    return max(int(width // (_PANEL * 0.8 * s)), 1)


def _arrange_head(boxes: dict[str, Box], wanted: frozenset[str], body: Box, s: float) -> float:
    """Place title, date and purpose; return where the map begins."""
    y = body.y
    beside = 52 * s if "date" in wanted else 0.0
    if "title" in wanted:
        boxes["title"] = Box(body.x, y, body.width - beside, 10 * s)
    if "date" in wanted:
        boxes["date"] = Box(body.right - beside, y, beside, 10 * s if "title" in wanted else 5 * s)
    if "title" in wanted or "date" in wanted:
        y = max(box.bottom for box in boxes.values())
    if "purpose" in wanted:
        boxes["purpose"] = Box(body.x, y, body.width, 5 * s)
        y += 5 * s
    return y + 2 * s if boxes else y


def _arrange_measures(boxes: dict[str, Box], wanted: frozenset[str], row: Box, s: float) -> None:
    """Place north, scale and bar in a row of their own."""
    north = 14 * s if "north" in wanted else 0.0
    if north:
        boxes["north"] = Box(row.right - north, row.y, north, row.height)
    room = row.width - north - (2 * s if north else 0.0)
    top = 7 * s if "scale" in wanted else 0.0
    if "scale" in wanted:
        boxes["scale"] = Box(row.x, row.y, room, 7 * s)
    if "bar" in wanted:
        boxes["bar"] = Box(row.x, row.y + top, room, 9 * s)
