"""Looking beyond one's areas in an emergency: lifted for a while, on record, over by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mapdesk.model.access import Access
from mapdesk.model.steady import seconds_up

MINUTES = 30


@dataclass
class Glass:
    """Whether a user's areas are lifted on one open district. Any thread; gone with the process.

    Parameters
    ----------
    clock : callable
        Seconds that only go on.
    """

    clock: Callable[[], float] = seconds_up
    _user: str = ""
    _until: float = 0.0

    def lift(self, user: str) -> None:
        """Lift the areas of a user for half an hour from now."""
        self._user, self._until = user, self.clock() + MINUTES * 60

    def end(self) -> None:
        """Put the areas in force again."""
        self._user, self._until = "", 0.0

    def left(self, user: str) -> float:
        """Return for how many seconds on a user's areas are lifted; 0 where they are in force."""
        return max(self._until - self.clock(), 0.0) if user == self._user else 0.0

    def areas_of(self, access: Access) -> tuple[str, ...]:
        """Return the areas that hold for a user at this moment; empty means the whole district."""
        return () if self.left(access.user) > 0 else access.areas
