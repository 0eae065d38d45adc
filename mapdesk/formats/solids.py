"""A thing with its real shape: coloured triangles in metres, as CityJSON, glTF and OBJ files give it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mapdesk.model.errors import InputError

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

MOST_TRIANGLES = 1_000_000
"""What one model may have: the desk redraws all of them with every picture."""
FARTHEST = 100_000.0
"""Metres a model may be across: what is larger was meant in millimetres, or is damaged."""
GREY = (200, 198, 192)
"""Colour of what says none."""


@dataclass(frozen=True)
class Solid:
    """Triangles of one model.

    Parameters
    ----------
    corners : ndarray of float, shape (n, 3, 3)
        Corners of each triangle, metres: east, north, up; counter-clockwise seen from outside.
    colours : ndarray of uint8, shape (n, 3)
        RGB of each triangle.
    parts : tuple of str
        Names of what it consists of, such as the buildings of a city model.
    part : ndarray of int32, shape (n,)
        Position in `parts` of each triangle.
    at : tuple of float or None
        Place of the origin in the district's CRS, metres, where the file says it.
    """

    corners: Floats
    colours: Bytes
    parts: tuple[str, ...]
    part: npt.NDArray[np.int32]
    at: tuple[float, float] | None = None

    def packed(self) -> bytes:
        """Return the model as it is kept in a district: compressed arrays."""
        file = io.BytesIO()
        arrays: dict[str, Any] = {
            "corners": self.corners.astype(np.float32),
            "colours": self.colours,
            "part": self.part,
            "parts": np.array(self.parts, dtype=np.str_),
        }
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> Solid:
        """Read what `packed` wrote.

        Raises
        ------
        InputError
            It is damaged.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                corners = np.asarray(arrays["corners"], np.float64)
                colours, part = np.asarray(arrays["colours"]), np.asarray(arrays["part"])
                parts = tuple(str(one) for one in arrays["parts"])
        except Exception as error:
            # A damaged archive fails in as many ways as it has parts; none of them is ours.
            raise InputError(
                "The model is damaged; remove the landmark and add it anew."
            ) from error
        count = len(corners)
        fits = corners.shape == (count, 3, 3) and colours.shape == (count, 3)
        inside = part.shape == (count,) and (
            not count or (part.min() >= 0 and part.max() < len(parts))
        )
        if not (fits and inside and np.isfinite(corners).all()):
            raise InputError("The model is damaged; remove the landmark and add it anew.")
        return cls(corners, colours.astype(np.uint8), parts, part.astype(np.int32))


def checked(file: str, solid: Solid) -> Solid:
    """Return a model that can be drawn.

    Raises
    ------
    InputError
        It is empty, too large, or has places that are no numbers.
    """
    count = len(solid.corners)
    if not count:
        raise InputError(f"{file} holds no surfaces to be drawn.")
    if count > MOST_TRIANGLES:
        raise InputError(
            f"{file} has {count:,} triangles, more than the {MOST_TRIANGLES:,} of a landmark;"
            " simplify it first."
        )
    if not np.isfinite(solid.corners).all():
        raise InputError(f"{file} has places that are no numbers; export it anew.")
    across = float(np.ptp(solid.corners.reshape(-1, 3), axis=0).max())
    if across > FARTHEST:
        raise InputError(
            f"{file} is {across / 1000:,.0f} km across; give its scale, such as 0.001 for millimetres."
        )
    return solid


def stood(corners: Floats) -> Floats:
    """Return corners with the middle of their box at the origin and the lowest at height 0."""
    points = corners.reshape(-1, 3)
    low, high = points.min(axis=0), points.max(axis=0)
    foot = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return np.asarray(corners - foot, np.float64)
