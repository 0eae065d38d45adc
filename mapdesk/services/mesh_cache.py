"""The file that keeps the meshes of a city, tile by tile, each under a key of what its rows hold.

A directory comes first: what was known of each row, and where each tile's meshes lie. Arrays follow as
they lie in memory, with a checksum for each tile's half: simpler meshes, then footprints.
"""

from __future__ import annotations

import io
import json
import struct
import weakref
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh, Prisms
from mapdesk.analysis.massing import Massing, Tile
from mapdesk.analysis.tiling import Cell
from mapdesk.store.files import Target

MAGIC = b"mapdesk city 1\n"

_TYPES: dict[str, Any] = {"f": np.float32, "i": np.int32}
_MESH = (("f", 3), ("i", 3), ("i", 1), ("f", 1))
_PRISMS = (("f", 2), ("i", 1), ("i", 1), ("i", 3), ("f", 1), ("f", 1))
_MASSING = (*_MESH, ("i", 1), ("f", 1))


Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Known:
    """What was known of the rows when meshes were made of them.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
    hashes : ndarray of uint64, shape (n,)
    corner : ndarray of float, shape (n, 2)
        One corner of each, metres; it says in which tile it lies.
    """

    ids: NDArray[np.object_]
    hashes: NDArray[np.uint64]
    corner: NDArray[np.float64]

    @cached_property
    def middle(self) -> Bounds | None:
        """What most lie in (metres), leaving out the odd far one; None without any; made once."""
        if not len(self.corner):
            return None
        low, high = np.percentile(self.corner, [1.5, 98.5], axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


class DamagedError(ValueError):
    """The file is not one of ours, or not whole."""


def write(file: Target, known: Known, size: float, tiles: Iterable[tuple[Cell, str, Tile]]) -> None:
    """Write a cache.

    Parameters
    ----------
    size : float
        Edge of the tiles, metres.
    tiles : iterable of (cell, key of its rows, tile)
        Whole ones.
    """
    rows = [
        json.dumps(known.ids.tolist()).encode(),
        np.ascontiguousarray(known.hashes).tobytes(),
        np.ascontiguousarray(known.corner, float).tobytes(),
    ]
    halves: list[tuple[bytes, bytes]] = []
    entries = []
    at = 0
    for cell, key, tile in tiles:
        simple = b"".join(
            _packed(_of_mesh(one.mesh) + [one.part, one.weight]) for one in tile.simpler
        )
        whole = b"" if tile.whole is None else _packed(_of_prisms(tile.whole))
        halves.append((simple, whole))
        sums = zlib.crc32(simple), zlib.crc32(whole)
        entries.append([*cell, key, at, len(simple), len(whole), *sums])
        at += len(simple) + len(whole)
    directory = json.dumps(
        {"size": size, "rows": [[len(part), zlib.crc32(part)] for part in rows], "tiles": entries}
    ).encode()
    file.write(MAGIC + struct.pack("<II", len(directory), zlib.crc32(directory)) + directory)
    for part in rows:
        file.write(part)
    for pair in halves:
        for half in pair:
            file.write(half)


class MeshCache:
    """A cache that is open for reading; it reads what it is asked for. One thread at a time.

    Raises
    ------
    DamagedError
        The directory does not hold together.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        # Reading may be given up at any step: the file then closes with the last who knew of it.
        self._end = weakref.finalize(self, file.close)
        head = file.read(len(MAGIC) + 8)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + 8:
            raise DamagedError("not a cache of meshes")
        length, checksum = struct.unpack("<II", head[len(MAGIC) :])
        try:
            directory = json.loads(self._next(length, checksum).tobytes())
            self.size = float(directory["size"])
            parts = [self._next(size, crc) for size, crc in directory["rows"]]
            self.known = Known(
                np.array(json.loads(parts[0].tobytes()), object),
                np.frombuffer(parts[1], np.uint64),
                np.frombuffer(parts[2], float).reshape(-1, 2),
            )
            self._entries = {(i, j): (key, *rest) for i, j, key, *rest in directory["tiles"]}
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedError(str(error)) from error
        self._body = file.tell()

    def close(self) -> None:
        """Close the file."""
        self._end()

    def has(self, cell: Cell, key: str) -> bool:
        """Say whether the meshes of these very rows are there."""
        entry = self._entries.get(cell)
        return entry is not None and entry[0] == key

    def simpler(self, cell: Cell) -> tuple[Massing, ...]:
        """Read the simpler meshes of a tile."""
        _key, at, simple, _whole, checksum, _other = self._entries[cell]
        content = self._read(at, simple, checksum)
        found = []
        while len(content):
            (points, triangles, owner, shade, part, weight), content = _unpacked(content, _MASSING)
            found.append(Massing(Mesh(points, triangles, owner, shade), part, weight))
        return tuple(found)

    def whole(self, cell: Cell) -> Prisms:
        """Read the footprints of a tile."""
        _key, at, simple, whole, _other, checksum = self._entries[cell]
        arrays, _rest = _unpacked(self._read(at + simple, whole, checksum), _PRISMS)
        return Prisms(*arrays)

    def _read(self, at: int, length: int, checksum: int) -> memoryview:
        self._file.seek(self._body + at, io.SEEK_SET)
        return self._next(length, checksum)

    def _next(self, length: int, checksum: int) -> memoryview:
        """Read into memory that may be written to: VTK asks for that."""
        memory: Any = np.empty(length, np.uint8)
        content = memoryview(memory)
        read: Any = self._file
        if read.readinto(content) != length or zlib.crc32(content) != checksum:
            raise DamagedError("a part is damaged")
        return content


def _of_mesh(mesh: Mesh) -> list[NDArray[Any]]:
    return [mesh.points, mesh.triangles, mesh.owner, mesh.shade]


def _of_prisms(prisms: Prisms) -> list[NDArray[Any]]:
    rings = [prisms.xy, prisms.following, prisms.owner]
    return [*rings, prisms.roof, prisms.base, prisms.top]


def _packed(arrays: list[NDArray[Any]]) -> bytes:
    lengths = struct.pack(f"<{len(arrays)}I", *[len(array) for array in arrays])
    return lengths + b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


def _unpacked(
    content: memoryview, shapes: tuple[tuple[str, int], ...]
) -> tuple[list[NDArray[Any]], memoryview]:
    """Return arrays that lie in `content`, and what follows them."""
    # The lengths of arrays go first.
    lengths = struct.unpack_from(f"<{len(shapes)}I", content)
    at = 4 * len(shapes)
    found: list[NDArray[Any]] = []
    for (kind, width), length in zip(shapes, lengths, strict=True):
        array = np.frombuffer(content, _TYPES[kind], length * width, at)
        at += array.nbytes
        found.append(array.reshape(-1, width) if width > 1 else array)
    return found, content[at:]
