"""One person as the register has them. Only `services.unmasking` calls this: that is the door with the reason.

A server that holds its user to a role writes the record and answers itself.
"""

from __future__ import annotations

from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.rights import Right
from mapdesk.store import audit, people
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.server import asking


@needs(Right.UNMASK)
def unmask(store: Store, access: Access, person_id: str, reason: str) -> dict[str, Any] | None:
    """Put the reason on record, then return the person's row; None where the user may see no such person.

    Raises
    ------
    WorldError
        It cannot be recorded: then nothing is answered.
    """
    if store.is_guest:
        store.begin_work(access.purpose)
        return asking.unmask_person(store, person_id, reason)
    audit.record(
        store, access, "unmask person", person_id, kind="unmask", detail={"reason": reason}
    )
    return people.person(store, person_id)
