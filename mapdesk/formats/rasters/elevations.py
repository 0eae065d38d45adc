"""Heights of the ground from any file GDAL reads with one band, brought to a district's CRS.

Only what lies in and around the district is read, in the fineness that is kept: a file of gigabytes takes
no more memory than a small one.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling
from rasterio.fill import fillnodata
from rasterio.transform import Affine
from rasterio.warp import reproject
from rasterio.windows import Window

from mapdesk.analysis.terrain import Terrain
from mapdesk.formats.coordinates import SourceCrs, title
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
_NEAR = 16
"""Samples within which gaps are filled from where the ground is known; farther ones from a coarser picture."""
_FAR = -99_999.0
_GRID = 17
"""Places a side by which an area is followed from one CRS to another."""


def read_terrain(
    path: Path, crs: str, extent: Bounds, said_crs: str = "", said_unit: str = ""
) -> tuple[Terrain, str]:
    """Read the ground of a district, and what the file says of its makers.

    Parameters
    ----------
    crs : str
        The district's.
    extent : tuple of float
        (xmin, ymin, xmax, ymax) of the district, metres.
    said_crs, said_unit : str
        What the user says where the file does not.

    Raises
    ------
    WorldError
        In one sentence, what is wrong with the file and what to do.
    """
    name = path.name
    driver = _driver(path)
    try:
        with open_file(path, name, driver) as file, settings():
            _check(file, name)
            source = settled(name, declared_crs(file), said_crs)
            if source.gcj02:
                raise CrsError(
                    f"{name} cannot be read as GCJ-02: heights are read in a system of their own; export "
                    "them in WGS 84."
                )
            terrain = _read(file, name, source.crs, crs, extent, _metres(file, name, said_unit))
            return terrain, attribution_of(file)
    except (*UNREADABLE, ValueError) as error:
        raise _damaged(name) from error


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


def _read(
    file: Any, name: str, source: pyproj.CRS, crs: str, extent: Bounds, metres: float
) -> Terrain:
    at = file.transform
    matrix = Matrix(at.c, at.a, at.b, at.f, at.d, at.e)
    place = Place(matrix, SourceCrs(source), crs)
    if _window(place, file, extent) is None:
        raise CrsError(
            f"{name} ({title(source)}) has no heights of this district; choose the elevation model of its "
            "area, or say its CRS with --crs."
        )
    margin = AROUND * max(extent[2] - extent[0], extent[3] - extent[1], LEAST_EXTENT)
    area = (extent[0] - margin, extent[1] - margin, extent[2] + margin, extent[3] + margin)
    window = _window(place, file, area)
    assert window is not None
    across, down = _pixel(place, extent)
    area = _cut(area, place, window)
    step = max(min(across, down), max(area[2] - area[0], area[3] - area[1]) / (MOST_SAMPLES - 1))
    shape = (
        max(math.ceil(window.height * min(down / step, 1.0)), 1),
        max(math.ceil(window.width * min(across / step, 1.0)), 1),
    )
    found = file.read(
        1,
        window=window,
        out_shape=shape,
        out_dtype=np.float32,
        masked=True,
        resampling=Resampling.average,
    )
    heights = np.where(np.ma.getmaskarray(found), np.float32(np.nan), found.data)
    heights *= np.float32(file.scales[0] * metres)
    heights += np.float32(file.offsets[0] * metres)
    _check_heights(heights, name)
    columns = max(int((area[2] - area[0]) / step) + 1, 2)
    rows = max(int((area[3] - area[1]) / step) + 1, 2)
    target = np.full((rows, columns), np.nan, np.float32)
    wide, high = window.width / shape[1], window.height / shape[0]
    left, upper = matrix.to_source(np.array([[window.col_off, window.row_off]], float))[0]
    reproject(
        heights,
        target,
        src_transform=Affine(at.a * wide, at.b * high, left, at.d * wide, at.e * high, upper),
        src_crs=rasterio.crs.CRS.from_wkt(source.to_wkt()),
        src_nodata=np.nan,
        # Samples are the middles of pixels.
        dst_transform=Affine(step, 0, area[0] - step / 2, 0, -step, area[1] + (rows - 0.5) * step),
        dst_crs=rasterio.crs.CRS.from_wkt(pyproj.CRS.from_user_input(crs).to_wkt()),
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
    )
    return made(area[0], area[1], step, target[::-1], extent, name)


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


def filled(heights: Any) -> Floats:
    """Return heights whose gaps (nan) are filled from what lies around them, the nearer the more so."""
    known = np.asarray(heights, np.float32)
    there = np.isfinite(known)
    if there.any() and not there.all():
        known = fillnodata(np.where(there, known, _FAR), there, max_search_distance=_NEAR)
        known[known == _FAR] = np.nan
    return _filled_from_afar(known)


def _filled_from_afar(known: Floats) -> Floats:
    gaps = np.isnan(known)
    if not gaps.any():
        return known
    # Each coarser picture has the mean of four samples, of those that are known; the coarsest has no gap.
    rows, columns = (side + side % 2 for side in known.shape)
    even = np.pad(known, [(0, rows - known.shape[0]), (0, columns - known.shape[1])], mode="edge")
    blocks = even.reshape(rows // 2, 2, columns // 2, 2)
    there = np.isfinite(blocks)
    count = there.sum(axis=(1, 3))
    sums = np.where(there, blocks, np.float32(0)).sum(axis=(1, 3))
    means = np.where(count > 0, sums / np.maximum(count, 1).astype(np.float32), np.float32(np.nan))
    coarse = _filled_from_afar(means)
    fine = _twice(_twice(coarse).T).T[: known.shape[0], : known.shape[1]]
    return np.where(gaps, fine, known)


def _twice(coarse: Floats) -> Floats:
    """Return twice as many rows, each between those it lies between."""
    padded = np.pad(coarse, [(1, 1), (0, 0)], mode="edge")
    fine = np.empty((2 * len(coarse), coarse.shape[1]), coarse.dtype)
    fine[0::2] = 0.75 * padded[1:-1] + 0.25 * padded[:-2]
    fine[1::2] = 0.75 * padded[1:-1] + 0.25 * padded[2:]
    return fine


def _check_heights(heights: Floats, name: str) -> None:
    known = heights[np.isfinite(heights)]
    if not len(known):
        return
    low, high = float(known.min()), float(known.max())
    if low < LOWEST or high > HIGHEST:
        raise InputError(
            f"{name} has heights from {low:,.0f} to {high:,.0f} m, which no ground has: declare the value "
            "that stands for gaps (gdal_edit.py -a_nodata), or say the unit with --unit."
        )


def _window(place: Place, file: Any, area: Bounds) -> Window | None:
    """Return the pixels of a file that an area (m) needs; None where it has none there."""
    x, y = np.meshgrid(np.linspace(area[0], area[2], _GRID), np.linspace(area[1], area[3], _GRID))
    pixels = place.to_pixels(np.column_stack([x.ravel(), y.ravel()]))
    pixels = pixels[np.isfinite(pixels).all(axis=1)]
    if not len(pixels):
        return None
    whole = np.array([file.width, file.height])
    low = np.clip(np.floor(pixels.min(axis=0)), 0, whole).astype(int)
    high = np.clip(np.ceil(pixels.max(axis=0)), 0, whole).astype(int)
    if (high <= low).any():
        return None
    # One pixel more on each side: the outermost samples lie between two.
    low, high = np.maximum(low - 1, 0), np.minimum(high + 1, whole)
    return Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def _pixel(place: Place, extent: Bounds) -> tuple[float, float]:
    """Return the metres that a pixel is wide and high in the middle of a district."""
    middle = [[(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2]]
    start = place.to_pixels(np.array(middle))[0]
    corner, right, lower = place.to_ground(start + np.array([[0, 0], [1, 0], [0, 1]]))
    return float(np.hypot(*(right - corner))), float(np.hypot(*(lower - corner)))


def _cut(area: Bounds, place: Place, window: Window) -> Bounds:
    """Return what of an area (m) the pixels of a window reach."""
    part = np.linspace(0, 1, _GRID)
    column, row = np.meshgrid(
        window.col_off + window.width * part, window.row_off + window.height * part
    )
    ground = place.to_ground(np.column_stack([column.ravel(), row.ravel()]))
    low, high = np.nanmin(ground, axis=0), np.nanmax(ground, axis=0)
    return (
        max(area[0], float(low[0])),
        max(area[1], float(low[1])),
        min(area[2], float(high[0])),
        min(area[3], float(high[1])),
    )
