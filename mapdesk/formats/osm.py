"""OpenStreetMap files (.osm.pbf, .osm): buildings, roads, railways, cameras, addresses and land use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from mapdesk.formats import osm_tags
from mapdesk.formats.assembly import assemble
from mapdesk.formats.coastline import sea
from mapdesk.formats.coordinates import WGS84
from mapdesk.formats.osm_tags import Row, Tags
from mapdesk.formats.reading import (
    OSM,
    OSM_ATTRIBUTION,
    OSM_LICENCE,
    DeclaredCrs,
    Progress,
    ReadOptions,
    ReadResult,
    SourceTable,
    columns_of,
    plural,
)
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import NOUNS

HELD = ("building", "road", "railway", "camera", "address", "land_use")
"""Nouns an OpenStreetMap file is read for."""

_KEYS = (
    "building", "building:part", "highway", "man_made", "addr:housenumber", "addr:full", "landuse",
    "leisure", "natural", "amenity", "place", "waterway", "railway",
)  # fmt: skip
_STEPS = 200_000
_BROKEN = (osmium.InvalidLocationError, RuntimeError)
"""What libosmium raises for nodes that are not in the file, and for too few different ones."""


@dataclass(slots=True)
class _Found:
    """Objects of one noun: names, fields, geometry as hexadecimal WKB in degrees."""

    names: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)

    def add(self, name: str, row: Row, shape: str) -> None:
        self.names.append(name)
        self.rows.append(row)
        self.shapes.append(shape)


@dataclass(slots=True)
class _Harvest:
    """What one pass over the file gathers.

    Parameters
    ----------
    wanted : tuple of str
        Nouns to gather.
    found : dict of str to _Found
        By noun.
    open_areas : dict of str to str
        Names of ways and relations whose area has not come yet, with why it may never.
    refused : dict of str to str
        Names and reasons.
    parts : int
        Parts of buildings passed over.
    cut : int
        Roads and tracks of which nodes are missing.
    shores : list of ndarray, shape (n, 2)
        Pieces of coastline, degrees.
    """

    wanted: tuple[str, ...]
    found: dict[str, _Found]
    open_areas: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    parts: int = 0
    cut: int = 0
    shores: list[NDArray[np.float64]] = field(default_factory=list)
    factory: osmium.geom.WKBFactory = field(default_factory=osmium.geom.WKBFactory)

    def take_node(self, node: osmium.osm.Node) -> None:
        """Take a camera or an address."""
        tags = node.tags
        name = f"node/{node.id}"
        if tags.get("man_made") == "surveillance":
            self._add(
                "camera", name, osm_tags.camera(_plain(tags)), self.factory.create_point, node
            )
        if "addr:housenumber" in tags or "addr:full" in tags:
            row = osm_tags.address(_plain(tags))
            self._add("address", name, row, self.factory.create_point, node)

    def take_way(self, way: osmium.osm.Way) -> None:
        """Take a road or a track; expect the area of a building."""
        tags = way.tags
        name = f"way/{way.id}"
        if "highway" in tags:
            self._add("road", name, osm_tags.road(_plain(tags)), self._line, way)
        # A tram may run in a street: one way, and both in one place.
        if "railway" in tags:
            self._add("railway", name, osm_tags.railway(_plain(tags)), self._line, way)
        if tags.get("natural") == "coastline":
            self.shores += _runs(way)
        if _is_building(tags) and "building" in self.wanted:
            self.open_areas[name] = _open_ring(way)

    def take_relation(self, relation: osmium.osm.Relation) -> None:
        """Expect the area of a multipolygon."""
        tags = relation.tags
        if tags.get("type") == "multipolygon" and self._area_noun(tags):
            self.open_areas[f"relation/{relation.id}"] = (
                "has rings that do not close: members are missing from the file, or they cross"
            )

    def take_area(self, area: osmium.osm.Area) -> None:
        """Take a building, its address, or a piece of ground."""
        name = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        tags = area.tags
        noun = self._area_noun(tags)
        if noun is None:
            self.parts += "building:part" in tags
            return
        if area.num_rings()[0] == 0:
            self.refused[name] = "has an outline that does not form a ring"
            return
        plain = _plain(tags)
        row = osm_tags.building(plain) if noun == "building" else osm_tags.ground(plain)
        self._add(noun, name, row, self.factory.create_multipolygon, area)
        if noun == "building" and "address" in self.wanted:
            self._add_building_address(name, plain, area)
        self.open_areas.pop(name, None)

    def _line(self, way: osmium.osm.Way) -> str:
        """Return a line; where nodes lie beyond the file's edge, the pieces this side."""
        try:
            return str(self.factory.create_linestring(way))
        except _BROKEN:
            pieces = shapely.MultiLineString(_runs(way))
            if pieces.is_empty:
                raise
            self.cut += 1
            return str(pieces.wkb_hex)

    def take_sea(self) -> None:
        """Take the sea that the coastlines leave within what the file covers."""
        shapes = [shape for found in self.found.values() for shape in found.shapes]
        if not self.shores or not shapes or "land_use" not in self.wanted:
            return
        points = np.concatenate(
            [
                shapely.get_coordinates(shapely.from_wkb(np.array(shapes, object))),
                *self.shores,
            ]
        )
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        box = (float(west), float(south), float(east), float(north))
        for number, shape in enumerate(sea(self.shores, box), start=1):
            row: Row = {"kind": "water", "name": None}
            self.found["land_use"].add(f"coastline/{number}", row, shape)

    def _area_noun(self, tags: osmium.osm.TagList) -> str | None:
        noun = "building" if _is_building(tags) else None
        if noun is None and osm_tags.ground(_plain(tags)) is not None:
            noun = "land_use"
        return noun if noun in self.wanted else None

    def _add_building_address(self, name: str, tags: Tags, area: osmium.osm.Area) -> None:
        row = osm_tags.address(tags)
        if row is not None:
            shape = shapely.from_wkb(self.factory.create_multipolygon(area))
            point = shapely.to_wkb(shapely.point_on_surface(shape), hex=True)
            self.found["address"].add(name, row | {"building_id": name}, point)

    def _add(
        self, noun: str, name: str, row: Row | None, make: Callable[[Any], str], what: object
    ) -> None:
        if row is None or noun not in self.wanted:
            return
        try:
            self.found[noun].add(name, row, make(what))
        except _BROKEN:
            self.refused[name] = "has too few nodes in the file"


