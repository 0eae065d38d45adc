"""Pages on paper: text, rules, bars and pictures in millimetres, with the watermark on every page.

One typeface, the desk's own, embedded and cut to the characters used; hierarchy comes from size, grey
and white, with a stroke for what must stand out. Positions are in millimetres from the top left corner,
sizes of type in points; `y` of a text is its baseline.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import io
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from mapdesk.formats.watermark import Watermark
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.language import LANGUAGE

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

MISSING = "〓"
"""Printed for a character the font lacks, as Chinese and Japanese printers do."""

FOOT = 18.0
"""Millimetres at the foot of an A4 page, its margin among them, for watermark and page number."""

_FACE = "desk"
_DENSITY = 3
"""Dots a point of a picture in print, 216 an inch; more only make the file larger."""


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


class Paper:
    """A document being printed: a context that holds the font open. One thread.

    Parameters
    ----------
    title : str
        In the document's properties, and small at the foot of every page.
    watermark : Watermark
        Its line stands at the foot of every page, user and time pale behind it.
    size : "A4" or "A3"
    landscape : bool
    """

    def __init__(
        self, title: str, watermark: Watermark, size: PaperSize = "A4", *, landscape: bool = False
    ) -> None:
        self._pdf = FPDF("landscape" if landscape else "portrait", "mm", size)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.oversized_images = "DOWNSCALE"
        self._pdf.oversized_images_ratio = _DENSITY
        font = importlib.resources.files("mapdesk_data") / "fonts" / "NotoSansCJKsc-GBK.otf"
        self._open = contextlib.ExitStack()
        path = self._open.enter_context(importlib.resources.as_file(font))
        self._pdf.add_font(_FACE, fname=path)
        # fpdf2 reads glyphs when it writes, and leaves the font's file open.
        face = self._pdf.fonts[_FACE]
        if isinstance(face, TTFFont):
            self._open.callback(face.ttfont.close)
        self._pdf.set_font(_FACE, size=9)
        self._known = frozenset(self._pdf.fonts[_FACE].cw)
        self._widths: dict[str, float] = {}
        self._pdf.set_title(title)
        self._pdf.set_creation_date(watermark.at.astimezone())
        self._pdf.set_producer("mapdesk")
        self._pdf.set_lang("zh-CN" if LANGUAGE.code.startswith("zh") else "en")
        self._title = title
        self._watermark = watermark
        self.margin = 12.0 * self.scale

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._open.close()

    @property
    def scale(self) -> float:
        """How much larger than A4 the sheet is: 1 for A4, 1.41 for A3."""
        return float(min(self._pdf.w, self._pdf.h) / 210.0)

    @property
    def body(self) -> Box:
        """What margins and foot leave of a page."""
        width = self._pdf.w - 2 * self.margin
        height = self._pdf.h - self.margin - FOOT * self.scale
        return Box(self.margin, self.margin, width, height)

    @property
    def pages(self) -> int:
        """Pages begun so far."""
        return len(self._pdf.pages)

    def new_page(self) -> None:
        """Begin a page, with user and time pale across it."""
        self._pdf.add_page()
        said = f"{self._watermark.user}  {self._watermark.at:%Y-%m-%d %H:%M}"
        for row in range(3):
            for column in range(2):
                x = self._pdf.w * (0.08 + 0.5 * column)
                y = self._pdf.h * (0.3 + 0.31 * row)
                with self._pdf.rotation(25, x, y):
                    self.text(x, y, said, 22 * self.scale, FAINT)

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
        """Print one line and return its width.

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
        self._pdf.set_font_size(size)
        self._pdf.set_text_color(*colour)
        if strong:
            with self._pdf.local_context(text_mode=TextMode.FILL_STROKE, line_width=size * 0.026):
                self._pdf.set_draw_color(*colour)
                self._pdf.text(x, y, shown)
        else:
            self._pdf.text(x, y, shown)
        return width

    def clean(self, text: str) -> str:
        """Return a text on one line with `MISSING` for what the font lacks."""
        line = " ".join(text.split())
        return "".join(each if ord(each) in self._known else MISSING for each in line)

    def width(self, text: str, size: float) -> float:
        """Return the millimetres a text takes."""
        total = 0.0
        for each in text:
            if each not in self._widths:
                self._widths[each] = self._pdf.fonts[_FACE].get_text_width(each, 1, None)[1] * POINT
            total += self._widths[each]
        return total * size

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
        self._pdf.set_line_width(points * POINT)
        self._pdf.set_draw_color(*colour)
        self._pdf.line(x1, y1, x2, y2)

    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle; one without width leaves no hair line."""
        if not box.width:
            return
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(box.x, box.y, box.width, box.height, style="F")

    def frame(self, box: Box, points: float = 0.5, colour: Colour = HAIR) -> None:
        """Draw the edge of a rectangle."""
        self._pdf.set_line_width(points * POINT)
        self._pdf.set_draw_color(*colour)
        self._pdf.rect(box.x, box.y, box.width, box.height, style="D")

    def shape(self, corners: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        self._pdf.set_fill_color(*colour)
        self._pdf.polygon(corners, style="F")

    def picture(self, png: bytes, box: Box) -> Box:
        """Put a PNG into a box, whole and undistorted, at its top left, and return what it covers."""
        wide, high = struct.unpack(">II", png[16:24])
        by = min(box.width / wide, box.height / high)
        width, height = wide * by, high * by
        covered = Box(box.x, box.y, width, height)
        self._pdf.image(io.BytesIO(png), covered.x, covered.y, covered.width, covered.height)
        return covered

    def save(self, path: Path) -> None:
        """Number the pages and write the file, whole or not at all.

        Raises
        ------
        InputError, NotFoundError
            See `whole_file`.
        """
        for number in range(1, self.pages + 1):
            self._pdf.page = number
            # The library knows the size of the last text it set, not that of the last on this page.
            self._pdf.current_font_is_set_on_page = False
            self._draw_foot(number)
        with whole_file(path) as part:
            part.write_bytes(bytes(self._pdf.output()))

    def _draw_foot(self, number: int) -> None:
        """Draw the watermark in up to two lines, the title and the number of the page."""
        size = 7 * self.scale
        step = size * POINT * 1.3
        left, right = self.margin, self._pdf.w - self.margin
        top = self.body.bottom + 3 * self.scale
        self.rule(left, top, right, top)
        y = top + step
        pages = self.text(right, y, f"{number} / {self.pages}", size, QUIET, align="right")
        room = right - left - pages - 12
        place = right - pages - 6
        title = self.text(place, y, self._title, size, QUIET, align="right", within=room * 0.25)
        for line in self.wrapped(self._watermark.line, size, room - title, 2):
            self.text(left, y, line, size, QUIET)
            y += step
