"""A sheet drawn with Qt: on the screen while it is composed, and as a picture of 300 dots an inch."""

from __future__ import annotations

import struct

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from mapdesk.formats import sheet_layout
from mapdesk.formats.map_sheet import MapSheet, draw_sheet
from mapdesk.formats.page import HAIR, POINT, Box, Colour, Page
from mapdesk.formats.watermark import Watermark, one_line

_EM = 200
"""Pixels of the letters that are measured and drawn smaller: widths are then even."""


class PaintedPage(Page):
    """A page painted by a `QPainter` whose unit is a millimetre.

    Parameters
    ----------
    painter : QPainter
        Scaled so that a unit is a millimetre of paper; it stays the caller's.
    sheet : MapSheet
    watermark : Watermark
    """

    def __init__(self, painter: QPainter, sheet: MapSheet, watermark: Watermark) -> None:
        form = sheet.form
        super().__init__(sheet.title, watermark, form.size, landscape=form.landscape)
        self._painter = painter
        self._font = QFont()
        self._font.setPixelSize(_EM)
        self._metrics = QFontMetricsF(self._font)

    def _set_text(
        self, x: float, y: float, text: str, size: float, colour: Colour, *, strong: bool
    ) -> None:
        path = QPainterPath()
        path.addText(QPointF(0, 0), self._font, text)
        painter = self._painter
        painter.save()
        painter.translate(x, y)
        by = size * POINT / _EM
        painter.scale(by, by)
        painter.fillPath(path, QColor(*colour))
        if strong:
            painter.strokePath(path, QPen(QColor(*colour), _EM * 0.026))
        painter.restore()

    def clean(self, text: str) -> str:
        """Return a text on one line."""
        return one_line(text)

    def width(self, text: str, size: float) -> float:
        """Return the millimetres a text takes."""
        return self._metrics.horizontalAdvance(text) * size * POINT / _EM

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
        self._painter.setPen(_pen(colour, points))
        self._painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))

    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""
        self._painter.fillRect(_rect(box), QColor(*colour))

    def frame(self, box: Box, points: float = 0.5, colour: Colour = HAIR) -> None:
        """Draw the edge of a rectangle."""
        self._painter.setPen(_pen(colour, points))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(_rect(box))

    def shape(self, corners: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(*colour))
        self._painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))

    def picture(self, png: bytes, box: Box) -> Box:
        """Put a PNG into a box, whole and undistorted, at its top left, and return what it covers."""
        wide, high = struct.unpack(">II", png[16:24])
        by = min(box.width / wide, box.height / high)
        covered = Box(box.x, box.y, wide * by, high * by)
        self._painter.drawImage(_rect(covered), QImage.fromData(png))
        return covered


def paint_sheet(
    painter: QPainter, sheet: MapSheet, picture: QImage | None, watermark: Watermark
) -> None:
    """Paint a whole sheet, its foot included.

    Parameters
    ----------
    painter : QPainter
        A unit is a millimetre; the sheet begins where the painter's origin is.
    picture : QImage or None
        The map; without one its place is left empty.
    """
    hints = QPainter.RenderHint
    painter.setRenderHints(hints.Antialiasing | hints.SmoothPixmapTransform)
    page = PaintedPage(painter, sheet, watermark)
    painter.fillRect(_rect(sheet.form.page), QColor("#ffffff"))

    def put(box: Box) -> None:
        if picture is None:
            painter.fillRect(_rect(box), QColor("#eef0f2"))
        else:
            painter.drawImage(_rect(box), picture)

    draw_sheet(page, sheet, put)
    page.draw_foot(1, 1)


def sheet_image(sheet: MapSheet, picture: QImage, watermark: Watermark) -> QImage:
    """Return a sheet as an image of 300 dots an inch; any thread."""
    image = QImage(*sheet.form.pixels, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(sheet_layout.DENSITY / 0.0254))
    image.setDotsPerMeterY(round(sheet_layout.DENSITY / 0.0254))
    painter = QPainter(image)
    try:
        painter.scale(sheet_layout.DENSITY / 25.4, sheet_layout.DENSITY / 25.4)
        paint_sheet(painter, sheet, picture, watermark)
    finally:
        painter.end()
    return image


def mark_across(picture: QImage, text: str, pixel: float) -> None:
    """Write a text faintly across a map, again and again; any thread.

    Parameters
    ----------
    pixel : float
        Pixels of the picture to a millimetre of paper.
    """
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPixelSize(max(round(5 * pixel), 1))
    painter.setFont(font)
    step = 70 * pixel
    rows, columns = int(picture.height() // step) + 2, int(picture.width() // (step * 1.6)) + 2
    for row in range(rows):
        for column in range(columns):
            painter.save()
            painter.translate((column - 0.2 + row % 2 / 2) * step * 1.6, (row + 0.6) * step)
            painter.rotate(-25)
            painter.setPen(QColor(255, 255, 255, 60))
            painter.drawText(QPointF(pixel * 0.3, pixel * 0.3), text)
            painter.setPen(QColor(30, 40, 50, 30))
            painter.drawText(QPointF(0, 0), text)
            painter.restore()
    painter.end()


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)


def _pen(colour: Colour, points: float) -> QPen:
    return QPen(QColor(*colour), points * POINT)
