"""The buildings of a district as tiles of meshes, read step by step, the nearest first.

Each tile has a key made of its rows. What is kept of a tile, in memory or in the cache, serves as long as
its key is the same: after a change of one building only the tile it lies in is made anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import outlines
from mapdesk.analysis.massing import Tile
from mapdesk.analysis.tiling import PER_TILE, Cell, Tiling
from mapdesk.model.features import Features
from mapdesk.services.mesh_cache import DamagedError, Known, MeshCache, write
from mapdesk.services.scenery import roofs
from mapdesk.store import places
from mapdesk.store.database import Store
from mapdesk.store.files import Target
from mapdesk.store.geometry import corners

STAGGER = 0.02
"""Metres by which neighbouring roofs are drawn apart, so that two that overlap do not flicker."""
STEP = 0.4
"""Seconds of work after which a step of reading hands over what there is."""
ONE_BY_ONE = 4000
"""Rows up to which geometry is asked for by id, not all of it."""

NOWHERE = shapely.to_wkb(shapely.Polygon())
"""What is drawn of a building that went while it was read."""

_FORMAT = "5"
_COLUMNS = ("use", "height", "floors", "base")


@dataclass(frozen=True)
class TileRows:
    """Which buildings lie in a tile.

    Parameters
    ----------
    cell : tuple of int
    key : str
        Made of what the rows hold.
    members : ndarray of int64
        Positions among all.
    """

    cell: Cell
    key: str
    members: NDArray[np.int64]


@dataclass
class _Source:
    """Where tiles that are not here yet come from."""

    cache: MeshCache | None = None
    wkb: NDArray[np.object_] | None = None

    def close(self) -> None:
        if self.cache is not None:
            self.cache.close()
        self.cache = self.wkb = None


@dataclass(frozen=True)
class Buildings:
    """All buildings, and the tiles that are here.

    Parameters
    ----------
    features : Features
        With use, height, floors and base; geometry left out.
    base, tops : ndarray of float, shape (n,)
        Height of each one's foot and roof, metres.
    known : Known
        Hash and a corner of each.
    origin : tuple of float
        Metres the meshes are relative to.
    rows : tuple of TileRows
        Every tile.
    here : dict of Cell to (key, Tile)
        What is here of them; a tile may still lack its whole mesh.
    is_kept : bool
        Whether the cache holds it all.
    """

    features: Features
    base: NDArray[np.float64]
    tops: NDArray[np.float64]
    known: Known
    origin: tuple[float, float]
    tiling: Tiling
    rows: tuple[TileRows, ...] = ()
    here: dict[Cell, tuple[str, Tile]] = field(default_factory=dict)
    is_kept: bool = False
    source: _Source = field(default_factory=_Source, repr=False, compare=False)

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The tiles that are here."""
        return tuple(tile for _key, tile in self.here.values())

    @property
    def is_complete(self) -> bool:
        """Whether every tile is here with its whole mesh."""
        return len(self.here) == len(self.rows) and all(
            tile.whole is not None for tile in self.tiles
        )

    @property
    def is_visible(self) -> bool:
        """Whether every tile is here in some form."""
        return len(self.here) == len(self.rows)


def begin(store: Store, origin: tuple[float, float], before: Buildings | None = None) -> Buildings:
    """Read which buildings there are, and of their tiles what `before` or the cache has.

    Geometry is read of buildings neither knows; of tiles in the cache the simpler meshes come at once.
    """
    if before is not None and before.origin != origin:
        before = None
    cache = None if before is not None else _cache(store, origin)
    prior = before.known if before is not None else cache.known if cache is not None else None
    features, hashes, wkb = places.hashed_features(
        store, "building", _COLUMNS, _COLUMNS[1:], geometry=prior is None
    )
    source = _Source(cache, wkb)
    corner = _corners(store, features, hashes, prior, source)
    known = Known(features.ids, hashes, corner)
    size = before.tiling if before is not None else Tiling(cache.size) if cache else None
    tiling = _tiling(corner, size)
    rows = tuple(
        TileRows(cell, _key(hashes[members]), members) for cell, members in tiling.groups(corner)
    )
    here: dict[Cell, tuple[str, Tile]] = {}
    if before is not None and before.tiling == tiling:
        for row in rows:
            had = before.here.get(row.cell)
            if had is not None and had[0] == row.key:
                here[row.cell] = (row.key, replace(had[1], members=row.members))
    elif cache is not None and cache.size == tiling.size:
        for row in rows:
            if cache.has(row.cell, row.key):
                try:
                    here[row.cell] = (row.key, Tile(row.members, cache.simpler(row.cell)))
                except DamagedError:
                    continue
    is_kept = cache is not None and len(here) == len(rows)
    base, tops = roofs(features)
    return Buildings(features, base, tops, known, origin, tiling, rows, here, is_kept, source)


