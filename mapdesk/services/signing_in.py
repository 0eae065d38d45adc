"""The one door to a district that has users; who came in, who was refused and who changed whom is on record."""

from __future__ import annotations

import time
from collections.abc import Callable

from mapdesk.model import codes, passwords
from mapdesk.model.access import Access
from mapdesk.model.errors import (
    CodeDueError,
    LockedError,
    NotFoundError,
    PasswordDueError,
    SignInError,
)
from mapdesk.model.rights import Right
from mapdesk.model.users import Credentials, User
from mapdesk.store import audit, places, sign_in, user_file, users
from mapdesk.store.database import Place, Store
from mapdesk.store.engines.urls import server_url
from mapdesk.store.server import sign_in as server_sign_in
from mapdesk.store.server import users as server_users

UNKNOWN = "a name that nobody has"
"""Stands in the record for it: people type their password into the wrong field."""


def is_needed(place: Place) -> bool:
    """Say whether somebody must be named to open a district: of a server, where its URL names nobody."""
    if isinstance(place, str):
        return not server_url(place).username
    return user_file.has_users(place)


def user_of(place: Place) -> str:
    """Return the user that the URL of a shared district names; empty where it names nobody."""
    return server_sign_in.user_of(server_url(place)) if isinstance(place, str) else ""


def has_password(place: Place) -> bool:
    """Say whether the URL of a shared district brings a password of the server's own."""
    if not isinstance(place, str):
        return False
    url = server_url(place)
    return bool(url.password or url.query.get("password"))


def name_of(store: Store) -> str:
    """Return the name of who is signed in as they type it, without what a server puts before it."""
    user = store.identity.user
    return server_sign_in.user_of(store.engine.url.set(username=user)) if store.is_shared else user


def enter(
    store: Store, credentials: Credentials | None, clock: Callable[[], float] = time.time
) -> Access:
    """Sign in to an open district: from then on `store.identity` is that user.

    A server has let its user in already; that is on record.

    Raises
    ------
    SignInError
        The district has users and nobody or nobody right was given, or it has none and someone was.
    """
    if store.is_shared:
        if store.is_guest and credentials is not None:
            _record_entry(store, store.identity, credentials)
        return store.identity
    if not users.has_users(store):
        if credentials is not None:
            raise SignInError(
                f"{store.place} has no users yet; open it without a name, or add the first with "
                "'mapdesk user add'."
            )
        return store.identity
    store.identity = Access.nobody("")
    if credentials is None:
        raise SignInError(f"{store.place} has users; say who you are with --user NAME.")
    store.identity = prove(store, credentials, clock)
    return store.identity


def prove(store: Store, credentials: Credentials, clock: Callable[[], float] = time.time) -> Access:
    """Return what a user may do, on record; a refusal is on record before it is told.

    A server records wrong codes; of wrong passwords its own log alone tells.

    Raises
    ------
    SignInError
        See `store.sign_in.sign_in`.
    InputError
        The new password is no good.
    """
    if store.is_shared:
        access = server_sign_in.prove(store, credentials)
        _record_entry(store, access, credentials)
        return access
    try:
        access = sign_in.sign_in(store, credentials, clock)
    except (CodeDueError, PasswordDueError):
        raise
    except SignInError as error:
        name = users.spelled(store, credentials.user) or UNKNOWN
        what = "account locked" if isinstance(error, LockedError) else "sign in refused"
        audit.record(store, Access.nobody(name), what, name)
        raise
    _record_entry(store, access, credentials)
    return access


def _record_entry(store: Store, access: Access, credentials: Credentials) -> None:
    changed = "set own password" if credentials.new_password else "sign in"
    audit.record(store, access, changed, access.user)


def all_users(store: Store) -> list[User]:
    """Return every user; needs the right to administer them."""
    return server_users.users(store) if store.is_shared else users.users(store)


def add_user(store: Store, user: User, password: str) -> None:
    """Add a user. The first one, an administrator, is signed in by that: whoever was owner is no more.

    The owner of a district on a server stays its owner, for upgrades.

    Raises
    ------
    InputError
        The name is taken or cannot be one, there is no such role, or the password is too weak.
    NotFoundError
        An area is no grid of the district.
    RightsError
        Not the right of who is signed in, or the first user is no administrator.
    """
    _begin(store, "add user", user)
    if store.is_shared:
        passwords.check(password, user.name)
        first = not server_users.users(store)
        made = server_sign_in.role_password(store, user.name, password)
        server_users.add_user(store, user, made, provisional=not first)
        return
    first = not users.has_users(store)
    users.add_user(store, user, password)
    if first:
        store.identity = user.access


def change_user(store: Store, user: User) -> None:
    """Change role, title, areas or leave to sign in of a user; see `store.users.change_user`."""
    _begin(store, "change user", user)
    if store.is_shared:
        server_users.change_user(store, user)
    else:
        users.change_user(store, user)


def remove_user(store: Store, name: str) -> None:
    """Remove a user; see `store.users.remove_user`."""
    store.identity.require(Right.USERS)
    if store.is_shared:
        server_users.remove_user(store, name)
        return
    audit.record(store, store.identity, "remove user", name)
    users.remove_user(store, name)


def reset_password(store: Store, name: str, password: str) -> None:
    """Give a user a password for one sign-in; see `store.users.reset_password`."""
    store.identity.require(Right.USERS)
    if store.is_shared:
        passwords.check(password, name)
        made = server_sign_in.role_password(store, name, password)
        server_users.reset_password(store, name, made, provisional=True)
        return
    audit.record(store, store.identity, "reset password", name)
    users.reset_password(store, name, password)


def clear_code(store: Store, name: str) -> None:
    """Ask a user for no code any more; see `store.users.clear_code`."""
    store.identity.require(Right.USERS)
    if store.is_shared:
        server_users.clear_code(store, name)
        return
    audit.record(store, store.identity, "clear code", name)
    users.clear_code(store, name)


def set_own_password(store: Store, password: str, new_password: str, code: str = "") -> None:
    """Change the password of who is signed in.

    Raises
    ------
    SignInError
        The old password or the code is wrong; that counts towards a lock.
    InputError
        The new password is no good.
    """
    prove(store, Credentials(name_of(store), password, code, new_password))


def set_own_code(
    store: Store, secret: str, code: str, clock: Callable[[], float] = time.time
) -> None:
    """Ask who is signed in for a code of their authenticator from now on.

    Parameters
    ----------
    clock : callable
        The desk's; a server goes by its own.

    Raises
    ------
    SignInError
        `code` is not what `secret` gives now.
    """
    if store.is_shared:
        server_users.set_code(store, secret, code)
        return
    users.set_code(store, secret, code, clock)
    audit.record(store, store.identity, "set own code", store.identity.user)


def code_address(store: Store, secret: str) -> str:
    """Return the address an authenticator reads to give codes for who is signed in."""
    return codes.address(secret, name_of(store), store.district.name)


def _begin(store: Store, action: str, user: User) -> None:
    """Check the right and the areas, and put on record what is about to be done."""
    store.identity.require(Right.USERS)
    user.check()
    known = {row["id"] for row in places.rows(store, "grid", set(user.areas))} if user.areas else ()
    for area in user.areas:
        if area not in known:
            raise NotFoundError(f"There is no grid '{area}'; 'mapdesk find' looks for grids.")
    if store.is_shared:
        return  # The server's functions put it on record themselves.
    areas = ", ".join(user.areas) or "the whole district"
    state = "" if user.active else ", may not sign in"
    audit.record(store, store.identity, action, f"{user.name} as {user.role} for {areas}{state}")