def read(path: Path, options: ReadOptions, progress: Progress) -> ReadResult:
    """Read an OpenStreetMap file.

    Parameters
    ----------
    path : Path
        .osm.pbf, .osm, .osm.gz or .osm.bz2.
    options : ReadOptions
        ``osm`` reads all of `HELD`, a noun only that one. `fields`, `key` and a contradicting
        `assume_crs` are errors: the format fixes what they would say.
    progress : callable
        Told what goes on; it may raise to cancel.

    Returns
    -------
    ReadResult
        Ids are "way/123", "node/123", "relation/123"; the sea, worked out from coastlines, is
        "coastline/1" and so on. Addresses of nodes inside a building carry its
        id, and a building without an address of its own gets the first of them.

    Raises
    ------
    InputError, CrsError
        In one sentence, what is wrong and what to do.
    """
    wanted = HELD if options.noun == OSM else (options.noun,)
    if not set(wanted) <= set(HELD):
        raise InputError(
            f"{path.name} is read for {', '.join(HELD)}, not for {options.noun}: import it as osm."
        )
    if options.fields or options.key:
        raise InputError(
            f"{path.name} is OpenStreetMap data, whose tags have fixed meanings:"
            " leave out --field and --key."
        )
    harvest = _Harvest(wanted, {noun: _Found() for noun in wanted})
    _gather(path, harvest, progress)
    harvest.take_sea()
    result = ReadResult(attribution=OSM_ATTRIBUTION, licence=OSM_LICENCE)
    result.refuse(harvest.open_areas, harvest.open_areas.values())
    result.refuse(harvest.refused, harvest.refused.values())
    result.read = len(result.refused) + sum(len(each.names) for each in harvest.found.values())
    if not result.read:
        raise InputError(f"{path.name} holds no {' or '.join(wanted)}: check that it is the place.")
    for step, (noun, found) in enumerate(harvest.found.items()):
        progress(f"Converting {len(found.names):,} {NOUNS[noun].title.lower()}", 0.6 + 0.06 * step)
        if found.names:
            assemble(path.name, _table(found, path, noun), noun, replace(options, key="id"), result)
    if harvest.parts and "building" in wanted:
        result.notes.append(f"{plural(harvest.parts, 'part')} of buildings left to their buildings")
    if harvest.cut:
        result.notes.append(f"{plural(harvest.cut, 'line')} cut where nodes are not in the file")
    _link_addresses(result)
    progress(f"Read {path.name}", 1.0)
    return result


