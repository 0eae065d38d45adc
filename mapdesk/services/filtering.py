"""Asking filters for a person: with a purpose, on record first, masked on the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.walking import short_walk
from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.filter_areas import area_of
from mapdesk.model.filter_words import describe, in_english
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import FoundPeople, Ref, Selection
from mapdesk.services import counting
from mapdesk.store import audit, filtering, places
from mapdesk.store.database import Store

PAGE = 200
"""Rows read at once."""

MOST_DOORS = 20_000
"""Doors of one list: what a hundred people walk in a week."""


@dataclass(frozen=True)
class FilterAnswer:
    """What a filter takes.

    Parameters
    ----------
    filter : Filter
    count : int
        Rows in all.
    rows : list of dict
        The first of them, masked.
    columns : tuple of str
        What a table of them shows.
    building_ids : tuple of str
        Buildings they lie in, sorted.
    place_ids : tuple of str
        Ids of the rows themselves where they have a place of their own: organisations.
    xy : ndarray of float, shape (n, 2)
        Where they are on the map, metres: one point for each of `place_ids`, or of `building_ids`.
    floors : tuple of (str, int)
        Floors they lie on: a building's id and a number.
    """

    filter: Filter
    count: int
    rows: list[dict[str, Any]]
    columns: tuple[str, ...]
    building_ids: tuple[str, ...]
    place_ids: tuple[str, ...]
    xy: NDArray[np.float64]
    floors: tuple[tuple[str, int], ...] = ()

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Ids by noun that show the answer on the map."""
        if self.filter.noun == "organisation":
            return {"organisation": self.place_ids} if self.place_ids else {}
        return {"building": self.building_ids} if self.building_ids else {}

    def selection(self) -> Selection:
        """Return the answer as a selection."""
        found = FoundPeople(self.filter) if self.filter.personal else None
        return Selection(self.groups, found=found)


def count(store: Store, access: Access, filtered: Filter, today: date | None = None) -> int:
    """Return how many rows a filter takes; one audit row where they are personal.

    Raises
    ------
    PurposeError
        No purpose given for people or households.
    RightsError
        The role does not allow it.
    """
    _admit(store, access, filtered, today)
    number = filtering.count(store, filtered, today)
    _record(store, access, filtered, "count by filter", {"count": number})
    return number


def ask(
    store: Store,
    access: Access,
    filtered: Filter,
    *,
    limit: int = PAGE,
    offset: int = 0,
    order: str = "",
    descending: bool = False,
    today: date | None = None,
) -> FilterAnswer:
    """Return what a filter takes: count, first rows, places; one audit row where they are personal.

    Parameters
    ----------
    order : str
        Column the rows are sorted by; by default in the order of a walk.
    today : date, optional
        The day ages are counted on; this machine's by default.

    Raises
    ------
    PurposeError
        No purpose given for people or households.
    RightsError
        The role does not allow it.
    """
    _admit(store, access, filtered, today)
    found = filtering.rows(
        store, filtered, today, limit=limit, offset=offset, order=order, descending=descending
    )
    is_all = len(found) < limit and not offset
    number = len(found) if is_all else filtering.count(store, filtered, today)
    shown = {"shown": len(found), "limit": limit, "of": number}
    _record(store, access, filtered, "people by filter", shown)
    buildings = filtering.building_ids(store, filtered, today)
    own = filtering.place_ids(store, filtered, today) if filtered.noun == "organisation" else ()
    columns = filtering.columns(store, filtered.noun)
    if not filtered.personal:
        columns = tuple(name for name in columns if name != "people")
    xy = _places(store, "organisation", own) if own else _places(store, "building", buildings)
    rows = [mask_row(filtered.noun, row) for row in found]
    floors = filtering.floors(store, filtered, today)
    return FilterAnswer(filtered, number, rows, columns, buildings, own, xy, floors)


def page(
    store: Store,
    access: Access,
    filtered: Filter,
    offset: int,
    *,
    limit: int = PAGE,
    order: str = "",
    descending: bool = False,
    today: date | None = None,
) -> list[dict[str, Any]]:
    """Return more rows of an answer, masked; one audit row names the stretch that was looked at.

    Raises
    ------
    PurposeError
        No purpose given for people or households.
    RightsError
        The role does not allow it.
    """
    stretch = f"rows {offset + 1:,} to {offset + limit:,}"
    _admit(store, access, filtered, today)
    found = filtering.rows(
        store, filtered, today, limit=limit, offset=offset, order=order, descending=descending
    )
    shown = {"shown": len(found), "limit": limit}
    _record(store, access, filtered, f"people by filter, {stretch}", shown)
    return [mask_row(filtered.noun, row) for row in found]


