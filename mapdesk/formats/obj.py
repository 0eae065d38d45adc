"""Wavefront OBJ: faces as triangles, in the colours of its material library."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

from mapdesk.formats.solids import GREY, Solid
from mapdesk.model.errors import InputError

Colour = tuple[int, int, int]


def read(path: Path, up: str = "y") -> Solid:
    """Read an OBJ file.

    Parameters
    ----------
    up : str
        The axis that points up in the file, "y" or "z"; the format does not say.

    Raises
    ------
    InputError
    """
    reading = _Reading(path)
    for number, line in enumerate(_lines(path), start=1):
        try:
            reading.take(*line.strip().partition(" ")[::2])
        except ValueError as error:
            raise InputError(
                f"{path.name} is damaged in line {number}: '{line.strip()[:40]}'; export it anew."
            ) from error
    if not reading.faces:
        raise InputError(f"{path.name} holds no faces; is it an OBJ file?")
    points = np.array(reading.corners, float)
    if up == "y":
        points = np.column_stack([points[:, 0], -points[:, 2], points[:, 1]])
    return Solid(
        points[np.array(reading.faces)],
        np.array(reading.colours, np.uint8),
        # Faces before the first name belong to the first part there is.
        tuple(reading.parts) or (path.stem,),
        np.array(reading.owners, np.int32),
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error


class _Reading:
    """What was read so far, and what the next faces are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._colour, self._owner = GREY, 0
        self._materials: dict[str, Colour] = {}
        self.corners: list[tuple[float, float, float]] = []
        self.faces: list[tuple[int, int, int]] = []
        self.colours: list[Colour] = []
        self.owners: list[int] = []
        self.parts: dict[str, int] = {}

    def take(self, word: str, rest: str) -> None:
        """Take one line; what is not known is of no use here."""
        if word == "v":
            x, y, z = (float(one) for one in rest.split()[:3])
            self.corners.append((x, y, z))
        elif word == "f":
            self._face([_number(one, len(self.corners)) for one in rest.split()])
        elif word in ("o", "g"):
            self._owner = self.parts.setdefault(rest.strip() or self._path.stem, len(self.parts))
        elif word == "usemtl":
            self._colour = self._materials.get(rest.strip(), GREY)
        elif word == "mtllib":
            self._materials |= _materials(self._path.parent / Path(rest.strip()).name)

    def _face(self, ring: list[int]) -> None:
        for second, third in pairwise(ring[1:]):
            self.faces.append((ring[0], second, third))
            self.colours.append(self._colour)
            self.owners.append(self._owner)


def _number(text: str, known: int) -> int:
    """Return the position of a vertex named as "7", "7/1", "7//3" or from the end as "-1"."""
    number = int(text.split("/", maxsplit=1)[0])
    found = number - 1 if number > 0 else known + number
    if not 0 <= found < known:
        raise ValueError(text)
    return found


def _materials(path: Path) -> dict[str, Colour]:
    """Return the colour of each material of a library; a library that is not there has none."""
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found: dict[str, Colour] = {}
    name = ""
    read: Callable[[str], float] = float
    for line in lines:
        words = line.split()
        if words[:1] == ["newmtl"]:
            name = " ".join(words[1:])
        elif words[:1] == ["Kd"] and len(words) >= 4:
            try:
                shares = [min(max(read(one), 0.0), 1.0) for one in words[1:4]]
            except ValueError:
                continue
            found[name] = (round(shares[0] * 255), round(shares[1] * 255), round(shares[2] * 255))
    return found
