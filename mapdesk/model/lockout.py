"""When a name is locked after wrong passwords, and a clock that cannot be turned back to undo it."""

from __future__ import annotations

from dataclasses import dataclass

MOST_FAILURES = 5
"""Wrong passwords or codes in a row before a name is locked."""
FIRST_LOCK = 15 * 60
"""Seconds of the first lock; each further one is twice as long."""
LONGEST_LOCK = 24 * 3600
FORGOTTEN_AFTER = 48 * 3600
"""Seconds without an attempt after which earlier ones no longer count; longer than any lock."""


@dataclass(frozen=True, slots=True)
class SteadyTime:
    """Time that only goes on, kept beside the computer's clock, which anybody may set.

    It moves on by what the clock moves on. Where the clock was set back it stands still until the next
    reading, so a lock never ends early and never lasts as long as the clock was set back either.

    Parameters
    ----------
    seconds : float
        Steady time.
    clock : float
        What the clock said then.
    """

    seconds: float
    clock: float

    def at(self, clock: float) -> SteadyTime:
        """Return the time when the clock says `clock`."""
        return SteadyTime(self.seconds + max(clock - self.clock, 0.0), clock)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts to sign in under one name since the last that succeeded.

    Parameters
    ----------
    failed : int
        Wrong ones since the last lock.
    locks : int
        Locks in a row.
    until, last : float
        Steady times of the lock's end and of the last attempt.
    """

    failed: int = 0
    locks: int = 0
    until: float = 0.0
    last: float = 0.0

    def seconds_left(self, now: float) -> float:
        """Return for how long the name is still locked; 0 where it is not."""
        return max(self.until - now, 0.0)

    def after_failure(self, now: float) -> Attempts:
        """Return the attempts with one more wrong one; the fifth locks."""
        if self.failed + 1 < MOST_FAILURES:
            return Attempts(self.failed + 1, self.locks, self.until, now)
        length = min(FIRST_LOCK * 2**self.locks, LONGEST_LOCK)
        return Attempts(0, min(self.locks + 1, 16), now + length, now)
