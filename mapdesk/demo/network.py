"""Streets as polylines that share vertices: where they meet they have a vertex in common, exactly.

All coordinates are kept on a lattice of one centimetre, so a shared vertex is equal to the last bit
and the network needs no tolerance anywhere: neither for splitting it at junctions nor for building
faces from it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

FloatArray = NDArray[np.float64]

LIMIT = ""
"""Kind of a line that is no street: the district's border, which only bounds blocks."""


@dataclass(frozen=True, slots=True)
class Street:
    """One street before it is split at junctions.

    Parameters
    ----------
    path : ndarray (n, 2)
        Vertices in metres, on the centimetre lattice.
    kind : str
        One of ``ROAD_KINDS``, or `LIMIT`.
    name, name_en : str
        Names; empty for lanes inside a compound.

    """

    path: FloatArray
    kind: str
    name: str = ""
    name_en: str = ""


def snap(path: FloatArray) -> FloatArray:
    """Put coordinates (metres) on the centimetre lattice."""
    return np.round(path, 2)


def densify(path: FloatArray, step: float) -> FloatArray:
    """Add vertices to a polyline (n, 2) so that none are further apart than `step` metres."""
    parts = []
    for start, end in itertools.pairwise(path):
        pieces = max(1, int(np.ceil(np.hypot(*(end - start)) / step)))
        parts.append(start + (end - start) * (np.arange(pieces) / pieces)[:, None])
    return snap(np.vstack([*parts, path[-1:]]))


def vertex_keys(path: FloatArray) -> NDArray[np.int64]:
    """Return one whole number per vertex (n, 2), equal for equal vertices and for no others."""
    centimetres = np.round(path * 100).astype(np.int64)
    return centimetres[:, 0] * 10_000_000_000 + centimetres[:, 1]


def junction_keys(streets: Sequence[Street]) -> NDArray[np.int64]:
    """Return the sorted keys of vertices that two streets share or one passes twice."""
    keys, counts = np.unique(
        np.concatenate([vertex_keys(street.path) for street in streets]), return_counts=True
    )
    return keys[counts > 1]


def split_at_junctions(streets: Sequence[Street]) -> list[Street]:
    """Split streets wherever they share a vertex, so that pieces meet at their ends only."""
    junctions = junction_keys(streets)
    pieces = []
    for street in streets:
        shared = np.isin(vertex_keys(street.path), junctions)
        shared[[0, -1]] = True
        cuts = np.flatnonzero(shared)
        for start, end in itertools.pairwise(cuts):
            path = street.path[start : end + 1]
            pieces.append(Street(path, street.kind, street.name, street.name_en))
    return pieces


def faces(streets: Sequence[Street]) -> list[Polygon]:
    """Return the polygons that streets and limits enclose, ordered from south to north."""
    lines = [shapely.LineString(street.path) for street in streets]
    found = shapely.get_parts(shapely.polygonize(lines))
    middles = shapely.get_coordinates(shapely.centroid(found)).round(1)
    return [found[index] for index in np.lexsort((middles[:, 0], middles[:, 1]))]


def largest_component(pieces: Sequence[Street]) -> list[Street]:
    """Keep the pieces of a split network's largest connected part, by metres of street."""
    leaders: dict[int, int] = {}

    def leader(key: int) -> int:
        root = key
        while leaders.setdefault(root, root) != root:
            root = leaders[root]
        while leaders[key] != root:
            leaders[key], key = root, leaders[key]
        return root

    ends = [vertex_keys(piece.path[[0, -1]]).tolist() for piece in pieces]
    for start, end in ends:
        leaders[leader(start)] = leader(end)
    metres: dict[int, float] = {}
    for piece, (start, _end) in zip(pieces, ends, strict=True):
        length = float(np.hypot(*np.diff(piece.path, axis=0).T).sum())
        metres[leader(start)] = metres.get(leader(start), 0.0) + length
    if not metres:
        return []
    best = max(metres, key=metres.__getitem__)
    return [piece for piece, (start, _) in zip(pieces, ends, strict=True) if leader(start) == best]
