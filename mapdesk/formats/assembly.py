"""From a source's rows to a noun's: fields, coordinates, geometry and identity, in that order.

Every reader ends here, so every format treats its rows alike.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from mapdesk.formats import coordinates, identity, placing
from mapdesk.formats.clean import clean
from mapdesk.formats.mapping import Mapped, map_columns
from mapdesk.formats.reading import Geometries, ReadOptions, ReadResult, SourceTable, plural
from mapdesk.model.noun import Noun
from mapdesk.model.nouns import NOUNS


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
        Gets the frame ``frames[noun_key]``.

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
    unplaced = np.full(len(table.columns), "", dtype=object)
    if noun.geometry and geometry is None:
        placed = placing.place(file, table.columns, noun, options.fields)
        geometry, declared, used, unplaced = (
            placed.geometry,
            placed.declared,
            placed.columns,
            placed.reasons,
        )
    names = [str(name) for name in table.columns.columns]
    key = identity.id_column(file, names, noun_key, options.key)
    mapped = map_columns(
        file, table.columns, noun, options.fields, used | ({key} if key else frozenset())
    )
    result.notes += mapped.notes
    rows = mapped.rows
    if "source" in noun.field_names:
        rows["source"] = pd.Series(options.source_id, index=rows.index, dtype="str")
    rows.insert(0, "id", _source_ids(table, key, options))
    if geometry is None:
        frame = _finish_plain(rows, mapped, table, noun, result)
    else:
        source = coordinates.settle(file, declared, options.assume_crs, geometry)
        if declared is not None and declared.basis == "columns" and options.assume_crs is None:
            result.notes.append(f"coordinates taken for {source.title}")
        geometry, outside = coordinates.to_district(file, geometry, source, options.district_crs)
        reasons = _first(mapped.reasons, unplaced, outside.astype(object))
        geometry[mapped.against] = shapely.reverse(geometry[mapped.against])
        frame = _finish_placed(rows, geometry, reasons, table, noun, options, result)
    result.frames[noun_key] = frame


def _source_ids(table: SourceTable, key: str | None, options: ReadOptions) -> pd.Series:
    if key is None:
        return pd.Series(None, index=table.columns.index, dtype=object)
    serial = options.key is None and identity.is_serial(key)
    return identity.source_ids(table.columns[key], table.layer, serial=serial)


def _first(*reasons: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return for each row the first reason that is not empty."""
    found = reasons[0]
    for later in reasons[1:]:
        found = np.where(found == "", later, found)
    return found


def _finish_plain(
    rows: pd.DataFrame, mapped: Mapped, table: SourceTable, noun: Noun, result: ReadResult
) -> pd.DataFrame:
    """Identify rows without a place; of two with one identity the first is kept."""
    unnamed = rows["id"].isna()
    hashes = pd.Series(identity.row_hashes(rows.drop(columns="id"), noun.key), index=rows.index)
    rows["id"] = rows["id"].where(~unnamed, f"{table.layer}-" + hashes)
    reasons = mapped.reasons
    kept_ids = rows["id"].where(reasons == "")
    repeated = kept_ids.notna() & kept_ids.duplicated()
    reasons[repeated] = "repeats the identity of an earlier row"
    bad = reasons != ""
    result.refuse(table.labels[bad], reasons[bad])
    kept = pd.DataFrame(rows[~bad]).reset_index(drop=True)
    kept["id"] = kept["id"].astype("str")
    return kept


def _finish_placed(
    rows: pd.DataFrame,
    geometry: Geometries,
    reasons: npt.NDArray[np.object_],
    table: SourceTable,
    noun: Noun,
    options: ReadOptions,
    result: ReadResult,
) -> gpd.GeoDataFrame:
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
    rows = rows.iloc[row].reset_index(drop=True)
    unnamed = rows["id"].isna()
    hashes = _hashes_of(shapes, unnamed)
    rows["id"] = rows["id"].where(~unnamed, f"{table.layer}-" + pd.Series(hashes))
    if noun.geometry != "point":
        rows, shapes, row, pieces, things = identity.dissolve(rows, shapes, row)
        if pieces:
            result.notes.append(
                f"{plural(pieces, 'piece')} with a repeated id that touch dissolved into {things:,}"
            )
    hashes = _hashes_of(shapes, rows["id"].duplicated(keep=False))
    size = shapely.area(shapes) + shapely.length(shapes)
    ids, changed = identity.tell_apart(rows["id"], hashes, size)
    if changed:
        result.notes.append(f"{plural(changed, 'row')} shared an id and got one with a suffix")
    return gpd.GeoDataFrame(
        rows.assign(id=ids.astype("str")), geometry=shapes, crs=options.district_crs
    )


def _hashes_of(shapes: Geometries, wanted: pd.Series) -> npt.NDArray[np.object_]:
    """Return hashes of the wanted shapes, empty texts for the rest: hashing takes as long as converting."""
    hashes = np.full(len(shapes), "", dtype=object)
    chosen = wanted.to_numpy(dtype=bool)
    hashes[chosen] = identity.geometry_hashes(shapes[chosen])
    return hashes


def _refuse_pieces(
    row: npt.NDArray[np.int64],
    reasons: npt.NDArray[np.object_],
    table: SourceTable,
    result: ReadResult,
) -> None:
    """Refuse pieces; one of several in a row is named by its number."""
    number = pd.Series(row).groupby(row).cumcount().to_numpy() + 1
    several = np.bincount(row, minlength=len(table.labels))[row] > 1
    for place in np.flatnonzero(reasons != ""):
        label = table.labels.iloc[row[place]]
        part = f", part {number[place]}" if several[place] else ""
        result.refuse([f"{label}{part}"], [reasons[place]])
