"""Point symbols and labels as ready-made images: drawing 1,000 of them takes milliseconds."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from functools import lru_cache
from math import log10

from PyQt6.QtCore import QByteArray, QPointF, QRectF, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
)
from PyQt6.QtSvg import QSvgRenderer

from mapdesk.layers.contrast import contrast
from mapdesk.layers.points import RESTING, Look, point_looks

SYMBOL_SIZE = 22
"""Device-independent pixels across a symbol."""
SMALL_SIZE = 16
DOT_SIZE = 6
STYLED_DOT_SIZE = 10
"""Of dots whose colours say something: to be told apart they have to be larger."""
MARK_SIZE = 10
DARK, GLYPH_CONTRAST = "#24292f", 3.0
"""Colour of glyphs on discs on which white ones would have less contrast than this."""


@lru_cache(maxsize=512)
def symbol(look: Look, colour: str, theme: str, ratio: float, size: int = SYMBOL_SIZE) -> QPixmap:
    """Return a point's symbol: a disc with its glyph, and the mark of its state.

    Parameters
    ----------
    colour : str
        Of the disc of a point that is on; the look's own goes before it, whatever the state.
    ratio : float
        Device pixels per pixel.
    size : int
        Device-independent pixels across.
    """
    states = point_looks().colours[theme]
    image = _canvas(size + 6, size + 6, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(3, 3)
    painter.scale(size / SYMBOL_SIZE, size / SYMBOL_SIZE)
    resting = states.get(look.state, colour) if look.state in RESTING else colour
    disc = look.colour or resting
    pale = look.colour and contrast(disc, "#ffffff") < GLYPH_CONTRAST
    painter.setPen(QPen(QColor(DARK if pale else "#ffffff"), 1.0 if pale else 1.6))
    painter.setBrush(QColor(disc))
    painter.drawEllipse(QRectF(1, 1, SYMBOL_SIZE - 2, SYMBOL_SIZE - 2))
    file = importlib.resources.files("mapdesk_data") / "symbols" / f"{look.glyph}.svg"
    drawn = file.read_bytes().replace(b"#fff", DARK.encode()) if pale else file.read_bytes()
    svg = QSvgRenderer(QByteArray(drawn))
    svg.render(painter, QRectF(4, 4, SYMBOL_SIZE - 8, SYMBOL_SIZE - 8))
    if look.state == "off":
        for tint, wide in (("#ffffff", 4.2), (states["off"], 2.0)):
            painter.setPen(QPen(QColor(tint), wide, cap=Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(4.5, 4.5), QPointF(SYMBOL_SIZE - 4.5, SYMBOL_SIZE - 4.5))
    elif look.state != "on":
        _badge(painter, look.state, states)
    painter.end()
    return QPixmap.fromImage(image)


def state_colour(look: Look, colour: str, theme: str) -> str:
    """Return the colour of a point drawn as a dot: `colour` unless its state says otherwise."""
    return point_looks().colours[theme].get(look.state, colour)


def _badge(painter: QPainter, state: str, states: Mapping[str, str]) -> None:
    """Paint a small disc at the upper right: an exclamation mark, dots or a tick."""
    middle = QPointF(SYMBOL_SIZE - 3.5, 4.0)
    ground = QColor(states[state])
    painter.setPen(QPen(QColor("#ffffff"), 1.2))
    painter.setBrush(ground)
    painter.drawEllipse(middle, 5.2, 5.2)
    painter.setPen(QPen(QColor(states["badge"]), 1.6, cap=Qt.PenCapStyle.RoundCap))
    x, y = middle.x(), middle.y()
    if state == "alert":
        painter.drawLine(QPointF(x, y - 2.6), QPointF(x, y + 0.4))
        painter.drawPoint(QPointF(x, y + 2.8))
    elif state == "busy":
        painter.drawPoints(QPolygonF([QPointF(x + step, y) for step in (-2.6, 0.0, 2.6)]))
    else:
        painter.drawPolyline(
            QPolygonF([QPointF(x - 2.4, y), QPointF(x - 0.6, y + 2), QPointF(x + 2.6, y - 2)])
        )


@lru_cache(maxsize=512)
def cluster(count: int, colour: str, ratio: float) -> QPixmap:
    """Return the picture of a cluster: a disc with a count, wider for more."""
    radius = cluster_radius(count)
    across = 2 * radius + 6
    image = _canvas(across, across, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    ring = QColor(colour)
    ring.setAlpha(90)
    painter.setBrush(ring)
    painter.drawEllipse(QRectF(0, 0, across, across))
    painter.setPen(QPen(QColor("#ffffff"), 1.4))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(3, 3, 2 * radius, 2 * radius))
    font = QFont()
    font.setPixelSize(12)
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(QRectF(0, 0, across, across), Qt.AlignmentFlag.AlignCenter, short(count))
    painter.end()
    return QPixmap.fromImage(image)


def cluster_radius(count: int) -> float:
    """Return the radius of a cluster's disc, pixels."""
    return 10.0 + 3.0 * log10(max(count, 1))


def short(count: int) -> str:
    """Return a count in at most four letters: "980", "1.2k", "34k"."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 10_000 else f"{count // 1000}k"


@lru_cache(maxsize=64)
def dot(colour: str, ratio: float, size: int = DOT_SIZE) -> QPixmap:
    """Return a small disc, for symbols seen from far."""
    image = _canvas(size, size, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pale = contrast(colour, "#ffffff") < GLYPH_CONTRAST
    painter.setPen(QPen(QColor(36, 41, 47, 150) if pale else QColor(255, 255, 255, 150), 0.8))
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
