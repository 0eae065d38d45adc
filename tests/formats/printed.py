"""What a PDF of ours says and where, read off its content streams."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
TEXT = re.compile(
    rb"/F\d+ (?P<size>[\d.]+) Tf|(?:(?P<grey>[\d.]+) [\d.]+ [\d.]+ rg )?BT "
    rb"(?P<x>-?[\d.]+) (?P<y>-?[\d.]+) Td[^(]*\((?P<said>(?:\\.|[^\\)])*)\) Tj",
    re.DOTALL,
)
ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
FAINT = 0.93


@dataclass(frozen=True)
class Said:
    """A line of text: where its baseline begins, in points from the lower left corner."""

    x: float
    y: float
    size: float
    text: str


def pages(path: Path) -> list[list[Said]]:
    """Return what each page says, without the pale watermark behind it."""
    return [[said for grey, said in page if grey < FAINT] for page in _pages(path)]


def behind(path: Path) -> list[list[str]]:
    """Return what stands pale behind each page."""
    return [[said.text for grey, said in page if grey >= FAINT] for page in _pages(path)]


def texts(path: Path) -> list[list[str]]:
    """Return the texts of each page."""
    return [[said.text for said in page] for page in pages(path)]


def _pages(path: Path) -> list[list[tuple[float, Said]]]:
    contents = [_inflated(raw) for raw in STREAM.findall(path.read_bytes())]
    (cmap,) = [content for content in contents if b"beginbfchar" in content]
    letters = {
        int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be")
        for code, letter in re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)>\n", cmap)
    }
    return [_said(content, letters) for content in contents if b" Tj" in content]


def _said(content: bytes, letters: dict[int, str]) -> list[tuple[float, Said]]:
    found = []
    size = 0.0
    for each in TEXT.finditer(content):
        if each["size"]:
            size = float(each["size"])
            continue
        raw = ESCAPE.sub(
            lambda escaped: {b"r": b"\r", b"n": b"\n"}.get(escaped[1], escaped[1]), each["said"]
        )
        text = "".join(letters[int.from_bytes(raw[i : i + 2])] for i in range(0, len(raw), 2))
        found.append(
            (float(each["grey"] or 0), Said(float(each["x"]), float(each["y"]), size, text))
        )
    return found


def _inflated(raw: bytes) -> bytes:
    try:
        # Not `zlib.decompress`: a stream whose check sum ends in a carriage return has lost it above.
        return zlib.decompressobj().decompress(raw)
    except zlib.error:
        return raw
