"""Whose data and pictures a map shows, in its corner."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.viewpoint import Projection

_WIDEST = 0.6
"""Part of the picture's width a line may take."""


_FLAGS = int(Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextWordWrap)
"""Lines break between sources, or anywhere in one that is longer than a line."""


def paint_attribution(
    painter: QPainter, projection: Projection, texts: list[str], style: MapStyle
) -> None:
    """Name every source, on as many lines as that takes; none is cut off."""
    font = _font(painter.font())
    painter.setFont(font)
    box, text = _laid(font, projection, texts)
    plate = QColor(style.plain["halo"])
    plate.setAlpha(232)
    painter.fillRect(box, plate)
    painter.setPen(QColor(style.plain["label"]))
    painter.drawText(box.adjusted(6, 2, -6, -2), _FLAGS, text)


def attribution_box(font: QFont, projection: Projection, texts: list[str]) -> QRectF:
    """Return what `paint_attribution` covers with a painter of this font, pixels."""
    return _laid(_font(font), projection, texts)[0]


def _font(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(11)
    return small


def _laid(font: QFont, projection: Projection, texts: list[str]) -> tuple[QRectF, str]:
    metrics = QFontMetricsF(font)
    room = QRectF(0, 0, max(projection.width * _WIDEST, 120.0), projection.height)
    # A source of several parts is divided between them rather than within one.
    parts = [
        part
        for text in texts
        for part in (
            [text] if metrics.horizontalAdvance(text) < room.width() else text.split(" · ")
        )
    ]
    whole = [
        part.replace(" ", "\u00a0") if metrics.horizontalAdvance(part) < room.width() else part
        for part in parts
    ]
    text = "\n".join(_packed(metrics, whole, room.width()))
    needed = metrics.boundingRect(room, _FLAGS, text)
    width, height = needed.width() + 12, needed.height() + 5
    return QRectF(projection.width - width, projection.height - height, width, height), text


def _packed(metrics: QFontMetricsF, texts: list[str], width: float) -> list[str]:
    """Return lines of as many sources as go on each: no dot between two ends a line."""
    lines: list[str] = []
    for text in texts:
        longer = f"{lines[-1]}\u00a0\u00a0·\u00a0\u00a0{text}" if lines else text
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines
