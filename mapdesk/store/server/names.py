"""Names of database roles and schemas.

Roles belong to a whole cluster, districts to a database of it: every role's name tells its database.
"""

from __future__ import annotations

from collections.abc import Iterable

from mapdesk.model.errors import InputError
from mapdesk.model.rights import ROLES, USER_ROLES, Right

DATA = "mapdesk"
"""Schema of the tables."""
MASKED = "masked"
"""Schema of views of what is personal, for whoever may look but not correct."""
SHOWN = "shown"
"""Schema of views of places without what nobody is shown: streams, workers' telephones."""
RIGHTS = "rights"
"""Schema of the functions; dropped and made anew whenever the rights are."""

LONGEST_NAME = 63
"""Bytes of an identifier that PostgreSQL keeps (NAMEDATALEN - 1)."""


def kept_schema(version: str) -> str:
    """Return the schema that has the tables as they were before an upgrade from a schema version."""
    return f"{DATA}_{version}"


def is_kept_schema(name: str) -> bool:
    """Say whether a schema is one of those."""
    return name.startswith(kept_schema("")) and name.removeprefix(kept_schema("")).isdigit()


def group_of(database: str, role: str) -> str:
    """Return the group that the users of a role are members of."""
    return f"{DATA}_{database}_{role}"


def login_of(database: str, name: str) -> str:
    """Return the database role that a user signs in with."""
    return f"{database}.{name}"


def require_short(database: str) -> None:
    """Raise InputError where the name of a database leaves no room for the names of its roles."""
    longest = max(len(group_of(database, role).encode()) for role in USER_ROLES)
    if longest > LONGEST_NAME:
        raise InputError(
            f"The database's name '{database}' is too long for a district with users; choose one of at "
            f"most {len(database.encode()) + LONGEST_NAME - longest} letters."
        )


def roles_with(right: Right) -> tuple[str, ...]:
    """Return the roles of users that have a right."""
    return tuple(role for role in USER_ROLES if right in ROLES[role].rights)


def quoted(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a literal of SQL; backslashes stand for themselves."""
    return "'" + text.replace("'", "''") + "'"


def array(texts: Iterable[str]) -> str:
    """Return texts as an array of SQL."""
    return f"ARRAY[{', '.join(map(literal, texts))}]::text[]"
