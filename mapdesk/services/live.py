"""Where workers are now: the demo's walkers, until a real feed is connected."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.feeds.positions import Positions
from mapdesk.feeds.walk import StreetWalk
from mapdesk.store import places
from mapdesk.store.database import Store


@dataclass
class LiveWorkers:
    """Positions of every worker; those of the demo on GPS walk along the streets.

    Parameters
    ----------
    positions : Positions
        The newest; replaced whole at each step.
    walkers : ndarray of str
        Ids of those who move.
    walk : StreetWalk or None
        None where nobody moves.
    """

    positions: Positions
    walkers: NDArray[np.object_]
    walk: StreetWalk | None

    @classmethod
    def of(cls, store: Store, seed: int = 1) -> LiveWorkers:
        """Read the workers and put the demo's walkers on the streets nearest to them."""
        workers = places.features(store, "worker", ["on_gps", "source"])
        positions = Positions(workers.ids, workers.xy, time.time())
        moves = np.array(
            [
                bool(on_gps) and source == "demo"
                for on_gps, source in zip(
                    workers.columns["on_gps"].tolist(),
                    workers.columns["source"].tolist(),
                    strict=True,
                )
            ],
            bool,
        )
        roads = places.features(store, "road")
        if not moves.any() or not len(roads):
            return cls(positions, workers.ids[:0], None)
        walk = StreetWalk.starting_at(roads.placed, workers.xy[moves], seed)
        return cls(positions, workers.ids[moves], walk)

    def step(self, seconds: float) -> Positions:
        """Let walkers move on and return the new positions. One thread at a time."""
        if self.walk is not None:
            self.positions = self.positions.moved(
                self.walkers, self.walk.step(seconds), time.time()
            )
        return self.positions
