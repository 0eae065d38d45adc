"""What every picture of the ground is to the map: a pyramid of tiles, a place, a source to be named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pyproj
from numpy.typing import NDArray

from mapdesk.analysis.pyramid import Pyramid, Tile
from mapdesk.formats.coordinates import WGS84, SourceCrs, parse_crs, title
from mapdesk.formats.gcj02 import gcj02_to_wgs84, wgs84_to_gcj02
from mapdesk.model.errors import CrsError

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
"""A picture, shape (height, width, 4): red, green, blue and opacity, the upper row first."""

REACH = 60_000.0
"""Metres around a district's middle within which rasters are drawn."""

WEB_MERCATOR = pyproj.CRS.from_epsg(3857)
WORLD = 20037508.342789244
"""Metres from the middle of Web Mercator to its edge: half the equator of WGS 84."""


@dataclass(frozen=True)
class Matrix:
    """Where pixels of the finest level lie in the source's CRS.

    ``x = left + column * right_x + row * down_x`` and the like for y, as GDAL's geotransform.
    """

    left: float
    right_x: float
    down_x: float
    upper: float
    right_y: float
    down_y: float

    def to_source(self, pixels: Floats) -> Floats:
        """Return coordinates (n, 2) of pixels (n, 2)."""
        column, row = pixels[:, 0], pixels[:, 1]
        return np.column_stack(
            [
                self.left + column * self.right_x + row * self.down_x,
                self.upper + column * self.right_y + row * self.down_y,
            ]
        )

    def to_pixels(self, xy: Floats) -> Floats:
        """Return pixels (n, 2) of coordinates (n, 2)."""
        turn = np.array([[self.right_x, self.down_x], [self.right_y, self.down_y]])
        return np.asarray((xy - (self.left, self.upper)) @ np.linalg.inv(turn).T, float)


class Place:
    """Brings pixels of a raster to the district's CRS and back. Any thread.

    Parameters
    ----------
    matrix : Matrix
    source : SourceCrs
        What `matrix` leads to, and whether that is shifted to GCJ-02.
    district_crs : str
    """

    def __init__(self, matrix: Matrix, source: SourceCrs, district_crs: str) -> None:
        self.source = source
        self._matrix = matrix
        district = pyproj.CRS.from_user_input(district_crs)
        # Shifted coordinates are told apart in degrees only: the way leads through them.
        middle = WGS84 if source.gcj02 else district
        self._out = pyproj.Transformer.from_crs(source.crs, middle, always_xy=True)
        self._in = pyproj.Transformer.from_crs(middle, source.crs, always_xy=True)
        self._on = (
            pyproj.Transformer.from_crs(WGS84, district, always_xy=True) if source.gcj02 else None
        )
        self._back = (
            pyproj.Transformer.from_crs(district, WGS84, always_xy=True) if source.gcj02 else None
        )

    def to_ground(self, pixels: Floats) -> Floats:
        """Return metres (n, 2) of pixels (n, 2); not finite where the district's CRS has no such place."""
        x, y = self._out.transform(*self._matrix.to_source(pixels).T)
        if self._on is not None:
            x, y = self._on.transform(*gcj02_to_wgs84(x, y))
        return np.column_stack([x, y])

    def to_pixels(self, xy: Floats) -> Floats:
        """Return pixels (n, 2) of metres (n, 2)."""
        x, y = xy.T
        if self._back is not None:
            x, y = wgs84_to_gcj02(*self._back.transform(x, y))
        return self._matrix.to_pixels(np.column_stack(self._in.transform(x, y)))

    def limited(self, pyramid: Pyramid, origin: tuple[float, float], name: str) -> Pyramid:
        """Return the pyramid with what lies within `REACH` of a district.

        Raises
        ------
        CrsError
            Nothing of it does.
        """
        part = np.linspace(-REACH, REACH, 17)
        around = np.array([(origin[0] + x, origin[1] + y) for x in part for y in part])
        pixels = self.to_pixels(around)
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        low = np.maximum(pixels.min(axis=0), 0) if len(pixels) else np.array([1.0, 1.0])
        high = np.minimum(pixels.max(axis=0), [pyramid.width, pyramid.height])
        if not len(pixels) or (high <= low).any():
            raise CrsError(
                f"{name} ({self.source.title}) lies more than {REACH / 1000:.0f} km away from this "
                "district; choose another picture, or say its CRS with --crs."
            )
        limits = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return replace(pyramid, limits=limits)


class Raster(Protocol):
    """An open picture of the ground. Any thread may read from it."""

    pyramid: Pyramid
    place: Place
    attribution: str
    """What the source itself says of its makers; empty where it says nothing."""

    @property
    def hint(self) -> str:
        """What to know of it, in a sentence; empty for nothing."""

    def read(self, tile: Tile) -> Pixels | None:
        """Return a tile, or None where there is nothing.

        Raises
        ------
        WorldError
            It could not be had: the file is damaged, the server does not answer.
        """

    def close(self) -> None:
        """Let go of the file."""


def settled(name: str, declared: pyproj.CRS | None, said: str) -> SourceCrs:
    """Return the CRS of a picture from what it declares and what the user says.

    Raises
    ------
    CrsError
        Nobody says, or the two contradict each other.
    """
    from mapdesk.formats.coordinates import GCJ02, same, usable

    known = usable(declared)
    if said.upper() == GCJ02:
        return SourceCrs(known or WGS84, gcj02=True)
    if not said:
        if known is None:
            raise CrsError(
                f"{name} does not say which CRS it is in: say it with --crs EPSG:N (or GCJ-02)."
            )
        return SourceCrs(known)
    assumed = parse_crs(said)
    if known is not None and not same(known, assumed):
        raise CrsError(
            f"{name} declares {title(known)} and --crs says {title(assumed)}: leave --crs out if "
            "the file is right, or correct the file's declaration."
        )
    return SourceCrs(assumed)


def web_matrix(finest: int, tile: int) -> Matrix:
    """Return the matrix of Web Mercator's tiles."""
    metres = 2 * WORLD / (tile * 2**finest)
    return Matrix(-WORLD, metres, 0.0, WORLD, 0.0, -metres)


def geographic_matrix(finest: int, tile: int) -> Matrix:
    """Return the matrix of tiles in degrees, two in the coarsest level: WMTS "WorldCRS84Quad"."""
    degrees = 180.0 / (tile * 2**finest)
    return Matrix(-180.0, degrees, 0.0, 90.0, 0.0, -degrees)
