"""Dividing numbers into classes for a map: natural breaks, quantiles, equal intervals.

Classes are given by their upper bounds, which belong to them; the first takes the least value too.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Method = Literal["natural", "quantile", "equal"]
Numbers = NDArray[np.float64]

MOST_DIFFERENT = 1024
"""Different values up to which natural breaks are exact; more are first gathered in as many steps."""


def breaks(values: Numbers, method: Method, classes: int) -> Numbers:
    """Return the upper bounds of classes, rising, the last not below the greatest value.

    There are fewer than asked for where there are fewer different values, or where quantiles coincide.
    Bounds of natural breaks and quantiles lie between two values that occur, as round as fits there.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Finite; n may be 0, which gives no classes.
    classes : int
        At least 1.
    """
    different, counts = np.unique(np.asarray(values, float), return_counts=True)
    if not len(different):
        return np.empty(0)
    if classes >= len(different):
        tops = different
    elif method == "equal":
        return _equal(different, classes)
    elif method == "quantile":
        shares = np.arange(1, classes + 1) / classes
        tops = np.unique(np.quantile(values, shares, method="inverted_cdf"))
    else:
        tops = _natural(different, counts, classes)
    return _rounded(different, tops)


def class_of(values: Numbers, bounds: Numbers) -> NDArray[np.int64]:
    """Return the class of each value, counted from 0; -1 for nan."""
    found = np.searchsorted(bounds, values, side="left")
    found = np.minimum(found, len(bounds) - 1)
    return np.where(np.isnan(values), -1, found).astype(np.int64)


def _equal(different: Numbers, classes: int) -> Numbers:
    bounds = np.linspace(different[0], different[-1], classes + 1)[1:]
    if _are_whole(different):
        # No whole number lies between a bound and the whole number below it.
        bounds = np.unique(np.floor(bounds))
    bounds[-1] = different[-1]
    return bounds


def _natural(different: Numbers, counts: NDArray[np.int64], classes: int) -> Numbers:
    """Return the greatest value of each class of least sum of squares (Fisher 1958, Jenks 1977)."""
    tops = different
    if len(different) > MOST_DIFFERENT:
        edges = np.linspace(different[0], different[-1], MOST_DIFFERENT + 1)[1:]
        step = np.minimum(np.searchsorted(edges, different), MOST_DIFFERENT - 1)
        first = np.flatnonzero(np.diff(step, prepend=-1))
        weights = np.add.reduceat(counts, first)
        means = np.add.reduceat(different * counts, first) / weights
        tops = different[np.append(first[1:], len(different)) - 1]
        different, counts = means, weights
    last = _fisher(different - different.mean(), counts.astype(float), classes)
    return tops[last]


def _fisher(values: Numbers, weights: Numbers, classes: int) -> NDArray[np.int64]:
    """Return the last index of each class: exact, by dynamic programming over rising values."""
    count = len(values)
    heap = np.concatenate([[0.0], np.cumsum(weights)])
    total = np.concatenate([[0.0], np.cumsum(weights * values)])
    square = np.concatenate([[0.0], np.cumsum(weights * values**2)])
    first, last = np.arange(count)[:, None], np.arange(1, count + 1)[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = (
            square[last]
            - square[first]
            - (total[last] - total[first]) ** 2 / (heap[last] - heap[first])
        )
    cost = np.where(last > first, np.maximum(cost, 0.0), np.inf)
    best = cost[0].copy()
    starts = []
    for _class in range(1, classes):
        before = np.concatenate([[np.inf], best[:-1]])
        summed = before[:, None] + cost
        start = summed.argmin(axis=0)
        best = summed[start, np.arange(count)]
        starts.append(start)
    ends = [count - 1]
    for start in reversed(starts):
        ends.append(int(start[ends[-1]]) - 1)
    return np.array(ends[::-1], np.int64)


def _rounded(different: Numbers, tops: Numbers) -> Numbers:
    """Move each bound but the last to the roundest number before the next value."""
    if _are_whole(different):
        return tops
    following = different[np.searchsorted(different, tops[:-1]) + 1]
    bounds = [
        _roundest(low, high)
        for low, high in zip(tops[:-1].tolist(), following.tolist(), strict=True)
    ]
    return np.array([*bounds, tops[-1]])


def _roundest(low: float, high: float) -> float:
    """Return the number of fewest digits that is not below `low` and below `high`."""
    digits = -int(np.ceil(np.log10(max(abs(low), abs(high), 1e-300))))
    for more in range(17):
        unit = 10.0 ** (digits + more)
        found = float(np.ceil(low * unit) / unit)
        if low <= found < high:
            return found
    return low


def _are_whole(values: Numbers) -> bool:
    return bool((values == np.floor(values)).all())
