"""Measures a capture keeps of itself: rate, lag behind the camera, notifications, file time."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

#: The least delay seen may rise by this much a second, so that a camera's clock that runs slow
#: (cheap quartz: 100 parts in a million) never looks like lag; lag itself grows far faster.
_DRIFT: Final = 0.0005

_RATE_WINDOW: Final = 3.0


class LagMeter:
    """How far a capture is behind its camera.

    The delay between a picture's own time stamp and its arrival has an unknown constant part;
    the least delay seen stands for it, and lag is what is above. Time stamps that stand still,
    run backwards or are missing give NaN until they count again.
    """

    def __init__(self) -> None:
        self._least = math.inf
        self._last_stamp = -math.inf
        self._last_now = 0.0

    def add(self, stamp: float, now: float) -> float:
        """Take a picture's time stamp and its arrival, in seconds; return the lag in seconds."""
        if stamp <= self._last_stamp:
            self._least = math.inf
            self._last_stamp = stamp
            return math.nan
        if math.isfinite(self._least):
            self._least += _DRIFT * (now - self._last_now)
        self._last_stamp, self._last_now = stamp, now
        self._least = min(self._least, now - stamp)
        return now - stamp - self._least


class RateMeter:
    """Events per second over the last three seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def add(self, now: float) -> float:
        """Count an event at `now` seconds; return events per second, 0 for the first."""
        self._times.append(now)
        while now - self._times[0] > _RATE_WINDOW:
            self._times.popleft()
        span = now - self._times[0]
        return (len(self._times) - 1) / span if span > 0 else 0.0


class Throttle:
    """Lets a number of events a second through, without punishing jitter.

    A camera of 25 frames a second delivers some after 35 ms and some after 45; a plain pause of
    40 ms would drop every early one. So one event may come early if the average holds.
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1.0 / per_second
        self._due = -math.inf

    def allows(self, now: float) -> bool:
        """Whether an event at `now` seconds may pass; counts it if so."""
        if now < self._due - self._interval:
            return False
        self._due = max(self._due, now) + self._interval
        return True


class FilePace:
    """When the frames of a file are due.

    Parameters
    ----------
    frames_per_second : float
        Of the file; 25 is taken where it claims none.
    """

    def __init__(self, frames_per_second: float) -> None:
        self._interval = 1.0 / frames_per_second if frames_per_second > 0 else 0.04
        self._due = -math.inf

    def wait(self, now: float) -> float:
        """Return the seconds to wait before the next frame is shown, and count it.

        A capture that fell behind by more than a second starts afresh instead of racing.
        """
        if now - self._due > 1.0:
            self._due = now
        pause = max(0.0, self._due - now)
        self._due += self._interval
        return pause
