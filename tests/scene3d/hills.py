"""Terrain for tests of pictures."""

import numpy as np

from mapdesk.analysis.terrain import Terrain

ORIGIN = (500_000.0, 4_300_000.0)


def terrain(height, step=10.0, half=1000.0, key="t"):
    """Return the terrain of a function of x and y, metres from the origin."""
    line = np.arange(-half, half + step, step)
    x, y = np.meshgrid(line, line)
    heights = np.broadcast_to(np.asarray(height(x, y), float), x.shape)
    return Terrain(ORIGIN[0] - half, ORIGIN[1] - half, step, np.array(heights, np.float32), key=key)


def slope(x, y):
    """Return ground that rises a metre in four to the north."""
    return 0.25 * y


def ridge(x, y):
    """Return a ridge from west to east, 120 m high, 300 m north of the origin."""
    return 120.0 * np.exp(-(((y - 300.0) / 80.0) ** 2))
