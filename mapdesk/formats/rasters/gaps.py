"""Gaps in a grid of heights, filled from what lies around them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.fill import fillnodata

Floats = NDArray[np.float32]

_NEAR = 16
"""Samples within which gaps are filled from where the ground is known; farther ones from a coarser picture."""
_FAR = -99_999.0


def filled(heights: Any) -> Floats:
    """Return heights whose gaps (nan) are filled from what lies around them, the nearer the more so."""
    known = np.asarray(heights, np.float32)
    there = np.isfinite(known)
    if there.any() and not there.all():
        known = fillnodata(np.where(there, known, _FAR), there, max_search_distance=_NEAR)
        known[known == _FAR] = np.nan
    return _filled_from_afar(known)


def _filled_from_afar(known: Floats) -> Floats:
    gaps = np.isnan(known)
    if not gaps.any():
        return known
    # Each coarser picture has the mean of four samples, of those that are known; the coarsest has no gap.
    rows, columns = (side + side % 2 for side in known.shape)
    even = np.pad(known, [(0, rows - known.shape[0]), (0, columns - known.shape[1])], mode="edge")
    blocks = even.reshape(rows // 2, 2, columns // 2, 2)
    there = np.isfinite(blocks)
    count = there.sum(axis=(1, 3))
    sums = np.where(there, blocks, np.float32(0)).sum(axis=(1, 3))
    means = np.where(count > 0, sums / np.maximum(count, 1).astype(np.float32), np.float32(np.nan))
    coarse = _filled_from_afar(means)
    fine = _twice(_twice(coarse).T).T[: known.shape[0], : known.shape[1]]
    return np.where(gaps, fine, known)


def _twice(coarse: Floats) -> Floats:
    """Return twice as many rows, each between those it lies between."""
    padded = np.pad(coarse, [(1, 1), (0, 0)], mode="edge")
    fine = np.empty((2 * len(coarse), coarse.shape[1]), coarse.dtype)
    fine[0::2] = 0.75 * padded[1:-1] + 0.25 * padded[:-2]
    fine[1::2] = 0.75 * padded[1:-1] + 0.25 * padded[2:]
    return fine
