"""Pictures of imagery, from real rasters: two looks of a satellite's picture, and a topographic map."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyproj
import shapely
from picture_files import save
from picture_sources import credit_sources
from PyQt6.QtGui import QPixmap

from mapdesk.app import shooting
from mapdesk.app.imagery import Swipe
from mapdesk.services import districts, imagery, importing

MAP_SIZE = (860, 540)
PLACES: dict[str, tuple[str, str, tuple[float, float, float, float]]] = {
    "compare": ("Fishbourne", "EPSG:32630", (624_900.0, 5_621_250.0, 627_300.0, 5_622_400.0)),
    "topographic": (
        "Mount Whitney",
        "EPSG:32611",
        (382_500.0, 4_046_500.0, 386_500.0, 4_049_500.0),
    ),
}
"""By picture: the district's name and CRS, and the grid (m) that says where it lies."""
SENTINEL = "Copernicus Sentinel data"


def draw(real: Path, work: Path, out: Path) -> None:
    """Make both pictures in `out`, with districts under `work`."""
    for name, (title, crs, bounds) in PLACES.items():
        folder = work / f"imagery-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        with districts.create_district(folder, title, crs) as store:
            importing.import_file(
                store, _grid(folder, title, crs, bounds), "grids", progress=_quiet
            )
            credit_sources(store)
            picture = work / f"map-imagery-{name}.png"
            ground = shooting.Ground("imagery")
            if name == "compare":
                file = str(real / "rasters" / "s2a_l2a_fishbourne.tif")
                for called, bands in (("Natural colours", (3, 2, 1)), ("Infrared", (4, 3, 2))):
                    layer = replace(imagery.guessed(file, called), bands=bands)
                    imagery.add(store, replace(layer, attribution=SENTINEL))
                ground = shooting.Ground("imagery", Swipe("Natural colours", "Infrared", 0.48))
            else:
                file = str(real / "pmtiles" / "usgs-mt-whitney-8-15-webp-512.pmtiles")
                layer = imagery.guessed(file, "USGS")
                imagery.add(store, replace(layer, attribution="USGS The National Map"))
            view = shooting.View(None, None, 0.0, 55.0)
            contents = shooting.Contents(["grid"], ground=ground)
            shooting.shoot_map(store, picture, MAP_SIZE, view, contents)
        save(QPixmap(str(picture)), out / picture.name)


def _grid(folder: Path, title: str, crs: str, bounds: tuple[float, float, float, float]) -> Path:
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    corners = shapely.get_coordinates(shapely.box(*bounds))
    ring = [list(to_degrees.transform(x, y)) for x, y in corners.tolist()]
    feature = {
        "type": "Feature",
        "properties": {"name": title, "level": 1, "code": "1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = folder / "grid.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def _quiet(_text: str, _part: float) -> None:
    """A progress nobody watches."""
