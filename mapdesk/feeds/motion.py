"""Smooth movement between fixes: where things are drawn until the next fix comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

JUMP = 150.0
"""Metres between two fixes above which nobody is drawn on the way: the fix was lost, or wrong."""


@dataclass(frozen=True)
class Motion:
    """Points on their way from one fix to the next, at even speed.

    Parameters
    ----------
    start, end : ndarray, shape (n, 2)
        Metres.
    began, seconds : float
        When they set out, on any clock, and how long they take.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    began: float
    seconds: float

    @classmethod
    def resting(cls, xy: NDArray[np.float64]) -> Motion:
        """Return points that stand still."""
        return cls(xy, xy, 0.0, 0.0)

    def at(self, now: float) -> NDArray[np.float64]:
        """Return where the points are at a time on the same clock."""
        if self.is_over(now):
            return self.end
        return self.start + (self.end - self.start) * max((now - self.began) / self.seconds, 0.0)

    def is_over(self, now: float) -> bool:
        """Say whether all have arrived."""
        return now >= self.began + self.seconds

    def to(self, xy: NDArray[np.float64], now: float, seconds: float) -> Motion:
        """Return points that go on from where they are now to new fixes.

        Where their number changed they are not the same points any more: they stand at once.
        """
        if xy.shape != self.end.shape:
            return Motion.resting(xy)
        start = self.at(now)
        far = np.hypot(*(xy - start).T) > JUMP
        return Motion(np.where(far[:, None], xy, start), xy, now, seconds)
