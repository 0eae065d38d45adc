"""Where the eye of a tour is at any second of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, log1p

from mapdesk.scene3d import navigation
from mapdesk.scene3d.viewpoint import Viewpoint

_CLIMB = 0.9
"""How much a flight rises over ground it could not show otherwise."""


@dataclass(frozen=True)
class TourPath:
    """Views with the seconds flown to each (the first is begun at) and stayed there.

    Parameters
    ----------
    views : sequence of Viewpoint
    fly, stay : sequence of float
        Seconds, one a view.
    """

    views: Sequence[Viewpoint]
    fly: Sequence[float]
    stay: Sequence[float]

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(self.stay) + sum(self.fly[1:])

    def at(self, second: float) -> tuple[int, Viewpoint]:
        """Return the stop flown to or stayed at, and the viewpoint."""
        left = second - self.stay[0]
        if left <= 0:
            return 0, self.views[0]
        for stop in range(1, len(self.views)):
            if left < self.fly[stop]:
                return stop, _on_the_way(
                    self.views[stop - 1], self.views[stop], left / self.fly[stop]
                )
            left -= self.fly[stop]
            if left < self.stay[stop]:
                return stop, self.views[stop]
            left -= self.stay[stop]
        return len(self.views) - 1, self.views[-1]


def _on_the_way(start: Viewpoint, end: Viewpoint, part: float) -> Viewpoint:
    """Return a viewpoint of a flight that rises the more ground it covers for its height."""
    view = navigation.between(start, end, part)
    ground = hypot(end.x - start.x, end.y - start.y)
    climb = _CLIMB * log1p(ground / (start.distance + end.distance))
    # Nothing at both ends, with no kink there: sixteen times the square of part times its rest.
    hump = 16 * (part * (1 - part)) ** 2
    return replace(view, distance=view.distance * (1 + climb * hump)).limited()
