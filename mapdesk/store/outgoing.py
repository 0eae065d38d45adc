"""How many people each user has taken out, and what a second person said. Only `services.outgoing` calls this.

A server that holds its user to a role counts, decides and records itself: see `server.outgoing_sql`.

People who left by a second person's approval do not use up a user's own hundred: someone else answered
for them. Nobody ever approves what they asked for themselves, the owner of a district without users neither.
"""

from __future__ import annotations

import hmac
import threading
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, ConflictError, NotFoundError, RightsError
from mapdesk.model.outgoing import (
    APPROVED,
    MOST_PEOPLE,
    REFUSED,
    REQUESTED,
    USED,
    WINDOW,
    Parcel,
    Request,
)
from mapdesk.model.rights import Right
from mapdesk.model.users import key_of
from mapdesk.store import audit, people
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.rules import needs
from mapdesk.store.schema import OUTGOING
from mapdesk.store.server import taking_out
from mapdesk.store.server.outgoing_sql import TURN

_TURN = threading.Lock()
"""One parcel at a time is counted: here by a lock, between desks by PostgreSQL's advisory lock."""


@needs(Right.EXPORT)
def leave(store: Store, access: Access, parcel: Parcel) -> Request:
    """Put a parcel on record and count it; both or neither. Nothing may be written before.

    Returns
    -------
    Request
        The row as it is kept: its approver is empty where nobody had to be asked.

    Raises
    ------
    ApprovalDueError
        It needs a second person's approval, and has none that is valid.
    WorldError
        It cannot be recorded: then nothing may leave.
    """
    if store.is_guest:
        kept = taking_out.take_out(store, access.purpose, parcel)
        if kept is None:
            raise _due(parcel, taking_out.taken_alone(store))
        return kept
    hashes = _hashes_of(store, parcel)
    digest = _digest(store, parcel, hashes)
    with _TURN, store.begin() as connection:
        now = _begin(store, connection)
        already = _taken_alone(connection, store.identity.user, now)
        if not hashes or (parcel.may_go_alone and len(already | hashes) <= MOST_PEOPLE):
            row = _row(store, access.purpose, parcel, digest, now)
            row |= {"hashes": " ".join(sorted(hashes)), "state": USED, "used_at": now}
            connection.execute(sa.insert(OUTGOING).values(row))
        else:
            found = _approved(connection, store.identity.user, digest, now)
            if not found:
                raise _due(parcel, len(already))
            row = found[0]
            connection.execute(
                sa.update(OUTGOING)
                .where(OUTGOING.c.id == row["id"])
                .values(state=USED, used_at=now)
            )
        detail: dict[str, str | int] = {
            "people": parcel.people,
            "file": parcel.file_kind,
            "masked": "yes" if parcel.masked else "no",
        }
        if parcel.reason:
            detail["reason"] = parcel.reason
        if row["approver"]:
            detail |= {"approver": row["approver"], "request": row["id"]}
        action = f"take out by {parcel.way}"
        audit.record(store, access, action, parcel.subject, kind="export", detail=detail)
        return _request(row, now)


@needs(Right.UNMASK)
def names_of(store: Store, kept: Request, person_ids: Collection[str]) -> dict[str, str]:
    """Return the names in full, by id, of who has just left unmasked.

    A server tells them for ten minutes, of exactly the people it counted.

    Raises
    ------
    RightsError
        Others than these left under that number, or longer ago.
    """
    if store.is_guest:
        return taking_out.names_taken(store, kept.id, person_ids)
    return people.names(store, person_ids)


@needs(Right.EXPORT)
def give_back(store: Store, request_id: str) -> None:
    """Let an approval be used again: what was to leave by it could not be written."""
    if store.is_guest:
        taking_out.give_back(store, request_id)
        return
    with _TURN, store.begin() as connection:
        connection.execute(
            sa.update(OUTGOING)
            .where(
                OUTGOING.c.id == request_id,
                OUTGOING.c.state == USED,
                OUTGOING.c.approver.is_not(None),
            )
            .values(state=APPROVED, used_at=None)
        )


