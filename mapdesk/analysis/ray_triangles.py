"""Which triangle of some models a ray meets first (Möller and Trumbore 1997), a box around each first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrianglePicker:
    """Models ready to be hit by rays.

    Parameters
    ----------
    models : list of ndarray, shape (n, 3, 3)
        Corners of the triangles of each model, metres.
    low, high : ndarray, shape (m, 3)
        Corners of the box around each model.
    """

    models: list[Floats]
    low: Floats
    high: Floats

    @classmethod
    def of(cls, models: Sequence[Floats]) -> TrianglePicker:
        """Take models, each of one triangle or more."""
        ends = [(one.min(axis=(0, 1)), one.max(axis=(0, 1))) for one in models]
        boxes = np.array(ends).reshape(-1, 2, 3)
        return cls(list(models), boxes[:, 0], boxes[:, 1])

    def hit(self, eye: Floats, direction: Floats) -> tuple[int, int, float] | None:
        """Return (model, triangle, metres) of what a ray meets first, or None.

        Parameters
        ----------
        eye, direction : ndarray, shape (3,)
            Start of the ray and its unit direction.
        """
        best: tuple[int, int, float] | None = None
        for number in np.flatnonzero(self._boxes(eye, direction)).tolist():
            found = _first(self.models[number], eye, direction)
            if found is not None and (best is None or found[1] < best[2]):
                best = (number, *found)
        return best

    def _boxes(self, eye: Floats, direction: Floats) -> NDArray[np.bool_]:
        """Return which boxes the ray goes through."""
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (self.low - eye) / direction, (self.high - eye) / direction
        # Along a side the quotient is 0/0: such a side keeps no ray out.
        enter = np.nanmax(np.minimum(one, other), axis=1, initial=-np.inf)
        leave = np.nanmin(np.maximum(one, other), axis=1, initial=np.inf)
        return np.asarray((leave >= enter) & (leave >= 0))


def _first(corners: Floats, eye: Floats, direction: Floats) -> tuple[int, float] | None:
    start = corners[:, 0]
    one, other = corners[:, 1] - start, corners[:, 2] - start
    across = np.cross(direction, other)
    size = np.einsum("ij,ij->i", one, across)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1.0 / size
        to_eye = eye - start
        u = np.einsum("ij,ij->i", to_eye, across) * share
        turned = np.cross(to_eye, one)
        v = turned @ direction * share
        along = np.einsum("ij,ij->i", other, turned) * share
        inside = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (along > 1e-6)
    inside &= np.abs(size) > 1e-12
    if not inside.any():
        return None
    nearest = int(np.argmin(np.where(inside, along, np.inf)))
    return nearest, float(along[nearest])
