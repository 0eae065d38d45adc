"""Lengths, areas and heights: on the earth, and in the plane of the district's CRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.terrain import Terrain
from mapdesk.model.district import District
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr

Floats = NDArray[np.float64]
Kind = Literal["distance", "area", "height"]
Units = Literal["metric", "mu", "feet"]

UNITS: dict[Units, str] = {"metric": "Metric", "mu": "Metric with mu", "feet": "Feet and acres"}
"""How values are said, with their titles."""

_GEOD = pyproj.Geod(ellps="WGS84")
_MU = 10_000 / 15
_FOOT, _MILE, _ACRE = 0.3048, 1609.344, 4046.8564224


@dataclass(frozen=True)
class Measured:
    """A value measured.

    Parameters
    ----------
    kind : Kind
    points : ndarray, shape (n, 3)
        Metres and height.
    geodesic, projected : float
        Along the ground, on the earth's ellipsoid (WGS 84) and in the plane of the district's CRS:
        metres, of an area square metres.
    steps : tuple of float
        Geodesic metres of each side.
    rise, straight : float
        Metres the last point lies above the first, and through the air from one to the other.
    """

    kind: Kind
    points: Floats
    geodesic: float
    projected: float
    steps: tuple[float, ...]
    rise: float
    straight: float

    @property
    def around(self) -> float:
        """Geodesic metres of all sides."""
        return sum(self.steps)


def measure(
    district: District, kind: Kind, points: Floats, ground: Terrain | None = None
) -> Measured:
    """Measure drawn points.

    PROJ takes 60 ms in a thread that never asked: call it off the GUI thread.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Metres and height; a distance and a height take two or more, an area three or more.
    ground : Terrain, optional
        What heights of `points` are counted from; a level plane by default.

    Raises
    ------
    InputError
        Too few points.
    """
    needed = 3 if kind == "area" else 2
    if len(points) < needed:
        raise InputError(f"To measure this takes {needed} points or more, not {len(points)}.")
    lon, lat = district.to_lonlat(points[:, 0], points[:, 1])
    if kind == "area":
        lon, lat = np.append(lon, lon[0]), np.append(lat, lat[0])
        area, _around = _GEOD.polygon_area_perimeter(lon, lat)
        geodesic, projected = abs(float(area)), float(shapely.Polygon(points[:, :2]).area)
    else:
        projected = float(np.hypot(*np.diff(points[:, :2], axis=0).T).sum())
    steps = tuple(float(step) for step in _GEOD.line_lengths(lon, lat))
    if kind != "area":
        geodesic = sum(steps)
    heights = points[:, 2] if ground is None else points[:, 2] + ground.at(points[:, :2])
    rise = float(heights[-1] - heights[0])
    straight = float(np.hypot(sum(steps), rise)) if len(points) == 2 else 0.0
    return Measured(kind, points, geodesic, projected, steps, rise, straight)


def say_length(metres: float, units: Units = "metric") -> str:
    """Return a length with its unit: "85.32 m", "1.204 km"."""
    if units == "feet":
        return f"{metres / _MILE:.3f} mi" if metres >= _MILE else f"{metres / _FOOT:,.1f} ft"
    return f"{metres:.2f} m" if abs(metres) < 1000 else f"{metres / 1000:,.3f} km"


def say_area(square_metres: float, units: Units = "metric") -> str:
    """Return an area with its unit: "812.4 m²", "1.25 ha", "3.100 km²", with mu where wanted."""
    if units == "feet":
        if square_metres >= _ACRE / 10:
            return f"{square_metres / _ACRE:,.2f} ac"
        return f"{square_metres / _FOOT**2:,.0f} ft²"
    if square_metres < 10_000:
        said = f"{square_metres:,.1f} m²"
    elif square_metres < 1e6:
        said = f"{square_metres / 1e4:,.2f} ha"
    else:
        said = f"{square_metres / 1e6:,.3f} km²"
    return f"{said} ({tr('{mu} mu', mu=f'{square_metres / _MU:,.1f}')})" if units == "mu" else said


def say_value(one: Measured, units: Units = "metric") -> str:
    """Return what was asked for, with its unit."""
    if one.kind == "area":
        return say_area(one.geodesic, units)
    if one.kind == "height":
        return say_length(abs(one.rise), units)
    return say_length(one.geodesic, units)


def say_details(one: Measured, crs: str, units: Units = "metric") -> str:
    """Return what else is known: the value in the plane, the way round, slope and rise."""
    say = say_area if one.kind == "area" else say_length
    if one.kind == "height":
        return tr(
            "level {level} · straight {straight}",
            level=say_length(one.geodesic, units),
            straight=say_length(one.straight, units),
        )
    parts = [tr("on the ellipsoid; in {crs} {value}", crs=crs, value=say(one.projected, units))]
    if one.kind == "area":
        parts.append(tr("around {value}", value=say_length(one.around, units)))
    elif abs(one.rise) >= 0.05 and one.straight:
        parts.append(
            tr(
                "rise {rise} · straight {straight}",
                rise=say_length(one.rise, units),
                straight=say_length(one.straight, units),
            )
        )
    return " · ".join(parts)
