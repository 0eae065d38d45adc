"""Points over the picture: symbols by kind and status, dots from afar, clusters where there are heaps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap

from mapdesk.layers.layers import CLOSE_UP
from mapdesk.layers.points import RESTING, Heaps
from mapdesk.layers.style import MapStyle
from mapdesk.scene3d import symbols
from mapdesk.scene3d.content import PointLayer
from mapdesk.scene3d.seen import in_view
from mapdesk.scene3d.viewpoint import Projection

Floats = NDArray[np.float64]

SMALL_FROM, SYMBOLS_BELOW = 1.6, 3.0
"""Metres per pixel from which symbols are small, and from which they are dots."""
CLUSTER_COLOUR = "#5b6670"
"""Of clusters of points that have a style."""
MOVING = ("worker",)
"""Points that do not stand still: painted last, anew at every step."""


@dataclass(frozen=True)
class Cluster:
    """One cluster on the picture.

    Parameters
    ----------
    bounds : tuple of float
        What its points cover, metres.
    px, py : float
        Its middle on the picture.
    """

    noun: str
    count: int
    bounds: tuple[float, float, float, float]
    px: float
    py: float


@dataclass
class PointMarks:
    """The points of a map. GUI thread only.

    Parameters
    ----------
    clusters : list of Cluster
        What the picture painted last shows, the largest first.
    marked : Cluster or None
        The one the keyboard is at.
    """

    clusters: list[Cluster] = field(default_factory=list)
    marked: Cluster | None = None
    _painted: tuple[Projection, Floats, tuple[Floats, Floats]] | None = None

    def heaps_of(self, layer: PointLayer, projection: Projection) -> Heaps | None:
        """Return what a layer is drawn as where it is clustered at this scale."""
        return layer.clusters.at(projection.metres_per_pixel) if layer.clusters else None

    def is_drawn(self, layer: PointLayer, projection: Projection) -> bool:
        """Say whether a layer appears at this scale."""
        near = projection.metres_per_pixel <= CLOSE_UP.get(layer.noun, np.inf)
        return len(layer.ids) > 0 and (near or layer.clusters is not None or layer.is_styled)

    def boxes(
        self, projection: Projection, layers: Mapping[str, PointLayer], nouns: Collection[str]
    ) -> Floats:
        """Return the boxes (k, 4) of points larger than dots, pixels: names keep clear of them."""
        size = size_at(projection.metres_per_pixel)
        found = [np.empty((0, 4))]
        for noun in nouns:
            layer = layers.get(noun)
            if layer is None or not self.is_drawn(layer, projection):
                continue
            heaps = self.heaps_of(layer, projection)
            if heaps is None and size <= symbols.DOT_SIZE:
                continue
            xy = layer.xy if heaps is None else heaps.xy
            painted = self._painted
            if painted is not None and painted[0] is projection and painted[1] is xy:
                pixels = painted[2][0]
            else:
                pixels, _depth = projection.in_sight(xy)
            seen = in_view(pixels, projection, 12)
            pixels = pixels[seen]
            half: Any = symbols.SYMBOL_SIZE / 2
            if heaps is None:
                half = (size * layer.scales[layer.look[seen]] / 2 - 1)[:, None]
            found.append(np.concatenate([pixels - half, pixels + half], axis=1))
        return np.concatenate(found)

    def paint(
        self,
        painter: QPainter,
        projection: Projection,
        ratio: float,
        style: MapStyle,
        layers: Mapping[str, PointLayer],
        nouns: Collection[str],
        selected: dict[str, set[str]],
    ) -> None:
        """Paint the layers of `nouns`, rings around those that are selected."""
        for noun in nouns:
            layer = layers.get(noun)
            if layer is None or not self.is_drawn(layer, projection):
                continue
            heaps = self.heaps_of(layer, projection)
            which, xy = None, layer.xy
            if heaps is not None:
                # A cluster holds points of all classes: its colour is none of theirs.
                colour = CLUSTER_COLOUR if layer.is_styled else style.symbol[noun]
                self._paint_clusters(painter, projection, ratio, colour, noun, heaps)
                which = heaps.only[heaps.count == 1]
                xy = layer.xy[which]
            self._paint_symbols(
                painter, projection, ratio, style, layer, xy, which, selected.get(noun)
            )

    def _paint_symbols(
        self,
        painter: QPainter,
        projection: Projection,
        ratio: float,
        style: MapStyle,
        layer: PointLayer,
        xy: Floats,
        which: NDArray[np.int64] | None,
        selected: set[str] | None,
    ) -> None:
        pixels, depth = found = projection.in_sight(xy)
        self._painted = projection, xy, found
        look = layer.look if which is None else layer.look[which]
        order = np.flatnonzero(in_view(pixels, projection, 12))
        # The far ones first, and those at rest under the others.
        order = order[np.argsort(-depth[order], kind="stable")]
        size = size_at(projection.metres_per_pixel)
        ranks = sorted(
            range(len(layer.looks)),
            key=lambda at: (layer.looks[at].state not in RESTING, -layer.looks[at].scale),
        )
        for at in ranks:
            some = order[look[order] == at]
            if not len(some):
                continue
            one, colour = layer.looks[at], style.symbol[layer.noun]
            if size <= symbols.DOT_SIZE:
                muted = one.colour or symbols.state_colour(one, colour, style.theme)
                across = symbols.STYLED_DOT_SIZE if one.colour else size
                image = symbols.dot(muted, ratio, round(across * one.scale))
            else:
                image = symbols.symbol(one, colour, style.theme, ratio, round(size * one.scale))
            stamp(painter, image, pixels[some])
        if selected:
            painter.setPen(QPen(QColor(style.plain["highlight"]), 2.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ids = layer.ids if which is None else layer.ids[which]
            for index in order[np.isin(ids[order].astype(str), list(selected))].tolist():
                radius = size * layer.scales[look[index]] / 2 + 1.5
                painter.drawEllipse(QPointF(*pixels[index]), radius, radius)

    # ------------------------------------------------------------------ clusters

    def _paint_clusters(
        self,
        painter: QPainter,
        projection: Projection,
        ratio: float,
        colour: str,
        noun: str,
        heaps: Heaps,
    ) -> None:
        pixels, depth = projection.in_sight(heaps.xy)
        shown = np.flatnonzero(in_view(pixels, projection, 20) & (heaps.count > 1))
        shown = shown[np.argsort(-depth[shown], kind="stable")]
        for index in shown.tolist():
            count, (x, y) = int(heaps.count[index]), pixels[index].tolist()
            image = symbols.cluster(count, colour, ratio)
            size = image.deviceIndependentSize()
            painter.drawPixmap(QPointF(x - size.width() / 2, y - size.height() / 2), image)
            (west, south), (east, north) = heaps.low[index].tolist(), heaps.high[index].tolist()
            self.clusters.append(Cluster(noun, count, (west, south, east, north), x, y))

    def begin(self) -> None:
        """Forget the clusters of the picture before."""
        self.clusters = []

    def end(self, painter: QPainter, style: MapStyle) -> None:
        """Order the clusters painted, and ring the one the keyboard is at if it is still there."""
        self.clusters.sort(key=lambda one: -one.count)
        was = self.marked
        self.marked = None
        for one in self.clusters:
            if was is not None and (one.noun, one.bounds) == (was.noun, was.bounds):
                self.marked = one
                radius = symbols.cluster_radius(one.count) + 6
                painter.setPen(QPen(QColor(style.plain["highlight"]), 3.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(one.px, one.py), radius, radius)

    def cluster_at(self, px: float, py: float) -> Cluster | None:
        """Return the cluster under a pixel."""
        for one in reversed(self.clusters):
            reach = symbols.cluster_radius(one.count) + 2
            if (one.px - px) ** 2 + (one.py - py) ** 2 <= reach * reach:
                return one
        return None

    def mark_next(self) -> Cluster | None:
        """Go to the next cluster in view, from the largest on, and round again; None without any."""
        if not self.clusters:
            self.marked = None
        elif self.marked in self.clusters:
            at = self.clusters.index(self.marked)
            self.marked = self.clusters[(at + 1) % len(self.clusters)]
        else:
            self.marked = self.clusters[0]
        return self.marked


def size_at(metres_per_pixel: float) -> int:
    """Return how many pixels a symbol is across at a scale."""
    if metres_per_pixel > SYMBOLS_BELOW:
        return symbols.DOT_SIZE
    return symbols.SMALL_SIZE if metres_per_pixel > SMALL_FROM else symbols.SYMBOL_SIZE


def stamp(painter: QPainter, image: QPixmap, pixels: NDArray[np.float64]) -> None:
    """Paint one image centred at each of `pixels` (n, 2), all in one call."""
    if not len(pixels):
        return
    # PyQt annotates neither how an array is made nor that its memory can be written.
    fragments: Any = cast("Any", sip.array)(QPainter.PixmapFragment, len(pixels))
    # Written as one block of numbers: an object for each would take ten times as long as the painting.
    memory: Any = sip.voidptr(fragments, len(pixels) * 80)
    rows = np.frombuffer(memory, float).reshape(-1, 10)
    # Fragments are in device pixels of the image: scale them back to the painter's.
    back = 1 / image.devicePixelRatio()
    rows[:] = (0, 0, 0, 0, image.width(), image.height(), back, back, 0, 1)
    rows[:, :2] = pixels
    painter.drawPixmapFragments(fragments, image)
