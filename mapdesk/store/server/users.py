"""Users of a shared district: roles of its server, made by functions that administrators alone may call.

A password reaches the server as a SCRAM verifier made here (RFC 5802), so that neither its log nor its
administrator ever sees one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from mapdesk.model.errors import InputError
from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.engines.shared import raw_connection
from mapdesk.store.rules import needs
from mapdesk.store.server.names import login_of

SHORTEST_PASSWORD = 8


class UserLike(Protocol):
    """What a user is, whoever describes them."""

    @property
    def name(self) -> str:
        """What is typed to sign in."""

    @property
    def role(self) -> str:
        """One of `USER_ROLES`."""

    @property
    def title(self) -> str:
        """Name shown to others."""

    @property
    def areas(self) -> Sequence[str]:
        """Ids of grids; none means the whole district."""

    @property
    def active(self) -> bool:
        """Whether the user may sign in."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """One user of a shared district.

    Parameters
    ----------
    changed_at : datetime or None
        With a zone; None of a user who is not on the server yet.
    changed_by : str
        Database role that changed the user last.
    """

    name: str
    role: str
    title: str = ""
    areas: tuple[str, ...] = ()
    active: bool = True
    changed_at: datetime | None = None
    changed_by: str = ""


@needs(Right.USERS)
def users(store: Store) -> list[ServerUser]:
    """Return every user, by name."""
    query = sa.text(
        "SELECT name, role, title, areas, active, changed_at, changed_by FROM rights.list_users()"
    )
    with store.connect() as connection:
        return [
            ServerUser(name, role, title, tuple(areas), active, changed_at, changed_by)
            for name, role, title, areas, active, changed_at, changed_by in connection.execute(
                query
            )
        ]


@needs(Right.USERS)
def add_user(store: Store, user: UserLike, password: str) -> str:
    """Add a user and return the database role to sign in with; the first must be an administrator.

    Raises
    ------
    InputError
        The name is taken or cannot be one, there is no such role or grid, or the password is too short.
    RightsError
        The first user is to be something else, or the owner may not make roles.
    """
    call = sa.text(
        "SELECT rights.add_user(:name, :role, :title, CAST(:areas AS text[]), :password)"
    )
    with store.connect() as connection:
        verifier = _verifier(connection, _login(connection, user.name), password)
        return str(connection.scalar(call, _values(user) | {"password": verifier}))


@needs(Right.USERS)
def change_user(store: Store, user: UserLike) -> None:
    """Give the user of this name another role, title or areas, or take the sign-in away or back.

    Raises
    ------
    NotFoundError
        No such user.
    RightsError
        An administrator's own role or sign-in, or the last administrator's.
    """
    call = sa.text(
        "SELECT rights.change_user(:name, :role, :title, CAST(:areas AS text[]), :active)"
    )
    with store.connect() as connection:
        connection.execute(call, _values(user) | {"active": user.active})


@needs(Right.USERS)
def remove_user(store: Store, name: str) -> None:
    """Remove a user and end their sessions; what they did stays on record.

    Raises
    ------
    NotFoundError
        No such user.
    RightsError
        It is oneself, or the last administrator.
    """
    with store.connect() as connection:
        connection.execute(sa.text("SELECT rights.remove_user(:name)"), {"name": name})


@needs(Right.USERS)
def reset_password(store: Store, name: str, password: str) -> None:
    """Give a user another password and end their sessions.

    Raises
    ------
    NotFoundError
        No such user.
    InputError
        The password is too short.
    """
    with store.connect() as connection:
        verifier = _verifier(connection, _login(connection, name), password)
        values = {"name": name, "password": verifier}
        connection.execute(sa.text("SELECT rights.reset_password(:name, :password)"), values)


@needs(None)
def set_password(store: Store, password: str) -> None:
    """Choose another password for whoever is signed in.

    Raises
    ------
    InputError
        It is too short.
    RightsError
        The owner is signed in, whose password is the server's administrator's business.
    """
    with store.connect() as connection:
        values = {"password": _verifier(connection, store.identity.user, password)}
        connection.execute(sa.text("SELECT rights.set_password(:password)"), values)


def _values(user: UserLike) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "title": user.title, "areas": list(user.areas)}


def _login(connection: sa.Connection, name: str) -> str:
    return login_of(str(connection.scalar(sa.text("SELECT current_database()"))), name)


def _verifier(connection: sa.Connection, login: str, password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InputError("That password is too short; use eight characters or more.")
    made = raw_connection(connection).pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    )
    return made.decode()
