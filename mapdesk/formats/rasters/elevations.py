"""Heights of the ground from any file GDAL reads with one band, brought to a district's CRS.

Only what lies in and around the district is read, in the fineness that is kept: a file of gigabytes takes
no more memory than a small one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject
from rasterio.windows import Window

from mapdesk.analysis.terrain import Terrain
from mapdesk.formats.coordinates import SourceCrs, title
from mapdesk.formats.rasters.gaps import filled
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
from mapdesk.formats.rasters.raster import Matrix, Place, settled
from mapdesk.model.errors import CrsError, InputError

Floats = NDArray[np.float32]
Bounds = tuple[float, float, float, float]

AROUND = 0.2
"""How much of the ground around a district is kept too, as a part of its longer side."""
LEAST_EXTENT = 500.0
"""Metres a district is taken to be across at least."""
MOST_SAMPLES = 2000
"""Samples along the longer side that are kept; a finer file is averaged."""
LOWEST, HIGHEST = -500.0, 9000.0
"""Metres that ground on land can have."""
FINEST = 2.0**-7
"""Metres to which heights are kept: a power of two, which packs well."""
UNITS = {
    "m": 1.0,
    "metre": 1.0,
    "metres": 1.0,
    "meter": 1.0,
    "meters": 1.0,
    "ft": 0.3048,
    "foot": 0.3048,
    "feet": 0.3048,
    "international foot": 0.3048,
    "us-ft": 1200 / 3937,
    "ftus": 1200 / 3937,
    "us survey foot": 1200 / 3937,
    "cm": 0.01,
    "centimetre": 0.01,
    "dm": 0.1,
    "decimetre": 0.1,
    "mm": 0.001,
    "millimetre": 0.001,
}
"""Metres of each unit heights are found in."""
_GRID = 17
"""Places a side by which an area is followed from one CRS to another."""


def read_terrain(
    paths: Sequence[Path], crs: str, extent: Bounds, said_crs: str = "", said_unit: str = ""
) -> tuple[Terrain, str]:
    """Read the ground of a district, and what the files say of their makers.

    Parameters
    ----------
    paths : sequence of Path
        Files that lie beside each other, as surveys hand them out; where two overlap the first counts.
    crs : str
        The district's.
    extent : tuple of float
        (xmin, ymin, xmax, ymax) of the district, metres.
    said_crs, said_unit : str
        What the user says where the files do not.

    Raises
    ------
    WorldError
        In one sentence, what is wrong with a file and what to do.
    """
    margin = AROUND * max(extent[2] - extent[0], extent[3] - extent[1], LEAST_EXTENT)
    area = (extent[0] - margin, extent[1] - margin, extent[2] + margin, extent[3] + margin)
    with ExitStack() as stack:
        models = [_opened(stack, path, crs, said_crs, said_unit) for path in paths]
        if not any(model.window(extent) is not None for model in models):
            first = models[0]
            raise CrsError(
                f"{first.name} ({title(first.source)}) has no heights of this district; choose the "
                "elevation model of its area, or say its CRS with --crs."
            )
        used = [model for model in models if model.window(area) is not None]
        cuts = np.array([model.cut(area) for model in used])
        low, high = cuts[:, :2].min(axis=0), cuts[:, 2:].max(axis=0)
        finest = min(min(model.pixel(extent)) for model in used)
        step = max(finest, float((high - low).max()) / (MOST_SAMPLES - 1))
        columns, rows = np.maximum(((high - low) / step).astype(int) + 1, 2).tolist()
        heights = np.full((rows, columns), np.nan, np.float32)
        for model in used:
            model.fill(heights, (float(low[0]), float(low[1])), step, extent)
        said = list(dict.fromkeys(model.attribution for model in used if model.attribution))
    made_of = made(float(low[0]), float(low[1]), step, heights, extent, paths[0].name)
    return made_of, "; ".join(said)


def _opened(
    stack: ExitStack, path: Path, crs: str, said_crs: str, said_unit: str
) -> ElevationModel:
    """Open a file of heights until the stack is left."""
    name, driver = path.name, _driver(path)
    try:
        file = stack.enter_context(open_file(path, name, driver))
        with settings():
            _check(file, name)
            source = settled(name, declared_crs(file), said_crs)
            if source.gcj02:
                raise CrsError(
                    f"{name} cannot be read as GCJ-02: heights are read in a system of their own; export "
                    "them in WGS 84."
                )
            return ElevationModel(file, name, source.crs, crs, _metres(file, name, said_unit))
    except UNREADABLE as error:
        raise _damaged(name) from error


class ElevationModel:
    """An open file of heights and where it lies in a district.

    Parameters
    ----------
    file : rasterio dataset
    source : pyproj.CRS
        The file's.
    crs : str
        The district's.
    metres : float
        What one of the file's units is.
    """

    def __init__(self, file: Any, name: str, source: pyproj.CRS, crs: str, metres: float) -> None:
        self.name, self.source = name, source
        self.attribution = attribution_of(file)
        self._file, self._crs, self._metres = file, crs, metres
        at = file.transform
        self._matrix = Matrix(at.c, at.a, at.b, at.f, at.d, at.e)
        self._place = Place(self._matrix, SourceCrs(source), crs)

    def window(self, area: Bounds) -> Window | None:
        """Return the pixels that an area (m) needs; None where there are none."""
        x, y = np.meshgrid(
            np.linspace(area[0], area[2], _GRID), np.linspace(area[1], area[3], _GRID)
        )
        pixels = self._place.to_pixels(np.column_stack([x.ravel(), y.ravel()]))
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        if not len(pixels):
            return None
        whole = np.array([self._file.width, self._file.height])
        low = np.clip(np.floor(pixels.min(axis=0)), 0, whole).astype(int)
        high = np.clip(np.ceil(pixels.max(axis=0)), 0, whole).astype(int)
        high = np.where((high == low) & (low < whole) & (low > 0), low + 1, high)
        if (high <= low).any():
            return None
        # One pixel more on each side: the outermost samples lie between two.
        low, high = np.maximum(low - 1, 0), np.minimum(high + 1, whole)
        return Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))

    def pixel(self, extent: Bounds) -> tuple[float, float]:
        """Return the metres that a pixel is wide and high in the middle of a district."""
        middle = [[(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2]]
        start = self._place.to_pixels(np.array(middle))[0]
        corner, right, lower = self._place.to_ground(start + np.array([[0, 0], [1, 0], [0, 1]]))
        return float(np.hypot(*(right - corner))), float(np.hypot(*(lower - corner)))

    def cut(self, area: Bounds) -> Bounds:
        """Return what of an area (m) the file reaches."""
        window = self.window(area)
        assert window is not None
        part = np.linspace(0, 1, _GRID)
        column, row = np.meshgrid(
            window.col_off + window.width * part, window.row_off + window.height * part
        )
        ground = self._place.to_ground(np.column_stack([column.ravel(), row.ravel()]))
        low, high = np.nanmin(ground, axis=0), np.nanmax(ground, axis=0)
        return (
            max(area[0], float(low[0])),
            max(area[1], float(low[1])),
            min(area[2], float(high[0])),
            min(area[3], float(high[1])),
        )

    def fill(
        self, heights: Floats, corner: tuple[float, float], step: float, extent: Bounds
    ) -> None:
        """Write heights above sea level (m) where there are none yet.

        Parameters
        ----------
        heights : ndarray, shape (rows, columns)
            From south to north and west to east; nan for none.
        corner : tuple of float
            Where the first of them lies, metres.
        step : float
            Metres between two.

        Raises
        ------
        InputError
            The file is damaged, or what it holds is no ground.
        """
        rows, columns = heights.shape
        reach = (*corner, corner[0] + (columns - 1) * step, corner[1] + (rows - 1) * step)
        window = self.window(reach)
        if window is None:
            return
        across, down = self.pixel(extent)
        shape = (
            max(math.ceil(window.height * min(down / step, 1.0)), 1),
            max(math.ceil(window.width * min(across / step, 1.0)), 1),
        )
        at, matrix = self._file.transform, self._matrix
        wide, high = window.width / shape[1], window.height / shape[0]
        left, upper = matrix.to_source(np.array([[window.col_off, window.row_off]], float))[0]
        found = np.full(heights.shape, np.nan, np.float32)
        try:
            with settings():
                reproject(
                    self._read(window, shape),
                    found,
                    src_transform=Affine(
                        at.a * wide, at.b * high, left, at.d * wide, at.e * high, upper
                    ),
                    src_crs=rasterio.crs.CRS.from_wkt(self.source.to_wkt()),
                    src_nodata=np.nan,
                    # Samples are the middles of pixels.
                    dst_transform=Affine(
                        step, 0, corner[0] - step / 2, 0, -step, corner[1] + (rows - 0.5) * step
                    ),
                    dst_crs=rasterio.crs.CRS.from_wkt(
                        pyproj.CRS.from_user_input(self._crs).to_wkt()
                    ),
                    dst_nodata=np.nan,
                    resampling=Resampling.bilinear,
                )
        except (*UNREADABLE, ValueError) as error:
            raise _damaged(self.name) from error
        np.copyto(heights, found[::-1], where=np.isnan(heights))

    def _read(self, window: Window, shape: tuple[int, int]) -> Floats:
        """Return the heights of a window in metres, averaged to a shape."""
        found = self._file.read(
            1,
            window=window,
            out_shape=shape,
            out_dtype=np.float32,
            masked=True,
            resampling=Resampling.average,
        )
        heights = np.where(np.ma.getmaskarray(found), np.float32(np.nan), found.data)
        heights *= np.float32(self._file.scales[0] * self._metres)
        heights += np.float32(self._file.offsets[0] * self._metres)
        _check_heights(heights, self.name)
        return heights


def has_one_band(path: Path) -> bool:
    """Say whether a file has one band of numbers, and no colours.

    Raises
    ------
    WorldError
        It cannot be opened.
    """
    driver = _driver(path)
    try:
        with open_file(path, path.name, driver) as file:
            return file.count == 1 and not _has_colours(file)
    except UNREADABLE as error:
        raise _damaged(path.name) from error


def _driver(path: Path) -> str:
    driver = driver_of(path)
    if driver is None:
        raise InputError(
            f"{path.name} holds no heights of a known kind (GeoTIFF, ASCII grid, .img, .hgt); export them "
            "as GeoTIFF."
        )
    return driver


def _damaged(name: str) -> InputError:
    return InputError(f"{name} is damaged or cut off; copy or export it anew.")


def _has_colours(file: Any) -> bool:
    colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette)
    return any(one in colours for one in file.colorinterp)


def _check(file: Any, name: str) -> None:
    if _has_colours(file):
        raise InputError(
            f"{name} is a picture in colours and holds no heights: keep it as imagery, or choose the "
            "elevation model itself."
        )
    if file.count != 1:
        raise InputError(
            f"{name} has {file.count} bands, and heights are one: export the band of the heights as a "
            "file of its own."
        )
    if np.dtype(file.dtypes[0]).kind not in "iuf":
        raise InputError(f"{name} holds no heights but other numbers; choose another file.")
    if file.transform.is_identity:
        raise no_place(name)
    if file.transform.is_degenerate:
        raise no_size(name)


def _metres(file: Any, name: str, said: str) -> float:
    """Return the metres that one of the file's units is: as the user, the band or the vertical CRS says."""
    unit = (said or file.units[0] or "").strip().lower()
    if unit in UNITS:
        return UNITS[unit]
    if said or unit:
        raise InputError(
            f"{name} has heights in '{said or file.units[0]}', which is no known unit: say it with "
            "--unit m or --unit ft."
        )
    declared = declared_crs(file)
    vertical = [axis for axis in (declared.axis_info if declared else []) if axis.direction == "up"]
    return float(vertical[0].unit_conversion_factor) if vertical else 1.0


