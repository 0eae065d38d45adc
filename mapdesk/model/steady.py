"""Time that only goes on, whatever the computer's clock is set to."""

from __future__ import annotations

import time


def seconds_up() -> float:
    """Return seconds since the computer started, asleep or awake where the system tells."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
