"""Who may sign in to an embedded district, and the rules an administrator cannot get round.

Whoever holds the folder holds the data, so these rules are the desk's and not the disk's; on
PostgreSQL users are the server's roles.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime

from mapdesk.model import codes, passwords
from mapdesk.model.errors import InputError, NotFoundError, RightsError, SignInError
from mapdesk.model.rights import Right
from mapdesk.model.users import User, key_of
from mapdesk.store import user_file
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.sign_in import forget
from mapdesk.store.user_file import found, user_of

ADMINISTRATOR = "administrator"

Clock = Callable[[], float]
"""Seconds from 1970: `time.time`, or a fake in tests."""


@needs(Right.USERS)
def users(store: Store) -> list[User]:
    """Return every user, by name."""
    if not user_file.path_of(store.folder).is_file():
        return []
    with user_file.writing(store.folder, store.vault) as connection:
        rows = connection.execute("SELECT * FROM users ORDER BY key").fetchall()
    return [user_of(row) for row in rows]


@needs(None)
def has_users(store: Store) -> bool:
    """Say whether anyone must sign in."""
    return user_file.has_users(store.folder, store.vault)


@needs(None)
def spelled(store: Store, name: str) -> str | None:
    """Return a user's name as it is written, or None where nobody has it."""
    with user_file.writing(store.folder, store.vault) as connection:
        row = found(connection, name)
    return None if row is None else str(row["name"])


@needs(Right.USERS)
def add_user(store: Store, user: User, password: str) -> None:
    """Add a user; the first one must be an administrator, and from then on everybody signs in.

    Raises
    ------
    InputError
        The name is taken or cannot be one, there is no such role, or the password is too weak.
    RightsError
        The first user is to be something else.
    """
    user.check()
    passwords.check(password, user.name)
    kept = passwords.hashed(password)
    with user_file.writing(store.folder, store.vault) as connection:
        first = connection.execute("SELECT 1 FROM users LIMIT 1").fetchone() is None
        if first and user.role != ADMINISTRATOR:
            raise RightsError(
                "The first user of a district must be an administrator, who adds the others; from "
                "then on everybody signs in."
            )
        if found(connection, user.name) is not None:
            raise InputError(f"There is a user '{user.name}' already; choose another name.")
        connection.execute(
            "INSERT INTO users (key, name, role, title, areas, active, hash, provisional, created_at,"
            " created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key_of(user.name),
                user.name,
                user.role,
                user.title.strip(),
                json.dumps(user.areas),
                user.active or first,
                kept,
                not first,
                _now(),
                store.identity.user,
            ),
        )


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
    user.check()
    with user_file.writing(store.folder, store.vault) as connection:
        old = user_of(_row(connection, user.name))
        if (user.role, user.active) != (old.role, old.active):
            _check_not_oneself(store, old)
            _check_not_last(connection, old)
        connection.execute(
            "UPDATE users SET role = ?, title = ?, areas = ?, active = ?, changed_at = ?,"
            " changed_by = ? WHERE key = ?",
            (
                user.role,
                user.title.strip(),
                json.dumps(user.areas),
                user.active,
                _now(),
                store.identity.user,
                key_of(user.name),
            ),
        )


@needs(Right.USERS)
def remove_user(store: Store, name: str) -> None:
    """Remove a user; what they did stays on record.

    Raises
    ------
    NotFoundError
        No such user.
    RightsError
        It is oneself, or the last administrator.
    """
    with user_file.writing(store.folder, store.vault) as connection:
        old = user_of(_row(connection, name))
        _check_not_last(connection, old)
        _check_not_oneself(store, old)
        connection.execute("DELETE FROM users WHERE key = ?", (key_of(name),))
        forget(store, connection, name)


@needs(Right.USERS)
def reset_password(store: Store, name: str, password: str) -> None:
    """Give a user a password for one sign-in, at which they choose their own; a lock is lifted.

    Raises
    ------
    NotFoundError
        No such user.
    InputError
        The password is too weak.
    """
    passwords.check(password, name)
    kept = passwords.hashed(password)
    with user_file.writing(store.folder, store.vault) as connection:
        _row(connection, name)
        _change(store, connection, name, "hash = ?, provisional = 1", kept)
        forget(store, connection, name)


@needs(Right.USERS)
def clear_code(store: Store, name: str) -> None:
    """Ask a user for no authenticator's code any more, as when the telephone is lost.

    Raises
    ------
    NotFoundError
        No such user.
    """
    with user_file.writing(store.folder, store.vault) as connection:
        _row(connection, name)
        _change(store, connection, name, "secret = NULL, step = 0")


@needs(None)
def set_code(store: Store, secret: str, code: str, clock: Clock = time.time) -> None:
    """Ask whoever is signed in for a code at each sign-in from now on.

    Raises
    ------
    SignInError
        `code` is not the one that `secret` gives now: it was typed wrongly into the authenticator, or
        its clock is wrong.
    """
    step = codes.step_of(secret, code, clock(), 0)
    if step is None:
        raise SignInError(
            "That is not the code of this key now; check the key and the clock of the authenticator."
        )
    name = store.identity.user
    with user_file.writing(store.folder, store.vault) as connection:
        _row(connection, name)
        _change(store, connection, name, "secret = ?, step = ?", secret, step)


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = found(connection, name)
    if row is None:
        raise NotFoundError(f"There is no user '{name}'; 'mapdesk user list' shows all.")
    return row


def _change(
    store: Store, connection: sqlite3.Connection, name: str, what: str, *values: object
) -> None:
    connection.execute(
        f"UPDATE users SET {what}, changed_at = ?, changed_by = ? WHERE key = ?",
        (*values, _now(), store.identity.user, key_of(name)),
    )


def _check_not_oneself(store: Store, user: User) -> None:
    if key_of(user.name) == key_of(store.identity.user):
        raise RightsError(
            "Nobody changes their own role or sign-in; another administrator has to do it."
        )


def _check_not_last(connection: sqlite3.Connection, user: User) -> None:
    if user.role != ADMINISTRATOR:
        return
    others = connection.execute(
        "SELECT 1 FROM users WHERE role = ? AND active AND key != ? LIMIT 1",
        (ADMINISTRATOR, key_of(user.name)),
    ).fetchone()
    if others is None:
        raise RightsError(
            f"{user.name} is the last administrator; give another user that role first."
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
