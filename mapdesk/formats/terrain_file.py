"""Terrain as it is kept in a district: compressed arrays."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import numpy as np

from mapdesk.analysis.terrain import Terrain
from mapdesk.model.errors import InputError

MOST = 16_000_000
"""Samples that are read; none that was written here has as many."""


def keyed(terrain: Terrain) -> Terrain:
    """Return terrain with a key made of what it is."""
    told = hashlib.sha256(np.ascontiguousarray(terrain.heights).tobytes())
    told.update(
        repr((terrain.x, terrain.y, terrain.step, terrain.datum, terrain.heights.shape)).encode()
    )
    return replace(terrain, key=told.hexdigest()[:16])


def packed(terrain: Terrain) -> bytes:
    """Return the file of terrain."""
    file = io.BytesIO()
    place = np.array([terrain.x, terrain.y, terrain.step, terrain.datum], np.float64)
    np.savez_compressed(file, place=place, heights=terrain.heights.astype(np.float32))
    return file.getvalue()


def unpacked(content: bytes, key: str) -> Terrain:
    """Read what `packed` wrote.

    Raises
    ------
    InputError
        It is damaged.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            x, y, step, datum = np.asarray(arrays["place"], np.float64).tolist()
            heights = np.asarray(arrays["heights"], np.float32)
    except Exception as error:
        # A damaged archive fails in as many ways as it has parts; none of them is ours.
        raise damaged() from error
    is_grid = heights.ndim == 2 and min(heights.shape) >= 2 and heights.size <= MOST
    finite = np.isfinite([x, y, step, datum]).all() and is_grid and np.isfinite(heights).all()
    if not finite or step <= 0:
        raise damaged()
    return Terrain(x, y, step, heights, datum, key)


def damaged() -> InputError:
    """Return what is said of terrain that cannot be read."""
    return InputError("The terrain of this district is damaged or gone; remove it and add it anew.")
