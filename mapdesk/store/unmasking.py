"""One person, or an organisation's contact, as they are. Only services call this, which ask for the reason.

A server that holds its user to a role writes the record and answers itself.
"""

from __future__ import annotations

from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.nouns import CONTACT
from mapdesk.model.rights import Right
from mapdesk.store import audit, people, places
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.server import asking, contacts


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


@needs(Right.EDIT_REGISTER)
def contact_of(store: Store, access: Access, organisation_id: str, reason: str) -> dict[str, Any]:
    """Put the reason on record, then return the fields of an organisation that name its contact.

    Raises
    ------
    NotFoundError
        There is no such organisation.
    WorldError
        It cannot be recorded: then nothing is answered.
    """
    if store.is_guest:
        store.begin_work(access.purpose)
        return contacts.contact_of(store, organisation_id, reason)
    detail = {"reason": reason}
    audit.record(store, access, "unmask contact", organisation_id, kind="unmask", detail=detail)
    row = places.row(store, "organisation", organisation_id)
    return {name: row[name] for name in CONTACT}