def made(x: float, y: float, step: float, heights: Any, extent: Bounds, name: str) -> Terrain:
    """Return terrain of heights above sea level, its gaps filled, counted from the district's lowest ground.

    Parameters
    ----------
    heights : ndarray, shape (rows, columns)
        Metres, rows from south to north; nan where there is none.

    Raises
    ------
    InputError
        There is none at all.
    """
    places_x = x + step * np.arange(heights.shape[1])
    places_y = y + step * np.arange(heights.shape[0])
    inside = np.ix_(
        (places_y >= extent[1] - step) & (places_y <= extent[3] + step),
        (places_x >= extent[0] - step) & (places_x <= extent[2] + step),
    )
    if not np.isfinite(heights[inside]).any():
        raise InputError(
            f"{name} has nothing but gaps in this district; choose an elevation model that covers it."
        )
    datum = float(np.floor(np.nanmin(heights[inside])))
    kept = np.round((filled(heights) - np.float32(datum)) / np.float32(FINEST)) * np.float32(FINEST)
    return Terrain(x, y, step, kept, datum)


def _check_heights(heights: Floats, name: str) -> None:
    known = heights[np.isfinite(heights)]
    if not len(known):
        return
    low, high = float(known.min()), float(known.max())
    if low < LOWEST or high > HIGHEST:
        least, most = (f"{one:,.0f}" if abs(one) < 1e7 else f"{one:.1e}" for one in (low, high))
        raise InputError(
            f"{name} has heights from {least} to {most} m, which no ground has: declare the value "
            "that stands for gaps (gdal_edit.py -a_nodata), or say the unit with --unit."
        )
