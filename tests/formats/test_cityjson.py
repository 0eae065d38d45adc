"""City models made on the spot: parts, ground surfaces, shells, ground kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mapdesk.formats import ReadResult
from mapdesk.model.errors import CrsError, InputError

Read = Callable[..., ReadResult]

BOX = [
    [[0, 3, 2, 1]],
    [[4, 5, 6, 7]],
    [[0, 1, 5, 4]],
    [[1, 2, 6, 5]],
    [[2, 3, 7, 6]],
    [[3, 0, 4, 7]],
]
RD = "https://www.opengis.net/def/crs/EPSG/0/7415"


def corners(west: float, low: float, high: float) -> list[list[float]]:
    return [
        [west + x, 447_500.0 + y, z]
        for z in (low, high)
        for x, y in ((0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (0.0, 8.0))
    ]


def shifted(faces: list[Any], by: int) -> list[Any]:
    return [[[vertex + by for vertex in ring] for ring in face] for face in faces]


def write(
    path: Path, objects: dict[str, Any], vertices: list[Any], crs: str | None = RD, **more: Any
) -> Path:
    city = {
        "type": "CityJSON",
        "version": "2.0",
        "CityObjects": objects,
        "vertices": vertices,
        **more,
    }
    if crs:
        city["metadata"] = {"referenceSystem": crs}
    path.write_text(json.dumps(city))
    return path


def solid(faces: list[Any], **more: Any) -> dict[str, Any]:
    return {"type": "Solid", "lod": "1", "boundaries": [faces], **more}


def test_a_box(tmp_path: Path, read_as: Read) -> None:
    house = {
        "type": "Building",
        "geometry": [solid(BOX)],
        "attributes": {"yearOfConstruction": 1931},
    }
    path = write(tmp_path / "c.json", {"h": house}, corners(85_000, 2, 9))
    row = read_as(path, "building", 28992).frames["building"].iloc[0]
    assert (row["id"], row["height"], row["base"], row["year_built"]) == ("h", 7.0, 0.0, 1931)
    assert row.geometry.area == pytest.approx(80.0)


def test_transform_and_old_urn(tmp_path: Path, read_as: Read) -> None:
    whole = [
        [round((x - 85_000) * 1000), round((y - 447_500) * 1000), round(z * 1000)]
        for x, y, z in corners(85_000, 2, 9)
    ]
    path = write(
        tmp_path / "c.json", {"h": {"type": "Building", "geometry": [solid(BOX)]}}, whole,
        "urn:ogc:def:crs:EPSG::7415",
        transform={"scale": [0.001] * 3, "translate": [85_000, 447_500, 0]},
    )  # fmt: skip
    frame = read_as(path, "building", 28992).frames["building"]
    assert frame.total_bounds.tolist() == pytest.approx([85_000, 447_500, 85_010, 447_508])


def test_parts_are_merged_into_their_building(tmp_path: Path, read_as: Read) -> None:
    objects = {
        "p1": {"type": "BuildingPart", "parents": ["h"], "geometry": [solid(BOX)]},
        "h": {"type": "Building", "children": ["p1", "p2"], "attributes": {"name": "Hall"}},
        "p2": {"type": "BuildingPart", "parents": ["h"], "geometry": [solid(shifted(BOX, 8))]},
    }
    path = write(tmp_path / "c.json", objects, corners(85_000, 2, 9) + corners(85_010, 2, 22))
    result = read_as(path, "building", 28992)
    row = result.frames["building"].iloc[0]
    assert (row["id"], row["name"], row["height"]) == ("h", "Hall", 20.0)
    assert row.geometry.area == pytest.approx(160.0)
    assert "2 parts merged into their buildings" in result.notes


def test_ground_surface_wins_over_overhanging_roof(tmp_path: Path, read_as: Read) -> None:
    vertices = [*corners(85_000, 0, 5), *corners(85_000, 5, 5)[4:]]
    vertices[8:] = [[x + (-2 if x < 85_005 else 2), y, 6.0] for x, y, _ in vertices[8:]]
    semantics = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "WallSurface"}, {"type": "RoofSurface"}],
        "values": [[0, 1, 1, 1, 1, 1, 2]],
    }
    faces = [*BOX[:1], *BOX[1:], [[8, 9, 10, 11]]]
    house = {"type": "Building", "geometry": [solid(faces, semantics=semantics)]}
    path = write(tmp_path / "c.json", {"h": house}, vertices)
    row = read_as(path, "building", 28992).frames["building"].iloc[0]
    assert row.geometry.area == pytest.approx(80.0)
    assert row["height"] == 6.0


def test_ground_becomes_land_use(tmp_path: Path, read_as: Read) -> None:
    flat = {"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2, 3]]]}
    objects = {
        "w": {"type": "WaterBody", "geometry": [flat]},
        "r": {"type": "Road", "geometry": [flat], "attributes": {"function": "parking"}},
    }
    frame = read_as(
        write(tmp_path / "c.json", objects, corners(85_000, 0, 1)), "land_use", 28992
    ).frames["land_use"]
    assert frame["kind"].tolist() == ["water", "parking"]


def test_no_crs_and_wrong_nouns(tmp_path: Path, read_as: Read) -> None:
    objects = {"h": {"type": "Building", "geometry": [solid(BOX)]}}
    path = write(tmp_path / "c.json", objects, corners(85_000, 0, 1), crs=None)
    with pytest.raises(CrsError, match=r"c.json does not say .*--assume-crs"):
        read_as(path, "building", 28992)
    assert read_as(path, "building", 28992, assume_crs="EPSG:28992").kept == {"building": 1}
    with pytest.raises(InputError, match="holds no cameras"):
        read_as(path, "camera", 28992)


def test_a_building_without_geometry_is_refused(tmp_path: Path, read_as: Read) -> None:
    objects = {"h": {"type": "Building", "geometry": [solid(BOX)]}, "empty": {"type": "Building"}}
    result = read_as(write(tmp_path / "c.json", objects, corners(85_000, 0, 1)), "building", 28992)
    assert [(refusal.row, refusal.reason) for refusal in result.refused] == [
        ("empty", "has no geometry")
    ]
