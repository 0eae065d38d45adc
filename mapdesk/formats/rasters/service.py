"""Tiles of a server, by the template of an address: XYZ and WMTS, kept on disk for when there is no network.

``{z}``, ``{x}``, ``{y}`` (or WMTS's ``{TileMatrix}``, ``{TileCol}``, ``{TileRow}``) stand for the tile,
``{-y}`` for a row counted from below, ``{q}`` for a quadkey, ``{a-c}`` or ``{0,1,2}`` for one of several
hosts.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Protocol

import pyproj

from mapdesk import __version__
from mapdesk.analysis.pyramid import Pyramid, Tile
from mapdesk.formats.coordinates import SourceCrs
from mapdesk.formats.rasters.pictures import decoded
from mapdesk.formats.rasters.raster import (
    WEB_MERCATOR,
    Pixels,
    Place,
    geographic_matrix,
    settled,
    web_matrix,
)
from mapdesk.model.addresses import host_of, without_keys
from mapdesk.model.district import District
from mapdesk.model.errors import InputError, WorldError

TILE = 256
FINEST = 19
"""Finest level asked for unless the user knows of finer ones."""
TIMEOUT = 8.0
"""Seconds a server may take to answer."""
REST = 20.0
"""Seconds in which a server that did not answer is not asked again."""
FRESH = 30 * 86_400.0
"""Seconds for which a tile is taken from the disk without asking the server."""
_LARGEST = 8 << 20
_GEOGRAPHIC = ("EPSG:4326", "EPSG:4490", "CRS:84")
_HOSTS = re.compile(r"\{(?:([a-z])-([a-z])|(\d)-(\d)|([^{},]+(?:,[^{},]+)+))\}")
_OLD_NAMES = {
    "{TileMatrix}": "{z}",
    "{TileCol}": "{x}",
    "{TileRow}": "{y}",
    "{tilematrix}": "{z}",
    "{tilecol}": "{x}",
    "{tilerow}": "{y}",
    "{s}": "{a-c}",
}


class TileShelf(Protocol):
    """Where tiles are kept on disk. Any thread."""

    def get(self, key: str) -> tuple[bytes, float] | None:
        """Return what is kept under `key` and how many seconds ago it was put there; None for nothing."""

    def put(self, key: str, content: bytes) -> None:
        """Keep a tile; failing to is no loss."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a server that moves a tile on the same host alone: never inwards, nor into the clear."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: Any,
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        schemes = ("https",) if old.scheme == "https" else ("http", "https")
        if new.scheme not in schemes or new.hostname != old.hostname:
            raise urllib.error.HTTPError(req.full_url, 403, "leads elsewhere", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = urllib.request.build_opener(_SameHost)


class TileService:
    """Tiles of a server.

    Parameters
    ----------
    template : str
        The address, http or https.
    name : str
        For sentences.
    crs : str
        "GCJ-02" for shifted tiles, "EPSG:4326" or "EPSG:4490" for tiles cut in degrees; empty for Web
        Mercator.
    levels : tuple of int
        Coarsest and finest level the server has.
    district : District
    shelf : TileShelf or None

    Raises
    ------
    InputError
        The template is none.
    """

    hint = ""

    def __init__(
        self,
        template: str,
        name: str,
        crs: str,
        levels: tuple[int, int],
        district: District,
        shelf: TileShelf | None = None,
    ) -> None:
        self.template = checked(template)
        self.host = host_of(self.template)
        self.attribution = ""
        self._name = name
        self._shelf = shelf
        self._rests_until = 0.0
        self._why = ""
        self._lock = threading.Lock()
        is_geographic = crs.upper() in _GEOGRAPHIC
        coarsest, finest = levels
        if is_geographic:
            matrix = geographic_matrix(finest, TILE)
            source = SourceCrs(pyproj.CRS.from_user_input(crs.upper().replace("CRS:", "OGC:CRS")))
            whole = Pyramid(2 * TILE * 2**finest, TILE * 2**finest, finest, coarsest, TILE)
        else:
            matrix = web_matrix(finest, TILE)
            source = settled(name, WEB_MERCATOR, crs)
            whole = Pyramid(TILE * 2**finest, TILE * 2**finest, finest, coarsest, TILE)
        # Tianditu counts its levels in degrees from 1 where OGC's set counts from 0.
        self._first_level = 1 if is_geographic and "4490" in crs else 0
        self.place = Place(matrix, source, district.crs)
        self.pyramid = self.place.limited(whole, district.origin, name)

    def read(self, tile: Tile) -> Pixels | None:
        """Return a tile from the disk or the server; an old one where the server does not answer."""
        key = f"{self.template}\n{tile.level}/{tile.column}/{tile.row}"
        kept = self._shelf.get(key) if self._shelf is not None else None
        if kept is not None and kept[1] < FRESH:
            return self._picture(kept[0])
        try:
            content = self._fetched(self.address(tile))
            picture = self._picture(content)
        except WorldError:
            if kept is None:
                raise
            return self._picture(kept[0])
        if self._shelf is not None:
            self._shelf.put(key, content)
        return picture

    def address(self, tile: Tile) -> str:
        """Return the address of a tile."""
        level, column, row = tile.level + self._first_level, tile.column, tile.row
        rows = self.pyramid.height // TILE >> (self.pyramid.finest - tile.level)
        values = {"z": level, "x": column, "y": row, "-y": rows - 1 - row}
        address = _HOSTS.sub(lambda found: _one_of(found, column + row), self.template)
        for word, value in values.items():
            address = address.replace(f"{{{word}}}", str(value))
        return address.replace("{q}", quadkey(tile))

    def close(self) -> None:
        """Nothing is held."""

    def _picture(self, content: bytes) -> Pixels | None:
        return decoded(content, self._name) if content else None

    def _fetched(self, address: str) -> bytes:
        """Return a tile's bytes, none where the server has no such tile."""
        with self._lock:
            if time.monotonic() < self._rests_until:
                raise InputError(self._why)
        request = urllib.request.Request(  # noqa: S310 - `checked` lets http and https pass alone
            address, headers={"User-Agent": f"mapdesk/{__version__}"}
        )
        try:
            with _OPENER.open(request, timeout=TIMEOUT) as answer:
                content: bytes = answer.read(_LARGEST + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (204, 404, 410):
                return b""
            raise self._resting(self._refused(error.code)) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise self._resting(
                InputError(
                    f"{self.host} does not answer; of {self._name} only tiles fetched before are shown."
                )
            ) from None
        if len(content) > _LARGEST:
            raise InputError(
                f"{self.host} sent a tile of {self._name} that is too large to be one."
            )
        return content

    def _refused(self, code: int) -> InputError:
        if code in (401, 403):
            return InputError(
                f"{self.host} refuses tiles of {self._name} (HTTP {code}): its key or address is wrong."
            )
        return InputError(f"{self.host} refuses tiles of {self._name} (HTTP {code}); try later.")

    def _resting(self, error: InputError) -> InputError:
        """Ask this server nothing for a while."""
        with self._lock:
            self._rests_until = time.monotonic() + REST
            self._why = str(error)
        return error


def checked(template: str) -> str:
    """Return a template with its places named ``{z}``, ``{x}`` and ``{y}``.

    Raises
    ------
    InputError
        It is no address of http or https, names a user, or names no tile.
    """
    text = template.strip()
    for old, new in _OLD_NAMES.items():
        text = text.replace(old, new)
    shown = without_keys(template.strip())
    if not text.lower().startswith(("http://", "https://")) or not host_of(text):
        raise InputError(
            f"'{shown}' is no address of tiles: it begins with http:// or https://, and z, x and y "
            "stand in it in curly braces."
        )
    if "@" in urllib.parse.urlsplit(text).netloc:
        raise InputError(
            f"'{shown}' names a user before the host; leave that out, and use a key where the server "
            "wants one."
        )
    has_tile = "{x}" in text and ("{y}" in text or "{-y}" in text) and "{z}" in text
    if not has_tile and "{q}" not in text:
        raise InputError(
            f"'{shown}' does not say where the tile's numbers go: put z, x and y into it, each in "
            "curly braces."
        )
    return text


def quadkey(tile: Tile) -> str:
    """Return a tile's number in base four, a digit a level."""
    return "".join(
        str((tile.column >> bit & 1) + 2 * (tile.row >> bit & 1))
        for bit in range(tile.level - 1, -1, -1)
    )


def _one_of(hosts: re.Match[str], turn: int) -> str:
    first, last = hosts[1] or hosts[3], hosts[2] or hosts[4]
    if first:
        names = [chr(code) for code in range(ord(first), ord(last) + 1)] or [first]
    else:
        names = hosts[5].split(",")
    return names[turn % len(names)]
