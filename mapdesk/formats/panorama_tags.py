"""What a panorama that is kept says of itself: place, time and direction, and nothing else.

Cameras write much more: serial numbers, the owner's name, a small picture that may show what was blurred
in the large one. All of that is left out, and the picture stays as it is, bit by bit: a JPEG is not
encoded anew.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from PIL import ExifTags, Image

from mapdesk.formats.panoramas import Panorama
from mapdesk.model.errors import InputError

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
"""A marker after coded pixels, in which 0xff is followed by zero or a restart."""
_SCAN, _END, _FIRST_APP, _COMMENT = 0xDA, 0xD9, 0xE0, 0xFE
_KEPT_APPS = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
"""Segments of applications that say how colours are meant."""
_KEPT_CHUNKS = frozenset(
    (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT")
)
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" '
    b'GPano:ProjectionType="equirectangular"/></rdf:RDF></x:xmpmeta>'
)


def bare(content: bytes, said: Panorama) -> bytes:
    """Return a JPEG or PNG without all that it says of itself but place, time, direction and projection.

    Pixels are those of `content`, unchanged; further pictures in the same file are left out.

    Raises
    ------
    InputError
        It is no whole picture of these kinds; the text goes on from its name.
    """
    exif = tags(said)
    try:
        if content.startswith(_PNG):
            return b"".join(_bare_png(content, exif))
        if content.startswith(_JPEG):
            return b"".join(_bare_jpeg(content, exif))
    except (IndexError, struct.error) as error:
        raise InputError("is cut short: copy it from the camera again") from error
    raise InputError("is neither a JPEG nor a PNG")


def tags(said: Panorama) -> bytes:
    """Return EXIF tags of a panorama, with the marker that they begin with in a JPEG."""
    exif = Image.Exif()
    if said.credit:
        exif[ExifTags.Base.Copyright] = said.credit
    if said.taken_at is not None:
        taken = f"{said.taken_at:%Y:%m:%d %H:%M:%S}"
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    gps: dict[int, object] = {
        ExifTags.GPS.GPSLongitudeRef: "W" if said.lon < 0 else "E",
        ExifTags.GPS.GPSLongitude: _parts(abs(said.lon)),
        ExifTags.GPS.GPSLatitudeRef: "S" if said.lat < 0 else "N",
        ExifTags.GPS.GPSLatitude: _parts(abs(said.lat)),
    }
    if said.heading is not None:
        gps[ExifTags.GPS.GPSImgDirectionRef] = "T"
        gps[ExifTags.GPS.GPSImgDirection] = said.heading % 360.0
    if said.height is not None:
        gps[ExifTags.GPS.GPSAltitudeRef] = b"\x01" if said.height < 0 else b"\x00"
        gps[ExifTags.GPS.GPSAltitude] = abs(said.height)
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return exif.tobytes()


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 6)


def _bare_jpeg(content: bytes, exif: bytes) -> Iterator[bytes]:
    """Give the parts of a JPEG that are kept, up to the end of its first picture."""
    yield _JPEG
    is_tagged, at = False, len(_JPEG)
    while True:
        found = _MARKER.match(content, at)
        if found is None:
            raise IndexError
        kind, at = found[1][0], found.end()
        if kind == _END:
            yield bytes((0xFF, _END))
            return
        size = struct.unpack_from(">H", content, at)[0]
        body = content[at : at + size]
        if len(body) < size or size < 2:
            raise IndexError
        at += size
        if not is_tagged and kind != _FIRST_APP:  # what it says comes first, but for JFIF
            is_tagged = True
            yield _segment(exif)
            yield _segment(b"http://ns.adobe.com/xap/1.0/\x00" + _XMP)
        if _is_kept(kind, body[2:]):
            yield bytes((0xFF, kind)) + body
        if kind == _SCAN:
            end = _MARKER.search(content, at)
            if end is None:
                raise IndexError
            yield content[at : end.start()]
            at = end.start()


def _is_kept(kind: int, said: bytes) -> bool:
    if _FIRST_APP <= kind <= _FIRST_APP + 15:
        return kind in _KEPT_APPS and said.startswith(_KEPT_APPS[kind])
    return kind != _COMMENT


def _segment(said: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(said) + 2) + said


def _bare_png(content: bytes, exif: bytes) -> Iterator[bytes]:
    """Give the chunks of a PNG that are kept."""
    yield _PNG
    at = len(_PNG)
    while True:
        size, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + size]
        if len(chunk) < 12 + size:
            raise IndexError
        at += len(chunk)
        if kind == b"IDAT" and exif:
            yield _chunk(b"eXIf", exif.removeprefix(b"Exif\x00\x00"))
            yield _chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + _XMP)
            exif = b""
        if kind in _KEPT_CHUNKS:
            yield chunk
        if kind == b"IEND":
            return


def _chunk(kind: bytes, said: bytes) -> bytes:
    return struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))
