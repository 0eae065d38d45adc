"""From a source's rows to a noun's: fields, coordinates, geometry and identity, in that order.

Every reader ends here, so every format treats its rows alike.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from mapdesk.formats import coordinates, identity, placing
from mapdesk.formats.clean import clean
from mapdesk.formats.mapping import map_columns
from mapdesk.formats.reading import (
    OSM_ATTRIBUTION,
    OSM_LICENCE,
    Column,
    Columns,
    Geometries,
    Progress,
    ReadOptions,
    ReadResult,
    Rows,
    SourceTable,
    plural,
)
from mapdesk.formats.values import missing
from mapdesk.model.errors import InputError
from mapdesk.model.noun import Noun
from mapdesk.model.nouns import NOUNS

_OSM_COLUMNS = frozenset(("osm_id", "osmid", "@id"))
"""Columns that only extracts of OpenStreetMap have: Geofabrik, osm2pgsql, overpass turbo."""


def assemble_layer(
    path: Path, table: SourceTable, options: ReadOptions, result: ReadResult, progress: Progress
) -> None:
    """Turn the one layer of a file into rows of the noun that is asked for.

    Raises
    ------
    InputError, CrsError
        The layer has no rows; or as `assemble`.
    """
    result.read = len(table)
    if not result.read:
        raise InputError(f"{path.name} holds no rows: export it again with data in it.")
    progress(f"Converting {result.read:,} rows", 0.5)
    assemble(path.name, table, options.noun, options, result)
    if not _OSM_COLUMNS.isdisjoint(table.columns):
        result.attribution, result.licence = OSM_ATTRIBUTION, OSM_LICENCE
    progress(f"Read {path.name}", 1.0)


def assemble(
    file: str, table: SourceTable, noun_key: str, options: ReadOptions, result: ReadResult
) -> None:
    """Turn a table into rows of a noun and add them, with all refusals and notes, to `result`.

    Parameters
    ----------
    file : str
        The file's name, for sentences.
    table : SourceTable
        Rows as the source has them.
    noun_key : str
        What they become.
    options : ReadOptions
        `key` and `fields` are names of `table`'s columns.
    result : ReadResult
        Gets ``rows[noun_key]``.

    Raises
    ------
    InputError
        A named column or field does not exist, or the table cannot be this noun.
    CrsError
        Coordinates contradict what they are said to be.
    """
    noun = NOUNS[noun_key]
    geometry = table.geometry if noun.geometry else None
    declared = table.declared
    used: frozenset[str] = frozenset()
    unplaced = np.full(len(table), "", object)
    if noun.geometry and geometry is None:
        placed = placing.place(file, table.columns, noun, options.fields)
        geometry, declared, used, unplaced = (
            placed.geometry,
            placed.declared,
            placed.columns,
            placed.reasons,
        )
    key = identity.id_column(file, list(table.columns), noun_key, options.key)
    mapped = map_columns(file, table, noun, options.fields, used | ({key} if key else frozenset()))
    result.notes += mapped.notes
    columns = {"id": _source_ids(table, key, options), **mapped.columns}
    if "source" in noun.field_names:
        columns["source"] = np.full(len(table), options.source_id, object)
    if geometry is None:
        result.rows[noun_key] = _finish_plain(columns, mapped.reasons, table, noun, result)
        return
    source = coordinates.settle(file, declared, options.assume_crs, geometry)
    if declared is not None and declared.basis == "columns" and options.assume_crs is None:
        result.notes.append(f"coordinates taken for {source.title}")
    geometry, outside = coordinates.to_district(file, geometry, source, options.district_crs)
    reasons = _first(mapped.reasons, unplaced, outside)
    geometry[mapped.against] = shapely.reverse(geometry[mapped.against])
    result.rows[noun_key] = _finish_placed(columns, geometry, reasons, table, noun, options, result)


def _source_ids(table: SourceTable, key: str | None, options: ReadOptions) -> Column:
    if key is None:
        return np.full(len(table), None, object)
    serial = options.key is None and identity.is_serial(key)
    return identity.source_ids(table.columns[key], table.layer, serial=serial)


def _first(*reasons: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return for each row the first reason that is not empty."""
    found = reasons[0]
    for later in reasons[1:]:
        found = np.where(found == "", later, found)
    return found


