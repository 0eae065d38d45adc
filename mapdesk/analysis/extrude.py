"""Footprints to meshes, vectorised: triangulated roofs, walls, and the light baked into each point.

Convex footprints become fans grouped by corner count, the rest go through earcut (mapbox), which is
what makes 100,000 footprints take about a second. Shading is a factor per point, so that a scene can
draw unlit triangles and recolour without touching geometry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mapbox_earcut
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

LIGHT = np.array([-0.55, -0.83])
"""Horizontal direction the light comes from: south-west, as on a shaded relief of the north."""

ROOF_SHADE = 1.0
WALL_SHADE = (0.60, 0.90)
"""Brightness of walls turned away from and towards the light."""
FOOT_SHADE = 0.80
"""Factor at the foot of a wall: streets between tall buildings are darker."""


@dataclass(frozen=True)
class Mesh:
    """Triangles with an owner.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 3)
        Metres, relative to the origin given.
    triangles : ndarray of int32, shape (m, 3)
        Counter-clockwise seen from outside.
    owner : ndarray of int32, shape (n,)
        For each point the position of its footprint.
    shade : ndarray of float32, shape (n,)
        Brightness factor, 0 to 1.
    """

    points: NDArray[np.float32]
    triangles: NDArray[np.int32]
    owner: NDArray[np.int32]
    shade: NDArray[np.float32]

    @classmethod
    def empty(cls) -> Mesh:
        """Return a mesh of nothing."""
        return cls(
            np.empty((0, 3), np.float32),
            np.empty((0, 3), np.int32),
            np.empty(0, np.int32),
            np.empty(0, np.float32),
        )

    def of(self, chosen: NDArray[np.bool_]) -> Mesh:
        """Return the triangles of some owners (k,) alone."""
        if chosen.all():
            return self
        kept = chosen[self.owner[self.triangles[:, 0]]]
        return Mesh(self.points, self.triangles[kept], self.owner, self.shade)

    @classmethod
    def joined(cls, meshes: Sequence[Mesh], counts: Sequence[int] | None = None) -> Mesh:
        """Return several meshes as one; the owners of each come after those of the one before.

        Parameters
        ----------
        counts : sequence of int, optional
            How many owners each has; by default up to the last that has a point.
        """
        if not meshes:
            return cls.empty()
        if counts is None:
            counts = [int(one.owner.max(initial=-1)) + 1 for one in meshes]
        points = np.cumsum([0, *(len(one.points) for one in meshes)])
        owners = np.cumsum([0, *counts])
        return cls(
            np.concatenate([one.points for one in meshes]),
            np.concatenate(
                [one.triangles + at for one, at in zip(meshes, points, strict=False)]
            ).astype(np.int32),
            np.concatenate(
                [one.owner + at for one, at in zip(meshes, owners, strict=False)]
            ).astype(np.int32),
            np.concatenate([one.shade for one in meshes]),
        )


@dataclass(frozen=True)
class _Rings:
    """Corners of all rings without the closing one, exteriors counter-clockwise, holes clockwise."""

    xy: NDArray[np.float64]
    ring_start: NDArray[np.int64]
    part_start: NDArray[np.int64]
    owner: NDArray[np.int64]
    following: NDArray[np.int64]

    @property
    def corner_owner(self) -> NDArray[np.int64]:
        return np.repeat(self.owner, np.diff(self.ring_start[self.part_start]))


def _rings_of_wkb(wkb: NDArray[np.object_], origin: tuple[float, float]) -> _Rings | None:
    """Read plain polygons from little-endian binary, quicker than asking each; None where one is not that."""
    blobs: list[bytes | None] = wkb.tolist()
    size = np.array([len(one or b"") for one in blobs], np.int64)
    if not len(size) or size.min() < _WKB_HEAD + 4:
        return None
    data = np.frombuffer(b"".join(one or b"" for one in blobs), np.uint8)
    at = np.cumsum(size) - size
    if (data[at] != 1).any() or (_at(data, at + 1, "<u4") != shapely.GeometryType.POLYGON).any():
        return None
    rings, at = _at(data, at + 5, "<u4"), at + _WKB_HEAD
    owners, places, counts = [], [], []
    for number in range(int(rings.max())):
        has = np.flatnonzero(rings > number)
        count = _at(data, at[has], "<u4").astype(np.int64)
        owners.append(has)
        places.append(at[has] + 4)
        counts.append(count)
        at[has] += 4 + 16 * count
    by_polygon = np.argsort(np.concatenate(owners), kind="stable")
    owner, place = np.concatenate(owners)[by_polygon], np.concatenate(places)[by_polygon]
    count = np.concatenate(counts)[by_polygon] - 1
    if count.min() < 3:
        return None
    start = np.concatenate([[0], np.cumsum(count)])
    within = np.arange(start[-1]) - np.repeat(start[:-1], count)

    def corners(step: NDArray[np.int64]) -> NDArray[np.float64]:
        corner = _at(data, np.repeat(place, count) + 16 * step, "V16")
        return np.asarray(corner.view("<f8").reshape(-1, 2) - origin)

    xy = corners(within)
    following = np.arange(1, len(xy) + 1)
    following[start[1:] - 1] = start[:-1]
    twice = np.add.reduceat(_crossed(xy, xy[following]), start[:-1])
    is_hole = np.diff(owner, prepend=-1) == 0
    turned = np.repeat((twice < 0) != is_hole, count)
    if turned.any():
        xy = corners(np.where(turned, -within % np.repeat(count, count), within))
    part_start = np.append(np.flatnonzero(~is_hole), len(owner))
    return _Rings(xy, start, part_start, owner[~is_hole], following)


_WKB_HEAD = 9
"""Bytes before a polygon's rings: byte order, kind, how many; a ring begins with how many corners it has."""


