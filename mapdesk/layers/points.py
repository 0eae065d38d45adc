"""How points look: their glyph by kind, their state by status, and heaps of them as clusters."""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

CLUSTERED_ABOVE = 10_000
"""Points of a layer above which near ones are drawn as one, with their count."""
CLUSTER_PIXELS = 64.0
"""Pixels of the squares whose points are drawn as one."""
FINEST_CELL = 8.0
"""Metres of the smallest such square: nearer by, every point is drawn."""
RESTING = ("off", "done")
"""States of points that lie under the others."""


@dataclass(frozen=True, order=True)
class Look:
    """How one point is drawn.

    Parameters
    ----------
    glyph : str
        A file of ``data/symbols``, without its ending.
    state : str
        "on", "off", "done", "busy" or "alert".
    colour : str
        "#rrggbb" of a style; empty for that of the noun.
    scale : float
        Times as large as usual.
    """

    glyph: str
    state: str = "on"
    colour: str = ""
    scale: float = 1.0


@dataclass(frozen=True)
class PointLooks:
    """Tables of ``data/styles/points.toml``."""

    glyphs: Mapping[str, Mapping[str, str]]
    states: Mapping[str, Mapping[str, str]]
    colours: Mapping[str, Mapping[str, str]]

    def of(
        self, noun: str, columns: Mapping[str, NDArray[np.object_]], count: int
    ) -> tuple[tuple[Look, ...], NDArray[np.int64]]:
        """Return the looks of some points and the position of each point's among them.

        Parameters
        ----------
        columns : mapping of str to ndarray, shape (count,)
            The `fields` of the noun.
        """
        glyphs = _told(self.glyphs.get(noun), columns.get("kind"), noun, count)
        states = _told(self.states.get(noun), columns.get("status"), "on", count)
        pairs, which = np.unique(np.char.add(glyphs, states), return_inverse=True)
        looks = tuple(Look(*pair.split()) for pair in pairs.tolist())
        return looks, np.asarray(which, np.int64)

    def fields(self, noun: str) -> list[str]:
        """Return the fields that the looks of a noun are read off."""
        return [
            *(["kind"] if noun in self.glyphs else []),
            *(["status"] if noun in self.states else []),
        ]


def _told(
    table: Mapping[str, str] | None,
    column: NDArray[np.object_] | None,
    usual: str,
    count: int,
) -> NDArray[np.str_]:
    """Return what a table says of each value, with a space behind it."""
    if table is None or column is None:
        return np.full(count, usual + " ")
    found, where = np.unique(column.astype(str), return_inverse=True)
    return np.array([table.get(one, usual) + " " for one in found.tolist()], str)[where]


@cache
def point_looks() -> PointLooks:
    """Return the tables."""
    text = (importlib.resources.files("mapdesk_data") / "styles" / "points.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    colours = {theme: values[theme] for theme in ("light", "dark")}
    return PointLooks(values["glyph"], values["state"], colours)


@dataclass(frozen=True)
class Heaps:
    """Points of one scale, near ones together.

    Parameters
    ----------
    count : ndarray of int, shape (n,)
    xy : ndarray, shape (n, 2)
        Their middle, metres.
    low, high : ndarray, shape (n, 2)
        Corners of what they cover, metres.
    only : ndarray of int, shape (n,)
        Position of one of them: of the only one where there is one.
    """

    count: NDArray[np.int64]
    xy: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    only: NDArray[np.int64]


@dataclass
class Clusters:
    """Clusters of many points, by scale; each scale is worked out once.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Metres.
    """

    xy: NDArray[np.float64]
    _heaps: dict[int, Heaps] = field(default_factory=dict)

    def at(self, metres_per_pixel: float) -> Heaps | None:
        """Return the clusters of a scale; None nearer by, where every point is drawn."""
        level = int(np.ceil(np.log2(max(CLUSTER_PIXELS * metres_per_pixel, 1e-6))))
        if 2.0**level < FINEST_CELL or not len(self.xy):
            return None
        if level not in self._heaps:
            self._heaps[level] = heaped(self.xy, 2.0**level)
        return self._heaps[level]


def clusters_of(xy: NDArray[np.float64]) -> Clusters | None:
    """Return the clusters of points (n, 2); None for so few that each is drawn."""
    return Clusters(xy) if len(xy) > CLUSTERED_ABOVE else None


def heaped(xy: NDArray[np.float64], cell: float) -> Heaps:
    """Put points into heaps by squares of `cell` metres.

    The squares of one cell nest in those of twice its size, so that heaps only ever join or part.
    """
    columns, rows = np.floor(xy / cell).astype(np.int64).T
    key = (columns - columns.min()) * (int(np.ptp(rows)) + 1) + rows - rows.min()
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    count = np.diff(np.append(first, len(key)))
    sorted_xy = xy[order]
    return Heaps(
        count,
        np.add.reduceat(sorted_xy, first) / count[:, None],
        np.minimum.reduceat(sorted_xy, first),
        np.maximum.reduceat(sorted_xy, first),
        order[first],
    )
