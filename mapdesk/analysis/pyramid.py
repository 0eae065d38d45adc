"""Which tiles of a picture of the ground are drawn from a viewpoint, and where each of them lies.

A picture is a pyramid: its finest level in full, each level above it half as wide. A tile is a square of
pixels of one level. Everything is reckoned in pixels of the finest level, ``x`` to the right and ``y``
down, and brought to the ground by a function the picture gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ToGround = Callable[[Floats], Floats]
"""Brings pixels (n, 2) of the finest level to metres (n, 2) in the district's CRS."""

MOST_TILES = 140
"""Tiles drawn of one picture at a time; a view that asks for more gets coarser ones."""
SHARP = 1.35
"""Screen pixels that a pixel of a tile may cover before its finer tiles are taken."""
FINEST_WASTE = 0.4
"""Screen pixels below which a pixel of the coarsest level there is counts as too small to be drawn."""
CELLS = 8
"""Cells a side of the net a tile is laid on the ground by."""
_MOST_ROOTS = 4096


class Tile(NamedTuple):
    """One tile: 0 is the coarsest level a pyramid can have; columns and rows count from the upper left."""

    level: int
    column: int
    row: int

    def above(self, level: int) -> Tile:
        """Return the tile of a coarser level that has this one in it."""
        steps = self.level - level
        return Tile(level, self.column >> steps, self.row >> steps)


Box = tuple[float, float, float, float]
"""Left, upper, right, lower."""


