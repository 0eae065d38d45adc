"""Layers of features, good and bad, made on the spot."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from mapdesk.formats import ReadResult
from mapdesk.model.errors import CrsError, InputError, NotFoundError
from tests.formats.features import point, square

Read = Callable[..., ReadResult]
Write = Callable[..., Path]


def frame(**columns: list[object]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    boxes = [shapely.box(117 + 0.01 * n, 39, 117.005 + 0.01 * n, 39.005) for n in range(count)]
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=4326)


def test_rows_come_in_the_districts_crs_with_every_field(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {"id": "b1", "HEIGHT": "12 m", "名称": "一号楼"}))
    result = read_as(path, "building")
    row = result.frames["building"].iloc[0]
    assert (row["id"], row["height"], row["name"], row["source"]) == ("b1", 12.0, "一号楼", "test")
    assert row.geometry.centroid.x == pytest.approx(500_000, abs=100)
    assert (result.read, result.kept) == (1, {"building": 1})


@pytest.mark.parametrize("suffix", ["gpkg", "fgb", "parquet", "shp", "geojson", "zip"])
def test_every_container_gives_the_same(suffix: str, tmp_path: Path, read_as: Read) -> None:
    source = frame(osm_id=["1", "2"], height=[3.0, 4.0])
    path = tmp_path / f"houses.{suffix}"
    if suffix == "parquet":
        source.to_parquet(path)
    elif suffix == "zip":
        (tmp_path / "inner").mkdir()
        source.to_file(tmp_path / "inner" / "houses.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for each in (tmp_path / "inner").iterdir():
                archive.write(each, f"deep/{each.name}")
    else:
        source.to_file(path)
    result = read_as(path, "building")
    heights = result.frames["building"].set_index("id")["height"]
    assert heights.to_dict() == {"1": 3.0, "2": 4.0}
    assert result.attribution == "© OpenStreetMap contributors"


def test_importing_twice_gives_the_same_ids(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {}), (square(117.1), {}))
    first, second = (read_as(path, "building").frames["building"] for _ in range(2))
    assert first["id"].tolist() == second["id"].tolist()
    assert first["id"].str.startswith("f-").all()


def test_serial_numbers_carry_their_layer(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {"OBJECTID": 4}), name="wards")
    assert read_as(path, "grid").frames["grid"]["id"].tolist() == ["wards-4"]


def test_the_users_fields_and_key_win(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {"id": 1, "nr": "g7", "label": "North", "name": "no"}))
    result = read_as(path, "grid", fields={"name": "label", "level": "=3"}, key="nr")
    row = result.frames["grid"].iloc[0]
    assert (row["id"], row["name"], row["level"]) == ("g7", "North", 3)


def test_grids_have_level_one_unless_told(read_as: Read, geojson: Write) -> None:
    assert read_as(geojson((square(), {})), "grid").frames["grid"]["level"].tolist() == [1]


def test_several_layers_have_to_be_chosen_from(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "two.gpkg"
    frame(id=["1"]).to_file(path, layer="old")
    frame(id=["2"]).to_file(path, layer="new")
    with pytest.raises(InputError, match=r"two\.gpkg has 2 layers: .*--layer, old, new"):
        read_as(path, "building")
    with pytest.raises(InputError, match="no layer 'odd': it has old, new"):
        read_as(path, "building", layer="odd")
    assert read_as(path, "building", layer="new").frames["building"]["id"].tolist() == ["2"]


@pytest.mark.parametrize("cpg", [None, "UTF-8", "GB18030", "nonsense"])
def test_chinese_shapefile_with_a_wrong_cpg(cpg: str | None, tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "楼.shp"
    frame(name=["滨海新区", "塘沽街道"]).to_file(path, encoding="GB18030")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    assert read_as(path, "building").frames["building"]["name"].tolist() == ["滨海新区", "塘沽街道"]


def test_utf8_shapefile_without_cpg(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "h.shp"
    frame(name=["Käsivarrentie", "滨海新区"]).to_file(path, encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    names = read_as(path, "building").frames["building"]["name"].tolist()
    assert names == ["Käsivarrentie", "滨海新区"]


def test_mixed_and_missing_geometry_is_refused_by_row(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {}), (point(), {}), (None, {}), (square(117.2), {"height": "tall"}))
    result = read_as(path, "building")
    assert result.kept == {"building": 1}
    assert {refusal.row: refusal.reason for refusal in result.refused} == {
        "row 2": "is a point, and buildings are polygons",
        "row 3": "has no geometry",
        "row 4": "height: 'tall' is not a number in m",
    }


def test_a_collection_gives_its_polygons(read_as: Read, geojson: Write) -> None:
    both = {"type": "GeometryCollection", "geometries": [square(), point()]}
    result = read_as(geojson((both, {})), "grid")
    assert result.kept == {"grid": 1}
    assert any("only the polygons taken" in note for note in result.notes)


def test_nothing_usable_is_one_sentence(read_as: Read, geojson: Write) -> None:
    with pytest.raises(InputError, match=r"None of the 1 row of f.geojson .* is a point"):
        read_as(geojson((point(), {})), "building")


def test_a_bow_tie_is_repaired_and_told(read_as: Read, geojson: Write) -> None:
    ring = [[117, 39], [117.001, 39.001], [117.001, 39], [117, 39.001], [117, 39]]
    result = read_as(geojson(({"type": "Polygon", "coordinates": [ring]}, {})), "building")
    assert result.frames["building"].geometry.is_valid.all()
    assert "1 broken outline repaired" in result.notes


def test_a_flat_outline_is_refused(read_as: Read, geojson: Write) -> None:
    ring = [[117, 39], [117, 39.001], [117, 39.002], [117, 39]]
    flat = {"type": "Polygon", "coordinates": [ring]}
    result = read_as(geojson((square(), {}), (flat, {})), "building")
    assert [refusal.reason for refusal in result.refused] == ["has an outline without area"]


def test_footprints_come_apart_and_grids_do_not(read_as: Read, geojson: Write) -> None:
    touching = [square()["coordinates"], square(117.001)["coordinates"]]
    path = geojson(({"type": "MultiPolygon", "coordinates": touching}, {"id": "x"}))
    buildings = read_as(path, "building").frames["building"]
    assert len(buildings) == 2
    assert buildings["id"].is_unique
    assert len(read_as(path, "grid").frames["grid"]) == 1


def test_tile_cuts_are_dissolved_and_told(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {"id": 5}), (square(117.001), {"id": 5}), (square(117.5), {"id": 5}))
    result = read_as(path, "building")
    assert result.kept == {"building": 2}
    assert "2 pieces with a repeated id that touch dissolved into 1" in result.notes
    ids = result.frames["building"]["id"]
    assert ids.iloc[0] == "5"
    assert ids.iloc[1].startswith("5#")


def test_heights_and_third_dimensions_are_left_behind(read_as: Read, geojson: Write) -> None:
    tall = {"type": "Point", "coordinates": [117.0, 39.0, 55.0]}
    assert not read_as(geojson((tall, {})), "camera").frames["camera"].geometry.has_z.any()


@pytest.mark.parametrize("vertices", [100_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_very_many_vertices(tmp_path: Path, read_as: Read, vertices: int) -> None:
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 0.1 + 0.001 * np.sin(angle * 5000)
    ring = np.column_stack((117 + radius * np.cos(angle), 39 + radius * np.sin(angle)))
    path = tmp_path / "big.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [np.round(ring, 9).tolist()]}))
    shape = read_as(path, "grid").frames["grid"].geometry.iloc[0]
    assert shapely.get_num_coordinates(shape) > 0.999 * vertices


def test_reversed_oneway_lines_are_turned(read_as: Read, geojson: Write) -> None:
    line = {"type": "LineString", "coordinates": [[117, 39], [117.01, 39]]}
    roads = read_as(geojson((line, {"highway": "primary", "oneway": "-1"})), "road").frames["road"]
    assert bool(roads["oneway"].iloc[0])
    assert roads.geometry.iloc[0].coords[0][0] > roads.geometry.iloc[0].coords[-1][0]


def test_tracks_say_what_they_run_on(read_as: Read, geojson: Write) -> None:
    line = {"type": "LineString", "coordinates": [[117, 39], [117.01, 39]]}
    marks = ("T", "yes", "cantilever", True, "F", "no", 0, None)
    rows = ({"fclass": "narrow_gauge", "track_id": at, "bridge": m} for at, m in enumerate(marks))
    path = geojson(*((line, row) for row in rows))
    tracks = read_as(path, "railway").frames["railway"]
    assert tracks["bridge"].isna().tolist() == [mark is None for mark in marks]
    assert tracks["bridge"].fillna(False).tolist() == [True] * 4 + [False] * 4
    assert set(tracks["kind"]) == {"rail"}
    rows = ({"轨道类型": "地铁", "track_id": each, "layer": each} for each in (-2, "1;2", "top"))
    tracks = read_as(geojson(*((line, row) for row in rows)), "railway").frames["railway"]
    assert tracks["layer"].astype(object).where(tracks["layer"].notna(), None).tolist() == [
        -2, 1, None,
    ]  # fmt: skip
    assert set(tracks["kind"]) == {"subway"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("e.gpkg", b"", "e.gpkg is empty"),
        ("e.geojson", b"  \n", "e.geojson is empty"),
        ("r.gpkg", bytes(range(256)) * 8, "r.gpkg is not a GeoPackage"),
        ("r.shp", b"\x00\x00\x27\x0a" + bytes(200), "r.shp cannot be read"),
        ("r.osm.pbf", b"rubbish" * 99, "r.osm.pbf is not OpenStreetMap data in PBF"),
        (
            "r.osm.pbf",
            b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c\x10\x71" + b"x" * 9,
            "fetch it again",
        ),
        ("r.parquet", b"PAR1" + b"x" * 99, "is not a GeoParquet file"),
        ("r.zip", b"PK\x03\x04" + b"x" * 99, "damaged zip"),
        ("r.xlsx", b"PK\x03\x04" + b"x" * 99, "r.xlsx"),
        ("r.fgb", b"fgb\x03" + b"x" * 99, "r.fgb"),
        ("t.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea', "t.geojson"),
        ("n.geojson", b'{"type": "FeatureCollection", "features": []}', "holds no rows|no layer"),
        (
            "w.gpkg",
            b'{"type": "FeatureCollection", "features": []}',
            "rename it to end in .geojson",
        ),
        ("w.csv", b"SQLite format 3\0" + bytes(99), "holds a GeoPackage: rename it"),
        ("v.mp4", b"\x00\x00\x00 ftypisom" + bytes(99), "of no kind that can be read"),
        ("c.json", b'{"type": "CityJSON", "version": "2.0", "vertices": [[0', "not complete JSON"),
        ("c.json", b'{"type": "CityJSON", "version": "0.9"}', "is CityJSON 0.9: upgrade"),
        ("c.json", b'{"type": "CityJSON", "version": "2.0"}', "lacks vertices or objects"),
    ],
)
def test_bad_files_get_one_sentence_and_no_noise(
    name: str,
    content: bytes,
    sentence: str,
    tmp_path: Path,
    read_as: Read,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=sentence) as caught:
        read_as(tmp_path / name, "building")
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_missing_files_and_folders(tmp_path: Path, read_as: Read) -> None:
    with pytest.raises(NotFoundError, match="There is no file"):
        read_as(tmp_path / "no.gpkg", "building")
    with pytest.raises(InputError, match="is a folder"):
        read_as(tmp_path, "building")


def test_unknown_names_are_told(read_as: Read, geojson: Write) -> None:
    path = geojson((square(), {"h": 1}))
    with pytest.raises(InputError, match="There is no noun 'castle'"):
        read_as(path, "castle")
    with pytest.raises(InputError, match=r"no column 'x' \(it has h\).*height==x"):
        read_as(path, "building", fields={"height": "x"})
    with pytest.raises(InputError, match="Buildings have no field 'colour'"):
        read_as(path, "building", fields={"colour": "h"})
    with pytest.raises(InputError, match="no column 'x' for --key"):
        read_as(path, "building", key="x")
    with pytest.raises(InputError, match="is GeoJSON, not OpenStreetMap data"):
        read_as(path, "osm")


def test_crs_missing_and_contradicting(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "u.gpkg"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        frame(id=["1"]).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(CrsError, match=r"u.gpkg does not say"):
        read_as(path, "building")
    assert read_as(path, "building", assume_crs="EPSG:4326").kept == {"building": 1}
    frame(id=["1"]).to_file(tmp_path / "s.gpkg")
    with pytest.raises(CrsError, match=r"EPSG:4326 \(WGS 84\).*EPSG:4490"):
        read_as(tmp_path / "s.gpkg", "building", assume_crs="EPSG:4490")


def test_gcj02_moves_by_hundreds_of_metres(read_as: Read, geojson: Write) -> None:
    path = geojson((point(117.7, 39.0), {}))
    plain = read_as(path, "camera").frames["camera"].geometry.iloc[0]
    moved = read_as(path, "camera", assume_crs="GCJ-02").frames["camera"].geometry.iloc[0]
    assert 300 < plain.distance(moved) < 800
