"""Streets as a graph of junctions, for walking along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray


@dataclass(frozen=True)
class StreetGraph:
    """Road pieces and which of them meet.

    Parameters
    ----------
    lines : ndarray of shapely.LineString, shape (n,)
    lengths : ndarray of float, shape (n,)
        Metres.
    ends : ndarray of int, shape (n, 2)
        Junction at the start and at the end of each piece.
    at_junction : list of ndarray of int
        Pieces that meet at each junction.
    """

    lines: NDArray[np.object_]
    lengths: NDArray[np.float64]
    ends: NDArray[np.int64]
    at_junction: list[NDArray[np.int64]]

    @classmethod
    def of(cls, lines: NDArray[np.object_]) -> StreetGraph:
        """Join pieces whose ends are within 1 cm of each other."""
        lines = shapely.get_parts(lines)
        lines = lines[shapely.length(lines) > 0.5]
        first = shapely.get_coordinates(shapely.get_point(lines, 0))
        last = shapely.get_coordinates(shapely.get_point(lines, -1))
        keys = np.round(np.concatenate([first, last]) * 100).astype(np.int64)
        _unique, junction = np.unique(keys, axis=0, return_inverse=True)
        ends = junction.reshape(2, -1).T
        pieces = np.tile(np.arange(len(lines)), 2)
        order = np.argsort(junction, kind="stable")
        starts = np.searchsorted(junction[order], np.arange(1, junction.max(initial=-1) + 1))
        return cls(lines, shapely.length(lines), ends, np.split(pieces[order], starts))

    def place(self, piece: NDArray[np.int64], metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return coordinates (k, 2) at `metres` from the start of each `piece`."""
        points = shapely.line_interpolate_point(self.lines[piece], metres)
        return np.column_stack([shapely.get_x(points), shapely.get_y(points)])
