"""Which panoramas one can go on to from where one stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REACH = 80.0
"""Metres to the farthest neighbour; where there is none, the nearest within `FAR` is one."""
FAR = 400.0
MOST = 8
SAME = 0.5
"""Metres within which two pictures were taken at one place."""


@dataclass(frozen=True)
class Hop:
    """A way on.

    Parameters
    ----------
    index : int
        Which place it leads to.
    bearing : float
        Degrees clockwise from grid north.
    metres : float
        Along the level.
    rise : float
        Metres the ground there lies above the ground here.
    """

    index: int
    bearing: float
    metres: float
    rise: float = 0.0


def hops(xy: NDArray[np.float64], here: int) -> list[Hop]:
    """Return the neighbours of a place, the nearest first.

    A neighbour is one to which no third place is nearer than `here` is, and from `here` too: the next one
    along each street, not the one after it, and none across a block (a relative neighbourhood graph,
    Toussaint 1980).

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Places in metres.
    here : int
        The one that is stood at.
    """
    offset = xy - xy[here]
    metres = np.hypot(offset[:, 0], offset[:, 1])
    metres[here] = np.inf
    order = np.argsort(metres, kind="stable")
    order = order[(metres[order] > SAME) & (metres[order] <= FAR)]
    if not len(order):
        return []
    order = order[metres[order] <= max(REACH, float(metres[order[0]]))]
    found: list[Hop] = []
    for rank, index in enumerate(order.tolist()):
        nearer = xy[order[:rank]] - xy[index]
        if (np.hypot(nearer[:, 0], nearer[:, 1]) < metres[index]).any():
            continue
        bearing = float(np.degrees(np.arctan2(offset[index, 0], offset[index, 1]))) % 360.0
        found.append(Hop(index, bearing, float(metres[index])))
    return found[:MOST]


def turn_between(one: float, other: float) -> float:
    """Return the angle between two bearings, 0 to 180 degrees."""
    return abs((one - other + 180.0) % 360.0 - 180.0)


def ahead(ways: list[Hop], bearing: float, within: float = 60.0) -> Hop | None:
    """Return the way that leads nearest to where one looks; None where none does."""
    near = [way for way in ways if turn_between(way.bearing, bearing) <= within]
    return min(near, key=lambda way: turn_between(way.bearing, bearing), default=None)
