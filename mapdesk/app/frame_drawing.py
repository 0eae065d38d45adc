"""Drawing a large picture of a map beside what the window shows, tile by tile."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QPoint, QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from mapdesk.model.selection import Ref
from mapdesk.scene3d.frame import Frame
from mapdesk.scene3d.legend_box import LegendBox
from mapdesk.scene3d.map_canvas import MapCanvas
from mapdesk.scene3d.overlay import Marks, Overlay
from mapdesk.scene3d.point_marks import PointMarks
from mapdesk.scene3d.presenter import Shot
from mapdesk.scene3d.tool_marks import ToolMarks
from mapdesk.services import printing
from mapdesk.services.printing import Printout


class FrameDrawing(QObject):
    """Draws one frame of a map's scene; the map can be worked meanwhile. GUI thread only.

    Signals
    -------
    progressed(float)
        That part of the tiles is there.

    Parameters
    ----------
    then : callable
        Called with the picture of the scene, without symbols and labels; never after `stop`.
    """

    progressed = pyqtSignal(float)

    def __init__(self, canvas: MapCanvas, frame: Frame, then: Callable[[QImage], None]) -> None:
        super().__init__()
        self._canvas, self._frame, self._then = canvas, frame, then
        self._shots = list(frame.shots())
        self._count = len(self._shots)
        self._wanted: Shot | None = None
        self._is_stopped = True
        self._picture = QImage(frame.width, frame.height, QImage.Format.Format_RGB32)

    def begin(self) -> None:
        """Ask for the first tile; the others follow one by one, so that it can be stopped between."""
        self._is_stopped = False
        if self._canvas.apart is None:
            self._go_on()
        else:
            sight = self._frame.projection.sight(self._frame.ratio)
            self._canvas.apart.prepare(sight, self._go_on)

    def stop(self) -> None:
        """Draw no more; nothing happens where it has ended."""
        if not self._is_stopped and self._canvas.apart is not None:
            self._canvas.apart.release()
        self._is_stopped = True
        if self._wanted is not None:
            self._wanted = None
            self._canvas.drawn_apart.disconnect(self._on_tile)

    def _go_on(self) -> None:
        if not self._is_stopped:
            self._canvas.drawn_apart.connect(self._on_tile)
            self._ask()

    def _ask(self) -> None:
        self._wanted = self._shots.pop(0)
        self._canvas.draw_apart(self._wanted)

    def _on_tile(self, image: QImage, shot: Shot) -> None:
        if shot is not self._wanted or shot.tile is None:
            return
        painter = QPainter(self._picture)
        painter.drawImage(QPoint(*self._frame.place_of(shot.tile)), image)
        painter.end()
        self.progressed.emit(1 - len(self._shots) / self._count)
        if self._wanted is not shot:  # whoever heard of the progress stopped it
            return
        if self._shots:
            self._ask()
        else:
            self.stop()
            self._then(self._picture)


def overlay_for_paper(overlay: Overlay, *, marks: bool) -> Overlay:
    """Return what is painted over a printed map: as on the screen but for furniture and legend.

    Parameters
    ----------
    marks : bool
        With the selection, measures, and what a card points out.
    """
    printed = copy.copy(overlay)
    # It is painted on another thread: what remembers where it painted is not the screen's.
    printed.labels, printed.point_marks = overlay.labels.apart(), PointMarks()
    printed.points = dict(overlay.points)
    printed.furniture = False
    printed.legend, printed.legend_box = None, LegendBox()
    printed.marks = copy.copy(overlay.marks) if marks else Marks()
    printed.tools = copy.copy(overlay.tools) if marks else ToolMarks()
    return printed


def printout_of(overlay: Overlay, title: str, file_kind: str, focus: Ref | None) -> Printout:
    """Return what leaves with a picture of a map: who is on it, as far as the map knows.

    Bands around floors, lit buildings and an opened one stand in the scene: a sheet without marks shows
    them too.

    Parameters
    ----------
    focus : Ref or None
        What the card shows, whose home is lit up.
    """
    marks, pointed_at = overlay.marks, printing.pointing_at(focus)
    open_, counted = overlay.open, overlay.legend is not None and overlay.legend.personal
    # The band around the home of whoever is pointed at stands for nobody else on its floor.
    own = marks.home if pointed_at is not None else ()
    return Printout(
        title,
        file_kind,
        pointed_at,
        counted or open_ is not None,
        tuple(one for one in marks.floors if one not in own),
        open_.inside.id if open_ is not None and open_.counts is not None else "",
        marks.found,
    )


OUTLINED_BELOW = 2.2
"""Metres per pixel below which a plan's buildings have outlines: 1 : 10,000."""


def paint_outlines(
    picture: QImage, buildings: NDArray[np.object_], frame: Frame, within: tuple[float, float]
) -> None:
    """Draw the edges of buildings over a plan, in which no wall is seen; any thread.

    Parameters
    ----------
    buildings : ndarray of Polygon or MultiPolygon
    within : tuple of float
        Pixels across from which on, and up to which, they are drawn.
    """
    projection = frame.projection
    if not frame.plan or projection.metres_per_pixel > OUTLINED_BELOW:
        return
    corners = [(x, y) for x in (0.0, projection.width) for y in (0.0, projection.height)]
    places = np.array([projection.to_ground(*corner) for corner in corners], float)
    boxes = shapely.bounds(buildings)
    reaches = (boxes[:, 2:] >= places.min(axis=0)) & (boxes[:, :2] <= places.max(axis=0))
    rings = shapely.get_rings(buildings[reaches.all(axis=1)])
    if not len(rings):
        return
    pixels, _depth = projection.to_screen(shapely.get_coordinates(rings))
    ends = np.cumsum(shapely.get_num_coordinates(rings))[:-1]
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(frame.ratio, frame.ratio)
    painter.setClipRect(QRectF(within[0], 0, within[1] - within[0], projection.height))
    painter.setPen(QPen(QColor(70, 62, 50, 150), 0.9))
    size = np.array([projection.width, projection.height])
    for ring in np.split(pixels, ends):
        if len(ring) and (ring.max(axis=0) >= 0).all() and (ring.min(axis=0) <= size).all():
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in ring.tolist()]))
    painter.end()


def paint_overlay(picture: QImage, overlay: Overlay, frame: Frame) -> None:
    """Paint symbols and labels over a frame's picture; any thread."""
    painter = QPainter(picture)
    painter.scale(frame.ratio, frame.ratio)
    try:
        overlay.paint(painter, frame.projection, frame.ratio)
    finally:
        painter.end()
