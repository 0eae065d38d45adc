"""Users by command: who may sign in, and signing in once for later."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.cli.terminal import Terminal
from mapdesk.formats import qr_code
from mapdesk.model import codes
from mapdesk.model.errors import InputError, NotFoundError, SignInError
from mapdesk.model.language import tr
from mapdesk.model.rights import ROLES
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
        text = (
            tr("The password of {user} is no longer in the keyring.", user=name)
            if had
            else tr("Nothing was kept for {user}.", user=name)
        )
        return Answer({"user": name, "forgotten": had}, text)
    _require_users(options.district)
    given = opening.credentials(options)
    with opening.entered(options.district, given, options.terminal) as store:
        access, name = store.identity, signing_in.name_of(store)
    if options.remember and given.password:
        remembering.remember(options.district, given.user, given.password)
    areas = ", ".join(access.areas) or tr("the whole district")
    return Answer(
        {"user": name, "role": access.role, "areas": access.areas},
        tr(
            "Signed in as {user}, {role} for {areas}.",
            user=name,
            role=tr(ROLES[access.role].title),
            areas=areas,
        ),
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
    role = tr(ROLES[added.role].title)
    return _told(added, tr("{user} may sign in as {role}.", user=added.name, role=role))


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
    values = {"user": new.name, "role": tr(ROLES[new.role].title)}
    text = (
        tr("{user} is {role}.", **values)
        if new.active
        else tr("{user} is {role}, but may not sign in.", **values)
    )
    return _told(new, text)


def _remove(options: argparse.Namespace) -> Answer:
    with opening.opened(options) as store:
        signing_in.remove_user(store, options.name)
    return Answer({"name": options.name}, tr("{user} is no user any more.", user=options.name))


def _list(options: argparse.Namespace) -> Answer:
    with opening.opened(options) as store:
        found = signing_in.all_users(store)
    lines = [
        f"{padded(one.name, 20)} {padded(tr(ROLES[one.role].title), 16)} {padded(one.title, 12)} "
        + ", ".join(_standing(one))
        for one in found
    ]
    return Answer(
        [asdict(one) for one in found],
        "\n".join(lines) or tr("There are no users; whoever opens the district is its owner."),
    )


def _password(options: argparse.Namespace) -> Answer:
    """Set one's own password, or with a name reset another's."""
    if options.name and key_of(options.name) != key_of(opening.named_user(options)):
        with opening.opened(options) as store:
            _user(store, options.name)
            signing_in.reset_password(store, options.name, _password_for(options, options.name))
        return Answer(
            {"name": options.name},
            tr(
                "{user} signs in with this password once and then chooses another.",
                user=options.name,
            ),
        )
    _require_users(options.district)
    given = opening.credentials(options)
    given = replace(given, new_password=_password_for(options, given.user))
    with opening.entered(options.district, given, options.terminal) as store:
        name = signing_in.name_of(store)
    return Answer({"name": name}, tr("Your password is changed."))


def _totp(options: argparse.Namespace) -> Answer:
    """Ask for codes from now on, or with --off and a name no more."""
    with opening.opened(options) as store:
        if options.off:
            name = options.name or signing_in.name_of(store)
            signing_in.clear_code(store, name)
            return Answer({"name": name}, tr("{user} signs in without a code.", user=name))
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
    address = signing_in.code_address(store, secret)
    picture = qr_code.for_terminal(address, terminal.columns)
    typed = terminal.ask(
        f"{tr('Key:')} {codes.grouped(secret)}\n{tr('Address:')} {address}\n{picture}"
        + (
            tr(
                "Scan this with your authenticator, or type the key into it; then the code it shows:"
            )
            if picture
            else tr("Type the key into your authenticator, then the code it shows:")
        )
        + " "
    )
    signing_in.set_own_code(store, secret, typed)
    return Answer(
        {"name": signing_in.name_of(store)}, tr("From now on a code is asked for at each sign-in.")
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
    return opening.new_password(options.terminal, tr("For {user}:", user=name))


def _standing(one: User) -> list[str]:
    """Return where a user may look, and what is particular about how they sign in."""
    words = [*one.areas] or [tr("the whole district")]
    if one.has_code:
        words.append(tr("with code"))
    return words if one.active else [*words, tr("may not sign in")]


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
