"""Layers of features: everything GDAL reads through pyogrio, and GeoParquet through GeoPandas."""

from __future__ import annotations

import logging
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow
import pyogrio
import pyproj
import shapely
from pyogrio import raw
from pyproj.exceptions import CRSError as ProjError

from mapdesk.formats import coordinates
from mapdesk.formats.assembly import assemble_layer
from mapdesk.formats.dbf import attribute_encoding
from mapdesk.formats.reading import (
    Column,
    DeclaredCrs,
    Progress,
    ReadOptions,
    ReadResult,
    SourceTable,
    numbered,
)
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import NOUNS

_ZIPPED = (".shp", ".gpkg", ".geojson", ".fgb", ".gml", ".kml")
_UNREADABLE = (pyogrio.errors.DataSourceError, ValueError, RuntimeError, UnicodeError)
_WARNINGS_SHOWN = 3
_one_at_a_time = threading.Lock()
"""Collecting warnings changes state of the whole process."""


def read(path: Path, options: ReadOptions, progress: Progress) -> ReadResult:
    """Read one layer of a vector file.

    Parameters
    ----------
    path : Path
        A GeoPackage, GeoJSON, Shapefile (plain or zipped), FlatGeobuf, GeoParquet, KML, GML ...
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
    with _quietly(result):
        table = _geoparquet(path) if is_parquet(path) else _layer(path, options, result)
    assemble_layer(path, table, options, result, progress)
    return result


def is_parquet(path: Path) -> bool:
    """Return whether the file begins as Parquet files do."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


@contextmanager
def _quietly(result: ReadResult) -> Iterator[None]:
    """Keep GDAL off stderr and in the notes."""
    logger = logging.getLogger("pyogrio")
    before = logger.disabled
    with _one_at_a_time, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        logger.disabled = True
        try:
            yield
        finally:
            logger.disabled = before
    said = dict.fromkeys(str(each.message).split(". ")[0] for each in caught)
    result.notes += [f"GDAL: {message}" for message in list(said)[:_WARNINGS_SHOWN]]


def _layer(path: Path, options: ReadOptions, result: ReadResult) -> SourceTable:
    """Read the one layer that is meant."""
    layers = _layers(path)
    layer = _chosen(path.name, layers, options)
    source = layers[layer][0]
    encoding = _shapefile_encoding(source, result)
    try:
        meta, fids, geometry, data = raw.read(
            source, layer=layer, encoding=encoding, return_fids=True, datetime_as_string=True
        )
        numbered_by = pyogrio.read_info(source, layer=layer)["fid_column"]
    except _UNREADABLE as error:
        raise InputError(
            f"{path.name} cannot be read ({_first_sentence(error)}): it may be cut short or damaged,"
            " export it again."
        ) from error
    columns = dict(zip(map(str, meta["fields"]), data, strict=True))
    if numbered_by and numbered_by not in columns:
        columns = {numbered_by: fids, **columns}
    crs = _crs(meta["crs"])
    return SourceTable(
        columns,
        None if geometry is None else shapely.from_wkb(geometry, on_invalid="fix"),
        None if crs is None else DeclaredCrs(crs),
        layer,
        numbered(len(fids)),
    )


def _zipped_sources(path: Path) -> list[str]:
    """Return GDAL's names of the readable files inside a zip, wherever they lie."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as error:
        raise InputError(f"{path.name} is a damaged zip file: fetch or pack it again.") from error
    inside = [
        name for name in names if name.lower().endswith(_ZIPPED) and not name.startswith("__MACOSX")
    ]
    if not inside:
        raise InputError(
            f"{path.name} holds no map layer: a zip must contain one of {', '.join(_ZIPPED)}."
        )
    return [f"/vsizip/{path.resolve()}/{name}" for name in inside]


def _layers(path: Path) -> dict[str, tuple[str, str | None]]:
    """Return the layers of a file: name to GDAL's name of their source and their geometry type."""
    sources = _zipped_sources(path) if path.suffix.lower() == ".zip" else [str(path)]
    try:
        return {
            str(name): (source, kind)
            for source in sources
            for name, kind in pyogrio.list_layers(source)
        }
    except _UNREADABLE as error:
        raise InputError(
            f"{path.name} cannot be read: it is damaged, cut short or not the format its name says;"
            " export it again as GeoPackage or GeoJSON."
        ) from error


