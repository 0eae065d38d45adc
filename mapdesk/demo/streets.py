"""Main streets along the lattice, boulevards across it and streets inside superblocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from mapdesk.demo.chance import pick
from mapdesk.demo.network import LIMIT, FloatArray, Street, densify, snap
from mapdesk.demo.plan import TownPlan, Zone
from mapdesk.demo.recipe import Recipe

Edge = tuple[str, int, int]
"""Direction ("east" or "north"), column and row of the node a lattice edge starts at."""

OPEN_KINDS = {"farmland", "ponds", "belt", "basin", "canal"}
SUBDIVIDED = {"homes", "business", "market", "works", "logistics"}
VERTEX_STEP = 32.0


@dataclass(slots=True)
class StreetPlan:
    """Streets laid so far.

    Parameters
    ----------
    streets : list of Street
        Streets and limits, unsplit.
    edges : dict
        Path (n, 2) and kind of every lattice edge that was kept.
    crossed : set
        Cells a boulevard runs through; they get no streets of their own.

    """

    streets: list[Street] = field(default_factory=list)
    edges: dict[Edge, tuple[FloatArray, str]] = field(default_factory=dict)
    crossed: set[tuple[int, int]] = field(default_factory=set)


def lay_streets(recipe: Recipe, plan: TownPlan, rng: np.random.Generator) -> StreetPlan:
    """Lay the lattice's streets, then the boulevards, then the streets inside superblocks."""
    laid = StreetPlan()
    _lay_lattice(recipe, plan, laid, rng)
    _lay_boulevards(recipe, plan, laid)
    _lay_inner_streets(recipe, plan, laid, rng)
    return laid


def _sides(edge: Edge) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the two cells an edge lies between."""
    direction, column, row = edge
    if direction == "east":
        return (column, row - 1), (column, row)
    return (column - 1, row), (column, row)


def _edge_kind(plan: TownPlan, edge: Edge, rng: np.random.Generator) -> str | None:
    """Decide what an edge becomes: a kind of street, a limit, or None where cells join."""
    direction, column, row = edge
    one, two = (plan.zone(*cell) for cell in _sides(edge))
    if one is None and two is None:
        return None
    if one is None or two is None:
        return LIMIT
    if one is two and one.together:
        return None
    if direction == "north" and row == plan.canal_row:
        if _is_trunk(plan, column):
            return "trunk"
        return _line_kind("north", column) if column % 2 == 0 else None
    if _is_open(one) and _is_open(two) and rng.random() < 0.45:
        return None
    if direction == "east" and row in (plan.canal_row, plan.canal_row + 1):
        return "secondary"
    if direction == "north" and _is_trunk(plan, column):
        return "trunk"
    if one.kind == two.kind == "port":
        return "tertiary"
    return _line_kind(direction, column if direction == "north" else row)


def _is_open(zone: Zone) -> bool:
    return zone.kind in OPEN_KINDS


def _is_trunk(plan: TownPlan, column: int) -> bool:
    """Tell whether the port's highway runs along the west side of this column."""
    return column == round(plan.shape[0] * 0.8)


def _line_kind(direction: str, number: int) -> str:
    """Return the kind of the lattice line with this number."""
    if number % 4 == (2 if direction == "north" else 1):
        return "primary"
    return "secondary" if number % 2 == 0 else "tertiary"


def _lay_lattice(
    recipe: Recipe, plan: TownPlan, laid: StreetPlan, rng: np.random.Generator
) -> None:
    columns, rows = plan.shape
    every: list[Edge] = [("east", i, j) for j in range(rows + 1) for i in range(columns)]
    every += [("north", i, j) for i in range(columns + 1) for j in range(rows)]
    for edge in every:
        kind = _edge_kind(plan, edge, rng)
        if kind is None:
            continue
        direction, column, row = edge
        start = plan.nodes[column, row]
        end = plan.nodes[column + 1, row] if direction == "east" else plan.nodes[column, row + 1]
        path = snap(plan.bend(densify(np.stack([start, end]), VERTEX_STEP)))
        laid.edges[edge] = (path, kind)
        name, english = _lattice_name(recipe, plan, edge)
        laid.streets.append(Street(path, kind, name, english))


