"""What is painted over the picture: symbols, labels, marks, and the map's furniture.

Painted with Qt on the GUI thread, from the viewpoint the picture was taken from, so that both always
fit; text and symbols stay crisp while the picture below is drawn at half resolution.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from mapdesk.layers.legend import Legend
from mapdesk.layers.style import MapStyle
from mapdesk.model.selection import FoundPeople, Nearby
from mapdesk.model.shapes import Circle, GroundShape
from mapdesk.scene3d import symbols
from mapdesk.scene3d.content import PointLayer
from mapdesk.scene3d.divider import DividerMark, grip_box, paint_divider, plates
from mapdesk.scene3d.furniture import (
    NORTH_RADIUS,
    caption_box,
    covered,
    metres_text,
    north_centre,
    paint_caption,
    paint_furniture,
)
from mapdesk.scene3d.labels import Labels
from mapdesk.scene3d.legend_box import LegendBox, legend_box
from mapdesk.scene3d.point_marks import MOVING, SYMBOLS_BELOW, PointMarks, stamp
from mapdesk.scene3d.rooms import OpenBuilding, paint_open
from mapdesk.scene3d.seen import in_view
from mapdesk.scene3d.tool_marks import ToolMarks, polygon
from mapdesk.scene3d.viewpoint import Projection

if TYPE_CHECKING:
    from mapdesk.scene3d.standpoint import Standpoint

NAMED_GROUND = ("land_use", "road", "railway")
"""Layers whose names are written over imagery, which shows them itself."""


@dataclass
class Marks:
    """Things pointed out on the map.

    Parameters
    ----------
    selected : dict of str to set of str
        Selected ids by noun.
    focus_xy : tuple or None
        Place (m) of the thing whose card is shown, and its height.
    floors : tuple of (str, int)
        Floors marked by a band around them: a building's id and a floor's number.
    home : tuple of (str, int)
        Which of them are so for the home that a card shows.
    found : FoundPeople or None
        The question about people by which what is lit up was found.
    wedge : ndarray or None
        Corners (n, 2) of what a camera looks at.
    street : Standpoint or None
        Where one looks around in street view.
    buildings_xy : ndarray or None
        Places (n, 2) of the selected buildings: dots where they are too small to be seen lit up.
    """

    selected: dict[str, set[str]] = field(default_factory=dict)
    shape: GroundShape | None = None
    focus_xy: tuple[float, float, float] | None = None
    floors: tuple[tuple[str, int], ...] = ()
    home: tuple[tuple[str, int], ...] = ()
    found: FoundPeople | None = None
    wedge: NDArray[np.float64] | None = None
    buildings_xy: NDArray[np.float64] | None = None
    street: Standpoint | None = None
    nearest_from: tuple[float, float] | None = None
    nearest: tuple[Nearby, ...] = ()


@dataclass
class Overlay:
    """Everything painted over the picture, in the order of `paint`.

    Parameters
    ----------
    open : OpenBuilding or None
        A building whose inside is shown; the city's symbols and labels make way for it.
    flat, imagery : bool
        Nothing stands above the ground; the ground is pictures.
    furniture : bool
        Scale bar, north arrow and attribution are painted; paper has its own.
    legend : Legend or None
        What the colours of a styled layer say: painted wherever they are, on paper too.
    before : dict of str to PointLayer or None
        Points of another time, painted left of the divider in place of `points`.
    caption : str
        The time the map shows, in words: painted wherever the map is; empty for any time.
    aside : list of QRectF
        What lies over the map besides: no name is written below it. Pixels.
    """

    style: MapStyle
    points: dict[str, PointLayer] = field(default_factory=dict)
    point_marks: PointMarks = field(default_factory=PointMarks)
    visible: list[str] = field(default_factory=list)
    labels: Labels = field(default_factory=Labels)
    marks: Marks = field(default_factory=Marks)
    tools: ToolMarks = field(default_factory=ToolMarks)
    attributions: list[str] = field(default_factory=list)
    open: OpenBuilding | None = None
    picture_attributions: list[str] = field(default_factory=list)
    flat: bool = False
    imagery: bool = False
    divider: DividerMark | None = None
    furniture: bool = True
    legend: Legend | None = None
    legend_box: LegendBox = field(default_factory=LegendBox)
    before: dict[str, PointLayer] | None = None
    caption: str = ""
    aside: list[QRectF] = field(default_factory=list)

    @property
    def named(self) -> list[str]:
        """The layers whose names are written: over imagery, which shows streets and land itself, theirs too."""
        return [*dict.fromkeys([*self.visible, *NAMED_GROUND])] if self.imagery else self.visible

    @property
    def sources(self) -> list[str]:
        """Whose everything shown is, each once: what maps, shots and prints have to say."""
        return list(dict.fromkeys([*self.attributions, *self.picture_attributions]))

    def paint(self, painter: QPainter, projection: Projection, ratio: float) -> None:
        """Paint all of it.

        Parameters
        ----------
        ratio : float
            Device pixels per pixel of what is painted on.
        """
        self.paint_still(painter, projection, ratio)
        self.paint_moving(painter, projection, ratio)

    def paint_moving(self, painter: QPainter, projection: Projection, ratio: float) -> None:
        """Paint what moves by itself over what `paint_still` painted, and what lies over it."""
        if self.open is None:
            moving = [*self._nouns(moving=True)]
            self._paint_points(painter, projection, ratio, moving)
            boxes = self.point_marks.boxes(projection, self.points, moving)
            self.labels.paint_over(painter, boxes)
        if self.furniture:
            paint_furniture(painter, projection, self.style, self.sources)
        self.legend_box.paint(painter, self.legend, self.style, projection.height)

    def paint_still(self, painter: QPainter, projection: Projection, ratio: float) -> None:
        """Paint all but what moves by itself."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.point_marks.begin()
        self.labels.clear()
        if self.open is None:
            self._city(painter, projection, ratio)
        else:
            paint_open(painter, projection, self.style, self.open)
            self.tools.paint(painter, projection, self.style, ratio)
        if self.caption:
            paint_caption(painter, self.caption, self.style, projection.width)
        if self.marks.street is not None:
            self.marks.street.paint(painter, projection, QColor(self.style.symbol["panorama"]))

    def _city(self, painter: QPainter, projection: Projection, ratio: float) -> None:
        self._shape(painter, projection)
        self._wedge(painter, projection)
        still = [*self._nouns(moving=False)]
        if projection.metres_per_pixel <= SYMBOLS_BELOW and "landmark" in still:
            still.remove("landmark")  # their models are seen
        self._paint_points(painter, projection, ratio, still)
        self.point_marks.end(painter, self.style)
        self.tools.paint(painter, projection, self.style, ratio)
        self.labels.paint(
            painter,
            projection,
            ratio,
            theme=self.style.theme,
            visible=self.named,
            symbols=self.point_marks.boxes(projection, self.points, still),
            covered=self._covered(painter.font(), projection, ratio),
            line=self.line_of(projection) or 0.0,
        )
        self._buildings(painter, projection, ratio)
        self._nearest(painter, projection, ratio)
        if self.divider is not None:
            paint_divider(painter, projection, self.divider, self.style, ratio, grip=self.furniture)
        self._focus(painter, projection)

    def _covered(
        self, font: QFont, projection: Projection, ratio: float = 1.0
    ) -> NDArray[np.float64]:
        """Return the boxes (k, 4) of all that names would be hidden by, or would hide, pixels."""
        boxes = [*self.aside, *self.tools.boxes]
        if self.furniture:
            boxes += covered(font, projection, self.sources)
        if self.caption:
            boxes.append(caption_box(font, self.caption, projection.width))
        if self.legend is not None:
            boxes.append(legend_box(font, self.legend, projection.height))
        if self.divider is not None:
            found = plates(projection, self.divider, self.style, ratio, grip=self.furniture)
            boxes += [box for _label, box in found]
            if self.furniture:
                boxes.append(grip_box(projection, self.divider))
        edges = [(one.left(), one.top(), one.right(), one.bottom()) for one in boxes]
        return np.array(edges, float).reshape(-1, 4)

    def _nouns(self, *, moving: bool) -> Iterable[str]:
        return (noun for noun in self.visible if (noun in MOVING) == moving)

    def _paint_points(
        self, painter: QPainter, projection: Projection, ratio: float, nouns: list[str]
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks, selected, line = self.point_marks, self.marks.selected, self.line_of(projection)
        if line is None or self.before is None:
            marks.paint(painter, projection, ratio, self.style, self.points, nouns, selected)
            return
        height = projection.height
        left = QRectF(0, 0, line, height)
        right = QRectF(line, 0, projection.width - line, height)
        for side, points in ((left, self.before), (right, self.points)):
            painter.save()
            painter.setClipRect(side)
            clusters, marks.clusters = marks.clusters, []
            marks.paint(painter, projection, ratio, self.style, points, nouns, selected)
            seen = [one for one in marks.clusters if side.left() <= one.px < side.right()]
            marks.clusters = clusters + seen
            painter.restore()

    def line_of(self, projection: Projection) -> float | None:
        """Return the pixel at which the divider stands; None without one."""
        return None if self.divider is None else self.divider.part * projection.width

    def points_at(self, px: float, projection: Projection) -> dict[str, PointLayer]:
        """Return the points that are shown at a pixel's side of the divider."""
        is_left = self.is_left(px, projection)
        return self.before if is_left and self.before is not None else self.points

    def is_left(self, px: float, projection: Projection) -> bool:
        """Say whether a pixel lies left of the divider."""
        line = self.line_of(projection)
        return line is not None and px < line

    # ------------------------------------------------------------------ marks

    def _shape(self, painter: QPainter, projection: Projection) -> None:
        shape = self.marks.shape
        if shape is None:
            return
        colour = QColor(self.style.plain["gesture"])
        if isinstance(shape, Circle):
            paint_ring(painter, projection, shape.outline(), colour)
            return
        for ring in shape.outlines:
            paint_ring(painter, projection, ring, colour)

    def _wedge(self, painter: QPainter, projection: Projection) -> None:
        if self.marks.wedge is not None:
            paint_ring(painter, projection, self.marks.wedge, QColor(self.style.symbol["camera"]))

    def _buildings(self, painter: QPainter, projection: Projection, ratio: float) -> None:
        places = self.marks.buildings_xy
        if places is None or not len(places) or projection.metres_per_pixel <= SYMBOLS_BELOW:
            return
        pixels, _depth = projection.in_sight(places)
        image = symbols.dot(self.style.plain["highlight"], ratio, symbols.MARK_SIZE)
        stamp(painter, image, pixels[in_view(pixels, projection, symbols.MARK_SIZE)])

    def _nearest(self, painter: QPainter, projection: Projection, ratio: float) -> None:
        start = self.marks.nearest_from
        if start is None:
            return
        places = np.array([start, *[(one.x, one.y) for one in self.marks.nearest]])
        pixels, _depth = projection.to_screen(places)
        if np.isnan(pixels[0]).any():
            return
        origin = QPointF(*pixels[0])
        colour = QColor(self.style.symbol["worker"])
        for rank, (one, end) in enumerate(
            zip(self.marks.nearest, pixels[1:], strict=True), start=1
        ):
            if np.isnan(end).any():
                continue
            painter.setPen(QPen(colour, 3.2 if rank == 1 else 2.0))
            painter.drawLine(origin, QPointF(*end))
            text = symbols.label(
                f"{rank}  {metres_text(one.metres)}",
                13,
                rank == 1,
                self.style.plain["label"],
                self.style.plain["halo"],
                ratio,
            )
            painter.drawImage(QPointF(end[0] + 10, end[1] - 24), text)
        painter.setPen(QPen(QColor("#ffffff"), 2))
        painter.setBrush(QColor(self.style.plain["gesture"]))
        painter.drawEllipse(origin, 7, 7)

    def _focus(self, painter: QPainter, projection: Projection) -> None:
        if self.marks.focus_xy is None:
            return
        x, y, z = self.marks.focus_xy
        pixels, _depth = projection.to_screen([[x, y]], 0.0 if self.flat else z)
        if np.isnan(pixels).any():
            return
        tip = QPointF(*pixels[0])
        pin = QPolygonF([tip, tip + QPointF(-8, -15), tip + QPointF(0, -26), tip + QPointF(8, -15)])
        painter.setPen(QPen(QColor("#ffffff"), 1.6))
        painter.setBrush(QColor(self.style.plain["highlight"]))
        painter.drawPolygon(pin)

    # ------------------------------------------------------------------ furniture

    def is_north(self, at: QPointF, width: float) -> bool:
        """Say whether a pixel of a picture `width` wide is on the north arrow."""
        off = at - north_centre(width)
        return self.furniture and hypot(off.x(), off.y()) <= NORTH_RADIUS


def paint_ring(
    painter: QPainter,
    projection: Projection,
    ring: NDArray[np.float64],
    colour: QColor,
    *,
    closed: bool = True,
) -> None:
    """Paint a ring of points (n, 2) on the ground or (n, 3) above it, filled lightly where closed."""
    if closed and projection.terrain is not None and len(ring) and (ring[0] != ring[-1]).any():
        ring = np.concatenate([ring, ring[:1]])
    ring = projection.along_ground(ring)
    pixels, _depth = projection.to_screen(ring[:, :2], ring[:, 2] if ring.shape[1] > 2 else 0.0)
    pixels = pixels[~np.isnan(pixels).any(axis=1)]
    # Corners that fall on the same half pixel are one to the eye; an outline may have a million.
    steps = np.round(pixels * 2)
    kept = np.ones(len(steps), bool)
    kept[1:] = (steps[1:] != steps[:-1]).any(axis=1)
    pixels = pixels[kept]
    if len(pixels) < 2:
        return
    painter.setPen(QPen(colour, 2.2))
    if not closed:
        painter.drawPolyline(polygon(pixels))
        return
    fill = QColor(colour)
    fill.setAlpha(38)
    painter.setBrush(fill)
    painter.drawPolygon(polygon(pixels))
