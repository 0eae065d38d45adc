"""What the tools of the map leave on it: a place jumped to, measures, lines of sight, a section.

Painted over the picture by the overlay; each mark stays until it is cleared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d import symbols
from mapdesk.scene3d.viewpoint import Projection

Points = NDArray[np.float64]

SEEN, HIDDEN = "#2da44e", "#cf222e"
"""Colours of what a line of sight sees and does not; told apart by their dashes too."""


@dataclass(frozen=True)
class LineMark:
    """A line or ring with its value.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Metres and height.
    label : str
        What it measures, written at its middle.
    parts : tuple of str
        Lengths of its pieces, written at theirs; empty for none.
    closed : bool
        A ring, filled lightly.
    """

    points: Points
    label: str
    parts: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class SightMark:
    """A line of sight in pieces.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        From the eye to the target.
    seen : tuple of bool
        Of each of the n - 1 pieces, whether it is seen from the eye.
    label : str
    """

    points: Points
    seen: tuple[bool, ...]
    label: str


@dataclass
class ToolMarks:
    """All marks of the tools. GUI thread only.

    Parameters
    ----------
    place : tuple or None
        (x, y, text) of the place jumped to.
    lines, sights : list
    section : ndarray or None
        The line of the section shown, shape (n, 2).
    section_at : tuple or None
        (x, y, z) pointed at in the section's plot.
    watermark : str
        A line at the upper left, for pictures that leave the desk.
    lock : str
        What is locked, written below the north arrow.
    boxes : list of QRectF
        What the texts painted last cover, pixels: names keep clear of them.
    """

    place: tuple[float, float, str] | None = None
    lines: list[LineMark] = field(default_factory=list)
    sights: list[SightMark] = field(default_factory=list)
    section: Points | None = None
    section_at: tuple[float, float, float] | None = None
    watermark: str = ""
    lock: str = ""
    boxes: list[QRectF] = field(default_factory=list, compare=False)

    def paint(
        self, painter: QPainter, projection: Projection, style: MapStyle, ratio: float
    ) -> None:
        """Paint all of them."""
        self.boxes = []
        pen = _Pencil(painter, projection, style, ratio, self.boxes)
        if self.section is not None:
            pen.section(self.section)
        for line in self.lines:
            pen.line(line)
        for sight in self.sights:
            pen.sight(sight)
        if self.section_at is not None:
            pen.dot(np.array([self.section_at]), HIDDEN, 6)
        if self.place is not None:
            pen.place(*self.place)
        if self.lock:
            pen.lock(self.lock)
        if self.watermark:
            pen.watermark(self.watermark)


@dataclass
class _Pencil:
    painter: QPainter
    projection: Projection
    style: MapStyle
    ratio: float
    boxes: list[QRectF]

    def pixels(self, points: Points) -> Points:
        """Return the pixels (n, 2) of places (n, 3)."""
        return self.projection.to_screen(points[:, :2], points[:, 2])[0]

    def line(self, mark: LineMark) -> None:
        """Paint a measured line or ring."""
        colour = QColor(self.style.plain["gesture"])
        pixels = self.pixels(mark.points)
        ring = np.vstack([pixels, pixels[:1]]) if mark.closed else pixels
        if mark.closed and np.isfinite(pixels).all():
            pixels = self._ground_line(mark.points, closed=True)
            fill = QColor(colour)
            fill.setAlpha(36)
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.painter.setBrush(fill)
            self.painter.drawPolygon(polygon(pixels))
        self._stroke(self._ground_line(mark.points, closed=mark.closed), colour)
        for at, text in enumerate(mark.parts):
            self.label((ring[at] + ring[at + 1]) / 2, text, 12, bold=False)
        self.dot(mark.points, colour.name(), 3.5)
        where = np.mean(pixels, axis=0) if mark.closed else _middle(pixels)
        # The value of a line stands above it, that of one of its pieces on it.
        lift = np.array([0.0, 0.0 if mark.closed else -20.0])
        self.label(where + lift, mark.label, 14, bold=True)

    def sight(self, mark: SightMark) -> None:
        """Paint what is seen green and whole, what is not red and dashed."""
        pixels = self.pixels(mark.points)
        for at, seen in enumerate(mark.seen):
            dashes = Qt.PenStyle.SolidLine if seen else Qt.PenStyle.DashLine
            self._stroke(pixels[at : at + 2], QColor(SEEN if seen else HIDDEN), dashes)
        self.dot(mark.points[[0, -1]], SEEN if all(mark.seen) else HIDDEN, 5)
        where = _middle(pixels[[0, -1]])
        if not all(mark.seen):
            where = pixels[mark.seen.index(False)]
            self._cross(where)
        self.label(where + np.array([0.0, -20.0]), mark.label, 14, bold=True)

    def section(self, points: Points) -> None:
        """Paint the line of the section and which end is its beginning."""
        ground = np.column_stack([points, np.zeros(len(points))])
        pixels = self.pixels(ground)
        line = self._ground_line(ground, closed=False)
        self._stroke(line, QColor(self.style.plain["label"]), Qt.PenStyle.DashDotLine)
        for at, text in ((0, "A"), (-1, "B")):
            self.label(pixels[at] + np.array([0.0, -14.0]), text, 15, bold=True)

    def dot(self, points: Points, colour: str, radius: float) -> None:
        """Paint discs."""
        self.painter.setPen(QPen(QColor("#ffffff"), 1.4))
        self.painter.setBrush(QColor(colour))
        for x, y in self.pixels(points):
            if np.isfinite([x, y]).all():
                self.painter.drawEllipse(QPointF(x, y), radius, radius)

    def place(self, x: float, y: float, text: str) -> None:
        """Paint a cross hair with the coordinates beside it."""
        at = self.pixels(np.array([[x, y, 0.0]]))[0]
        if not np.isfinite(at).all():
            return
        centre = QPointF(*at)
        for colour, width in ((self.style.plain["halo"], 5.0), (self.style.plain["gesture"], 2.2)):
            self.painter.setPen(QPen(QColor(colour), width))
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawEllipse(centre, 9, 9)
            for step in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
                self.painter.drawLine(centre + step * 5, centre + step * 16)
        self.label(at + np.array([0.0, -30.0]), text, 13, bold=True)

    def lock(self, text: str) -> None:
        """Write what is locked below the north arrow."""
        font = QFont(self.painter.font())
        font.setPixelSize(12)
        wide = QFontMetricsF(font).horizontalAdvance(text) + 16
        box = QRectF(self.projection.width - wide - 10, 60, wide, 22)
        self.painter.setFont(font)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.style.plain["gesture"]))
        self.painter.drawRoundedRect(box, 11, 11)
        self.boxes.append(box)
        self.painter.setPen(QColor("#ffffff"))
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def watermark(self, text: str) -> None:
        """Write a line on a plate at the upper left."""
        font = QFont(self.painter.font())
        font.setPixelSize(11)
        metrics = QFontMetricsF(font)
        room = self.projection.width - 80
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 14, 19)
        plate = QColor(self.style.plain["halo"])
        plate.setAlpha(232)
        self.painter.setFont(font)
        self.painter.fillRect(box, plate)
        self.boxes.append(box)
        self.painter.setPen(QColor(self.style.plain["label"]))
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def label(self, at: Points, text: str, size: int, *, bold: bool) -> None:
        """Write a text with a halo, its middle at a pixel."""
        if not text or not np.isfinite(at).all():
            return
        colours = self.style.plain["label"], self.style.plain["halo"]
        image = symbols.label(text, size, bold, *colours, self.ratio)
        room = image.deviceIndependentSize()
        corner = QPointF(at[0] - room.width() / 2, at[1] - room.height() / 2)
        self.painter.drawImage(corner, image)
        self.boxes.append(QRectF(corner, room))

    def _cross(self, at: Points) -> None:
        if np.isfinite(at).all():
            self.painter.setPen(QPen(QColor(HIDDEN), 3))
            for step in (QPointF(6, 6), QPointF(6, -6)):
                self.painter.drawLine(QPointF(*at) - step, QPointF(*at) + step)

    def _ground_line(self, points: Points, *, closed: bool) -> Points:
        """Return the pixels of a line that follows the ground between its points."""
        line = np.vstack([points, points[:1]]) if closed else points
        return self.pixels(self.projection.along_ground(line))

    def _stroke(
        self, pixels: Points, colour: QColor, dashes: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> None:
        kept = pixels[np.isfinite(pixels).all(axis=1)]
        if len(kept) < 2:
            return
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        halo = QColor(self.style.plain["halo"])
        halo.setAlpha(190)
        for tint, width, dash in ((halo, 5.0, Qt.PenStyle.SolidLine), (colour, 2.4, dashes)):
            self.painter.setPen(QPen(tint, width, dash, join=Qt.PenJoinStyle.RoundJoin))
            self.painter.drawPolyline(polygon(kept))


def paint_snap(painter: QPainter, at: tuple[float, float], kind: str, style: MapStyle) -> None:
    """Show what the pointer is caught by: a square for a corner, a cross for an edge."""
    centre = QPointF(*at)
    for colour, width in ((style.plain["halo"], 4.5), (style.plain["highlight"], 2.2)):
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if kind == "corner":
            painter.drawRect(QRectF(centre.x() - 6, centre.y() - 6, 12, 12))
        else:
            for step in (QPointF(6, 6), QPointF(6, -6)):
                painter.drawLine(centre - step, centre + step)


def _middle(pixels: Points) -> Points:
    """Return the point half way along a line of pixels."""
    kept = pixels[np.isfinite(pixels).all(axis=1)]
    if len(kept) < 2:
        return np.full(2, np.nan)
    steps = np.hypot(*np.diff(kept, axis=0).T)
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    half = reach[-1] / 2
    return np.array([np.interp(half, reach, kept[:, 0]), np.interp(half, reach, kept[:, 1])])


def polygon(pixels: Points) -> QPolygonF:
    """Return points (n, 2) of the screen as Qt paints them."""
    return QPolygonF([QPointF(x, y) for x, y in pixels.tolist()])
