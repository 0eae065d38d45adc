"""CityJSON 1.0 to 2.0: buildings as footprints with heights, ground as land use.

The format's own arithmetic is small (a transform and arrays of vertex numbers), so it is done here
on numpy arrays; *cjio*, the reference tool, has no footprints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import mapbox_earcut
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError as ProjError

from mapdesk.formats import coordinates
from mapdesk.formats.assembly import assemble
from mapdesk.formats.footprints import Face, outline, reach, seen_from_above
from mapdesk.formats.reading import (
    DeclaredCrs,
    Progress,
    ReadOptions,
    ReadResult,
    SourceTable,
    columns_of,
    plural,
)
from mapdesk.formats.solids import Solid
from mapdesk.formats.vocabulary import CITYJSON_GROUND, LAND_USE
from mapdesk.model.errors import CrsError, InputError
from mapdesk.model.shapes import united

Objects: TypeAlias = Mapping[str, Mapping[str, Any]]

VERSIONS = ("1.0", "1.1", "2.0")

_DEPTHS = {
    "MultiSurface": 0,
    "CompositeSurface": 0,
    "Solid": 1,
    "MultiSolid": 2,
    "CompositeSolid": 2,
}
"""Levels of nesting above a face, by type of geometry."""

_GROUND_ATTRIBUTES = ("function", "class", "usage", "bgt_fysiekvoorkomen")
"""Attributes that say what ground is used for, the last in the Dutch national base map."""

_CODE = re.compile(r"EPSG[/:]+(?:[\d.]*[/:])?(\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _City:
    """A parsed file: its objects, its vertices in CRS units, its CRS if it says one."""

    objects: Objects
    vertices: npt.NDArray[np.float64]
    crs: pyproj.CRS | None


def read(path: Path, options: ReadOptions, progress: Progress) -> ReadResult:
    """Read a city model.

    Parameters
    ----------
    path : Path
        CityJSON 1.0, 1.1 or 2.0.
    options : ReadOptions
        ``building`` reads buildings with their parts merged, and the ground around them as land
        use; ``land_use`` reads the ground alone. Fields may be filled from attributes.
    progress : callable
        Told what goes on.

    Returns
    -------
    ReadResult
        `height` and `base` of buildings are metres above the lowest point of the building.

    Raises
    ------
    InputError, CrsError
        In one sentence, what is wrong and what to do.
    """
    if options.noun not in ("building", "land_use"):
        raise InputError(
            f"{path.name} is a city model, which holds no {options.noun}s:"
            " import it as buildings or land_use."
        )
    progress(f"Reading {path.name}", 0.0)
    city = _parse(path)
    result = ReadResult()
    if options.noun == "building":
        progress("Taking footprints", 0.3)
        _assemble_buildings(path, city, options, result)
    progress("Taking the ground", 0.7)
    _assemble_ground(path, city, options, result)
    if not result.rows:
        raise InputError(f"{path.name} holds no {options.noun.replace('_', ' ')} at all.")
    progress(f"Read {path.name}", 1.0)
    return result


def _parse(path: Path) -> _City:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path.name} is not complete JSON: it may be cut short, fetch it again."
        ) from error
    version = str(content.get("version", ""))[:3]
    if version not in VERSIONS:
        raise InputError(
            f"{path.name} is CityJSON {version or 'without a version'}: upgrade it to 2.0 with"
            " 'cjio FILE upgrade save OUT'."
        )
    try:
        vertices = np.asarray(content["vertices"], dtype=np.float64).reshape(-1, 3)
        if transform := content.get("transform"):
            vertices = vertices * np.asarray(transform["scale"]) + np.asarray(
                transform["translate"]
            )
        metadata = content.get("metadata") or {}
        return _City(content["CityObjects"], vertices, _crs(path, metadata.get("referenceSystem")))
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{path.name} lacks vertices or objects as CityJSON has them:"
            " check it with a CityJSON validator."
        ) from error


def _crs(path: Path, reference: str | None) -> pyproj.CRS | None:
    if not reference:
        return None
    code = _CODE.search(reference)
    try:
        return pyproj.CRS.from_user_input(f"EPSG:{code[1]}" if code else reference)
    except ProjError as error:
        raise CrsError(
            f"{path.name} names the CRS '{reference}', which PROJ does not know: correct its"
            " metadata.referenceSystem."
        ) from error


def _assemble_buildings(path: Path, city: _City, options: ReadOptions, result: ReadResult) -> None:
    """Merge parts into their building and take footprint and height."""
    unit = _metres_per_height_unit(city.crs)
    rows: list[dict[str, Any]] = []
    shapes: list[shapely.Geometry | None] = []
    parts = 0
    for name, members in _buildings(city.objects):
        bodies = [tuple(_faces(member)) for member in members]
        shapes.append(_union(outline(body, city.vertices) for body in bodies))
        low, high = reach((face for body in bodies for face in body), city.vertices)
        attributes = members[0].get("attributes") or {}
        rows.append(
            {**attributes, "id": name, "base": 0.0, "height": round((high - low) * unit, 3)}
        )
        parts += sum(member["type"] == "BuildingPart" for member in members)
    if parts:
        result.notes.append(f"{plural(parts, 'part')} merged into their buildings")
    _add(path, city, "building", rows, shapes, options, result)


def _assemble_ground(path: Path, city: _City, options: ReadOptions, result: ReadResult) -> None:
    """Take roads, water, plants and land use as land use."""
    ground = [
        (name, member, kind)
        for name, member in city.objects.items()
        if (kind := CITYJSON_GROUND.get(str(member["type"]))) is not None
    ]
    rows = [{"id": name, "kind": _ground_kind(member, kind)} for name, member, kind in ground]
    shapes = [seen_from_above(_faces(member), city.vertices) for _, member, _ in ground]
    own = replace(options, fields={}, key=None) if options.noun == "building" else options
    _add(path, city, "land_use", rows, shapes, own, result)


def _add(
    path: Path,
    city: _City,
    noun: str,
    rows: list[dict[str, Any]],
    shapes: list[shapely.Geometry | None],
    options: ReadOptions,
    result: ReadResult,
) -> None:
    if not rows:
        return
    table = SourceTable(
        columns_of(rows),
        np.array(shapes, dtype=object),
        DeclaredCrs(coordinates.horizontal(city.crs)) if city.crs else None,
        path.stem,
        np.array([row["id"] for row in rows], object),
        splittable=False,
    )
    result.read += len(rows)
    assemble(path.name, table, noun, replace(options, key=options.key or "id"), result)


def _buildings(objects: Objects) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield each building's id with itself, if it is in the file, and its parts."""
    members: dict[str, list[Mapping[str, Any]]] = {}
    for name, member in objects.items():
        if member["type"] == "Building":
            members.setdefault(name, []).insert(0, member)
        elif member["type"] == "BuildingPart":
            parents = member.get("parents") or [name]
            members.setdefault(str(parents[0]), []).append(member)
    yield from members.items()


