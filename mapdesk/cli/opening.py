"""Opening a district from a command: who it is and how that is proved, the same for every command.

The user is ``--user``, whom the URL of a shared district names, or ``MAPDESK_USER``. The password comes
from the file that ``MAPDESK_PASSWORD_FILE`` names, from the system's keyring where
``mapdesk sign-in --remember`` put it, or from the terminal. It is never an argument: arguments are seen
by everyone on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

from mapdesk.cli.terminal import Terminal
from mapdesk.model.errors import CodeDueError, InputError, PasswordDueError, SignInError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.users import Credentials
from mapdesk.services import districts, emergencies, remembering, signing_in
from mapdesk.store.database import BEHIND, Place, Store
from mapdesk.store.engines.urls import shown

USER = "MAPDESK_USER"
PASSWORD_FILE = "MAPDESK_PASSWORD_FILE"  # noqa: S105 - the name of a variable


def opened(options: argparse.Namespace) -> Store:
    """Open the district of a command for the user who signs in; ``--break-glass`` lifts their areas.

    Raises
    ------
    SignInError
        Users exist and nobody, or nobody right, was given.
    WorldError
        See `districts.open_district`.
    """
    store = _opened(options)
    if store.is_behind:
        said = tr_sentence(BEHIND)
        as_json = getattr(options, "json", False)
        warning = json.dumps({"warning": said}, ensure_ascii=False) if as_json else said
        print(warning, file=sys.stderr)
    reason = getattr(options, "break_glass", None)
    if reason is None:
        return store
    try:
        emergencies.begin(store, store.identity.having(options.purpose), reason)
    except BaseException:
        store.close()
        raise
    return store


def _opened(options: argparse.Namespace) -> Store:
    place: Place = options.district
    if isinstance(place, str):
        return _opened_on_server(options, place)
    if not signing_in.is_needed(place):
        if options.user:
            raise SignInError(
                f"{place} has no users yet; leave --user out, or add the first with 'mapdesk user add'."
            )
        return districts.open_district(place)
    return entered(place, credentials(options), options.terminal)


def _opened_on_server(options: argparse.Namespace, place: str) -> Store:
    """Open a shared district; whom its URL names may be let in by the server in a way of its own."""
    if options.user or not signing_in.user_of(place):
        return entered(place, credentials(options), options.terminal)
    name = named_user(options)
    found = credentials_at_hand(options, name)
    if found is not None:
        return entered(place, found, options.terminal)
    try:
        return entered(place, Credentials(name, "", options.code), options.terminal)
    except (CodeDueError, PasswordDueError):
        raise
    except SignInError:
        if signing_in.has_password(place) or not options.terminal.is_there:
            raise
    return entered(place, credentials(options), options.terminal)


def entered(place: Place, given: Credentials, terminal: Terminal) -> Store:
    """Open a district with credentials, asking at the terminal for what else is due."""
    while True:
        try:
            return districts.open_district(place, given)
        except CodeDueError:
            if not terminal.is_there:
                raise
            given = replace(given, code=terminal.ask(tr("Code:") + " "))
            if not given.code:
                raise
        except PasswordDueError as due:
            if not terminal.is_there:
                raise
            given = replace(given, new_password=new_password(terminal, str(due)))


def credentials(options: argparse.Namespace) -> Credentials:
    """Return who the command is run for and their password.

    Raises
    ------
    SignInError
        No name, or no password and nobody to ask for it.
    """
    user = named_user(options)
    terminal: Terminal = options.terminal
    if not user and terminal.is_there:
        user = terminal.ask(tr("User:") + " ")
    if not user:
        raise SignInError(
            f"{shown(options.district)} has users; say who you are with --user NAME or {USER}."
        )
    found = credentials_at_hand(options, user)
    if found is not None:
        return found
    if not terminal.is_there:
        raise SignInError(
            f"The password of {user} is needed and there is no terminal to ask at; name a file of it in "
            f"{PASSWORD_FILE}, or run 'mapdesk sign-in --remember' once."
        )
    return Credentials(
        user, terminal.ask_secret(tr("Password of {user}:", user=user) + " "), options.code
    )


def named_user(options: argparse.Namespace) -> str:
    """Return the name given by option, URL or variable; empty where none is."""
    return str(options.user or signing_in.user_of(options.district) or os.environ.get(USER, ""))


def credentials_at_hand(options: argparse.Namespace, user: str) -> Credentials | None:
    """Return what the URL, a file or the keyring has for `user`; nobody is asked."""
    if signing_in.has_password(options.district) and not options.user:
        return Credentials(user, "", options.code)
    file = os.environ.get(PASSWORD_FILE)
    password = password_in(Path(file)) if file else remembering.remembered(options.district, user)
    return None if password is None else Credentials(user, password, options.code)


def password_in(file: Path) -> str:
    """Return the first line of a file that nobody else may read.

    Raises
    ------
    SignInError
        There is no such file, others may read it, or it is empty.
    """
    try:
        with file.open(encoding="utf-8") as opened_file:
            mode = os.fstat(opened_file.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SignInError(
                    f"{file} may be read by others than its owner; run 'chmod 600' on it."
                )
            password = opened_file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        raise SignInError(f"{file} cannot be read for a password: {why}.") from error
    if not password:
        raise SignInError(f"{file} has no password in its first line.")
    return password


def new_password(terminal: Terminal, why: str) -> str:
    """Ask twice for a new password.

    Raises
    ------
    InputError
        The two differ.
    """
    first = terminal.ask_secret(f"{tr_sentence(why)}\n{tr('New password:')} ")
    if terminal.ask_secret(tr("The same again:") + " ") != first:
        raise InputError("The two passwords differ; nothing was changed.")
    return first
