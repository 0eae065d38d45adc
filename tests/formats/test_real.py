"""Real files, written by nobody here: counts that were checked by other means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from mapdesk.formats import ReadResult
from mapdesk.model.errors import CrsError

Read = Callable[..., ReadResult]
pytestmark = pytest.mark.real_data


def test_helsinki(real_data: Path, read_as: Read) -> None:
    result = read_as(real_data / "helsinki/Helsinki.osm.pbf", "osm", 3067)
    assert result.kept == {
        "building": 446, "road": 2461, "railway": 318, "camera": 221, "address": 1457, "land_use": 327,
    }  # fmt: skip
    buildings, roads = result.frames["building"], result.frames["road"]
    assert set(buildings.geom_type) <= {"Polygon", "MultiPolygon"}
    assert set(roads.geom_type) == {"LineString"}
    assert buildings["floors"].notna().sum() > 100
    assert result.frames["address"]["building_id"].notna().sum() > 500
    tracks = result.frames["railway"]
    assert tracks["kind"].value_counts().to_dict() == {"tram": 177, "rail": 138, "subway": 3}
    assert tracks.loc[tracks["tunnel"].fillna(False), "kind"].tolist() == ["subway"] * 3
    assert tracks["track_use"].value_counts().to_dict() == {"crossover": 9, "yard": 2}
    assert set(roads.loc[roads["bridge"].fillna(False), "layer"]) == {1}
    assert any(refusal.row.startswith("way/") for refusal in result.refused)


def test_helsinki_population_grid(real_data: Path, read_as: Read) -> None:
    path = real_data / "helsinki/helsinki_population_grid_2020.gpkg"
    grids = read_as(path, "grid", 3067).frames["grid"]
    assert len(grids) == 92
    assert grids["population"].sum() == gpd.read_file(path)["population"].sum()


def test_manhattan_tiles(real_data: Path, read_as: Read) -> None:
    path = real_data / "nyc_manhattan/lower_manhattan_buildings.gpkg"
    result = read_as(path, "building", 32618)
    buildings = result.frames["building"]
    assert result.read == 14545
    assert not result.refused
    assert buildings["id"].is_unique
    assert buildings["id"].str.split("#").str[0].nunique() == 14179
    assert set(buildings.geom_type) == {"Polygon"}
    assert buildings["height"].max() == 541.0
    whole = gpd.read_file(path).to_crs(32618).dissolve("osm_id")  # tiles overlap at their edges
    assert buildings.area.sum() == pytest.approx(whole.area.sum(), rel=1e-4)


def test_manhattan_roads_and_grids(real_data: Path, read_as: Read) -> None:
    folder = real_data / "nyc_manhattan"
    roads = read_as(folder / "lower_manhattan_roads.gpkg", "road", 32618).frames["road"]
    assert roads["oneway"].sum() == 1365
    assert roads["max_speed"].notna().sum() == 4093 - 2678
    assert (roads["bridge"].sum(), roads["tunnel"].sum()) == (104, 56)
    assert roads["layer"].agg(["min", "max"]).tolist() == [-3, 5]
    assert read_as(folder / "CD.geo.json", "grid", 32618).kept == {"grid": 71}
    areas = read_as(folder / "NTA.geo.json", "grid", 32618, fields={"level": "=2"}).frames["grid"]
    assert len(areas) == 195
    assert areas["name"].notna().all()
    assert set(areas["level"]) == {2}


def test_delft(real_data: Path, read_as: Read) -> None:
    result = read_as(real_data / "cityjson/delft.json", "building", 28992)
    assert result.kept == {"building": 160, "land_use": 353}
    assert result.frames["building"]["height"].between(0.5, 20).all()
    west, south, east, north = result.frames["building"].total_bounds
    assert (west > 84_616, south > 447_422, east < 85_141, north < 447_751) == (True,) * 4


@pytest.mark.parametrize(
    ("name", "count"), [("rotterdam_subset.json", 16), ("DH_01_subs.city.json", 4)]
)
def test_city_models_without_crs(name: str, count: int, real_data: Path, read_as: Read) -> None:
    path = real_data / "cityjson" / name
    with pytest.raises(CrsError, match="--assume-crs"):
        read_as(path, "building", 28992)
    assert read_as(path, "building", 28992, assume_crs="EPSG:7415").kept == {"building": count}


@pytest.mark.parametrize("district", [32650, 4547])
def test_nanshan(district: int, real_data: Path, read_as: Read) -> None:
    result = read_as(real_data / "nanshan/nanshan-building.geojson", "building", district)
    buildings = result.frames["building"]
    assert result.kept == {"building": 5438}
    assert buildings["id"].is_unique
    assert buildings["height"].nunique() == 10
    assert shapely.is_valid(buildings.geometry.values).all()
    assert "3 broken outlines repaired" in result.notes


def test_nanshan_is_not_in_the_demos_zone(real_data: Path, read_as: Read) -> None:
    with pytest.raises(CrsError, match=r"113\.93, 22\.52.*EPSG:4548"):
        read_as(real_data / "nanshan/nanshan-building.geojson", "building", 4548)


@pytest.mark.parametrize("code", ["110102", "120116"])
def test_fences_in_gcj02(code: str, real_data: Path, read_as: Read) -> None:
    path = real_data / f"china_districts/fence_{code}.json"
    shifted = read_as(path, "grid", 4548, assume_crs="GCJ-02").frames["grid"].geometry.iloc[0]
    plain = read_as(path, "grid", 4548).frames["grid"].geometry.iloc[0]
    assert 300 < shifted.centroid.distance(plain.centroid) < 800


@pytest.mark.parametrize(
    ("name", "count"),
    [("blocks", 3014), ("precincts", 59), ("new_precincts", 55), ("districts", 15)],
)
def test_providence(name: str, count: int, real_data: Path, read_as: Read) -> None:
    path = real_data / f"providence/{name}.zip"
    result = read_as(path, "grid", 32619)
    assert result.kept == {"grid": count}
    if name == "blocks":
        assert result.frames["grid"]["population"].sum() == 178_040
    with pytest.raises(CrsError, match=r"EPSG:4269.*EPSG:4326"):
        read_as(path, "grid", 32619, assume_crs="EPSG:4326")


def test_dakar_cameras(real_data: Path, read_as: Read) -> None:
    result = read_as(real_data / "dakar/cameras.geojson", "camera", 32628)
    assert result.kept == {"camera": 103}
    assert result.frames["camera"]["id"].is_unique


def test_baltimore_requests(real_data: Path, read_as: Read) -> None:
    result = read_as(real_data / "baltimore/311_sample.csv", "incident", 32618)
    assert (result.read, result.kept["incident"], len(result.refused)) == (10_000, 8_518, 1_482)
    assert result.frames["incident"]["reported_at"].dt.year.between(2010, 2020).all()


def test_fixes_of_a_track(real_data: Path, read_as: Read) -> None:
    path = real_data / "beijing/geolife_small.gpkg"
    assert read_as(path, "component", 32650, fields={"kind": "=fix"}).kept == {"component": 5908}