def _faces(member: Mapping[str, Any]) -> Iterator[Face]:
    """Yield the faces of all geometries of an object; templates have no place of their own."""
    for geometry in member.get("geometry") or ():
        depth = _DEPTHS.get(geometry["type"])
        if depth is None:
            continue
        semantics = geometry.get("semantics") or {}
        names = [str(each.get("type", "")) for each in semantics.get("surfaces") or ()]
        marks = _flat(semantics.get("values"), depth)
        detail = float(geometry.get("lod") or 1)
        for number, rings in enumerate(_flat(geometry["boundaries"], depth)):
            mark = marks[number] if number < len(marks) else None
            surface = names[mark] if mark is not None else ""
            yield Face(tuple(map(tuple, rings)), surface, detail)


def _flat(nested: Any, depth: int) -> list[Any]:
    """Take `depth` levels of nesting off; None in place of a list stands for nothing said."""
    level = [nested] if nested is None else list(nested)
    for _ in range(depth):
        level = [inner for outer in level for inner in ([None] if outer is None else outer)]
    return level


def _union(shapes: Iterable[shapely.Geometry | None]) -> shapely.Geometry | None:
    there = [shape for shape in shapes if shape is not None]
    return united(there) if there else None


def _ground_kind(member: Mapping[str, Any], default: str) -> str:
    attributes = member.get("attributes") or {}
    said = (str(attributes.get(name, "")).lower() for name in _GROUND_ATTRIBUTES)
    return next((LAND_USE[word] for word in said if word in LAND_USE), default)


def _metres_per_height_unit(crs: pyproj.CRS | None) -> float:
    """Return the unit of the third axis in metres; 1 where the CRS has none."""
    return float(crs.axis_info[2].unit_conversion_factor) if crs and len(crs.axis_info) > 2 else 1.0


def read_solids(path: Path, district_crs: pyproj.CRS) -> Solid:
    """Read the buildings of a city model with their roofs, and what else stands on its ground.

    Roads, water and land use lie flat and are left to `read`. Each thing is put with its lowest point at
    height 0, as buildings are imported.

    Parameters
    ----------
    district_crs : pyproj.CRS
        What places are converted to where the file says its own.

    Returns
    -------
    Solid
        `at` is None where the file names no CRS: it is placed by hand.

    Raises
    ------
    InputError, CrsError
    """
    city = _parse(path)
    vertices = city.vertices
    if not len(vertices) or not np.isfinite(vertices).all():
        raise InputError(f"{path.name} has vertices that are no numbers: fetch it again.")
    at: tuple[float, float] | None = None
    if city.crs is not None:
        vertices = vertices.copy()
        vertices[:, :2] = _in_district(path, vertices[:, :2], city.crs, district_crs)
        vertices[:, 2] *= _metres_per_height_unit(city.crs)
    middle = (vertices[:, :2].min(axis=0) + vertices[:, :2].max(axis=0)) / 2
    if city.crs is not None:
        at = (float(middle[0]), float(middle[1]))
    try:
        corners, colours, parts, part = _standing(city.objects, vertices - [*middle, 0.0])
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise InputError(
            f"{path.name} lacks vertices or objects as CityJSON has them:"
            " check it with a CityJSON validator."
        ) from error
    return Solid(corners, colours, parts, part, at)


