"""The whole district in a few shapes, for a map of the size of a stamp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.line_work import thinned
from mapdesk.store import places
from mapdesk.store.database import Store

Floats = NDArray[np.float64]

MAIN_ROADS = ("trunk", "primary", "secondary")
MOST_BUILDINGS = 20_000
"""Buildings that are dots; of more, every so manieth."""


@dataclass(frozen=True)
class OverviewShapes:
    """What an overview draws, metres.

    Parameters
    ----------
    land : list of (kind, ring)
        Kinds of land use and outer corners (n, 2), the largest first.
    roads : list of (kind, line)
    railways : list of line
        Main lines above the ground.
    grids : list of ring
        Outlines of the highest level.
    buildings : ndarray, shape (n, 2)
    """

    land: list[tuple[str, Floats]]
    roads: list[tuple[str, Floats]]
    railways: list[Floats]
    grids: list[Floats]
    buildings: Floats


def overview_shapes(store: Store, metres_per_pixel: float) -> OverviewShapes:
    """Return what shows at so many metres per pixel."""
    land = places.features(store, "land_use", ["kind"])
    big = np.flatnonzero(shapely.area(land.placed) > (3 * metres_per_pixel) ** 2)
    big = big[np.argsort(-shapely.area(land.placed[big]), kind="stable")]
    roads = places.features(store, "road", ["kind"])
    grids = places.features(store, "grid", ["level"])
    levels = np.asarray(grids.columns["level"], int)
    highest = levels == levels.min() if len(levels) else np.zeros(0, bool)
    buildings = places.index_of(store, "building").features
    step = max(len(buildings) // MOST_BUILDINGS, 1)
    middle = shapely.get_coordinates(shapely.centroid(buildings.placed[::step]))
    return OverviewShapes(
        [
            (str(land.columns["kind"][at]), ring)
            for at in big.tolist()
            for ring in _rings(land.placed[at], metres_per_pixel)
        ],
        [
            (str(kind), shapely.get_coordinates(line))
            for kind, shape in zip(roads.columns["kind"], roads.placed, strict=True)
            if kind in MAIN_ROADS
            for line in shapely.get_parts(shapely.simplify(shape, metres_per_pixel))
        ],
        _main_lines(store, metres_per_pixel),
        [ring for shape in grids.placed[highest] for ring in _rings(shape, metres_per_pixel)],
        middle,
    )


def _main_lines(store: Store, metres_per_pixel: float) -> list[Floats]:
    tracks = places.features(store, "railway", ["kind", "track_use", "tunnel"])
    columns = [tracks.columns[name].tolist() for name in ("kind", "track_use", "tunnel")]
    main = [
        kind == "rail" and not use and not tunnel
        for kind, use, tunnel in zip(*columns, strict=True)
    ]
    lines = thinned(tracks.placed[np.array(main, bool)], 3 * metres_per_pixel)
    return [shapely.get_coordinates(line) for line in shapely.simplify(lines, metres_per_pixel)]


def _rings(shape: shapely.Geometry, metres: float) -> list[Floats]:
    thin = shapely.simplify(shape, metres)
    return [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(thin) if part.area]
