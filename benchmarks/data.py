"""Districts to measure on, made once and kept in ``benchmarks/work``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from mapdesk.model.nouns import BUILDING_USES
from mapdesk.services import importing
from mapdesk.services.districts import create_district, open_district
from mapdesk.store import places, writing

WORK = Path(__file__).resolve().parent / "work"

BUILDINGS, CAMERAS, BOXES = 100_000, 5_000, 20_000
CRS = "EPSG:32650"
SPACING, STREET, BLOCK = 28.0, 14.0, 8
"""Metres from building to building, metres a street adds, buildings between two streets."""

_CORNER = np.array([500_000.0, 4_000_000.0])
_RECTANGLE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
_ELL = np.array([[0, 0], [1, 0], [1, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]], float)
_COURT = np.array([[0.3, 0.3], [0.3, 0.7], [0.7, 0.7], [0.7, 0.3]])


def city() -> Path:
    """Return a district of 100,000 buildings on a street grid with 5,000 cameras."""
    folder = WORK / "city-1"
    if not folder.is_dir():
        WORK.mkdir(exist_ok=True)
        temporary = WORK / "city.part"
        shutil.rmtree(temporary, ignore_errors=True)
        with create_district(temporary, "Benchmark city", CRS) as store:
            with writing.transaction(store) as connection:
                writing.upsert(store, connection, _frames(np.random.default_rng(3)))
            importing.set_origin(store)
        temporary.rename(folder)
    return folder


def boxes(count: int = BOXES) -> Path:
    """Return a GeoJSON of `count` buildings in the middle of the city, in degrees, with their heights."""
    path = WORK / f"boxes-{count}.geojson"
    if not path.is_file():
        with open_district(city()) as store:
            features = places.features(store, "building", ["use", "height"])
            middle = features.xy - np.mean(features.xy, axis=0)
            # A square of the city, not a disc of it: streets run through whole.
            near = np.argsort(np.abs(middle).max(axis=1), kind="stable")[:count]
            crs = store.district.crs
        frame = gpd.GeoDataFrame(
            {
                "id": features.ids[near],
                "use": features.columns["use"][near],
                "height": features.columns["height"][near],
            },
            geometry=features.placed[near],
            crs=crs,
        ).to_crs(4326)
        temporary = path.with_suffix(".part")
        frame.to_file(temporary, driver="GeoJSON", COORDINATE_PRECISION=8)
        temporary.rename(path)
    return path


def district_of(boxes: Path, folder: Path) -> None:
    """Make a district of a GeoJSON of buildings, as a user does."""
    with create_district(folder, "Boxes", CRS) as store:
        importing.import_file(store, boxes, "buildings", key="id", progress=_quiet)


def _quiet(_text: str, _part: float) -> None:
    return


def demo() -> Path:
    """Return the demo district at full size."""
    folder = WORK / "demo"
    if not folder.is_dir():
        WORK.mkdir(exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "mapdesk", "demo", "--at", str(folder), "--no-open"], check=True
        )
    return folder


def _frames(random: np.random.Generator) -> dict[str, pd.DataFrame]:
    shapes = _footprints(random)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    at = middle[random.integers(0, BUILDINGS, CAMERAS)] + SPACING / 2
    return {
        "building": pd.DataFrame(
            {
                "id": [f"b{number:06d}" for number in range(BUILDINGS)],
                "use": random.choice(BUILDING_USES, BUILDINGS),
                "height": np.clip(random.lognormal(2.4, 0.6, BUILDINGS), 3, 150).round(1),
                "geometry": shapes,
            }
        ),
        "camera": pd.DataFrame(
            {
                "id": [f"c{number:05d}" for number in range(CAMERAS)],
                "geometry": shapely.points(at),
            }
        ),
    }


def _footprints(random: np.random.Generator) -> NDArray[np.object_]:
    """Return 60 % rectangles, 25 % of six corners, 10 % of twenty to thirty, 5 % with a courtyard."""
    side = int(np.ceil(np.sqrt(BUILDINGS)))
    cell = np.stack(np.divmod(np.arange(BUILDINGS), side), axis=1)[:, ::-1]
    middle = _CORNER + cell * SPACING + cell // BLOCK * STREET
    middle = middle + random.uniform(-3, 3, (BUILDINGS, 2))
    size, turn = random.uniform(8, 20, (BUILDINGS, 2)), random.normal(0, 0.08, BUILDINGS)
    east = np.column_stack([np.cos(turn), np.sin(turn)]) * size[:, :1]
    north = np.column_stack([-np.sin(turn), np.cos(turn)]) * size[:, 1:]
    corner = middle - (east + north) / 2
    kind = random.random(BUILDINGS)

    def placed(outline: NDArray[np.float64], number: int) -> NDArray[np.float64]:
        along, across = outline[:, :1] * east[number], outline[:, 1:] * north[number]
        return np.asarray(corner[number] + along + across)

    def shape(number: int) -> shapely.Polygon:
        if kind[number] < 0.60:
            return shapely.Polygon(placed(_RECTANGLE, number))
        if kind[number] < 0.85:
            return shapely.Polygon(placed(_ELL, number))
        if kind[number] < 0.95:
            return shapely.Polygon(placed(_stepped(int(random.integers(9, 14))), number))
        return shapely.Polygon(placed(_RECTANGLE, number), [placed(_COURT, number)])

    return np.array([shape(number) for number in range(BUILDINGS)], object)


def _stepped(steps: int) -> NDArray[np.float64]:
    """Return an outline whose north side goes back and forth in `steps` bays."""
    edges = np.repeat(np.linspace(1, 0, steps + 1), 2)[1:-1]
    depth = np.repeat(0.8 + 0.2 * (np.arange(steps) % 2), 2)
    return np.vstack([[[0, 0], [1, 0]], np.column_stack([edges, depth])])
