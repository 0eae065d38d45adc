"""Models of every format become the same kind of triangles; damaged ones one sentence."""

import json
import struct
from contextlib import suppress

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.formats import cityjson, gltf, obj, solids
from mapdesk.formats.solids import Solid
from mapdesk.model.errors import InputError, WorldError
from tests import models

CRS = pyproj.CRS.from_epsg(4548)


def box_of(solid):
    points = solid.corners.reshape(-1, 3)
    return points.min(axis=0), points.max(axis=0)


def outward(solid):
    """Return the volume that the triangles enclose: positive where they are turned outwards."""
    a, b, c = (solid.corners[:, at] for at in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def test_a_glb_stands_upright_with_its_nodes_and_colours(tmp_path):
    solid = gltf.read(models.write_glb(tmp_path / "house.glb"))
    low, high = box_of(solid)
    assert (high - low) == pytest.approx([10, 4, 12])
    assert solid.parts == ("hall", "loft")
    assert solid.colours[solid.part == 0].tolist() == [[255, 0, 0]] * 12
    assert solid.colours[solid.part == 1].tolist() == [[255, 255, 255]] * 12
    assert outward(solid) == pytest.approx(2 * 10 * 6 * 4)


@pytest.mark.parametrize("beside", [True, False])
def test_a_gltf_finds_its_buffer(tmp_path, beside):
    solid = gltf.read(models.write_gltf(tmp_path / "house.gltf", beside=beside))
    same = gltf.read(models.write_glb(tmp_path / "house.glb"))
    assert np.array_equal(solid.corners, same.corners)


def test_a_texture_colours_its_faces(tmp_path):
    solid = gltf.read(models.write_glb(tmp_path / "house.glb", textured=True))
    assert solid.colours[solid.part == 0].tolist() == [[0, 0, 255]] * 12


def test_nodes_turn_scale_and_move(tmp_path):
    document, buffer = models.gltf_document()
    half = np.sqrt(0.5)
    document["nodes"] = [
        {"mesh": 0, "rotation": [0, half, 0, half], "scale": [2, 1, 1], "translation": [0, 1, 0]}
    ]
    document["scenes"] = [{"nodes": [0]}]
    path = tmp_path / "turned.glb"
    path.write_bytes(models.glb(document, buffer))
    low, high = box_of(gltf.read(path))
    # A quarter turn about the axis that points up: its length of 20 runs north to south now.
    assert (high - low) == pytest.approx([4, 20, 6])
    assert low[2] == pytest.approx(1)


def change_draco(document, _buffer):
    document["extensionsRequired"] = ["KHR_draco_mesh_compression"]


def change_version(document, _buffer):
    document["asset"]["version"] = "1.0"


def change_outside(document, _buffer):
    document["buffers"][0]["uri"] = "../secret.bin"


def change_missing(document, _buffer):
    document["buffers"][0]["uri"] = "gone.bin"


def change_index(document, _buffer):
    document["accessors"][0]["count"] = 4


def change_circle(document, _buffer):
    document["nodes"][1]["children"] = [0, 0]


def change_lines(document, _buffer):
    for mesh in document["meshes"]:
        mesh["primitives"][0]["mode"] = 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (change_draco, "without compression"),
        (change_version, "glTF 2.0"),
        (change_outside, "not beside it"),
        (change_missing, "gone.bin"),
        (change_index, "damaged"),
        (change_circle, "damaged"),
        (change_lines, "no triangles"),
    ],
)
def test_a_gltf_that_cannot_be_read_says_why(tmp_path, change, says):
    document, buffer = models.gltf_document()
    change(document, buffer)
    path = tmp_path / "odd.glb"
    path.write_bytes(models.glb(document, buffer))
    with pytest.raises(InputError, match=says):
        gltf.read(path)


WHOLE = models.glb(*models.gltf_document(textured=True))


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=0, max_size=6))
def test_a_damaged_glb_is_a_model_or_a_sentence(tmp_path_factory, at, junk):
    path = tmp_path_factory.getbasetemp() / "damaged.glb"
    path.write_bytes(WHOLE[:at] + junk + WHOLE[at + len(junk) :] if junk else WHOLE[:at])
    with np.errstate(all="ignore"), suppress(InputError):
        solids.checked(path.name, gltf.read(path))


