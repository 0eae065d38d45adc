"""Opening files with GDAL: by how they begin, with little memory, and never another file or host."""

from __future__ import annotations

import glob
import re
import warnings
from pathlib import Path
from typing import Any

import pyproj
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from mapdesk.model.errors import InputError, NotFoundError

DRIVERS = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"SQLite format 3\0", "MBTiles"),
    (b"\0\0\0\x0cjP  ", "JP2OpenJPEG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"EHFA_HEADER", "HFA"),
)
"""How files begin that are opened, and GDAL's driver: kinds that hold their pixels themselves, and lead
to no other file or host as a VRT does."""
UNREADABLE = (RasterioError, CPLE_BaseError)
"""What anything asked of a damaged file may raise: rasterio lets some of GDAL's errors through."""
_CACHE = 64
"""Megabytes of blocks GDAL keeps, for all files together."""
_BESIDE = (".ovr", ".msk")
"""Endings of files GDAL reads beside a picture, whatever is in them: overviews and masks."""
_ASCII_GRID = re.compile(
    rb"\s*(ncols|nrows|xll(corner|center)|yll(corner|center)|cellsize)\s", re.IGNORECASE
)
_HGT = re.compile(r"[ns]\d\d[ew]\d{3}(\.\w+)*\.hgt", re.IGNORECASE)
"""What a tile of the Shuttle Radar Topography Mission is called: its name is its place."""


def driver_of(path: Path) -> str | None:
    """Return GDAL's driver for a file, by how it begins, and of heights by its name; None for no known kind.

    Raises
    ------
    NotFoundError
        It is not there, or cannot be read.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}; choose another.")
    try:
        with path.open("rb") as file:
            head = file.read(32)
    except OSError as error:
        raise NotFoundError(
            f"{path} cannot be read ({error.strerror}); choose another file."
        ) from error
    for beginning, driver in DRIVERS:
        if head.startswith(beginning):
            return driver
    if _ASCII_GRID.match(head):
        return "AAIGrid"
    return "SRTMHGT" if _HGT.fullmatch(path.name) else None


def open_file(path: Path, name: str, driver: str) -> Any:
    """Open a file with rasterio.

    Raises
    ------
    UNREADABLE
        GDAL cannot read it.
    InputError
        It leads to another file.
    """
    _check_beside(path, name)
    with warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning), settings():
        file = rasterio.open(path, driver=driver)
        if file.tags(ns="OVERVIEWS").get("OVERVIEW_FILE"):
            file.close()
            raise _leads_away(name)
    return file


def settings() -> Any:
    """Return GDAL's settings for this thread: little memory, and nothing from the network."""
    return rasterio.Env(GDAL_CACHEMAX=_CACHE, CPL_VSIL_CURL_ALLOWED_FILENAME="-")


def declared_crs(file: Any) -> pyproj.CRS | None:
    """Return the CRS of an open file; None for none, and for one that GDAL or PROJ cannot read."""
    try:
        found = file.crs or (file.gcps[1] if file.gcps[0] else None)
        return pyproj.CRS.from_wkt(found.to_wkt()) if found else None
    except (pyproj.exceptions.CRSError, *UNREADABLE):
        return None


def attribution_of(file: Any) -> str:
    """Return what an open file says of its makers; empty where it says nothing."""
    tags = file.tags()
    return str(tags.get("attribution") or tags.get("TIFFTAG_COPYRIGHT") or "")


def no_place(name: str) -> InputError:
    """Return what is said of a file that does not say where it lies."""
    return InputError(f"{name} has no place on earth: add a world file, or export it as GeoTIFF.")


def no_size(name: str) -> InputError:
    """Return what is said of a file whose pixels have no size."""
    return InputError(f"{name} says that its pixels have no size; export it anew.")


def _check_beside(path: Path, name: str) -> None:
    """Raise InputError where overviews or a mask beside a picture are no TIFF: a VRT leads elsewhere."""
    for beside in path.parent.glob(glob.escape(path.name) + "*"):
        if beside.suffix.lower() in _BESIDE and beside != path:
            try:
                with beside.open("rb") as file:
                    head = file.read(4)
            except OSError:
                continue  # GDAL cannot read it either
            if (head, "GTiff") not in DRIVERS:
                raise _leads_away(name)


def _leads_away(name: str) -> InputError:
    return InputError(f"{name} leads to another file; export it anew as one file.")