def _gather(path: Path, harvest: _Harvest, progress: Progress) -> None:
    keys = osmium.filter.KeyFilter(*_KEYS)
    try:
        objects = osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys)
        for count, each in enumerate(objects):
            if count % _STEPS == 0:
                progress(f"Reading {path.name}", 0.6 * count / (count + 10 * _STEPS))
            match each:
                case osmium.osm.Node():
                    harvest.take_node(each)
                case osmium.osm.Way():
                    harvest.take_way(each)
                case osmium.osm.Area():
                    harvest.take_area(each)
                case osmium.osm.Relation():
                    harvest.take_relation(each)
    except (RuntimeError, OSError) as error:
        raise InputError(
            f"{path.name} cannot be read as OpenStreetMap data ({error}): fetch it again."
        ) from error


def _table(found: _Found, path: Path, noun: str) -> SourceTable:
    names = np.array(found.names, object)
    return SourceTable(
        columns_of(found.rows) | {"id": names},
        shapely.from_wkb(np.array(found.shapes, dtype=object), on_invalid="ignore"),
        DeclaredCrs(WGS84, "fixed"),
        path.name.split(".")[0],
        names,
        splittable=noun in ("road", "railway"),
    )


def _link_addresses(result: ReadResult) -> None:
    """Give addresses the building they lie in, and buildings an address that lies in them."""
    buildings, addresses = result.rows.get("building"), result.rows.get("address")
    if buildings is None or addresses is None:
        return
    ids, own = buildings.columns["id"], addresses.columns["building_id"]
    tree = shapely.STRtree(np.asarray(buildings.geometry))
    around: dict[int, str] = {}
    for inside, outline in tree.query(addresses.geometry, predicate="intersects").T.tolist():
        around.setdefault(inside, ids[outline])
    known = set(ids)
    own[:] = [each if each in known else around.get(at) for at, each in enumerate(own)]
    texts: dict[str, str | None] = {}
    for building, text in zip(own, addresses.columns["text"], strict=True):
        texts.setdefault(building, text)
    said = buildings.columns["address"]
    said[:] = [
        texts.get(key) if text is None else text for key, text in zip(ids, said, strict=True)
    ]


def _is_building(tags: osmium.osm.TagList) -> bool:
    return tags.get("building", "no") != "no"


def _open_ring(way: osmium.osm.Way) -> str:
    """Return why a way may not become an area."""
    if len(way.nodes) < 4:
        return f"has a ring of {len(way.nodes)} points, and an outline needs 4"
    if not way.is_closed():
        return "has an outline that is not closed"
    missing = sum(not node.location.valid() for node in way.nodes)
    if missing:
        return f"has {missing} of {len(way.nodes)} nodes outside the file"
    return "has an outline that crosses itself"


def _runs(way: osmium.osm.Way) -> list[NDArray[np.float64]]:
    """Return the pieces (n, 2) of a way whose nodes are in the file, degrees."""
    runs = groupby(way.nodes, key=lambda node: node.location.valid())
    lines = [[(each.lon, each.lat) for each in run] for there, run in runs if there]
    return [np.array(line) for line in lines if len(line) > 1]


def _plain(tags: osmium.osm.TagList) -> Tags:
    return {tag.k: tag.v for tag in tags}
