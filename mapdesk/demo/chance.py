"""Random numbers: one independent stream per part, so that changing one part leaves the rest."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Item = TypeVar("Item")


def stream(seed: int, part: str) -> np.random.Generator:
    """Return one part's generator: the same seed and name, the same numbers."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def pick(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    """Return one of `items`, each as likely as the others."""
    return items[int(rng.integers(len(items)))]


def draw(rng: np.random.Generator, shares: ArrayLike, count: int) -> NDArray[np.int64]:
    """Draw `count` indices of `shares`, each as often as its share of the sum says."""
    edges = np.cumsum(np.asarray(shares, dtype=float))
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return np.asarray(drawn, dtype=np.int64)


def split_evenly(total: int, shares: Sequence[float]) -> list[int]:
    """Split `total` into whole parts in proportion to `shares` that sum to it exactly."""
    edges = np.round(np.cumsum([0.0, *shares]) / sum(shares) * total).astype(int)
    return [int(part) for part in np.diff(edges)]
