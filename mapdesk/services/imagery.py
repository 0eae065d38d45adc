"""Pictures of the ground that are kept with a district: adding, changing, opening, naming their makers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mapdesk.analysis.pyramid import Tile
from mapdesk.formats.rasters.pmtiles import PmtilesRaster
from mapdesk.formats.rasters.raster import Pixels, Raster
from mapdesk.formats.rasters.service import TileService
from mapdesk.layers.rasters import FROM_SERVERS, RasterLayer, kind_of, layer_of
from mapdesk.model.addresses import host_of, without_keys
from mapdesk.model.errors import ConflictError, InputError, WorldError
from mapdesk.store import map_items, media
from mapdesk.store.database import Store
from mapdesk.store.tile_shelf import TileShelf

FOLDER = "media/imagery"
"""Where files lie that go along with a district; others stay where they are."""


def layers(store: Store) -> list[RasterLayer]:
    """Return what is kept, from below to above; what cannot be read is left out, see `unreadable`."""
    return _read(store)[0]


def unreadable(store: Store) -> list[str]:
    """Return a sentence for each raster that is kept and cannot be read."""
    return _read(store)[1]


def _read(store: Store) -> tuple[list[RasterLayer], list[str]]:
    found, failed = [], []
    for item in map_items.items(store, "raster"):
        try:
            found.append(layer_of(item.name, item.content))
        except InputError as error:
            failed.append(str(error))
    return sorted(found, key=lambda one: (one.order, one.name)), failed


def add(store: Store, layer: RasterLayer) -> RasterLayer:
    """Keep a raster above those there are, once it has been opened and lies near the district.

    Raises
    ------
    ConflictError
        One of that name is kept already.
    InputError, NotFoundError
        It cannot be opened; the sentence says why.
    """
    kept = layers(store)
    name = " ".join(layer.name.split())
    if any(one.name == name for one in kept):
        raise ConflictError(f"A raster called '{name}' is kept already; choose another name.")
    if not layer.is_remote:
        _check_path(store, layer.source)
        layer = replace(layer, source=_kept_path(store, layer.source))
    raster = opened(store, layer)
    said = raster.attribution
    raster.close()
    order = max((one.order for one in kept), default=-1) + 1
    layer = replace(
        layer, name=name, order=order, attribution=layer.attribution or _plain(said)[:200]
    )
    map_items.save(store, "raster", name, layer.content())
    return layer


def change(store: Store, name: str, **values: Any) -> RasterLayer:
    """Show a raster in another way: opacity, brightness, order, attribution, shown.

    Raises
    ------
    NotFoundError
        None has that name.
    InputError
        A value out of its bounds.
    """
    item = map_items.named(store, "raster", name)
    layer = replace(layer_of(item.name, item.content), **values)
    map_items.save(store, "raster", item.name, layer.content())
    return layer


def reorder(store: Store, names: Sequence[str]) -> None:
    """Lay rasters over one another in the order of `names`, the lowest first."""
    for order, name in enumerate(names):
        change(store, name, order=order)


def remove(store: Store, name: str) -> map_items.MapItem | None:
    """Forget a raster and return what was kept of it; the file it came from stays.

    Raises
    ------
    NotFoundError
        None has that name.
    """
    return map_items.delete(store, "raster", name)


def guessed(source: str, name: str = "") -> RasterLayer:
    """Return a layer for a source as it was typed, with a name made of it where none is given."""
    text = source.strip()
    kind = kind_of(text)
    guess = (host_of(text) or without_keys(text)) if kind in FROM_SERVERS else Path(text).stem
    named = name.strip() or guess
    return RasterLayer(named[:60], kind, text)


def bands_of(text: str) -> tuple[int, ...]:
    """Read "3,2,1"; nothing for the file's own bands.

    Raises
    ------
    InputError
        It names no bands.
    """
    try:
        return tuple(int(band) for band in text.replace(",", " ").split())
    except ValueError:
        raise InputError(f"'{text}' names no bands; write one number, or three as 3,2,1.") from None


def levels_of(text: str) -> tuple[int, int]:
    """Read "0-18".

    Raises
    ------
    InputError
        It is no range.
    """
    first, dash, last = text.strip().partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise InputError(f"'{text}' is no range of levels; write it as 0-18.")
    return int(first), int(last)


def opened(store: Store, layer: RasterLayer) -> Raster:
    """Open a raster. Close it when it is no longer drawn.

    Raises
    ------
    WorldError
        It cannot be opened; the sentence says why.
    """
    district = store.district
    if district.origin == (0.0, 0.0):
        raise InputError(
            "Where this district lies is not known yet: import its data first, then add imagery."
        )
    if layer.is_remote:
        return TileService(
            layer.source,
            layer.name,
            layer.crs,
            (layer.coarsest, layer.finest),
            district,
            TileShelf(store.folder, store.vault),
        )
    _check_path(store, layer.source)
    path = _path(store, layer.source)
    # A name made of the file's is said as the file is called.
    said = path.name if layer.name == path.stem else layer.name
    if layer.kind == "pmtiles":
        return PmtilesRaster(path, said, layer.crs, district)
    # GDAL is heavy: it is loaded by the first picture that needs it.
    from mapdesk.formats.rasters.geo import GeoRaster

    return GeoRaster(path, said, layer.crs, layer.bands, district)


def _path(store: Store, source: str) -> Path:
    """Return where a file is; one that goes along with the district is fetched if need be."""
    if source.startswith(f"{FOLDER}/"):
        return media.local_of_map(store, source)
    return Path(source).expanduser()


def _kept_path(store: Store, source: str) -> str:
    """Return how a file is named in the district: from its folder where it goes along with it."""
    path = Path(source).expanduser().resolve()
    home = store.folder.resolve()
    goes_along = path.is_relative_to(home / FOLDER) and not store.keeps_all_in_tables
    return path.relative_to(home).as_posix() if goes_along else str(path)


def _check_path(store: Store, source: str) -> None:
    """Raise InputError where a shared district's path would sign each of its desks in to another host."""
    if store.is_shared and source.replace("\\", "/").startswith("//"):
        raise InputError(
            f"{source} lies on another computer, which each desk of this shared district would sign in to: "
            "give it a drive letter or a folder of this computer."
        )


