"""What stands around where a panorama was taken, painted over it: the next places, cameras with their names."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mapdesk.analysis.hops import Hop
from mapdesk.model.selection import Ref
from mapdesk.scene3d.sphere import Look
from mapdesk.services.panoramas import EYE, Sign

INK, PAPER, LIT = QColor(20, 24, 28, 200), QColor("#ffffff"), QColor("#ffd43b")
_DISC = 1.3
"""Metres from the middle to the edge of the disc on the ground where the next panorama was taken."""
_AROUND = np.radians(np.arange(0, 360, 15))
_LEAST = 5.0
"""Pixels a disc is high at least: a far one is a line else."""
_DOT, _TEXT = 5.0, 12
STRIP = 24.0
"""Pixels of the strip of directions along the upper edge."""


def disc(way: Hop, look: Look, size: tuple[float, float]) -> QPolygonF:
    """Return the pixels of a disc on the ground where a way leads; nothing where that is not in sight."""
    ahead = np.radians(way.bearing)
    middle = way.metres * np.array([np.sin(ahead), np.cos(ahead)])
    rim = np.column_stack(
        [
            middle[0] + _DISC * np.sin(_AROUND),
            middle[1] + _DISC * np.cos(_AROUND),
            np.full(len(_AROUND), way.rise - EYE),
        ]
    )
    pixels = look.pixels(rim, *size)
    if np.isnan(pixels).any():
        return QPolygonF()
    height = float(np.ptp(pixels[:, 1]))
    if height < _LEAST:
        level = pixels[:, 1].mean()
        pixels[:, 1] = level + (pixels[:, 1] - level) * _LEAST / max(height, 1e-3)
    return QPolygonF([QPointF(x, y) for x, y in pixels.tolist()])


def paint_discs(
    painter: QPainter, ways: list[Hop], lit: Hop | None, look: Look, size: tuple[float, float]
) -> None:
    """Paint where the next panoramas were taken."""
    for way in ways:
        fill = QColor(LIT if way is lit else PAPER)
        fill.setAlpha(150)
        painter.setPen(QPen(INK, 1.4))
        painter.setBrush(fill)
        painter.drawPolygon(disc(way, look, size))


def paint_signs(
    painter: QPainter,
    signs: list[Sign],
    colours: Mapping[str, str],
    look: Look,
    size: tuple[float, float],
    keep_off: list[QRectF],
) -> list[tuple[QPointF, Ref]]:
    """Paint dots with names, the nearest first; return where they are.

    Parameters
    ----------
    colours : mapping of str to str
        Of dots, by noun.
    keep_off : list of QRectF
        Where no name is written.
    """
    if not signs:
        return []
    font = QFont(painter.font())
    font.setPixelSize(_TEXT)
    font.setBold(False)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    taken, found = list(keep_off), []
    places = look.pixels(np.array([one.offset for one in signs]), *size)
    for one, (x, y) in zip(signs, places.tolist(), strict=True):
        if not (0 <= x <= size[0] and STRIP + 2 * _DOT <= y <= size[1]):
            continue
        found.append((QPointF(x, y), one.ref))
        painter.setPen(QPen(PAPER, 1.6))
        painter.setBrush(QColor(colours.get(one.ref.noun, INK.name())))
        painter.drawEllipse(QPointF(x, y), _DOT, _DOT)
        width = metrics.horizontalAdvance(one.title) + 12
        left = min(max(x - width / 2, 0.0), size[0] - width)
        above = y - _DOT - 24 > STRIP
        box = QRectF(left, y - _DOT - 24 if above else y + _DOT + 4, width, 20)
        if any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(INK)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(PAPER)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, one.title)
    return found


def sign_at(found: list[tuple[QPointF, Ref]], at: QPointF) -> Ref | None:
    """Return what the dot under a pixel stands for."""
    near = [
        (hypot(place.x() - at.x(), place.y() - at.y()), ref)
        for place, ref in found
        if (place - at).manhattanLength() < 4 * _DOT
    ]
    nearest = min(near, key=lambda one: one[0], default=None)
    return None if nearest is None or nearest[0] > 2 * _DOT else nearest[1]
