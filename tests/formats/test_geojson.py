"""GeoJSON in all the ways it is written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats import ReadResult
from mapdesk.formats.geojson import shapes
from mapdesk.model.errors import CrsError, InputError
from tests.formats.features import point, square

Read = Callable[..., ReadResult]

FEATURES = [
    {"type": "Feature", "geometry": square(117 + 0.01 * n), "properties": {"name": f"n{n}"}}
    for n in range(3)
]
WHOLE = {"type": "FeatureCollection", "features": FEATURES}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("whole.geojson", json.dumps(WHOLE)),
        ("lines.geojsonl", "\n".join(map(json.dumps, FEATURES))),
        ("records.json", "".join(f"\x1e{json.dumps(each)}\n" for each in FEATURES)),
        ("bom.geojson", "\ufeff" + json.dumps(WHOLE, indent=1)),
    ],
)
def test_one_object_or_several(name: str, content: str, tmp_path: Path, read_as: Read) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_as(tmp_path / name, "grid").frames["grid"]["name"].tolist() == ["n0", "n1", "n2"]


@pytest.mark.parametrize("content", [FEATURES[0], square(), WHOLE])
def test_a_feature_or_a_geometry_alone(
    content: dict[str, Any], tmp_path: Path, read_as: Read
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert read_as(tmp_path / "a.json", "grid").frames["grid"]["id"].str.startswith("a-").all()


def test_chinese_texts_in_an_old_encoding_are_read_and_told(tmp_path: Path, read_as: Read) -> None:
    named = FEATURES[0] | {"properties": {"name": "滨海新区塘沽街道"}}
    (tmp_path / "g.geojson").write_bytes(json.dumps(named, ensure_ascii=False).encode("gb18030"))
    result = read_as(tmp_path / "g.geojson", "grid")
    assert result.frames["grid"]["name"].tolist() == ["滨海新区塘沽街道"]
    assert "text read as GB18030" in result.notes


@pytest.mark.parametrize(
    ("ids", "kept"),
    [
        ([7, 8, 9], ["7", "8", "9"]),
        (["way/1", "way/2", "way/3"], ["way/1", "way/2", "way/3"]),
        (["0", "1", "2"], ["0", "1", "2"]),
        ([0, 1, 2], None),
    ],
)
def test_ids_of_features_count_unless_they_only_number_them(
    ids: list[Any], kept: list[str] | None, tmp_path: Path, read_as: Read
) -> None:
    named = [each | {"id": key} for each, key in zip(FEATURES, ids, strict=True)]
    (tmp_path / "i.geojson").write_text(json.dumps(WHOLE | {"features": named}))
    found = read_as(tmp_path / "i.geojson", "grid").frames["grid"]["id"]
    assert found.str.startswith("i-").all() if kept is None else found.tolist() == kept


def test_an_id_among_the_properties_comes_before_the_features_own(
    tmp_path: Path, read_as: Read
) -> None:
    named = FEATURES[0] | {"id": 7, "properties": {"id": "p"}}
    (tmp_path / "i.geojson").write_text(json.dumps(named))
    assert read_as(tmp_path / "i.geojson", "grid").frames["grid"]["id"].tolist() == ["p"]


def test_what_lies_deeper_is_told_as_json(tmp_path: Path, read_as: Read) -> None:
    nested = FEATURES[0] | {"properties": {"name": {"en": "North"}, "level": [1]}}
    (tmp_path / "n.geojson").write_text(json.dumps(nested))
    with pytest.raises(InputError, match=r"level: '\[1\]' is not a number"):
        read_as(tmp_path / "n.geojson", "grid")
    frame = read_as(tmp_path / "n.geojson", "grid", fields={"level": "=1"}).frames["grid"]
    assert frame["name"].tolist() == ['{"en": "North"}']


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, "EPSG:4490"),
        ({"type": "EPSG", "properties": {"code": 4490}}, "EPSG:4490"),
        ({"type": "name", "properties": {"name": "EPSG:4326"}}, "EPSG:4326"),
        (None, "EPSG:4326"),
        ({}, "EPSG:4326"),
        ({"type": "name", "properties": {"name": "of no kind"}}, "EPSG:4326"),
    ],
)
def test_the_old_crs_member(member: Any, name: str, tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "c.geojson"
    path.write_text(json.dumps(WHOLE | {"crs": member}))
    assert read_as(path, "grid").kept == {"grid": 3}
    with pytest.raises(CrsError, match=f"declares {name}"):
        read_as(path, "grid", assume_crs="EPSG:3857")


def test_metres_are_taken_where_they_are_declared_alone(tmp_path: Path, read_as: Read) -> None:
    path, there = tmp_path / "m.geojson", {"geometry": square(500_000, 4_316_000, 100)}
    metres = {"type": "name", "properties": {"name": "EPSG:32650"}}
    path.write_text(json.dumps(FEATURES[0] | there | {"crs": metres}))
    assert read_as(path, "grid").frames["grid"].area.tolist() == [10_000]
    path.write_text(json.dumps(FEATURES[0] | there))
    with pytest.raises(CrsError, match="are not degrees"):
        read_as(path, "grid")


def test_a_geometry_that_is_none_is_refused_and_the_others_stay(
    tmp_path: Path, read_as: Read
) -> None:
    wrong: list[Any] = [
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": [[[117, 39]]]},
        {"type": "Polygon", "coordinates": [[[117, 39], ["a", "b"], [117, 40], [117, 39]]]},
        {"type": "Circle", "coordinates": [117, 39]},
        {"type": "Point", "coordinates": [117]},
        {"type": "GeometryCollection", "geometries": 5},
        5,
    ]
    features = [FEATURES[0], *({"type": "Feature", "geometry": each} for each in wrong), None]
    (tmp_path / "w.geojson").write_text(json.dumps(WHOLE | {"features": features}))
    result = read_as(tmp_path / "w.geojson", "grid")
    assert result.kept == {"grid": 1}
    assert [each.reason for each in result.refused] == ["has no geometry"] * 8


def test_a_layer_of_another_name_is_told(tmp_path: Path, read_as: Read) -> None:
    (tmp_path / "w.geojson").write_text(json.dumps(WHOLE))
    assert read_as(tmp_path / "w.geojson", "grid", layer="w").kept == {"grid": 3}
    with pytest.raises(InputError, match=r"w\.geojson has no layer 'odd': it has w"):
        read_as(tmp_path / "w.geojson", "grid", layer="odd")


def test_other_json_of_maps_is_read_too(tmp_path: Path, read_as: Read) -> None:
    ring = square()["coordinates"][0]
    arcs = {"type": "Polygon", "arcs": [[0]], "properties": {"name": "q"}}
    topology = {"type": "Topology", "objects": {"a": arcs}, "arcs": [ring]}
    esri = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4326},
        "fields": [{"name": "NAME", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"NAME": "q"}, "geometry": {"rings": [ring[::-1]]}}],
    }
    for name, content in (("t.json", topology), ("e.json", esri)):
        (tmp_path / name).write_text(json.dumps(content))
        said = {"assume_crs": "EPSG:4326"} if name == "t.json" else {}
        frame = read_as(tmp_path / name, "grid", **said).frames["grid"]
        assert (frame["name"].tolist(), len(frame)) == (["q"], 1)


FINITE = st.floats(-180, 180, allow_subnormal=False)
RING = st.lists(st.tuples(FINITE, FINITE), min_size=4, max_size=6).map(lambda r: [*r, r[0]])
MADE = st.one_of(
    st.builds(shapely.Point, FINITE, FINITE),
    st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=4).map(shapely.MultiPoint),
    RING.map(shapely.LineString),
    st.lists(RING, min_size=1, max_size=3).map(shapely.MultiLineString),
    st.builds(shapely.Polygon, RING, st.lists(RING, max_size=2)),
    st.lists(RING.map(shapely.Polygon), min_size=1, max_size=3).map(shapely.MultiPolygon),
)


@given(st.lists(st.one_of(st.none(), MADE, st.lists(MADE).map(shapely.GeometryCollection))))
def test_every_geometry_is_what_was_written(written: list[shapely.Geometry | None]) -> None:
    objects = [None if each is None else shapely.geometry.mapping(each) for each in written]
    found = shapes(json.loads(json.dumps(objects)))
    assert found.tolist() == np.array(written, object).tolist()


def test_nothing_is_loaded_that_reading_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "w.geojson").write_text(json.dumps(WHOLE | {"features": [*FEATURES, point()]}))
    code = (
        "import sys, pyproj, pathlib\n"
        "from mapdesk.formats import ReadOptions, geojson\n"
        "options = ReadOptions('grid', pyproj.CRS.from_epsg(32650))\n"
        f"result = geojson.read(pathlib.Path({str(tmp_path / 'w.geojson')!r}), options, print)\n"
        "print(result.kept, {'pandas', 'geopandas', 'pyarrow', 'pyogrio'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "{'grid': 3} set()"
