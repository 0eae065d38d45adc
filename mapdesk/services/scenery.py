"""What the map draws, read from the store: buildings as tiles of prisms, ground, grids, streets.

Meshes are kept in the district's ``cache`` folder under a key made of the rows' contents, so that the
second opening reads arrays and parses no geometry; the folder may be deleted at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh, flat, prisms
from mapdesk.analysis.tiling import Tiling
from mapdesk.model.features import Features
from mapdesk.services import streets
from mapdesk.services.ground import EVERY_SCALE, FlatLayer
from mapdesk.store import fingerprint, places
from mapdesk.store.database import Store
from mapdesk.store.files import Files, Target

FLOOR_HEIGHT = 3.0
"""Metres a floor takes where only their number is known."""
UNKNOWN_HEIGHT = 6.0
"""Metres drawn for a building of which neither height nor floors are known."""

STAGGER = 0.02
"""Metres by which neighbouring roofs are drawn apart, so that two that overlap do not flicker."""

_MESH_FORMAT = "4"

_FLAT_ORDER = (
    ("residential", "farmland"),
    ("commercial", "industrial", "school", "hospital", "public"),
    ("park", "grass", "forest", "hill"),
    ("square", "parking"),
    ("water",),
)
"""Land uses from below to above: a lake lies over its park."""


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
        arrays = {"count": np.array(len(parts))}
        for number, (members, mesh) in enumerate(parts):
            arrays[f"m{number}"] = members
            arrays[f"p{number}"], arrays[f"t{number}"] = mesh.points, mesh.triangles
            arrays[f"o{number}"], arrays[f"s{number}"] = mesh.owner, mesh.shade

        def fill(file: Target) -> None:
            np.savez(file, **arrays)  # type: ignore[arg-type]

        self.files.keep(self.what, self.key, fill)

    def read(self) -> list[tuple[NDArray[np.int64], Mesh]] | None:
        """Read meshes back; None where there are none, or they are damaged."""
        file = self.files.cached(self.what, self.key)
        if file is None:
            return None
        try:
            with file, np.load(file) as arrays:
                return [
                    (
                        arrays[f"m{number}"],
                        Mesh(
                            arrays[f"p{number}"],
                            arrays[f"t{number}"],
                            arrays[f"o{number}"],
                            arrays[f"s{number}"],
                        ),
                    )
                    for number in range(int(arrays["count"]))
                ]
        except (OSError, ValueError, KeyError, EOFError):
            return None


@dataclass(frozen=True)
class Buildings:
    """All buildings, ready to be drawn and coloured.

    Parameters
    ----------
    features : Features
        With ``use``; geometry left out.
    tops : ndarray of float, shape (n,)
        Height of each roof in metres.
    tiles : list of (members, Mesh)
        Positions of a tile's buildings, and its mesh.
    cache : Slot or None
        Where `keep` is to write the tiles; None where they were read from there.
    """

    features: Features
    tops: NDArray[np.float64]
    tiles: list[tuple[NDArray[np.int64], Mesh]]
    cache: Slot | None = None


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


def buildings(store: Store, origin: tuple[float, float]) -> Buildings:
    """Return every building that has a place with its mesh, from the cache where rows have not changed."""
    columns = ["use", "height", "floors", "base"]
    key = fingerprint.of_rows(store, "building", columns[1:])
    slot = _slot(store, "buildings", key, origin)
    tiles = slot.read()
    features = places.features(store, "building", columns, geometry=tiles is None, placed=True)
    base, top = roofs(features)
    if tiles is not None:
        return Buildings(features, top, tiles)
    tiles = _tiles(features.placed, base, top, origin)
    return Buildings(replace(features, geometry=None), top, tiles, slot)


def keep(buildings: Buildings) -> None:
    """Write the meshes to the cache they did not come from; it can be done when they are on screen."""
    if buildings.cache is not None:
        buildings.cache.write(buildings.tiles)


def _tiles(
    shapes: NDArray[np.object_],
    base: NDArray[np.float64],
    top: NDArray[np.float64],
    origin: tuple[float, float],
) -> list[tuple[NDArray[np.int64], Mesh]]:
    boxes = shapely.bounds(shapes)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 if len(boxes) else np.empty((0, 2))
    raised = top + STAGGER * (np.arange(len(top)) % 8)
    return [
        (members, prisms(shapes[members], base[members], raised[members], origin))
        for _tile, members in Tiling.over(middle).groups(middle)
    ]


def ground(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    """Return land use and streets as flat layers, from below to above."""
    key = fingerprint.of_rows(store, "land_use", ["kind"]) + fingerprint.of_rows(
        store, "road", ["kind", "oneway", "width"]
    )
    slot = _slot(store, "ground", key, origin)
    cached = slot.read()
    if cached is None:
        layers = [*_land(store, origin), *streets.layers(store, origin)]
        codes = {kind: code for code, kind in enumerate(_all_kinds())}
        cached = [
            (np.array([codes[kind] for kind in layer.kinds], np.int64), layer.mesh)
            for layer in layers
        ]
        slot.write(cached)
    kinds = np.array(_all_kinds(), object)
    looks = [(f"land_use/{number}", EVERY_SCALE) for number in range(len(_FLAT_ORDER))]
    looks += streets.looks()
    return [
        FlatLayer(name, mesh, kinds[codes], scales)
        for (name, scales), (codes, mesh) in zip(looks, cached, strict=True)
    ]


def _all_kinds() -> list[str]:
    return [*(kind for group in _FLAT_ORDER for kind in group), *streets.KINDS]


def _land(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    features = places.features(store, "land_use", ["kind"])
    kinds = features.columns["kind"]
    layers = []
    for number, group in enumerate(_FLAT_ORDER):
        chosen = np.flatnonzero(np.isin(kinds.astype(str), group))
        # The larger ones first: of two that overlap the smaller stays in sight.
        chosen = chosen[np.argsort(-shapely.area(features.placed[chosen]), kind="stable")]
        layers.append(
            FlatLayer(f"land_use/{number}", flat(features.placed[chosen], origin), kinds[chosen])
        )
    return layers


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
    """

    level: int
    points: NDArray[np.float32]
    pairs: NDArray[np.int64]


def grid_lines(store: Store, origin: tuple[float, float]) -> list[GridLines]:
    """Return the outlines of the grids by level, finest first."""
    features = places.features(store, "grid", ["level"])
    levels = np.asarray(features.columns["level"], int)
    lines = []
    for level in sorted(set(levels.tolist()), reverse=True):
        rings = shapely.get_rings(features.placed[levels == level])
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        start = np.flatnonzero(ring[:-1] == ring[1:])
        points = np.column_stack([xy - origin, np.zeros(len(xy))]).astype(np.float32)
        lines.append(GridLines(level, points, np.column_stack([start, start + 1])))
    return lines


def _slot(store: Store, what: str, key: str, origin: tuple[float, float]) -> Slot:
    return Slot(store.files, what, f"{_MESH_FORMAT}-{key}-{origin[0]:.0f}-{origin[1]:.0f}")
