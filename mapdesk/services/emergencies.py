"""Breaking glass: a user looks beyond their areas for half an hour, with a reason and a loud record."""

from __future__ import annotations

from mapdesk.model.access import LONGEST_REASON, SHORTEST_REASON, Access, checked_reason
from mapdesk.model.errors import InputError
from mapdesk.model.rights import Right
from mapdesk.store import audit, breaking
from mapdesk.store.database import Store


def begin(store: Store, access: Access, reason: str) -> float:
    """Lift the areas of who is signed in and return for how many seconds.

    Everything else holds on: masks, purposes, reasons, rights.

    Raises
    ------
    RightsError
        The role does not look beyond its areas.
    PurposeError
        No purpose given.
    InputError
        The reason is too short or too long, or there are no areas to lift.
    """
    store.identity.require(Right.BREAK_GLASS)
    access.require_purpose("people of other areas")
    why = checked_reason(reason)
    if why is None:
        raise InputError(
            f"Say in {SHORTEST_REASON} to {LONGEST_REASON} characters what the emergency is."
        )
    if not store.identity.areas:
        raise InputError("Your user is not bound to areas: you see the whole district already.")
    breaking.break_glass(store, access, why)
    return left(store)


def left(store: Store) -> float:
    """Return for how many seconds on the areas are lifted; 0 where they are in force."""
    return store.glass.left(store.identity.user)


def end(store: Store, access: Access) -> None:
    """Put the areas in force again before their time, on record."""
    if left(store) > 0:
        audit.record(store, access, "end of break glass", "", kind="break-glass")
    store.glass.end()
