"""Buildings too small to be told apart on the screen, merged into blocks: a far city in few triangles.

A block stands for the small buildings of one cell of a few pixels: it has the area of their roofs, so that
streets between stay open, their main direction, and their mean height by volume, so that the tall ones
among them still make the skyline.
What is larger on the screen than `SEEN` pixels keeps its own walls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import FOOT_SHADE, ROOF_SHADE, WALL_SHADE, Mesh, Prisms

Floats = NDArray[np.float64]

SEEN = 4.0
"""Pixels a building must exceed, in height or breadth, to be drawn as it is."""

CELL = 6.0
"""Pixels along an edge of the cell whose small buildings make one block."""

PIXELS = (8.0, 16.0, 32.0)
"""Metres a pixel spans from which on each simpler level serves; below the first buildings are whole."""

_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
_BLOCK = np.array(
    [
        *([4, 5, 6], [4, 6, 7]),
        *([0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5]),
        *([2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]),
    ]
)
"""Triangles of a block: roof, then walls; its corners are four of the foot, then four of the roof."""
_BLOCK_FOOT = FOOT_SHADE * (WALL_SHADE[0] + WALL_SHADE[1]) / 2


@dataclass(frozen=True)
class Massing:
    """A simpler mesh of some buildings.

    Parameters
    ----------
    mesh : Mesh
        Its owners are parts: blocks, then buildings drawn as they are.
    part : ndarray of int32, shape (n,)
        The part each building belongs to.
    weight : ndarray of float32, shape (n,)
        What each building counts for in the colour of its part; they add up to 1 in each.
    """

    mesh: Mesh
    part: NDArray[np.int32]
    weight: NDArray[np.float32]

    @cached_property
    def blocks(self) -> NDArray[np.bool_]:
        """Which parts stand for more than one building."""
        return np.bincount(self.part) > 1

    def without(self, gone: NDArray[np.bool_]) -> Mesh:
        """Return the mesh without the parts all of whose buildings are gone (n,)."""
        mesh, count = self.mesh, int(self.part.max(initial=-1)) + 1
        there = np.bincount(self.part[~gone], minlength=count) > 0
        kept = there[mesh.owner[mesh.triangles[:, 0]]]
        return Mesh(mesh.points, mesh.triangles[kept], mesh.owner, mesh.shade)

    def mixed(self, colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the colour (m, 3) of each part, given those of the buildings (n, 3)."""
        count = int(self.part.max(initial=-1)) + 1
        channels = [np.bincount(self.part, self.weight * tint, count) for tint in colours.T]
        mixed: NDArray[np.uint8] = np.clip(np.column_stack(channels) + 0.5, 0, 255).astype(np.uint8)
        return mixed


def level_of(pixel: float) -> int:
    """Return the level for a pixel that spans so many metres: 0 is whole, then one of `PIXELS`."""
    return int(np.searchsorted(PIXELS, pixel, side="right"))


@dataclass(frozen=True)
class _Sizes:
    """What the walls of prisms tell of each building.

    Parameters
    ----------
    low, high : ndarray, shape (n, 2)
        Corners of its bounds, metres.
    extent : ndarray, shape (n,)
        The largest of breadth, depth and height.
    there : ndarray of bool, shape (n,)
        False where it has no footprint to speak of.
    sums : ndarray, shape (n, 11)
        Area, and area times x, y, x², xy, y², base, height and height²; the main direction as a vector
        of four times its angle, which is the same for all sides of a house.
    """

    low: Floats
    high: Floats
    extent: Floats
    sums: Floats
    there: NDArray[np.bool_]


def _sizes(whole: Prisms) -> _Sizes:
    owner, count = whole.owner, len(whole.base)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    present = owner[first]
    start = whole.xy.astype(float)
    low, high = np.zeros((count, 2)), np.zeros((count, 2))
    low[present] = np.minimum.reduceat(start, first)
    high[present] = np.maximum.reduceat(start, first)
    a = start - low[owner]
    step = start[whole.following] - start
    along = step[:, 0] + 1j * step[:, 1]
    square = along * along
    four = square * square / np.maximum(np.abs(along), 1e-3) ** 3
    twice = a[:, 0] * step[:, 1] - a[:, 1] * step[:, 0]
    added = np.add.reduceat(np.column_stack([twice / 2, four.real, four.imag]), first)
    area = np.full(count, 1e-3)
    area[present] = np.maximum(added[:, 0], 1e-3)
    x, y = ((low + high) / 2).T
    # A rectangle's own second moment is a twelfth of its side squared.
    own = (high - low) ** 2 / 12
    ones, height = np.ones(count), np.maximum(whole.top - whole.base, 1e-3)
    moments = [x * x + own[:, 0], x * y, y * y + own[:, 1]]
    values = [ones, x, y, *moments, whole.base, height, height**2]
    sums = np.zeros((count, 11))
    sums[:, :9] = np.column_stack(values) * area[:, None]
    sums[present, 9:] = added[:, 1:]
    extent = np.maximum((high - low).max(axis=1), whole.top - whole.base)
    there = np.zeros(count, bool)
    there[present] = True
    return _Sizes(low, high, np.where(there, extent, 0.0), sums, there)


