"""Which role may do what to which table: the explicit list.

A table that is not in it is its owner's alone. The attack suite takes the tables from the database's
catalogue and fails where one is missing in its own list.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.model.rights import USER_ROLES, Right
from mapdesk.store.server.names import roles_with


@dataclass(frozen=True)
class Grant:
    """What some roles may do to one table or view.

    Parameters
    ----------
    roles : tuple of str
    does : str
        Privileges as SQL names them, with columns where not all are meant.
    """

    roles: tuple[str, ...]
    does: str


EVERYONE = USER_ROLES
LOOKING = roles_with(Right.PEOPLE)
REGISTRARS = roles_with(Right.EDIT_REGISTER)
HAND = ("register",)
"""No user's role: the functions that write the register run as it, and it alone reads the register as it is."""
PLANNING = roles_with(Right.EDIT_PLACES)
_ELSE = tuple(role for role in EVERYONE if role not in PLANNING)
"""Who does not plan: they read what places were, as everyone does."""
AUDITING = roles_with(Right.AUDIT)
ERASING = roles_with(Right.RETENTION)
WATCHING = roles_with(Right.CAMERAS)

_WRITE = "INSERT, UPDATE, DELETE"
_READ = Grant((*EVERYONE, *HAND), "SELECT")
_BY_HAND = Grant(HAND, f"SELECT, {_WRITE}")
_PLACE = (_READ, Grant(PLANNING, _WRITE))
_VEILED = (Grant(PLANNING, f"SELECT (id), {_WRITE}"),)
VEILED = tuple(key for key, noun in NOUNS.items() if noun.veiled)
"""Nouns of which nobody but the owner reads every field: a view of the schema ``shown`` has the rest."""
_NOBODY: tuple[Grant, ...] = ()

TABLES: dict[str, tuple[Grant, ...]] = {
    **{key: _PLACE for key, noun in NOUNS.items() if not noun.personal},
    **dict.fromkeys(VEILED, _VEILED),
    **{key: (*_PLACE, Grant(HAND, "UPDATE")) for key in EDITED_PLACES if key not in VEILED},
    **{key: (*_VEILED, Grant(HAND, "SELECT, UPDATE")) for key in EDITED_PLACES if key in VEILED},
    "unit": (_READ, Grant((*REGISTRARS, *HAND), _WRITE)),
    "person": (_BY_HAND,),
    "household": (_BY_HAND,),
    "resident": (_BY_HAND,),
    "staged": (
        _BY_HAND,
        Grant(REGISTRARS, "SELECT (batch_id, line, status), INSERT, DELETE"),
        Grant(REGISTRARS, "UPDATE (unit_id, building_id, candidates, status)"),
    ),
    "column_mapping": (Grant(REGISTRARS, f"SELECT, {_WRITE}"),),
    "batch": (
        _BY_HAND,
        Grant(_ELSE, "SELECT (id, number, kind, title, source, who, at)"),
        Grant(PLANNING, "SELECT, INSERT"),
        Grant(REGISTRARS, "DELETE"),
    ),
    "change": (Grant(HAND, "SELECT, INSERT"), Grant(PLANNING, "INSERT")),
    "pinyin": (_READ,),
    "saved_filter": (_READ, Grant(roles_with(Right.STATISTICS), _WRITE)),
    "map_item": (_READ, Grant(EVERYONE, _WRITE)),
    "published_statistic": (
        Grant(roles_with(Right.STATISTICS), "SELECT"),
        Grant(REGISTRARS, _WRITE),
    ),
    "purpose": (_READ, Grant(roles_with(Right.PURPOSES), _WRITE)),
    "retention_rule": (Grant(ERASING, f"SELECT, {_WRITE}"),),
    "outgoing": _NOBODY,
    "setting": _PLACE,
    "alembic_version": (_READ,),
    "secret": _NOBODY,
    "media_file": (
        Grant(WATCHING, "SELECT"),
        Grant(PLANNING, "SELECT (path), INSERT, DELETE"),
    ),
    "desk_user": _NOBODY,
    "user_area": _NOBODY,
    "work_session": _NOBODY,
    "asked": _NOBODY,
    **dict.fromkeys(("user_code", "code_try", "proved_session", "ticket"), _NOBODY),
    **dict.fromkeys(("look", "look_head", "look_chain"), (Grant(AUDITING, "SELECT"),)),
}
"""Tables of the schema ``mapdesk``. Who brings a register in writes rows that wait, and reads them masked; what
has changed is added to the history and never altered."""

MASKED_VIEWS: dict[str, tuple[Grant, ...]] = {
    **dict.fromkeys(("person", "household", "resident"), (Grant(LOOKING, "SELECT"),)),
    "staged": (Grant(REGISTRARS, "SELECT"),),
    "change": (Grant(EVERYONE, "SELECT"),),
}
SHOWN_VIEWS: dict[str, tuple[Grant, ...]] = dict.fromkeys((*VEILED, "map_file"), (_READ,))
"""Veiled nouns, and the files of the map: panoramas and models, which everyone may look at."""

TEMPORARY = tuple(dict.fromkeys((*REGISTRARS, *PLANNING)))
"""Roles that may make temporary tables: bulk writes go through one."""
