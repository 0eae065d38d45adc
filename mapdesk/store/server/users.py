"""Users of a shared district: roles of its server, made by functions that administrators alone may call.

A password reaches the server as a SCRAM verifier made here (RFC 5802), so that neither its log nor its
administrator ever sees one. Who calls these has made it of what people type, with
`passwords.server_password`.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from mapdesk.model.errors import SignInError
from mapdesk.model.rights import Right
from mapdesk.model.users import User
from mapdesk.store.database import Store
from mapdesk.store.engines.shared import raw_connection
from mapdesk.store.rules import needs
from mapdesk.store.server.names import login_of


@needs(Right.USERS)
def users(store: Store) -> list[User]:
    """Return every user, by name."""
    query = sa.text(
        "SELECT name, role, title, areas, active, has_code, provisional, changed_at, changed_by "
        "FROM rights.list_users()"
    )
    with store.connect() as connection:
        return [
            User(name, role, title, tuple(areas), active, has_code, is_provisional, _text(at), by)
            for name, role, title, areas, active, has_code, is_provisional, at, by in (
                connection.execute(query)
            )
        ]


@needs(Right.USERS)
def add_user(store: Store, user: User, password: str, *, provisional: bool = False) -> str:
    """Add a user and return the database role to sign in with; the first must be an administrator.

    Parameters
    ----------
    password : str
        What the role signs in with.
    provisional : bool
        Whether it serves to choose another one, and for nothing else.

    Raises
    ------
    InputError
        The name is taken or cannot be one, or there is no such role or grid.
    RightsError
        The first user is to be something else, or the owner may not make roles.
    """
    call = sa.text(
        "SELECT rights.add_user(:name, :role, :title, CAST(:areas AS text[]), :password, :provisional)"
    )
    with store.connect() as connection:
        verifier = _verifier(connection, _login(store, user.name), password)
        values = _values(user) | {"password": verifier, "provisional": provisional}
        return str(connection.scalar(call, values))


@needs(Right.USERS)
def change_user(store: Store, user: User) -> None:
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
def reset_password(store: Store, name: str, password: str, *, provisional: bool = False) -> None:
    """Give a user another password and end their sessions; parameters as of `add_user`.

    Raises
    ------
    NotFoundError
        No such user.
    """
    call = sa.text("SELECT rights.reset_password(:name, :password, :provisional)")
    with store.connect() as connection:
        verifier = _verifier(connection, _login(store, name), password)
        values = {"name": name, "password": verifier, "provisional": provisional}
        connection.execute(call, values)


@needs(None)
def set_password(store: Store, password: str) -> None:
    """Choose another password for whoever is signed in.

    Raises
    ------
    RightsError
        The owner is signed in, whose password is the server's administrator's business.
    """
    with store.connect() as connection:
        change_password(connection, store.identity.user, password)


def change_password(connection: sa.Connection, login: str, password: str) -> None:
    """Choose another password for the role a connection is signed in as."""
    values = {"password": _verifier(connection, login, password)}
    connection.execute(sa.text("SELECT rights.set_password(:password)"), values)


@needs(None)
def set_code(store: Store, secret: str, code: str) -> None:
    """Let the server ask whoever is signed in for a code in each session from now on.

    Raises
    ------
    SignInError
        `code` is not the one that `secret` gives now.
    RightsError
        The owner is signed in.
    """
    call = sa.text("SELECT rights.set_code(:secret, :code)")
    values = {"secret": base64.b32decode(secret), "code": code}
    with store.connect() as connection:
        ticket = connection.scalar(call, values)
    if ticket is None:
        raise SignInError(
            "That is not the code of this key now; check the key and the clock of the authenticator."
        )
    if store.work is not None:
        store.work.show(str(ticket))


@needs(Right.USERS)
def clear_code(store: Store, name: str) -> None:
    """Let the server ask a user for no code any more, as when the telephone is lost.

    Raises
    ------
    NotFoundError
        No such user.
    """
    with store.connect() as connection:
        connection.execute(sa.text("SELECT rights.clear_code(:name)"), {"name": name})


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _values(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "title": user.title, "areas": list(user.areas)}


def _login(store: Store, name: str) -> str:
    return login_of(str(store.engine.url.database), name)


def _verifier(connection: sa.Connection, login: str, password: str) -> str:
    made = raw_connection(connection).pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    )
    return made.decode()
