"""What the map draws beside buildings, read from the store: ground, grids, streets, railways.

Meshes are kept in the district's ``cache`` folder under a key made of the rows' contents, so that the
second opening reads arrays and parses no geometry; the folder may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh, flat, prisms
from mapdesk.model.features import Features
from mapdesk.services import railways, streets
from mapdesk.services.ground import EVERY_SCALE, FlatLayer
from mapdesk.services.levels import COLUMNS, in_order
from mapdesk.store import fingerprint, places
from mapdesk.store.database import Store
from mapdesk.store.files import Files, Target

FLOOR_HEIGHT = 3.0
"""Metres a floor takes where only their number is known."""
UNKNOWN_HEIGHT = 6.0
"""Metres drawn for a building of which neither height nor floors are known."""

_MESH_FORMAT = "10"
_COLUMNS: tuple[tuple[str, type[np.generic]], ...] = (
    ("members", np.int64),
    ("points", np.float32),
    ("triangles", np.int32),
    ("owner", np.int32),
    ("shade", np.float32),
)
"""Arrays of the cache and what they are of: of each the parts of all meshes, one after another."""

_HORIZON = 90_000.0
"""Metres to the edge of the land drawn around a district."""

_FLAT_ORDER = (
    ("residential", "farmland"),
    ("commercial", "industrial", "school", "hospital", "public"),
    ("park", "grass", "forest", "hill", "square", "parking"),
    ("water",),
)
"""Land uses from below to above: a lake lies over its park, its islands over all, lawns over their square."""
_LAYERS = len(_FLAT_ORDER) + 1
_DRAWN_BY = {
    "land_use": ("kind",),
    "road": ("kind", "oneway", "width", *COLUMNS),
    "railway": ("kind", "track_use", *COLUMNS),
}
"""What the ground's looks depend on, beside where things are."""


@dataclass(frozen=True)
class Slot:
    """One place of the cache.

    Parameters
    ----------
    files : Files
    what, key : str
        What is kept there, and of which rows.
    """

    files: Files
    what: str
    key: str

    def write(self, parts: Sequence[tuple[NDArray[np.int64], Mesh]]) -> None:
        """Write meshes, replacing older ones of the same kind; a cache that cannot be written is no loss."""
        rows = [
            (members, mesh.points, mesh.triangles, mesh.owner, mesh.shade)
            for members, mesh in parts
        ]
        # All in a few arrays: each one that is read takes a tenth of a millisecond.
        arrays = {
            name: np.concatenate(column, dtype=kind)
            for (name, kind), column in zip(_COLUMNS, zip(*rows, strict=True), strict=True)
        }
        ends = np.cumsum([[len(array) for array in row] for row in rows], axis=0)

        def fill(file: Target) -> None:
            np.savez(file, ends=ends, **arrays)  # type: ignore[arg-type]

        self.files.keep(self.what, self.key, fill)

    def read(self) -> list[tuple[NDArray[np.int64], Mesh]] | None:
        """Read meshes back; None where there are none, or they are damaged."""
        file = self.files.cached(self.what, self.key)
        if file is None:
            return None
        try:
            with file, np.load(file) as arrays:
                ends = arrays["ends"].T
                columns = [
                    np.split(arrays[name], end[:-1])
                    for (name, _kind), end in zip(_COLUMNS, ends, strict=True)
                ]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        return [(members, Mesh(*mesh)) for members, *mesh in zip(*columns, strict=True)]


