"""Heights of the ground on a regular grid: asked at places, met by rays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MOST_STEPS = 6000
"""Places at which a ray is compared with the ground; a longer one is looked at in coarser steps."""
_HALVINGS = 30


@dataclass(frozen=True, eq=False)
class Terrain:
    """The ground's height in samples; between them it is bilinear, beyond them as at the nearest one.

    Parameters
    ----------
    x, y : float
        Where the south-westernmost sample lies, metres in the district's CRS.
    step : float
        Metres between samples, both ways.
    heights : ndarray of float32, shape (rows, columns)
        Metres above `datum`, rows from south to north; at least two rows and columns, no nan.
    datum : float
        Metres above sea level (as the source counts them) that heights are counted from.
    key : str
        Other for other heights: what was made with some is told by it from what was made with others.
    """

    x: float
    y: float
    step: float
    heights: NDArray[np.float32]
    datum: float = 0.0
    key: str = ""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) of the samples, metres."""
        rows, columns = self.heights.shape
        return (
            self.x,
            self.y,
            self.x + (columns - 1) * self.step,
            self.y + (rows - 1) * self.step,
        )

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest height, metres."""
        return float(self.heights.min()), float(self.heights.max())

    def at(self, xy: ArrayLike) -> Floats:
        """Return heights (n,) at places (n, 2), metres; nan of a place that is nan."""
        places = (np.asarray(xy, float).reshape(-1, 2) - (self.x, self.y)) / self.step
        nowhere = np.isnan(places[:, 0] + places[:, 1])
        if nowhere.any():
            places = np.where(nowhere[:, None], 0.0, places)
        rows, columns = self.heights.shape
        column = np.clip(places[:, 0], 0.0, columns - 1)
        row = np.clip(places[:, 1], 0.0, rows - 1)
        left = np.minimum(column.astype(np.int64), columns - 2)
        below = np.minimum(row.astype(np.int64), rows - 2)
        east, north = column - left, row - below
        heights = self.heights
        south_side = heights[below, left] * (1 - east) + heights[below, left + 1] * east
        north_side = heights[below + 1, left] * (1 - east) + heights[below + 1, left + 1] * east
        found = np.asarray(south_side * (1 - north) + north_side * north, float)
        found[nowhere] = np.nan
        return found

    def within(self, low: ArrayLike, high: ArrayLike) -> tuple[float, float]:
        """Return the lowest and the highest height in a box from corner to corner (2,), metres."""
        first = np.floor((np.asarray(low, float) - (self.x, self.y)) / self.step)
        last = np.ceil((np.asarray(high, float) - (self.x, self.y)) / self.step)
        most = np.array(self.heights.shape[::-1]) - 1
        left, bottom = np.clip(first, 0, most).astype(int).tolist()
        right, top = np.clip(last, 0, most).astype(int).tolist()
        part = self.heights[bottom : top + 1, left : right + 1]
        return float(part.min()), float(part.max())

    def meet(self, eye: Floats, direction: Floats, reach: float) -> Floats | None:
        """Return where (3,) a ray first meets the ground from above, or None within its reach.

        Parameters
        ----------
        eye, direction : ndarray, shape (3,)
            Metres, and a unit vector.
        reach : float
            Metres along the ray.
        """
        low, high = self.reach
        begin, end = 0.0, reach
        if abs(direction[2]) > 1e-9:
            # Only between the highest and the lowest ground is there anything to meet.
            enter, leave = sorted(((high - eye[2]) / direction[2], (low - eye[2]) / direction[2]))
            begin, end = max(begin, enter - self.step), min(end, leave + self.step)
        elif not low <= eye[2] <= high:
            return None
        if begin >= end:
            return None
        level = max(float(np.hypot(direction[0], direction[1])), 1e-9)
        count = int(np.clip((end - begin) * level / self.step * 2, 2, MOST_STEPS))
        along = np.linspace(begin, end, count)
        over = self._over(eye, direction, along)
        under = np.flatnonzero((over[1:] <= 0.0) & (over[:-1] > 0.0))
        if not len(under):
            return None
        near, far = float(along[under[0]]), float(along[under[0] + 1])
        for _halving in range(_HALVINGS):
            middle = (near + far) / 2
            if self._over(eye, direction, np.array([middle]))[0] > 0.0:
                near = middle
            else:
                far = middle
        return np.asarray(eye + direction * far, float)

    def _over(self, eye: Floats, direction: Floats, along: Floats) -> Floats:
        """Return how far above the ground (m) a ray is at distances `along`."""
        places = eye + along[:, None] * direction
        return np.asarray(places[:, 2] - self.at(places[:, :2]), float)
