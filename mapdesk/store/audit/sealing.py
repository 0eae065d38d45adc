"""The seam through which an encrypted district keeps the texts of its record unreadable."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Protocol

from mapdesk.model.errors import InputError

_LENGTHS = struct.Struct(">6I")


class Sealer(Protocol):
    """Seals the texts of a row. Any thread."""

    @property
    def chain_key(self) -> bytes | None:
        """Key of the chain's hashes, 32 bytes; None where texts stay as they are."""

    def seal(self, plain: bytes) -> bytes:
        """Return `plain` unreadable."""

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed; InputError where it was changed or the key is another."""


class Plain:
    """Seals nothing: a district that is not encrypted."""

    chain_key: bytes | None = None

    def seal(self, plain: bytes) -> bytes:
        """Return `plain`."""
        return plain

    def open(self, sealed: bytes) -> bytes:
        """Return `sealed`."""
        return sealed


PLAIN = Plain()


def pack(texts: Sequence[str]) -> bytes:
    """Return six texts as one piece: their lengths (4 bytes each, big-endian), then UTF-8."""
    parts = [text.encode() for text in texts]
    return _LENGTHS.pack(*map(len, parts)) + b"".join(parts)


def unpack(packed: bytes) -> list[str]:
    """Return the six texts of `pack`.

    Raises
    ------
    InputError
        It is not what `pack` makes.
    """
    try:
        lengths = _LENGTHS.unpack_from(packed)
        texts, start = [], _LENGTHS.size
        for length in lengths:
            texts.append(packed[start : start + length].decode())
            start += length
    except (struct.error, UnicodeDecodeError) as error:
        raise InputError(
            "A sealed row of the record cannot be read; verify the record with 'mapdesk audit verify'."
        ) from error
    return texts
