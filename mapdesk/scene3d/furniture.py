"""What every map carries at its edges: scale bar, north arrow, the sources and the time shown."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
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


def covered(font: QFont, projection: Projection, sources: list[str]) -> list[QRectF]:
    """Return what `paint_furniture` covers, pixels."""
    north, radius = north_centre(projection.width), NORTH_RADIUS + 2.0
    disc = QRectF(north.x() - radius, north.y() - radius, 2 * radius, 2 * radius)
    boxes = [disc, _scale_box(projection)]
    if sources:
        boxes.append(attribution_box(font, projection, sources))
    return boxes


def _scale_length(projection: Projection) -> float:
    return round_length(110 * projection.metres_per_pixel)


def _scale_box(projection: Projection) -> QRectF:
    width = _scale_length(projection) / projection.metres_per_pixel
    return QRectF(10.0, projection.height - 42.0, width + 16.0, 32.0)


def _scale_bar(painter: QPainter, projection: Projection, style: MapStyle) -> None:
    """Paint the scale on a plate: over imagery a halo alone would not do."""
    box, colour = _scale_box(projection), QColor(style.plain["label"])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_plate(style))
    painter.drawRoundedRect(box, 4, 4)
    left, right, y = box.left() + 8, box.right() - 8, box.bottom() - 8
    painter.setPen(QPen(colour, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ends = [QPointF(left, y - 6), QPointF(left, y), QPointF(right, y), QPointF(right, y - 6)]
    painter.drawPolyline(QPolygonF(ends))
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    painter.drawText(QPointF(left + 5, y - 5), metres_text(_scale_length(projection)))


def _plate(style: MapStyle) -> QColor:
    plate = QColor(style.plain["halo"])
    plate.setAlpha(232)
    return plate


def _north(painter: QPainter, projection: Projection, style: MapStyle) -> None:
    centre = north_centre(projection.width)
    turn = radians(-projection.viewpoint.bearing)
    ahead = QPointF(sin(turn), -cos(turn))
    aside = QPointF(cos(turn), sin(turn))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_plate(style))
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
    box = caption_box(painter.font(), text, width)
    painter.setFont(_caption_font(painter.font()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_plate(style))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor(style.plain["label"]))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def caption_box(font: QFont, text: str, width: float) -> QRectF:
    """Return what `paint_caption` covers with a painter of this font, pixels."""
    metrics = QFontMetricsF(_caption_font(font))
    box = QRectF(0, 10, metrics.horizontalAdvance(text) + 24, metrics.height() + 10)
    box.moveLeft((width - box.width()) / 2)
    return box


def _caption_font(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setPixelSize(14)
    bold.setBold(True)
    return bold
