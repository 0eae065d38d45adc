"""The one door to personal data: with a purpose, on record first, masked on the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import NotFoundError
from mapdesk.store import audit, finding_people, people, places
from mapdesk.store.database import Store

_SHOWN = (
    "id",
    "household_id",
    "unit_id",
    "building_id",
    "name",
    "sex",
    "birth_date",
    "identity_number",
    "phone",
    "residence_kind",
    "relation",
)


@dataclass(frozen=True)
class Home:
    """Where a person lives.

    Parameters
    ----------
    person : dict
        Masked row.
    unit, building : dict or None
        Rows; None where the register does not say.
    grids : list of dict
        Grid chain, highest first.
    household : list of dict
        Masked rows of all who live there, the person included.
    """

    person: dict[str, Any]
    unit: dict[str, Any] | None
    building: dict[str, Any] | None
    grids: list[dict[str, Any]]
    household: list[dict[str, Any]]


def people_of_building(store: Store, access: Access, building_id: str) -> list[dict[str, Any]]:
    """Return the masked people of a building with stair, floor and room.

    Identity numbers and phones are not in the list; `home_of` has them, masked, for one person.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such building.
    """
    access.require_purpose("people")
    places.row(store, "building", building_id)
    audit.record(store, access, "people of building", building_id)
    extra = ("stair", "floor", "room", "unit_use")
    return [
        _masked(row) | {name: row[name] for name in extra}
        for row in people.of_building(store, building_id)
    ]


def households_of_building(store: Store, access: Access, building_id: str) -> dict[str, int]:
    """Return the number of households of a building by kind.

    Raises
    ------
    PurposeError
        No purpose given.
    """
    access.require_purpose("households")
    audit.record(store, access, "households of building", building_id)
    return people.count_by_household_kind(store, building_id)


def home_of(store: Store, access: Access, person_id: str) -> Home:
    """Return where a person lives.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such person.
    """
    access.require_purpose("people")
    audit.record(store, access, "home of person", person_id)
    person = people.person(store, person_id)
    if person is None:
        raise NotFoundError(f"There is no person '{person_id}'; 'mapdesk find' looks for names.")
    unit = _first(store, "unit", person["unit_id"])
    building = _first(store, "building", person["building_id"])
    chain = places.grid_chain(store, building["grid_id"]) if building else []
    household: list[dict[str, Any]] = []
    if person["household_id"]:
        _row, members = people.household(store, person["household_id"])
        household = [_masked(member) for member in members]
    return Home(_masked(person), unit, building, chain, household)


def find_people(store: Store, access: Access, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return masked people who match `text`, with the address and floor of their home.

    A text is a part of a name, pinyin initials, the tail of a phone or an identity number; see
    `finding_people.kind_of`.

    Raises
    ------
    PurposeError
        No purpose given.
    """
    access.require_purpose("people")
    needle = text.strip()
    if not needle:
        return []
    audit.record(store, access, "find people", needle)
    found = finding_people.find(store, needle, finding_people.kind_of(needle), limit)
    buildings = {
        row["id"]: row
        for row in places.rows(store, "building", {one["building_id"] for one in found} - {None})
    }
    answer = []
    for row in found:
        building = buildings.get(row["building_id"])
        home = {
            "address": (building["address"] or building["name"]) if building else None,
            "floor": row["floor"],
            "room": row["room"],
        }
        answer.append(_masked(row) | home)
    return answer


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    return mask_row("person", {name: row[name] for name in _SHOWN if name in row})


def _first(store: Store, noun: str, key: str | None) -> dict[str, Any] | None:
    found = places.rows(store, noun, [key]) if key else []
    return found[0] if found else None
