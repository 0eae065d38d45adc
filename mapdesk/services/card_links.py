"""What hangs on a thing: named lists of other things, each a link, and counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import shapely

from mapdesk.model.access import mask_row
from mapdesk.model.selection import Living, Ref
from mapdesk.model.shapes import Area
from mapdesk.store import grid_figures, places
from mapdesk.store.database import Store
from mapdesk.store.scope import grids_below

MOST_LINKED = 200
"""Things of a list that a card names; the rest is counted."""


@dataclass(frozen=True)
class Linked:
    """A thing that a card leads to.

    Parameters
    ----------
    ref : Ref
    title : str
    detail : str
        A word of the register beside it: a kind, a role, a status.
    """

    ref: Ref
    title: str
    detail: str = ""


@dataclass(frozen=True)
class Hanging:
    """A named list of things.

    Parameters
    ----------
    title : str
        English heading, a key of the catalogue.
    things : list of Linked
    count : int
        How many there are, more than are named where the list is long.
    """

    title: str
    things: list[Linked]
    count: int


@dataclass(frozen=True)
class Figures:
    """Counts of a grid, in the order they are shown; None where a count is hidden from the user.

    Parameters
    ----------
    counts : dict of str to int or None
        By English word.
    exact_people : bool
        Whether the user may count people one by one, else they come from the statistics of fixed areas.
    """

    counts: dict[str, int | None] = field(default_factory=dict)
    exact_people: bool = False


def title_of(row: dict[str, Any]) -> str:
    """Return what a thing is called: its name, title, text, address, or its id."""
    for name in ("name", "title", "text", "address"):
        if row.get(name):
            return str(row[name])
    return str(row["id"])


def linked(noun: str, rows: list[dict[str, Any]], detail: str = "") -> list[Linked]:
    """Return rows of a noun as links; `detail` names the field shown beside them."""
    return [
        Linked(Ref(noun, str(row["id"])), title_of(row), str(row.get(detail) or "")) for row in rows
    ]


def hanging(title: str, noun: str, rows: list[dict[str, Any]], detail: str = "") -> list[Hanging]:
    """Return a list of one heading, or nothing where there are no rows."""
    if not rows:
        return []
    masked = [mask_row(noun, row) for row in rows[:MOST_LINKED]]
    return [Hanging(title, linked(noun, masked, detail), len(rows))]


def workers_of(store: Store, chain: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the workers responsible for the finest grid of a chain that has any, masked."""
    for grid in reversed(chain):
        found = places.where(store, "worker", "grid_id", [grid["id"]])
        if found:
            return [mask_row("worker", row) for row in found]
    return []


def of_grid(
    store: Store, grid: dict[str, Any], geometry: Any, living: Living
) -> tuple[Figures, list[Hanging]]:
    """Return counts of a grid and what hangs on it.

    Parameters
    ----------
    geometry : shapely polygon or None
        Cameras and organisations are those inside it.
    living : Living
        Who lives there.
    """
    key = str(grid["id"])
    counts: dict[str, int | None] = dict(grid_figures.of_grid(store, key))
    within: dict[str, list[dict[str, Any]]] = {}
    for noun in ("organisation", "camera"):
        ids: tuple[str, ...] = ()
        if geometry is not None and shapely.get_dimensions(geometry) == 2:
            ids = places.ids_within(store, noun, Area.from_geometry(geometry))
        named = places.rows(store, noun, ids[:MOST_LINKED])
        within[noun] = [mask_row(noun, row) for row in named]
        counts[f"{noun}s"] = len(ids)
    order = ("people", "buildings", "units", "organisations", "cameras")
    counts["people"] = living.count
    shown = {name: counts[name] for name in (*order, "incidents open", "incidents closed")}
    lists = [
        *hanging("Finer grids", "grid", places.where(store, "grid", "parent_id", [key]), "kind"),
        *hanging("Workers", "worker", places.where(store, "worker", "grid_id", [key]), "role"),
        *hanging("Blocks", "block", places.where(store, "block", "grid_id", [key])),
        *hanging("Open incidents", "incident", _open_incidents(store, key), "status"),
    ]
    for noun, title, detail in (
        ("organisation", "Organisations", "kind"),
        ("camera", "Cameras", "status"),
    ):
        if within[noun]:
            links = linked(noun, within[noun], detail)
            lists.append(Hanging(title, links, counts[f"{noun}s"] or 0))
    return Figures(shown, living.exact), lists


def _open_incidents(store: Store, key: str) -> list[dict[str, Any]]:
    found = places.where(store, "incident", "grid_id", grids_below(store, [key]))
    return [row for row in found if row["status"] != grid_figures.CLOSED]


def unit_at(store: Store, building_id: str, address: str | None) -> dict[str, Any] | None:
    """Return the unit of a building whose room an address names as a whole number, or None."""
    numbers = set(re.findall(r"\d+[A-Za-z]?", address or ""))
    units = places.where(store, "unit", "building_id", [building_id])
    found = [unit for unit in units if unit["room"] in numbers]
    return found[0] if len(found) == 1 else None


def unit_title(unit: dict[str, Any]) -> str:
    """Return where a unit is inside its building: "2-15F-1502", the stair, floor and room known."""
    parts = (unit["stair"], f"{unit['floor']}F", unit["room"])
    return "-".join(str(part) for part in parts if part)