@dataclass(frozen=True)
class Pyramid:
    """How a picture is cut into tiles.

    Parameters
    ----------
    width, height : int
        Pixels of the finest level.
    finest, coarsest : int
        Numbers of the levels there are.
    tile : int
        Pixels a side of a tile.
    limits : Box or None
        Pixels of the finest level that may be drawn; None for all. Of a map of the world it is what
        lies around the district, beyond which its CRS says nothing.
    """

    width: int
    height: int
    finest: int
    coarsest: int = 0
    tile: int = 256
    limits: Box | None = None

    def box(self, tile: Tile) -> Box:
        """Return the pixels of the finest level a tile covers."""
        span = self.tile * 2.0 ** (self.finest - tile.level)
        left, upper = tile.column * span, tile.row * span
        return left, upper, min(left + span, self.width), min(upper + span, self.height)

    def drawn(self, tile: Tile) -> Box:
        """Return the part of a tile that may be drawn."""
        left, upper, right, lower = self.box(tile)
        limits = self.limits or (0.0, 0.0, float(self.width), float(self.height))
        return (
            max(left, limits[0]),
            max(upper, limits[1]),
            min(right, limits[2]),
            min(lower, limits[3]),
        )

    def roots(self) -> list[Tile]:
        """Return the tiles of the coarsest level; none where that would be too many to look through."""
        span = self.tile * 2.0 ** (self.finest - self.coarsest)
        left, upper, right, lower = self.limits or (0.0, 0.0, self.width, self.height)
        columns = range(max(int(left // span), 0), int(np.ceil(right / span)))
        rows = range(max(int(upper // span), 0), int(np.ceil(lower / span)))
        if len(columns) * len(rows) > _MOST_ROOTS:
            return []
        return [Tile(self.coarsest, column, row) for row in rows for column in columns]

    def finer(self, tile: Tile) -> list[Tile]:
        """Return the up to four tiles of the next level that may be drawn in a tile's place."""
        parts = [
            Tile(tile.level + 1, 2 * tile.column + right, 2 * tile.row + down)
            for down in (0, 1)
            for right in (0, 1)
        ]
        return [part for part in parts if not _is_empty(self.drawn(part))]


@dataclass(frozen=True)
class Sight:
    """What is seen of the ground.

    Parameters
    ----------
    outline : ndarray, shape (n, 2)
        Corners of the ground in view, metres.
    eye : ndarray, shape (3,)
        Metres.
    focal : float
        Pixels that a metre covers a metre in front of the eye.
    centre : tuple of float
        Metres; tiles near it come first.
    """

    outline: Floats
    eye: Floats
    focal: float
    centre: tuple[float, float]


def choose(pyramid: Pyramid, to_ground: ToGround, sight: Sight) -> list[Tile]:
    """Return the tiles to be drawn, none over another, the nearest to the centre first."""
    slack = 1.0
    while True:
        chosen = _cut(pyramid, to_ground, sight, SHARP * slack)
        if chosen is not None:
            return [tile for _distance, tile in sorted(chosen)]
        slack *= 1.4


def _cut(
    pyramid: Pyramid, to_ground: ToGround, sight: Sight, sharp: float
) -> list[tuple[float, Tile]] | None:
    """Return tiles of which no pixel covers more than `sharp` of the screen's; None for too many."""
    seen = shapely.convex_hull(shapely.multipoints(sight.outline))
    shapely.prepare(seen)
    waiting = [tile for tile in pyramid.roots() if not _is_empty(pyramid.drawn(tile))]
    chosen: list[tuple[float, Tile]] = []
    while waiting:
        boxes = np.array([pyramid.drawn(tile) for tile in waiting])
        ground = _bounds(to_ground, boxes)
        known: NDArray[np.bool_] = np.asarray(np.isfinite(ground).all(axis=1))
        ground = np.where(known[:, None], ground, 0.0)
        known &= np.asarray(shapely.intersects(seen, shapely.box(*ground.T)))
        away = np.maximum(
            np.maximum(ground[:, :2] - sight.eye[:2], sight.eye[:2] - ground[:, 2:]), 0.0
        )
        distance = np.sqrt((away**2).sum(axis=1) + sight.eye[2] ** 2)
        # Pixels of the screen that a pixel of the tile's level covers.
        scale = 2.0 ** (pyramid.finest - waiting[0].level)
        across = np.hypot(*(ground[:, 2:] - ground[:, :2]).T)
        pixels = np.hypot(*(boxes[:, 2:] - boxes[:, :2]).T) / scale
        size = across / np.maximum(pixels, 1e-9) * sight.focal / np.maximum(distance, 1.0)
        too_small = (size < FINEST_WASTE) & (pyramid.coarsest > 0)
        middle = (ground[:, :2] + ground[:, 2:]) / 2 - sight.centre
        near = np.hypot(*middle.T)
        following: list[Tile] = []
        for index in np.flatnonzero(known & ~too_small).tolist():
            tile = waiting[index]
            if size[index] > sharp and tile.level < pyramid.finest:
                following += pyramid.finer(tile)
            else:
                chosen.append((float(near[index]), tile))
        # Coarsest tiles are taken as they are: coarser ones there are not.
        is_root = waiting[0].level == pyramid.coarsest
        if len(chosen) + len(following) > MOST_TILES and following and not is_root:
            return None
        waiting = following
    return chosen


def _bounds(to_ground: ToGround, boxes: Floats) -> Floats:
    """Return (n, 4) xmin, ymin, xmax, ymax of boxes on the ground, by their corners, sides and middle."""
    part = np.array([(x, y) for x in (0.0, 0.5, 1.0) for y in (0.0, 0.5, 1.0)])
    size = boxes[:, 2:] - boxes[:, :2]
    points = boxes[:, None, :2] + part[None] * size[:, None]
    ground = to_ground(points.reshape(-1, 2)).reshape(len(boxes), len(part), 2)
    return np.concatenate([ground.min(axis=1), ground.max(axis=1)], axis=1)


@dataclass(frozen=True)
class Patch:
    """A tile laid on the ground.

    Parameters
    ----------
    xy : ndarray, shape ((CELLS + 1)**2, 2)
        Metres.
    pixels : ndarray, same shape
        The same corners in pixels of the finest level.
    """

    xy: Floats
    pixels: Floats


def lay(pyramid: Pyramid, to_ground: ToGround, tiles: list[Tile]) -> list[Patch | None]:
    """Lay tiles on the ground; None for one of which a corner cannot be placed."""
    if not tiles:
        return []
    part = np.linspace(0.0, 1.0, CELLS + 1)
    net = np.column_stack([np.tile(part, CELLS + 1), np.repeat(part, CELLS + 1)])
    boxes = np.array([pyramid.drawn(tile) for tile in tiles])
    pixels = boxes[:, None, :2] + net[None] * (boxes[:, 2:] - boxes[:, :2])[:, None]
    ground = to_ground(pixels.reshape(-1, 2)).reshape(pixels.shape)
    placed: list[bool] = np.asarray(np.isfinite(ground).all(axis=(1, 2))).tolist()
    return [
        Patch(xy, at) if there else None
        for xy, at, there in zip(ground, pixels, placed, strict=True)
    ]


def net_triangles() -> NDArray[np.int32]:
    """Return the triangles (n, 3) of a `Patch`, seen from above."""
    corner = (np.arange(CELLS)[:, None] * (CELLS + 1) + np.arange(CELLS)).ravel()
    below = corner + CELLS + 1
    return np.concatenate(
        [
            np.column_stack([corner, below, corner + 1]),
            np.column_stack([corner + 1, below, below + 1]),
        ]
    ).astype(np.int32)


def _is_empty(box: Box) -> bool:
    return box[2] - box[0] <= 0 or box[3] - box[1] <= 0
