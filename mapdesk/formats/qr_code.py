"""QR codes, as dark and light squares and as text for a terminal."""

from __future__ import annotations

import segno

QUIET = 4
"""Light squares that a reader needs on every side."""

_WHITE_ON_BLACK, _PLAIN = "\x1b[97;40m", "\x1b[0m"
_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""Two squares above each other as one letter, written white on black: a dark square is the ground's."""


def squares(text: str) -> list[list[bool]]:
    """Return the rows of the QR code of a text, from the top, dark squares true, quiet zone and all.

    Raises
    ------
    ValueError
        The text is longer than a QR code can hold (some 2,300 bytes).
    """
    code = segno.make_qr(text, error="m")
    return [[bool(dark) for dark in row] for row in code.matrix_iter(border=QUIET)]


def for_terminal(text: str, columns: int) -> str:
    """Return a QR code in lines for a terminal, dark or light; empty where it is wider than `columns`."""
    rows = squares(text)
    if len(rows) > columns:
        return ""
    rows += [[False] * len(rows)] * (len(rows) % 2)
    lines = (
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
    return "".join(f"{_WHITE_ON_BLACK}{line}{_PLAIN}\n" for line in lines)
