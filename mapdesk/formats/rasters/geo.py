"""Pictures GDAL reads: GeoTIFF (cloud-optimised or not), MBTiles, JPEG 2000, and pictures with a world file.

Only what is asked for is read, from the overview that fits: a file of gigabytes opens at once and takes
as much memory as the screen.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from mapdesk.analysis.pyramid import Pyramid, Tile
from mapdesk.formats.rasters.opening import (
    UNREADABLE,
    attribution_of,
    declared_crs,
    driver_of,
    no_place,
    no_size,
    open_file,
    settings,
)
from mapdesk.formats.rasters.raster import Matrix, Pixels, Place, settled
from mapdesk.model.district import District
from mapdesk.model.errors import InputError

TILE = 256
_WIDEST_READ = 4096
"""Pixels a side that may be read for one tile: a file without overviews is drawn from near by only."""
_SAMPLES, _SAMPLE = 6, 64
"""Windows a side, and pixels a side of each, from which brightness is stretched."""
_DARKEST, _LIGHTEST = 2.0, 98.0
"""Percentiles that become black and white where values are no bytes."""


class GeoRaster:
    """A file GDAL reads.

    Parameters
    ----------
    path : Path
    name : str
        For sentences.
    crs : str
        What the user says: "EPSG:N", "GCJ-02" or nothing.
    bands : sequence of int
        Bands shown as red, green and blue, or the one shown as grey, from 1; empty for the file's own.
    district : District

    Raises
    ------
    NotFoundError
        No such file.
    InputError
        It cannot be read, or has no place on earth.
    """

    def __init__(
        self, path: Path, name: str, crs: str, bands: Sequence[int], district: District
    ) -> None:
        self._name = name
        self._lock = threading.Lock()
        driver = _driver(path, name)
        try:
            self._file: Any = open_file(path, name, driver)
        except UNREADABLE as error:
            if driver == "MBTiles":
                raise InputError(
                    f"{name} is damaged, or holds no pictures but shapes (vector tiles); make it anew "
                    "with pictures."
                ) from error
            raise _damaged(name) from error
        try:
            with settings():
                self._open(crs, bands, district)
        except UNREADABLE as error:
            self.close()
            raise _damaged(name) from error
        except BaseException:
            self.close()
            raise

    def _open(self, crs: str, bands: Sequence[int], district: District) -> None:
        declared = declared_crs(self._file)
        if declared is not None and self._file.gcps[0] and self._file.transform.is_identity:
            self._file = WarpedVRT(self._file, src_crs=self._file.gcps[1])
        transform = self._file.transform
        if transform.is_identity:
            raise no_place(self._name)
        if transform.is_degenerate:
            raise no_size(self._name)
        source = settled(self._name, declared, crs)
        matrix = Matrix(
            transform.c, transform.a, transform.b, transform.f, transform.d, transform.e
        )
        self.place = Place(matrix, source, district.crs)
        self._bands = self._chosen(bands)
        self._is_bytes = all(self._file.dtypes[band - 1] == "uint8" for band in self._bands)
        self._stretch = self._stretched()
        self._colours = self._palette()
        longest = max(self._file.width, self._file.height)
        finest = max(int(np.ceil(np.log2(longest / TILE))), 0)
        coarsest = self._coarsest(finest)
        whole = Pyramid(self._file.width, self._file.height, finest, coarsest, TILE)
        self.pyramid = self.place.limited(whole, district.origin, self._name)
        self.attribution = attribution_of(self._file)

    @property
    def hint(self) -> str:
        """Say where the file cannot be drawn from afar because it has no overviews."""
        if not self.pyramid.coarsest:
            return ""
        return str(
            InputError(
                f"{self._name} has no overviews and is drawn from near only; make them with gdaladdo, or "
                "export it as a cloud-optimised GeoTIFF (COG)."
            )
        )

    def read(self, tile: Tile) -> Pixels | None:
        """Return a tile, or None where the file has nothing but its gaps."""
        left, upper, right, lower = (round(edge) for edge in self.pyramid.box(tile))
        if right <= left or lower <= upper:
            return None
        scale = 2.0 ** (self.pyramid.finest - tile.level)
        shape = max(round((lower - upper) / scale), 1), max(round((right - left) / scale), 1)
        window = Window(left, upper, right - left, lower - upper)
        try:
            with self._lock, settings():
                values = self._file.read(
                    self._bands,
                    window=window,
                    out_shape=(len(self._bands), *shape),
                    resampling=self._resampling(),
                )
                solid = self._solid(values, window)
        except (*UNREADABLE, ValueError) as error:
            raise InputError(
                f"{self._name} is damaged: a part of it cannot be read; copy or export it anew."
            ) from error
        return self._painted(values, solid)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    # ------------------------------------------------------------------ opening

    def _chosen(self, bands: Sequence[int]) -> list[int]:
        count = self._file.count
        if any(not 1 <= band <= count for band in bands):
            raise InputError(
                f"{self._name} has {count} bands; choose from 1 to {count}, one for grey or three for "
                "red, green and blue."
            )
        if bands:
            return list(bands)
        meant = list(self._file.colorinterp)
        primaries = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        if all(primary in meant for primary in primaries):
            return [meant.index(primary) + 1 for primary in primaries]
        return [1, 2, 3] if count >= 3 else [1]

    def _palette(self) -> NDArray[np.uint8] | None:
        if len(self._bands) != 1 or self._file.colorinterp[self._bands[0] - 1] != (
            ColorInterp.palette
        ):
            return None
        found = self._file.colormap(self._bands[0])
        colours = np.zeros((max(found, default=0) + 1, 4), np.uint8)
        colours[list(found)] = list(found.values())
        return colours

    def _stretched(self) -> NDArray[np.float64] | None:
        """Return (bands, 2) of the values shown black and white; None where they are bytes."""
        if self._is_bytes:
            return None
        width, height = self._file.width, self._file.height
        side = min(_SAMPLE, width), min(_SAMPLE, height)
        found: list[list[NDArray[np.float64]]] = [[] for _band in self._bands]
        for down in np.linspace(0, height - side[1], _SAMPLES).astype(int).tolist():
            for across in np.linspace(0, width - side[0], _SAMPLES).astype(int).tolist():
                window = Window(across, down, *side)
                try:
                    values = self._file.read(self._bands, window=window).astype(float)
                    solid = self._solid(values, window)
                except UNREADABLE:
                    continue
                for band, kept in enumerate(found):
                    kept.append(values[band][solid & np.isfinite(values[band])])
        limits = []
        for kept in found:
            values = np.concatenate(kept) if kept else np.empty(0)
            low, high = np.percentile(values, [_DARKEST, _LIGHTEST]) if len(values) else (0.0, 1.0)
            limits.append((low, high if high > low else low + 1.0))
        return np.array(limits)

    def _coarsest(self, finest: int) -> int:
        """Return the coarsest level that can be read without going through too much of the file."""
        factors = [1, *self._file.overviews(self._bands[0])]
        widest = max(factors) * _WIDEST_READ
        return max(finest - int(np.log2(widest / TILE)), 0)

    # ------------------------------------------------------------------ reading

    def _resampling(self) -> Resampling:
        return Resampling.nearest if self._colours is not None else Resampling.bilinear

    def _solid(self, values: NDArray[Any], window: Window) -> NDArray[np.bool_]:
        """Return which pixels there are: by the file's mask, nodata value or opacity.

        Of measured values in several bands that say nothing of gaps, zeros in all are taken for one, as
        satellites' products have it.
        """
        flags = self._file.mask_flag_enums[self._bands[0] - 1]
        if MaskFlags.all_valid not in flags:
            shape = values.shape[1:]
            mask = self._file.read_masks(self._bands[0], window=window, out_shape=shape)
            return np.asarray(mask > 127)
        if self._is_bytes or len(self._bands) == 1:
            return np.ones(values.shape[1:], bool)
        return np.asarray(values.any(axis=0))

    def _painted(self, values: NDArray[Any], solid: NDArray[np.bool_]) -> Pixels | None:
        solid = solid & np.isfinite(values).all(axis=0)
        if not solid.any():
            return None
        painted = np.empty((*solid.shape, 4), np.uint8)
        if self._colours is not None:
            painted[:] = self._colours[np.minimum(values[0], len(self._colours) - 1)]
            painted[~solid, 3] = 0
            return painted
        if self._stretch is not None:
            low, high = self._stretch[:, :1, None], self._stretch[:, 1:, None]
            spread = np.nan_to_num((values.astype(float) - low) / (high - low), posinf=1, neginf=0)
            values = (np.clip(spread, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
        painted[..., :3] = values.transpose(1, 2, 0)  # one band is repeated: grey
        painted[..., 3] = np.where(solid, 255, 0)
        return painted


def _damaged(name: str) -> InputError:
    return InputError(f"{name} is damaged or cut off; copy or export it anew.")


def _driver(path: Path, name: str) -> str:
    """Return GDAL's driver for a picture."""
    driver = driver_of(path)
    if driver is None:
        raise InputError(
            f"{name} is no picture of a known kind (GeoTIFF, MBTiles, PMTiles, JPEG 2000, JPEG, PNG); "
            "export it as GeoTIFF."
        )
    return driver
