"""Rows as GeoPackage and GeoParquet, geometry and CRS with them; see `results`."""

from __future__ import annotations

import errno
import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from mapdesk.formats.watermark import Watermark

LAYER = "result"
ABOUT = "about"
METADATA_KEY = "mapdesk"

_NO_ROOM = ("disk is full", "disk I/O error", "commit transaction")
"""What GDAL says when a new file cannot grow."""


def write_geopackage(path: Path, frame: pd.DataFrame, watermark: Watermark) -> None:
    """Write the layer `LAYER` and the table `ABOUT`; a frame without geometry becomes a table.

    Raises
    ------
    OSError
        The disk does not take it.
    """
    about = pd.DataFrame(list(watermark.facts.items()), columns=["key", "value"])
    # SQLite would sort what does not fit its memory in the system's folder for temporaries.
    pyogrio.set_gdal_config_options({"OGR_SQLITE_PRAGMA": "temp_store=MEMORY"})
    try:
        pyogrio.write_dataframe(
            _plain_columns(frame),
            path,
            layer=LAYER,
            driver="GPKG",
            layer_options={"DESCRIPTION": watermark.line},
        )
        pyogrio.write_dataframe(about, path, layer=ABOUT, driver="GPKG", append=True)
    except (DataSourceError, DataLayerError, FeatureError) as error:
        full = any(sign in str(error) for sign in _NO_ROOM)
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error


def write_parquet(path: Path, frame: pd.DataFrame, watermark: Watermark) -> None:
    """Write GeoParquet, or plain Parquet for a frame without geometry.

    Raises
    ------
    OSError
        The disk does not take it.
    """
    table = _table(_plain_columns(frame))
    said = {METADATA_KEY: json.dumps(watermark.facts, ensure_ascii=False)}
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **said}), path)


def _table(frame: pd.DataFrame) -> pa.Table:
    """Return an Arrow table, with the description of the geometry where there is one.

    GeoPandas writes that description into files alone, so one is made in memory.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        return pa.Table.from_pandas(frame, preserve_index=False)
    written = io.BytesIO()
    frame.to_parquet(written, index=False)
    return pq.read_table(written)


def _plain_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns hold one type each: what is mixed becomes text."""
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    plain = frame.copy()
    for name in frame.columns:
        if name != geometry and frame[name].dtype == object:
            plain[name] = _one_type(frame[name])
    return plain


def _one_type(values: pd.Series[Any]) -> pd.Series[Any]:
    kinds = {type(value) for value in values.dropna()}
    if kinds and kinds <= {date, datetime, pd.Timestamp}:
        return pd.to_datetime(values)
    if len(kinds) <= 1 and kinds <= {str, bool, int, float}:
        return values.convert_dtypes()
    return values.map(str, na_action="ignore").astype("str")
