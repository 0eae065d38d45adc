"""Rows out of the desk: GeoJSON as RFC 7946 has it."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from mapdesk.formats.coordinates import to_wgs84
from mapdesk.formats.reading import Geometries

DIGITS = 7
"""Decimals of a degree that are written: 1 cm."""


def feature_collection(rows: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return rows as a GeoJSON FeatureCollection.

    Parameters
    ----------
    rows : GeoDataFrame
        With its CRS; a column `id`, if there is one, becomes the features' id.

    Returns
    -------
    dict
        Ready for `json.dumps`: EPSG:4326 with longitude first, `DIGITS` decimals, outer rings
        counter-clockwise, None for missing values, dates and times in ISO 8601.
    """
    shapes = _degrees(np.asarray(rows.geometry.values, dtype=object), rows)
    attributes = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    records = attributes.astype("object").to_dict("records")
    features = []
    for shape, record in zip(shapes, records, strict=True):
        properties = {str(name): _plain(value) for name, value in record.items()}
        identity = properties.pop("id", None)
        geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
        feature = {"type": "Feature", "geometry": geometry, "properties": properties}
        features.append(feature if identity is None else {"id": identity, **feature})
    return {"type": "FeatureCollection", "features": features}


def write_geojson(path: Path, rows: gpd.GeoDataFrame) -> None:
    """Write rows to a GeoJSON file in UTF-8; see `feature_collection`."""
    content = json.dumps(feature_collection(rows), ensure_ascii=False, allow_nan=False)
    path.write_text(content, encoding="utf-8")


def _degrees(geometry: Geometries, rows: gpd.GeoDataFrame) -> Geometries:
    degrees = to_wgs84(geometry, rows.crs)
    rounded = shapely.transform(degrees, lambda points: np.round(points, DIGITS))
    oriented: Geometries = shapely.orient_polygons(rounded, exterior_cw=False)
    return oriented


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
