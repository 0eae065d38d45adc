"""Corners and edges a pointer can be caught by: of buildings at foot and roof, of lines on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.terrain import Terrain

Floats = NDArray[np.float64]

MOST = 60
"""Shapes looked at for one pointer; the nearest ones are enough in the densest place."""


@dataclass(frozen=True)
class SnapLayer:
    """Shapes of one kind.

    Parameters
    ----------
    shapes : ndarray of shapely geometry, shape (n,)
        Polygons or lines, metres.
    tree : shapely.STRtree
        Over `shapes`.
    heights : ndarray, shape (n, k)
        Metres above the ground where the outline of each can be caught: its foot and its roof.
    terrain : Terrain or None
        Ground that outlines follow, point by point.
    """

    shapes: NDArray[np.object_]
    tree: shapely.STRtree
    heights: Floats
    terrain: Terrain | None = None

    @classmethod
    def flat(cls, shapes: NDArray[np.object_], terrain: Terrain | None = None) -> SnapLayer:
        """Return shapes that lie on the ground."""
        return cls(shapes, shapely.STRtree(shapes), np.zeros((len(shapes), 1)), terrain)

    def segments(self, path: shapely.Geometry, reach: float) -> Floats:
        """Return edges (m, 2, 3) of what lies within `reach` metres of a path on the ground."""
        near = self.tree.query(path, predicate="dwithin", distance=reach)[:MOST]
        if not len(near):
            return np.empty((0, 2, 3))
        parts, of_shape = shapely.get_parts(self.shapes[near], return_index=True)
        is_area = shapely.get_type_id(parts) == 3
        rings, of_part = shapely.get_rings(parts[is_area], return_index=True)
        lines = np.concatenate([rings, parts[~is_area]])
        owner = np.concatenate([of_shape[is_area][of_part], of_shape[~is_area]])
        xy, of_line = shapely.get_coordinates(lines, return_index=True)
        start = np.flatnonzero(of_line[:-1] == of_line[1:])
        flat = np.stack([xy[start], xy[start + 1]], axis=1)
        levels = self.heights[near[owner[of_line[start]]]]
        edges = [
            np.concatenate([flat, np.repeat(level[:, None, None], 2, axis=1)], axis=2)
            for level in levels.T
        ]
        found = np.concatenate(edges)
        if self.terrain is not None:
            found[..., 2] += self.terrain.at(found[..., :2]).reshape(found.shape[:2])
        return found


@dataclass(frozen=True)
class Snapper:
    """All that can be caught.

    Parameters
    ----------
    raised : SnapLayer or None
        Buildings.
    flat : tuple of SnapLayer
        Roads and grids.
    """

    raised: SnapLayer | None
    flat: tuple[SnapLayer, ...] = ()

    def segments(self, above: shapely.Geometry, ground: shapely.Geometry, reach: float) -> Floats:
        """Return edges (m, 2, 3) near a pointer.

        Parameters
        ----------
        above : shapely.Geometry
            What the pointer's ray passes over below the highest roof, in plan.
        ground : shapely.Point
            Where it meets the ground.
        reach : float
            Metres.
        """
        found = [layer.segments(ground, reach) for layer in self.flat]
        if self.raised is not None:
            found.append(self.raised.segments(above, reach))
        return np.concatenate(found) if found else np.empty((0, 2, 3))
