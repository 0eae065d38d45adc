"""What the ground hides from an eye: the highest line of it in every direction, ever farther away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.terrain import Terrain

Floats = NDArray[np.float64]

DIRECTIONS, RINGS = 192, 128
"""Directions around the eye and distances in each at which the ground is looked at."""
_CLEAR = 1.0
"""Metres above the ground at which a place counts as seen."""
_SLACK = 0.004
"""Part of its distance by which a place may lie below what hides it: the ground is drawn in facets."""


@dataclass(frozen=True)
class Skyline:
    """How steeply the eye must look to see over the ground, by direction and distance.

    Parameters
    ----------
    eye : ndarray, shape (3,)
        Metres.
    bearing : float
        Degrees; directions are the densest around it.
    distances : ndarray, shape (RINGS,)
        Metres in plan.
    steepest : ndarray, shape (DIRECTIONS, RINGS)
        The greatest slope of the ground up to each distance as seen from the eye.
    """

    eye: Floats
    bearing: float
    distances: Floats
    steepest: Floats

    @classmethod
    def of(cls, terrain: Terrain, eye: Floats, bearing: float, reach: float) -> Skyline:
        """Look around on a terrain as far as `reach` metres."""
        first = max(terrain.step / 2, reach / 4000)
        distances = np.geomspace(first, max(reach, 2 * first), RINGS)
        turn = np.radians(bearing) + _angles(np.linspace(-1.0, 1.0, DIRECTIONS))
        ahead = np.stack([np.sin(turn), np.cos(turn)], axis=1)
        places = eye[:2] + ahead[:, None, :] * distances[None, :, None]
        heights = terrain.at(places.reshape(-1, 2)).reshape(DIRECTIONS, RINGS)
        steepest = np.maximum.accumulate((heights - eye[2]) / distances, axis=1)
        return cls(eye, bearing, distances, steepest)

    def hides(self, xy: Floats, z: Floats) -> NDArray[np.bool_]:
        """Say of places (n, 2) at heights (n,), metres, whether the ground stands before them."""
        away = xy - self.eye[:2]
        distance = np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)
        turn = np.arctan2(away[:, 0], away[:, 1]) - np.radians(self.bearing)
        part = _parts((turn + np.pi) % (2 * np.pi) - np.pi)
        column = (part + 1) / 2 * (DIRECTIONS - 1)
        left = np.clip(column.astype(np.int64), 0, DIRECTIONS - 2)
        # What is on the slope that hides it is seen: only ground well before it counts.
        ring = np.searchsorted(self.distances, distance * 0.97) - 1
        slope = (z + _CLEAR + _SLACK * distance - self.eye[2]) / distance
        before = np.minimum(
            self.steepest[left, np.maximum(ring, 0)], self.steepest[left + 1, np.maximum(ring, 0)]
        )
        return np.asarray((ring >= 0) & (slope < before))


def _angles(parts: Floats) -> Floats:
    """Return angles (radians, -pi to pi) of parts -1 to 1: twice as dense ahead as on average."""
    return np.asarray(np.pi * (0.35 * parts + 0.65 * parts**3))


_PARTS = np.linspace(-1.0, 1.0, 1025)
_TURNS = _angles(_PARTS)


def _parts(angles: Floats) -> Floats:
    """Return the parts of angles: the inverse of `_angles`."""
    return np.asarray(np.interp(angles, _TURNS, _PARTS))
