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
from mapdesk.store.scope import visible
from mapdesk.store.server import asking

Kind = Literal["name", "initials", "phone", "identity"]

EXACT: tuple[Kind, ...] = ("phone", "identity")
"""Look-ups that name one person or few: exact, and counted against a limit."""

MOST_LOOKED_AT = 5_000
"""Names that match of which those within the user's areas are shown."""

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
    phones where they end with it, identity numbers whole. A person's id is found as a name is. Where the
    server masks people it looks for them itself, and they come masked.
    """
    if store.is_guest:
        words = re.sub(r"[\s+-]", "", text) if kind in EXACT else text
        rows = asking.find_people(store, kind, words, limit)
        return [{column.name: row[column.name] for column in _SHOWN} for row in rows]
    shown = sa.select(*_SHOWN)
    seen = visible(store)
    if seen is not None:
        shown = shown.where(seen)
    if kind in EXACT:
        query = shown.where(RESIDENT.c.id.in_(_exact(text, kind))).limit(limit)
    elif store.is_shared:
        query = _on_server(shown, text, kind, limit)
    else:
        return _in_memory(store, shown, text, kind, limit)
    return _rows(store, query)


def _rows(store: Store, query: sa.Select[Any]) -> list[dict[str, Any]]:
    with store.connect() as connection:
        return as_dicts(connection.execute(query))


def _exact(text: str, kind: Kind) -> sa.Select[tuple[str]]:
    compact = re.sub(r"[\s+]", "", text)
    if kind == "identity":
        return sa.select(_PERSON.c.id).where(_PERSON.c.identity_number == compact.upper())
    digits = sa.func.reverse(sa.func.replace(_PERSON.c.phone, "-", ""))
    tail = compact.replace("-", "")
    # The last digit alone leaves one row in ten to be turned round, where there is no index.
    return sa.select(_PERSON.c.id).where(
        _PERSON.c.phone.endswith(tail[-1:], autoescape=True),
        digits.startswith(tail[::-1], autoescape=True),
    )


def _on_server(shown: sa.Select[Any], text: str, kind: Kind, limit: int) -> sa.Select[Any]:
    name = RESIDENT.c.name
    rank = sa.case((name == text, 0), (name.startswith(text, autoescape=True), 1), else_=2)
    matches = [name.contains(text, autoescape=True), RESIDENT.c.id == text]
    if kind == "initials":
        letters = text.lower()
        matches.append(RESIDENT.c.initials.startswith(letters, autoescape=True))
        rank = sa.case((RESIDENT.c.initials == letters, 0), else_=rank)
    return shown.where(sa.or_(*matches)).order_by(rank, name, RESIDENT.c.id).limit(limit)


def _in_memory(
    store: Store, shown: sa.Select[Any], text: str, kind: Kind, limit: int
) -> list[dict[str, Any]]:
    index = store.names
    if index is None:
        index = store.names = _read_names(store)
    # Of whom the user may not see, rows fall away after this: more are taken than are shown.
    most = limit if shown.whereclause is None else MOST_LOOKED_AT
    look_up = index.spelled if kind == "initials" else index.containing
    rows = look_up(text, most).tolist()
    if not rows:
        return _rows(store, shown.where(RESIDENT.c.id == text).limit(1))
    rowid: sa.ColumnElement[int] = sa.literal_column("resident.rowid")
    # A list of constants would be compared with every row: ninety milliseconds, this ten.
    wanted = sa.func.unnest(sa.bindparam("rows", rows, type_=sa.ARRAY(sa.BigInteger)))
    query = shown.add_columns(rowid.label("row")).where(rowid.in_(sa.select(wanted)))
    place = {row: number for number, row in enumerate(rows)}
    found = sorted(_rows(store, query), key=lambda row: place[row["row"]])
    for row in found:
        del row["row"]
    return found[:limit]


def _read_names(store: Store) -> NameIndex:
    """Read all names in the order in which a server lists them."""
    with store.connect() as connection:
        table = (
            raw_connection(connection)
            .execute("SELECT rowid, name, initials FROM resident ORDER BY name, id")
            .to_arrow_table()
        )
    return NameIndex.of(table["rowid"], table["name"], table["initials"])