def test_an_obj_has_colours_and_names(tmp_path):
    solid = obj.read(models.write_obj(tmp_path / "house.obj"))
    low, high = box_of(solid)
    assert (high - low) == pytest.approx([10, 4, 6])
    assert solid.parts == ("hall",)
    assert set(map(tuple, solid.colours.tolist())) == {(255, 0, 0)}
    assert outward(solid) == pytest.approx(240)
    lying = obj.read(tmp_path / "house.obj", "z")
    assert np.ptp(lying.corners.reshape(-1, 3), axis=0) == pytest.approx([10, 6, 4])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v 1 2\n", "line 1"),
        ("v 0 0 0\nf 1 2 3\n", "line 2"),
        ("hello", "no faces"),
        ("", "no faces"),
    ],
)
def test_a_damaged_obj_says_where(tmp_path, text, says):
    path = tmp_path / "odd.obj"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        obj.read(path)


def test_a_city_model_keeps_its_roofs(tmp_path):
    solid = cityjson.read_solids(models.write_city(tmp_path / "town.json"), CRS)
    assert solid.parts == ("house", "shed")
    assert solid.at == pytest.approx((500_012.0, 4_300_003.0))
    low, high = box_of(solid)
    assert (low[2], high[2]) == pytest.approx((0, 7))
    house = solid.corners[solid.part == 0]
    ridge = house[house[..., 2] > 6.9]
    assert set(ridge[:, 1].tolist()) == {0.0}
    colours = {tuple(one) for one in solid.colours[solid.part == 0].tolist()}
    assert len(colours) == 2
    assert outward(solid) == pytest.approx(10 * 6 * 4 + 10 * 6 * 3 / 2 + 4 * 4 * 3)


def test_a_city_model_without_a_crs_is_placed_by_hand(tmp_path):
    assert cityjson.read_solids(models.write_city(tmp_path / "town.json", None), CRS).at is None


def test_a_city_model_from_elsewhere_names_both(tmp_path):
    path = models.write_city(tmp_path / "town.json", "https://www.opengis.net/def/crs/EPSG/0/28992")
    with pytest.raises(WorldError, match="EPSG:28992"):
        cityjson.read_solids(path, CRS)


CITY = json.dumps(models.city()).encode()


@settings(max_examples=200)
@given(st.integers(0, len(CITY) - 1), st.binary(min_size=0, max_size=4))
def test_a_damaged_city_model_is_a_model_or_a_sentence(tmp_path_factory, at, junk):
    path = tmp_path_factory.getbasetemp() / "damaged.city.json"
    path.write_bytes(CITY[:at] + junk + CITY[at + len(junk) :] if junk else CITY[:at])
    with np.errstate(all="ignore"), suppress(WorldError):
        solids.checked(path.name, cityjson.read_solids(path, CRS))


def test_what_is_packed_comes_back(tmp_path):
    solid = gltf.read(models.write_glb(tmp_path / "house.glb"))
    again = Solid.unpacked(solid.packed())
    assert again.corners == pytest.approx(solid.corners)
    assert np.array_equal(again.colours, solid.colours)
    assert again.parts == solid.parts


@given(st.binary(max_size=200))
def test_what_is_not_packed_is_damaged(content):
    with pytest.raises(InputError, match="damaged"):
        Solid.unpacked(content)


def test_a_cut_pack_is_damaged(tmp_path):
    packed = gltf.read(models.write_glb(tmp_path / "house.glb")).packed()
    with pytest.raises(InputError, match="damaged"):
        Solid.unpacked(packed[: len(packed) // 2])


@pytest.mark.parametrize(("factor", "says"), [(1e6, "km across"), (np.nan, "no numbers")])
def test_what_cannot_be_drawn_is_refused(tmp_path, factor, says):
    solid = gltf.read(models.write_glb(tmp_path / "house.glb"))
    odd = Solid(solid.corners * factor, solid.colours, solid.parts, solid.part)
    with pytest.raises(InputError, match=says):
        solids.checked("house.glb", odd)


def test_an_empty_model_is_refused():
    empty = Solid(np.empty((0, 3, 3)), np.empty((0, 3), np.uint8), (), np.empty(0, np.int32))
    with pytest.raises(InputError, match="no surfaces"):
        solids.checked("nothing.obj", empty)


def test_real_city_models_are_read(real_data):
    crs = pyproj.CRS.from_epsg(28992)
    delft = cityjson.read_solids(real_data / "cityjson/delft.json", crs)
    assert len(delft.parts) >= 160
    assert delft.at is not None
    for name, buildings in (("rotterdam_subset.json", 16), ("DH_01_subs.city.json", 4)):
        solid = cityjson.read_solids(real_data / "cityjson" / name, crs)
        assert (len(solid.parts), solid.at) == (buildings, None)


def test_a_glb_cut_in_its_head_is_cut_short(tmp_path):
    path = tmp_path / "cut.glb"
    path.write_bytes(struct.pack("<III", 0x46546C67, 2, 900) + b"{}")
    with pytest.raises(InputError, match="cut short"):
        gltf.read(path)
