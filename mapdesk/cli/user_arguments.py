"""Arguments about users: who a command is run for, and ``mapdesk user`` with what it can do."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from mapdesk.model.rights import USER_ROLES

Adder = Callable[[str, str], argparse.ArgumentParser]


def add_user_options(command: argparse.ArgumentParser) -> None:
    """Let a command say who runs it; the password is asked for, or read where it is kept."""
    command.add_argument(
        "--user", default="", metavar="NAME", help="who you are, where the district has users"
    )
    command.add_argument(
        "--code", default="", metavar="DIGITS", help="what your authenticator shows, if you use one"
    )


def areas(text: str) -> list[str]:
    """Read "a,b,c"; nothing stands for the whole district."""
    return [word.strip() for word in text.split(",") if word.strip()]


def add_to(add: Adder, place: Callable[[str], Path | str]) -> None:
    """Declare ``mapdesk user`` and ``mapdesk sign-in``.

    Parameters
    ----------
    add : callable
        Declares a command by name and help.
    place : callable
        Reads where a district lies.
    """
    user = add("user", "who may sign in: add, change, remove, list, password, totp")
    actions = user.add_subparsers(dest="action", metavar="ACTION", parser_class=type(user))
    actions.required = True

    def act(name: str, help_text: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=help_text, description=help_text)
        action.add_argument("--json", action="store_true", help="print JSON")
        action.add_argument("district", type=place, metavar="DIR|URL")
        add_user_options(action)
        return action

    def takes_password(action: argparse.ArgumentParser) -> None:
        action.add_argument(
            "--new-password-file",
            type=Path,
            metavar="FILE",
            help="file with the new password in its first line, readable by you alone",
        )

    one = act("add", "add a user; the first one is an administrator, and then everybody signs in")
    one.add_argument("name", metavar="NAME")
    one.add_argument("--role", required=True, choices=USER_ROLES)
    one.add_argument("--title", default="", metavar="TEXT", help="name shown to others")
    one.add_argument(
        "--areas", type=areas, default=[], metavar="ID[,ID]", help="grids; all without"
    )
    takes_password(one)

    change = act("change", "change a user's role, title or areas, or whether they may sign in")
    change.add_argument("name", metavar="NAME")
    change.add_argument("--role", choices=USER_ROLES)
    change.add_argument("--title", metavar="TEXT", help="name shown to others")
    change.add_argument("--areas", type=areas, metavar="ID[,ID]", help="grids; '' for all")
    change.add_argument("--suspend", dest="active", action="store_const", const=False)
    change.add_argument("--resume", dest="active", action="store_const", const=True)

    remove = act("remove", "remove a user; what they did stays on record")
    remove.add_argument("name", metavar="NAME")

    act("list", "every user with role and areas")

    password = act("password", "change your own password, or reset another's for one sign-in")
    password.add_argument("name", nargs="?", metavar="NAME", help="another user")
    takes_password(password)

    totp = act("totp", "ask for the code of your authenticator (TOTP) at each sign-in")
    totp.add_argument("name", nargs="?", metavar="NAME", help="another user, with --off")
    totp.add_argument("--off", action="store_true", help="ask no more; for administrators")

    entry = add(
        "sign-in", "prove who you are; --remember keeps the password in the system's keyring"
    )
    entry.add_argument("district", type=place, metavar="DIR|URL")
    add_user_options(entry)
    kept = entry.add_mutually_exclusive_group()
    kept.add_argument("--remember", action="store_true", help="for all later commands")
    kept.add_argument("--forget", action="store_true", help="take it out of the keyring")
