"""What is under the pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.picking import hit_tiles
from mapdesk.layers.layers import CLOSE_UP
from mapdesk.model.selection import Ref
from mapdesk.scene3d.content import Footprints, PointLayer
from mapdesk.scene3d.point_marks import size_at
from mapdesk.scene3d.viewpoint import Floats, Projection
from mapdesk.services.city import Buildings

REACH = 12.0
"""Pixels around a symbol that count as on it."""


def symbol(
    projection: Projection,
    px: float,
    py: float,
    points: dict[str, PointLayer],
    visible: list[str],
) -> tuple[Ref, str] | None:
    """Return the symbol at a pixel and its name, the uppermost first; None where there is none."""
    for noun in reversed(visible):
        layer = points.get(noun)
        if layer is None:
            continue
        heaps = layer.clusters.at(projection.metres_per_pixel) if layer.clusters else None
        is_far = projection.metres_per_pixel > CLOSE_UP.get(noun, np.inf)
        if layer.clusters is None and is_far and not layer.is_styled:
            continue
        alone = None if heaps is None else heaps.only[heaps.count == 1]
        index = _symbol_at(projection, px, py, layer, alone)
        if index is not None:
            return Ref(noun, str(layer.ids[index])), str(layer.names[index])
    return None


def building(
    projection: Projection,
    px: float,
    py: float,
    footprints: Footprints | None,
    visible: list[str],
    *,
    flat: bool = False,
) -> tuple[Ref, str] | None:
    """Return the building hit first at a pixel and its name, or None.

    Parameters
    ----------
    flat : bool
        Buildings are drawn as their footprints.
    """
    if footprints is None or "building" not in visible:
        return None
    at = footprint_at if flat else building_at
    index = at(projection, px, py, footprints)
    if index is None:
        return None
    features = footprints.features
    name = features.columns["name"][index] or features.columns["address"][index]
    return Ref("building", str(features.ids[index])), str(name or features.ids[index])


def building_at(projection: Projection, px: float, py: float, footprints: Footprints) -> int | None:
    """Return the position of the building under a pixel, or None."""
    hit = _hit(projection, px, py, footprints)
    return None if hit is None else hit[0]


def distance(projection: Projection, px: float, py: float, footprints: Footprints) -> float | None:
    """Return the metres from the eye to the building under a pixel, or None."""
    hit = _hit(projection, px, py, footprints)
    return None if hit is None else hit[1]


def _hit(
    projection: Projection, px: float, py: float, footprints: Footprints
) -> tuple[int, float] | None:
    """Return the building under a pixel and how far it is, metres."""
    near, far = _ray(projection, px, py)
    hit = footprints.picker.hit(near, far)
    return None if hit is None else (hit[0], hit[1] * float(np.linalg.norm(far - near)))


def _ray(projection: Projection, px: float, py: float) -> tuple[Floats, Floats]:
    """Return both ends of the ray through a pixel: the eye, and where it meets the ground."""
    eye, direction = projection.ray(px, py)
    return eye, eye + direction * projection.reach_of(eye, direction)


def building_drawn(
    projection: Projection, px: float, py: float, buildings: Buildings, visible: list[str]
) -> tuple[Ref, str] | None:
    """Return the building whose walls are drawn at a pixel, while footprints are read; its name is its id."""
    if "building" not in visible:
        return None
    ray = _ray(projection, px, py)
    index = hit_tiles(buildings.tiles, buildings.origin, *ray, projection.terrain)
    if index is None:
        return None
    key = str(buildings.features.ids[index])
    return Ref("building", key), key


def footprint_at(
    projection: Projection, px: float, py: float, footprints: Footprints
) -> int | None:
    """Return the position of the building whose footprint is under a pixel, or None."""
    place = projection.to_ground(px, py)
    if place is None:
        return None
    above = np.array([*place, 1e5])
    hit = footprints.picker.hit(above, np.array([*place, 0.0]))
    return None if hit is None else hit[0]


def _symbol_at(
    projection: Projection,
    px: float,
    py: float,
    layer: PointLayer,
    among: NDArray[np.int64] | None,
) -> int | None:
    xy = layer.xy if among is None else layer.xy[among]
    if not len(xy):
        return None
    pixels, _depth = projection.in_sight(xy)
    with np.errstate(invalid="ignore"):
        distance = np.hypot(pixels[:, 0] - px, pixels[:, 1] - py)
    if np.isnan(distance).all():
        return None
    nearest = int(np.nanargmin(distance))
    look = layer.look[nearest if among is None else among[nearest]]
    radius = size_at(projection.metres_per_pixel) * layer.looks[look].scale / 2
    if distance[nearest] > max(REACH, radius):
        return None
    return nearest if among is None else int(among[nearest])
