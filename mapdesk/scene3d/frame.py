"""Pictures larger than a screen: for paper, made tile by tile of the scene the window shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mapdesk.analysis.terrain import Terrain
from mapdesk.scene3d.plan import Plan
from mapdesk.scene3d.presenter import Shot
from mapdesk.scene3d.viewpoint import Projection, Viewpoint

LARGEST_TILE = 1024
"""Pixels a side of a tile: about a fifth of a second on software OpenGL."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture to be made.

    Parameters
    ----------
    viewpoint : Viewpoint
    width, height : int
        Pixels.
    ratio : float
        Pixels per pixel that symbols and labels are measured in.
    plan : bool
        Straight down and at one scale, not in perspective.
    terrain : Terrain or None
        The ground everything stands on.
    """

    viewpoint: Viewpoint
    width: int
    height: int
    ratio: float = 1.0
    plan: bool = False
    terrain: Terrain | None = None

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of tiles."""
        return math.ceil(self.width / LARGEST_TILE), math.ceil(self.height / LARGEST_TILE)

    @property
    def tile_size(self) -> tuple[int, int]:
        """Width and height of each tile."""
        columns, rows = self.grid
        return math.ceil(self.width / columns), math.ceil(self.height / rows)

    @property
    def spare(self) -> tuple[int, int]:
        """Pixels that the tiles together reach beyond the picture on the left and above."""
        columns, rows = self.grid
        width, height = self.tile_size
        return (columns * width - self.width) // 2, (rows * height - self.height) // 2

    @property
    def projection(self) -> Projection:
        """Where things are in the picture, in the pixels that symbols are measured in."""
        kind = Plan if self.plan else Projection
        return kind(self.viewpoint, self.width / self.ratio, self.height / self.ratio, self.terrain)

    def shots(self) -> Iterator[Shot]:
        """Give the picture's tiles, row by row."""
        columns, rows = self.grid
        width, height = self.tile_size
        # The tiles are a few pixels more than the picture: it stays in their middle at its scale.
        whole = replace(
            self.viewpoint, distance=self.viewpoint.distance * rows * height / self.height
        )
        for row in range(rows):
            for column in range(columns):
                yield Shot(
                    whole,
                    width,
                    height,
                    plan=self.plan,
                    line_scale=self.ratio,
                    tile=(column, row, columns, rows),
                )

    def place_of(self, tile: tuple[int, int, int, int]) -> tuple[int, int]:
        """Return where in the picture a tile's upper left corner lies."""
        width, height = self.tile_size
        return tile[0] * width - self.spare[0], tile[1] * height - self.spare[1]
