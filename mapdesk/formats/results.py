"""Results out of the desk: XLSX, CSV, GeoPackage, GeoParquet, by the suffix of the file.

Every file says who took it out, when and what for (`Watermark`):

========== =====================================================================================
.xlsx      the last row, after an empty one, and the foot of each printed page
.csv       the last line: the first stays the header, so that programs read the columns
.gpkg      a table ``about`` of keys and values, and the description of the layer ``result``
.parquet   the schema's metadata under the key ``mapdesk``, as JSON
========== =====================================================================================

A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end would be run as a formula by a
spreadsheet (OWASP, "CSV Injection"). An XLSX cell is typed as text and marked so; a CSV cell gets an
apostrophe before it, which whoever reads the file with a program takes off again. Numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from mapdesk.formats.coordinates import to_wgs84
from mapdesk.formats.results_geo import write_geopackage, write_parquet
from mapdesk.formats.results_tables import write_csv, write_xlsx
from mapdesk.formats.watermark import Watermark
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.errors import InputError

Rows = pd.DataFrame | Sequence[Mapping[str, Any]]

_DEGREES = 7
"""Decimals of a degree: 1 cm."""

TABLES: dict[str, Callable[[Path, pd.DataFrame, Watermark], None]] = {
    ".xlsx": write_xlsx,
    ".csv": write_csv,
}
"""Formats that people read: headings and words in their language."""
_PLACED: dict[str, Callable[[Path, pd.DataFrame, Watermark], None]] = {
    ".gpkg": write_geopackage,
    ".parquet": write_parquet,
}

SUFFIXES = (*TABLES, *_PLACED)
"""What a result can be written as."""


def write_result(
    path: Path,
    rows: Rows,
    watermark: Watermark,
    titles: Mapping[str, str] | None = None,
) -> None:
    """Write rows to a file, whole or not at all.

    Parameters
    ----------
    path : Path
        Its suffix says the format, one of `SUFFIXES`; an older file of this name is replaced.
    rows : DataFrame, GeoDataFrame or sequence of mappings
        What comes out of a service: masked already, or not. A GeoDataFrame carries its CRS; tables
        get longitude and latitude of a point inside each geometry instead of it.
    watermark : Watermark
        Said in the file.
    titles : mapping of str to str, optional
        Headings of columns in XLSX and CSV, by name; a column without one is headed by its name.

    Raises
    ------
    InputError
        No such format, more rows than an XLSX sheet takes, or the disk is full: nothing was written.
    NotFoundError
        No such folder.
    """
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame([dict(row) for row in rows])
    suffix = path.suffix.lower()
    if suffix in TABLES:
        table = _flat(frame).rename(columns=dict(titles or {}))
        with whole_file(path) as part:
            TABLES[suffix](part, table, watermark)
    elif suffix in _PLACED:
        with whole_file(path) as part:
            _PLACED[suffix](part, frame, watermark)
    else:
        raise InputError(
            f"{path.name}: a result is written as {', '.join(SUFFIXES)}; end the name with one of them."
        )


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with longitude and latitude for its geometry."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    geometry = np.asarray(frame.geometry.values, dtype=object)
    points = shapely.point_on_surface(geometry)
    if frame.crs is not None:
        points = to_wgs84(points, frame.crs)
    flat = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    flat["longitude"] = np.round(shapely.get_x(points), _DEGREES)
    flat["latitude"] = np.round(shapely.get_y(points), _DEGREES)
    return flat
