"""Files made on the spot, and the folder with real ones."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyproj
import pytest

from mapdesk.formats import ReadOptions, ReadResult, read

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def real_data() -> Path:
    folder = Path(os.environ.get("MAPDESK_REAL_DATA", REPOSITORY / "../shared/data/real"))
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there (set MAPDESK_REAL_DATA)")
    return folder


@pytest.fixture
def read_as() -> Callable[..., ReadResult]:
    """Read a file as a noun in a district, EPSG:32650 unless told otherwise."""

    def reader(path: Path, noun: str, epsg: int = 32650, **options: Any) -> ReadResult:
        crs = pyproj.CRS.from_epsg(epsg)
        return read(path, ReadOptions(noun, crs, source_id="test", **options), lambda *_: None)

    return reader


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """Write features, given as (geometry, properties), to a GeoJSON file."""

    def write(*features: tuple[dict[str, Any] | None, dict[str, Any]], name: str = "f") -> Path:
        path = tmp_path / f"{name}.geojson"
        content = {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": geometry, "properties": properties}
                for geometry, properties in features
            ],
        }
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write
