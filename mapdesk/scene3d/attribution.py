"""Whose data and pictures a map shows, in its corner."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.viewpoint import Projection

_WIDEST = 0.6
"""Part of the picture's width a line may take."""


def paint_attribution(
    painter: QPainter, projection: Projection, texts: list[str], style: MapStyle
) -> None:
    """Name every source, on as many lines as that takes; none is cut off."""
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    room = QRectF(0, 0, max(projection.width * _WIDEST, 120.0), projection.height)
    # Lines break between sources, or anywhere in one that is longer than a line.
    flags = Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextWordWrap
    whole = [
        text.replace(" ", "\u00a0") if metrics.horizontalAdvance(text) < room.width() else text
        for text in texts
    ]
    text = "\u00a0\u00a0· ".join(whole)
    needed = metrics.boundingRect(room, int(flags), text)
    width, height = needed.width() + 12, needed.height() + 5
    box = QRectF(projection.width - width, projection.height - height, width, height)
    plate = QColor(style.plain["halo"])
    plate.setAlpha(200)
    painter.fillRect(box, plate)
    painter.setPen(QColor(style.plain["label"]))
    painter.drawText(box.adjusted(6, 2, -6, -2), int(flags), text)
