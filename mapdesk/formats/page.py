"""A page of paper in millimetres, whatever it is drawn with: its measures, breaking of lines, its foot.

One typeface, the desk's own; hierarchy comes from size, grey and white, with a stroke for what must
stand out. Positions are in millimetres from the top left corner, sizes of type in points; `y` of a text
is its baseline.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from mapdesk.formats.watermark import Watermark

Align = Literal["left", "right", "centre"]
PaperSize = Literal["A4", "A3"]
Colour = tuple[int, int, int]

INK: Colour = (28, 32, 36)
QUIET: Colour = (104, 110, 116)
HAIR: Colour = (196, 200, 204)
PALE: Colour = (240, 242, 244)
ACCENT: Colour = (24, 84, 120)
FAINT: Colour = (239, 241, 243)
"""Grey of the watermark behind a page: it survives a copier and does not hinder reading."""

POINT = 25.4 / 72
"""Millimetres of a point."""

SHEETS: dict[PaperSize, tuple[float, float]] = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
"""Millimetres of the short and the long edge (ISO 216)."""

FOOT = 18.0
"""Millimetres at the foot of an A4 page, its margin among them, for watermark and page number."""

MARGIN = 12.0
"""Millimetres left free around an A4 page."""

_TOKENS = re.compile(
    # A run of Latin letters or digits keeps together, and closing marks and the
    # stars of a masked name stay with what they follow.
    r"(?:[!-~]+|[^\s])[，。、；：！？）》”’*]*|\s+"
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


def body_of(size: PaperSize, *, landscape: bool) -> Box:
    """Return what margins and foot leave of a page."""
    short, long = SHEETS[size]
    scale = short / SHEETS["A4"][0]
    wide, high = (long, short) if landscape else (short, long)
    margin = MARGIN * scale
    return Box(margin, margin, wide - 2 * margin, high - margin - FOOT * scale)


class Page(ABC):
    """What pages of every kind have in common.

    Parameters
    ----------
    title : str
        Small at the foot of every page.
    watermark : Watermark
        Its line stands at the foot of every page.
    size : "A4" or "A3"
    landscape : bool
    """

    def __init__(
        self, title: str, watermark: Watermark, size: PaperSize, *, landscape: bool
    ) -> None:
        self.title, self.watermark = title, watermark
        short, long = SHEETS[size]
        self.scale = short / SHEETS["A4"][0]
        """How much larger than A4 the sheet is: 1 for A4, 1.41 for A3."""
        self.wide, self.high = (long, short) if landscape else (short, long)
        self.margin = MARGIN * self.scale
        self.body = body_of(size, landscape=landscape)
        """What margins and foot leave of a page."""

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: Colour = INK,
        *,
        align: Align = "left",
        within: float | None = None,
        strong: bool = False,
    ) -> float:
        """Draw one line and return its width.

        Parameters
        ----------
        x, y : float
            Where it begins, ends or is centred, by `align`, and its baseline.
        text : str
        size : float
            Points.
        align : "left", "right" or "centre"
        within : float, optional
            Millimetres it may take; what is longer ends in "…".
        strong : bool
            With a stroke round its outlines.
        """
        shown = self.clean(text)
        if within is not None:
            shown = self.shortened(shown, size, within)
        width = self.width(shown, size)
        x -= {"left": 0.0, "centre": width / 2, "right": width}[align]
        self._set_text(x, y, shown, size, colour, strong=strong)
        return width

    @abstractmethod
    def _set_text(
        self, x: float, y: float, text: str, size: float, colour: Colour, *, strong: bool
    ) -> None:
        """Draw a clean line that begins at `x` on the baseline `y`."""

    @abstractmethod
    def clean(self, text: str) -> str:
        """Return a text on one line, fit to be drawn."""

    @abstractmethod
    def width(self, text: str, size: float) -> float:
        """Return the millimetres a text takes."""

    @abstractmethod
    def rule(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        points: float = 0.5,
        colour: Colour = HAIR,
    ) -> None:
        """Draw a straight line `points` thick."""

    @abstractmethod
    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle; one without width leaves no hair line."""

    @abstractmethod
    def frame(self, box: Box, points: float = 0.5, colour: Colour = HAIR) -> None:
        """Draw the edge of a rectangle."""

    @abstractmethod
    def shape(self, corners: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""

    @abstractmethod
    def picture(self, png: bytes, box: Box) -> Box:
        """Put a PNG into a box, whole and undistorted, at its top left, and return what it covers."""

    def shortened(self, text: str, size: float, within: float) -> str:
        """Return a text cut so that it fits, with "…" where something is gone."""
        if self.width(text, size) <= within:
            return text
        room = within - self.width("…", size)
        for count in range(len(text) - 1, 0, -1):
            if self.width(text[:count].rstrip(), size) <= room:
                return text[:count].rstrip() + "…"
        return "…" if room >= 0 else ""

    def wrapped(self, text: str, size: float, width: float, most: int) -> list[str]:
        """Return a text in lines that fit: Chinese breaks anywhere, Latin between words.

        A word longer than a line is broken inside; closing marks never begin a line; what does not fit
        into `most` lines ends in "…".
        """
        lines: list[str] = []
        rest = self.clean(text)
        while rest and len(lines) < most - 1:
            count = self._fitting(rest, size, width)
            lines.append(rest[:count].rstrip())
            rest = rest[count:].lstrip()
        if rest:
            lines.append(self.shortened(rest, size, width))
        return lines

    def _fitting(self, text: str, size: float, width: float) -> int:
        """Return how many characters go into one line."""
        count, taken = 0, 0.0
        for token in _TOKENS.findall(text):
            needed = self.width(token, size)
            if taken + needed > width + 1e-6 and not token.isspace():
                break
            taken += needed
            count += len(token)
        if count:
            return count
        while count < len(text) and self.width(text[: count + 1], size) <= width:
            count += 1
        return max(count, 1)

    def draw_foot(self, number: int, pages: int) -> None:
        """Draw the watermark in up to two lines, the title and the number of the page."""
        size = 7 * self.scale
        step = size * POINT * 1.3
        left, right = self.margin, self.wide - self.margin
        top = self.body.bottom + 3 * self.scale
        self.rule(left, top, right, top)
        y = top + step
        taken = self.text(right, y, f"{number} / {pages}", size, QUIET, align="right")
        room = right - left - taken - 12
        place = right - taken - 6
        title = self.text(place, y, self.title, size, QUIET, align="right", within=room * 0.25)
        for line in self.wrapped(self.watermark.line, size, room - title, 2):
            self.text(left, y, line, size, QUIET)
            y += step
