"""Rows of the register and places for whoever corrects them: unmasked, one at a time, on record first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.errors import NotFoundError
from mapdesk.model.nouns import CONTACT, EDITED_PLACES, NOUNS
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, unmasking
from mapdesk.store import audit, changes, people, places
from mapdesk.store.database import Store
from mapdesk.store.unmasking import contact_of

REASON = "to correct it"
"""Reason on record where a row is unmasked to be corrected; the purpose stands beside it."""


def raw_row(store: Store, access: Access, ref: Ref, reason: str = REASON) -> dict[str, Any]:
    """Return a person, household or unit unmasked, or a place; geometry left out.

    The contact of an organisation is in it, unmasked and on record, for who corrects the register; for
    others it is left out.

    Raises
    ------
    NotFoundError
        There is none, or not for this user.
    PurposeError
        No purpose is in force.
    RightsError
        The role may not edit rows of this noun.
    """
    if ref.noun == "person":
        return raw_person(store, access, ref.id, reason)
    if ref.noun in EDITED_PLACES:
        place = _place(store, ref)
        if ref.noun == "organisation" and store.identity.may(Right.EDIT_REGISTER):
            access.require_purpose("contacts")
            place |= contact_of(store, access, ref.id, reason)
        return place
    store.identity.require(Right.EDIT_REGISTER)
    access.require_purpose("to change the register")
    if ref.noun == "unit":
        return places.row(store, "unit", ref.id)
    audit.record(store, access, "household", ref.id)
    row, _members = people.household(store, ref.id)
    if row is None:
        raise NotFoundError(f"There is no household '{ref.id}'.")
    return row


def _place(store: Store, ref: Ref) -> dict[str, Any]:
    store.identity.require(Right.EDIT_PLACES)
    row = places.row(store, ref.noun, ref.id)
    hidden = CONTACT if ref.noun == "organisation" else ()
    return {name: row[name] for name in ("id", *NOUNS[ref.noun].field_names) if name not in hidden}


def raw_person(store: Store, access: Access, person_id: str, reason: str) -> dict[str, Any]:
    """Return a person unmasked, for `reason`, which goes on record before the answer."""
    store.identity.require(Right.EDIT_REGISTER)
    return unmasking.unmask(store, access, person_id, reason).row


def set_fields(store: Store, access: Access, ref: Ref, wanted: Mapping[str, str]) -> str:
    """Change fields whatever they hold now, and return the batch's id."""
    if ref.noun in EDITED_PLACES and not set(CONTACT) & set(wanted):
        return correcting.correct(store, access, ref, _place(store, ref), wanted)
    return correcting.correct(store, access, ref, raw_row(store, access, ref), wanted)


def fields_of(noun: str, access: Access) -> tuple[str, ...]:
    """Return the fields a form edits: where somebody lives is changed by moving their household.

    Contacts of organisations are edited by who corrects the register.
    """
    hidden = () if access.may(Right.EDIT_REGISTER) else CONTACT
    return tuple(
        field.name
        for field in NOUNS[noun].fields
        if not (field.refers_to or field.secret or field.name in hidden)
    )


def batches(store: Store, access: Access, limit: int = 200) -> list[dict[str, Any]]:
    """Return what was done to the register, the newest batch first; no personal data is in it."""
    audit.record(store, access, "list changes", "")
    return changes.batches(store, limit)


def households_of(store: Store, access: Access, unit_id: str) -> list[tuple[str, str]]:
    """Return the households of a unit with how many people each has, in words of the register.

    Raises
    ------
    PurposeError
        No purpose given.
    """
    access.require_purpose("households")
    audit.record(store, access, "households of unit", unit_id)
    found = []
    for household_id in people.households_of_unit(store, unit_id):
        row, members = people.household(store, household_id)
        kind = (row and row["kind"]) or "unknown"
        found.append((household_id, f"{kind}, {len(members)}"))
    return found
