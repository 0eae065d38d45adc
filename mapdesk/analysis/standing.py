"""Meshes made on a plane, put on a terrain."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.terrain import Terrain

Stands = Literal["parts", "points", "whole"]
"""Each owner on the lowest ground under it, each point on its own ground, or all on that of the middle."""


def put_on(mesh: Mesh, terrain: Terrain, origin: tuple[float, float], stands: Stands) -> Mesh:
    """Return a mesh made on a plane as it stands on a terrain."""
    if stands == "whole":
        return lifted_whole(mesh, terrain, origin)
    return lifted(mesh, terrain, origin, each_point=stands == "points")


def lifted(
    mesh: Mesh, terrain: Terrain, origin: tuple[float, float], *, each_point: bool = False
) -> Mesh:
    """Return a mesh whose parts stand on the lowest ground under their points.

    Parameters
    ----------
    origin : tuple of float
        Metres that points are relative to.
    each_point : bool
        Every point is lifted by the ground below itself: of blocks that stand for many buildings.
    """
    if not len(mesh.points):
        return mesh
    ground = terrain.at(mesh.points[:, :2] + np.array(origin))
    if not each_point:
        ground = lowest(ground, mesh.owner)[mesh.owner]
    points = mesh.points.copy()
    points[:, 2] += ground
    return replace(mesh, points=points)


def lowest(
    ground: NDArray[np.float64], owner: NDArray[np.int32] | NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the least of the heights of each owner, 0 where it has none."""
    count = int(owner.max(initial=-1)) + 1
    found = np.full(count, np.inf)
    np.minimum.at(found, owner, ground)
    return np.where(np.isfinite(found), found, 0.0)


def lift_of_whole(mesh: Mesh, terrain: Terrain, origin: tuple[float, float]) -> float:
    """Return the height of the ground below the middle of a mesh, metres."""
    xy = mesh.points[:, :2]
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2 + np.array(origin)
    return float(terrain.at(middle)[0])


def lifted_whole(mesh: Mesh, terrain: Terrain, origin: tuple[float, float]) -> Mesh:
    """Return a mesh that stands as one on the ground below its middle."""
    points = mesh.points.copy()
    points[:, 2] += lift_of_whole(mesh, terrain, origin)
    return replace(mesh, points=points)
