"""Pages of a PDF: text, rules, bars and pictures in millimetres, with the watermark on every page.

The typeface is embedded and cut to the characters used.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import io
import struct
from pathlib import Path
from typing import Self

from mapdesk.formats.page import FAINT, HAIR, POINT, Box, Colour, Page, PaperSize
from mapdesk.formats.watermark import Watermark, one_line
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.language import LANGUAGE

MISSING = "〓"
"""Printed for a character the font lacks, as Chinese and Japanese printers do."""

_FACE = "desk"
_DENSITY = 216
"""Dots an inch of a picture in print; more only make the file larger."""


def typeface() -> contextlib.AbstractContextManager[Path]:
    """Return a context that gives the file of the typeface."""
    font = importlib.resources.files("mapdesk_data") / "fonts" / "NotoSansCJKsc-GBK.otf"
    return importlib.resources.as_file(font)


class Paper(Page):
    """A document being printed: a context that holds the font open. One thread.

    Parameters
    ----------
    title : str
        In the document's properties, and small at the foot of every page.
    watermark : Watermark
        Its line stands at the foot of every page, user and time pale behind it.
    size : "A4" or "A3"
    landscape : bool
    density : int
        Dots an inch that pictures are reduced to where they have more.
    """

    def __init__(
        self,
        title: str,
        watermark: Watermark,
        size: PaperSize = "A4",
        *,
        landscape: bool = False,
        density: int = _DENSITY,
    ) -> None:
        from fpdf import FPDF
        from fpdf.fonts import TTFFont

        super().__init__(title, watermark, size, landscape=landscape)
        self._pdf = FPDF("landscape" if landscape else "portrait", "mm", size)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.oversized_images = "DOWNSCALE"
        # It takes any number of dots a point; its annotation says whole ones.
        self._pdf.oversized_images_ratio = density / 72  # type: ignore[assignment]
        self._open = contextlib.ExitStack()
        self._pdf.add_font(_FACE, fname=self._open.enter_context(typeface()))
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._open.close()

    @property
    def pages(self) -> int:
        """Pages begun so far."""
        return len(self._pdf.pages)

    def new_page(self, *, marked: bool = True) -> None:
        """Begin a page, with user and time pale across it unless something else there says them."""
        self._pdf.add_page()
        if not marked:
            return
        said = f"{self.watermark.user}  {self.watermark.at:%Y-%m-%d %H:%M}"
        for row in range(3):
            for column in range(2):
                x = self.wide * (0.08 + 0.5 * column)
                y = self.high * (0.3 + 0.31 * row)
                with self._pdf.rotation(25, x, y):
                    self.text(x, y, said, 22 * self.scale, FAINT)

    def _set_text(
        self, x: float, y: float, text: str, size: float, colour: Colour, *, strong: bool
    ) -> None:
        self._pdf.set_font_size(size)
        self._pdf.set_text_color(*colour)
        if strong:
            from fpdf.enums import TextMode

            with self._pdf.local_context(text_mode=TextMode.FILL_STROKE, line_width=size * 0.026):
                self._pdf.set_draw_color(*colour)
                self._pdf.text(x, y, text)
        else:
            self._pdf.text(x, y, text)

    def clean(self, text: str) -> str:
        """Return a text on one line with `MISSING` for what the font lacks."""
        known = self._known
        return "".join(each if ord(each) in known else MISSING for each in one_line(text))

    def width(self, text: str, size: float) -> float:
        """Return the millimetres a text takes."""
        total = 0.0
        for each in text:
            if each not in self._widths:
                self._widths[each] = self._pdf.fonts[_FACE].get_text_width(each, 1, None)[1] * POINT
            total += self._widths[each]
        return total * size

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
            self.draw_foot(number, self.pages)
        with whole_file(path) as part:
            part.write_bytes(bytes(self._pdf.output()))
