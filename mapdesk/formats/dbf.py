"""The encoding of a Shapefile's attributes, which its .cpg file often says wrong or not at all."""

from __future__ import annotations

import codecs
import struct

import numpy as np

from mapdesk.formats.encodings import guess

_HEADER = struct.Struct("<4xIHH20x")
_FIELD_BYTES = 32
_LAST_FIELD = 0x0D
_FALLBACK = "ISO-8859-1"


def attribute_encoding(table: bytes, declared: str | None) -> tuple[str, bool]:
    """Return the encoding of a dBase table's texts.

    Parameters
    ----------
    table : bytes
        A whole .dbf file.
    declared : str or None
        What the .cpg file says.

    Returns
    -------
    encoding : str
        The declared one where all texts decode with it; else UTF-8 or GB18030 by the texts
        themselves; else ISO 8859-1, in which everything decodes.
    overruled : bool
        Whether a declaration was found wrong.
    """
    texts = _texts(table)
    told = _known(declared)
    if told is not None and all(_decodes(text, told) for text in texts):
        return told, False
    return guess(texts) or _FALLBACK, declared is not None


def _texts(table: bytes) -> list[bytes]:
    """Return the different values of all text fields, and the names of all fields."""
    if len(table) < _HEADER.size:
        return []
    count, header_size, row_size = _HEADER.unpack_from(table)
    count = min(count, (len(table) - header_size) // max(row_size, 1))
    rows = np.frombuffer(table, np.uint8, count * row_size, header_size).reshape(count, row_size)
    found: list[bytes] = []
    start = 1
    for place in range(_HEADER.size, header_size - _FIELD_BYTES, _FIELD_BYTES):
        descriptor = table[place : place + _FIELD_BYTES]
        if descriptor[0] == _LAST_FIELD:
            break
        width = descriptor[16]
        found.append(descriptor[:11].split(b"\0")[0])
        if descriptor[11:12] == b"C" and width:
            column = np.ascontiguousarray(rows[:, start : start + width]).view(f"S{width}")
            found += [_whole(text, width) for text in np.unique(column).tolist()]
        start += width
    return found


def _whole(text: bytes, width: int) -> bytes:
    """Return a value without what its field's width cut off within a character."""
    stripped = text.rstrip(b" \0")
    if len(stripped) < width or stripped[-1] < 0x80:
        return stripped
    return stripped.rstrip(bytes(range(0x80, 0x100)))


def _known(name: str | None) -> str | None:
    try:
        return codecs.lookup(name.strip()).name if name else None
    except LookupError:
        return None


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
