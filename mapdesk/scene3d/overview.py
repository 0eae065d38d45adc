"""The overview: the whole district as a small map in the corner, with a frame of what is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.aside import Aside
from mapdesk.scene3d.viewpoint import Projection
from mapdesk.services.overview import OverviewShapes

Bounds = tuple[float, float, float, float]
Floats = NDArray[np.float64]

WIDTH, HEIGHT = 208, 156
MARGIN = 12
"""Pixels from the corner of the map."""
ABOVE, GAP = 34, 6
"""Pixels from its lower edge, where a line of sources stands, and above more of them."""
NARROW, BELOW_LOCK = 500, 90
"""Pixels of a map on which there is no room beside a legend, and of the place for it there."""
_SHARP = 2.0
"""Device pixels of the kept picture for each pixel."""
_LEAST = 5.0
"""Pixels a frame is wide at least, so that it can be seen and taken hold of."""


def fitted(bounds: Bounds) -> Bounds:
    """Return `bounds` (m) widened to the shape of the overview, with a little room."""
    west, south, east, north = bounds
    scale = max((east - west) / WIDTH, (north - south) / HEIGHT, 1e-3) * 1.06
    x, y = (west + east) / 2, (south + north) / 2
    return (
        x - scale * WIDTH / 2,
        y - scale * HEIGHT / 2,
        x + scale * WIDTH / 2,
        y + scale * HEIGHT / 2,
    )


def picture(shapes: OverviewShapes, bounds: Bounds, style: MapStyle) -> QImage:
    """Paint the district within `bounds`; any thread."""
    image = QImage(round(WIDTH * _SHARP), round(HEIGHT * _SHARP), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARP)
    image.fill(QColor(style.plain["land"]))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for kind, ring in shapes.land:
        painter.setBrush(_colour(style.land_colours(np.array([kind], object))))
        painter.drawPolygon(_polygon(ring, bounds))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for kind, line in shapes.roads:
        painter.setPen(QPen(_colour(style.road_colours(np.array([kind], object))), 1.6))
        painter.drawPolyline(_polygon(line, bounds))
    painter.setPen(QPen(QColor(style.railway["rail"]), 1.0))
    for line in shapes.railways:
        painter.drawPolyline(_polygon(line, bounds))
    dots = QColor(style.plain["label"])
    dots.setAlpha(70)
    painter.setPen(QPen(dots, 1.2))
    painter.drawPoints(_polygon(shapes.buildings, bounds))
    painter.setPen(QPen(QColor(style.grid["1"]), 1.2))
    for ring in shapes.grids:
        painter.drawPolygon(_polygon(ring, bounds))
    painter.end()
    return image


class OverviewMap(Aside):
    """Shows the picture and the frame; the frame is dragged, a click anywhere takes it there.

    Signals
    -------
    moved(x, y)
        The middle of the map is wanted at a place, metres.
    scrolled(float)
        The wheel was turned by so many steps.
    """

    moved = pyqtSignal(float, float)
    scrolled = pyqtSignal(float)

    def __init__(self, style: MapStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self.style_of_map = style
        self.bounds: Bounds = (0.0, 0.0, 1.0, 1.0)
        self._image: QImage | None = None
        self._frame: Floats = np.empty((0, 2))
        self._looked_at = (0.0, 0.0)
        self._held: QPointF | None = None
        self._is_click = False
        self.setFixedSize(WIDTH, HEIGHT)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def show_picture(self, image: QImage, bounds: Bounds) -> None:
        """Show a picture of `bounds`."""
        self._image, self.bounds = image, bounds
        self.update()

    def show_view(self, projection: Projection) -> None:
        """Frame what the map shows."""
        self._looked_at = projection.viewpoint.x, projection.viewpoint.y
        self._frame = seen_ground(projection)
        self.update()

    def place(self, at: QPointF) -> tuple[float, float]:
        """Return the place (m) at a pixel."""
        west, south, east, north = self.bounds
        return (
            west + at.x() / WIDTH * (east - west),
            north - at.y() / HEIGHT * (north - south),
        )

    def pixel(self, x: float, y: float) -> QPointF:
        """Return the pixel of a place (m)."""
        return _polygon(np.array([[x, y]]), self.bounds)[0]

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the frame, or bring it here."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        inside = self._polygon().containsPoint(event.position(), Qt.FillRule.OddEvenFill)
        self._held = event.position() - self.pixel(*self._looked_at) if inside else QPointF()
        self._is_click = inside
        if not inside:
            self.moved.emit(*self.place(event.position()))
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the frame."""
        if event is not None and self._held is not None:
            self._is_click = False
            self.moved.emit(*self.place(event.position() - self._held))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go of it; a frame that was not dragged comes to the click."""
        if event is not None and self._is_click:
            self.moved.emit(*self.place(event.position()))
        self._held, self._is_click = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Go nearer or farther."""
        if event is not None:
            self.scrolled.emit(event.angleDelta().y() / 120)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint picture, frame and border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style, whole = self.style_of_map, QRectF(self.rect())
        if self._image is None:
            painter.fillRect(whole, QColor(style.plain["land"]))
        else:
            painter.drawImage(whole, self._image)
        accent = QColor(style.plain["gesture"])
        fill = QColor(accent)
        fill.setAlpha(40)
        frame = self._polygon()
        painter.setPen(QPen(QColor(style.plain["halo"]), 4.5))
        painter.setBrush(fill)
        painter.drawPolygon(frame)
        painter.setPen(QPen(accent, 2.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(style.plain["halo"]), 3.0))
        painter.drawRect(whole)
        painter.setPen(QPen(QColor(style.plain["label"]), 1.0))
        painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _polygon(self) -> QPolygonF:
        frame = _polygon(self._frame, self.bounds)
        box = frame.boundingRect()
        if len(self._frame) and max(box.width(), box.height()) >= _LEAST:
            return frame
        at, half = self.pixel(*self._looked_at), _LEAST / 2
        return QPolygonF(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))


def seen_ground(projection: Projection) -> Floats:
    """Return the corners (4, 2) of the ground a map shows; what reaches the horizon is cut off."""
    view, projection = projection.viewpoint, replace(projection, terrain=None)
    farthest = 4.0 * view.distance
    corners = []
    for px, py in (
        (0.0, projection.height),
        (projection.width, projection.height),
        (projection.width, 0.0),
        (0.0, 0.0),
    ):
        eye, direction = projection.ray(px, py)
        flat = float(np.hypot(direction[0], direction[1]))
        down = -eye[2] / direction[2] if direction[2] < -1e-4 else np.inf
        reach = min(down, farthest / max(flat, 1e-9))
        corners.append(eye[:2] + direction[:2] * reach)
    return np.array(corners)


def _polygon(points: Floats, bounds: Bounds) -> QPolygonF:
    west, south, east, north = bounds
    x = (points[:, 0] - west) / (east - west) * WIDTH
    y = (north - points[:, 1]) / (north - south) * HEIGHT
    return QPolygonF([QPointF(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True)])


def _colour(rows: NDArray[np.uint8]) -> QColor:
    red, green, blue = rows[0].tolist()[:3]
    return QColor(red, green, blue)
