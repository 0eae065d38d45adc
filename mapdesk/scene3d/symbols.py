"""Point symbols and labels as ready-made images: drawing 1,000 of them takes milliseconds."""

from __future__ import annotations

import importlib.resources
from functools import lru_cache

from PyQt6.QtCore import QByteArray, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap
from PyQt6.QtSvg import QSvgRenderer

SYMBOL_SIZE = 22
"""Device-independent pixels across a symbol."""
DOT_SIZE = 6
MARK_SIZE = 10


@lru_cache(maxsize=64)
def symbol(noun: str, colour: str, ratio: float) -> QPixmap:
    """Return the symbol of a noun: a disc in `colour` with its glyph.

    Parameters
    ----------
    ratio : float
        Device pixels per pixel.
    """
    image = _canvas(SYMBOL_SIZE, SYMBOL_SIZE, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#ffffff"), 1.6))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(1, 1, SYMBOL_SIZE - 2, SYMBOL_SIZE - 2))
    svg = (importlib.resources.files("mapdesk_data") / "symbols" / f"{noun}.svg").read_bytes()
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(4, 4, SYMBOL_SIZE - 8, SYMBOL_SIZE - 8))
    painter.end()
    return QPixmap.fromImage(image)


@lru_cache(maxsize=64)
def dot(colour: str, ratio: float, size: int = DOT_SIZE) -> QPixmap:
    """Return a small disc, for symbols seen from far."""
    image = _canvas(size, size, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(255, 255, 255, 150), 0.8))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(0.5, 0.5, size - 1, size - 1))
    painter.end()
    return QPixmap.fromImage(image)


@lru_cache(maxsize=2048)
def label(text: str, pixels: int, bold: bool, colour: str, halo: str, ratio: float) -> QImage:
    """Return `text` with a halo, `pixels` high letters, crisp at `ratio`."""
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(bold)
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(text) + 6
    image = _canvas(width, metrics.height() + 4, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addText(QPointF(3, metrics.ascent() + 2), font, text)
    glow = QColor(halo)
    glow.setAlpha(225)
    pen = QPen(glow, 3.2)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, QColor(colour))
    painter.end()
    return image


def _canvas(width: float, height: float, ratio: float) -> QImage:
    image = QImage(
        max(1, round(width * ratio)),
        max(1, round(height * ratio)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image
