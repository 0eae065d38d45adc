"""The plain outlines of grids: of those valid at the time shown, and at another one left of a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mapdesk.layers.style import GRID_LOOKS, MapStyle, rgb
from mapdesk.scene3d.content import Gone
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.sides import Side
from mapdesk.services.scenery import GridLines

Outline = tuple[str, int, NDArray[np.float32], NDArray[np.int64], NDArray[np.uint8], float, Side]
"""Name, order, points, pairs, colour, width and side of lines, as `Scene.set_lines` takes them."""


def outlines(
    grid_lines: Sequence[GridLines], style: MapStyle, order: int, gone: Gone
) -> list[Outline]:
    """Return the outlines of grids, painted from an order on."""
    found: list[Outline] = []
    left, right = gone
    for at, (lines, (look, width)) in enumerate(
        zip(grid_lines, GRID_LOOKS, strict=False), start=order
    ):
        tint, name = rgb(style.grid[look]), f"grid/{lines.level}"
        none, here = lines.pairs[:0], lines.without(right)
        is_parted = left != right
        there = lines.without(left) if is_parted else none
        found.append((name, at, lines.points, here, tint, width, 1 if is_parted else 0))
        found.append((f"{name}/left", at, lines.points, there, tint, width, -1))
    return found


def draw(scene: Scene, lines: Sequence[Outline]) -> None:
    """Show them in place of those there were; on the thread that renders."""
    for one in lines:
        scene.set_lines(*one)
