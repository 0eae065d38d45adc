"""What the card of a thing shows, apart from personal data (see `register_cards`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from mapdesk.model.access import Access, mask_row
from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.model.selection import NOT_ASKED, Living, Ref
from mapdesk.services import card_links, correcting, counting
from mapdesk.services.card_links import Figures, Hanging, Linked, title_of
from mapdesk.store import places
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
    people : Living
        Residents; buildings and grids only.
    links : list of (field, Ref, title)
        Things this one refers to.
    incidents : list of dict
        Past incidents, newest first.
    cameras : list of Ref, name, metres
        Cameras nearby, nearest first.
    figures : Figures
        Counts; grids only.
    hanging : list of Hanging
        What hangs on it, by heading.
    history : list of dict
        Changes, newest first; buildings, grids and organisations only.
    """

    ref: Ref
    title: str
    row: dict[str, Any]
    x: float | None
    y: float | None
    grids: list[dict[str, Any]] = field(default_factory=list)
    floors: list[tuple[int, list[dict[str, Any]]]] = field(default_factory=list)
    people: Living = NOT_ASKED
    links: list[tuple[str, Ref, str]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    cameras: list[tuple[Ref, str, float]] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)
    hanging: list[Hanging] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)


def card_of(store: Store, ref: Ref, language: str = "en", access: Access | None = None) -> Card:
    """Return the card of any thing that is not a person or a household.

    People of a building or a grid are counted where `access` has a purpose, on record.

    Parameters
    ----------
    language : str
        Names of departments and classes are given in it where the register has them: "en", "zh".

    Raises
    ------
    NotFoundError
        No such id.
    """
    card = _made(store, access or store.identity, ref, language)
    if ref.noun not in EDITED_PLACES:
        return card
    return replace(card, history=correcting.history_of(store, store.identity, ref))


def _made(store: Store, access: Access, ref: Ref, language: str) -> Card:
    row = mask_row(ref.noun, places.row(store, ref.noun, ref.id))
    geometry = row.pop("geometry", None)
    x, y = _point_of(geometry)
    if ref.noun == "building":
        return _building(store, access, ref, row, (x or 0.0, y or 0.0))
    if ref.noun == "unit":
        return _unit(store, ref, row)
    chain = places.grid_chain(store, ref.id if ref.noun == "grid" else row.get("grid_id"))
    if not chain and x is not None and y is not None and ref.noun != "grid":
        chain = _chain_at(store, x, y)
    if ref.noun == "grid":
        living = counting.people_of(store, access, ref)
        figures, lists = card_links.of_grid(store, row, geometry, living)
        links = _links(store, ref.noun, row, language)
        return Card(
            ref,
            title_of(row),
            row,
            x,
            y,
            chain,
            people=living,
            links=links,
            figures=figures,
            hanging=lists,
        )
    if ref.noun == "organisation":
        return _organisation(store, ref, row, (x, y), chain)
    links = _links(store, ref.noun, row, language)
    return Card(ref, title_of(row), row, x, y, chain, links=links)


def _point_of(geometry: Any) -> tuple[float | None, float | None]:
    if geometry is None:
        return None, None
    inside = geometry.representative_point()
    return float(inside.x), float(inside.y)


def _links(
    store: Store, noun: str, row: dict[str, Any], language: str = "en"
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


def _building(
    store: Store, access: Access, ref: Ref, row: dict[str, Any], at: tuple[float, float]
) -> Card:
    x, y = at
    units = places.where(store, "unit", "building_id", [ref.id])
    by_floor: dict[int, list[dict[str, Any]]] = {}
    for unit in units:
        by_floor.setdefault(unit["floor"], []).append(unit)
    chain = places.grid_chain(store, row.get("grid_id")) or _chain_at(store, x, y)
    return Card(
        ref,
        str(row.get("name") or row.get("address") or row["id"]),
        row,
        x,
        y,
        chain,
        sorted(by_floor.items(), reverse=True),
        counting.people_of(store, access, ref),
        incidents=_incidents(store, ref.id),
        cameras=_cameras(store, x, y),
        hanging=[
            *_organisations(store, ref.id),
            *card_links.hanging("Workers", "worker", card_links.workers_of(store, chain), "role"),
        ],
    )


def _unit(store: Store, ref: Ref, row: dict[str, Any]) -> Card:
    building = places.row(store, "building", str(row["building_id"]))
    x, y = _point_of(building["geometry"])
    chain = places.grid_chain(store, building["grid_id"])
    links = _links(store, "unit", row)
    lists = [
        *_organisations(store, building["id"]),
        *card_links.hanging("Workers", "worker", card_links.workers_of(store, chain), "role"),
    ]
    return Card(ref, card_links.unit_title(row), row, x, y, chain, links=links, hanging=lists)


def _organisation(
    store: Store,
    ref: Ref,
    row: dict[str, Any],
    at: tuple[float | None, float | None],
    chain: list[dict[str, Any]],
) -> Card:
    building = row.get("building_id")
    links = _links(store, "organisation", row)
    unit = card_links.unit_at(store, building, row.get("address")) if building else None
    if unit is not None:
        links.append(("unit_id", Ref("unit", unit["id"]), card_links.unit_title(unit)))
    return Card(
        ref,
        title_of(row),
        row,
        *at,
        chain,
        links=links,
        incidents=_incidents(store, building) if building else [],
        cameras=_cameras(store, at[0], at[1]),
        hanging=card_links.hanging(
            "Workers", "worker", card_links.workers_of(store, chain), "role"
        ),
    )


def _organisations(store: Store, building_id: str) -> list[Hanging]:
    found = places.where(store, "organisation", "building_id", [building_id])
    return card_links.hanging("Organisations", "organisation", found, "kind")


def _incidents(store: Store, building_id: str) -> list[dict[str, Any]]:
    """Return the incidents of a building, the newest first."""
    found = places.where(store, "incident", "building_id", [building_id])
    return sorted(found, key=_reported, reverse=True)


def _cameras(store: Store, x: float | None, y: float | None) -> list[tuple[Ref, str, float]]:
    """Return the cameras around a place, the nearest first."""
    if x is None or y is None:
        return []
    index = places.index_of(store, "camera")
    order, metres = index.nearest(x, y, 12)
    near = places.rows(store, "camera", index.features.ids[order].tolist())
    return [
        (Ref("camera", camera["id"]), title_of(camera), distance)
        for camera, distance in zip(near, metres.tolist(), strict=True)
        if distance <= CAMERAS_WITHIN
    ]


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


__all__ = ["Card", "Figures", "Hanging", "Linked", "card_of", "field_title", "title_of"]
