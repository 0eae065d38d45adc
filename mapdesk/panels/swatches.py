"""Small pictures of colours: classes of a legend, and palettes."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from mapdesk.layers.legend import SIZES, Entry
from mapdesk.layers.palettes import Palette

STRIP = 7
"""Colours of a palette's strip."""


def hatched_swatch(entry: Entry) -> QIcon:
    """Return the colour of a class, slanting lines over it where it is not shown."""
    pixmap = QPixmap(56, 32)
    pixmap.fill(Qt.GlobalColor.transparent if entry.disc else QColor(entry.colour))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if entry.disc:
        painter.setPen(QPen(QColor("#80868c"), 1))
        painter.setBrush(QColor(entry.colour))
        # The largest there is has as much room as the icon is high.
        radius = 15.0 * entry.disc / SIZES[1]
        painter.drawEllipse(QPointF(28, 16), radius, radius)
        painter.end()
        return QIcon(pixmap)
    if entry.hatched:
        painter.setPen(QPen(QColor("#4d545c"), 2))
        for start in range(-32, 56, 10):
            painter.drawLine(QPointF(start, 32), QPointF(start + 32, 0))
    painter.setPen(QPen(QColor("#80868c"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(0.5, 0.5, 55, 31))
    painter.end()
    return QIcon(pixmap)


def palette_strip(palette: Palette, *, reverse: bool, dark: bool) -> QIcon:
    """Return the colours of a palette side by side."""
    colours = palette.take(STRIP, reverse=reverse, dark=dark)
    pixmap = QPixmap(192, 28)
    painter = QPainter(pixmap)
    for number, colour in enumerate(colours):
        left = round(192 * number / len(colours))
        painter.fillRect(left, 0, 192 - left, 28, QColor(colour))
    painter.end()
    return QIcon(pixmap)
