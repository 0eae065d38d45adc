"""GCJ-02, the shifted coordinates that Chinese maps are published in, from and to WGS 84.

The shift is not published officially. The formula is the one in public use, as in *eviltransform*
(https://github.com/googollee/eviltransform): an offset in metres made of sines of the
coordinates, scaled to degrees on an ellipsoid. That ellipsoid is Krasovsky 1940, as in *coordtransform*
(https://github.com/wandergis/coordtransform) and as the eccentricity of both tells; eviltransform
has the axis of WGS 84 instead, which moves a point by about a centimetre.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Degrees: TypeAlias = npt.NDArray[np.float64]
Pair: TypeAlias = tuple[Degrees, Degrees]
Shift: TypeAlias = Callable[[Degrees, Degrees], Pair]

SEMI_MAJOR_AXIS = 6378245.0
"""Krasovsky 1940, metres."""

ECCENTRICITY_SQUARED = 0.00669342162296594323
"""Krasovsky 1940."""

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box in which the shift is applied, degrees."""

_TOLERANCE = 1e-11
_MOST_STEPS = 30


def wgs84_to_gcj02(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Pair:
    """Shift WGS 84 coordinates to GCJ-02.

    Parameters
    ----------
    longitude, latitude : array_like
        WGS 84 degrees, of one shape.

    Returns
    -------
    longitude, latitude : ndarray
        GCJ-02 degrees; unchanged outside `CHINA`.
    """
    east = np.asarray(longitude, dtype=np.float64)
    north = np.asarray(latitude, dtype=np.float64)
    return _shifted(_in_china(east, north), east, north)


def gcj02_to_wgs84(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Pair:
    """Undo the shift; see `unshifted`.

    Parameters
    ----------
    longitude, latitude : array_like
        GCJ-02 degrees, of one shape.

    Returns
    -------
    longitude, latitude : ndarray
        WGS 84 degrees; unchanged outside `CHINA`.
    """
    east = np.asarray(longitude, dtype=np.float64)
    north = np.asarray(latitude, dtype=np.float64)
    return unshifted(partial(_shifted, _in_china(east, north)), east, north)


def unshifted(shift: Shift, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Pair:
    """Undo a shift by fixed-point iteration, to better than 1e-9 degrees (0.1 mm).

    Parameters
    ----------
    shift : callable
        Shifts longitudes and latitudes, by far less than they change over its own reach.
    longitude, latitude : array_like
        Shifted degrees, of one shape.
    """
    target_east = np.asarray(longitude, dtype=np.float64)
    target_north = np.asarray(latitude, dtype=np.float64)
    east, north = target_east, target_north
    for _ in range(_MOST_STEPS):
        shifted_east, shifted_north = shift(east, north)
        off_east, off_north = target_east - shifted_east, target_north - shifted_north
        east, north = east + off_east, north + off_north
        if not np.any(np.maximum(np.abs(off_east), np.abs(off_north)) > _TOLERANCE):
            break
    return east, north


def _in_china(east: Degrees, north: Degrees) -> npt.NDArray[np.bool_]:
    west_edge, south_edge, east_edge, north_edge = CHINA
    return (east >= west_edge) & (east <= east_edge) & (north >= south_edge) & (north <= north_edge)


def _shifted(inside: npt.NDArray[np.bool_], east: Degrees, north: Degrees) -> Pair:
    """Shift what is `inside`, and nothing else."""
    shift_east, shift_north = _shift(east, north)
    return np.where(inside, east + shift_east, east), np.where(inside, north + shift_north, north)


def _shift(east: Degrees, north: Degrees) -> Pair:
    """Return the shift of WGS 84 coordinates towards GCJ-02, degrees."""
    x, y = east - 105.0, north - 35.0
    root = np.sqrt(np.abs(x))
    shared = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    metres_north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    metres_north += (2.0 / 3.0) * (
        shared
        + 20.0 * np.sin(y * np.pi)
        + 40.0 * np.sin(y / 3.0 * np.pi)
        + 160.0 * np.sin(y / 12.0 * np.pi)
        + 320.0 * np.sin(y / 30.0 * np.pi)
    )
    metres_east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    metres_east += (2.0 / 3.0) * (
        shared
        + 20.0 * np.sin(x * np.pi)
        + 40.0 * np.sin(x / 3.0 * np.pi)
        + 150.0 * np.sin(x / 12.0 * np.pi)
        + 300.0 * np.sin(x / 30.0 * np.pi)
    )
    latitude = np.radians(north)
    magic = 1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    metres_per_radian_north = SEMI_MAJOR_AXIS * (1.0 - ECCENTRICITY_SQUARED) / magic**1.5
    metres_per_radian_east = SEMI_MAJOR_AXIS / np.sqrt(magic) * np.cos(latitude)
    return (
        np.degrees(metres_east / metres_per_radian_east),
        np.degrees(metres_north / metres_per_radian_north),
    )
