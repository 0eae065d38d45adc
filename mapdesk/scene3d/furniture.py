"""What every map carries at its edges: scale bar, north arrow, the sources and the time shown."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.attribution import attribution_box, paint_attribution
from mapdesk.scene3d.viewpoint import Projection

NORTH_RADIUS = 19.0
"""Pixels of the north arrow's disc."""


def paint_furniture(
    painter: QPainter, projection: Projection, style: MapStyle, sources: list[str]
) -> None:
    """Paint scale bar, north arrow and, where there are any, the sources."""
    _scale_bar(painter, projection, style)
    _north(painter, projection, style)
    if sources:
        paint_attribution(painter, projection, sources, style)


def covered(font: QFont, projection: Projection, sources: list[str]) -> NDArray[np.float64]:
    """Return boxes (k, 4) of what `paint_furniture` covers: left, top, right and bottom in pixels."""
    north, radius = north_centre(projection.width), NORTH_RADIUS + 2.0
    disc = QRectF(north.x() - radius, north.y() - radius, 2 * radius, 2 * radius)
    bar = round_length(110 * projection.metres_per_pixel) / projection.metres_per_pixel
    boxes = [disc, QRectF(10.0, projection.height - 42.0, bar + 12.0, 30.0)]
    if sources:
        boxes.append(attribution_box(font, projection, sources))
    return np.array([[one.left(), one.top(), one.right(), one.bottom()] for one in boxes])


def _scale_bar(painter: QPainter, projection: Projection, style: MapStyle) -> None:
    length = round_length(110 * projection.metres_per_pixel)
    width = length / projection.metres_per_pixel
    x, y = 16.0, projection.height - 18
    text_colour, halo = QColor(style.plain["label"]), QColor(style.plain["halo"])
    bar = [QPointF(x, y - 6), QPointF(x, y), QPointF(x + width, y), QPointF(x + width, y - 6)]
    for colour, thickness in ((halo, 5.0), (text_colour, 2.0)):
        painter.setPen(QPen(colour, thickness))
        painter.drawPolyline(QPolygonF(bar))
    _text(painter, QPointF(x + 5, y - 6), metres_text(length), text_colour, halo)


def _north(painter: QPainter, projection: Projection, style: MapStyle) -> None:
    centre = north_centre(projection.width)
    turn = radians(-projection.viewpoint.bearing)
    ahead = QPointF(sin(turn), -cos(turn))
    aside = QPointF(cos(turn), sin(turn))
    plate = QColor(style.plain["halo"])
    plate.setAlpha(205)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawEllipse(centre, NORTH_RADIUS, NORTH_RADIUS)
    painter.setBrush(QColor("#d1242f"))
    painter.drawPolygon(QPolygonF([centre + ahead * 14, centre + aside * 5, centre - aside * 5]))
    painter.setBrush(QColor("#8c959f"))
    painter.drawPolygon(QPolygonF([centre - ahead * 14, centre + aside * 5, centre - aside * 5]))


def north_centre(width: float) -> QPointF:
    """Return the middle of the north arrow in a picture `width` wide."""
    return QPointF(width - 30, 34)


def metres_text(length: float) -> str:
    """Return a length with its unit: "85 m", "1.2 km"."""
    return f"{length:.0f} m" if length < 1000 else f"{length / 1000:.3g} km"


def round_length(length: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above `length`."""
    power = 10.0 ** np.floor(np.log10(max(length, 1e-3)))
    return float(max(step * power for step in (1, 2, 5) if step * power <= length * (1 + 1e-9)))


def paint_caption(painter: QPainter, text: str, style: MapStyle, width: float) -> None:
    """Paint the time shown at the upper edge, in the middle."""
    font = QFont(painter.font())
    font.setPixelSize(14)
    font.setBold(True)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    box = QRectF(0, 10, metrics.horizontalAdvance(text) + 24, metrics.height() + 10)
    box.moveLeft((width - box.width()) / 2)
    plate = QColor(style.plain["halo"])
    plate.setAlpha(232)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor(style.plain["label"]))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _text(painter: QPainter, at: QPointF, text: str, colour: QColor, halo: QColor) -> None:
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    painter.setPen(halo)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(at + QPointF(dx, dy), text)
    painter.setPen(colour)
    painter.drawText(at, text)