def more(
    store: Store,
    buildings: Buildings,
    near: tuple[float, float] | None = None,
    seconds: float = STEP,
) -> Buildings:
    """Return the buildings with more tiles, those nearest to a place (m) first.

    Tiles of which nothing is here come before whole meshes of others.

    Parameters
    ----------
    seconds : float
        Of work on this thread, whatever else the machine does meanwhile.
    """
    until = time.thread_time() + seconds
    here, is_kept, source = dict(buildings.here), buildings.is_kept, buildings.source
    missing = [row for row in buildings.rows if row.cell not in here]
    rough = [row for row in buildings.rows if row.cell in here and here[row.cell][1].whole is None]
    for row in [*_by_distance(missing, buildings, near), *_by_distance(rough, buildings, near)]:
        tile = here[row.cell][1] if row.cell in here else None
        whole = None
        if tile is not None and source.cache is not None:
            try:
                whole = source.cache.whole(row.cell)
            except DamagedError:
                is_kept = False
        if tile is not None and whole is not None:
            here[row.cell] = (row.key, replace(tile, whole=whole))
        else:
            here[row.cell] = (row.key, _made(store, buildings, row))
            is_kept = False
        if time.thread_time() > until:
            break
    found = replace(buildings, here=here, is_kept=is_kept)
    if found.is_complete:
        source.close()
    return found


def whole(store: Store, origin: tuple[float, float]) -> Buildings:
    """Return all buildings with all their meshes."""
    found = begin(store, origin)
    while not found.is_complete:
        found = more(store, found, seconds=60.0)
    return found


def keep(store: Store, buildings: Buildings) -> None:
    """Write the meshes to the cache where it lacks any; it can be done when they are on screen."""
    if buildings.is_kept or not buildings.is_complete:
        return

    def fill(file: Target) -> None:
        tiles = ((cell, key, tile) for cell, (key, tile) in buildings.here.items())
        write(file, buildings.known, buildings.tiling.size, tiles)

    store.files.keep("buildings", _place(buildings.origin), fill)


def _place(origin: tuple[float, float]) -> str:
    return f"{_FORMAT}-{origin[0]:.0f}-{origin[1]:.0f}"


def _cache(store: Store, origin: tuple[float, float]) -> MeshCache | None:
    file = store.files.cached("buildings", _place(origin))
    if file is None:
        return None
    try:
        return MeshCache(file)
    except DamagedError:
        file.close()
        return None


def _corners(
    store: Store,
    features: Features,
    hashes: NDArray[np.uint64],
    prior: Known | None,
    source: _Source,
) -> NDArray[np.float64]:
    """Return a corner of each building, reading the geometry of those that `prior` does not know."""
    found = np.full((len(features), 2), np.nan)
    if prior is not None:
        at = np.arange(len(features))
        if not np.array_equal(prior.ids, features.ids):
            position = {key: place for place, key in enumerate(prior.ids.tolist())}
            at = np.array([position.get(key, -1) for key in features.ids.tolist()], np.int64)
        same = np.flatnonzero(at >= 0)
        same = same[prior.hashes[at[same]] == hashes[same]]
        found[same] = prior.corner[at[same]]
    unknown = np.flatnonzero(np.isnan(found[:, 0]))
    if len(unknown):
        found[unknown] = corners(_wkb(store, features, unknown, source))
    return np.asarray(np.nan_to_num(found))


def _tiling(corner: NDArray[np.float64], before: Tiling | None) -> Tiling:
    """Return the tiling for these places: the one before, unless theirs would be far from it."""
    wanted = Tiling.over(corner, PER_TILE)
    if before is not None and 0.5 <= wanted.size / before.size <= 2:
        return before
    return wanted


def _key(hashes: NDArray[np.uint64]) -> str:
    """Return a text that tells the rows of a tile, in order, from any others."""
    turned = hashes * (2 * np.arange(len(hashes), dtype=np.uint64) + np.uint64(1))
    return f"{len(hashes)}-{int(np.bitwise_xor.reduce(hashes)):x}-{int(turned.sum()):x}"


def _wkb(
    store: Store, features: Features, positions: NDArray[np.int64], source: _Source
) -> NDArray[np.object_]:
    """Return the geometry of some buildings: asked for by id where they are few, else all at once."""
    if source.wkb is not None:
        return np.asarray(source.wkb[positions], object)
    ids = features.ids[positions].tolist()
    few = len(ids) <= ONE_BY_ONE
    found = places.wkb_of(store, "building", ids if few else None)
    chosen = np.array([found.get(key, NOWHERE) for key in ids], object)
    if not few:
        source.wkb = np.array([found.get(key, NOWHERE) for key in features.ids.tolist()], object)
    return chosen


def _made(store: Store, buildings: Buildings, row: TileRows) -> Tile:
    """Make the meshes of a tile from its rows."""
    shapes = _wkb(store, buildings.features, row.members, buildings.source)
    base = buildings.base[row.members]
    raised = buildings.tops[row.members] + STAGGER * (np.arange(len(row.members)) % 8)
    return Tile.of(row.members, outlines(shapes, base, raised, buildings.origin))


def _by_distance(
    rows: list[TileRows], buildings: Buildings, near: tuple[float, float] | None
) -> list[TileRows]:
    if near is None or not rows:
        return rows
    size = buildings.tiling.size
    middle = (np.array([row.cell for row in rows]) + 0.5) * size
    order = np.argsort(((middle - near) ** 2).sum(axis=1), kind="stable")
    return [rows[at] for at in order.tolist()]