@needs(Right.EXPORT)
def ask(store: Store, access: Access, parcel: Parcel) -> Request:
    """Keep a request for a second person, on record; one that waits for the same content is not doubled."""
    if store.is_guest:
        return taking_out.ask(store, access.purpose, parcel)
    hashes = _hashes_of(store, parcel)
    digest = _digest(store, parcel, hashes)
    with _TURN, store.begin() as connection:
        now = _begin(store, connection)
        query = sa.select(OUTGOING).where(
            OUTGOING.c.who == store.identity.user,
            OUTGOING.c.digest == digest,
            OUTGOING.c.state == REQUESTED,
        )
        found = as_dicts(connection.execute(query))
        if found:
            row = found[0]
        else:
            row = _row(store, access.purpose, parcel, digest, now)
            row |= {"hashes": "", "state": REQUESTED}
            connection.execute(sa.insert(OUTGOING).values(row))
        detail = {"people": parcel.people, "request": row["id"]}
        audit.record(
            store, access, "ask to take out", parcel.subject, kind="approval", detail=detail
        )
        return _request(row, now)


@needs(Right.APPROVE)
def decide(store: Store, access: Access, request_id: str, *, approve: bool) -> Request:
    """Approve or refuse a request, on record.

    Raises
    ------
    NotFoundError
        There is no such request.
    ConflictError
        It is decided already.
    RightsError
        It is one's own.
    """
    if store.is_guest:
        return taking_out.decide(store, request_id, approve=approve)
    with _TURN, store.begin() as connection:
        now = _begin(store, connection)
        found = as_dicts(connection.execute(sa.select(OUTGOING).where(OUTGOING.c.id == request_id)))
        if not found or (found[0]["state"] == USED and not found[0]["approver"]):
            raise NotFoundError(
                f"There is no request '{request_id}'; 'mapdesk outgoing list' shows all that wait."
            )
        row = found[0]
        if row["state"] != REQUESTED:
            raise ConflictError(
                f"The request of {row['who']} is decided already: {row['state']} by {row['approver']}."
            )
        if key_of(row["who"]) == key_of(store.identity.user):
            raise RightsError(
                "Nobody approves or refuses what they asked for themselves; a second user has to, who "
                "is security ('mapdesk user add')."
            )
        values = {
            "state": APPROVED if approve else REFUSED,
            "approver": store.identity.user,
            "approved_at": now,
        }
        connection.execute(sa.update(OUTGOING).where(OUTGOING.c.id == request_id).values(values))
        said = "approve" if approve else "refuse"
        detail = {"request": row["id"], "who": row["who"], "people": int(row["people"])}
        audit.record(
            store,
            access,
            f"{said} what is taken out",
            row["subject"],
            kind="approval",
            detail=detail,
        )
        return _request(row | values, now)


@needs(Right.APPROVE)
def waiting(store: Store) -> list[Request]:
    """Return what waits for a second person, the oldest first."""
    if store.is_guest:
        return taking_out.waiting(store)
    return _requests(store, OUTGOING.c.state == REQUESTED)


@needs(Right.EXPORT)
def own(store: Store) -> list[Request]:
    """Return what the user asked a second person for, the oldest first."""
    if store.is_guest:
        return taking_out.own(store)
    asked = sa.or_(OUTGOING.c.state == REQUESTED, OUTGOING.c.approver.is_not(None))
    return _requests(store, sa.and_(OUTGOING.c.who == store.identity.user, asked))


@needs(Right.EXPORT)
def taken_alone(store: Store) -> int:
    """Return how many distinct people the user has taken out without approval within the window."""
    if store.is_guest:
        return taking_out.taken_alone(store)
    with store.connect() as connection:
        now = _now(store, connection)
        return len(_taken_alone(connection, store.identity.user, now))


def _hashes_of(store: Store, parcel: Parcel) -> set[str]:
    """Return the people of a parcel, each hashed with the district's secret."""
    key = store.secret()
    return {
        blake2b(one.encode(), key=key, digest_size=8).hexdigest() for one in set(parcel.person_ids)
    }


