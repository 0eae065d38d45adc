"""The one door to personal data: with a purpose, on record first, masked on the way out.

What is asked is read, then put on record with how many people it shows, and only then given.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from mapdesk.model import look_up_limit
from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import NotFoundError, RightsError
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import counting
from mapdesk.services.card_links import title_of
from mapdesk.store import audit, filtering, finding_people, people, places
from mapdesk.store.database import Store

PAGE = 200
"""Rows of people read at a time."""
NAMED_BUILDINGS = 20
"""Buildings of an area that the record names; the rest is counted."""

_PLACE = ("stair", "floor", "room", "unit_use")

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


@dataclass(frozen=True)
class PeoplePage:
    """A stretch of a list of people.

    Parameters
    ----------
    rows : list of dict
        Masked people with ``building_id``, ``address``, ``stair``, ``floor`` and ``room``.
    offset : int
        Place of the first row in the list, from 0.
    count : int
        Rows of the whole list.
    """

    rows: list[dict[str, Any]]
    offset: int
    count: int


def people_of_building(store: Store, access: Access, building_id: str) -> list[dict[str, Any]]:
    """Return the masked people of a building with stair, floor and room.

    Identity numbers and phones are not in the list; `home_of` has them, masked, for one person.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such building.
    RightsError
        It lies outside the user's areas.
    """
    access.require_purpose("people")
    places.row(store, "building", building_id)
    counting.require_own(store, access, Ref("building", building_id))
    store.begin_work(access.purpose)
    rows = people.of_building(store, building_id)
    _record(store, access, "people of building", building_id, len(rows))
    return [masked(store, row) | {name: row[name] for name in _PLACE} for row in rows]


def people_of_grid(
    store: Store, access: Access, grid_id: str, offset: int = 0, limit: int = PAGE
) -> PeoplePage:
    """Return people of a grid and the finer ones in it, by building and floor.

    One audit row a page says which stretch was looked at.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such grid.
    RightsError
        Not all of it lies in the user's areas.
    """
    access.require_purpose("people")
    places.row(store, "grid", grid_id)
    counting.require_own(store, access, Ref("grid", grid_id))
    store.begin_work(access.purpose)
    count = people.count_of_grid(store, grid_id)
    rows = people.page_of_grid(store, grid_id, offset, limit)
    subject = f"{grid_id}, {_stretch(offset, limit, count)}"
    _record(store, access, "people of grid", subject, len(rows), limit)
    return _page(store, rows, offset, count)


def people_of_area(
    store: Store, access: Access, building_ids: Collection[str], offset: int = 0, limit: int = PAGE
) -> PeoplePage:
    """Return people of the buildings of any drawn area, by building and floor.

    One audit row a page says which stretch was looked at.

    Raises
    ------
    PurposeError
        No purpose given.
    RightsError
        Nothing of it lies in the user's areas.
    """
    access.require_purpose("people")
    ids = sorted(set(building_ids))
    counting.require_some_own(store, access, ids)
    store.begin_work(access.purpose)
    count = people.count_of_buildings(store, ids)
    more = f" and {len(ids) - NAMED_BUILDINGS} more" if len(ids) > NAMED_BUILDINGS else ""
    named = f"{len(ids)} buildings: {', '.join(ids[:NAMED_BUILDINGS])}{more}"
    rows = people.of_buildings(store, ids, offset, limit)
    subject = f"{named}, {_stretch(offset, limit, count)}"
    _record(store, access, "people of area", subject, len(rows), limit)
    return _page(store, rows, offset, count)


def people_of_unit(store: Store, access: Access, unit_id: str) -> list[dict[str, Any]]:
    """Return the masked people of a unit.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such unit.
    RightsError
        It lies outside the user's areas.
    """
    access.require_purpose("people")
    unit = places.row(store, "unit", unit_id)
    store.begin_work(access.purpose)
    rows = people.of_unit(store, unit_id)
    _record(store, access, "people of unit", unit_id, len(rows))
    return _at(store, unit, rows)


def people_of_household(store: Store, access: Access, household_id: str) -> list[dict[str, Any]]:
    """Return the masked people of a household.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such household, or it lies outside the user's areas.
    RightsError
        It lies outside the user's areas.
    """
    return household_of(store, access, household_id)[1]


def household_of(
    store: Store, access: Access, household_id: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a household's row and its masked people.

    Raises
    ------
    PurposeError
        No purpose given.
    NotFoundError
        No such household, or it lies outside the user's areas.
    RightsError
        It lies outside the user's areas.
    """
    access.require_purpose("people")
    store.begin_work(access.purpose)
    row, members = people.household(store, household_id)
    _record(store, access, "people of household", household_id, len(members))
    if row is None:
        raise NotFoundError(
            f"There is no household '{household_id}' that you may see; check its id."
        )
    units = places.rows(store, "unit", [row["unit_id"]])
    return row, _at(store, units[0] if units else {}, members)


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
    store.begin_work(access.purpose)
    person = people.person(store, person_id)
    members: list[dict[str, Any]] = []
    if person is not None and person["household_id"]:
        _row, members = people.household(store, person["household_id"])
    shown = {row["id"] for row in members} | ({person_id} if person else set())
    _record(store, access, "home of person", person_id, len(shown))
    if person is None:
        raise NotFoundError(f"There is no person '{person_id}'; 'mapdesk find' looks for names.")
    unit = _first(store, "unit", person["unit_id"])
    building = _first(store, "building", person["building_id"])
    chain = places.grid_chain(store, building["grid_id"]) if building else []
    household = [masked(store, member) for member in members]
    return Home(masked(store, person), unit, building, chain, household)


