"""Writing a picture of the ground as GeoTIFF: tiles in JPEG, with overviews, as it is made.

GDAL writes such files too, at seven times the cost: Pillow's JPEG takes 4 ns a pixel. A tile of the file
is a whole JPEG stream (TIFF Technical Note 2), the place an EPSG number and a corner (OGC GeoTIFF 1.1).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

TILE = 256
"""Pixels a side of a tile in the file."""
SMALLEST = 512
"""Pixels of the longer side below which no further overview is made."""
Pixels = NDArray[np.uint8]
Paint = Callable[[int, int, int], Pixels]
"""Column and row of a picture's corner in pixels, and its side; returns it (side, side, 3)."""
Entry = tuple[int, int, bytes, int]
"""Tag, type, content and count."""


@dataclass(frozen=True)
class Place:
    """Where a picture lies and what is said of it.

    Parameters
    ----------
    west, north : float
        Of its corner, metres.
    metres : float
        Across a pixel.
    epsg : int
        Of a projected coordinate system.
    described, credit, taken : str
        What it is, whose, and when as "2026:09:20 10:30:00".
    """

    west: float
    north: float
    metres: float
    epsg: int
    described: str
    credit: str
    taken: str


def write(
    path: Path,
    size: tuple[int, int],
    paint: Paint,
    place: Place,
    *,
    part: int = 1024,
    quality: int = 75,
) -> None:
    """Write a picture that is made part by part.

    Parameters
    ----------
    size : tuple of int
        Pixels across and down.
    paint : callable
        Makes a part; what of it lies beyond `size` is left out.
    part : int
        Pixels a side of a part, a multiple of twice `TILE`.
    """
    with path.open("wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, 0))
        levels = [_Level(file, size, quality)]
        overview = np.zeros(((size[1] + 1) // 2, (size[0] + 1) // 2, 3), np.uint8)
        for top in range(0, size[1], part):
            for left in range(0, size[0], part):
                pixels = paint(left, top, part)[: size[1] - top, : size[0] - left]
                levels[0].add(left, top, pixels)
                half = _halved(pixels)
                overview[top // 2 :, left // 2 :][: len(half), : half.shape[1]] = half
        while max(overview.shape) > SMALLEST:
            levels.append(_Level(file, (overview.shape[1], overview.shape[0]), quality))
            levels[-1].add(0, 0, overview)
            overview = _halved(overview)
        where = 4
        for level in levels:
            file.seek(0, 2)
            file.write(b"\0" * (file.tell() % 2))
            start = file.tell()
            file.seek(where)
            file.write(struct.pack("<I", start))
            file.seek(start)
            where = level.finish(place if level is levels[0] else None)


def _halved(pixels: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).reduce(2))


class _Level:
    """One size of the picture while it is written."""

    def __init__(self, file: BinaryIO, size: tuple[int, int], quality: int) -> None:
        self._file, self._size, self._quality = file, size, quality
        self._columns, self._rows = -(-size[0] // TILE), -(-size[1] // TILE)
        self._offsets = np.zeros(self._columns * self._rows, np.uint32)
        self._lengths = np.zeros(self._columns * self._rows, np.uint32)

    def add(self, left: int, top: int, pixels: Pixels) -> None:
        """Write the tiles of a part whose corner is a tile's."""
        height, width = pixels.shape[:2]
        pad = ((0, -height % TILE), (0, -width % TILE), (0, 0))
        whole = np.pad(pixels, pad, mode="edge") if pad != ((0, 0),) * 3 else pixels
        for y in range(0, len(whole), TILE):
            for x in range(0, whole.shape[1], TILE):
                target = BytesIO()
                tile = np.ascontiguousarray(whole[y : y + TILE, x : x + TILE])
                Image.fromarray(tile).save(
                    target, "JPEG", quality=self._quality, subsampling="4:2:0"
                )
                number = (top + y) // TILE * self._columns + (left + x) // TILE
                self._offsets[number] = self._file.tell()
                self._lengths[number] = self._file.write(target.getvalue())

    def finish(self, place: Place | None) -> int:
        """Write the level's table here; return where the next one's place is to be written."""
        width, height = self._size
        entries = [
            _long(254, 0 if place else 1),
            _long(256, width),
            _long(257, height),
            _short(258, 8, 8, 8),
            _short(259, 7),  # JPEG
            _short(262, 6),  # YCbCr
            _short(277, 3),
            _short(284, 1),
            _long(322, TILE),
            _long(323, TILE),
            _long(324, *self._offsets.tolist()),
            _long(325, *self._lengths.tolist()),
            _short(530, 2, 2),
            *(_georeference(place) if place else ()),
        ]
        entries.sort()
        start = self._file.tell()
        beyond = start + 2 + 12 * len(entries) + 4
        table, more = [struct.pack("<H", len(entries))], b""
        for tag, kind, content, count in entries:
            held = content.ljust(4, b"\0")
            if len(content) > 4:
                held = struct.pack("<I", beyond + len(more))
                more += content + b"\0" * (len(content) % 2)
            table.append(struct.pack("<HHI", tag, kind, count) + held)
        self._file.write(b"".join(table) + struct.pack("<I", 0) + more)
        return start + 2 + 12 * len(entries)


def _georeference(place: Place) -> list[Entry]:
    # Projected, pixels are areas, and the coordinate system by its number.
    keys = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, place.epsg)
    return [
        _text(270, place.described),
        _text(306, place.taken),
        _text(33432, place.credit),
        _double(33550, place.metres, place.metres, 0.0),
        _double(33922, 0.0, 0.0, 0.0, place.west, place.north, 0.0),
        _short(34735, *keys),
    ]


def _text(tag: int, text: str) -> Entry:
    content = text.encode() + b"\0"
    return tag, 2, content, len(content)


def _short(tag: int, *values: int) -> Entry:
    return tag, 3, struct.pack(f"<{len(values)}H", *values), len(values)


def _long(tag: int, *values: int) -> Entry:
    return tag, 4, struct.pack(f"<{len(values)}I", *values), len(values)


def _double(tag: int, *values: float) -> Entry:
    return tag, 12, struct.pack(f"<{len(values)}d", *values), len(values)
