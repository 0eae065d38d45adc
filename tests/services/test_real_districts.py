"""Real data from nobody here: each district imports, answers, and draws."""

import geopandas as gpd
import pytest
import shapely

from mapdesk.services import (
    city,
    districts,
    export,
    finding,
    importing,
    nearest,
    selecting,
)
from mapdesk.store import places

DISTRICTS = {
    "helsinki": (
        "EPSG:3067",
        [
            ("helsinki/Helsinki.osm.pbf", "osm", None),
            ("helsinki/helsinki_population_grid_2020.gpkg", "grids", None),
        ],
        (24.943, 60.170),
        "camera",
        "Mannerheim",
    ),
    "manhattan": (
        "EPSG:32618",
        [
            ("nyc_manhattan/lower_manhattan_buildings.gpkg", "buildings", None),
            ("nyc_manhattan/lower_manhattan_roads.gpkg", "roads", None),
            ("nyc_manhattan/NTA.geo.json", "grids", None),
        ],
        (-74.0094, 40.7085),
        "building",
        None,
    ),
    "delft": (
        "EPSG:28992",
        [("cityjson/delft.json", "buildings", None)],
        None,
        "building",
        "NL.IMBAG",
    ),
    "nanshan": (
        "EPSG:4547",
        [
            ("nanshan/nanshan-building.geojson", "buildings", None),
            ("nanshan/nanshan-road1.geojson", "roads", None),
        ],
        None,
        "building",
        "nanshan",
    ),
    "binhai": (
        "EPSG:4548",
        [("china_districts/fence_120116.json", "grids", "GCJ-02")],
        None,
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", DISTRICTS)
def test_a_real_district_imports_and_answers(name, real_data, tmp_path, progress):
    crs, files, at, noun, text = DISTRICTS[name]
    with districts.create_district(tmp_path / name, name, crs) as store:
        for file, kind, assumed in files:
            report = importing.import_file(
                store, real_data / file, kind, assume_crs=assumed, progress=progress
            )
            assert report.kept > 0
            again = importing.import_file(
                store, real_data / file, kind, assume_crs=assumed, progress=progress
            )
            assert sum(again.new.values()) == 0
            assert sum(again.updated.values()) == report.kept
        if noun is None:
            return
        features = places.features(store, noun)
        x, y = store.district.from_lonlat(*at) if at else features.xy.mean(axis=0)
        lon, lat = store.district.to_lonlat(x, y)
        circle = export.circle_at(store, float(lon), float(lat), 300)
        series = gpd.GeoSeries(features.placed, index=features.ids)
        metres = series.distance(shapely.Point(float(x), float(y)))
        found = selecting.select(store, [noun], circle)
        assert found.ids(noun) == tuple(sorted(metres[metres <= 300].index))
        assert len(found) > 0
        near = nearest.nearest(store, noun, float(x), float(y), 5)
        assert [one.metres for one in near] == pytest.approx(sorted(metres)[:5], abs=1e-6)
        assert finding.find(store, features.ids[0])[0].ref.id == features.ids[0]
        assert len(city.whole(store, store.district.origin).tiles) > 0
        if text and name == "helsinki":
            assert any(text.lower() in one.title.lower() for one in finding.find(store, text))


def test_helsinki_buildings_get_the_population_grid_they_stand_in(real_data, tmp_path, progress):
    with districts.create_district(tmp_path / "h", "Helsinki", "EPSG:3067") as store:
        importing.import_file(
            store, real_data / "helsinki/Helsinki.osm.pbf", "osm", progress=progress
        )
        importing.import_file(
            store,
            real_data / "helsinki/helsinki_population_grid_2020.gpkg",
            "grids",
            progress=progress,
        )
        grids = places.features(store, "grid", ["population"])
        buildings = places.features(store, "building", ["grid_id"])
        points = gpd.GeoDataFrame(
            {"id": buildings.ids, "grid_id": buildings.columns["grid_id"]},
            geometry=shapely.point_on_surface(buildings.placed),
        )
        joined = points.sjoin(
            gpd.GeoDataFrame({"own": grids.ids}, geometry=grids.placed), predicate="within"
        )
        assert len(joined) > 300
        assert (joined["grid_id"] == joined["own"]).all()
        assert points[~points["id"].isin(joined["id"])]["grid_id"].isna().all()
