"""Users by command: who may sign in, and signing in once for later."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.terminal import Terminal
from mapdesk.model import codes
from mapdesk.model.errors import InputError, NotFoundError, SignInError
from mapdesk.model.users import User, key_of
from mapdesk.services import remembering, signing_in
from mapdesk.services.districts import Progress
from mapdesk.store.database import Place, Store


def user(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Do one thing with the users of a district."""
    return _TASKS[options.task](options)


def sign_in(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Prove who one is; remember or forget the password in the system's keyring."""
    name = opening.named_user(options)
    if options.forget:
        if not name:
            raise SignInError("Say whose password to forget with --user NAME.")
        had = remembering.forget(options.district, name)
        text = f"The password of {name} is no longer in the keyring." if had else ""
        return Answer({"user": name, "forgotten": had}, text or f"Nothing was kept for {name}.")
    _require_users(options.district)
    given = opening.credentials(options)
    with opening.entered(options.district, given, options.terminal) as store:
        access, name = store.identity, signing_in.name_of(store)
    if options.remember and given.password:
        remembering.remember(options.district, given.user, given.password)
    areas = ", ".join(access.areas) or "the whole district"
    return Answer(
        {"user": name, "role": access.role, "areas": access.areas},
        f"Signed in as {name}, {access.role} for {areas}.",
    )


def _require_users(place: Place) -> None:
    """Raise SignInError where nobody can sign in; a server tells by itself."""
    if isinstance(place, Path) and not signing_in.is_needed(place):
        raise SignInError(f"{place} has no users yet; add the first with 'mapdesk user add'.")


def _add(options: argparse.Namespace) -> Answer:
    added = User(options.name, options.role, options.title, tuple(options.areas))
    with opening.opened(options) as store:
        added.check()
        password = _password_for(options, added.name)
        signing_in.add_user(store, added, password)
    return _told(added, f"{added.name} may sign in as {added.role}.")


def _change(options: argparse.Namespace) -> Answer:
    with opening.opened(options) as store:
        old = _user(store, options.name)
        new = replace(
            old,
            role=options.role or old.role,
            title=old.title if options.title is None else options.title,
            areas=old.areas if options.areas is None else tuple(options.areas),
            active=old.active if options.active is None else options.active,
        )
        signing_in.change_user(store, new)
    state = "" if new.active else ", but may not sign in"
    return _told(new, f"{new.name} is {new.role}{state}.")


def _remove(options: argparse.Namespace) -> Answer:
    with opening.opened(options) as store:
        signing_in.remove_user(store, options.name)
    return Answer({"name": options.name}, f"{options.name} is no user any more.")


def _list(options: argparse.Namespace) -> Answer:
    with opening.opened(options) as store:
        found = signing_in.all_users(store)
    lines = [
        f"{one.name:<20} {one.role:<14} {one.title:<12} {', '.join(one.areas) or 'whole district'}"
        f"{', with code' if one.has_code else ''}{'' if one.active else ', may not sign in'}".rstrip()
        for one in found
    ]
    return Answer(
        [asdict(one) for one in found],
        "\n".join(lines) or "There are no users; whoever opens the district is its owner.",
    )


def _password(options: argparse.Namespace) -> Answer:
    """Set one's own password, or with a name reset another's."""
    if options.name and key_of(options.name) != key_of(opening.named_user(options)):
        with opening.opened(options) as store:
            _user(store, options.name)
            signing_in.reset_password(store, options.name, _password_for(options, options.name))
        return Answer(
            {"name": options.name},
            f"{options.name} signs in with this password once and then chooses another.",
        )
    _require_users(options.district)
    given = opening.credentials(options)
    given = replace(given, new_password=_password_for(options, given.user))
    with opening.entered(options.district, given, options.terminal) as store:
        name = signing_in.name_of(store)
    return Answer({"name": name}, "Your password is changed.")


def _totp(options: argparse.Namespace) -> Answer:
    """Ask for codes from now on, or with --off and a name no more."""
    with opening.opened(options) as store:
        if options.off:
            name = options.name or signing_in.name_of(store)
            signing_in.clear_code(store, name)
            return Answer({"name": name}, f"{name} signs in without a code.")
        if options.name and key_of(options.name) != key_of(signing_in.name_of(store)):
            raise InputError("Only the user can set up codes, with the authenticator at hand.")
        return _enrolled(store, options.terminal)


def _enrolled(store: Store, terminal: Terminal) -> Answer:
    if not terminal.is_there:
        raise SignInError("Setting up codes needs a terminal to type the first one at.")
    if store.identity.role == "owner" and store.is_shared:
        raise SignInError("The owner of a district on a server is no user; sign in as one.")
    if store.identity.role == "owner":
        raise NotFoundError("There are no users yet; add the first with 'mapdesk user add'.")
    secret = codes.new_secret()
    typed = terminal.ask(
        f"Key:     {codes.grouped(secret)}\nAddress: {signing_in.code_address(store, secret)}\n"
        "Type the key into your authenticator, then the code it shows: "
    )
    signing_in.set_own_code(store, secret, typed)
    return Answer(
        {"name": signing_in.name_of(store)}, "From now on a code is asked for at each sign-in."
    )


def _user(store: Store, name: str) -> User:
    for one in signing_in.all_users(store):
        if key_of(one.name) == key_of(name):
            return one
    raise NotFoundError(f"There is no user '{name}'; 'mapdesk user list' shows all.")


def _password_for(options: argparse.Namespace, name: str) -> str:
    """Return a new password from a file or the terminal."""
    file: Path | None = options.new_password_file
    if file is not None:
        return opening.password_in(file)
    if not options.terminal.is_there:
        raise SignInError(
            f"There is no terminal to ask for the new password of {name} at; give --new-password-file."
        )
    return opening.new_password(options.terminal, f"For {name}:")


def _told(one: User, text: str) -> Answer:
    return Answer(
        {"name": one.name, "role": one.role, "areas": one.areas, "active": one.active}, text
    )


_TASKS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "add": _add,
    "change": _change,
    "remove": _remove,
    "list": _list,
    "password": _password,
    "totp": _totp,
}
