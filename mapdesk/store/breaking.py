"""Breaking the glass: a user's areas are lifted in an emergency, on a loud record."""

from __future__ import annotations

from mapdesk.model.access import Access
from mapdesk.model.rights import Right
from mapdesk.store import audit
from mapdesk.store.database import Store
from mapdesk.store.glass import MINUTES
from mapdesk.store.rules import needs
from mapdesk.store.server import asking


@needs(Right.BREAK_GLASS)
def break_glass(store: Store, access: Access, reason: str) -> None:
    """Put it on record, then lift the areas of who is signed in.

    A server that holds its user to areas writes the record and lifts them itself.

    Raises
    ------
    WorldError
        It cannot be recorded: then nothing is lifted.
    """
    if store.is_guest:
        store.begin_work(access.purpose)
        asking.break_glass(store, reason)
    else:
        areas = ", ".join(store.identity.areas)
        detail: dict[str, str | float] = {"reason": reason, "minutes": MINUTES, "areas": areas}
        audit.record(store, access, "break glass", "", kind="break-glass", detail=detail)
    store.glass.lift(store.identity.user)
