"""The ground's heights of a district: brought in from a file, kept, read again by everything that needs them.

A district has one terrain. Its samples lie in the district, so that the file they came from is not needed
again; a record says where they came from and which file holds them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from mapdesk.analysis.terrain import Terrain
from mapdesk.formats import terrain_file
from mapdesk.layers.rasters import LONGEST_ATTRIBUTION
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.rights import Right
from mapdesk.store import map_items, media, places
from mapdesk.store.database import Store
from mapdesk.store.map_items import LONGEST_NAME

FOLDER = "media/terrain"
"""Where heights lie in a district."""
KINDS = (".tif", ".tiff", ".asc", ".img", ".hgt")
"""Endings of files of heights."""
_RECORD = "terrain"
"""What the one record is called."""
_MOST_CACHED = 2

_cache: OrderedDict[str, Terrain] = OrderedDict()
_cache_lock = Lock()


@dataclass(frozen=True)
class TerrainRecord:
    """What is known of a district's terrain without reading its heights.

    Parameters
    ----------
    title : str
        What people call it.
    attribution : str
        Whose it is; stands on every map.
    source : str
        Name of the file it came from.
    key : str
        `Terrain.key`.
    step : float
        Metres between samples.
    columns, rows : int
        How many samples there are.
    lowest, highest : float
        Metres above sea level, as the source counts them.
    """

    title: str
    attribution: str
    source: str
    key: str
    step: float
    columns: int
    rows: int
    lowest: float
    highest: float

    @property
    def file(self) -> str:
        """Path of the heights within the district."""
        return f"{FOLDER}/{self.key}.npz"


@dataclass(frozen=True)
class RemovedTerrain:
    """Terrain that was taken out, with all it takes to bring it back."""

    record: TerrainRecord
    content: bytes


def add(
    store: Store,
    *paths: Path,
    title: str = "",
    attribution: str = "",
    crs: str = "",
    unit: str = "",
) -> TerrainRecord:
    """Read the ground's heights from files and keep them, in place of those there were.

    Parameters
    ----------
    paths : Path
        One, or several that lie beside each other.
    crs, unit : str
        What to read it by where the file does not say: "EPSG:N"; "m" or "ft".

    Raises
    ------
    WorldError
        In one sentence, what is wrong with the file; nothing was changed.
    RightsError
    """
    store.identity.require(Right.EDIT_PLACES)
    extent = places.extent(store)
    if extent is None:
        raise InputError(
            "Where this district lies is not known yet: import its data first, then add its terrain."
        )
    # GDAL is heavy: it is loaded by the first file that needs it.
    from mapdesk.formats.rasters.elevations import read_terrain

    terrain, said = read_terrain(paths, store.district.crs, extent, crs, unit)
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    first = paths[0]
    return keep(store, terrain, title or first.stem, first.name + more, attribution or said)


def keep(
    store: Store, terrain: Terrain, title: str, source: str, attribution: str
) -> TerrainRecord:
    """Keep terrain that was read or made, in place of what there was; it gets its key here.

    Raises
    ------
    RightsError
    """
    terrain = terrain_file.keyed(terrain)
    low, high = terrain.reach
    rows, columns = terrain.heights.shape
    record = TerrainRecord(
        " ".join(title.split())[:LONGEST_NAME],
        " ".join(attribution.split())[:LONGEST_ATTRIBUTION],
        source,
        terrain.key,
        terrain.step,
        columns,
        rows,
        low + terrain.datum,
        high + terrain.datum,
    )
    return restore(store, RemovedTerrain(record, terrain_file.packed(terrain)))


def restore(store: Store, removed: RemovedTerrain) -> TerrainRecord:
    """Bring in terrain with its heights, in place of what there is.

    The heights are written first, then the record that names them, then older ones go: whenever it ends,
    the district has the one or the other whole.

    Raises
    ------
    NotFoundError
        Its heights could not be read when it was removed.
    RightsError
    """
    store.identity.require(Right.EDIT_PLACES)
    if not removed.content:
        raise NotFoundError("The heights of that terrain could not be read; add it anew.")
    before = _record(store)
    record = removed.record
    media.keep(store, record.file, removed.content)
    try:
        map_items.save(store, "terrain", _RECORD, asdict(record))
    except BaseException:
        if before is None or before.file != record.file:
            media.discard(store, record.file)
        raise
    if before is not None and before.file != record.file:
        media.discard(store, before.file)
    return record


def remove(store: Store) -> RemovedTerrain:
    """Take the terrain out; `restore` brings it back. A file that cannot be read now is left where it lies.

    Raises
    ------
    NotFoundError
        There is none.
    RightsError
    """
    store.identity.require(Right.EDIT_PLACES)
    found = kept(store)
    if found is None:
        if not map_items.items(store, "terrain"):
            raise NotFoundError("This district has no terrain.")
        map_items.delete(store, "terrain", _RECORD)  # one that cannot be read
        raise NotFoundError("The terrain of this district was damaged; its record is taken out.")
    map_items.delete(store, "terrain", _RECORD)
    if found.content:
        media.discard(store, found.record.file)
    return found


def kept(store: Store) -> RemovedTerrain | None:
    """Return what `restore` would bring back after the terrain was removed; None where there is none.

    Its content is empty where the heights cannot be read.
    """
    record = _record(store)
    if record is None:
        return None
    try:
        return RemovedTerrain(record, media.of_map(store, record.file))
    except NotFoundError:
        return RemovedTerrain(record, b"")


def may_be_heights(path: Path) -> bool:
    """Say whether a file has one band of numbers; whether those are heights its maker knows.

    Raises
    ------
    WorldError
        It cannot be read.
    """
    if path.suffix.lower() not in KINDS:
        return False
    from mapdesk.formats.rasters.elevations import has_one_band

    return has_one_band(path)


def describe(store: Store) -> tuple[TerrainRecord, datetime] | None:
    """Return what is known of the terrain and when it was kept (UTC); None where there is none."""
    for item in map_items.items(store, "terrain"):
        record = _read(item.content)
        if record is not None:
            return record, item.at
    return None


def terrain_of(store: Store) -> Terrain | None:
    """Return the terrain; None where there is none. Any thread but the window's.

    Raises
    ------
    InputError
        It is damaged or gone.
    """
    record = _record(store)
    if record is None:
        return None
    with _cache_lock:
        if record.key in _cache:
            _cache.move_to_end(record.key)
            return _cache[record.key]
    try:
        content = media.of_map(store, record.file)
    except NotFoundError as error:
        latest = _record(store)
        if latest != record:  # another desk put another in its place meanwhile
            return terrain_of(store)
        raise terrain_file.damaged() from error
    terrain = terrain_file.unpacked(content, record.key)
    with _cache_lock:
        _cache[record.key] = terrain
        while len(_cache) > _MOST_CACHED:
            _cache.popitem(last=False)
    return terrain


def ground_height(terrain: Terrain | None, x: float, y: float) -> float | None:
    """Return the height of the ground at a place, metres above sea level as the source counts it.

    None where there is no terrain, or it does not reach so far.
    """
    if terrain is None:
        return None
    xmin, ymin, xmax, ymax = terrain.bounds
    if not (xmin <= x <= xmax and ymin <= y <= ymax):
        return None
    return float(terrain.at([(x, y)])[0]) + terrain.datum


def _record(store: Store) -> TerrainRecord | None:
    found = describe(store)
    return None if found is None else found[0]


_TYPES: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "attribution": str,
    "source": str,
    "key": str,
    "step": (int, float),
    "columns": int,
    "rows": int,
    "lowest": (int, float),
    "highest": (int, float),
}
"""What is kept of terrain, and the JSON it is."""


def _read(content: dict[str, Any]) -> TerrainRecord | None:
    """Return a record from what is kept; None where another program wrote what is none."""
    values: dict[str, Any] = {name: content.get(name) for name in _TYPES}
    if not all(isinstance(value, _TYPES[name]) for name, value in values.items()):
        return None
    return TerrainRecord(**values) if str(values["key"]).isalnum() else None
