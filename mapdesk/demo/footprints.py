"""Shapes of buildings: footprints in a site's frame, metres, south side down."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from mapdesk.demo.network import FloatArray


def rectangle(west: float, south: float, width: float, depth: float) -> Polygon:
    """Return an upright rectangle from its south-west corner."""
    return shapely.box(west, south, west + width, south + depth)


def slab(west: float, south: float, width: float, depth: float, stairs: int) -> Polygon:
    """Return a slab block: straight north side with stair bays, balconies along the south side."""
    bay = width / stairs
    outline = [(west, south + 1.1), (west, south + depth), (west + width, south + depth),
               (west + width, south + 1.1)]  # fmt: skip
    for stair in range(stairs - 1, -1, -1):
        middle = west + (stair + 0.5) * bay
        half = bay * 0.36
        outline += [(middle + half, south + 1.1), (middle + half, south),
                    (middle - half, south), (middle - half, south + 1.1)]  # fmt: skip
    return Polygon(outline)


def stepped_slab(west: float, south: float, width: float, depth: float, step: float) -> Polygon:
    """Return a slab whose eastern half stands `step` metres further north."""
    half = west + width / 2
    return Polygon([
        (west, south), (half, south), (half, south + step), (west + width, south + step),
        (west + width, south + depth + step), (half - 2, south + depth + step),
        (half - 2, south + depth), (west, south + depth),
    ])  # fmt: skip


def l_shape(
    west: float, south: float, width: float, depth: float, wing: float, length: float
) -> Polygon:
    """Return an L: a slab along the south with a wing `wing` wide going north at its east end."""
    east = west + width
    return Polygon([
        (west, south), (east, south), (east, south + length), (east - wing, south + length),
        (east - wing, south + depth), (west, south + depth),
    ])  # fmt: skip


def u_shape(
    west: float, south: float, width: float, depth: float, wing: float, length: float
) -> Polygon:
    """Return a U open to the north: a slab along the south with a wing at each end."""
    east = west + width
    return Polygon([
        (west, south), (east, south), (east, south + length), (east - wing, south + length),
        (east - wing, south + depth), (west + wing, south + depth), (west + wing, south + length),
        (west, south + length),
    ])  # fmt: skip


def comb(west: float, south: float, width: float, spine: float, wings: int, length: float,
         wing: float) -> Polygon:  # fmt: skip
    """Return a school or ward block: a spine along the north with wings going south."""
    parts = [rectangle(west, south + length, width, spine)]
    gap = (width - wing) / max(wings - 1, 1)
    parts += [rectangle(west + gap * index, south, wing, length + 0.5) for index in range(wings)]
    joined = shapely.union_all(parts)
    return Polygon(largest_polygon(joined).exterior)


def notched_tower(x: float, y: float, width: float, depth: float, notch: float) -> Polygon:
    """Return a point tower: a rectangle with a notch in every side, around its middle (x, y)."""
    half, deep = width / 2, depth / 2
    a, b = width * 0.13, depth * 0.13
    quarter = [(half, b), (half, deep - notch), (half - notch, deep - notch),
               (half - notch, deep), (a, deep)]  # fmt: skip
    inner = [(a, deep - notch * 0.8)]
    north_east = [(half - notch * 0.6, 0.0), *[(half - notch * 0.6, b)], *quarter, *inner]
    north_west = [(-px, py) for px, py in reversed(north_east)]
    south_west = [(-px, -py) for px, py in north_east]
    south_east = [(px, -py) for px, py in reversed(north_east)]
    outline = [*north_east, *north_west, *south_west, *south_east]
    return affinity.translate(Polygon(outline).buffer(0), x, y)


def butterfly_tower(x: float, y: float, width: float, depth: float) -> Polygon:
    """Return a Y-plan tower: three wings around a core at (x, y)."""
    wing = shapely.box(-width * 0.17, -1.0, width * 0.17, depth * 0.62)
    wings = [affinity.rotate(wing, angle, origin=(0, 0)) for angle in (180.0, 60.0, -60.0)]
    return affinity.translate(Polygon(largest_polygon(shapely.union_all(wings)).exterior), x, y)


def chamfered(west: float, south: float, width: float, depth: float, cut: float) -> Polygon:
    """Return a rectangle with its corners cut off."""
    east, north = west + width, south + depth
    return Polygon([
        (west + cut, south), (east - cut, south), (east, south + cut), (east, north - cut),
        (east - cut, north), (west + cut, north), (west, north - cut), (west, south + cut),
    ])  # fmt: skip


def along(start: FloatArray, direction: FloatArray, length: float, depth: float) -> Polygon:
    """Return a rectangle with one side from `start` along `direction`, `depth` to its left."""
    left = np.array([-direction[1], direction[0]])
    return Polygon(
        [start, start + direction * length, start + direction * length + left * depth,
         start + left * depth]
    )  # fmt: skip


def oval(x: float, y: float, straight: float, radius: float) -> Polygon:
    """Return a running track's outline: two half circles joined by straights along x."""
    return shapely.LineString([(x - straight / 2, y), (x + straight / 2, y)]).buffer(
        radius, quad_segs=10
    )


def blob(
    x: float,
    y: float,
    radius: float,
    rng: np.random.Generator,
    corners: int = 96,
    rough: float = 0.16,
) -> Polygon:
    """Return a smooth irregular outline around (x, y): a circle with a few long waves."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    waves = np.zeros(corners)
    for number in (2, 3, 4, 5):
        waves += (
            rough
            / number
            * 1.6
            * np.sin(number * angle + rng.uniform(0, 6.28))
            * rng.uniform(0.5, 1.0)
        )
    distance = radius * (1 + waves)
    return Polygon(np.column_stack([x + distance * np.cos(angle), y + distance * np.sin(angle)]))


def disc(x: float, y: float, radius: float, corners: int = 32) -> Polygon:
    """Return a round footprint with at least 24 corners."""
    return Point(x, y).buffer(radius, quad_segs=max(6, corners // 4))


def largest_polygon(geometry: BaseGeometry) -> Polygon:
    """Return the largest polygon of a geometry; an empty polygon where there is none."""
    if isinstance(geometry, Polygon):
        return geometry
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    return max(parts, key=_area, default=Polygon())


def _area(polygon: Polygon) -> float:
    return float(polygon.area)
