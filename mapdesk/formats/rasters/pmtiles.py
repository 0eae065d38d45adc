"""PMTiles version 3: all tiles of a map in one file.

As the specification has it (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md). The `pmtiles`
package reads the same, but brings a package called ``test`` along and reads the directories anew for
every tile.
"""

from __future__ import annotations

import json
import threading
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO

from mapdesk.analysis.pyramid import Pyramid, Tile
from mapdesk.formats.coordinates import SourceCrs
from mapdesk.formats.rasters.pictures import decoded
from mapdesk.formats.rasters.raster import WEB_MERCATOR, Pixels, Place, settled, web_matrix
from mapdesk.model.district import District
from mapdesk.model.errors import InputError, NotFoundError

MAGIC = b"PMTiles"
_HEADER = Struct("<7sB11Q6B4iB2i")
_NONE, _GZIP = 1, 2
_PICTURES = (2, 3, 4)
"""Kinds of tiles: PNG, JPEG, WebP."""
_DEEPEST = 4
_LARGEST = 1 << 26
"""Bytes a directory or a tile may have, unpacked."""


@dataclass(frozen=True)
class _Entry:
    number: int
    offset: int
    length: int
    run: int


class PmtilesRaster:
    """A PMTiles file of pictures.

    Parameters
    ----------
    path : Path
    name : str
        For sentences.
    crs : str
        "GCJ-02" for tiles that are shifted; empty otherwise.
    district : District

    Raises
    ------
    NotFoundError
        No such file.
    InputError
        It is damaged, or holds no pictures.
    """

    hint = ""

    def __init__(self, path: Path, name: str, crs: str, district: District) -> None:
        self._name = name
        self._lock = threading.Lock()
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise NotFoundError(
                f"{path} cannot be read ({error.strerror}); choose another file."
            ) from error
        try:
            self._open(crs, district)
        except BaseException:
            self._file.close()
            raise

    def _open(self, crs: str, district: District) -> None:
        head = self._file.read(_HEADER.size)
        if len(head) < _HEADER.size or head[:7] != MAGIC or head[7] != 3:
            raise InputError(f"{self._name} is no PMTiles file of version 3; make it anew.")
        values = _HEADER.unpack(head)
        (self._root, self._root_size, about, about_size, self._leaves, _leaves_size, self._data) = (
            values[2:9]
        )
        self._packing, self._tile_packing, kind, least, most = values[14:19]
        if kind not in _PICTURES:
            raise InputError(
                f"{self._name} holds no pictures but shapes (vector tiles); choose PMTiles of PNG, "
                "JPEG or WebP."
            )
        if not least <= most <= 26 or self._packing not in (_NONE, _GZIP):
            raise self._damaged()
        self._directory = lru_cache(maxsize=64)(self._read_directory)
        self.attribution = self._said(about, about_size)
        root = self._directory(self._root, self._root_size)
        size = self._tile_size(root)
        self.pyramid = Pyramid(size * 2**most, size * 2**most, most, least, size)
        source: SourceCrs = settled(self._name, WEB_MERCATOR, crs)
        self.place = Place(web_matrix(most, size), source, district.crs)
        self.pyramid = self.place.limited(self.pyramid, district.origin, self._name)

    def _said(self, offset: int, size: int) -> str:
        """Return the attribution in the file's description; an odd description says nothing."""
        try:
            told: Any = json.loads(self._unpacked(self._bytes(offset, size), self._packing))
        except (ValueError, InputError):
            return ""
        return str(told.get("attribution") or "") if isinstance(told, dict) else ""

    def _tile_size(self, entries: list[_Entry]) -> int:
        """Return the pixels a side of the file's first tile."""
        for _depth in range(_DEEPEST):
            if not entries:
                raise self._damaged()
            first = entries[0]
            if first.run:
                return int(decoded(self._tile_bytes(first), self._name).shape[1])
            entries = self._directory(self._leaves + first.offset, first.length)
        raise self._damaged()

    def read(self, tile: Tile) -> Pixels | None:
        """Return a tile, or None where the file has none."""
        number = tile_number(tile)
        offset, size = self._root, self._root_size
        for _depth in range(_DEEPEST):
            entries = self._directory(offset, size)
            at = bisect_right(entries, number, key=_number_of) - 1
            if at < 0:
                return None
            entry = entries[at]
            if entry.run:
                inside = number < entry.number + entry.run
                return decoded(self._tile_bytes(entry), self._name) if inside else None
            offset, size = self._leaves + entry.offset, entry.length
        raise self._damaged()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _tile_bytes(self, entry: _Entry) -> bytes:
        content = self._bytes(self._data + entry.offset, entry.length)
        return self._unpacked(content, self._tile_packing)

    def _bytes(self, offset: int, size: int) -> bytes:
        if size > _LARGEST:
            raise self._damaged()
        try:
            with self._lock:
                self._file.seek(offset)
                found = self._file.read(size)
        except (OSError, ValueError, OverflowError) as error:
            raise self._damaged() from error
        if len(found) != size:
            raise self._damaged()
        return found

    def _unpacked(self, content: bytes, packing: int) -> bytes:
        if packing != _GZIP:
            return content
        try:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            unpacked: bytes = unpacker.decompress(content, _LARGEST)
        except zlib.error as error:
            raise self._damaged() from error
        if not unpacker.eof:
            raise self._damaged()
        return unpacked

    def _read_directory(self, offset: int, size: int) -> list[_Entry]:
        content = self._unpacked(self._bytes(offset, size), self._packing)
        try:
            values = _varints(content)
            count = values[0]
            if len(values) != 1 + 4 * count:
                raise self._damaged()
        except IndexError:
            raise self._damaged() from None
        steps, runs, lengths, places = (
            values[1 + part * count : 1 + (part + 1) * count] for part in range(4)
        )
        entries: list[_Entry] = []
        number = offset_of = 0
        for step, run, length, at in zip(steps, runs, lengths, places, strict=True):
            number += step
            offset_of = offset_of + entries[-1].length if at == 0 and entries else at - 1
            entries.append(_Entry(number, offset_of, length, run))
        return entries

    def _damaged(self) -> InputError:
        return InputError(f"{self._name} is damaged or cut off; copy or make it anew.")


def tile_number(tile: Tile) -> int:
    """Return a tile's place on the Hilbert curve, all coarser levels before it."""
    number = ((1 << (2 * tile.level)) - 1) // 3
    column, row = tile.column, tile.row
    for bit in range(tile.level - 1, -1, -1):
        side = 1 << bit
        right, down = int(bool(column & side)), int(bool(row & side))
        number += side * side * ((3 * right) ^ down)
        if not down:
            if right:
                column, row = side - 1 - (column & (side - 1)), side - 1 - (row & (side - 1))
            column, row = row, column
        column, row = column & (side - 1), row & (side - 1)
    return number


def _number_of(entry: _Entry) -> int:
    return entry.number


def _varints(content: bytes) -> list[int]:
    """Return every number of a directory: seven bits a byte, the lowest first."""
    found, value, shift = [], 0, 0
    for byte in content:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            found.append(value)
            value = shift = 0
    return found