def _taken(columns: Columns, rows: npt.NDArray[np.int64]) -> Columns:
    return {name: column[rows] for name, column in columns.items()}


def _name(ids: Column, hashes: npt.NDArray[np.object_], layer: str) -> None:
    """Call what has no id by its layer and hash."""
    for place in np.flatnonzero(missing(ids)):
        ids[place] = f"{layer}-{hashes[place]}"


def _finish_plain(
    columns: Columns,
    reasons: npt.NDArray[np.object_],
    table: SourceTable,
    noun: Noun,
    result: ReadResult,
) -> Rows:
    """Identify rows without a place; of two with one identity the first is kept."""
    said = {name: column for name, column in columns.items() if name != "id"}
    _name(columns["id"], identity.row_hashes(said, noun.key), table.layer)
    seen = set()
    for place in np.flatnonzero(reasons == ""):
        if columns["id"][place] in seen:
            reasons[place] = "repeats the identity of an earlier row"
        seen.add(columns["id"][place])
    bad = reasons != ""
    result.refuse(table.labels[bad], reasons[bad])
    return Rows(noun.key, _taken(columns, np.flatnonzero(~bad)))


def _finish_placed(
    columns: Columns,
    geometry: Geometries,
    reasons: npt.NDArray[np.object_],
    table: SourceTable,
    noun: Noun,
    options: ReadOptions,
    result: ReadResult,
) -> Rows:
    """Clean geometry, join what tiles cut, tell apart what shares an id."""
    bad = reasons != ""
    result.refuse(table.labels[bad], reasons[bad])
    good = np.flatnonzero(~bad)
    cleaned = clean(geometry[good], noun, explode=table.splittable)
    result.notes += cleaned.notes
    row = good[cleaned.row]
    _refuse_pieces(row, cleaned.reasons, table, result)
    usable = cleaned.reasons == ""
    row, shapes = row[usable], cleaned.geometry[usable]
    columns = _taken(columns, row)
    _name(columns["id"], _hashes_of(shapes, missing(columns["id"])), table.layer)
    if noun.geometry != "point":
        columns, shapes, row, pieces, things = identity.dissolve(columns, shapes, row)
        if pieces:
            result.notes.append(
                f"{plural(pieces, 'piece')} with a repeated id that touch dissolved into {things:,}"
            )
    hashes = _hashes_of(shapes, identity.repeated(columns["id"]))
    size = shapely.area(shapes) + shapely.length(shapes)
    columns["id"], changed = identity.tell_apart(columns["id"], hashes, size)
    if changed:
        result.notes.append(f"{plural(changed, 'row')} shared an id and got one with a suffix")
    return Rows(noun.key, columns, shapes, options.district_crs)


def _hashes_of(shapes: Geometries, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """Return hashes of the wanted shapes, empty texts for the rest: hashing takes as long as converting."""
    hashes = np.full(len(shapes), "", dtype=object)
    hashes[wanted] = identity.geometry_hashes(shapes[wanted])
    return hashes


def _refuse_pieces(
    row: npt.NDArray[np.int64],
    reasons: npt.NDArray[np.object_],
    table: SourceTable,
    result: ReadResult,
) -> None:
    """Refuse pieces; one of several in a row is named by its number."""
    pieces = np.bincount(row, minlength=len(table))
    for place in np.flatnonzero(reasons != ""):
        label = table.labels[row[place]]
        if pieces[row[place]] > 1:
            # Pieces of a row stand together.
            label += f", part {place - np.searchsorted(row, row[place]) + 1}"
        result.refuse([label], [reasons[place]])
