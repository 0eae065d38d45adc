"""One tile of the city: what is drawn of it, at which level, on which side of a line between two times."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkActor

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.massing import Tile
from mapdesk.scene3d.meshes import Colours
from mapdesk.scene3d.sides import Side

Standing = NDArray[np.bool_]
"""Which buildings (n,) stand at a time."""


@dataclass
class Drawn:
    """One level of one tile, or what of it is on one side of the line, with the colours VTK draws from."""

    side: Side
    mesh: Mesh
    actor: vtkActor
    array: vtkUnsignedCharArray
    pixels: NDArray[np.uint8]


@dataclass
class ShownTile:
    """A tile and the actors made of it, by level."""

    tile: Tile
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    colours: Colours
    before: Colours | None = None
    lit: NDArray[np.bool_] | None = None
    drawn: dict[int, list[Drawn]] = field(default_factory=dict)
    level: int = -1
    hidden: int | None = None
    stands: Standing | None = None
    stood: Standing | None = None
    away: frozenset[Side] = frozenset()

    def levels(self) -> list[int]:
        """Return the levels there are meshes for."""
        return list(range(0 if self.tile.whole is not None else 1, 1 + len(self.tile.simpler)))

    def mesh(self, level: int, there: Standing | None = None) -> Mesh:
        """Return the mesh of a level, of those buildings alone that are there."""
        whole = self.tile.whole
        if level > 0 or whole is None:
            simpler = self.tile.simpler[level - 1]
            return simpler.mesh if there is None else simpler.without(~there)
        if self.hidden is not None or there is not None:
            chosen = np.arange(len(whole.base)) != self.hidden
            whole = whole.only(chosen if there is None else chosen & there)
        return whole.mesh()

    def sides(self) -> list[tuple[Standing | None, Side]]:
        """Return which buildings are drawn, and where."""
        if self.before is not None:
            # All on both sides: another time's colours are uploaded then, and nothing is made anew.
            return [(self.stands if self.stood is None else self.stood, -1), (self.stands, 1)]
        if self.stands is None or self.stood is None or np.array_equal(self.stands, self.stood):
            return [(self.stands, 0)]
        both = self.stands & self.stood
        return [(both, 0), (self.stood & ~both, -1), (self.stands & ~both, 1)]
