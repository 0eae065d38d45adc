"""The list of usual purposes, edited on record."""

from __future__ import annotations

from mapdesk.model.access import SHORTEST_PURPOSE, Access
from mapdesk.model.errors import InputError
from mapdesk.model.rights import Right
from mapdesk.store import audit
from mapdesk.store import purposes as kept
from mapdesk.store.database import Store

LONGEST = 120


def usual(store: Store) -> list[str]:
    """Return the usual purposes, sorted; none for who may see nothing."""
    return kept.usual(store) if store.identity.may(Right.PLACES) else []


def add(store: Store, access: Access, text: str) -> str:
    """Add a purpose to the list and return it as it is kept.

    Raises
    ------
    InputError
        It is too short, too long, or there already.
    RightsError
        The user is no administrator and no security officer.
    """
    store.identity.require(Right.PURPOSES)
    said = " ".join(text.split())
    if not SHORTEST_PURPOSE <= len(said) <= LONGEST:
        raise InputError(f"A purpose has {SHORTEST_PURPOSE} to {LONGEST} characters.")
    audit.record(store, access, "add a usual purpose", said, kind="change")
    kept.add(store, said)
    return said


def remove(store: Store, access: Access, text: str) -> None:
    """Take a purpose off the list.

    Raises
    ------
    NotFoundError
        It is not on it.
    RightsError
        The role does not keep the list.
    """
    store.identity.require(Right.PURPOSES)
    audit.record(store, access, "remove a usual purpose", text, kind="change")
    kept.remove(store, text)
