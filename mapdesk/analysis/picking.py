"""Which prism a ray meets first: a tree of footprints instead of a renderer's picker.

Half a millisecond over 100,000 buildings, where VTK's cell picker takes a quarter of a second. Until the
footprints are read the triangles of the tiles that are there serve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.massing import Tile
from mapdesk.analysis.standing import lifted
from mapdesk.analysis.terrain import Terrain

HIDING = 90.0
"""Metres: what is taller hides things behind it as if it were this tall."""


_SLACK = 1e-6
"""What rounding may make of a ray that touches a box."""


@dataclass(frozen=True)
class PrismPicker:
    """Footprints raised from `base` to `top`, ready to be hit by rays.

    Parameters
    ----------
    polygons : ndarray of shapely geometry, shape (n,)
    base, top : ndarray of float, shape (n,)
        Metres.
    tree : shapely.STRtree
        Over `polygons`.
    """

    polygons: NDArray[np.object_]
    base: NDArray[np.float64]
    top: NDArray[np.float64]
    tree: shapely.STRtree

    @classmethod
    def of(
        cls,
        polygons: NDArray[np.object_],
        base: NDArray[np.float64],
        top: NDArray[np.float64],
    ) -> PrismPicker:
        """Build the tree."""
        return cls(polygons, base, top, shapely.STRtree(polygons))

    @property
    def outlines(self) -> NDArray[np.object_]:
        """The polygons of those that can be hit."""
        return self.polygons[np.isfinite(self.base)]

    def only(self, chosen: NDArray[np.bool_]) -> PrismPicker:
        """Return a picker that hits those alone that are chosen (n,), numbered as before."""
        base, top = np.where(chosen, self.base, np.inf), np.where(chosen, self.top, -np.inf)
        made = replace(self, base=base, top=top)
        made.__dict__["_boxes"] = self._boxes  # of a city they take a frame to reckon
        return made

    def hit(self, near: NDArray[np.float64], far: NDArray[np.float64]) -> tuple[int, float] | None:
        """Return the first prism on the way from `near` to `far` and where on it (0 to 1), or None.

        Parameters
        ----------
        near, far : ndarray, shape (3,)
            Ends of the ray in metres, same CRS as the polygons; `far` at or below the ground.
        """
        if not len(self.polygons):
            return None
        span = self._below_roofs(near, far)
        if span is None:
            return None
        direction = far - near
        if float(np.hypot(direction[0], direction[1])) < 1e-6:
            return self._straight_down(near, direction)
        start, end = near + span[0] * direction, near + span[1] * direction
        path = shapely.LineString([start[:2], end[:2]])
        best: tuple[int, float] | None = None
        for index, earliest in self._on_the_way(path, near, direction):
            if best is not None and earliest > best[1]:
                break
            along = self._enters(index, path, near, direction)
            if along is not None and (best is None or along < best[1]):
                best = (index, along)
        return best

    def _on_the_way(
        self, path: shapely.LineString, near: NDArray[np.float64], direction: NDArray[np.float64]
    ) -> list[tuple[int, float]]:
        """Return prisms whose box the ray meets and where on it at the earliest, nearest first.

        Most that lie below the ray in plan it passes over; boxes tell those without a look at corners.
        """
        found = self.tree.query(path)
        boxes = self._boxes[found]
        flat = np.where(np.abs(direction[:2]) < 1e-12, 1e-12, direction[:2])
        one, other = (boxes[:, :2] - near[:2]) / flat, (boxes[:, 2:] - near[:2]) / flat
        enter = np.minimum(one, other).max(axis=1)
        leave = np.maximum(one, other).min(axis=1)
        heights = near[2] + np.stack([enter, leave]) * direction[2]
        met = (
            (enter <= leave + _SLACK)
            & (leave >= -_SLACK)
            & (heights.min(axis=0) <= self.top[found] + _SLACK)
            & (heights.max(axis=0) >= self.base[found] - _SLACK)
        )
        order = np.argsort(enter[met])
        return list(zip(found[met][order].tolist(), enter[met][order].tolist(), strict=True))

    @cached_property
    def _boxes(self) -> NDArray[np.float64]:
        return shapely.bounds(self.polygons)

    def _straight_down(
        self, near: NDArray[np.float64], direction: NDArray[np.float64]
    ) -> tuple[int, float] | None:
        below = self.tree.query(shapely.Point(near[:2]), predicate="intersects")
        if not len(below):
            return None
        highest = int(below[np.argmax(self.top[below])])
        if not np.isfinite(self.top[highest]):
            return None
        return highest, float((self.top[highest] - near[2]) / direction[2])

    def _below_roofs(
        self, near: NDArray[np.float64], far: NDArray[np.float64]
    ) -> tuple[float, float] | None:
        """Return the part of the ray between the highest roof and the lowest foot."""
        fall = far[2] - near[2]
        if abs(fall) < 1e-9:
            return (0.0, 1.0)
        foot = min(0.0, float(self.base.min()))
        bounds = sorted([(float(self.top.max()) - near[2]) / fall, (foot - near[2]) / fall])
        low, high = max(bounds[0], 0.0), min(bounds[1], 1.0)
        return (low, high) if low < high else None

    def _enters(
        self,
        index: int,
        path: shapely.LineString,
        near: NDArray[np.float64],
        direction: NDArray[np.float64],
    ) -> float | None:
        """Return where on the ray it enters one prism, through a wall or the roof, or None."""
        inside = shapely.get_coordinates(shapely.intersection(self.polygons[index], path))
        flat = direction[:2]
        length = float(flat @ flat)
        if not len(inside):
            return None
        where = np.sort((inside - near[:2]) @ flat / length)
        roof, base = float(self.top[index]), float(self.base[index])
        # A courtyard splits the way into pieces; each pair of crossings is one piece.
        for enter, leave in pairwise(where.tolist()):
            middle = near[:2] + (enter + leave) / 2 * flat
            if not shapely.intersects_xy(self.polygons[index], middle[0], middle[1]):
                continue
            height_in = near[2] + enter * direction[2]
            height_out = near[2] + leave * direction[2]
            if base <= height_in <= roof:
                return float(enter)
            if height_in > roof >= height_out and direction[2] < 0:
                return float((roof - near[2]) / direction[2])
        return None

    def hides(
        self,
        xy: NDArray[np.float64],
        eye: NDArray[np.float64],
        up_to: float = HIDING,
        ground: NDArray[np.float64] | None = None,
    ) -> NDArray[np.bool_]:
        """Say of places on the ground whether a prism stands between them and the eye.

        Parameters
        ----------
        xy : ndarray, shape (n, 2)
            Metres.
        eye : ndarray, shape (3,)
        up_to : float
            Metres of a prism's height that are looked at.
        ground : ndarray, shape (n,), optional
            Height of each place, metres; 0 by default.
        """
        hidden = np.zeros(len(xy), bool)
        if not len(xy) or not len(self.polygons):
            return hidden
        foot = np.zeros(len(xy)) if ground is None else ground
        climb = np.maximum(eye[2] - foot, 1e-6)
        highest = np.minimum(float(self.top.max()) - foot, up_to)
        part = np.clip(highest / climb, 0.0, 1.0)[:, None]
        ends = np.stack([xy, xy + (eye[:2] - xy) * part], axis=1)
        lines = np.asarray(shapely.linestrings(ends), object)
        which, prism = self.tree.query(lines, predicate="intersects")
        crossed = shapely.intersection(lines[which], self.polygons[prism])
        away = shapely.distance(shapely.points(xy[which]), crossed)
        distance = np.maximum(np.hypot(*(eye[:2] - xy[which]).T), 1e-6)
        height = foot[which] + away / distance * (eye[2] - foot[which])
        hidden[which[height < self.top[prism]]] = True
        return hidden


def hit_tiles(
    tiles: Iterable[Tile],
    origin: tuple[float, float],
    near: NDArray[np.float64],
    far: NDArray[np.float64],
    terrain: Terrain | None = None,
) -> int | None:
    """Return the position of the building whose triangle is first on the way, or None.

    Parameters
    ----------
    origin : tuple of float
        Metres the tiles' meshes are relative to.
    near, far : ndarray, shape (3,)
        Ends of the ray in metres.
    terrain : Terrain or None
        What the buildings stand on.
    """
    start = near - np.array([*origin, 0.0])
    along = far - near
    best: tuple[float, int] | None = None
    for tile in tiles:
        if tile.whole is None:
            continue
        low, high = tile.bounds
        if terrain is not None:
            reach = terrain.within(low[:2] + np.array(origin), high[:2] + np.array(origin))
            low, high = low + (0.0, 0.0, reach[0]), high + (0.0, 0.0, reach[1])
        if not _crosses((low, high), start, along):
            continue
        mesh = tile.whole.mesh()
        if terrain is not None:
            mesh = lifted(mesh, terrain, origin)
        a, b, c = (mesh.points[mesh.triangles[:, corner]] for corner in range(3))
        found = _first_triangle(a, b - a, c - a, start, along)
        if found is not None and (best is None or found[0] < best[0]):
            owner = mesh.owner[mesh.triangles[found[1], 0]]
            best = found[0], int(tile.members[owner])
    return None if best is None else best[1]


def _crosses(
    corners: tuple[NDArray[np.float64], NDArray[np.float64]],
    start: NDArray[np.float64],
    along: NDArray[np.float64],
) -> bool:
    """Say whether a ray meets the box between two corners, by the slabs between its sides."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first, second = ((side - start) / along for side in corners)
    enter = float(np.nanmax(np.minimum(first, second)))
    leave = float(np.nanmin(np.maximum(first, second)))
    return max(enter, 0.0) <= min(leave, 1.0)


def _first_triangle(
    corner: NDArray[np.float32],
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    start: NDArray[np.float64],
    along: NDArray[np.float64],
) -> tuple[float, int] | None:
    """Return (how far along, which) of the triangle met first (Moeller and Trumbore 1997)."""
    across = np.cross(along, other)
    turn = np.einsum("ij,ij->i", one, across)
    offset = start - corner
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.einsum("ij,ij->i", offset, across) / turn
        turned = np.cross(offset, one)
        v = turned @ along / turn
        where = np.einsum("ij,ij->i", other, turned) / turn
        met = (u >= 0) & (v >= 0) & (u + v <= 1) & (where >= 0) & (where <= 1)
    if not met.any():
        return None
    index = int(np.flatnonzero(met)[np.argmin(where[met])])
    return float(where[index]), index
