"""Finding people by what is typed: part of a name, pinyin initials, a phone's tail, an identity number.

Only `services.residents` calls this: that is the door with the record.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store.database import Store, as_dicts
from mapdesk.store.engines.embedded import raw_connection
from mapdesk.store.names import NameIndex
from mapdesk.store.people import LISTED
from mapdesk.store.rules import needs
from mapdesk.store.schema import RESIDENT, TABLES

Kind = Literal["name", "initials", "phone", "identity"]

EXACT: tuple[Kind, ...] = ("phone", "identity")
"""Look-ups that name one person or few: exact, and counted against a limit."""

_PERSON = TABLES["person"]
_SHOWN = (*LISTED, RESIDENT.c.building_id, RESIDENT.c.grid_id)


def kind_of(text: str) -> Kind:
    """Return what a typed text is: 11 digits end a phone number, 18 characters are an identity number."""
    compact = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"\d{15}|\d{17}[\dXx]", compact):
        return "identity"
    if re.fullmatch(r"\+?\d{4,13}", compact):
        return "phone"
    if re.fullmatch(r"[A-Za-z]{2,5}", compact):
        return "initials"
    return "name"


@needs(Right.PEOPLE)
def find(store: Store, text: str, kind: Kind, limit: int) -> list[dict[str, Any]]:
    """Return people who match, unmasked, each with stair, floor and room, best first.

    Names match where they contain the text, initials where they begin with it (or the name contains it),
    phones where they end with it, identity numbers whole. A person's id is found as a name is.
    """
    if kind in EXACT:
        return _rows(
            store, sa.select(*_SHOWN).where(RESIDENT.c.id.in_(_exact(text, kind))).limit(limit)
        )
    if store.is_shared:
        return _rows(store, _on_server(text, kind, limit))
    return _in_memory(store, text, kind, limit)


def _rows(store: Store, query: sa.Select[Any]) -> list[dict[str, Any]]:
    with store.connect() as connection:
        return as_dicts(connection.execute(query))


def _exact(text: str, kind: Kind) -> sa.Select[tuple[str]]:
    compact = re.sub(r"[\s+]", "", text)
    if kind == "identity":
        return sa.select(_PERSON.c.id).where(_PERSON.c.identity_number == compact.upper())
    digits = sa.func.reverse(sa.func.replace(_PERSON.c.phone, "-", ""))
    return sa.select(_PERSON.c.id).where(
        digits.startswith(compact.replace("-", "")[::-1], autoescape=True)
    )


def _on_server(text: str, kind: Kind, limit: int) -> sa.Select[Any]:
    name = RESIDENT.c.name
    rank = sa.case((name == text, 0), (name.startswith(text, autoescape=True), 1), else_=2)
    matches = [name.contains(text, autoescape=True), RESIDENT.c.id == text]
    if kind == "initials":
        letters = text.lower()
        matches.append(RESIDENT.c.initials.startswith(letters, autoescape=True))
        rank = sa.case((RESIDENT.c.initials == letters, 0), else_=rank)
    return (
        sa.select(*_SHOWN).where(sa.or_(*matches)).order_by(rank, name, RESIDENT.c.id).limit(limit)
    )


def _in_memory(store: Store, text: str, kind: Kind, limit: int) -> list[dict[str, Any]]:
    index = store.names
    if index is None:
        index = store.names = _read_names(store)
    rows = index.containing(text, limit).tolist()
    if kind == "initials":
        rows = [*index.beginning(text, limit).tolist(), *rows]
    rows = list(dict.fromkeys(rows))[:limit]
    rowid: sa.ColumnElement[int] = sa.literal_column("resident.rowid")
    found = (
        _rows(store, sa.select(rowid.label("row"), *_SHOWN).where(rowid.in_(rows))) if rows else []
    )
    place = {row: number for number, row in enumerate(rows)}
    found.sort(key=lambda row: place[row["row"]])
    for row in found:
        del row["row"]
    if not found:
        return _rows(store, sa.select(*_SHOWN).where(RESIDENT.c.id == text).limit(1))
    return found


def _read_names(store: Store) -> NameIndex:
    with store.connect() as connection:
        table = (
            raw_connection(connection)
            .execute("SELECT rowid, name, initials FROM resident")
            .to_arrow_table()
        )
    return NameIndex.of(table["rowid"], table["name"], table["initials"])
