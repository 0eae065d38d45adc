"""A good short walk past a set of places, and the order of doors inside a building.

The walk is straight-line: within a grid streets add to every order about alike. Nearest neighbour makes
a first walk, 2-opt (Croes, "A method for solving traveling-salesman problems", Operations Research 6,
1958) turns stretches round while that shortens it. Nothing is drawn by chance: the same places give the
same walk.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_GAIN = 1e-9
"""A turn shortens the walk by this share of its length at least: rounding would turn it for ever."""

_TRIALS = 100_000_000
"""Turns tried at most: one round at 10,000 places (4 s), as many as needed at 1,000."""

_DIGITS = re.compile(r"(\d+)")

DoorKey = tuple[tuple[int, int, str], ...]


def short_walk(
    points: NDArray[np.float64], start: tuple[float, float] | None = None
) -> NDArray[np.int64]:
    """Return the order in which to walk past places: 500 take a tenth of a second.

    Parameters
    ----------
    points : ndarray of float, shape (n, 2)
        Metres. Rows that are not finite have no place: they come last, in their own order.
    start : tuple of float, optional
        Where the walk sets out, metres; without it from the south-west corner of the places.

    Returns
    -------
    ndarray of int, shape (n,)
        Indices into `points`: the place nearest the start first. Never longer than `nearest_walk`.
    """
    order = nearest_walk(points, start)
    placed = int(np.isfinite(points).all(axis=1).sum())
    order[:placed] = _turned(points, order[:placed])
    return order


def nearest_walk(
    points: NDArray[np.float64], start: tuple[float, float] | None = None
) -> NDArray[np.int64]:
    """Return the walk that always goes to the nearest place left; see `short_walk`."""
    finite = np.isfinite(points).all(axis=1)
    indices = np.flatnonzero(finite)
    places = points[indices]
    here = _corner(places) if start is None else np.asarray(start, dtype=np.float64)
    order = np.empty(len(points), dtype=np.int64)
    for step in range(len(indices)):
        nearest = int(np.argmin(((places - here) ** 2).sum(axis=1)))
        order[step] = indices[nearest]
        here = places[nearest]
        # Those left keep their order, so that equal distances are settled alike every time.
        places = np.delete(places, nearest, axis=0)
        indices = np.delete(indices, nearest)
    order[finite.sum() :] = np.flatnonzero(~finite)
    return order


def walk_length(points: NDArray[np.float64], order: NDArray[np.int64]) -> float:
    """Return the metres walked from the first place of an order to the last."""
    steps = np.diff(points[order], axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def door_key(stair: str | None, floor: int | None, room: str | None) -> DoorKey:
    """Return what doors of one building are sorted by: stair, floor, room.

    Numbers inside a text count as numbers: room 9 before 10, stair 2 before 10; none comes first.
    """
    height = (0, 0, "") if floor is None else (1, floor, "")
    return (*_natural(stair), (-1, 0, ""), height, *_natural(room))


def _natural(text: str | None) -> DoorKey:
    parts = _DIGITS.split(text or "")
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part
    )


def _corner(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return places.min(axis=0) if len(places) else np.zeros(2)


def _turned(points: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn stretches of a walk round, its first place staying, while one of them shortens it."""
    count = len(order)
    if count < 3:
        return order
    walk, order = points[order].copy(), order.copy()
    least = _GAIN * walk_length(walk, np.arange(count))
    rounds = max(1, _TRIALS // (count * count))
    for _ in range(rounds):
        turned = False
        for first in range(1, count - 1):
            last, gain = _best_turn(walk, first)
            if gain > least:
                walk[first : last + 1] = walk[first : last + 1][::-1]
                order[first : last + 1] = order[first : last + 1][::-1]
                turned = True
        if not turned:
            break
    return order


def _best_turn(walk: NDArray[np.float64], first: int) -> tuple[int, float]:
    """Return where a stretch from `first` should end to gain most by turning it, and the metres gained.

    A stretch up to the end of the walk loses one step and gains one; any other, two.
    """
    ends = walk[first + 1 :]
    before = walk[first - 1]
    gain = _distance(before, walk[first]) - _distance(ends, before)
    gain[:-1] += _distance(ends[:-1], ends[1:]) - _distance(ends[1:], walk[first])
    best = int(np.argmax(gain))
    return first + 1 + best, float(gain[best])


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    apart = one - other
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]))
