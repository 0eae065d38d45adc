"""Rasters for tests, written by other hands: rasterio, sqlite3, PMTiles by its specification."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pyproj
import rasterio
from PIL import Image
from rasterio.transform import Affine

from mapdesk.formats.rasters.raster import WORLD
from mapdesk.model.district import District

DISTRICT = District("Test", "EPSG:32650", (440_000.0, 2_720_000.0))
"""In Xiamen, where GCJ-02 is some 500 m off."""
RED, GREEN, BLUE = (200, 40, 30), (40, 160, 60), (30, 60, 200)


def lonlat() -> tuple[float, float]:
    lon, lat = DISTRICT.to_lonlat(*DISTRICT.origin)
    return float(lon), float(lat)


def write_tiff(
    path: Path,
    pixels: np.ndarray,
    crs: str | None = DISTRICT.crs,
    centre: tuple[float, float] = DISTRICT.origin,
    size: float = 2.0,
    **more: object,
) -> Path:
    """Write bands (n, h, w) around a centre with pixels of a size."""
    count, height, width = pixels.shape
    left, upper = centre[0] - width / 2 * size, centre[1] + height / 2 * size
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=count,
        dtype=pixels.dtype,
        crs=crs,
        transform=Affine(size, 0.0, left, 0.0, -size, upper),
        **more,
    ) as file:
        file.write(pixels)
    return path


def plain(colour: tuple[int, ...] = RED, side: int = 512) -> np.ndarray:
    return np.broadcast_to(np.array(colour, np.uint8)[:, None, None], (3, side, side)).copy()


def quarters(side: int = 512) -> np.ndarray:
    """Red in the upper left, green right of it, blue below the red, white in the last quarter."""
    half = side // 2
    found = np.full((3, side, side), 255, np.uint8)
    for colour, down, right in ((RED, 0, 0), (GREEN, 0, half), (BLUE, half, 0)):
        found[:, down : down + half, right : right + half] = np.array(colour)[:, None, None]
    return found


def png(colour: tuple[int, ...] = RED, side: int = 256, kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(written, kind)
    return written.getvalue()


def tile_at(level: int, lon: float, lat: float) -> tuple[int, int]:
    """Return column and row of Web Mercator's tile at a place."""
    x, y = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    span = 2 * WORLD / 2**level
    return int((x + WORLD) / span), int((WORLD - y) / span)


def write_mbtiles(
    path: Path, levels: range, content: bytes | None = None, kind: str = "png"
) -> Path:
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        base.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer,"
            " tile_data blob)"
        )
        lon, lat = lonlat()
        told = {
            "name": "Tiles",
            "format": kind,
            "type": "baselayer",
            "minzoom": str(levels.start),
            "maxzoom": str(levels.stop - 1),
            "bounds": f"{lon - 0.1},{lat - 0.1},{lon + 0.1},{lat + 0.1}",
            "attribution": '<a href="https://example.org">© Example &amp; Co</a>',
        }
        base.executemany("INSERT INTO metadata VALUES (?, ?)", told.items())
        for level in levels:
            column, row = tile_at(level, lon, lat)
            for right in (-1, 0, 1):
                for down in (-1, 0, 1):
                    place = level, column + right, 2**level - 1 - (row + down)
                    base.execute(
                        "INSERT INTO tiles VALUES (?, ?, ?, ?)", (*place, content or png())
                    )
    base.close()
    return path


def write_pmtiles(
    path: Path,
    tiles: dict[int, bytes],
    levels: tuple[int, int],
    *,
    kind: int = 2,
    leaves: bool = False,
) -> Path:
    """Write tiles by their number; `leaves` puts the entries into a directory of their own."""
    data, entries = b"", []
    for number, content in sorted(tiles.items()):
        entries.append((number, len(data), len(content), 1))
        data += content
    directory = gzip.compress(_directory(entries))
    root = gzip.compress(_directory([(0, 0, len(directory), 0)])) if leaves else directory
    leaf = directory if leaves else b""
    about = gzip.compress(json.dumps({"attribution": "© Example"}).encode())
    at = 127
    parts = []
    for part in (root, about, leaf, data):
        parts += [at, len(part)]
        at += len(part)
    head = struct.pack(
        "<7sB11Q6B4iB2i", b"PMTiles", 3, *parts, len(tiles), len(tiles), len(tiles),
        1, 2, 1, kind, *levels, -1800000000, -850000000, 1800000000, 850000000, 0, 0, 0,
    )  # fmt: skip
    path.write_bytes(head + root + about + leaf + data)
    return path


def _directory(entries: list[tuple[int, int, int, int]]) -> bytes:
    written = _varint(len(entries))
    before = 0
    for number, *_rest in entries:
        written += _varint(number - before)
        before = number
    for column in (3, 2):
        written += b"".join(_varint(entry[column]) for entry in entries)
    return written + b"".join(_varint(entry[1] + 1) for entry in entries)


def _varint(value: int) -> bytes:
    written = b""
    while value > 0x7F:
        written += bytes([value & 0x7F | 0x80])
        value >>= 7
    return written + bytes([value])


class TileServer:
    """Answers what `answers` says; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.leads_to = ""
        self.content = png()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self.send_response(outer.status)
                if outer.leads_to:
                    self.send_header("Location", outer.leads_to)
                self.end_headers()
                if outer.status == 200:
                    self.wfile.write(outer.content)

            def log_message(self, *_words: object) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def tile_server() -> Iterator[TileServer]:
    """A server of tiles on this machine."""
    server = TileServer()
    try:
        yield server
    finally:
        server.stop()
