"""The demo's ground: level water, land that rises gently from it, and hills as their contours say."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.terrain import Terrain

FloatArray = NDArray[np.float64]

STEP, SHORE_STEP = 10.0, 30.0
"""Metres between samples, and between those at which the way to the water is measured."""
RISE, REACH = 9.0, 900.0
"""Metres the land rises in the end, and the distance from the water in which it does most of that."""
EDGE = 200.0
"""Metres from the edge of the district from where the ground goes on as it is there."""
LEAST_WATER = 20_000.0
"""Square metres of water that lies at sea level; a smaller pond lies in the land around it."""
AROUND = 0.2
"""How much ground there is around the district, as a part of its longer side."""


def make_ground(land_use: gpd.GeoDataFrame) -> Terrain:
    """Return the ground in metres above sea level; the same land use gives the same ground.

    Parameters
    ----------
    land_use : GeoDataFrame
        With kind and height; a hill is a stack of contours, each with the height up to it.
    """
    xmin, ymin, xmax, ymax = land_use.total_bounds.tolist()
    margin = AROUND * max(xmax - xmin, ymax - ymin)
    corner = np.floor([xmin - margin, ymin - margin])
    size = np.array([xmax + margin, ymax + margin]) - corner
    shapes = np.asarray(land_use.geometry, object)
    kinds = land_use["kind"].to_numpy()
    wet = shapes[(kinds == "water") & (shapely.area(shapes) >= LEAST_WATER)]
    far = _samples(corner, size, SHORE_STEP)
    rising = RISE * (1.0 - np.exp(-_away(wet, _within(shapes, far.reshape(-1, 2))) / REACH))
    land = Terrain(
        float(corner[0]),
        float(corner[1]),
        SHORE_STEP,
        rising.reshape(far.shape[:2]).astype(np.float32),
    )
    near = _samples(corner, size, STEP)
    hills = kinds == "hill"
    up = _hills(shapes[hills], land_use["height"].to_numpy(float)[hills], near.reshape(-1, 2))
    heights = (land.at(near) + up).reshape(near.shape[:2])
    # To the centimetre: what is below differs from machine to machine.
    return Terrain(
        float(corner[0]), float(corner[1]), STEP, np.round(heights, 2).astype(np.float32)
    )


def _samples(corner: FloatArray, size: FloatArray, step: float) -> FloatArray:
    """Return places (rows, columns, 2) from south to north and west to east."""
    columns, rows = (np.ceil(size / step) + 1).astype(int)
    places = np.meshgrid(np.arange(columns), np.arange(rows))
    return np.asarray(corner + step * np.stack(places, axis=-1), float)


def _within(shapes: NDArray[np.object_], places: FloatArray) -> FloatArray:
    """Return places, those outside the district moved into it: land and sea go on beyond its edge."""
    hull = shapely.convex_hull(shapely.GeometryCollection(shapes.tolist())).buffer(-EDGE)
    shapely.prepare(hull)
    outside = ~shapely.intersects_xy(hull, *places.T)
    along = shapely.line_locate_point(hull.exterior, shapely.points(places[outside]))
    moved = places.copy()
    moved[outside] = shapely.get_coordinates(shapely.line_interpolate_point(hull.exterior, along))
    return moved


def _away(shapes: NDArray[np.object_], places: FloatArray) -> FloatArray:
    """Return metres from each place to the nearest shape; 0 inside, much where there is none."""
    away = np.full(len(places), np.inf)
    if not len(shapes):
        return away
    dry = np.ones(len(places), bool)
    for shape in shapes:
        shapely.prepare(shape)
        dry &= ~shapely.intersects_xy(shape, *places.T)
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapes), return_index=True)
    sides = np.stack([xy[:-1], xy[1:]], axis=1)[ring[:-1] == ring[1:]]
    tree = shapely.STRtree(shapely.linestrings(sides))
    points = shapely.points(places[dry])
    _pairs, away[dry] = tree.query_nearest(points, return_distance=True, all_matches=False)
    away[~dry] = 0.0
    return away


def _hills(rings: NDArray[np.object_], tops: FloatArray, places: FloatArray) -> FloatArray:
    """Return metres above the land around: between two contours as far up as one is on the way."""
    found = np.zeros(len(places))
    order = np.argsort(tops, kind="stable")
    rings, tops = rings[order], tops[order]
    for at, (ring, top) in enumerate(zip(rings, tops, strict=True)):
        shapely.prepare(ring)
        inside = np.flatnonzero(shapely.intersects_xy(ring, *places.T))
        if not len(inside):
            continue
        points = shapely.points(places[inside])
        in_ring = shapely.distance(points, ring.exterior)
        above = [one for one in rings[at + 1 :] if shapely.contains(ring, one)]
        below = max((tops[i] for i in range(at) if shapely.contains(rings[i], ring)), default=0.0)
        if above:
            part = in_ring / np.maximum(in_ring + shapely.distance(points, above[0]), 1e-9)
        else:
            part = in_ring / max(float(in_ring.max()), 1e-9)
        found[inside] = np.maximum(found[inside], below + part * (top - below))
    return found