def _at(data: NDArray[np.uint8], places: NDArray[np.int64], kind: str) -> NDArray[Any]:
    """Return what begins at each of these places, which need not be multiples of its size."""
    size = np.dtype(kind).itemsize
    everywhere: NDArray[Any] = np.ndarray((len(data) - size + 1,), kind, data, strides=(1,))
    return everywhere[places]


def _crossed(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * other[:, 1] - other[:, 0] * one[:, 1])


def _rings(polygons: NDArray[np.object_], origin: tuple[float, float]) -> _Rings | None:
    """Return the rings of polygons or of their binary; None where there are none."""
    is_binary = len(polygons) > 0 and isinstance(polygons[0], bytes)
    plain = polygons if is_binary else shapely.to_wkb(polygons, byte_order=1)
    found = _rings_of_wkb(np.asarray(plain, object), origin)
    if found is not None:
        return found
    polygons = shapely.from_wkb(polygons) if is_binary else polygons
    parts, owner = shapely.get_parts(polygons, return_index=True)
    keep = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    parts, owner = parts[keep], owner[keep]
    if not len(parts):
        return None
    _kind, xy, (rings, part_start) = shapely.to_ragged_array(shapely.orient_polygons(parts))
    last = np.zeros(len(xy), bool)
    last[rings[1:] - 1] = True
    ring_start: NDArray[np.int64] = rings.astype(np.int64) - np.arange(len(rings))
    xy = xy[~last, :2] - origin
    following = np.arange(1, len(xy) + 1)
    following[ring_start[1:] - 1] = ring_start[:-1]
    return _Rings(
        xy, ring_start, np.asarray(part_start, np.int64), owner.astype(np.int64), following
    )


def _fill(rings: _Rings) -> NDArray[np.int64]:
    """Triangulate every part; indices into its corners."""
    xy, start, part = rings.xy, rings.ring_start, rings.part_start
    previous = np.empty(len(xy), np.int64)
    previous[rings.following] = np.arange(len(xy))
    before, after = xy - xy[previous], xy[rings.following] - xy
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    convex_ring = np.minimum.reduceat(turn, start[:-1]) >= -1e-9
    first, corners = start[part[:-1]], start[part[1:]] - start[part[:-1]]
    convex = (np.diff(part) == 1) & convex_ring[part[:-1]]
    pieces = []
    for count in np.flatnonzero(np.bincount(corners[convex])):
        fan = np.column_stack(
            [np.zeros(count - 2, int), np.arange(1, count - 1), np.arange(2, count)]
        )
        pieces.append((first[convex & (corners == count)][:, None, None] + fan).reshape(-1, 3))
    pieces.append(_clip_ears(rings, np.flatnonzero(~convex)))
    return np.concatenate(pieces)