def _due(parcel: Parcel, already: int) -> ApprovalDueError:
    if not parcel.may_go_alone:
        return ApprovalDueError(
            f"{parcel.people:,} people with their names in full need a second person's approval; alone "
            "one may be unmasked, with a reason."
        )
    return ApprovalDueError(
        f"{parcel.people:,} people in this and {already:,} already taken out within 24 hours are more "
        f"than the {MOST_PEOPLE} one user may take out alone; ask a second person for approval."
    )


def _requests(store: Store, which: sa.ColumnElement[bool]) -> list[Request]:
    query = sa.select(OUTGOING).where(which).order_by(OUTGOING.c.at, OUTGOING.c.id)
    with store.connect() as connection:
        now = _now(store, connection)
        return [_request(row, now) for row in as_dicts(connection.execute(query))]


def _begin(store: Store, connection: Connection) -> datetime:
    """Wait for one's turn among desks and return the moment."""
    if store.is_shared:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TURN)))
    return _now(store, connection)


def _now(store: Store, connection: Connection) -> datetime:
    """Return the moment (UTC, without zone): never before one that was seen, so that no clock turns it back.

    The server's clock counts on a server.
    """
    if store.is_shared:
        stamp = sa.func.timezone("UTC", sa.func.clock_timestamp())
        clock: datetime = connection.execute(sa.select(stamp)).scalar_one()
    else:
        clock = store.trail.clock().astimezone(UTC).replace(tzinfo=None)
    seen = connection.execute(
        sa.select(
            sa.func.max(OUTGOING.c.at),
            sa.func.max(OUTGOING.c.approved_at),
            sa.func.max(OUTGOING.c.used_at),
        )
    ).one()
    moments: list[datetime] = [clock, *(moment for moment in seen if moment is not None)]
    return max(moments)


def _taken_alone(connection: Connection, who: str, now: datetime) -> set[str]:
    query = sa.select(OUTGOING.c.hashes).where(
        OUTGOING.c.who == who,
        OUTGOING.c.state == USED,
        OUTGOING.c.approver.is_(None),
        OUTGOING.c.at > now - WINDOW,
    )
    return {one for text in connection.scalars(query) for one in text.split()}


def _approved(connection: Connection, who: str, digest: str, now: datetime) -> list[dict[str, Any]]:
    query = (
        sa.select(OUTGOING)
        .where(
            OUTGOING.c.who == who,
            OUTGOING.c.digest == digest,
            OUTGOING.c.state == APPROVED,
            OUTGOING.c.approved_at > now - WINDOW,
        )
        .order_by(OUTGOING.c.approved_at, OUTGOING.c.id)
        .limit(1)
    )
    return as_dicts(connection.execute(query))


def _digest(store: Store, parcel: Parcel, hashes: set[str]) -> str:
    """Return what tells one content from another: who is in it, what it is of, masked or not, which way."""
    told = "\x1f".join([parcel.way, parcel.subject, str(parcel.masked), *sorted(hashes)])
    return hmac.new(store.secret(), told.encode(), "sha256").hexdigest()


def _row(store: Store, purpose: str, parcel: Parcel, digest: str, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex[:12],
        "who": store.identity.user,
        "role": store.identity.role,
        "purpose": purpose,
        "at": now,
        "way": parcel.way,
        "subject": parcel.subject,
        "masked": parcel.masked,
        "reason": parcel.reason,
        "people": parcel.people,
        "digest": digest,
        "approver": None,
        "approved_at": None,
        "used_at": None,
    }


def _request(row: dict[str, Any], now: datetime) -> Request:
    decided = row["approved_at"]
    return Request(
        row["id"],
        row["who"],
        row["role"],
        row["purpose"],
        row["at"].replace(tzinfo=UTC),
        row["way"],
        row["subject"],
        int(row["people"]),
        bool(row["masked"]),
        row["reason"],
        row["state"],
        row["approver"] or "",
        decided.replace(tzinfo=UTC) if decided else None,
        row["state"] == APPROVED and decided <= now - WINDOW,
    )
