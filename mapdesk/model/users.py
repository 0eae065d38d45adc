"""Who works on a district: a user, and what somebody types to prove to be one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.rights import ROLES, USER_ROLES

LONGEST_NAME = 63
"""Bytes of UTF-8 a name may take: PostgreSQL cuts longer role names off (NAMEDATALEN - 1)."""

_NAME = re.compile(r"[\w.\-]+")


@dataclass(frozen=True, slots=True)
class User:
    """One user of a district; the password is no part of it.

    Parameters
    ----------
    name : str
        What is typed to sign in.
    role : str
        One of `USER_ROLES`.
    title : str
        Name shown to others; the name itself where empty.
    areas : tuple of str
        Ids of the grids the user works for; empty means the whole district.
    active : bool
        Whether the user may sign in.
    has_code : bool
        Whether a code of an authenticator is asked for too.
    is_provisional : bool
        Whether the password was given by an administrator and must be changed at the next sign-in.
    changed_at, changed_by : str
        When (ISO 8601, UTC) and by whom the user was last changed; empty before the first time.
    """

    name: str
    role: str
    title: str = ""
    areas: tuple[str, ...] = ()
    active: bool = True
    has_code: bool = False
    is_provisional: bool = False
    changed_at: str = ""
    changed_by: str = ""

    @property
    def access(self) -> Access:
        """What the user may do, with no purpose stated yet."""
        return Access(self.name, self.role, "", self.areas)

    def check(self) -> None:
        """Raise InputError where name or role cannot be a user's."""
        name = unicodedata.normalize("NFKC", self.name)
        if not _NAME.fullmatch(name) or len(name.encode()) > LONGEST_NAME:
            raise InputError(
                f"'{self.name}' cannot be a user's name; use up to {LONGEST_NAME} letters, digits, "
                "dots, hyphens and underscores."
            )
        if self.role not in USER_ROLES:
            raise InputError(f"'{self.role}' is not a role; choose from {', '.join(USER_ROLES)}.")


def title_of_role(role: str, language: str) -> str:
    """Return the title of a role in a language: "en" or "zh_CN"."""
    found = ROLES[role]
    return found.title_zh if language.startswith("zh") else found.title


def key_of(name: str) -> str:
    """Return what two spellings of one name share: full-width forms and capitals make no user new."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What somebody types to sign in. Its text form shows the name alone, so that no log holds more.

    Parameters
    ----------
    user, password : str
    code : str
        Six digits of an authenticator, for users who have one.
    new_password : str
        Put in place of the password once that is proved; empty keeps it.
    """

    user: str
    password: str
    code: str = ""
    new_password: str = ""

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"
