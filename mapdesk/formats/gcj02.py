"""GCJ-02, the shifted coordinates that Chinese maps are published in, from and to WGS 84.

The shift is not published officially. The formula is the one in public use, as in *eviltransform*
(https://github.com/googollee/eviltransform): an offset in metres made of sines of the
coordinates, scaled to degrees on an ellipsoid. That ellipsoid is Krasovsky 1940, as in *coordtransform*
(https://github.com/wandergis/coordtransform) and as the eccentricity of both tells; eviltransform
has the axis of WGS 84 instead, which moves a point by about a centimetre.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Degrees: TypeAlias = npt.NDArray[np.float64]

SEMI_MAJOR_AXIS = 6378245.0
"""Krasovsky 1940, metres."""

ECCENTRICITY_SQUARED = 0.00669342162296594323
"""Krasovsky 1940."""

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box in which the shift is applied, degrees."""

_TOLERANCE = 1e-11
_MOST_STEPS = 30


def wgs84_to_gcj02(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> tuple[Degrees, Degrees]:
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
    inside = _in_china(east, north)
    shift_east, shift_north = _shift(east, north)
    return np.where(inside, east + shift_east, east), np.where(inside, north + shift_north, north)


def gcj02_to_wgs84(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> tuple[Degrees, Degrees]:
    """Undo the shift by fixed-point iteration, to better than 1e-9 degrees (0.1 mm).

    Parameters
    ----------
    longitude, latitude : array_like
        GCJ-02 degrees, of one shape.

    Returns
    -------
    longitude, latitude : ndarray
        WGS 84 degrees; unchanged outside `CHINA`.
    """
    target_east = np.asarray(longitude, dtype=np.float64)
    target_north = np.asarray(latitude, dtype=np.float64)
    inside = _in_china(target_east, target_north)
    east, north = target_east.copy(), target_north.copy()
    for _ in range(_MOST_STEPS):
        shift_east, shift_north = _shift(east, north)
        next_east = np.where(inside, target_east - shift_east, target_east)
        next_north = np.where(inside, target_north - shift_north, target_north)
        step = np.maximum(np.abs(next_east - east), np.abs(next_north - north))
        east, north = next_east, next_north
        if not np.any(step > _TOLERANCE):
            break
    return east, north


def _in_china(east: Degrees, north: Degrees) -> npt.NDArray[np.bool_]:
    west_edge, south_edge, east_edge, north_edge = CHINA
    return (east >= west_edge) & (east <= east_edge) & (north >= south_edge) & (north <= north_edge)


def _shift(east: Degrees, north: Degrees) -> tuple[Degrees, Degrees]:
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
