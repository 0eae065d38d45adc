"""The ground as triangles: fine around the place looked at, each square around it twice as coarse.

Squares are made of blocks; only those that the eye may see are there, with room to spare, so that a mesh
serves while the eye moves a little.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.terrain import Terrain

Floats = NDArray[np.float64]

BLOCK = 12
"""Cells a side of a block."""
ACROSS = 8
"""Blocks a side of the finest square, a multiple of 4; of the coarser ones those around its half."""
FINE = 0.75
"""Part of its distance to either side of the place looked at that the finest square covers at least."""
FARTHEST = 110_000.0
"""Metres to which the ground goes on beyond its last sample."""
LIT_FLAT = 0.93
"""Brightness of level ground: slopes towards the light have 1."""
_LIGHT = np.array([-0.5, 0.5, 0.7071])
"""From the north-west, as on maps."""
_DARKEST = 0.56
"""What the steepest slopes away from the light come near to: what is painted on them is still read."""


@dataclass(frozen=True)
class Eye:
    """Where the ground is looked at from.

    Parameters
    ----------
    eye, forward, right, up : ndarray, shape (3,)
        Metres; unit vectors.
    target : ndarray, shape (2,)
        The place looked at, metres.
    distance : float
        Metres to it.
    tangents : tuple of float
        Of half the angles of view, to the side and up, room to spare included.
    """

    eye: Floats
    forward: Floats
    right: Floats
    up: Floats
    target: Floats
    distance: float
    tangents: tuple[float, float]


@dataclass(frozen=True)
class Relief:
    """Triangles of the ground.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Metres.
    triangles : ndarray of int32, shape (m, 3)
        Seen from above.
    light : ndarray, shape (n,)
        Brightness, 0 to 1.
    """

    points: Floats
    triangles: NDArray[np.int32]
    light: Floats


def relief_of(terrain: Terrain, looking: Eye) -> Relief:
    """Return the ground as seen by an eye."""
    half = BLOCK * ACROSS // 2
    step = terrain.step * 2.0 ** max(0, round(log2(FINE * looking.distance / half / terrain.step)))
    middle = np.round((looking.target - (terrain.x, terrain.y)) / (8 * step)) * (8 * step)
    middle = middle + (terrain.x, terrain.y)
    xmin, ymin, xmax, ymax = terrain.bounds
    reach = max(np.abs(middle - (xmin, ymin)).max(), np.abs(middle - (xmax, ymax)).max())
    levels = 1 + max(1, ceil(log2(max(reach / (half * step), 1.0))))
    corners, steps, edges = [], [], []
    for level in range(levels):
        at = np.arange(ACROSS) - ACROSS // 2
        column, row = (axis.ravel() for axis in np.meshgrid(at, at))
        if level:
            # The half of it is the square before.
            inner = (np.abs(column + 0.5) < ACROSS / 4) & (np.abs(row + 0.5) < ACROSS / 4)
            column, row = column[~inner], row[~inner]
        own = step * 2.0**level
        corners.append(middle + np.column_stack([column, row]) * (BLOCK * own))
        steps.append(np.full(len(column), own))
        last = ACROSS // 2 - 1
        edges.append(
            np.column_stack([row == -last - 1, column == last, row == last, column == -last - 1])
        )
    corner, size, edge = np.concatenate(corners), np.concatenate(steps), np.concatenate(edges)
    seen = _seen(terrain, looking, corner, size)
    blocks = _blocks(terrain, corner[seen], size[seen], edge[seen])
    return _with_apron(terrain, blocks, middle, half * step * 2.0 ** (levels - 1))


def _seen(terrain: Terrain, looking: Eye, corner: Floats, size: Floats) -> NDArray[np.bool_]:
    """Say which blocks may be in sight: by a ball around each."""
    span = size * BLOCK
    middle = corner + span[:, None] / 2
    corners = [corner + span[:, None] * part for part in ((0, 0), (0, 1), (1, 0), (1, 1))]
    heights = np.stack([terrain.at(places) for places in [middle, *corners]])
    low, high = heights.min(axis=0), heights.max(axis=0)
    radius = np.hypot(span * 0.75, high - low) + 0.12 * looking.distance
    offset = np.column_stack([middle, (low + high) / 2]) - looking.eye
    depth = offset @ looking.forward
    seen = depth > -radius
    for axis, tangent in ((looking.right, looking.tangents[0]), (looking.up, looking.tangents[1])):
        aside = np.abs(offset @ axis)
        # Distance from the plane that bounds what is seen on that side.
        seen &= (aside - depth * tangent) / np.hypot(1.0, tangent) < radius
    return np.asarray(seen)


def _blocks(
    terrain: Terrain, corner: Floats, size: Floats, edge: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.int32], Floats]:
    """Return points, triangles and light of blocks."""
    count, side = len(corner), BLOCK + 1
    at = np.arange(-1, side + 1)
    net = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    places = corner[:, None] + net[None] * size[:, None, None]
    around = terrain.at(places.reshape(-1, 2)).reshape(count, side + 2, side + 2)
    slope_x = (around[:, 1:-1, 2:] - around[:, 1:-1, :-2]) / (2 * size[:, None, None])
    slope_y = (around[:, 2:, 1:-1] - around[:, :-2, 1:-1]) / (2 * size[:, None, None])
    light = light_of(slope_x, slope_y)
    heights = around[:, 1:-1, 1:-1].copy()
    # Along the edge of a square every other point lies on the line between its neighbours, as the
    # coarser triangles beside it do.
    sides = heights[:, 0], heights[:, :, -1], heights[:, -1], heights[:, :, 0]
    for side_at, line in enumerate(sides):
        level = (line[:, :-2:2] + line[:, 2::2]) / 2
        line[:, 1::2] = np.where(edge[:, side_at, None], level, line[:, 1::2])
    xy = places.reshape(count, side + 2, side + 2, 2)[:, 1:-1, 1:-1]
    points = np.concatenate([xy, heights[..., None]], axis=-1).reshape(-1, 3)
    cell = (np.arange(BLOCK)[:, None] * side + np.arange(BLOCK)).ravel()
    one = np.concatenate(
        [
            np.column_stack([cell, cell + 1, cell + side]),
            np.column_stack([cell + 1, cell + side + 1, cell + side]),
        ]
    )
    triangles = (one[None] + (np.arange(count) * side * side)[:, None, None]).reshape(-1, 3)
    return points, triangles.astype(np.int32), light.ravel()


def light_of(slope_x: Floats, slope_y: Floats) -> Floats:
    """Return the brightness, 0 to 1, of ground that rises so much to the east and to the north."""
    shine = (_LIGHT[2] - slope_x * _LIGHT[0] - slope_y * _LIGHT[1]) / np.sqrt(
        1 + slope_x**2 + slope_y**2
    )
    # As much as the light itself on gentle slopes; ever less on steeper ones, whose shapes stay seen.
    other = shine - _LIGHT[2]
    room = np.where(other < 0.0, LIT_FLAT - _DARKEST, 1.0 - LIT_FLAT)
    return np.asarray(LIT_FLAT + np.sign(other) * room * (1.0 - np.exp(-np.abs(other) / room)))


def _with_apron(
    terrain: Terrain,
    blocks: tuple[Floats, NDArray[np.int32], Floats],
    middle: Floats,
    half: float,
) -> Relief:
    """Add what lies beyond the last square, as far as the land goes."""
    points, triangles, light = blocks
    along = np.linspace(-1.0, 1.0, BLOCK * ACROSS + 1)[:-1]
    ones = np.ones(len(along))
    ring = np.concatenate(
        [
            np.column_stack([along, -ones]),
            np.column_stack([ones, along]),
            np.column_stack([-along, ones]),
            np.column_stack([-ones, -along]),
        ]
    )
    inner = middle + ring * half
    outer = middle + ring * max(FARTHEST, 2 * half)
    xy = np.concatenate([inner, outer])
    added = np.column_stack([xy, terrain.at(xy)])
    count = len(inner)
    at = np.arange(count)
    after = (at + 1) % count
    strip = np.concatenate(
        [
            np.column_stack([at, at + count, after + count]),
            np.column_stack([at, after + count, after]),
        ]
    )
    return Relief(
        np.concatenate([points, added]),
        np.concatenate([triangles, (strip + len(points)).astype(np.int32)]),
        np.concatenate([light, np.full(len(added), LIT_FLAT)]),
    )
