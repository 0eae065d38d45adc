"""GeoJSON out."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from mapdesk.formats import feature_collection, write_geojson


def rows() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "id": ["a", "b"],
            "floors": pd.array([3, None], dtype="Int64"),
            "height": [9.5, float("nan")],
            "born": [datetime.date(1980, 2, 3), None],
            "at": pd.to_datetime(pd.Series(["2024-05-01T10:00:00", None])),
        },
        geometry=[shapely.box(500_000, 4_317_000, 500_010, 4_317_010), None],
        crs=32650,
    )


def test_features_are_rfc_7946() -> None:
    first, second = feature_collection(rows())["features"]
    ring = first["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert shapely.LinearRing(ring).is_ccw
    assert 116.999 < ring[0][0] < 117.001
    assert all(round(value, 7) == value for place in ring for value in place)
    assert first["id"] == "a"
    assert first["properties"] == {
        "floors": 3, "height": 9.5, "born": "1980-02-03", "at": "2024-05-01T10:00:00",
    }  # fmt: skip
    assert second["geometry"] is None
    assert set(second["properties"].values()) == {None}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_geojson(tmp_path / "out.geojson", rows())
    assert json.loads((tmp_path / "out.geojson").read_text("utf-8"))["type"] == "FeatureCollection"
    assert len(gpd.read_file(tmp_path / "out.geojson")) == 2
