"""Meshes made on a plane, put on a terrain.

A building is founded on the lowest ground along its outline, so that no wall of it floats, and its heights
are counted from the ground halfway between that and the highest. On a slope so steep that it would sink in
uphill they are counted from higher up: a storey of it stands above the highest ground along its outline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.terrain import Terrain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Stands = Literal["parts", "points", "whole"]
"""Each owner as a building does, each point on its own ground, or all on that of the middle."""

STOREY = 3.0
"""Metres of a building that stand above the highest ground along its outline, at least."""
MOST_SAMPLES = 64
"""Places along one edge at which its ground is looked up."""
_ON_GROUND = 0.05
"""Metres above the ground up to which a point of a model stands on it."""
_FOOT = 1e-3
"""Metres by which points of one foot may differ in height."""


@dataclass(frozen=True)
class Founding:
    """How high buildings stand.

    Parameters
    ----------
    foot : ndarray of float, shape (n,)
        The lowest ground along the outline, metres; 0 of what has none.
    ground : ndarray of float, shape (n,)
        The height that those of the building are counted from, metres.
    """

    foot: Floats
    ground: Floats

    def raised(self, z: ArrayLike, owner: Ints | NDArray[np.int32] | slice = slice(None)) -> Floats:
        """Return where heights (n,) counted from the ground are; what reaches the ground goes to the foot.

        Parameters
        ----------
        owner : ndarray of int, shape (n,)
            Whose heights they are; by default one of each building.
        """
        heights = np.asarray(z, float)
        return heights + np.where(heights <= 0.0, self.foot[owner], self.ground[owner])


def founded(terrain: Terrain, polygons: ArrayLike, tall: ArrayLike) -> Founding:
    """Return how what has footprints is founded.

    Parameters
    ----------
    polygons : array_like of shapely geometry, shape (n,)
        Metres; missing and empty ones have their foot at 0.
    tall : array_like of float, shape (n,)
        Heights above the ground, metres.
    """
    shapes = np.asarray(polygons, object).reshape(-1)
    rings, of_shape = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    xy, of_line = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(of_line[:-1] == of_line[1:])
    edges = np.stack([xy[start], xy[start + 1]], axis=1)
    return _founding(terrain, edges, of_shape[of_line[start]], np.asarray(tall, float))


def founded_mesh(terrain: Terrain, mesh: Mesh, origin: tuple[float, float]) -> Founding:
    """Return how the owners of a mesh made on a plane are founded: its lowest edges are their outlines."""
    count = int(mesh.owner.max(initial=-1)) + 1
    height = mesh.points[:, 2].astype(float)
    low, tall = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, mesh.owner, height)
    np.maximum.at(tall, mesh.owner, height)
    is_foot = height <= low[mesh.owner] + _FOOT
    corners = mesh.triangles
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = pairs[is_foot[pairs].all(axis=1)]
    edges = mesh.points[pairs, :2] + np.array(origin)
    return _founding(terrain, edges, mesh.owner[pairs[:, 0]], tall)


def _founding(
    terrain: Terrain, edges: Floats, owner: NDArray[np.int32] | Ints, tall: Floats
) -> Founding:
    """Look at the ground along edges (m, 2, 2) of owners (m,)."""
    way = edges[:, 1] - edges[:, 0]
    length = np.hypot(way[:, 0], way[:, 1])
    count = np.clip(np.ceil(length / terrain.step), 1, MOST_SAMPLES).astype(np.int64)
    edge = np.repeat(np.arange(len(edges)), count)
    part = (np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)) / count[edge]
    # An outline is closed: where an edge ends the next one begins.
    ground = terrain.at(edges[edge, 0] + part[:, None] * way[edge])
    low, high = np.full(len(tall), np.inf), np.full(len(tall), -np.inf)
    np.minimum.at(low, owner[edge], ground)
    np.maximum.at(high, owner[edge], ground)
    has = np.isfinite(low)
    low, high = np.where(has, low, 0.0), np.where(has, high, 0.0)
    buried = np.maximum(tall - STOREY, 0.0)
    return Founding(low, np.maximum((low + high) / 2, high - buried))


def put_on(mesh: Mesh, terrain: Terrain, origin: tuple[float, float], stands: Stands) -> Mesh:
    """Return a mesh made on a plane as it stands on a terrain."""
    if stands == "whole":
        return lifted_whole(mesh, terrain, origin)
    every = np.ones(int(mesh.owner.max(initial=-1)) + 1, bool)
    return lifted(mesh, terrain, origin, by_points=every if stands == "points" else None)


def lifted(
    mesh: Mesh,
    terrain: Terrain,
    origin: tuple[float, float],
    *,
    by_points: NDArray[np.bool_] | None = None,
    founding: Founding | None = None,
) -> Mesh:
    """Return a mesh whose owners stand as buildings do.

    Parameters
    ----------
    origin : tuple of float
        Metres that points are relative to.
    by_points : ndarray of bool, optional
        Owners whose points are each lifted by the ground below themselves: blocks that stand for many
        buildings.
    founding : Founding, optional
        Of the owners, where it is known already.
    """
    if not len(mesh.points):
        return mesh
    points = mesh.points.copy()
    each = np.zeros(len(points), bool) if by_points is None else by_points[mesh.owner]
    if not each.all():
        known = founding or founded_mesh(terrain, mesh, origin)
        points[:, 2] = known.raised(points[:, 2], mesh.owner)
    points[each, 2] = mesh.points[each, 2] + terrain.at(points[each, :2] + np.array(origin))
    return replace(mesh, points=points)


def lifted_whole(mesh: Mesh, terrain: Terrain, origin: tuple[float, float]) -> Mesh:
    """Return a mesh that stands as one on the ground below its middle; its feet reach down to lower ground."""
    points = mesh.points.copy()
    middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2 + np.array(origin)
    ground = float(terrain.at(middle)[0])
    feet = points[:, 2] <= _ON_GROUND
    points[~feet, 2] += ground
    points[feet, 2] += np.minimum(terrain.at(points[feet, :2] + np.array(origin)), ground)
    return replace(mesh, points=points)
