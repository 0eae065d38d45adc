"""One person as the register has them. Only `services.unmasking` calls this: that is the door with the reason.

This is the one place where a look goes on record and is answered in one step: where a server holds the
rights itself, its own function takes the place of both.
"""

from __future__ import annotations

from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.rights import Right
from mapdesk.store import audit, people
from mapdesk.store.database import Store
from mapdesk.store.rules import needs


@needs(Right.UNMASK)
def unmask(store: Store, access: Access, person_id: str, reason: str) -> dict[str, Any] | None:
    """Put the reason on record, then return the person's row; None where the user may see no such person.

    Raises
    ------
    WorldError
        It cannot be recorded: then nothing is answered.
    """
    audit.record(
        store, access, "unmask person", person_id, kind="unmask", detail={"reason": reason}
    )
    return people.person(store, person_id)
