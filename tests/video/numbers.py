"""Reads the frame number that the test camera burns into its pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = 16


def edge_of(height: int) -> int:
    """Return the edge of a burnt square, in pixels of a camera picture of `height`."""
    edge = max(12, height // 24)
    return edge - edge % 2


def read_number(pixels: NDArray[Any], height: int) -> int | None:
    """Return the burnt frame number, None if the squares do not agree with their check.

    Parameters
    ----------
    pixels : ndarray, rows x columns [x channels]
        The picture, at any scale of the camera's.
    height : int
        The camera's own height in pixels.
    """
    edge = edge_of(height) * pixels.shape[0] / height
    row = pixels[int(edge / 2)]
    line = row[:, 1] if row.ndim == 2 else row
    columns = ((np.arange(BITS) + 0.5) * edge).astype(int)
    value = int("".join("1" if line[column] > 127 else "0" for column in columns), 2)
    number = value >> 4
    check = (number ^ (number >> 4) ^ (number >> 8)) & 15
    return number if check == value & 15 else None