def _in_district(
    path: Path, xy: npt.NDArray[np.float64], crs: pyproj.CRS, district_crs: pyproj.CRS
) -> npt.NDArray[np.float64]:
    declared = DeclaredCrs(coordinates.horizontal(crs))
    points = np.asarray(shapely.points(xy), dtype=object)
    source = coordinates.settle(path.name, declared, None, points)
    placed, _refused = coordinates.to_district(path.name, points, source, district_crs)
    return shapely.get_coordinates(placed)


_STANDING = ("Building", "Bridge", "CityFurniture", "SolitaryVegetation", "OtherConstruction")
"""How the types of what stands on the ground begin."""
_TILED, _FLAT, _WALL = (183, 112, 92), (231, 211, 184), (204, 186, 162)
_GREEN, _STONE = (140, 168, 112), (190, 188, 184)
_ROOF_SLOPE, _LEVEL_SLOPE = 0.35, 0.985
"""How far up the normal of a roof points at least, and from where on it is a flat one."""


def _standing(
    objects: Objects, vertices: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8], tuple[str, ...], npt.NDArray[np.int32]]:
    """Return corners, colours, names and owners of the triangles of everything that stands."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for name, member in objects.items():
        if not str(member["type"]).startswith(_STANDING):
            continue
        parents = member.get("parents") or [name]
        groups.setdefault(str(parents[0]), []).append(member)
    corners, colours, owners = [], [], []
    names: list[str] = []
    for name, members in groups.items():
        found = [
            (triangles, _colour(str(member["type"]), face, triangles))
            for member in members
            for face in _finest(tuple(_faces(member)))
            if len(triangles := _triangulated(face, vertices))
        ]
        if not found:
            continue
        body = np.concatenate([triangles for triangles, _colour_of in found])
        body[..., 2] -= body[..., 2].min()
        corners.append(body)
        colours.append(
            np.concatenate(
                [np.tile(np.array(paint, np.uint8), (len(one), 1)) for one, paint in found]
            )
        )
        owners.append(np.full(len(body), len(names), np.int32))
        names.append(name)
    if not corners:
        return np.empty((0, 3, 3)), np.empty((0, 3), np.uint8), (), np.empty(0, np.int32)
    return np.concatenate(corners), np.concatenate(colours), tuple(names), np.concatenate(owners)


def _finest(faces: tuple[Face, ...]) -> Iterator[Face]:
    """Yield the faces of the finest detail there is; a footprint alone has no height."""
    finest = max((face.detail for face in faces), default=0.0)
    yield from (face for face in faces if face.detail == finest and finest > 0)


def _triangulated(face: Face, vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the triangles (n, 3, 3) of a face, seen along its steepest axis."""
    rings = [vertices[list(ring)] for ring in face.rings if len(ring) >= 3]
    if not rings:
        return np.empty((0, 3, 3))
    outer = rings[0]
    normal = np.cross(outer - outer[0], np.roll(outer, -1, axis=0) - outer[0]).sum(axis=0)
    drop = int(np.argmax(np.abs(normal)))
    if abs(normal[drop]) < 1e-12:
        return np.empty((0, 3, 3))
    points = np.concatenate(rings)
    flat = np.ascontiguousarray(np.delete(points, drop, axis=1))
    ends = np.cumsum([len(ring) for ring in rings]).astype(np.uint32)
    index = mapbox_earcut.triangulate_float64(flat, ends).reshape(-1, 3)
    triangles: npt.NDArray[np.float64] = points[index]
    turned = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]) @ normal
    triangles[turned < 0] = triangles[turned < 0][:, ::-1]
    return triangles


def _colour(kind: str, face: Face, triangles: npt.NDArray[np.float64]) -> tuple[int, int, int]:
    if kind.startswith("SolitaryVegetation"):
        return _GREEN
    if not kind.startswith("Building"):
        return _STONE
    edges = triangles[0, 1:] - triangles[0, :1]
    normal = np.cross(edges[0], edges[1])
    up = abs(float(normal[2])) / max(float(np.linalg.norm(normal)), 1e-12)
    is_roof = face.surface == "RoofSurface" if face.surface else up > _ROOF_SLOPE
    if not is_roof:
        return _WALL
    return _FLAT if up > _LEVEL_SLOPE else _TILED