def _clip_ears(rings: _Rings, parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangulate these parts one by one; indices into all corners."""
    if not len(parts):
        return np.empty((0, 3), np.int64)
    start, part = rings.ring_start, rings.part_start
    low = start[part[:-1]]
    ends = (start[1:] - np.repeat(low, np.diff(part))).astype(np.uint32)
    bounds = zip(
        low[parts].tolist(),
        start[part[parts + 1]].tolist(),
        part[parts].tolist(),
        part[parts + 1].tolist(),
        strict=True,
    )
    triangulate, xy = mapbox_earcut.triangulate_float64, rings.xy
    found = [triangulate(xy[a:b], ends[c:d]) for a, b, c, d in bounds]
    offset = np.repeat(low[parts], [len(one) for one in found])
    return (np.concatenate(found).astype(np.int64) + offset).reshape(-1, 3)


def flat(
    polygons: NDArray[np.object_], origin: tuple[float, float], z: float | ArrayLike = 0.0
) -> Mesh:
    """Triangulate polygons lying flat; the triangles of each come after those of the one before.

    Parameters
    ----------
    polygons : ndarray of shapely geometries, shape (n,)
    origin : tuple of float
        Metres subtracted before rounding to float32.
    z : float or array_like, shape (n,)
        Height in metres.
    """
    rings = _rings(polygons, origin)
    if rings is None:
        return Mesh.empty()
    owner = rings.corner_owner
    height = np.broadcast_to(np.asarray(z, float), (len(polygons),))[owner]
    points = np.column_stack([rings.xy, height]).astype(np.float32)
    triangles = _fill(rings).astype(np.int32)
    return Mesh(
        points,
        triangles[np.argsort(owner[triangles[:, 0]], kind="stable")],
        owner.astype(np.int32),
        np.ones(len(points), np.float32),
    )


@dataclass(frozen=True)
class Prisms:
    """Footprints and heights, a fifth of what their mesh takes.

    Parameters
    ----------
    xy : ndarray of float32, shape (n, 2)
        Corners of all rings, exteriors counter-clockwise, holes clockwise, metres from the origin.
    following : ndarray of int32, shape (n,)
        For each corner the next one of its ring.
    owner : ndarray of int32, shape (n,)
        For each corner the position of its footprint, ascending.
    roof : ndarray of int32, shape (m, 3)
        Triangles of the roofs: corners.
    base, top : ndarray of float32, shape (k,)
        Metres, by footprint.
    """

    xy: NDArray[np.float32]
    following: NDArray[np.int32]
    owner: NDArray[np.int32]
    roof: NDArray[np.int32]
    base: NDArray[np.float32]
    top: NDArray[np.float32]

    def only(self, chosen: NDArray[np.bool_]) -> Prisms:
        """Return those of the footprints that are chosen (k,), numbered as before."""
        kept = chosen[self.owner]
        place = np.cumsum(kept, dtype=np.int32) - 1
        roof = self.roof[kept[self.roof[:, 0]]]
        return Prisms(
            self.xy[kept],
            place[self.following[kept]],
            self.owner[kept],
            place[roof],
            self.base,
            self.top,
        )

    def mesh(self) -> Mesh:
        """Return roofs, one point a corner, and walls, four points each: two of the foot, two above."""
        count = len(self.owner)
        if not count:
            return Mesh.empty()
        points = np.empty((5 * count, 3), np.float32)
        low, high = self.base[self.owner], self.top[self.owner]
        points[:count, :2], points[:count, 2] = self.xy, high
        walls, end = points[count:].reshape(-1, 4, 3), self.xy[self.following]
        walls[:, 0, :2] = walls[:, 3, :2] = self.xy
        walls[:, 1, :2] = walls[:, 2, :2] = end
        walls[:, :2, 2], walls[:, 2:, 2] = low[:, None], high[:, None]
        edge = end - self.xy
        length = np.maximum(np.hypot(edge[:, 0], edge[:, 1]), 1e-6)
        facing = (edge[:, 1] * LIGHT[0] - edge[:, 0] * LIGHT[1]) / length
        wall_shade = WALL_SHADE[0] + (WALL_SHADE[1] - WALL_SHADE[0]) * (facing + 1) / 2
        shade = np.empty(5 * count, np.float32)
        shade[:count] = ROOF_SHADE
        shade[count:] = (wall_shade[:, None] * [FOOT_SHADE, FOOT_SHADE, 1.0, 1.0]).ravel()
        corner = count + 4 * np.arange(count, dtype=np.int32)[:, None, None]
        triangles = np.empty((len(self.roof) + 2 * count, 3), np.int32)
        triangles[: len(self.roof)] = self.roof
        # Both of a wall together: what draws then works its four points out once, not six times.
        triangles[len(self.roof) :] = (corner + _WALL).reshape(-1, 3)
        owner = np.concatenate([self.owner, np.repeat(self.owner, 4)])
        return Mesh(points, triangles, owner, shade)


_WALL = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
"""Triangles of a wall."""


def outlines(
    polygons: NDArray[np.object_], base: ArrayLike, top: ArrayLike, origin: tuple[float, float]
) -> Prisms:
    """Triangulate the roofs of footprints, ready to be raised to prisms with walls, open below.

    Parameters
    ----------
    polygons : ndarray of shapely.Polygon or MultiPolygon, or their well-known binary, shape (n,)
        Holes become courtyards.
    base, top : array_like, shape (n,)
        Heights in metres of the foot and the roof.
    origin : tuple of float
        Metres subtracted before rounding to float32.
    """
    heights = [np.broadcast_to(np.asarray(z, np.float32), (len(polygons),)) for z in (base, top)]
    rings = _rings(polygons, origin)
    if rings is None:
        none = np.empty(0, np.int32)
        return Prisms(np.empty((0, 2), np.float32), none, none, none.reshape(-1, 3), *heights)
    return Prisms(
        rings.xy.astype(np.float32),
        rings.following.astype(np.int32),
        rings.corner_owner.astype(np.int32),
        _fill(rings).astype(np.int32),
        *heights,
    )


def prisms(
    polygons: NDArray[np.object_], base: ArrayLike, top: ArrayLike, origin: tuple[float, float]
) -> Mesh:
    """Return the mesh of footprints raised to prisms: see `outlines`."""
    return outlines(polygons, base, top, origin).mesh()
