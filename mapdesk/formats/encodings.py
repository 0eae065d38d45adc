"""Which encoding bytes are in: UTF-8, UTF-16 or GB18030, told by the bytes themselves."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from itertools import islice

from mapdesk.model.errors import InputError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_JUDGED = 20_000
"""Characters of a text that are looked at."""

_COMMON_HANZI = 0.8
"""Share of two-byte characters that must lie in GB 2312 for a text to count as Chinese. Western texts
that happen to decode as GB18030 pair an accented letter with an ASCII one, which lies outside."""


def decode(content: bytes, file: str) -> tuple[str, str]:
    """Decode a text file.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : str
        Name for the error's sentence.

    Returns
    -------
    text, encoding : str

    Raises
    ------
    InputError
        It is no text, or in an encoding that cannot be told.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding, file), encoding
    if (encoding_16 := utf16_without_mark(content)) is not None:
        return _strictly(content, encoding_16, file), encoding_16
    if b"\0" in content:
        raise InputError(f"{file} is not a text file: save the table as CSV in UTF-8, or as .xlsx.")
    found = guess([content])
    if found is None:
        raise InputError(
            f"{file} is in an encoding that is neither UTF-8, UTF-16 nor GB18030: save it as UTF-8."
        )
    return content.decode(found), found


def guess(samples: Sequence[bytes]) -> str | None:
    """Return "utf-8", "gb18030" or None for bytes that are neither.

    Parameters
    ----------
    samples : sequence of bytes
        Texts in one encoding, none cut within a character.
    """
    if all(_decodes(sample, "utf-8") for sample in samples):
        return "utf-8"
    if all(_decodes(sample, "gb18030") for sample in samples):
        pairs = [pair for sample in samples for pair in _two_byte_characters(sample)]
        common = sum(first >= 0xA1 and second >= 0xA1 for first, second in pairs)
        if pairs and common >= _COMMON_HANZI * len(pairs):
            return "gb18030"
    return None


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strictly(content: bytes, encoding: str, file: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} begins like {encoding.upper()} but is damaged at byte {error.start:,}:"
            " save it again as UTF-8."
        ) from error


def utf16_without_mark(content: bytes) -> str | None:
    """Tell UTF-16 by the zero bytes of its ASCII characters, commas and digits at least."""
    head = content[:4000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < len(head) // 8:
        return None
    if odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 10 * odd else None


def _two_byte_characters(content: bytes) -> list[tuple[int, int]]:
    foreign = (char for char in content.decode("gb18030") if not char.isascii())
    encoded = (char.encode("gb18030") for char in islice(foreign, _JUDGED))
    return [(each[0], each[1]) for each in encoded if len(each) == 2]
