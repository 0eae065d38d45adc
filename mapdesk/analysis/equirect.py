"""Which way each pixel of an equirectangular panorama looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def directions(width: int) -> NDArray[np.float32]:
    """Return the unit vector (width / 2, width, 3) of each pixel; north is in the middle."""
    bearing = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    pitch = (0.5 - (np.arange(width // 2) + 0.5) / (width // 2)) * np.pi
    found = np.empty((width // 2, width, 3), np.float32)
    found[..., 0] = np.cos(pitch)[:, None] * np.sin(bearing)
    found[..., 1] = np.cos(pitch)[:, None] * np.cos(bearing)
    found[..., 2] = np.sin(pitch)[:, None]
    return found
