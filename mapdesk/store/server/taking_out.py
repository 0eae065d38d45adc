"""Asking a server to let something out, or to answer for what another asks: see `outgoing_sql`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from mapdesk.model.outgoing import APPROVED, WINDOW, Parcel, Request
from mapdesk.model.rights import Right
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.rules import needs

_PARCEL = ":way, :subject, CAST(:people AS text[]), :masked, :reason, :personal"


@needs(Right.EXPORT)
def take_out(store: Store, purpose: str, parcel: Parcel) -> Request | None:
    """Let the server record and count a parcel; None where a second person is due.

    Raises
    ------
    RightsError
        The role may not, or no purpose was stated.
    """
    store.begin_work(purpose)
    asked = f"rights.take_out({_PARCEL}, :file_kind)"
    found = _requests(store, asked, _values(parcel) | {"file_kind": parcel.file_kind})
    return found[0] if found else None


@needs(Right.UNMASK)
def names_taken(store: Store, request_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """Return the names in full, by id, of who left unmasked under a number."""
    asked = sa.text("SELECT id, name FROM rights.names_taken(:id, CAST(:people AS text[]))")
    with store.connect() as connection:
        rows = connection.execute(asked, {"id": request_id, "people": list(person_ids)})
        return {str(key): str(name) for key, name in rows}


@needs(Right.EXPORT)
def give_back(store: Store, request_id: str) -> None:
    """Let an approval that was used in the last ten minutes be used again, on record."""
    with store.connect() as connection:
        connection.execute(sa.text("SELECT rights.give_back(:id)"), {"id": request_id})


@needs(Right.EXPORT)
def ask(store: Store, purpose: str, parcel: Parcel) -> Request:
    """Keep a request for a second person, on record."""
    store.begin_work(purpose)
    return _requests(store, f"rights.ask_to_take_out({_PARCEL})", _values(parcel))[0]


@needs(Right.APPROVE)
def decide(store: Store, request_id: str, *, approve: bool) -> Request:
    """Approve or refuse another's request, on record."""
    values = {"id": request_id, "approve": approve}
    return _requests(store, "rights.decide_request(:id, :approve)", values)[0]


@needs(Right.APPROVE)
def waiting(store: Store) -> list[Request]:
    """Return what waits for a second person, the oldest first."""
    return _requests(store, "rights.waiting_requests()", {})


@needs(Right.EXPORT)
def own(store: Store) -> list[Request]:
    """Return what the user asked a second person for, the oldest first."""
    return _requests(store, "rights.own_requests()", {})


@needs(Right.EXPORT)
def taken_alone(store: Store) -> int:
    """Return how many distinct people the user has taken out without approval within the window."""
    with store.connect() as connection:
        return int(connection.scalar(sa.text("SELECT rights.taken_alone()")) or 0)


def _values(parcel: Parcel) -> dict[str, Any]:
    return {
        "way": parcel.way,
        "subject": parcel.subject,
        "people": list(parcel.person_ids),
        "masked": parcel.masked,
        "reason": parcel.reason,
        "personal": parcel.personal,
    }


def _requests(store: Store, asked: str, values: dict[str, Any]) -> list[Request]:
    columns = "*, clock_timestamp() AT TIME ZONE 'UTC' AS now"
    with store.connect() as connection:
        rows = as_dicts(connection.execute(sa.text(f"SELECT {columns} FROM {asked}"), values))
    for row in rows:
        now, decided = row.pop("now"), row["approved_at"]
        row["at"] = row["at"].replace(tzinfo=UTC)
        row["approver"] = row["approver"] or ""
        row["approved_at"] = decided and decided.replace(tzinfo=UTC)
        row["expired"] = bool(row["state"] == APPROVED and decided <= now - WINDOW)
    return [Request(**row) for row in rows]
