"""Panoramas as cameras write them: where, when and which way round, read from EXIF and XMP.

Only those are taken that show all around and all of up and down: equirectangular, twice as wide as high.
What is read of a picture is its place, time, direction and maker's credit; never what is on it.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from mapdesk.model.errors import InputError

SUFFIXES = (".jpg", ".jpeg", ".png")
"""Names of files that are looked at."""
LARGEST = 120_000_000
"""Bytes of a file that is taken."""
MOST_PIXELS = 16384 * 8192
"""The largest panoramas that cameras and stitchers write."""
WIDEST = 6144
"""Pixels that a picture shown is wide at most: 17 a degree, which no screen exceeds by much."""
_OFF_SQUARE = 0.02
"""Part by which the width may differ from twice the height."""

_XMP = re.compile(rb"GPano:(\w+)\s*(?:=\s*[\"']([^\"']{0,200})[\"']|>([^<]{0,200})<)")
_GPS = ExifTags.GPS
_BASE = ExifTags.Base


@dataclass(frozen=True)
class Panorama:
    """What a file says of itself.

    Parameters
    ----------
    lon, lat : float
        Degrees, as the file has them.
    heading : float or None
        Degrees clockwise from true north of the picture's middle.
    height : float or None
        Metres above the sea.
    taken_at : datetime or None
        By the camera's clock.
    credit : str
        Who asks to be named; empty where nobody does.
    """

    lon: float
    lat: float
    heading: float | None
    height: float | None
    taken_at: datetime | None
    credit: str


def files_of(folder: Path) -> list[Path]:
    """Return the pictures in a folder and those below it, by name.

    Raises
    ------
    InputError
        It is no folder, or has none.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InputError(f"{folder} is not there: name the folder that the panoramas lie in.")
    found = sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    if not found:
        raise InputError(f"{folder} has no pictures: panoramas are files in .jpg or .png.")
    return found


def read(content: bytes) -> Panorama:
    """Read what a picture says of itself.

    Raises
    ------
    InputError
        It is no whole equirectangular panorama with a position; the text goes on from its name.
    """
    if len(content) > LARGEST:
        raise InputError(f"is larger than {LARGEST // 1_000_000} MB")
    try:
        with _opened(content) as image:
            said = _xmp(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b"")
            _check_shape(*image.size, said.get("ProjectionType", "equirectangular"))
            exif = image.getexif()
            gps = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
            more = dict(exif.get_ifd(ExifTags.IFD.Exif))
            found = _panorama(said, gps, dict(exif) | more)
            # Read to its end at an eighth of its size: a file cut short is found out now, not when shown.
            image.draft("RGB", (image.width // 8, image.height // 8))
            image.load()
            return found
    except InputError:
        raise
    except _BROKEN as error:
        raise _damaged() from error


def pixels(content: bytes) -> NDArray[np.uint8]:
    """Return a picture as RGB (height, width, 3), at most `WIDEST` wide.

    Raises
    ------
    InputError
        It is damaged; the text goes on from its name.
    """
    try:
        with _opened(content) as image:
            if image.width > WIDEST:
                image.draft("RGB", (WIDEST, WIDEST // 2))
                image.load()
            colours = image.convert("RGB")
            if colours.width > WIDEST:
                colours = colours.resize((WIDEST, WIDEST // 2), reducing_gap=2.0)
            return np.asarray(colours)
    except _BROKEN as error:
        raise _damaged() from error


def encode(picture: NDArray[np.uint8], quality: int = 85, exif: bytes = b"") -> bytes:
    """Return RGB pixels (height, width, 3) as JPEG.

    Parameters
    ----------
    exif : bytes
        Tags, as Pillow writes them; none by default.
    """
    target = BytesIO()
    Image.fromarray(picture).save(target, "JPEG", quality=quality, exif=exif)
    return target.getvalue()


_BROKEN = (
    OSError,  # Pillow's word for files cut short, UnidentifiedImageError among them
    UnidentifiedImageError,
    Image.DecompressionBombError,
    SyntaxError,  # so Pillow calls broken chunks of a PNG
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    ZeroDivisionError,
)
"""What Pillow raises on files that are not what they say."""


def _check_shape(width: int, height: int, kind: str) -> None:
    if kind.lower() != "equirectangular":
        raise InputError(f"is a {kind} panorama, not an equirectangular one")
    if abs(width - 2 * height) > _OFF_SQUARE * width:
        raise InputError(
            f"is {width} x {height} pixels, not twice as wide as high: only whole equirectangular "
            "panoramas can be looked around in"
        )


def _damaged() -> InputError:
    return InputError("is damaged or no picture: copy it from the camera again")


def _opened(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Panoramas are larger than what Pillow warns of; the limit here is our own.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(BytesIO(content), formats=("JPEG", "PNG", "MPO"))
    if image.width * image.height > MOST_PIXELS:
        raise InputError(f"has more than {MOST_PIXELS // 1_000_000} million pixels")
    return image


def _xmp(packet: bytes | str) -> Mapping[str, str]:
    raw = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    return {
        name.decode(): (one or other).decode("utf-8", "replace").strip()
        for name, one, other in _XMP.findall(raw)
    }


def _panorama(said: Mapping[str, str], gps: dict[int, Any], tags: dict[int, Any]) -> Panorama:
    lon = _degrees(gps.get(_GPS.GPSLongitude), gps.get(_GPS.GPSLongitudeRef), "W")
    lat = _degrees(gps.get(_GPS.GPSLatitude), gps.get(_GPS.GPSLatitudeRef), "S")
    if lon is None or lat is None or (lon == 0 and lat == 0):
        raise InputError("has no position in its EXIF data: geotag it first")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(f"has a position that is none ({lon:g}, {lat:g})")
    heading = _number(said.get("PoseHeadingDegrees"))
    if heading is None:
        heading = _number(gps.get(_GPS.GPSImgDirection))
    height = _number(gps.get(_GPS.GPSAltitude))
    if height is not None and gps.get(_GPS.GPSAltitudeRef) in (1, b"\x01"):
        height = -height
    credit = _text(tags.get(_BASE.Copyright)) or _text(tags.get(_BASE.Artist))
    return Panorama(
        lon,
        lat,
        None if heading is None else heading % 360.0,
        height,
        _time(tags.get(_BASE.DateTimeOriginal)) or _time(tags.get(_BASE.DateTime)),
        credit,
    )


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    """Return degrees, minutes and seconds as one number, below zero on the side called `negative`."""
    values = [_number(part) for part in _listed(parts)]
    if not values or None in values:
        return None
    total = sum(value / 60.0**place for place, value in enumerate(values[:3]) if value is not None)
    return -total if _text(side).upper().startswith(negative) else total


def _listed(parts: Any) -> Iterator[Any]:
    yield from parts if isinstance(parts, tuple | list) else () if parts is None else (parts,)


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return found if math.isfinite(found) else None


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:200]


def _time(value: Any) -> datetime | None:
    try:
        return datetime.strptime(_text(value)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - EXIF has no zone
    except ValueError:
        return None
