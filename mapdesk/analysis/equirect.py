"""Six square views around a point as one equirectangular panorama."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FACES = (
    ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
)
"""Where each view looks and what is up in it: north, east, south, west, up, down; 90 degrees wide."""


def directions(width: int) -> NDArray[np.float32]:
    """Return the unit vector (width / 2, width, 3) of each pixel; north is in the middle."""
    bearing = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    pitch = (0.5 - (np.arange(width // 2) + 0.5) / (width // 2)) * np.pi
    found = np.empty((width // 2, width, 3), np.float32)
    found[..., 0] = np.cos(pitch)[:, None] * np.sin(bearing)
    found[..., 1] = np.cos(pitch)[:, None] * np.cos(bearing)
    found[..., 2] = np.sin(pitch)[:, None]
    return found


def lookup(size: int, width: int) -> NDArray[np.int32]:
    """Return which pixel (width / 2, width) of six views (6, size, size) each of a panorama is."""
    ray = directions(width)
    ahead = np.stack([ray @ np.array(forward, np.float32) for forward, _up in FACES])
    which = np.argmax(ahead, axis=0)
    found = np.empty(which.shape, np.int32)
    for face, (forward, up) in enumerate(FACES):
        mine = which == face
        seen, depth = ray[mine], ahead[face][mine]
        column = (seen @ np.cross(forward, up).astype(np.float32) / depth + 1) / 2 * size
        row = (1 - seen @ np.array(up, np.float32) / depth) / 2 * size
        row, column = (np.clip(one.astype(np.int32), 0, size - 1) for one in (row, column))
        found[mine] = (face * size + row) * size + column
    return found


def from_faces(faces: NDArray[np.uint8], pixels: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return a panorama (height, width, 3) made of six views (6, n, n, 3) in the order of `FACES`.

    Parameters
    ----------
    pixels : ndarray of int32, shape (height, width)
        As `lookup` returns it.
    """
    return np.asarray(faces.reshape(-1, 3)[pixels])


def halved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture at half its size, each pixel the mean of four."""
    wide = picture.astype(np.uint16)
    fours = wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]
    return np.asarray((fours + 2) // 4, np.uint8)
