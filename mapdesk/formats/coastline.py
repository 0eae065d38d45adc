"""The sea, from coastlines: OpenStreetMap draws no sea, only its shore, with the land on the left."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

REACH = 0.03
"""Part of the box's diagonal by which a shore that ends short of the box's edge is drawn on to it."""
_ASIDE = 1e-6
"""Degrees to the right of a shore at which there is sea: a tenth of a metre."""


def sea(shores: list[NDArray[np.float64]], box: tuple[float, float, float, float]) -> list[str]:
    """Return the sea within a box as hexadecimal WKB, a piece each.

    Parameters
    ----------
    shores : list of ndarray, shape (n, 2)
        Longitudes and latitudes, in the order of the file.
    box : tuple of float
        West, south, east, north.

    Returns
    -------
    list of str
        None where the shores do not part the box: what is sea is then not said.
    """
    lines = [shapely.LineString(shore) for shore in shores if len(shore) > 1]
    if not lines:
        return []
    frame = shapely.box(*box)
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines), directed=True))
    drawn = [_to_edge(line, frame) for line in merged]
    net = shapely.union_all([*drawn, frame.exterior])
    faces = shapely.get_parts(shapely.polygonize([net]))
    inside = shapely.get_parts(shapely.intersection(np.array(drawn, object), frame))
    inside = inside[shapely.get_type_id(inside) == shapely.GeometryType.LINESTRING]
    if not len(inside):
        return []
    wet, dry = _beside(inside, 1), _beside(inside, -1)
    tree = shapely.STRtree(faces)
    count = len(faces)
    in_wet, in_dry = (
        np.bincount(tree.query(points, predicate="within")[1], minlength=count)
        for points in (wet, dry)
    )
    found = shapely.intersection(faces[in_wet > in_dry], frame)
    return [str(shapely.to_wkb(face, hex=True)) for face in found if face.area > 0]


def _to_edge(line: shapely.LineString, frame: shapely.Polygon) -> shapely.LineString:
    """Draw a shore on to the edge of the box at those ends that are near it."""
    corners = shapely.get_coordinates(line)
    if line.is_closed:
        return line
    west, south, east, north = frame.bounds
    reach = REACH * float(np.hypot(east - west, north - south))
    ends = []
    for end in (corners[0], corners[-1]):
        edge = frame.exterior.interpolate(frame.exterior.project(shapely.Point(end)))
        near = frame.contains(shapely.Point(end)) and edge.distance(shapely.Point(end)) < reach
        # A little beyond, so that the edge is crossed for certain.
        onward = np.array(edge.coords[0]) - end
        ends.append([end + onward * 1.001] if near else [])
    return shapely.LineString(np.array([*ends[0], *corners, *ends[1]]))


def _beside(lines: NDArray[np.object_], side: int) -> NDArray[np.object_]:
    """Return a point to the right (1) or left (-1) of the middle of each piece of the shores."""
    points = []
    for line in lines:
        corners = shapely.get_coordinates(line)
        step = np.diff(corners, axis=0)
        length = np.maximum(np.hypot(*step.T), 1e-12)[:, None]
        right = np.column_stack([step[:, 1], -step[:, 0]]) / length
        points.append((corners[1:] + corners[:-1]) / 2 + side * _ASIDE * right)
    return np.asarray(shapely.points(np.concatenate(points)), object)