def _chosen(file: str, layers: dict[str, tuple[str, str | None]], options: ReadOptions) -> str:
    """Return the layer to read; where there are several the user has to say."""
    if options.layer is not None:
        if options.layer not in layers:
            raise InputError(f"{file} has no layer '{options.layer}': it has {', '.join(layers)}.")
        return options.layer
    placed = NOUNS[options.noun].geometry is not None
    fitting = [name for name, (_, kind) in layers.items() if kind is not None or not placed]
    fitting = fitting or list(layers)
    if not fitting:
        raise InputError(f"{file} holds no layer: export it again with data in it.")
    if len(fitting) > 1:
        raise InputError(
            f"{file} has {len(fitting)} layers: choose one with --layer, {', '.join(fitting)}."
        )
    return fitting[0]


def _shapefile_encoding(source: str, result: ReadResult) -> str | None:
    """Look into a Shapefile's attributes; None for other formats, whose encoding is fixed."""
    if not source.lower().endswith(".shp"):
        return None
    table, declared = _sibling(source, ".dbf"), _sibling(source, ".cpg")
    if table is None:
        return None
    said = declared.decode("ascii", "replace").strip() if declared else None
    encoding, overruled = attribute_encoding(table, said)
    if overruled:
        result.notes.append(f"texts are {encoding.upper()}, though the .cpg file says {said}")
    return encoding


def _sibling(source: str, suffix: str) -> bytes | None:
    """Return the content of the file beside a Shapefile, inside its zip or on disk."""
    if source.startswith("/vsizip/"):
        inside = source.lower().index(".zip/") + len(".zip")
        archive_path, member = source[len("/vsizip/") : inside], PurePosixPath(source[inside + 1 :])
        with zipfile.ZipFile(archive_path) as archive:
            wanted = str(member.with_suffix(suffix)).lower()
            for name in archive.namelist():
                if name.lower() == wanted:
                    return archive.read(name)
        return None
    shapefile = Path(source)
    for candidate in (shapefile.with_suffix(suffix), shapefile.with_suffix(suffix.upper())):
        if candidate.exists():
            return candidate.read_bytes()
    return None


def _geoparquet(path: Path) -> SourceTable:
    try:
        frame = gpd.read_parquet(path)
    except (ValueError, pyarrow.ArrowException, shapely.errors.GEOSException) as error:
        raise InputError(
            f"{path.name} is not a GeoParquet file that can be read ({_first_sentence(error)}):"
            " write it with its geometry column, as geopandas.to_parquet does."
        ) from error
    crs = coordinates.usable(frame.crs)
    columns = {str(name): _plain(frame[name]) for name in frame.columns.drop(frame.geometry.name)}
    return SourceTable(
        columns,
        np.asarray(frame.geometry.values, dtype=object),
        None if crs is None else DeclaredCrs(crs),
        path.stem,
        numbered(len(frame)),
    )


def _plain(column: pd.Series) -> Column:
    """Return numbers and times as numpy has them, all else as objects with None for no value."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert(None)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biufM":
        return column.to_numpy()
    return column.astype(object).where(column.notna(), None).to_numpy()


def _crs(text: str | None) -> pyproj.CRS | None:
    """Return the CRS GDAL read; None for none, a placeholder or one PROJ does not understand."""
    if not text:
        return None
    try:
        return coordinates.usable(pyproj.CRS.from_user_input(text))
    except ProjError:
        return None


def _first_sentence(error: BaseException) -> str:
    return str(error).strip().split("\n")[0].split("; ")[0].rstrip(".")