def people_in(store: Store, filtered: Filter, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return whose data some rows of an answer are: themselves, or who lives in household or unit."""
    ids = tuple(str(row["id"]) for row in rows)
    if filtered.noun == "person":
        return ids
    own = {"household": "household_id", "unit": "unit_id"}.get(filtered.noun)
    if own is None or not filtered.personal:
        return ()
    return filtering.living_in(store, own, ids)


def doors(
    store: Store,
    access: Access,
    filtered: Filter,
    today: date | None = None,
    most: int = MOST_DOORS,
) -> list[dict[str, Any]]:
    """Return one row a door, in walking order.

    Grid after grid, building after building on a short way, then stair, floor and room as numbers go.
    Each row has ``number`` (from 1), ``grid_id``, ``building_id``, ``address``, ``building_name``,
    ``unit_id``, ``stair``, ``floor``, ``room``, ``unit_use``, ``people`` (how many of the answer live
    there), ``person_ids`` and masked ``names``.

    Raises
    ------
    InputError
        More doors than a list can have, or organisations, which have none.
    PurposeError
        No purpose given.
    RightsError
        The role does not allow it.
    """
    access.require_purpose("people")
    filtering.check(store, filtered, today)
    store.begin_work(access.purpose)
    listed: dict[str, dict[str, Any]] = {}
    for row in filtering.doors(store, filtered, today):
        person, name = row.pop("person_id"), row.pop("name")
        door = listed.setdefault(
            row["unit_id"], {**row, "people": 0, "person_ids": [], "names": []}
        )
        if person is not None:
            door["people"] += 1
            door["person_ids"].append(person)
            door["names"].append(mask_row("person", {"name": name})["name"])
    people = sum(door["people"] for door in listed.values())
    detail = {"shown": people, "doors": len(listed)}
    subject = describe(filtered, in_english)
    audit.record(store, access, "door list by filter", subject, detail=detail)
    if len(listed) > most:
        raise InputError(
            f"That is {len(listed):,} doors, more than the {most:,} of one list; "
            "choose a smaller grid or area."
        )
    ranks = _walk(store, list(listed.values()))
    ordered = sorted(listed.values(), key=lambda door: (ranks[door["building_id"]], *_inside(door)))
    return [{"number": number, **door} for number, door in enumerate(ordered, start=1)]


def _admit(store: Store, access: Access, filtered: Filter, today: date | None) -> None:
    """Check purpose and rights; what is not personal needs neither."""
    if filtered.personal:
        access.require_purpose("people")
    filtering.check(store, filtered, today)
    _check_grids(store, filtered)
    if filtered.personal:
        _require_own(store, access, filtered)
        store.begin_work(access.purpose)


def _record(
    store: Store, access: Access, filtered: Filter, action: str, detail: Mapping[str, int]
) -> None:
    """Put on record what was read and how many rows it shows; nothing is given before."""
    if filtered.personal:
        audit.record(store, access, action, describe(filtered, in_english), detail=detail)


def _require_own(store: Store, access: Access, filtered: Filter) -> None:
    """Raise RightsError where a filter is of a grid or an area outside the user's: that is not nobody."""
    for part in filtered.parts if filtered.mode == "all" else ():
        if not isinstance(part, Condition):
            continue
        if part.operator == "within":
            for grid in part.values:
                counting.require_some_own(store, access, Ref("grid", str(grid)))
        elif part.operator == "inside":
            counting.require_some_own(store, access, area_of(str(part.values[0])))
        elif part.operator == "among":
            counting.require_some_own(store, access, [str(key) for key in part.values])


def _check_grids(store: Store, filtered: Filter) -> None:
    """Raise NotFoundError where a condition names a grid that is not there."""
    asked = [
        str(one)
        for condition in filtered.conditions()
        if condition.operator == "within"
        for one in condition.values
    ]
    if asked:
        known = {str(row["id"]) for row in places.rows(store, "grid", asked)}
        for one in asked:
            if one not in known:
                raise NotFoundError(f"There is no grid '{one}'; 'mapdesk find' looks for grids.")


def _places(store: Store, noun: str, ids: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the middle (m) of each placed thing among `ids`, in their order, shape (n, 2)."""
    features = places.index_of(store, noun).features
    positions = [features.positions[key] for key in ids if key in features.positions]
    middles = shapely.centroid(features.placed[positions]) if positions else np.empty(0, object)
    return np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])


def _walk(store: Store, listed: list[dict[str, Any]]) -> dict[str, int]:
    """Return each building's place in the walk: grids one after the other, near ones in turn."""
    buildings: dict[str, str] = {door["building_id"]: door["grid_id"] or "" for door in listed}
    placed = places.index_of(store, "building").features.positions
    there = tuple(key for key in buildings if key in placed)
    known = dict(zip(there, _places(store, "building", there), strict=True))
    by_grid: dict[str, list[str]] = {}
    for key in sorted(known):
        by_grid.setdefault(buildings[key], []).append(key)
    grids = sorted(by_grid)
    middles = np.array([np.mean([known[key] for key in by_grid[grid]], axis=0) for grid in grids])
    walked: list[str] = []
    for grid in (grids[index] for index in short_walk(middles)):
        keys = by_grid[grid]
        walked += [keys[index] for index in short_walk(np.array([known[key] for key in keys]))]
    walked += sorted(set(buildings) - set(known))
    return {key: rank for rank, key in enumerate(walked)}


def _inside(door: dict[str, Any]) -> tuple[Any, ...]:
    floor = door["floor"]
    return (
        _natural(door["stair"]),
        floor if floor is not None else 0,
        _natural(door["room"]),
        door["unit_id"],
    )


def _natural(text: str | None) -> tuple[tuple[int, int, str], ...]:
    """Return a key by which "9" comes before "10" and "10" before "10a"."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.findall(r"\d+|\D+", text or "")
    )
