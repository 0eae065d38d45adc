"""Row-level security of the base tables: for the role that writes the register, and for who writes places.

The owner is not held by it: views and functions run as the owner and say who sees what themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mapdesk.model.filter_fields import FILTER_FIELDS
from mapdesk.store.map_items import PERSONAL_KINDS
from mapdesk.store.schema import PLACE_BATCHES
from mapdesk.store.server.masks_sql import EVERYWHERE, OF_PLACE, OWN_BATCH, SCOPES, WORKING, listed
from mapdesk.store.server.matrix import (
    EVERYONE,
    HAND,
    LOOKING,
    PLANNING,
    REGISTRARS,
    TABLES,
    WATCHING,
)

_PERSONAL = "('" + "', '".join(PERSONAL_KINDS) + "')"
_PLACE_BATCH = f"t.kind IN ({listed(PLACE_BATCHES)})"
_LOOKING_ONLY = tuple(role for role in LOOKING if role not in REGISTRARS)
NOT_LOOKING = tuple(role for role in EVERYONE if role not in LOOKING)
_ABOUT_PEOPLE = sorted(
    {one.name for fields in FILTER_FIELDS.values() for one in fields if one.personal}
)
_OF_PLACES = " AND ".join(
    [
        "t.noun NOT IN ('person', 'household')",
        *(f'strpos(t.content, \'"field": "{name}"\') = 0' for name in _ABOUT_PEOPLE),
    ]
)
"""Filters that are not about people: see `Filter.personal`."""
_PERSON = "EXISTS (SELECT FROM mapdesk.person p WHERE p.id = t.row_id)"


_ALL = (*EVERYONE, *HAND)


@dataclass(frozen=True)
class Policy:
    """One policy: what some roles may do with which rows.

    Parameters
    ----------
    table, does : str
        `does` is ALL, SELECT, INSERT, UPDATE or DELETE.
    roles : tuple of str
    rows : str
        Condition; ``t.`` stands for the row.
    restricts : bool
        Whether it takes away from what others allow.
    """

    table: str
    does: str
    roles: tuple[str, ...]
    rows: str
    restricts: bool = False


def _scoped(table: str) -> str:
    return f"{WORKING} AND {SCOPES[table]}"


_STAGED = f"{WORKING} AND ({EVERYWHERE} OR t.batch_id IN {OWN_BATCH})"
_WAITING = f"{OWN_BATCH[:-1]} AND b.state = 'staged')"

_OF_ROWS = (
    *(Policy(table, "ALL", HAND, _scoped(table)) for table in ("person", "household", "resident")),
    Policy("unit", "SELECT", (*EVERYONE, *HAND), "true"),
    *(
        Policy("unit", does, (*REGISTRARS, *HAND), _scoped("unit"))
        for does in ("INSERT", "UPDATE", "DELETE")
    ),
    Policy("batch", "ALL", HAND, "true"),
    Policy("batch", "SELECT", REGISTRARS, WORKING),
    Policy("batch", "SELECT", _LOOKING_ONLY, f"{WORKING} AND t.state = 'kept'"),
    Policy(
        "batch",
        "INSERT",
        REGISTRARS,
        f"{WORKING} AND t.who = session_user AND t.kind = 'import' AND t.state = 'staged'",
    ),
    Policy("batch", "DELETE", REGISTRARS, f"{WORKING} AND t.state = 'staged'"),
    Policy("batch", "SELECT", EVERYONE, _PLACE_BATCH),
    Policy("batch", "INSERT", PLANNING, f"{_PLACE_BATCH} AND t.who = session_user"),
    Policy(
        "change",
        "SELECT",
        HAND,
        f"{OF_PLACE} OR {WORKING} AND ({EVERYWHERE} OR {_PERSON} OR t.batch_id IN {OWN_BATCH})",
    ),
    Policy("change", "INSERT", HAND, f"t.batch_id IN {OWN_BATCH}"),
    Policy("change", "INSERT", PLANNING, f"{OF_PLACE} AND t.batch_id IN {OWN_BATCH}"),
    Policy("staged", "ALL", HAND, _STAGED),
    *(Policy("staged", does, REGISTRARS, _STAGED) for does in ("SELECT", "UPDATE", "DELETE")),
    Policy("staged", "INSERT", REGISTRARS, f"{WORKING} AND t.batch_id IN {_WAITING}"),
    Policy("saved_filter", "SELECT", LOOKING, "true"),
    Policy("saved_filter", "SELECT", NOT_LOOKING, _OF_PLACES),
    *(
        Policy("saved_filter", does, EVERYONE, "t.who = session_user")
        for does in ("INSERT", "UPDATE", "DELETE")
    ),
    Policy("map_item", "SELECT", EVERYONE, "true"),
    Policy("map_item", "ALL", PLANNING, "true"),
    *(
        Policy("map_item", does, EVERYONE, f"t.who = session_user AND t.kind IN {_PERSONAL}")
        for does in ("INSERT", "UPDATE", "DELETE")
    ),
    Policy("media_file", "SELECT", WATCHING, WORKING),
    Policy("media_file", "SELECT", PLANNING, "true"),
    Policy("media_file", "INSERT", PLANNING, "true"),
    Policy("media_file", "DELETE", PLANNING, "true"),
)

BEFORE_SIGN_IN = frozenset({"setting", "alembic_version"})
"""Tables that say what a district is called and where it lies: a desk reads them to know where it is."""

_ROWS_OF = frozenset(policy.table for policy in _OF_ROWS)
_BEHIND_SIGN_IN = tuple(
    table for table, grants in TABLES.items() if grants and table not in BEFORE_SIGN_IN
)

POLICIES = (
    *_OF_ROWS,
    *(Policy(table, "ALL", _ALL, "true") for table in _BEHIND_SIGN_IN if table not in _ROWS_OF),
    *(
        Policy(table, "ALL", _ALL, "(SELECT rights.my_role()) IS NOT NULL", restricts=True)
        for table in _BEHIND_SIGN_IN
    ),
)
"""Whose code or own password is due has no role yet, and sees no row of any table."""

SECURED = tuple(dict.fromkeys(policy.table for policy in POLICIES))
"""Tables with row-level security."""


def statement(number: int, policy: Policy, groups: str) -> str:
    """Return the statement that makes a policy for some groups, given as SQL."""
    rows = re.sub(r"\bt\.", f"{policy.table}.", policy.rows)
    using = "" if policy.does == "INSERT" else f" USING ({rows})"
    check = "" if policy.does in ("SELECT", "DELETE") else f" WITH CHECK ({rows})"
    kind = "RESTRICTIVE" if policy.restricts else "PERMISSIVE"
    return (
        f"CREATE POLICY rights_{number} ON mapdesk.{policy.table} AS {kind} FOR {policy.does} "
        f"TO {groups}{using}{check}"
    )
