"""Where a typed place lies in the district, and how a place is said in other systems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj

from mapdesk.formats import coordinates
from mapdesk.formats.bd09 import bd09_to_gcj02, gcj02_to_bd09
from mapdesk.formats.gcj02 import gcj02_to_wgs84, wgs84_to_gcj02
from mapdesk.formats.typed_place import TypedPlace, read_place, spell_degrees
from mapdesk.model.district import WGS84, District, projected_crs
from mapdesk.model.errors import CrsError, InputError, NotFoundError
from mapdesk.store import places, search
from mapdesk.store.database import Store

SYSTEMS = {
    "lonlat": "Longitude, latitude (WGS 84)",
    "dms": "Degrees, minutes, seconds",
    "gcj02": "GCJ-02 (Gaode, Tencent)",
    "bd09": "BD-09 (Baidu)",
    "district": "Metres of the district",
}
"""Ways to say a place and their titles; "EPSG:N" is another."""

MARGIN = 2.0
"""Degrees beyond the area of use of the district's CRS where a place is surely a mistake."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A place found.

    Parameters
    ----------
    x, y : float
        Metres in the district's CRS.
    lon, lat : float
        WGS 84 degrees.
    read_as : str
        Title of how it was read, a key for `tr`; "EPSG:N" as it is.
    swapped : bool
        The two numbers were taken the other way round, for only so they lie near the district.
    title : str
        Name of the grid it is, empty for coordinates.
    """

    x: float
    y: float
    lon: float
    lat: float
    read_as: str
    swapped: bool = False
    title: str = ""


def find_place(store: Store, text: str) -> Whereabouts:
    """Return the place that coordinates or a grid's code name.

    Without a word on the system, two numbers that can be degrees are longitude and latitude (WGS 84),
    others metres of the district's CRS, east before north. Where they make sense only the other way
    round they are taken so, and it is said.

    Raises
    ------
    InputError
        Nothing typed, or coordinates that cannot be right.
    NotFoundError
        Neither coordinates nor a grid.
    """
    if not text.strip():
        raise InputError("Type coordinates or a grid's code.")
    typed = read_place(text)
    return _grid(store, text.strip()) if typed is None else locate(store.district, typed)


def locate(district: District, typed: TypedPlace) -> Whereabouts:
    """Return where a typed place lies in a district.

    Raises
    ------
    CrsError
        It lies nowhere near, or its CRS is not known.
    """
    crs = coordinates.parse_crs(f"EPSG:{typed.epsg}") if typed.epsg is not None else None
    orders = [(typed.first, typed.second, False)]
    if not typed.ordered:
        orders.append((typed.second, typed.first, True))
    if typed.system == "projected" and crs is None:
        orders = [
            (_without_zone(district, first), second, swapped) for first, second, swapped in orders
        ]
    for first, second, swapped in orders:
        lon, lat = _lonlat(district, typed, crs, first, second)
        if _is_near(district, lon, lat):
            x, y = district.from_lonlat(lon, lat)
            return Whereabouts(float(x), float(y), lon, lat, _read_as(typed), swapped)
    lon, lat = _lonlat(district, typed, crs, typed.first, typed.second)
    if np.isfinite([lon, lat]).all():
        raise CrsError(
            f"That is longitude {lon:.4f}, latitude {lat:.4f}, far from this district; check the order "
            "and the system (GCJ-02, BD-09, EPSG:N)."
        )
    raise CrsError(
        f"{typed.first:g}, {typed.second:g} is no place in {_read_as(typed)}; check the order and "
        "the system (GCJ-02, BD-09, EPSG:N)."
    )


def grids_at(store: Store, x: float, y: float) -> list[dict[str, object]]:
    """Return id, code, name and level of the grids that hold a place (m), the largest first."""
    rows = places.rows(store, "grid", places.ids_at(store, "grid", x, y))
    kept = [{key: row[key] for key in ("id", "code", "name", "level")} for row in rows]
    return sorted(kept, key=_level)


def say_place(district: District, x: float, y: float, system: str) -> str:
    """Return a place (m) as text in one of `SYSTEMS` or in "EPSG:N".

    PROJ builds its pipeline anew in every thread that asks, which takes 60 ms: call it off the GUI
    thread.

    Raises
    ------
    InputError
        A system that does not exist.
    """
    if system == "district":
        return f"{x:.2f}, {y:.2f}"
    lon, lat = (float(part) for part in district.to_lonlat(x, y))
    if system == "lonlat":
        return f"{lon:.6f}, {lat:.6f}"
    if system == "dms":
        return spell_degrees(lon, lat)
    if system in ("gcj02", "bd09"):
        east, north = wgs84_to_gcj02(lon, lat)
        if system == "bd09":
            east, north = gcj02_to_bd09(east, north)
        return f"{float(east):.6f}, {float(north):.6f}"
    crs = parse_system(system)
    east, north = coordinates.transformer_between(WGS84, crs).transform(lon, lat)
    digits = 6 if crs.is_geographic else 2
    return f"{east:.{digits}f}, {north:.{digits}f}"


def say_height(height: float) -> str:
    """Return the height of the ground (m above sea level) as it stands behind a place."""
    return f"{height:.1f} m"


def parse_system(system: str) -> pyproj.CRS:
    """Return the CRS of a system that is none of `SYSTEMS`; CrsError where PROJ does not know it."""
    return coordinates.parse_crs(system)


def _without_zone(district: District, east: float) -> float:
    """Return an easting without the number of the Gauss-Kruger zone that Chinese ones often begin with."""
    zone, rest = divmod(east, 1e6)
    operation = projected_crs(district.crs).coordinate_operation
    if not 13 <= zone <= 45 or operation is None:
        return east
    values = {one.name: float(one.value) for one in operation.params}
    meridian = values.get("Longitude of natural origin")
    has_zone = values.get("False easting", 0.0) > 1e6
    is_zone = meridian in (3 * zone, 6 * zone - 3)
    return rest if is_zone and not has_zone else east


def _lonlat(
    district: District, typed: TypedPlace, crs: pyproj.CRS | None, first: float, second: float
) -> tuple[float, float]:
    if crs is not None:
        lon, lat = coordinates.transformer_between(crs, WGS84).transform(first, second)
    elif typed.system == "projected":
        lon, lat = district.to_lonlat(first, second)
    elif typed.system == "gcj02":
        lon, lat = gcj02_to_wgs84(first, second)
    elif typed.system == "bd09":
        lon, lat = gcj02_to_wgs84(*bd09_to_gcj02(first, second))
    else:
        lon, lat = first, second
    return float(lon), float(lat)


def _is_near(district: District, lon: float, lat: float) -> bool:
    """Say whether a place lies where the district's CRS is of use, give or take `MARGIN`."""
    if not np.isfinite([lon, lat]).all() or abs(lat) > 90:
        return False
    area = projected_crs(district.crs).area_of_use
    if area is None:
        return True
    span = (area.east - area.west) % 360 or 360
    return (lon - area.west + MARGIN) % 360 <= span + 2 * MARGIN and (
        area.south - MARGIN <= lat <= area.north + MARGIN
    )


def _read_as(typed: TypedPlace) -> str:
    if typed.epsg is not None:
        return f"EPSG:{typed.epsg}"
    if typed.system == "projected":
        return SYSTEMS["district"]
    return SYSTEMS[typed.system if typed.system in ("gcj02", "bd09") else "lonlat"]


def _grid(store: Store, text: str) -> Whereabouts:
    for found in search.find(store, text):
        if found["noun"] == "grid" and found["rank"] == 0:
            row = places.row(store, "grid", found["id"])
            if row["geometry"] is None:
                break
            inside = row["geometry"].representative_point()
            lon, lat = store.district.to_lonlat(inside.x, inside.y)
            title = str(row["name"] or row["code"] or row["id"])
            return Whereabouts(inside.x, inside.y, float(lon), float(lat), "Grid", title=title)
    raise NotFoundError(
        f"'{text}' is neither coordinates nor the code of a grid; write 114.05, 22.54, or "
        "22°32'N 114°3'E, or EPSG:N and two numbers."
    )


def _level(row: dict[str, object]) -> int:
    return int(str(row["level"]))
