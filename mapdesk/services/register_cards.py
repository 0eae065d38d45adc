"""Cards of the register: a unit, a household, a person, each with its links and its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import NotFoundError
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import card_links, correcting, residents
from mapdesk.services.card_links import Hanging
from mapdesk.services.cards import Card, card_of
from mapdesk.store import people, places
from mapdesk.store.database import Store

REGISTER = ("unit", "household", "person")
"""Nouns that have such a card."""

_OF_PERSON = ("sex", "birth_date", "identity_number", "phone", "residence_kind", "relation")


@dataclass(frozen=True)
class RegisterCard:
    """A unit, household or person with everything that hangs on it, masked.

    Parameters
    ----------
    ref : Ref
    title : str
    row : dict
        Fields to show.
    unit, building : dict or None
        Where it is; None where the register does not say.
    grids : list of dict
        Grid chain, highest first.
    members : list of dict or None
        Masked people of the unit or household; None while no purpose is in force.
    households : list of dict
        Rows of the households of a unit.
    hanging : list of Hanging
        Organisations in the building, workers of the grid.
    history : list of dict
        Changes, newest first, masked.
    provenance : dict of str to dict
        The newest change of each field; "" stands for the row as a whole.
    card : Card or None
        The building's, for the map and the matrix.
    """

    ref: Ref
    title: str
    row: dict[str, Any]
    unit: dict[str, Any] | None
    building: dict[str, Any] | None
    grids: list[dict[str, Any]]
    members: list[dict[str, Any]] | None = None
    households: list[dict[str, Any]] = field(default_factory=list)
    hanging: list[Hanging] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    provenance: dict[str, dict[str, Any]] = field(default_factory=dict)
    card: Card | None = None

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Whose data are on it."""
        own = (self.ref.id,) if self.ref.noun == "person" else ()
        return (*own, *(str(row["id"]) for row in self.members or ()))


def register_card(store: Store, access: Access, ref: Ref, language: str = "en") -> RegisterCard:
    """Return the card of a unit, household or person.

    A unit's card is shown without a purpose too, without people and history.

    Raises
    ------
    PurposeError
        No purpose given for a household or a person.
    NotFoundError
        No such id, or it lies outside the user's areas.
    RightsError
        The role does not see people, and it is a household or a person.
    """
    made = {"unit": _unit, "household": _household, "person": _person}[ref.noun]
    return made(store, access, ref, language)


def _unit(store: Store, access: Access, ref: Ref, language: str) -> RegisterCard:
    unit = places.row(store, "unit", ref.id)
    members, households = None, []
    if access.has_purpose and access.may(Right.PEOPLE):
        members = residents.people_of_unit(store, access, ref.id)
        for key in people.households_of_unit(store, ref.id):
            row, _members = people.household(store, key)
            if row is not None:
                households.append(row)
    shown = {name: unit[name] for name in ("stair", "floor", "room", "use", "area")}
    title = card_links.unit_title(unit)
    return _made(store, access, ref, title, shown, unit, language, members, households)


def _household(store: Store, access: Access, ref: Ref, language: str) -> RegisterCard:
    row, members = residents.household_of(store, access, ref.id)
    unit = _first(store, "unit", row["unit_id"])
    shown = {name: row[name] for name in ("kind", "vehicles", "pets")}
    return _made(store, access, ref, ref.id, shown, unit, language, members, [])


def _person(store: Store, access: Access, ref: Ref, language: str) -> RegisterCard:
    home = residents.home_of(store, access, ref.id)
    own = home.person
    shown = {name: own.get(name) for name in _OF_PERSON}
    extra = people.person(store, ref.id) or {}
    shown["education"] = extra.get("education")
    if access.may(Right.SENSITIVE):
        shown["care_flag"] = extra.get("care_flag")
    households = []
    if own["household_id"]:
        row, _members = people.household(store, own["household_id"])
        households = [row] if row is not None else []
    unit, building = home.unit, own["building_id"]
    title = str(own["name"])
    return _made(
        store, access, ref, title, shown, unit, language, home.household, households, building
    )


def _made(
    store: Store,
    access: Access,
    ref: Ref,
    title: str,
    row: dict[str, Any],
    unit: dict[str, Any] | None,
    language: str,
    members: list[dict[str, Any]] | None,
    households: list[dict[str, Any]],
    building_id: str | None = None,
) -> RegisterCard:
    """Add to a card what every one of them has: building, grids, workers, history."""
    key = unit["building_id"] if unit is not None else building_id
    card = _building_card(store, access, key, language)
    grids = card.grids if card is not None else []
    history: list[dict[str, Any]] = []
    if access.has_purpose and access.may(Right.PEOPLE):
        history = correcting.history_of(store, access, ref)
    return RegisterCard(
        ref,
        title,
        mask_row(ref.noun, row) if ref.noun != "person" else row,
        unit,
        None if card is None else {"id": card.ref.id, "title": _address(card)},
        grids,
        members,
        households,
        [] if card is None else card.hanging,
        history,
        correcting.provenance(history),
        card,
    )


def _building_card(store: Store, access: Access, key: str | None, language: str) -> Card | None:
    """Return the card of the building around, its people not counted: they were not asked for."""
    if key is None:
        return None
    try:
        return card_of(store, Ref("building", key), language, access.having(""))
    except NotFoundError:
        return None


def _address(card: Card) -> str:
    return str(card.row.get("address") or card.title)


def _first(store: Store, noun: str, key: str | None) -> dict[str, Any] | None:
    found = places.rows(store, noun, [key]) if key else []
    return found[0] if found else None
