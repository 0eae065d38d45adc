"""Units as people say them: where one is, and which one is meant by an address with a room."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from mapdesk.store import places, search
from mapdesk.store.database import Store

_BEGINNING = re.compile(r"\s+|(?<=[号栋幢楼座])(?=\S)")
"""Where an address may end and the stair or room begin."""
_PART = re.compile(r"[0-9A-Za-z]+")
_MOST_BUILDINGS = 20


def texts_of(store: Store, unit_ids: Collection[str]) -> dict[str, str]:
    """Return each unit's address with stair, floor and room; units that are not there are left out."""
    units = places.rows(store, "unit", unit_ids)
    buildings = {
        row["id"]: row
        for row in places.rows(store, "building", {unit["building_id"] for unit in units})
    }
    return {unit["id"]: _text(unit, buildings.get(unit["building_id"])) for unit in units}


def _text(unit: dict[str, Any], building: dict[str, Any] | None) -> str:
    where = (building and (building["address"] or building["name"])) or unit["building_id"]
    door = "-".join(part for part in (unit["stair"], unit["room"] or f"{unit['floor']}F") if part)
    return f"{where} {door}"


def find(store: Store, text: str, limit: int = 30) -> list[tuple[str, str]]:
    """Return units, id and words, that a typed address with stair and room may mean; or an id.

    The longest beginning of `text` that is part of a building's name or address is taken for it; what
    follows must begin the stair or the room: "Elm Street 3 301", "和平路3号2单元301".
    """
    wanted = text.strip()
    if not wanted:
        return []
    units = places.rows(store, "unit", [wanted])
    for address, rest in _readings(wanted):
        if units:
            break
        found = search.find(store, address, _MOST_BUILDINGS)
        buildings = [row["id"] for row in found if row["noun"] == "building"]
        parts = _PART.findall(rest)
        inside = places.where(store, "unit", "building_id", buildings) if buildings else []
        units = [unit for unit in inside if _fits(unit, parts)]
    units.sort(key=_by_door)
    shown = units[:limit]
    named = texts_of(store, [unit["id"] for unit in shown])
    return [(unit["id"], named[unit["id"]]) for unit in shown]


def of_building(store: Store, building_id: str) -> list[tuple[str, str]]:
    """Return all units of a building, id and words, by floor, stair and room."""
    units = sorted(places.where(store, "unit", "building_id", [building_id]), key=_by_door)
    named = texts_of(store, [unit["id"] for unit in units])
    return [(unit["id"], named[unit["id"]]) for unit in units]


def neighbours(store: Store, unit_id: str) -> list[tuple[str, str]]:
    """Return the other units of a unit's building, those of its floor first."""
    unit = places.row(store, "unit", unit_id)
    others = of_building(store, unit["building_id"])
    floor = {
        one["id"]: one["floor"]
        for one in places.where(store, "unit", "building_id", [unit["building_id"]])
    }
    return [
        (other, words)
        for near in (True, False)
        for other, words in others
        if other != unit_id and (floor[other] == unit["floor"]) is near
    ]


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Yield ways to read a text as an address and the rest, the longest address first."""
    yield text, ""
    for gap in reversed(list(_BEGINNING.finditer(text))):
        yield text[: gap.start()], text[gap.end() :]


def _fits(unit: dict[str, Any], parts: list[str]) -> bool:
    """Say whether the parts begin the room, or the last of them does and the others name the stair."""
    if not parts:
        return True
    *before, last = [part.lower() for part in parts]
    stair, room = str(unit["stair"] or "").lower(), str(unit["room"] or "").lower()
    if room.startswith("-".join([*before, last])):
        return True
    return room.startswith(last) and all(part in stair for part in before)


def _by_door(unit: dict[str, Any]) -> tuple[str, int, str, str]:
    return unit["building_id"], unit["floor"], unit["stair"] or "", unit["room"] or ""
