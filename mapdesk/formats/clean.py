"""Geometry as the district wants it: of the right kind, valid, in usable pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import GeometryType

from mapdesk.formats.reading import Geometries, plural
from mapdesk.model.noun import GeometryKind, Noun

LEAST_AREA = 1e-4
"""Smaller polygons are lines that rounding made, square metres."""

_SINGLE: dict[GeometryKind, tuple[GeometryType, ...]] = {
    "polygon": (GeometryType.POLYGON,),
    "line": (GeometryType.LINESTRING, GeometryType.LINEARRING),
    "point": (GeometryType.POINT,),
}

_MULTI: dict[GeometryKind, GeometryType] = {
    "polygon": GeometryType.MULTIPOLYGON,
    "line": GeometryType.MULTILINESTRING,
    "point": GeometryType.MULTIPOINT,
}

_GATHER: dict[GeometryKind, Callable[[list[Any]], shapely.Geometry]] = {
    "polygon": shapely.MultiPolygon,
    "line": shapely.MultiLineString,
    "point": shapely.MultiPoint,
}

_KEPT_WHOLE = frozenset(("grid", "block", "land_use"))
"""Nouns of which one row may consist of several separate polygons."""


@dataclass(slots=True)
class Cleaned:
    """Usable geometry.

    Parameters
    ----------
    geometry : array of shapely geometries
        Of the wanted kind, non-empty and valid where `reasons` is empty.
    row : array of int
        Which row of the input each one comes from, ascending.
    reasons : array of str
        Why one cannot be used; empty where it can.
    notes : list of str
        What was repaired, taken apart or left away.
    """

    geometry: Geometries
    row: npt.NDArray[np.int64]
    reasons: npt.NDArray[np.object_]
    notes: list[str]


def clean(geometry: Geometries, noun: Noun, *, explode: bool) -> Cleaned:
    """Make geometry usable for a noun, or say for each one why it is not.

    Parameters
    ----------
    geometry : array of shapely geometries
        In the district's CRS, flat; may hold None, empty, broken and mixed ones.
    noun : Noun
        A placed noun.
    explode : bool
        Whether a row of several separate pieces is several things, as footprints of buildings are.
        Grids, blocks and land use stay whole in any case.

    Returns
    -------
    Cleaned
        Repairing comes after taking apart, so that neighbours in one MultiPolygon are not fused.
    """
    kind = noun.geometry
    if kind is None:
        raise ValueError(f"{noun.key} has no geometry")
    notes: list[str] = []
    geometry = _out_of_collections(geometry.copy(), kind, notes)
    row = np.arange(len(geometry), dtype=np.int64)
    if explode and noun.key not in _KEPT_WHOLE:
        geometry, row = _take_apart(geometry, kind, noun, notes)
    alone = shapely.get_num_geometries(geometry) == 1
    geometry[alone] = shapely.get_geometry(geometry[alone], 0)
    reasons = _faults(geometry, kind, noun)
    good = reasons == ""
    if kind == "polygon":
        geometry[good] = _repair(geometry[good], notes)
        reasons[good & (shapely.area(geometry) < LEAST_AREA)] = "has an outline without area"
    elif kind == "line":
        reasons[good & (shapely.length(geometry) == 0)] = "is a line without length"
    return Cleaned(geometry, row, reasons, notes)


def _out_of_collections(geometry: Geometries, kind: GeometryKind, notes: list[str]) -> Geometries:
    """Replace geometry collections by their parts of the wanted kind, if there are any."""
    found = np.flatnonzero(shapely.get_type_id(geometry) == GeometryType.GEOMETRYCOLLECTION)
    taken = 0
    for place in found:
        parts = shapely.get_parts(shapely.get_parts(geometry[place]))
        wanted = parts[np.isin(shapely.get_type_id(parts), _SINGLE[kind])]
        if len(wanted):
            geometry[place] = _GATHER[kind](list(wanted))
            taken += 1
    if taken:
        notes.append(f"{plural(taken, 'geometry collection')}: only the {kind}s taken")
    return geometry


def _take_apart(
    geometry: Geometries, kind: GeometryKind, noun: Noun, notes: list[str]
) -> tuple[Geometries, npt.NDArray[np.int64]]:
    """Give every part of a multi-geometry a row of its own."""
    several = shapely.get_type_id(geometry) == _MULTI[kind]
    filled = several & (shapely.get_num_geometries(geometry) > 0)
    repeats = np.where(filled, shapely.get_num_geometries(geometry), 1)
    row = np.repeat(np.arange(len(geometry), dtype=np.int64), repeats)
    pieces = geometry[row]
    pieces[filled[row]] = shapely.get_parts(geometry[filled])
    multiple = repeats > 1
    if multiple.any():
        notes.append(
            f"{plural(int(multiple.sum()), 'row')} of several parts taken apart into"
            f" {int(repeats[multiple].sum()):,} {noun.title.lower()}"
        )
    return pieces, row


def _faults(geometry: Geometries, kind: GeometryKind, noun: Noun) -> npt.NDArray[np.object_]:
    """Return why each geometry cannot be used, empty where it can."""
    reasons = np.full(len(geometry), "", dtype=object)
    types = shapely.get_type_id(geometry)
    wrong = ~np.isin(types, (*_SINGLE[kind], _MULTI[kind]))
    reasons[wrong] = _wrong_kind(types[wrong], kind, noun)
    reasons[shapely.is_missing(geometry) | shapely.is_empty(geometry)] = "has no geometry"
    finite = np.isfinite(shapely.bounds(geometry)).all(axis=1)
    reasons[(reasons == "") & ~finite] = "has coordinates that are not numbers"
    return reasons


def _wrong_kind(
    types: npt.NDArray[np.int32], kind: GeometryKind, noun: Noun
) -> npt.NDArray[np.object_]:
    names = np.array([GeometryType(each).name.lower() if each >= 0 else "" for each in types])
    return np.char.add(
        np.char.add("is a ", names.astype("U20")), f", and {noun.title.lower()} are {kind}s"
    ).astype(object)


def _repair(geometry: Geometries, notes: list[str]) -> Geometries:
    """Make polygons valid; what collapses to lines becomes empty."""
    broken = ~shapely.is_valid(geometry)
    if broken.any():
        geometry = geometry.copy()
        geometry[broken] = shapely.make_valid(
            geometry[broken], method="structure", keep_collapsed=False
        )
        notes.append(f"{plural(int(broken.sum()), 'broken outline')} repaired")
    return geometry