def levels(whole: Prisms) -> tuple[Massing, ...]:
    """Return the simpler meshes of some buildings, one for each of `PIXELS`."""
    count = len(whole.base)
    if not len(whole.owner):
        nothing = Massing(Mesh.empty(), np.zeros(count, np.int32), np.zeros(count, np.float32))
        return (nothing,) * len(PIXELS)
    sizes, found = _sizes(whole), []
    for pixel in PIXELS:
        large = sizes.extent > SEEN * pixel
        whole = whole.only(large)
        found.append(_massing(whole.mesh(), sizes, large, CELL * pixel))
    return tuple(found)


def _massing(whole: Mesh, sizes: _Sizes, large: NDArray[np.bool_], edge: float) -> Massing:
    """Merge what is not large in cells of `edge` metres; `whole` is the mesh of what is."""
    small = np.flatnonzero(~large & sizes.there)
    middle = (sizes.low[small] + sizes.high[small]) / 2
    cell = np.floor(middle / edge).astype(np.int64)
    cells, block = np.unique(cell[:, 0] * (1 << 32) + cell[:, 1], return_inverse=True)
    # What has no footprint is a part that has no triangles.
    part = np.full(len(large), len(cells) + large.sum(), np.int32)
    part[small] = block
    part[large] = len(cells) + np.arange(large.sum())
    weight = np.zeros(len(large), np.float32)
    weight[large] = 1.0
    area = sizes.sums[small, 0]
    weight[small] = area / np.bincount(block, area, len(cells))[block]
    order = np.argsort(block, kind="stable")
    merged = Mesh.empty()
    if len(small):
        begin = np.searchsorted(block[order], np.arange(len(cells)))
        merged = _blocks(np.add.reduceat(sizes.sums[small[order]], begin))
    kept = Mesh(whole.points, whole.triangles, part[whole.owner], whole.shade)
    return Massing(_joined(merged, kept), part, weight)


def _blocks(sums: Floats) -> Mesh:
    """Return a box for each row of sums."""
    area, count = sums[:, 0], len(sums)
    x, y, xx, xy, yy, base, height, squared = (sums[:, 1:9] / area[:, None]).T
    top = base + squared / height
    angle = np.arctan2(sums[:, 10], sums[:, 9]) / 4
    cos, sin = np.cos(angle), np.sin(angle)
    xx, xy, yy = xx - x * x, xy - x * y, yy - y * y
    along = np.maximum(cos * cos * xx + 2 * cos * sin * xy + sin * sin * yy, 0.01)
    across = np.maximum(sin * sin * xx - 2 * cos * sin * xy + cos * cos * yy, 0.01)
    # As long to broad as the members lie, with their area.
    length = np.sqrt(area * np.sqrt(along / across))
    breadth = area / length
    local = _CORNERS[None] * np.stack([length, breadth], axis=1)[:, None]
    points = np.empty((count, 8, 3), np.float32)
    for half in (points[:, :4], points[:, 4:]):
        half[..., 0] = x[:, None] + local[..., 0] * cos[:, None] - local[..., 1] * sin[:, None]
        half[..., 1] = y[:, None] + local[..., 0] * sin[:, None] + local[..., 1] * cos[:, None]
    points[:, :4, 2], points[:, 4:, 2] = base[:, None], top[:, None]
    return Mesh(
        points.reshape(-1, 3),
        (8 * np.arange(count)[:, None, None] + _BLOCK).reshape(-1, 3).astype(np.int32),
        np.repeat(np.arange(count, dtype=np.int32), 8),
        np.tile(np.repeat(np.array([_BLOCK_FOOT, ROOF_SHADE], np.float32), 4), count),
    )


def _joined(one: Mesh, other: Mesh) -> Mesh:
    return Mesh(
        np.concatenate([one.points, other.points]),
        np.concatenate([one.triangles, other.triangles + np.int32(len(one.points))]),
        np.concatenate([one.owner, other.owner]),
        np.concatenate([one.shade, other.shade]),
    )


@dataclass(frozen=True)
class Tile:
    """The buildings of one tile, as far as they are here.

    Parameters
    ----------
    members : ndarray of int64, shape (n,)
        Their positions among all; owners of the meshes count within them.
    simpler : tuple of Massing
        One for each of `PIXELS`.
    whole : Prisms or None
        Every building as it is; None until it is read.
    """

    members: NDArray[np.int64]
    simpler: tuple[Massing, ...]
    whole: Prisms | None = None

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """The lowest and the highest corner (3,) of the finest form there is."""
        if self.whole is None:
            points = self.simpler[0].mesh.points
        else:
            owner = self.whole.owner
            low, high = self.whole.base[owner], self.whole.top[owner]
            points = np.column_stack([self.whole.xy, low, high])
        if not len(points):
            return np.zeros(3), np.zeros(3)
        low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
        return low[:3], high[[0, 1, -1]]

    @classmethod
    def of(cls, members: NDArray[np.int64], whole: Prisms) -> Tile:
        """Make a tile of footprints."""
        return cls(members, levels(whole), whole)
