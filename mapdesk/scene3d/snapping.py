"""What a measuring pointer meets: the ground, a wall or a roof, or the corner or edge it is caught by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.snapping import Snapper
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.viewpoint import Projection

Floats = NDArray[np.float64]

CORNER_REACH, EDGE_REACH = 11.0, 7.0
"""Pixels from a corner or an edge within which the pointer is caught."""
_COARSE = 4.0
"""Metres a pixel above which nothing is caught: a footprint is a speck then."""
_AHEAD = 500.0
"""Metres before the surface met in which roofs are looked for."""
_TRIED = 4
"""Corners that are looked at, nearest first, for one that no building hides."""
_CLEAR = 0.4
"""Metres before a corner where the eye's ray to it has to end, lest its own building hide it."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A place met.

    Parameters
    ----------
    x, y, z : float
        Metres and height.
    px, py : float
        The pixel it is seen at.
    caught : str
        "corner", "edge" or "".
    building : int or None
        Position of the building under the pointer.
    """

    x: float
    y: float
    z: float
    px: float
    py: float
    caught: str = ""
    building: int | None = None


def touched(
    projection: Projection,
    pixel: tuple[float, float],
    footprints: Footprints | None,
    snapper: Snapper | None,
) -> Touch | None:
    """Return what is met under a pixel, its height counted from the ground; None above the horizon.

    Footprints and what the snapper knows stand on the projection's terrain.
    """
    found = _met(projection, pixel, footprints, snapper)
    if found is None or projection.terrain is None:
        return found
    return replace(found, z=float(projection.above_ground([found.x, found.y, found.z])[0, 2]))


def _met(
    projection: Projection,
    pixel: tuple[float, float],
    footprints: Footprints | None,
    snapper: Snapper | None,
) -> Touch | None:
    surface = _surface(projection, pixel, footprints)
    if snapper is None:
        return surface
    if surface is None:
        return None
    eye, direction = projection.ray(*pixel)
    met = np.array([surface.x, surface.y, surface.z])
    far = float(np.linalg.norm(met - eye))
    metres_a_pixel = projection.metres_per_pixel * far / projection.viewpoint.distance
    if metres_a_pixel > _COARSE:
        return surface
    # What stands before the surface met, from where the ray sinks below the highest roof.
    top = float(footprints.picker.top.max(initial=0.0)) if footprints is not None else 0.0
    sinks = (top - eye[2]) / direction[2] if direction[2] < -1e-4 else 0.0
    begin = eye + direction * max(sinks, far - _AHEAD, 0.0)
    above = shapely.LineString([begin[:2], met[:2]])
    reach = 2.0 * CORNER_REACH * metres_a_pixel
    edges = snapper.segments(above, shapely.Point(met[:2]), reach)
    if not len(edges):
        return surface
    return (
        _corner(projection, pixel, edges, footprints, surface.building)
        or _edge(projection, pixel, edges, footprints, surface.building)
        or surface
    )


def _surface(
    projection: Projection, pixel: tuple[float, float], footprints: Footprints | None
) -> Touch | None:
    if footprints is not None:
        eye, direction = projection.ray(*pixel)
        reach = projection.reach_of(eye, direction)
        hit = footprints.picker.hit(eye, eye + direction * reach)
        if hit is not None:
            x, y, z = (eye + direction * reach * hit[1]).tolist()
            return Touch(x, y, z, *pixel, "", hit[0])
    ground = projection.to_ground(*pixel)
    if ground is None:
        return None
    return Touch(*ground, float(projection.ground_at([ground])[0]), *pixel)


def _corner(
    projection: Projection,
    pixel: tuple[float, float],
    edges: Floats,
    footprints: Footprints | None,
    building: int | None,
) -> Touch | None:
    corners = np.unique(edges.reshape(-1, 3), axis=0)
    pixels, _depth = projection.project(corners[:, :2], corners[:, 2])
    away = np.nan_to_num(np.hypot(*(pixels - pixel).T), nan=np.inf)
    for at in np.argsort(away)[:_TRIED].tolist():
        if away[at] > CORNER_REACH:
            return None
        if _is_seen(projection, corners[at], footprints):
            return _caught(corners[at], pixels[at], "corner", building)
    return None


def _edge(
    projection: Projection,
    pixel: tuple[float, float],
    edges: Floats,
    footprints: Footprints | None,
    building: int | None,
) -> Touch | None:
    flat = edges.reshape(-1, 3)
    pixels, depth = projection.project(flat[:, :2], flat[:, 2])
    ends, depths = pixels.reshape(-1, 2, 2), depth.reshape(-1, 2)
    way = ends[:, 1] - ends[:, 0]
    square = np.maximum((way**2).sum(axis=1), 1e-9)
    part = np.clip(((np.array(pixel) - ends[:, 0]) * way).sum(axis=1) / square, 0.0, 1.0)
    nearest = ends[:, 0] + part[:, None] * way
    away = np.nan_to_num(np.hypot(*(nearest - pixel).T), nan=np.inf)
    for at in np.argsort(away)[:_TRIED].tolist():
        if away[at] > EDGE_REACH:
            return None
        # Halves on the screen are no halves in space: the nearer half is the shorter one.
        near, far = (1 - part[at]) / depths[at, 0], part[at] / depths[at, 1]
        place = edges[at, 0] + far / (near + far) * (edges[at, 1] - edges[at, 0])
        if _is_seen(projection, place, footprints):
            return _caught(place, nearest[at], "edge", building)
    return None


def _caught(place: Floats, pixel: Floats, by: str, building: int | None) -> Touch:
    x, y, z = place.tolist()
    return Touch(x, y, z, float(pixel[0]), float(pixel[1]), by, building)


def _is_seen(projection: Projection, place: Floats, footprints: Footprints | None) -> bool:
    if footprints is None:
        return True
    eye = projection.eye
    way = place - eye
    length = float(np.linalg.norm(way))
    return footprints.picker.hit(eye, eye + way * max(1 - _CLEAR / length, 0.0)) is None
