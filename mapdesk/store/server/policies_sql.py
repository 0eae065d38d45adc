"""Row-level security of the base tables: for who reads them unmasked, and for who writes.

The owner is not held by it: views and functions run as the owner and say who sees what themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mapdesk.store.schema import PLACE_BATCHES
from mapdesk.store.server.masks_sql import EVERYWHERE, OF_PLACE, SCOPES, WORKING, listed
from mapdesk.store.server.matrix import EVERYONE, MASKED_ROLES, PLANNING, REGISTRARS, WATCHING

_OWN_BATCH = "(SELECT b.id FROM mapdesk.batch b WHERE b.who = session_user)"
_PLACE_BATCH = f"t.kind IN ({listed(PLACE_BATCHES)})"
_PERSON = "EXISTS (SELECT FROM mapdesk.person p WHERE p.id = t.row_id)"


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
    """

    table: str
    does: str
    roles: tuple[str, ...]
    rows: str


def _scoped(table: str) -> str:
    return f"{WORKING} AND {SCOPES[table]}"


POLICIES = (
    *(
        Policy(table, "ALL", REGISTRARS, _scoped(table))
        for table in ("person", "household", "resident")
    ),
    Policy("unit", "SELECT", EVERYONE, "true"),
    *(Policy("unit", does, REGISTRARS, _scoped("unit")) for does in ("INSERT", "UPDATE", "DELETE")),
    Policy("batch", "SELECT", REGISTRARS, WORKING),
    Policy("batch", "SELECT", MASKED_ROLES, f"{WORKING} AND t.state = 'kept'"),
    Policy("batch", "INSERT", REGISTRARS, f"{WORKING} AND t.who = session_user"),
    Policy("batch", "UPDATE", REGISTRARS, WORKING),
    Policy("batch", "DELETE", REGISTRARS, f"{WORKING} AND t.state = 'staged'"),
    Policy(
        "change",
        "SELECT",
        REGISTRARS,
        f"{WORKING} AND ({EVERYWHERE} OR {_PERSON} OR t.batch_id IN {_OWN_BATCH})",
    ),
    Policy("change", "INSERT", REGISTRARS, f"{WORKING} AND t.batch_id IN {_OWN_BATCH}"),
    Policy("batch", "SELECT", EVERYONE, _PLACE_BATCH),
    Policy("batch", "INSERT", PLANNING, f"{_PLACE_BATCH} AND t.who = session_user"),
    Policy("batch", "UPDATE", PLANNING, _PLACE_BATCH),
    Policy("change", "SELECT", EVERYONE, OF_PLACE),
    Policy("change", "INSERT", PLANNING, f"{OF_PLACE} AND t.batch_id IN {_OWN_BATCH}"),
    Policy(
        "staged",
        "ALL",
        REGISTRARS,
        f"{WORKING} AND ({EVERYWHERE} OR t.batch_id IN {_OWN_BATCH})",
    ),
    Policy("saved_filter", "SELECT", EVERYONE, "true"),
    *(
        Policy("saved_filter", does, EVERYONE, "t.who = session_user")
        for does in ("INSERT", "UPDATE", "DELETE")
    ),
    Policy("media_file", "SELECT", WATCHING, WORKING),
    Policy("media_file", "SELECT", PLANNING, "true"),
    Policy("media_file", "INSERT", PLANNING, "true"),
    Policy("media_file", "DELETE", PLANNING, "true"),
)

SECURED = tuple(dict.fromkeys(policy.table for policy in POLICIES))
"""Tables with row-level security."""


def statement(number: int, policy: Policy, groups: str) -> str:
    """Return the statement that makes a policy for some groups, given as SQL."""
    rows = re.sub(r"\bt\.", f"{policy.table}.", policy.rows)
    using = "" if policy.does == "INSERT" else f" USING ({rows})"
    check = "" if policy.does in ("SELECT", "DELETE") else f" WITH CHECK ({rows})"
    return (
        f"CREATE POLICY rights_{number} ON mapdesk.{policy.table} FOR {policy.does} "
        f"TO {groups}{using}{check}"
    )
