"""What stands between two points: prisms and ground that a straight line in space passes through."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.terrain import MOST_STEPS, Terrain

Floats = NDArray[np.float64]

GRAZE = 0.05
"""Metres inside a prism that count as touching it only: a point on a wall is not behind it."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A stretch of a line inside a prism.

    Parameters
    ----------
    index : int
        Position of the prism.
    start, end : float
        Where along the line, 0 to 1.
    """

    index: int
    start: float
    end: float


def crossings(prisms: PrismPicker, begin: Floats, end: Floats) -> list[Crossing]:
    """Return what a straight line from `begin` to `end` (3,) passes through, nearest first.

    Parameters
    ----------
    begin, end : ndarray, shape (3,)
        Metres, same CRS as the prisms.
    """
    way = end - begin
    length = float(np.linalg.norm(way))
    if not len(prisms.polygons) or length < GRAZE:
        return []
    found = []
    for index, enter, leave in _over(prisms, begin[:2], end[:2]):
        span = _below(float(prisms.base[index]), float(prisms.top[index]), begin[2], way[2])
        low, high = max(enter, span[0]), min(leave, span[1])
        if (high - low) * length > GRAZE:
            found.append(Crossing(index, low, high))
    return sorted(found, key=_start)


def footprints_crossed(prisms: PrismPicker, begin: Floats, end: Floats) -> list[Crossing]:
    """Return the footprints that a line on the ground from `begin` to `end` (2,) passes through."""
    length = float(np.hypot(*(end - begin)))
    found = [
        Crossing(index, enter, leave)
        for index, enter, leave in _over(prisms, begin, end)
        if (leave - enter) * length > GRAZE
    ]
    return sorted(found, key=_start)


def _over(prisms: PrismPicker, begin: Floats, end: Floats) -> list[tuple[int, float, float]]:
    """Return (index, enter, leave) of each stretch over a footprint."""
    way = end - begin
    square = float(way @ way)
    if square < 1e-12:
        under = prisms.tree.query(shapely.Point(begin), predicate="intersects")
        return [(int(index), 0.0, 1.0) for index in under]
    path = shapely.LineString([begin, end])
    found = []
    for index in prisms.tree.query(path, predicate="intersects").tolist():
        polygon = prisms.polygons[index]
        inside = shapely.get_coordinates(shapely.intersection(polygon, path))
        where = np.unique(np.clip((inside - begin) @ way / square, 0.0, 1.0))
        # A courtyard splits the way into pieces; each pair of crossings is one piece.
        for enter, leave in pairwise(where.tolist()):
            middle = begin + (enter + leave) / 2 * way
            if shapely.intersects_xy(polygon, middle[0], middle[1]):
                found.append((index, enter, leave))
    return found


def _below(base: float, top: float, height: float, rise: float) -> tuple[float, float]:
    """Return where a line of this height and rise is between base and top, as parts of it."""
    if abs(rise) < 1e-9:
        return (0.0, 1.0) if base <= height <= top else (1.0, 0.0)
    low, high = sorted([(base - height) / rise, (top - height) / rise])
    return max(low, 0.0), min(high, 1.0)


def ground_crossed(terrain: Terrain, begin: Floats, end: Floats) -> list[Crossing]:
    """Return the stretches of a straight line from `begin` to `end` (3,) below the ground, nearest first.

    The index of each is 0: there is one ground.
    """
    part, over = over_ground(terrain, begin, end)
    below = np.concatenate([[False], over < -GRAZE, [False]])
    edges = np.flatnonzero(below[1:] != below[:-1])
    return [
        Crossing(0, float(part[first]), float(part[min(last, len(part) - 1)]))
        for first, last in edges.reshape(-1, 2).tolist()
    ]


def over_ground(terrain: Terrain, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return how far above the ground (m) a line is, and where along it (0 to 1), sample by sample."""
    length = float(np.hypot(*(end - begin)[:2]))
    part = np.linspace(0.0, 1.0, int(np.clip(2 * length / terrain.step, 1, MOST_STEPS)) + 1)
    places = begin + part[:, None] * (end - begin)
    return part, places[:, 2] - terrain.at(places[:, :2])


def _start(one: Crossing) -> float:
    return one.start


def heights_at(prisms: PrismPicker, xy: Floats, ground: Floats | None = None) -> Floats:
    """Return the height (n,) of the highest prism over each place (n, 2); `ground` where there is none.

    Parameters
    ----------
    ground : ndarray, shape (n,), optional
        Metres; what is lower than it is not looked at. 0 by default.
    """
    heights = np.zeros(len(xy)) if ground is None else np.array(ground, float)
    if len(prisms.polygons):
        at, index = prisms.tree.query(shapely.points(xy), predicate="intersects")
        np.maximum.at(heights, at, prisms.top[index])
    return heights
