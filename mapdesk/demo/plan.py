"""The town plan: a lattice of main streets, its cells sorted into zones, in plan metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.demo.bend import Bend
from mapdesk.demo.network import FloatArray
from mapdesk.demo.recipe import Recipe

OUTSIDE = -1
"""Zone of a cell that is cut off the district's corner."""


@dataclass(frozen=True, slots=True)
class Zone:
    """What a part of the town is for.

    Parameters
    ----------
    kind : str
        "homes", "park", "petro" ...: picks the layout of its blocks.
    box : tuple of float
        West, south, east, north in fractions of the lattice.
    together : bool
        Its cells form one block, without streets between them.
    public : bool
        It becomes a public grid of its own.
    name : str
        Proper name; empty where blocks are named one by one.
    mix : mapping of str to float
        Kinds of compound and their shares, for homes.

    """

    kind: str
    box: tuple[float, float, float, float]
    together: bool = False
    public: bool = False
    name: str = ""
    mix: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class TownPlan:
    """Lattice and zones.

    Parameters
    ----------
    nodes : ndarray (columns + 1, rows + 1, 2)
        Crossings of the main streets, plan metres.
    cells : ndarray (columns, rows) of int
        Index into `zones`, or `OUTSIDE`.
    zones : tuple of Zone
        Zones of the recipe; the last but one is "canal", the last "farmland".
    canal_row : int
        Row of the narrow cells the canal runs through.
    bend : Bend
        From plan metres to the district's CRS.

    """

    nodes: FloatArray
    cells: NDArray[np.int64]
    zones: tuple[Zone, ...]
    canal_row: int
    bend: Bend

    @property
    def shape(self) -> tuple[int, int]:
        """Columns and rows of cells."""
        return self.cells.shape[0], self.cells.shape[1]

    def zone(self, column: int, row: int) -> Zone | None:
        """Return the zone of a cell; None outside the district."""
        columns, rows = self.shape
        if not (0 <= column < columns and 0 <= row < rows):
            return None
        index = int(self.cells[column, row])
        return None if index == OUTSIDE else self.zones[index]


def make_plan(recipe: Recipe, people: int, rng: np.random.Generator) -> TownPlan:
    """Lay out the lattice and sort its cells into zones.

    Parameters
    ----------
    recipe : Recipe
        Columns, rows, zones and area at full scale.
    people : int
        Residents; below full scale the town has fewer cells of the same size.
    rng : Generator
        Spacings and jitter.

    """
    district = recipe.plan["district"]
    side = float(np.sqrt(people / district["people"]))
    columns = max(int(district["smallest_columns"]), round(district["columns"] * side))
    rows = max(int(district["smallest_rows"]), round(district["rows"] * side))
    canal_row = round(recipe.plan["canal"]["at"] * rows)
    small = columns < district["columns"] // 2
    zones = (*_zones(recipe, small), Zone("canal", (0, 0, 1, 1)), Zone("farmland", (0, 0, 1, 1)))
    cells = _sort_cells(recipe, zones, columns, rows)
    cells = np.insert(cells, canal_row, len(zones) - 2, axis=1)

    wide, high = rng.uniform(0.84, 1.16, columns), rng.uniform(0.84, 1.16, rows)
    relative = np.outer(wide, np.insert(high, canal_row, 0.0))[cells != OUTSIDE].sum()
    share = (columns * rows) / (district["columns"] * district["rows"])
    strip = float(recipe.plan["canal"]["strip"])
    # The canal strip's own area depends on the cell size, so solve the quadratic for the size.
    area = float(district["area"]) * share
    length = wide.sum()
    size = (-strip * length + np.sqrt((strip * length) ** 2 + 4 * relative * area)) / (2 * relative)
    heights = np.insert(high * size, canal_row, strip)
    across = np.concatenate([[0.0], np.cumsum(wide * size)])
    along = np.concatenate([[0.0], np.cumsum(heights)])
    nodes = np.stack(np.meshgrid(across, along, indexing="ij"), axis=-1)
    jitter = rng.uniform(-14.0, 14.0, nodes.shape)
    jitter[:, canal_row : canal_row + 2] = 0.0
    middle = (float(across[-1] / 2), float(along[-1] / 2))
    origin = (float(district["origin"][0]), float(district["origin"][1]))
    bend = Bend(origin, middle, float(district["rotation"]))
    return TownPlan(nodes + jitter, cells, zones, canal_row, bend)


def _zones(recipe: Recipe, small: bool) -> list[Zone]:
    """Read the recipe's zones; a small town leaves out those marked ``full_only``."""
    tables: list[dict[str, Any]] = recipe.plan["zone"]
    return [
        Zone(
            table["kind"],
            tuple(table["box"]),
            bool(table.get("together", False)),
            bool(table.get("public", False)),
            str(table.get("name", "")),
            table.get("mix"),
        )
        for table in tables
        if not (small and table.get("full_only", False))
    ]


def _sort_cells(
    recipe: Recipe, zones: tuple[Zone, ...], columns: int, rows: int
) -> NDArray[np.int64]:
    """Give every cell the first zone its middle lies in, and every zone at least one cell."""
    middles = np.stack(
        np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows,
                    indexing="ij"), axis=-1,
    )  # fmt: skip
    cells = np.full((columns, rows), len(zones) - 3, dtype=np.int64)
    taken = np.zeros((columns, rows), dtype=bool)
    named = zones[:-3]  # the last three are catch-alls: homes anywhere, canal, farmland
    for index, zone in enumerate(named):
        west, south, east, north = zone.box
        inside = (
            (middles[..., 0] >= west) & (middles[..., 0] < east)
            & (middles[..., 1] >= south) & (middles[..., 1] < north) & ~taken
        )  # fmt: skip
        if not inside.any() and not taken.all():
            away = np.hypot(
                middles[..., 0] - (west + east) / 2, middles[..., 1] - (south + north) / 2
            )
            away[taken] = np.inf
            inside.flat[int(np.argmin(away))] = True
        cells[inside] = index
        taken |= inside
    for cut in recipe.plan["cut"]:
        lost_columns, lost_rows = (round(cut["size"][0] * columns), round(cut["size"][1] * rows))
        south_side, west_side = "south" in cut["corner"], "west" in cut["corner"]
        for step in range(lost_columns):
            column = step if west_side else columns - 1 - step
            depth = max(0, round(lost_rows * (1 - step / max(lost_columns, 1) * 0.6)))
            lost = slice(0, depth) if south_side else slice(rows - depth, rows)
            cells[column, lost] = OUTSIDE
    return cells