def _lattice_name(recipe: Recipe, plan: TownPlan, edge: Edge) -> tuple[str, str]:
    """Name a lattice street: one name per line, north-south ones split at the canal."""
    direction, column, row = edge
    key, line, lines = (
        ("north_south", column, plan.shape[0]) if direction == "north"
        else ("east_west", row, plan.shape[1])
    )  # fmt: skip
    names = recipe.names["streets"][key]
    if key == "east_west":  # the recipe's bank roads lie along the canal at every scale
        bank = next(index for index, pair in enumerate(names) if pair[0] == "海河南路")
        index = (line - plan.canal_row + bank) % len(names)
    else:
        index = round(line / lines * (len(names) - 1))
    chinese, english = names[index]
    if direction == "north":
        north = row > plan.canal_row
        return (
            f"{chinese[:-1]}{'北' if north else '南'}路",
            f"{english} {'North' if north else 'South'}",
        )
    return chinese, english


def _lay_boulevards(recipe: Recipe, plan: TownPlan, laid: StreetPlan) -> None:
    """Lay diagonal boulevards through cells that are whole superblocks of a built-up zone."""
    columns, rows = plan.shape
    for table in recipe.plan["diagonal"]:
        column, row = round(table["start"][0] * columns), round(table["start"][1] * rows)
        step_column, step_row = table["step"]
        for _ in range(int(table["cells"])):
            cell = (min(column, column + step_column), min(row, row + step_row))
            zone = plan.zone(*cell)
            if zone is None or zone.together or zone.kind in OPEN_KINDS | {"port", "petro"}:
                break
            ends = np.stack(
                [plan.nodes[column, row], plan.nodes[column + step_column, row + step_row]]
            )
            path = snap(plan.bend(densify(ends, VERTEX_STEP)))
            laid.streets.append(Street(path, "primary", table["name"], table["name_en"]))
            laid.crossed.add(cell)
            column, row = column + step_column, row + step_row


def _lay_inner_streets(
    recipe: Recipe, plan: TownPlan, laid: StreetPlan, rng: np.random.Generator
) -> None:
    columns, rows = plan.shape
    for row in range(rows):
        for column in range(columns):
            zone = plan.zone(column, row)
            cell = (column, row)
            if zone is None or zone.kind not in SUBDIVIDED or zone.together or cell in laid.crossed:
                continue
            sides: list[Edge] = [
                ("east", column, row), ("east", column, row + 1),
                ("north", column, row), ("north", column + 1, row),
            ]  # fmt: skip
            if any(side not in laid.edges for side in sides):
                continue
            south, north, west, east = (laid.edges[side][0] for side in sides)
            is_street = [laid.edges[side][1] != LIMIT for side in sides]
            _divide(recipe, laid, zone, (south, north, west, east), is_street, rng)


def _divide(
    recipe: Recipe,
    laid: StreetPlan,
    zone: Zone,
    sides: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    is_street: list[bool],
    rng: np.random.Generator,
) -> None:
    """Divide one superblock by a street north-south, one east-west, both, or a T of the two."""
    south, north, west, east = sides
    kind = "tertiary" if zone.kind in ("business", "market") else "residential"
    pattern = pick(rng, ("+", "+", "T", "T", "I", "-") if zone.kind != "works" else ("I", "-"))
    if zone.kind in ("business", "market"):
        pattern = "+"
    upright = _between(south, north, rng) if pattern in "+TI" and all(is_street[:2]) else None
    level = _between(west, east, rng) if pattern in "+T-" and all(is_street[2:]) else None
    if upright is not None and level is not None:
        meeting = snap(
            shapely.get_coordinates(
                shapely.intersection(shapely.LineString(upright), shapely.LineString(level))
            )
        )
        if len(meeting) != 1:
            level = None
        else:
            upright = np.vstack([upright[:1], meeting, upright[1:]])
            level = np.vstack([level[:1], meeting, level[1:]])
            if pattern == "T":
                level = level[:2] if rng.random() < 0.5 else level[1:]
    for path, suffix, english_suffix in ((upright, "街", "Lane"), (level, "巷", "Alley")):
        if path is not None:
            name, english = _local_name(recipe, rng)
            laid.streets.append(
                Street(
                    densify(path, VERTEX_STEP), kind, name + suffix, f"{english} {english_suffix}"
                )
            )


def _between(one: FloatArray, other: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Join two opposite sides of a superblock at inner vertices not far off their middles."""
    spread = rng.uniform(0.40, 0.60)
    ends = []
    for side in (one, other):
        share = spread + rng.uniform(-0.07, 0.07)
        ends.append(side[int(np.clip(round(share * (len(side) - 1)), 2, len(side) - 3))])
    return np.stack(ends)


def _local_name(recipe: Recipe, rng: np.random.Generator) -> tuple[str, str]:
    streets = recipe.names["streets"]
    first = int(rng.integers(len(streets["local_first"])))
    second, second_english = pick(rng, streets["local_second"])
    return (
        streets["local_first"][first] + second,
        streets["local_first_en"][first] + second_english,
    )
