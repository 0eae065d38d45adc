"""Geometry for rows whose place stands in their columns: lon and lat, x and y, or well-known text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from mapdesk.formats import synonyms
from mapdesk.formats.coordinates import WGS84
from mapdesk.formats.reading import Column, Columns, DeclaredCrs, Geometries
from mapdesk.formats.values import convert, texts
from mapdesk.model.errors import InputError
from mapdesk.model.noun import Field, Noun


@dataclass(frozen=True, slots=True)
class Placed:
    """Geometry found in columns.

    Parameters
    ----------
    geometry : array of shapely geometries
        None where `reasons` says why.
    declared : DeclaredCrs or None
        WGS 84 where the columns are called longitude and latitude.
    columns : frozenset of str
        The columns it stands in.
    reasons : array of str
        Empty for rows that have a place.
    """

    geometry: Geometries
    declared: DeclaredCrs | None
    columns: frozenset[str]
    reasons: npt.NDArray[np.object_]


def place(file: str, table: Columns, noun: Noun, fields: Mapping[str, str]) -> Placed:
    """Make geometry out of columns.

    Parameters
    ----------
    file : str
        Name for the error's sentence.
    table : dict of str to array
        The source's columns.
    noun : Noun
        A placed noun.
    fields : mapping of str to str
        The user's choice; targets ``lon``, ``lat``, ``x``, ``y`` and ``geometry`` count here.

    Raises
    ------
    InputError
        There are no such columns, or the noun needs more than points.
    """
    columns = list(table)
    written = fields.get("geometry") or synonyms.find(columns, synonyms.WELL_KNOWN)
    if written is not None:
        return _well_known(table[written], written)
    if noun.geometry != "point":
        raise InputError(
            f"{file} is a table without a column of well-known text, and {noun.title.lower()} are"
            f" {noun.geometry}s: import a GeoPackage, GeoJSON or Shapefile, or name the column with"
            " --field geometry=COLUMN."
        )
    for (east, north), names, declared in (
        (("lon", "lat"), (synonyms.LONGITUDE, synonyms.LATITUDE), DeclaredCrs(WGS84, "columns")),
        (("x", "y"), (synonyms.EASTING, synonyms.NORTHING), None),
    ):
        x = fields.get(east) or synonyms.find(columns, names[0])
        y = fields.get(north) or synonyms.find(columns, names[1])
        if x is not None and y is not None:
            return _points(table, x, y, declared)
    raise InputError(
        f"{file} has no columns with coordinates (it has {', '.join(columns[:20])}): name them with"
        " --field lon=COLUMN --field lat=COLUMN, or x and y."
    )


def _points(table: Columns, x: str, y: str, declared: DeclaredCrs | None) -> Placed:
    number = Field("coordinate", "float")
    east, east_reasons = convert(table[x], number)
    north, north_reasons = convert(table[y], number)
    coordinates = np.column_stack((east, north))
    reasons = np.where(east_reasons != "", east_reasons, north_reasons)
    there = np.isfinite(coordinates).all(axis=1)
    reasons[(reasons == "") & ~there] = "has no coordinates"
    if declared is not None:
        vague = (reasons == "") & (coordinates % 1 == 0).all(axis=1)
        reasons[vague] = "has coordinates rounded to whole degrees"
    geometry = np.full(len(east), None, dtype=object)
    good = reasons == ""
    geometry[good] = shapely.points(coordinates[good])
    return Placed(geometry, declared, frozenset((x, y)), reasons)


def _well_known(column: Column, name: str) -> Placed:
    written = texts(column)
    hexadecimal = np.array([str(each)[:2] in ("00", "01") for each in written])
    geometry = np.full(len(written), None, dtype=object)
    geometry[hexadecimal] = shapely.from_wkb(written[hexadecimal], on_invalid="fix")
    geometry[~hexadecimal] = shapely.from_wkt(written[~hexadecimal], on_invalid="fix")
    reasons = np.full(len(written), "", dtype=object)
    unread = shapely.is_missing(geometry)
    reasons[unread] = f"has no geometry that can be read in '{name}'"
    return Placed(geometry, None, frozenset((name,)), reasons)
