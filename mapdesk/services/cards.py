"""What the card of a thing shows, apart from personal data (see `residents`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapdesk.model.access import mask_row
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.store import people, places
from mapdesk.store.database import Store

CAMERAS_WITHIN = 150.0
"""Metres around a building in which its card names cameras."""


@dataclass(frozen=True)
class Card:
    """A thing and what hangs on it.

    Parameters
    ----------
    ref : Ref
    title : str
    row : dict
        Its fields; geometry left out.
    x, y : float or None
        A point of it, metres.
    grids : list of dict
        Grid chain, the highest first.
    floors : list of (floor, units)
        Units by floor, the top floor first; buildings only.
    people : int
        Residents; buildings and grids only.
    links : list of (field, Ref, title)
        Things this one refers to.
    incidents : list of dict
        Past incidents, newest first.
    cameras : list of Ref, name, metres
        Cameras nearby, nearest first.
    """

    ref: Ref
    title: str
    row: dict[str, Any]
    x: float | None
    y: float | None
    grids: list[dict[str, Any]] = field(default_factory=list)
    floors: list[tuple[int, list[dict[str, Any]]]] = field(default_factory=list)
    people: int = 0
    links: list[tuple[str, Ref, str]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    cameras: list[tuple[Ref, str, float]] = field(default_factory=list)


def card_of(store: Store, ref: Ref, language: str = "en") -> Card:
    """Return the card of any thing that is not a person.

    Parameters
    ----------
    language : str
        Names of departments and classes are given in it where the register has them: "en", "zh".

    Raises
    ------
    NotFoundError
        No such id.
    """
    row = mask_row(ref.noun, places.row(store, ref.noun, ref.id))
    geometry = row.pop("geometry", None)
    x, y = None, None
    if geometry is not None:
        inside = geometry.representative_point()
        x, y = float(inside.x), float(inside.y)
    if ref.noun == "building":
        return _building(store, ref, row, x or 0.0, y or 0.0)
    chain = places.grid_chain(store, ref.id if ref.noun == "grid" else row.get("grid_id"))
    if not chain and x is not None and y is not None and ref.noun != "grid":
        chain = _chain_at(store, x, y)
    inhabitants = int(row.get("population") or 0) if ref.noun == "grid" else 0
    links = _links(store, ref.noun, row, language)
    return Card(ref, title_of(row), row, x, y, chain, people=inhabitants, links=links)


def _links(
    store: Store, noun: str, row: dict[str, Any], language: str
) -> list[tuple[str, Ref, str]]:
    """Take the fields that refer to other things out of `row` and return them with their titles."""
    found = []
    for one in NOUNS[noun].fields:
        if one.refers_to is None or one.refers_to in ("grid", "source"):
            continue
        key = row.pop(one.name, None)
        target = places.rows(store, one.refers_to, [key]) if key else []
        if target:
            title = target[0].get(f"name_{language}") or title_of(target[0])
            found.append((one.name, Ref(one.refers_to, str(key)), str(title)))
    return found


def title_of(row: dict[str, Any]) -> str:
    """Return what a thing is called: its name, title, text, address, or its id."""
    for name in ("name", "title", "text", "address"):
        if row.get(name):
            return str(row[name])
    return str(row["id"])


def _building(store: Store, ref: Ref, row: dict[str, Any], x: float, y: float) -> Card:
    units = places.where(store, "unit", "building_id", [ref.id])
    by_floor: dict[int, list[dict[str, Any]]] = {}
    for unit in units:
        by_floor.setdefault(unit["floor"], []).append(unit)
    incidents = places.where(store, "incident", "building_id", [ref.id])
    incidents.sort(key=_reported, reverse=True)
    index = places.index_of(store, "camera")
    cameras = []
    order, metres = index.nearest(x, y, 12)
    near = places.rows(store, "camera", index.features.ids[order].tolist())
    for camera, distance in zip(near, metres.tolist(), strict=True):
        if distance <= CAMERAS_WITHIN:
            cameras.append((Ref("camera", camera["id"]), title_of(camera), distance))
    chain = places.grid_chain(store, row.get("grid_id")) or _chain_at(store, x, y)
    return Card(
        ref,
        str(row.get("name") or row.get("address") or row["id"]),
        row,
        x,
        y,
        chain,
        sorted(by_floor.items(), reverse=True),
        people.count_in(store, [ref.id]) if store.identity.may(Right.PEOPLE) else 0,
        [],
        incidents,
        cameras,
    )


def _reported(incident: dict[str, Any]) -> str:
    return str(incident["reported_at"] or "")


def _chain_at(store: Store, x: float, y: float) -> list[dict[str, Any]]:
    """Return the grid chain at a point: the finest grid there and those above it."""
    grids = places.rows(store, "grid", places.ids_at(store, "grid", x, y))
    if not grids:
        return []
    finest = max(grids, key=_level)
    return places.grid_chain(store, finest["id"])


def _level(grid: dict[str, Any]) -> int:
    return int(grid["level"])


def field_title(noun: str, name: str) -> str:
    """Return a field's name with its unit: "height (m)"."""
    unit = NOUNS[noun].field(name).unit if name in NOUNS[noun].field_names else ""
    return name.replace("_", " ") + (f" ({unit})" if unit else "")
