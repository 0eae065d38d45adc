"""From the coordinates a source has to the district's, or one sentence on why that cannot be right.

The rules:

- A declared CRS is converted. `assume_crs` fills in where nothing is declared, and may replace what
  only column names suggest; elsewhere a declaration that contradicts it is an error naming both.
- GeoJSON declares longitude and latitude by its standard. That declaration counts unless the
  coordinates themselves cannot be degrees.
- ``GCJ-02`` has no code of its own, so files in it declare WGS 84 or CGCS2000: no contradiction.
- Data have to lie in the area of use of their own CRS and of the district's, give or take `MARGIN`.
  Where most do not, the whole file is an error; single rows that do not are refused one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError

from mapdesk.formats.gcj02 import gcj02_to_wgs84
from mapdesk.formats.reading import DeclaredCrs, Geometries
from mapdesk.model.errors import CrsError

GCJ02 = "GCJ-02"
WGS84 = pyproj.CRS.from_epsg(4326)

MARGIN = 0.5
"""How far outside an area of use data may lie, degrees (about 50 km): a city may straddle a zone."""

_GCJ02_DISGUISES = tuple(map(pyproj.CRS.from_epsg, (4326, 4490)))
"""What files in GCJ-02 declare: WGS 84 or CGCS2000."""

_ADVICE = "pass --assume-crs EPSG:N (or GCJ-02) if you know it"


@dataclass(frozen=True, slots=True)
class SourceCrs:
    """The CRS rows are read in: `crs`, and whether the coordinates are shifted to GCJ-02."""

    crs: pyproj.CRS
    gcj02: bool = False

    @property
    def title(self) -> str:
        """Name for sentences, "EPSG:3067 (ETRS89 / TM35FIN(E,N))"."""
        return GCJ02 if self.gcj02 else title(self.crs)


def title(crs: pyproj.CRS) -> str:
    """Return code and name of a CRS, "EPSG:3067 (ETRS89 / TM35FIN(E,N))"."""
    code = crs.to_epsg(min_confidence=70)
    return f"EPSG:{code} ({crs.name})" if code else crs.name


def parse_crs(text: str) -> pyproj.CRS:
    """Return the horizontal CRS `text` names; CrsError where PROJ does not know it."""
    try:
        return horizontal(pyproj.CRS.from_user_input(text))
    except CRSError as error:
        raise CrsError(
            f"'{text}' is not a coordinate reference system: write EPSG:N or GCJ-02."
        ) from error


def horizontal(crs: pyproj.CRS) -> pyproj.CRS:
    """Return `crs` without its heights: EPSG:7415 (RD New + NAP) becomes EPSG:28992."""
    return crs.to_2d()


def usable(crs: pyproj.CRS | None) -> pyproj.CRS | None:
    """Return the horizontal CRS, None for none and for GDAL's placeholders ("Undefined ...")."""
    if crs is None:
        return None
    flat = horizontal(crs)
    placeholder = flat.name.lower().startswith(("undefined", "unknown"))
    return flat if (flat.is_projected or flat.is_geographic) and not placeholder else None


def settle(
    file: str, declared: DeclaredCrs | None, assume: str | None, geometry: Geometries
) -> SourceCrs:
    """Decide which CRS the source's coordinates are in.

    Parameters
    ----------
    file : str
        Name for the error's sentence.
    declared : DeclaredCrs or None
        What the source says.
    assume : str or None
        What the user says: ``"EPSG:N"`` or ``"GCJ-02"``.
    geometry : array of shapely geometries
        Looked at where a standard's declaration may be contradicted by the coordinates.

    Raises
    ------
    CrsError
        Nobody says, or the two contradict each other.
    """
    if declared is not None and declared.basis == "standard" and not _are_degrees(geometry):
        if assume is None or assume.upper() == GCJ02:
            raise CrsError(
                f"{file} is {title(declared.crs)} by its format's standard, but its coordinates"
                f" (about {_about(geometry)}) are not degrees: {_ADVICE}."
            )
        declared = None
    if assume is None:
        if declared is None:
            raise CrsError(f"{file} does not say which CRS its coordinates are in: {_ADVICE}.")
        return SourceCrs(declared.crs)
    if assume.upper() == GCJ02:
        if declared is None or _may_be_gcj02(declared):
            return SourceCrs(WGS84, gcj02=True)
        raise _contradiction(file, declared, GCJ02)
    assumed = parse_crs(assume)
    if declared is None or declared.basis == "columns" or same(declared.crs, assumed):
        return SourceCrs(assumed)
    raise _contradiction(file, declared, title(assumed))


def _may_be_gcj02(declared: DeclaredCrs) -> bool:
    return declared.basis != "fixed" and any(
        same(declared.crs, disguise) for disguise in _GCJ02_DISGUISES
    )


def same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    """Return whether two CRSs are the same one, whatever their axis order and spelling."""
    if one.equals(other, ignore_axis_order=True):
        return True
    code = one.to_epsg(min_confidence=70)
    return code is not None and code == other.to_epsg(min_confidence=70)


