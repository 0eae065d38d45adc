"""glTF 2.0, as .glb or .gltf: triangles of the scene in their colours, textures looked up face by face."""

from __future__ import annotations

import base64
import binascii
import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from mapdesk.formats.solids import MOST_TRIANGLES, Solid
from mapdesk.model.errors import InputError

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_TYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_TRIANGLES, _STRIP, _FAN = 4, 5, 6
_PACKED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_mesh_quantization")
DEEPEST, MOST_NODES = 64, 100_000
"""Nodes in nodes, and in all; a file with more goes in circles."""

Array = npt.NDArray[Any]


def read(path: Path) -> Solid:
    """Read a glTF file; its y axis points up, its unit is the metre.

    Raises
    ------
    InputError
        It is damaged, or packed in a way that is not read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    try:
        return _File(path, content).solid()
    except InputError:
        raise
    except (
        LookupError,
        TypeError,
        ArithmeticError,
        ValueError,
        AttributeError,
        struct.error,
    ) as error:
        raise InputError(f"{path.name} is damaged or no glTF 2.0; export it anew.") from error


class _File:
    """One file with its buffers."""

    def __init__(self, path: Path, content: bytes) -> None:
        self._path = path
        self._binary: bytes | None = None
        self._document = self._parse(content)
        if str(self._document["asset"]["version"])[:1] != "2":
            raise InputError(f"{path.name} is glTF of another version; export it as glTF 2.0.")
        needed = [one for one in self._document.get("extensionsRequired", ()) if one in _PACKED]
        if needed:
            raise InputError(
                f"{path.name} is packed with {needed[0]}, which is not read; export it without compression."
            )
        self._buffers: dict[int, bytes] = {}
        self._pictures: dict[int, Array | None] = {}

    def _parse(self, content: bytes) -> dict[str, Any]:
        if content[:4] != struct.pack("<I", _MAGIC):
            return self._document_of(content)
        _magic, _version, length = struct.unpack_from("<III", content)
        if length > len(content):
            raise InputError(f"{self._path.name} is cut short; fetch it again.")
        document, at = None, 12
        while at + 8 <= length:
            size, kind = struct.unpack_from("<II", content, at)
            chunk = content[at + 8 : at + 8 + size]
            if kind == _JSON:
                document = self._document_of(chunk)
            elif kind == _BIN and self._binary is None:
                self._binary = chunk
            at += 8 + size
        if document is None:
            raise ValueError("no JSON chunk")
        return document

    def _document_of(self, content: bytes) -> dict[str, Any]:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{self._path.name} is not complete glTF: it may be cut short, fetch it again."
            ) from error
        if not isinstance(found, dict):
            raise TypeError("no object")
        return found

    # ------------------------------------------------------------------ the scene

    def solid(self) -> Solid:
        """Return the triangles of the scene."""
        corners, colours, owners = [], [], []
        parts: list[str] = []
        for name, mesh, matrix in self._meshes():
            for primitive in self._document["meshes"][mesh]["primitives"]:
                found = self._primitive(primitive)
                if found is None:
                    continue
                points, paint = found
                moved = points @ matrix[:3, :3].T + matrix[:3, 3]
                corners.append(moved)
                colours.append(paint)
                owners.append(np.full(len(moved), len(parts), np.int32))
            parts.append(name)
        if not corners:
            raise InputError(f"{self._path.name} holds no triangles to be drawn.")
        places = np.concatenate(corners)
        lying = np.stack([places[..., 0], -places[..., 2], places[..., 1]], axis=-1)
        return Solid(lying, np.concatenate(colours), tuple(parts), np.concatenate(owners))

    def _meshes(self) -> Iterator[tuple[str, int, npt.NDArray[np.float64]]]:
        """Yield name, mesh and matrix of each node that draws."""
        document = self._document
        nodes = document.get("nodes", [])
        scenes = document.get("scenes")
        roots = scenes[document.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
        waiting = [(int(root), np.eye(4), 0) for root in reversed(list(roots))]
        seen = 0
        while waiting:
            number, above, depth = waiting.pop()
            seen += 1
            if depth > DEEPEST or seen > MOST_NODES:
                raise ValueError("nodes go in circles")
            node = nodes[number]
            matrix = above @ _matrix(node)
            if "mesh" in node:
                mesh = int(node["mesh"])
                name = node.get("name") or document["meshes"][mesh].get("name")
                yield str(name or self._path.stem), mesh, matrix
            waiting += [(int(one), matrix, depth + 1) for one in reversed(node.get("children", []))]

    def _primitive(
        self, primitive: dict[str, Any]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]] | None:
        mode = primitive.get("mode", _TRIANGLES)
        if mode not in (_TRIANGLES, _STRIP, _FAN):
            return None
        attributes = primitive["attributes"]
        points = self._accessor(attributes["POSITION"]).astype(float)
        count = len(points)
        if "indices" in primitive:
            index = self._accessor(primitive["indices"]).astype(np.int64).ravel()
        else:
            index = np.arange(count)
        if len(index) and index.max() >= count:
            raise ValueError("an index beyond the vertices")
        faces = _faces(index, mode)
        return points[faces], self._colours(primitive, faces)

    # ------------------------------------------------------------------ colours

    def _colours(self, primitive: dict[str, Any], faces: Array) -> npt.NDArray[np.uint8]:
        """Return the colour of each face: factor, texture and vertex colours multiplied, as glTF has it."""
        material: dict[str, Any] = {}
        if "material" in primitive:
            material = self._document["materials"][primitive["material"]]
        look = material.get("pbrMetallicRoughness", {})
        linear = np.tile(
            np.array(look.get("baseColorFactor", (1, 1, 1, 1)), float)[:3], (len(faces), 1)
        )
        attributes = primitive["attributes"]
        if "COLOR_0" in attributes:
            linear *= self._accessor(attributes["COLOR_0"])[:, :3][faces].mean(axis=1)
        texture = look.get("baseColorTexture")
        if texture is not None and "TEXCOORD_0" in attributes:
            picture = self._picture(int(texture["index"]))
            if picture is not None:
                places = self._accessor(attributes["TEXCOORD_0"])[faces].mean(axis=1) % 1.0
                height, width = picture.shape[:2]
                down = np.minimum((places[:, 1] * height).astype(int), height - 1)
                along = np.minimum((places[:, 0] * width).astype(int), width - 1)
                linear *= _linear(picture[down, along] / 255.0)
        return (_encoded(np.clip(linear, 0, 1)) * 255 + 0.5).astype(np.uint8)

    def _picture(self, texture: int) -> Array | None:
        """Return a texture's picture, RGB; None where it cannot be read, which costs colour only."""
        if texture not in self._pictures:
            self._pictures[texture] = self._opened(texture)
        return self._pictures[texture]

    def _opened(self, texture: int) -> Array | None:
        from PIL import Image

        image = self._document["images"][self._document["textures"][texture]["source"]]
        try:
            content = (
                self._view(image["bufferView"])
                if "bufferView" in image
                else self._uri(image["uri"])
            )
            with Image.open(io.BytesIO(content)) as opened:
                return np.asarray(opened.convert("RGB"))
        except (OSError, ValueError, InputError, Image.DecompressionBombError):
            return None

    # ------------------------------------------------------------------ bytes

    def _accessor(self, number: int) -> Array:
        """Return the values of an accessor, shape (n, width), normalised ones as 0 to 1."""
        accessor = self._document["accessors"][number]
        if "sparse" in accessor:
            raise InputError(
                f"{self._path.name} has sparse accessors, which are not read; export it without them."
            )
        kind, width = np.dtype(_TYPES[accessor["componentType"]]), _WIDTHS[accessor["type"]]
        count = int(accessor["count"])
        if not 0 <= count <= 3 * MOST_TRIANGLES:
            raise ValueError("a count that cannot be")
        if "bufferView" not in accessor:
            return np.zeros((count, width))
        view = self._document["bufferViews"][accessor["bufferView"]]
        content = self._view(accessor["bufferView"])
        start, step = (
            int(accessor.get("byteOffset", 0)),
            int(view.get("byteStride") or kind.itemsize * width),
        )
        need = start + step * (count - 1) + kind.itemsize * width if count else 0
        if start < 0 or need > len(content):
            raise InputError(f"{self._path.name} is cut short; fetch it again.")
        found = np.ndarray((count, width), kind, content, start, (step, kind.itemsize))
        if accessor.get("normalized") and kind.kind in "iu":
            return np.maximum(found / np.iinfo(kind).max, -1.0)
        return np.array(found)

    def _view(self, number: int) -> bytes:
        view = self._document["bufferViews"][number]
        buffer = self._buffer(int(view["buffer"]))
        start = int(view.get("byteOffset", 0))
        return buffer[start : start + int(view["byteLength"])]

    def _buffer(self, number: int) -> bytes:
        if number not in self._buffers:
            uri = self._document["buffers"][number].get("uri")
            if uri is None and self._binary is None:
                raise ValueError("no binary chunk")
            self._buffers[number] = (self._binary or b"") if uri is None else self._uri(uri)
        return self._buffers[number]

    def _uri(self, uri: str) -> bytes:
        """Return what a URI in the file stands for: itself, or a file beside it and nowhere else."""
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2], validate=True)
            except binascii.Error as error:
                raise ValueError("no base64") from error
        name = PurePosixPath(unquote(uri))
        if ":" in uri or name.is_absolute() or ".." in name.parts:
            raise InputError(
                f"{self._path.name} asks for {uri}, which is not beside it; use a .glb file."
            )
        try:
            return (self._path.parent / name).read_bytes()
        except OSError as error:
            raise InputError(
                f"{self._path.name} needs {uri} beside it, which is not there; use a .glb file."
            ) from error


def _faces(index: Array, mode: int) -> Array:
    """Return the corners of each triangle (m, 3)."""
    if mode == _TRIANGLES:
        return index[: len(index) // 3 * 3].reshape(-1, 3)
    if mode == _FAN:
        return np.column_stack([np.full(max(len(index) - 2, 0), index[0]), index[1:-1], index[2:]])
    strip = np.column_stack([index[:-2], index[1:-1], index[2:]])
    strip[1::2] = strip[1::2, ::-1]
    return strip


def _matrix(node: dict[str, Any]) -> npt.NDArray[np.float64]:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = (float(one) for one in node.get("rotation", (0, 0, 0, 1)))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), float)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _linear(part: Array) -> Array:
    """Return light from sRGB, 0 to 1 both (IEC 61966-2-1)."""
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _encoded(light: Array) -> Array:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
