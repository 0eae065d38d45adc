"""The demo's live feed: workers on GPS walk and ride along the streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.street_graph import StreetGraph

SPEEDS = (1.1, 4.5)
"""Metres a second: on foot to on an electric bicycle."""


@dataclass
class StreetWalk:
    """Walkers on a street graph; `step` moves them all. One thread only.

    Parameters
    ----------
    graph : StreetGraph
    piece, direction, metres, speed : ndarray, shape (n,)
        Street piece of each walker, +1 or -1 along it, metres from its start, metres a second.
    """

    graph: StreetGraph
    piece: NDArray[np.int64]
    direction: NDArray[np.int64]
    metres: NDArray[np.float64]
    speed: NDArray[np.float64]
    random: np.random.Generator

    @classmethod
    def starting_at(
        cls, lines: NDArray[np.object_], xy: NDArray[np.float64], seed: int
    ) -> StreetWalk:
        """Put a walker on the street nearest to each row of `xy` (n, 2)."""
        graph = StreetGraph.of(lines)
        random = np.random.default_rng(seed)
        points = shapely.points(xy)
        piece = np.asarray(shapely.STRtree(graph.lines).nearest(points), np.int64)
        metres = shapely.line_locate_point(graph.lines[piece], points)
        count = len(xy)
        return cls(
            graph,
            piece,
            random.choice([-1, 1], count),
            np.asarray(metres, float),
            random.uniform(*SPEEDS, count),
            random,
        )

    def step(self, seconds: float) -> NDArray[np.float64]:
        """Move everyone on and return coordinates (n, 2) in metres."""
        self.metres += self.direction * self.speed * seconds
        for _turn in range(4):
            past = np.flatnonzero(
                (self.metres < 0) | (self.metres > self.graph.lengths[self.piece])
            )
            if not len(past):
                break
            for walker in past.tolist():
                self._turn(walker)
        np.clip(self.metres, 0, self.graph.lengths[self.piece], out=self.metres)
        return self.graph.place(self.piece, self.metres)

    def _turn(self, walker: int) -> None:
        """Take another street at the junction reached, going back only at a dead end."""
        piece = int(self.piece[walker])
        length = float(self.graph.lengths[piece])
        at_end = bool(self.metres[walker] > length)
        left_over = self.metres[walker] - length if at_end else -self.metres[walker]
        junction = int(self.graph.ends[piece, int(at_end)])
        choices = self.graph.at_junction[junction]
        others = choices[choices != piece]
        chosen = int(self.random.choice(others)) if len(others) else piece
        from_start = bool(self.graph.ends[chosen, 0] == junction)
        if chosen == piece:
            from_start = not at_end
        self.piece[walker] = chosen
        self.direction[walker] = 1 if from_start else -1
        new_length = float(self.graph.lengths[chosen])
        self.metres[walker] = left_over if from_start else new_length - left_over
