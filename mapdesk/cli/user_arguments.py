"""Arguments of ``mapdesk user`` and ``mapdesk sign-in``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapdesk.cli.grammar import Grammar
from mapdesk.model.rights import USER_ROLES


def areas(text: str) -> list[str]:
    """Read "a,b,c"; nothing stands for the whole district."""
    return [word.strip() for word in text.split(",") if word.strip()]


def add_to(grammar: Grammar) -> None:
    """Declare both, with what they can do."""
    act = grammar.tasks("user", "who may sign in: add, change, remove, list, password, totp")

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

    entry = grammar.on_district(
        "sign-in", "prove who you are; --remember keeps the password in the system's keyring"
    )
    kept = entry.add_mutually_exclusive_group()
    kept.add_argument("--remember", action="store_true", help="for all later commands")
    kept.add_argument("--forget", action="store_true", help="take it out of the keyring")
