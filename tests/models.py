"""Small models in every format that is read: a house of ten metres with a red and a grey part."""

from __future__ import annotations

import base64
import io
import json
import struct
from pathlib import Path

import numpy as np

BOX = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)], np.float32)
SIDES = np.array(
    [
        *([0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]),
        *([2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]),
    ],
    np.uint16,
)
"""Triangles of a box, turned outwards."""


def gltf_document(*, textured: bool = False) -> tuple[dict, bytes]:
    """Return the JSON and the buffer of a house 10 m wide, 6 m high and 4 m deep."""
    points = BOX * np.array([10, 6, 4], np.float32)
    buffer = points.tobytes() + SIDES.tobytes()
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {"children": [1, 2]},
            {"mesh": 0, "name": "hall"},
            {"mesh": 1, "translation": [0, 6, 0]},
        ],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]},
            {"name": "loft", "primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]},
        ],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1.0, 0.0, 0.0, 1.0]}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 8},
            {"bufferView": 1, "componentType": 5123, "type": "SCALAR", "count": 36},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 96},
            {"buffer": 0, "byteOffset": 96, "byteLength": 72},
        ],
        "buffers": [{"byteLength": len(buffer)}],
    }
    if textured:
        buffer = _textured(document, buffer)
    return document, buffer


def _textured(document: dict, buffer: bytes) -> bytes:
    """Add a texture that is blue all over."""
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (4, 4), (0, 0, 255)).save(picture, "PNG")
    places = np.zeros((8, 2), np.float32).tobytes()
    start = len(buffer)
    document["bufferViews"] += [
        {"buffer": 0, "byteOffset": start, "byteLength": len(places)},
        {"buffer": 0, "byteOffset": start + len(places), "byteLength": picture.tell()},
    ]
    document["accessors"].append(
        {"bufferView": 2, "componentType": 5126, "type": "VEC2", "count": 8}
    )
    document["images"] = [{"bufferView": 3, "mimeType": "image/png"}]
    document["textures"] = [{"source": 0}]
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    document["meshes"][0]["primitives"][0]["attributes"]["TEXCOORD_0"] = 2
    buffer += places + picture.getvalue()
    document["buffers"][0]["byteLength"] = len(buffer)
    return buffer


def glb(document: dict, buffer: bytes) -> bytes:
    """Return a .glb of both."""
    said = json.dumps(document).encode()
    said += b" " * (-len(said) % 4)
    buffer += b"\0" * (-len(buffer) % 4)
    chunks = struct.pack("<II", len(said), 0x4E4F534A) + said
    chunks += struct.pack("<II", len(buffer), 0x004E4942) + buffer
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def write_glb(path: Path, *, textured: bool = False) -> Path:
    """Write the house as .glb."""
    path.write_bytes(glb(*gltf_document(textured=textured)))
    return path


def write_gltf(path: Path, *, beside: bool = False) -> Path:
    """Write the house as .gltf, its buffer inside or in a file beside it."""
    document, buffer = gltf_document()
    if beside:
        (path.parent / "house.bin").write_bytes(buffer)
        document["buffers"][0]["uri"] = "house.bin"
    else:
        said = base64.b64encode(buffer).decode()
        document["buffers"][0]["uri"] = f"data:application/octet-stream;base64,{said}"
    path.write_text(json.dumps(document))
    return path


def write_obj(path: Path) -> Path:
    """Write a box 10 by 6 by 4 as .obj with its colours beside it."""
    points = BOX * [10, 6, 4]
    (path.parent / "house.mtl").write_text("newmtl red\nKd 1 0 0\nnewmtl odd\nKd x y z\n")
    lines = ["# a house", "mtllib house.mtl", "o hall"]
    lines += [f"v {x:g} {y:g} {z:g}" for x, y, z in points]
    lines += ["usemtl red"]
    lines += [f"f {a + 1}/1 {b + 1}//2 {c - 8}" for a, b, c in SIDES.tolist()]
    path.write_text("\n".join(lines))
    return path


def city(crs: str | None = "https://www.opengis.net/def/crs/EPSG/0/4548") -> dict:
    """Return a city model: a house with a gable roof and a flat shed, where the demo district lies."""
    corner = [500_000.0, 4_300_000.0, 3.0]
    ground = [[0, 0, 0], [10, 0, 0], [10, 6, 0], [0, 6, 0]]
    eaves = [[x, y, 4] for x, y, _z in ground]
    ridge = [[0, 3, 7], [10, 3, 7]]
    shed = [[x + 20, y, z] for z in (0, 3) for x, y in ((0, 0), (4, 0), (4, 4), (0, 4))]
    vertices = [[1000 * one for one in point] for point in (*ground, *eaves, *ridge, *shed)]
    walls = [[0, 1, 5, 4], [2, 3, 7, 6], [1, 2, 6, 9, 5], [3, 0, 4, 8, 7]]
    roofs = [[4, 5, 9, 8], [6, 7, 8, 9]]
    faces = [[[3, 2, 1, 0]], *[[one] for one in walls], *[[one] for one in roofs]]
    marks = [0] + [1] * 4 + [2] * 2
    box = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    made = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001] * 3, "translate": corner},
        "CityObjects": {
            "house": {
                "type": "Building",
                "geometry": [
                    {
                        "type": "Solid",
                        "lod": "2",
                        "boundaries": [faces],
                        "semantics": {
                            "surfaces": [
                                {"type": "GroundSurface"},
                                {"type": "WallSurface"},
                                {"type": "RoofSurface"},
                            ],
                            "values": [marks],
                        },
                    }
                ],
            },
            "shed": {
                "type": "Building",
                "geometry": [
                    {
                        "type": "Solid",
                        "lod": "1",
                        "boundaries": [[[[at + 10 for at in ring]] for ring in box]],
                    }
                ],
            },
            "street": {
                "type": "Road",
                "geometry": [{"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2]]]}],
            },
        },
        "vertices": vertices,
    }
    if crs:
        made["metadata"] = {"referenceSystem": crs}
    return made


def write_city(path: Path, crs: str | None = "https://www.opengis.net/def/crs/EPSG/0/4548") -> Path:
    """Write the city model."""
    path.write_text(json.dumps(city(crs)))
    return path