@dataclass(frozen=True)
class Opened:
    """What could be opened of some layers, from below to above, and what is to be said of them all."""

    rasters: tuple[tuple[RasterLayer, Raster], ...]
    said: tuple[str, ...]


def open_all(
    store: Store,
    wanted: Iterable[RasterLayer],
    there: Mapping[RasterLayer, Raster] | None = None,
) -> Opened:
    """Open rasters; one that cannot be opened or read keeps none of the others from being shown.

    Parameters
    ----------
    there : mapping of RasterLayer to Raster, optional
        What is open already, by `RasterLayer.origin`.
    """
    found, said = [], unreadable(store)
    for layer in wanted:
        raster = (there or {}).get(layer.origin)
        try:
            if raster is None:
                raster = opened(store, layer)
                said += [raster.hint] if raster.hint else []
            found.append((layer, raster))
        except WorldError as error:
            said.append(str(error))
    return Opened(tuple(found), tuple(said))


def shown(store: Store) -> list[RasterLayer]:
    """Return what the imagery base map draws, from below to above.

    Raises
    ------
    InputError
        There is nothing to be drawn.
    """
    kept, failed = _read(store)
    found = [one for one in kept if one.shown]
    if failed and not found:
        raise InputError(failed[0])
    if not found:
        raise InputError(
            "No imagery is shown in this district: add a picture or a tile server with View, "
            "Imagery… or 'mapdesk raster add'."
        )
    return found


def attributions(drawn: Iterable[RasterLayer]) -> list[str]:
    """Return whose the pictures are, each once: what map, shots and prints have to say."""
    return list(dict.fromkeys(one.attribution for one in drawn if one.attribution))


PREVIEW = 320
"""Pixels a side of a preview."""
_PREVIEW_REACH = 1500.0
"""Metres around the district's middle that a preview shows, where the raster has them."""


def preview(store: Store, layer: RasterLayer) -> tuple[Pixels, str]:
    """Return a raster as it is around the district's middle, and what it says of its makers.

    Raises
    ------
    WorldError
        It cannot be opened or read; the sentence says why.
    """
    raster = opened(store, layer)
    try:
        return _pictured(raster, store.district.origin), _plain(raster.attribution)
    finally:
        raster.close()


def _pictured(raster: Raster, origin: tuple[float, float]) -> Pixels:
    pyramid = raster.pyramid
    limits = np.array(pyramid.limits or (0, 0, pyramid.width, pyramid.height), float)
    near = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)]) * _PREVIEW_REACH + origin
    corners = raster.place.to_pixels(near)
    low = np.maximum(corners.min(axis=0), limits[:2])
    high = np.minimum(corners.max(axis=0), limits[2:])
    if not (high > low).all():
        low, high = limits[:2], limits[2:]
    steps = int(np.ceil(np.log2(max(float((high - low).max()) / PREVIEW, 1.0))))
    level = max(pyramid.finest - steps, pyramid.coarsest)
    scale = 2.0 ** (pyramid.finest - level)
    first = (low / scale // pyramid.tile).astype(int)
    last = (np.ceil(high / scale / pyramid.tile)).astype(int)
    left, upper = first * pyramid.tile
    canvas = np.zeros((*((last - first) * pyramid.tile)[::-1], 4), np.uint8)
    for row in range(first[1], last[1]):
        for column in range(first[0], last[0]):
            pixels = raster.read(Tile(level, column, row))
            if pixels is not None:
                x, y = column * pyramid.tile - left, row * pyramid.tile - upper
                canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
    start = (low / scale).astype(int) - (left, upper)
    end = np.maximum((high / scale).astype(int) - (left, upper), start + 1)
    return np.ascontiguousarray(canvas[start[1] : end[1], start[0] : end[0]])


def _plain(text: str) -> str:
    """Return an attribution without the HTML that files have in it."""
    import html
    import re

    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())
