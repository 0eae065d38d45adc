"""Where one looks around in street view, as the map shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter, QPen

from mapdesk.scene3d.overlay import paint_ring
from mapdesk.scene3d.viewpoint import Projection

RADIUS = 8
"""Pixels of the dot that is stood at."""


@dataclass(frozen=True)
class Standpoint:
    """Where one stands, and what one sees.

    Parameters
    ----------
    x, y : float
        Metres.
    wedge : ndarray, shape (n, 2)
        Corners in metres of the ground that is looked at.
    """

    x: float
    y: float
    wedge: NDArray[np.float64]

    def paint(self, painter: QPainter, projection: Projection, colour: QColor) -> None:
        """Paint the wedge and a dot at its foot; nothing where that is behind the eye."""
        pixels, _depth = projection.to_screen([[self.x, self.y]])
        if np.isnan(pixels).any():
            return
        paint_ring(painter, projection, self.wedge, colour)
        painter.setPen(QPen(QColor("#ffffff"), 2.4))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(*pixels[0]), RADIUS, RADIUS)