def find_people(store: Store, access: Access, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return masked people who match `text`, with the address and floor of their home.

    A text is a part of a name, pinyin initials, the tail of a phone or an identity number; see
    `finding_people.kind_of`. Of the last two, 20 are answered in ten minutes; see `look_up_limit`.

    Raises
    ------
    PurposeError
        No purpose given.
    RightsError
        Too many phones or identity numbers in the last ten minutes; when the next may be looked up is said.
    """
    access.require_purpose("people")
    needle = text.strip()
    if not needle:
        return []
    kind = finding_people.kind_of(needle)
    if kind in finding_people.EXACT and not store.is_guest:
        _record_exact(store, access, needle, kind)
    store.begin_work(access.purpose)
    found = finding_people.find(store, needle, kind, limit)
    if kind not in finding_people.EXACT and not store.is_guest:
        said = look_up_limit.masked(kind, needle)
        _record(store, access, look_up_limit.FOUND, said, len(found), limit)
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
        answer.append(masked(store, row) | home)
    return answer


def _record(
    store: Store, access: Access, action: str, subject: str, shown: int, limit: int | None = None
) -> None:
    """Put on record what was read and how many people it shows; nothing is given before."""
    detail: dict[str, int] = {"shown": shown} | ({} if limit is None else {"limit": limit})
    audit.record(store, access, action, subject, detail=detail)


def _record_exact(store: Store, access: Access, needle: str, kind: finding_people.Kind) -> None:
    """Put an exact search on record before it is made; refuse one of too many, on record too.

    A server that holds its user to a role does both itself, and records every search.
    """
    said = look_up_limit.masked(kind, needle)
    store.identity.require(Right.PEOPLE)
    hashed = look_up_limit.fingerprint(store.secret(), kind, needle)
    detail = {"by": kind, "hash": hashed}
    number = audit.record(store, access, look_up_limit.FOUND, said, detail=detail)
    wait = look_up_limit.wait(audit.look_up_ages(store, number))
    if wait > 0:
        audit.record(store, access, look_up_limit.REFUSED, said, detail={"row": number})
        raise RightsError(
            f"{look_up_limit.MOST} phone or identity numbers in ten minutes are the most; the next can be "
            f"looked up in {look_up_limit.told(wait)} min."
        )


def ids_of(store: Store, ref: Ref) -> tuple[str, ...]:
    """Return whose data a person, household or unit is: the person, or who lives there."""
    if ref.noun == "person":
        return (ref.id,)
    return filtering.living_in(store, f"{ref.noun}_id", (ref.id,))


def masked(store: Store, row: dict[str, Any]) -> dict[str, Any]:
    """Return of a person what lists show, masked; care flags for who may see them."""
    names = (*_SHOWN, "care_flag") if store.identity.may(Right.SENSITIVE) else _SHOWN
    return mask_row("person", {name: row[name] for name in names if name in row})


def _first(store: Store, noun: str, key: str | None) -> dict[str, Any] | None:
    found = places.rows(store, noun, [key]) if key else []
    return found[0] if found else None


def _at(store: Store, unit: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    home = {name: unit.get("use" if name == "unit_use" else name) for name in _PLACE}
    return [masked(store, row) | home for row in rows]


def _page(store: Store, rows: list[dict[str, Any]], offset: int, count: int) -> PeoplePage:
    keys = {row["building_id"] for row in rows if row["building_id"]}
    addresses = {
        row["id"]: row["address"] or title_of(row) for row in places.rows(store, "building", keys)
    }
    shown = [
        masked(store, row)
        | {name: row[name] for name in _PLACE}
        | {"address": addresses.get(row["building_id"])}
        for row in rows
    ]
    return PeoplePage(shown, offset, count)


def _stretch(offset: int, limit: int, count: int) -> str:
    return f"rows {min(offset + 1, count):,} to {min(offset + limit, count):,} of {count:,}"
