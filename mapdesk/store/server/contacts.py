"""Contacts of organisations on a server, whose tables show them to no user: read and changed there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.rights import Right
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.rules import needs

LONGEST_TITLE = 200
"""Characters of what a file is called on record."""


@needs(Right.EDIT_REGISTER)
def contact_of(store: Store, organisation_id: str, reason: str) -> dict[str, Any]:
    """Return the fields of `CONTACT`, unmasked; the reason is on the server's record first.

    Raises
    ------
    NotFoundError
        There is no such organisation.
    RightsError
        No reason, or no purpose was stated.
    """
    with store.connect() as connection:
        ask = sa.text("SELECT rights.ask_contact(:id, :reason)")
        connection.execute(ask, {"id": organisation_id, "reason": reason})
        told = sa.text("SELECT * FROM rights.contact_of(:id)")
        return as_dicts(connection.execute(told, {"id": organisation_id}))[0]


def change(
    connection: Connection,
    batch_id: str,
    organisation_id: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> int:
    """Change fields of an organisation and note it, as `changes` does; return the next note's number.

    A contact has to be asked for first.

    Raises
    ------
    ConflictError
        A field is no longer as it was before.
    NotFoundError
        It is gone.
    """
    asked = sa.text(
        "SELECT rights.change_organisation(:batch, :id, CAST(:fields AS text[]), "
        "CAST(:before AS text[]), CAST(:after AS text[]))"
    )
    given = {"batch": batch_id, "id": organisation_id, "fields": list(after)}
    given |= {"before": [before[name] for name in after], "after": list(after.values())}
    return int(connection.execute(asked, given).scalar_one())


@needs(Right.EDIT_PLACES)
def ask_to_note(store: Store, title: str, told: Mapping[str, Mapping[str, str | None]]) -> str:
    """Put on the server's record that a file's contacts are compared, and return what `note` takes.

    Parameters
    ----------
    told : mapping
        Contacts by id, for each field of `CONTACT` that the file has.

    Raises
    ------
    RightsError
        More than 20 files in ten minutes.
    """
    text = json.dumps(told, ensure_ascii=False)
    ask = sa.text("SELECT rights.ask_to_compare(:digest, :title)")
    digest = hashlib.sha256(text.encode()).hexdigest()
    with store.connect() as connection:
        connection.execute(ask, {"digest": digest, "title": title[:LONGEST_TITLE]})
    return text


def note(connection: Connection, batch_id: str, told: str) -> int:
    """Note for an import's batch which contacts it is about to change, and return how many."""
    noted = sa.text("SELECT rights.note_contacts(:batch, :told)")
    return int(connection.execute(noted, {"batch": batch_id, "told": told}).scalar_one())
