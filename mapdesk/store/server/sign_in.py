"""Signing in to a shared district: the server asks for the password, then for a code, then for a new password.

What people type as a password stays at the desk; the server gets `passwords.server_password` of it. PostgreSQL
counts no wrong passwords, so there is no lock for them; wrong codes are counted by the server.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from mapdesk.model import passwords
from mapdesk.model.access import Access
from mapdesk.model.errors import (
    CodeDueError,
    InputError,
    LockedError,
    PasswordDueError,
    SignInError,
)
from mapdesk.model.users import Credentials
from mapdesk.store.database import Store
from mapdesk.store.engines import shared
from mapdesk.store.rules import needs
from mapdesk.store.server.names import login_of
from mapdesk.store.server.tries import counted
from mapdesk.store.server.users import change_password


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """Who came in, and what their other connections show the server.

    Parameters
    ----------
    access : Access
    ticket : str
        Stands for the code that was given; empty where none was asked for.
    password : str
        The role's new password; empty where it is the old one.
    """

    access: Access
    ticket: str = ""
    password: str = ""


def user_of(url: sa.URL) -> str:
    """Return the name of the user that a URL names, without what the server puts before it."""
    return (url.username or "").removeprefix(login_of(str(url.database), ""))


def url_for(url: sa.URL, given: Credentials) -> sa.URL:
    """Return a district's URL for who signs in; takes about 0.1 s.

    A name alone is enough. A role that the URL names without the database's name before it, as its owner,
    is the server's own: it gets what was typed. Without a password the server finds another way, or not.
    """
    name = given.user.strip()
    is_servers_own = name == url.username and user_of(url) == name
    user = name.removeprefix(login_of(str(url.database), ""))
    login = name if is_servers_own else login_of(str(url.database), user)
    if not given.password:
        return url if url.username else url.set(username=login)
    if is_servers_own:
        return url.set(password=given.password)
    return url.set(username=login, password=_role_password(url, user, given.password))


def _role_password(url: sa.URL, user: str, password: str) -> str:
    return passwords.server_password(password, user, str(url.database))


@needs(None)
def role_password(store: Store, user: str, password: str) -> str:
    """Return what a user's role signs in with where the user types `password`."""
    return _role_password(store.engine.url, user, password)


def sign_in(engine: Engine, place: str, given: Credentials | None = None) -> SignedIn:
    """Return who the server says is signed in, once they have given what it asks for.

    Raises
    ------
    CodeDueError, PasswordDueError
        That is asked for too.
    SignInError
        That is no user of this district, or the code is wrong.
    InputError
        The new password is no good.
    """
    given = given or Credentials("", "")
    ticket = password = ""
    with engine.connect() as pooled:
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        if _due(connection) == "code":
            ticket = _proved(connection, given.code)
        due = _due(connection)
        if due == "password" and not given.new_password:
            raise PasswordDueError(
                "An administrator gave you this password for one sign-in; choose your own now, here or "
                "with 'mapdesk user password'."
            )
        if given.new_password and due in ("", "password"):
            password = _changed(connection, engine.url, given)
        who = connection.execute(sa.text("SELECT login, role, areas FROM rights.who_am_i()")).one()
    if who[1] is None:
        raise shared.not_a_user(place)
    return SignedIn(Access(str(who[0]), str(who[1]), "", tuple(who[2])), ticket, password)


@needs(None)
def prove(store: Store, given: Credentials) -> Access:
    """Prove anew who is signed in, as at a locked desk; its connections go on with what is new.

    Raises
    ------
    SignInError, InputError
        As of `sign_in`.
    WorldError
        The server is gone.
    """
    url = url_for(store.engine.url, given)
    engine = shared.make_engine(url)
    try:
        with counted(url), engine.connect():
            pass
        entered = sign_in(engine, store.place, given)
    except sa.exc.DBAPIError as error:
        raise shared.opening_error(store.place, error) from error
    finally:
        engine.dispose()
    if store.work is not None:
        store.work.go_on(entered.ticket, entered.password)
    return entered.access


def _due(connection: Connection) -> str:
    return str(connection.scalar(sa.text("SELECT rights.my_due()")))


def _proved(connection: Connection, code: str) -> str:
    """Give a code and return the ticket for it."""
    if not code.strip():
        raise CodeDueError(
            "Type the six digits that your authenticator shows too; commands take --code."
        )
    left = connection.scalar(sa.text("SELECT rights.offer_code(:code)"), {"code": code})
    if left:
        minutes = math.ceil(left / 60)
        raise LockedError(
            f"Too many wrong codes were given under this name; try again in {minutes} min.",
            float(left),
        )
    ticket = connection.scalar(sa.text("SELECT rights.verify_code()"))
    if ticket is None:
        raise SignInError(
            "The code is wrong, or it was used already; your authenticator shows the next one within half "
            "a minute."
        )
    return str(ticket)


def _changed(connection: Connection, url: sa.URL, given: Credentials) -> str:
    """Choose another password and return what the role signs in with."""
    user = user_of(url)
    passwords.check(given.new_password, user)
    if passwords.normalised(given.new_password) == passwords.normalised(given.password):
        raise InputError("The new password is the old one; choose another.")
    made = _role_password(url, user, given.new_password)
    change_password(connection, str(url.username), made)
    return made
