"""GeoJSON (RFC 7946, and the `crs` of its forerunner): one object, or one a line.

Read here and not by GDAL, as Python's own parser is three times as quick and needs no other library.
Other JSON that GDAL knows, TopoJSON and Esri's, is left to it.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError as ProjError
from shapely import GeometryType

from mapdesk.formats import coordinates
from mapdesk.formats.assembly import assemble_layer
from mapdesk.formats.encodings import decode
from mapdesk.formats.reading import (
    Columns,
    DeclaredCrs,
    Geometries,
    Progress,
    ReadOptions,
    ReadResult,
    SourceTable,
    columns_of,
    numbered,
)
from mapdesk.model.errors import InputError

_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""Kind of geometry to how deep the lists of its positions lie."""

_COLLECTION = "GeometryCollection"
_WHITE = " \t\r\n\x1e"
"""What may stand between objects, the record separator of RFC 8142 among it."""


def read(path: Path, options: ReadOptions, progress: Progress) -> ReadResult:
    """Read a GeoJSON file.

    Parameters
    ----------
    path : Path
        A FeatureCollection, Feature or geometry, or several, one after the other.
    options : ReadOptions
        What to make of it.
    progress : callable
        Told what goes on.

    Raises
    ------
    InputError, CrsError
        In one sentence, what is wrong and what to do.
    """
    progress(f"Reading {path.name}", 0.0)
    result = ReadResult()
    text, encoding = decode(path.read_bytes(), path.name)
    if encoding not in ("utf-8", "utf-8-sig"):
        result.notes.append(f"text read as {encoding.upper()}")
    with _no_look_for_garbage():
        documents = list(_documents(path.name, text))
    del text
    if not all(map(_is_geojson, documents)):
        from mapdesk.formats import vector

        return vector.read(path, options, progress)
    if options.layer not in (None, path.stem):
        raise InputError(f"{path.name} has no layer '{options.layer}': it has {path.stem}.")
    declared = _declared(documents[0].get("crs"))
    features = list(chain.from_iterable(map(_features, documents)))
    documents.clear()
    with _no_look_for_garbage():
        geometry = shapes([feature.pop("geometry", None) for feature in features])
        columns = _columns(features)
    table = SourceTable(columns, geometry, declared, path.stem, numbered(len(features)))
    features.clear()
    assemble_layer(path, table, options, result, progress)
    return result


@contextmanager
def _no_look_for_garbage() -> Iterator[None]:
    """Keep Python from going through millions of new objects again and again: half the time of a large file."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _documents(file: str, text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at] in _WHITE:
            at += 1
            continue
        try:
            document, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{file} cannot be read ({error}): it may be cut short or damaged, export it again."
            ) from error
        yield document


def _is_geojson(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    kind = document.get("type")
    if kind == "FeatureCollection":
        return isinstance(document.get("features"), list)
    return kind in ("Feature", _COLLECTION, *_DEPTHS)


def _features(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the features of a document; what is none has neither a place nor properties."""
    if document["type"] == "FeatureCollection":
        return [each if isinstance(each, dict) else {} for each in document["features"]]
    return [document if document["type"] == "Feature" else {"geometry": document}]


def _columns(features: Sequence[Mapping[str, Any]]) -> Columns:
    """Return the properties, and in front of them ids that do not merely count the features."""
    said = [feature.get("properties") for feature in features]
    columns = columns_of([each if isinstance(each, dict) else {} for each in said])
    for name, column in columns.items():
        if column.dtype == object and not {dict, list}.isdisjoint(map(type, column)):
            columns[name] = np.fromiter(map(_flat, column), object, len(column))
    ids = [feature.get("id") for feature in features]
    if "id" in columns or ids == [None] * len(ids) or ids == list(range(len(ids))):
        return columns
    return {"id": np.fromiter(map(_flat, ids), object, len(ids)), **columns}


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _declared(member: Any) -> DeclaredCrs:
    """Return the CRS of the `crs` member; the standard's, longitude and latitude, where it names none."""
    said = member.get("properties") if isinstance(member, dict) else None
    said = said if isinstance(said, dict) else {}
    try:
        crs = coordinates.usable(pyproj.CRS.from_user_input(said.get("name") or said.get("code")))
    except ProjError:
        crs = None
    if crs is None or coordinates.same(crs, coordinates.WGS84):
        return DeclaredCrs(coordinates.WGS84, "standard")
    return DeclaredCrs(crs)


def shapes(geometries: Sequence[Any]) -> Geometries:
    """Make the geometries of GeoJSON's objects, without heights; None of what is not one."""
    found = np.full(len(geometries), None, object)
    places: dict[str, list[int]] = {}
    for place, geometry in enumerate(geometries):
        if isinstance(geometry, dict):
            places.setdefault(str(geometry.get("type")), []).append(place)
    for kind in places.keys() & _DEPTHS.keys():
        positions = [geometries[place].get("coordinates") for place in places[kind]]
        try:
            made = _made(kind, positions)
        except (ValueError, TypeError, shapely.errors.GEOSException):
            made = np.array([_one(kind, each) for each in positions], object)
        found[places[kind]] = made
    for place in places.get(_COLLECTION, ()):
        parts = geometries[place].get("geometries")
        parts = shapes(parts if isinstance(parts, list) else [])
        found[place] = shapely.GeometryCollection(parts[~shapely.is_missing(parts)].tolist())
    return found


def _one(kind: str, positions: Any) -> shapely.Geometry | None:
    try:
        made: shapely.Geometry = _made(kind, [positions])[0]
    except (ValueError, TypeError, shapely.errors.GEOSException):
        return None
    return made


def _made(kind: str, positions: Sequence[Any]) -> Geometries:
    """Make geometries of one kind from their nested lists.

    Raises
    ------
    ValueError, TypeError, GEOSException
        One of them is none.
    """
    offsets = []
    for _depth in range(_DEPTHS[kind]):
        counts = np.fromiter(map(len, positions), np.int64, len(positions))
        offsets.append(np.concatenate(([0], np.cumsum(counts))))
        positions = list(chain.from_iterable(positions))
    if not {2}.issuperset(map(len, positions)):
        positions = [position[:2] for position in positions]
    flat = np.fromiter(chain.from_iterable(positions), float, 2 * len(positions))
    number = GeometryType[kind.upper()]
    return np.asarray(
        shapely.from_ragged_array(number, flat.reshape(-1, 2), tuple(offsets[::-1])), object
    )
