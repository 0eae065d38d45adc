"""Street fronts: continuous low shops along a block's edge, following its bends."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from shapely.geometry import Polygon

from mapdesk.demo.footprints import along
from mapdesk.demo.network import FloatArray
from mapdesk.demo.site import Site

SHOP_FLOOR = 3.4


def line_with_shops(
    site: Site,
    sides: str,
    share: float,
    depth: float = 9.5,
    floors: tuple[int, int] = (1, 2),
) -> int:
    """Line a block's edges with shops.

    Parameters
    ----------
    site : Site
        Block to build on; gates and lanes must have been laid before.
    sides : str
        Edges to line, of "n", "e", "s", "w".
    share : float
        Part of the frontage that is built.
    depth : float
        Metres from front to back.
    floors : tuple of int
        Fewest and most floors.

    Returns
    -------
    int
        Buildings put up.

    """
    outline: shapely.Geometry = shapely.buffer(site.plot, -1.0)
    if not isinstance(outline, Polygon) or outline.is_empty:
        return 0
    ring = shapely.get_coordinates(shapely.geometry.polygon.orient(outline).exterior.simplify(0.8))
    before = len(site.drafts)
    for start, end in itertools.pairwise(ring):
        if _side(start, end) in sides:
            _line_edge(site, start, end, share, depth, floors)
    return len(site.drafts) - before


def _side(start: FloatArray, end: FloatArray) -> str:
    """Tell which way an edge of a counter-clockwise ring faces."""
    east, north = end - start
    if abs(east) >= abs(north):
        return "s" if east > 0 else "n"
    return "e" if north > 0 else "w"


def _line_edge(
    site: Site,
    start: FloatArray,
    end: FloatArray,
    share: float,
    depth: float,
    floors: tuple[int, int],
) -> None:
    rng = site.rng
    total = float(np.hypot(*(end - start)))
    direction = (end - start) / max(total, 1e-9)
    at = 0.5
    year = int(rng.integers(1988, 2016))
    while at < total - 9.0:
        length = min(float(rng.choice([14.0, 24.0, 32.0, 40.0, 52.0, 66.0])), total - at - 0.5)
        if length < 7.5:
            break
        if rng.random() < share:
            deep = depth + float(rng.choice([-1.5, 0.0, 0.0, 1.5]))
            footprint = along(start + direction * at, direction, length, deep)
            count = int(rng.integers(floors[0], floors[1] + 1))
            site.build(footprint, "shops", "commercial", count, count * SHOP_FLOOR + 0.6, year, 0.2)
            at += length + (0.3 if rng.random() < 0.6 else 6.0)
        else:
            at += length
