"""Grain of the painted ground: patterns that repeat without a seam, made once for every tile."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mapdesk.demo.chance import stream

SIDE = 1024
"""Pixels a side after which a pattern repeats."""
PIXEL = 0.5
"""Metres a pixel of a pattern."""
GRAIN, CROWNS, TREES = 8, 4, 4
"""Steps of the grain, of a wood and of trees that stand about; the first of the latter two is none."""
GRAIN_ALONE = np.uint16(0b1110)
"""Bits of the grain in a mixed pattern."""
SUN = (0.57, -0.82)
"""From where the sun shines: the part of a metre east and north of which a shadow goes the other way."""
SHADOW = 0.62
"""Metres of shadow a metre of height throws."""

CROWN_DISCS = ((-0.45, 1.0), (0.0, 0.95), (0.32, 0.55))
"""Of a crown's dark, middle and sunny part: how far towards the sun, and how large, in radii."""


def grain(spread: float, part: str) -> NDArray[np.uint8]:
    """Return noise (SIDE, SIDE) of 0 to `GRAIN` - 1, coarse and fine.

    Parameters
    ----------
    spread : float
        How much finer waves are weaker: 0 for snow, 1 for clouds.
    """
    noise = stream(7, part).normal(size=(SIDE, SIDE))
    up, right = np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None, :]
    waves = np.fft.rfft2(noise) / np.maximum(np.hypot(up, right), 3.0 / SIDE) ** spread
    waves[0, 0] = 0.0
    even = np.fft.irfft2(waves, (SIDE, SIDE))
    steps = np.clip(even / even.std() * (GRAIN / 5.0) + GRAIN / 2.0, 0, GRAIN - 1)
    return np.asarray(steps, np.uint8)


def crowns(
    spacing: float, share: float, radius: tuple[float, float], part: str
) -> NDArray[np.uint8]:
    """Return trees (SIDE, SIDE) from above: 0 none, 1 shadow or dark side, 2 middle, 3 sunny side.

    Parameters
    ----------
    spacing : float
        Metres between trees.
    share : float
        How many of the places have one.
    radius : tuple of float
        Least and most metres.
    """
    rng = stream(7, part)
    count = round(SIDE * PIXEL / spacing)
    places = (
        np.indices((count, count)).reshape(2, -1).T + rng.uniform(0.0, 1.0, (count**2, 2))
    ) * (SIDE / count)
    sizes = rng.uniform(*radius, count**2) / PIXEL
    kept = rng.random(count**2) < share
    image = Image.new("L", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    for (x, y), r in zip(places[kept].tolist(), sizes[kept].tolist(), strict=True):
        for step, (shift, size) in enumerate(CROWN_DISCS, start=1):
            a, b, s = x + SUN[0] * shift * r, y - SUN[1] * shift * r, r * size
            for left in _wrapped(a, s):
                for top in _wrapped(b, s):
                    draw.ellipse((left - s, top - s, left + s, top + s), fill=step)
    return np.asarray(image)


def _wrapped(middle: float, reach: float) -> tuple[float, ...]:
    if middle < reach:
        return middle, middle + SIDE
    return (middle, middle - SIDE) if middle > SIDE - reach else (middle,)


@lru_cache(maxsize=1)
def mixed() -> NDArray[np.uint16]:
    """Return all patterns in one (SIDE, SIDE): two bits of trees, two of woods, three of grain, one free.

    The free bit, the lowest, is the shadow's; the upper eight are the material's.
    """
    trees = crowns(11.0, 0.42, (2.2, 3.8), "trees").astype(np.uint16)
    woods = crowns(5.6, 1.0, (2.6, 4.4), "woods").astype(np.uint16)
    grains = grain(0.6, "grain").astype(np.uint16)
    found = np.asarray(trees << 6 | woods << 4 | grains << 1, np.uint16)
    found.flags.writeable = False
    return found
