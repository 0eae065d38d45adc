"""What a district is, apart from the folder it lies in: its name, CRS and local origin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError as PyprojCrsError

from mapdesk.model.errors import CrsError

Floats = NDArray[np.float64]

WGS84 = "EPSG:4326"
_GEOD = Geod(ellps="WGS84")


@lru_cache(maxsize=32)
def projected_crs(text: str) -> CRS:
    """Return the CRS called `text` ("EPSG:4548"), which must be projected and in metres.

    Raises
    ------
    CrsError
        Unknown, or not in metres.
    """
    try:
        crs = CRS.from_user_input(text)
    except PyprojCrsError as error:
        raise CrsError(
            f"'{text}' is not a coordinate reference system; give one such as EPSG:4548."
        ) from error
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        raise CrsError(
            f"{text} ({crs.name}) is not a projected system in metres; a district needs one, "
            "such as the UTM or Gauss-Kruger zone it lies in."
        )
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    if "Mercator" in method and "Transverse" not in method:
        raise CrsError(
            f"{text} ({crs.name}) stretches distances towards the poles, so that 300 m would not be "
            "300 m; choose the UTM or Gauss-Kruger zone the district lies in."
        )
    return crs


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    """Return what takes longitude or easting first from one system to another.

    PROJ looks for the way from one to the other anew in every thread, which takes up to 60 ms; where
    there is one way only it is written out, which takes 0.1.
    """
    first, second = (one if one == WGS84 else projected_crs(one) for one in (source, target))
    found = Transformer.from_crs(first, second, always_xy=True)
    only = found.definition.startswith("proj=")
    return Transformer.from_pipeline(found.definition) if only else found


@dataclass(frozen=True)
class District:
    """A district's name and its way of writing coordinates.

    Parameters
    ----------
    name : str
        What people call it.
    crs : str
        "EPSG:N", projected, metres. All stored geometry is in it.
    origin : tuple of float
        Easting and northing in metres that the scene subtracts, so that float32 is exact to 1 mm.
    """

    name: str
    crs: str
    origin: tuple[float, float] = (0.0, 0.0)

    @property
    def _to_lonlat(self) -> Transformer:
        return _transformer(self.crs, WGS84)

    @property
    def _from_lonlat(self) -> Transformer:
        return _transformer(WGS84, self.crs)

    def to_lonlat(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Convert eastings and northings (m) to longitudes and latitudes (WGS 84 degrees)."""
        lon, lat = self._to_lonlat.transform(np.asarray(x, float), np.asarray(y, float))
        return np.asarray(lon, float), np.asarray(lat, float)

    def from_lonlat(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Convert WGS 84 degrees to eastings and northings in metres.

        Raises
        ------
        CrsError
            A position this CRS cannot express (it lies too far outside its area of use).
        """
        x, y = self._from_lonlat.transform(np.asarray(lon, float), np.asarray(lat, float))
        x, y = np.asarray(x, float), np.asarray(y, float)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise CrsError(
                f"That position cannot be placed in {self.crs}; give longitude, latitude in degrees."
            )
        return x, y

    def bearing(self, x0: float, y0: float, x1: float, y1: float) -> float:
        """Return the true bearing in degrees (0 north, clockwise) from one point to another."""
        lon, lat = self.to_lonlat([x0, x1], [y0, y1])
        azimuth, _back, _metres = _GEOD.inv(lon[0], lat[0], lon[1], lat[1])
        return float(azimuth) % 360.0