def to_district(
    file: str, geometry: Geometries, source: SourceCrs, district: pyproj.CRS
) -> tuple[Geometries, npt.NDArray[np.object_]]:
    """Convert coordinates to the district's CRS.

    Parameters
    ----------
    file : str
        Name for the error's sentence.
    geometry : array of shapely geometries
        In the source's CRS, x before y; None and empty ones pass through.
    source : SourceCrs
        What they are in.
    district : pyproj.CRS
        What they are to be in.

    Returns
    -------
    geometry : array of shapely geometries
        Two-dimensional, metres.
    reasons : array of str
        Why a row lies outside, empty where it does not.

    Raises
    ------
    CrsError
        Most rows lie outside the area of use of the source's or the district's CRS.
    """
    reasons = np.full(len(geometry), "", object)
    flat = shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry.copy()
    placed = np.flatnonzero(~(shapely.is_missing(flat) | shapely.is_empty(flat)))
    if not len(placed):
        return flat, reasons
    bounds = shapely.bounds(flat[placed])
    middle = np.column_stack((bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)))
    degrees = np.column_stack(
        transformer_between(source.crs, WGS84).transform(middle[:, 0], middle[:, 1])
    )
    for crs, whose, name in (
        (source.crs, "its CRS", source.title),
        (district, "the district's CRS", title(district)),
    ):
        inside = _in_area_of_use(degrees, crs)
        if np.count_nonzero(inside) * 2 < len(placed):
            raise _elsewhere(file, flat[placed], degrees, crs, f"{whose}, {name}")
        reasons[placed[~inside]] = f"lies outside the area of use of {whose}, {name}"
    good = reasons == ""
    flat[good] = _convert(flat[good], source, district)
    return flat, reasons


def to_wgs84(geometry: Geometries, district: pyproj.CRS) -> Geometries:
    """Convert geometries from the district's CRS to longitude and latitude."""
    return _convert(geometry, SourceCrs(district), WGS84)


def _convert(geometry: Geometries, source: SourceCrs, target: pyproj.CRS) -> Geometries:
    transformer = transformer_between(source.crs, target)

    def step(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = points[:, 0], points[:, 1]
        if source.gcj02:
            x, y = gcj02_to_wgs84(x, y)
        return np.column_stack(transformer.transform(x, y))

    return np.asarray(shapely.transform(geometry, step), dtype=object)


@lru_cache(maxsize=32)
def transformer_between(source: pyproj.CRS | str, target: pyproj.CRS | str) -> pyproj.Transformer:
    """Return what turns east and north, or longitude and latitude, of one CRS into another's."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _are_degrees(geometry: Geometries) -> bool:
    west, south, east, north = _extent(geometry)
    return bool(west >= -360 and east <= 360 and south >= -90 and north <= 90)


def _extent(geometry: Geometries) -> tuple[float, float, float, float]:
    """Return the total bounds; all zero where nothing is there."""
    bounds = shapely.bounds(geometry)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return (0.0, 0.0, 0.0, 0.0)
    low, high = bounds.min(axis=0), bounds.max(axis=0)
    return (float(low[0]), float(low[1]), float(high[2]), float(high[3]))


def _in_area_of_use(degrees: npt.NDArray[np.float64], crs: pyproj.CRS) -> npt.NDArray[np.bool_]:
    """Return which points lie in the CRS's area of use, widened by `MARGIN`."""
    area = crs.area_of_use
    there = np.asarray(np.isfinite(degrees).all(axis=1), dtype=np.bool_)
    if area is None:
        return there
    longitude, latitude = degrees[:, 0], degrees[:, 1]
    span = (area.east - area.west) % 360 or 360
    return (
        there
        & ((longitude - area.west + MARGIN) % 360 <= span + 2 * MARGIN)
        & (latitude >= area.south - MARGIN)
        & (latitude <= area.north + MARGIN)
    )


def _contradiction(file: str, declared: DeclaredCrs, assumed: str) -> CrsError:
    return CrsError(
        f"{file} declares {title(declared.crs)} and --assume-crs says {assumed}:"
        " leave --assume-crs out if the file is right, or correct the file's declaration."
    )


def _elsewhere(
    file: str,
    geometry: Geometries,
    degrees: npt.NDArray[np.float64],
    crs: pyproj.CRS,
    where: str,
) -> CrsError:
    area = crs.area_of_use
    bounds = (
        f" (longitude {area.west:g} to {area.east:g}, latitude {area.south:g} to {area.north:g})"
        if area
        else ""
    )
    swapped = _in_area_of_use(degrees[:, ::-1], crs).mean() > 0.5
    return CrsError(
        f"{file} has coordinates about {_about(geometry)}, which lie outside the area of use of"
        f" {where}{bounds}: "
        + (
            "longitude and latitude look swapped, correct them."
            if swapped
            else "check --assume-crs, or use a district whose CRS covers the place."
        )
    )


def _about(geometry: Geometries) -> str:
    west, south, east, north = _extent(geometry)
    digits = 2 if max(abs(west), abs(east), abs(south), abs(north)) < 1000 else 0
    return f"{(west + east) / 2:.{digits}f}, {(south + north) / 2:.{digits}f}"