def roofs(features: Features) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (base, top) in metres, from height, else floors, else a guess.

    `features` has the columns height, floors and base.
    """
    height = np.asarray(features.columns["height"], float)
    floors = np.asarray(features.columns["floors"], float)
    base = np.nan_to_num(np.asarray(features.columns["base"], float))
    top = np.where(np.isnan(height), floors * FLOOR_HEIGHT + base, height)
    top = np.where(np.isnan(top), base + UNKNOWN_HEIGHT, top)
    return base, np.maximum(top, base + 0.5)


def ground(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    """Return land use and streets as flat layers, from below to above."""
    key = "".join(fingerprint.of_rows(store, noun, columns) for noun, columns in _DRAWN_BY.items())
    slot = _slot(store, "ground", key, origin)
    cached = slot.read()
    if cached is None:
        lines = [*streets.layers(store, origin), *railways.layers(store, origin)]
        layers = [*_land(store, origin), *in_order(lines)]
        codes = {kind: code for code, kind in enumerate(_all_kinds())}
        cached = [
            (np.array([codes[kind] for kind in layer.kinds], np.int64), layer.mesh)
            for layer in layers
        ]
        slot.write(cached)
    kinds = np.array(_all_kinds(), object)
    looks = [(f"land_use/{number}", EVERY_SCALE) for number in range(_LAYERS)]
    looks += in_order([*streets.looks(), *railways.looks()])
    return [
        FlatLayer(name, mesh, kinds[codes], scales)
        for (name, scales), (codes, mesh) in zip(looks, cached, strict=True)
    ]


def _all_kinds() -> list[str]:
    land = [kind for group in _FLAT_ORDER for kind in group]
    # Residential and industrial land have names that streets and tracks have too.
    return list(dict.fromkeys([*land, *streets.KINDS, *railways.KINDS]))


def _land(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    features = places.features(store, "land_use", ["kind"])
    kinds = features.columns["kind"]
    level = np.full(len(kinds), -1)
    for number, group in enumerate(_FLAT_ORDER):
        level[np.isin(kinds.astype(str), group)] = number
    level[_islands(features.placed, level)] = len(_FLAT_ORDER)
    layers = []
    for number in range(_LAYERS):
        chosen = np.flatnonzero(level == number)
        # The larger ones first: of two that overlap the smaller stays in sight.
        chosen = chosen[np.argsort(-shapely.area(features.placed[chosen]), kind="stable")]
        layers.append(
            FlatLayer(f"land_use/{number}", flat(features.placed[chosen], origin), kinds[chosen])
        )
    return layers


def _islands(shapes: NDArray[np.object_], level: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which land lies within a water that was drawn without a hole for it."""
    water = len(_FLAT_ORDER) - 1
    land = np.flatnonzero((level >= 0) & (level < water))
    tree = shapely.STRtree(shapes[land])
    found: NDArray[np.int64] = land[
        np.unique(tree.query(shapes[level == water], predicate="contains")[1])
    ]
    return found


def horizon(bounds: tuple[float, float, float, float], origin: tuple[float, float]) -> Mesh:
    """Return the land around a district: owner 0 near, fading into owner 1 at the horizon."""
    middle = np.array([(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2]) - origin
    near = 0.75 * max(bounds[2] - bounds[0], bounds[3] - bounds[1], 1000.0)
    angles = np.linspace(0, 2 * np.pi, 49)[:-1]
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    points = np.zeros((1 + 2 * len(ring), 3), np.float32)
    points[0, :2] = middle
    points[1:49, :2] = middle + near * ring
    points[49:, :2] = middle + max(_HORIZON, near * 3) * ring
    at = np.arange(48)
    after = (at + 1) % 48
    triangles = np.concatenate(
        [
            np.column_stack([np.zeros(48, int), 1 + at, 1 + after]),
            np.column_stack([1 + at, 49 + at, 49 + after]),
            np.column_stack([1 + at, 49 + after, 1 + after]),
        ]
    )
    owner = np.zeros(len(points), np.int32)
    owner[49:] = 1
    return Mesh(points, triangles.astype(np.int32), owner, np.ones(len(points), np.float32))


def hills(store: Store, origin: tuple[float, float]) -> Mesh:
    """Return the relief of land-use areas that have a height: stacked contours."""
    features = places.features(store, "land_use", ["kind", "height"])
    raised = np.flatnonzero(np.nan_to_num(np.asarray(features.columns["height"], float)) > 0)
    heights = np.asarray(features.columns["height"], float)[raised]
    return prisms(features.placed[raised], 0.0, heights, origin)


@dataclass(frozen=True)
class GridLines:
    """Outlines of the grids of one level, as segments.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 3)
        Metres from the origin.
    pairs : ndarray of int, shape (m, 2)
    ids : ndarray of str, shape (m,)
        The grid each segment is of.
    """

    level: int
    points: NDArray[np.float32]
    pairs: NDArray[np.int64]
    ids: NDArray[np.object_]

    def without(self, hidden: Collection[str]) -> NDArray[np.int64]:
        """Return the pairs that are not of hidden grids."""
        if not hidden:
            return self.pairs
        return self.pairs[~np.isin(self.ids.astype(str), list(hidden))]


def grid_lines(store: Store, origin: tuple[float, float]) -> list[GridLines]:
    """Return the outlines of the grids by level, finest first."""
    features = places.features(store, "grid", ["level"])
    levels = np.asarray(features.columns["level"], int)
    lines = []
    for level in sorted(set(levels.tolist()), reverse=True):
        rings, grid = shapely.get_rings(features.placed[levels == level], return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        start = np.flatnonzero(ring[:-1] == ring[1:])
        points = np.column_stack([xy - origin, np.zeros(len(xy))]).astype(np.float32)
        ids = features.ids[levels == level][grid[ring[start]]]
        lines.append(GridLines(level, points, np.column_stack([start, start + 1]), ids))
    return lines


def _slot(store: Store, what: str, key: str, origin: tuple[float, float]) -> Slot:
    return Slot(store.files, what, f"{_MESH_FORMAT}-{key}-{origin[0]:.0f}-{origin[1]:.0f}")
