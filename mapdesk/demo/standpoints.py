"""Where the demo's street view was looked from: along the streets of its liveliest crossing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

SPACING = 32.0
"""Metres from one panorama to the next."""
AMONG = 90.0
"""Metres around a crossing in which buildings count as standing at it."""
STREETS = ("trunk", "primary", "secondary", "tertiary", "residential")


def standpoints(frames: Mapping[str, Any], branch: int) -> tuple[NDArray[np.float64], list[str]]:
    """Return places (n, 2) in metres on the streets of the crossing with most floors around.

    With each comes the name of its street.

    Parameters
    ----------
    branch : int
        Places along each street that leaves the crossing.
    """
    roads = frames["road"]
    chosen = np.isin(roads["kind"].to_numpy(str), STREETS)
    lines = np.asarray(roads.geometry.array)[chosen]
    names = roads["name"].to_numpy(object)[chosen]
    if not len(lines):
        return np.empty((0, 2)), []
    ends = shapely.get_coordinates(
        np.concatenate([shapely.get_point(lines, which) for which in (0, -1)])
    )
    corners, meeting = np.unique(np.round(ends, 1), axis=0, return_counts=True)
    crossings = corners[meeting >= min(4, int(meeting.max()))]
    crossing = crossings[int(np.argmax(_floors_around(frames["building"], crossings)))]
    found: list[NDArray[np.float64]] = []
    streets: list[str] = []
    for index in np.flatnonzero(shapely.dwithin(lines, shapely.Point(crossing), 0.2)).tolist():
        line, name = lines[index], str(names[index] or "street")
        start = shapely.get_coordinates(line)[0]
        ahead = line if np.hypot(*(start - crossing)) < 0.2 else shapely.reverse(line)
        # The crossing itself is stood at once, whichever street comes first.
        steps = SPACING * np.arange(1 if found else 0, branch + 1)
        there = shapely.get_coordinates(ahead.interpolate(steps[steps < ahead.length]))
        found += list(there)
        streets += [name] * len(there)
    return np.array(found), streets


def _floors_around(houses: Any, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many floors stand around each place; a tower counts as eight, for the street's sake."""
    floors = np.minimum(houses["floors"].to_numpy(float), 8.0)
    shapes = np.asarray(houses.geometry.array)
    where, which = shapely.STRtree(shapes).query(
        shapely.points(places), predicate="dwithin", distance=AMONG
    )
    return np.asarray(np.bincount(where, floors[which], len(places)), float)
