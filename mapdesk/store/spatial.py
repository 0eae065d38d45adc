"""Indexes over places, in memory, built when first asked for.

DuckDB's R-tree does not survive a killed process and answers a circle over 5,000 cameras no faster
than an array does, so the file holds none: an index is made from the rows at first use and dropped
when its noun is written. One process holds a district, so no one else can make it stale.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.model.features import Features
from mapdesk.model.shapes import Circle, GroundShape


@dataclass(frozen=True)
class _Points:
    """Coordinates in order of x, so that a shape looks at the band it spans only.

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        Row of each entry.
    x, y : ndarray of float, shape (n,)
        Metres; x ascending.
    """

    order: NDArray[np.intp]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @classmethod
    def of(cls, xy: NDArray[np.float64]) -> _Points:
        order = np.argsort(xy[:, 0], kind="stable")
        return cls(order, xy[order, 0].copy(), xy[order, 1].copy())

    def within(self, shape: GroundShape) -> NDArray[np.intp]:
        xmin, _ymin, xmax, _ymax = shape.bounds
        low, high = self.x.searchsorted((xmin, xmax))
        if isinstance(shape, Circle):
            # Twice the slack of rounding: a point exactly on the edge may lie a bit outside the band.
            low, high = max(low - 1, 0), high + 1
            dx, dy = self.x[low:high] - shape.x, self.y[low:high] - shape.y
            inside = dx * dx + dy * dy <= shape.radius * shape.radius
        else:
            inside = shape.contains(np.column_stack([self.x[low:high], self.y[low:high]]))
        found = self.order[low:high][inside]
        found.sort()
        return found


@dataclass(frozen=True)
class SpatialIndex:
    """Where the rows of one noun are.

    Parameters
    ----------
    features : Features
        All rows that have a place, with geometry.
    xy : ndarray of float, shape (n, 2), or None
        Coordinates of points, in row order; None for other geometry.
    """

    features: Features
    xy: NDArray[np.float64] | None
    points: _Points | None
    tree: shapely.STRtree | None

    @classmethod
    def of(cls, features: Features) -> SpatialIndex:
        """Build the index: sorted coordinates for points, a tree of boxes for the rest."""
        geometry = features.placed
        if len(geometry) == 0 or (shapely.get_type_id(geometry) == 0).all():
            xy = features.xy
            return cls(features, xy, _Points.of(xy), None)
        return cls(features, None, None, shapely.STRtree(geometry))

    def within(self, shape: GroundShape) -> NDArray[np.intp]:
        """Return positions of the rows that touch `shape`, in row order.

        A circle is exact for points; for lines and polygons it is the distance to its centre.
        """
        if self.points is not None:
            return self.points.within(shape)
        if self.tree is None:
            return np.empty(0, np.intp)
        if isinstance(shape, Circle):
            centre = shapely.Point(shape.x, shape.y)
            found = self.tree.query(centre, predicate="dwithin", distance=shape.radius)
        else:
            shapely.prepare(shape.polygon)
            found = self.tree.query(shape.polygon, predicate="intersects")
        return np.sort(found)

    def nearest(
        self, x: float, y: float, count: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return positions and distances (m) of the `count` rows nearest to a point, nearest first."""
        if self.xy is not None:
            metres = np.hypot(self.xy[:, 0] - x, self.xy[:, 1] - y)
        else:
            metres = shapely.distance(self.features.placed, shapely.Point(x, y))
        count = min(count, len(metres))
        if count == 0:
            return np.empty(0, np.intp), np.empty(0)
        candidates = np.argpartition(metres, count - 1)[:count]
        order = candidates[np.lexsort((candidates, metres[candidates]))]
        return order, metres[order]

    def at(self, x: float, y: float) -> NDArray[np.intp]:
        """Return positions of the polygons that hold a point."""
        if self.tree is None:
            return np.empty(0, np.intp)
        return np.sort(self.tree.query(shapely.Point(x, y), predicate="intersects"))


@dataclass
class SpatialIndexes:
    """The index of each noun, by key; safe to use from any thread."""

    _built: dict[str, SpatialIndex] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def get(self, noun: str) -> SpatialIndex | None:
        """Return the index of `noun`, or None where it has to be built."""
        with self._lock:
            return self._built.get(noun)

    def put(self, noun: str, features: Features) -> SpatialIndex:
        """Build, keep and return the index of `noun`."""
        index = SpatialIndex.of(features)
        with self._lock:
            self._built[noun] = index
        return index

    def forget(self, nouns: set[str]) -> None:
        """Drop the indexes of nouns that were written."""
        with self._lock:
            for noun in nouns:
                self._built.pop(noun, None)
