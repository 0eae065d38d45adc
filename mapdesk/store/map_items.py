"""What the map keeps under a name with the district: styles, rasters, terrain, bookmarks, tours.

Each is one row with its content as JSON; what the content means is its kind's own business.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.errors import ConflictError, InputError, NotFoundError, RightsError
from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import MAP_ITEM

ItemKind = Literal["bookmark", "tour", "style", "raster", "terrain"]

PERSONAL_KINDS: tuple[ItemKind, ...] = ("bookmark", "tour")
"""Kinds that everyone saves for themselves and shows to all; the others belong to the whole district and
are changed by whoever may edit places."""

LONGEST_NAME = 60
LARGEST = 64 << 10
"""Bytes of content that one may have."""


@dataclass(frozen=True)
class MapItem:
    """One thing with a name.

    Parameters
    ----------
    content : dict
        What its kind reads and writes; JSON values alone.
    at : datetime
        When it was last saved, UTC.
    """

    id: str
    kind: ItemKind
    name: str
    content: dict[str, Any]
    who: str
    at: datetime


@needs(Right.PLACES)
def items(store: Store, kind: ItemKind) -> list[MapItem]:
    """Return all of a kind by name; a row whose content is no JSON object is passed over."""
    # Written out: for a bound value DuckDB imports pandas, while the first picture is drawn.
    of_kind = MAP_ITEM.c.kind == sa.literal(kind, literal_execute=True)
    query = sa.select(MAP_ITEM).where(of_kind).order_by(MAP_ITEM.c.name)
    with store.connect() as connection:
        rows = connection.execute(query).mappings().all()
    read = ((row, _content(row["content"])) for row in rows)
    return [
        MapItem(row["id"], kind, row["name"], content, row["who"], row["at"].replace(tzinfo=UTC))
        for row, content in read
        if content is not None
    ]


@needs(Right.PLACES)
def named(store: Store, kind: ItemKind, name: str) -> MapItem:
    """Return the one of a kind and name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = items(store, kind)
    for one in found:
        if one.name == name.strip():
            return one
    names = ", ".join(one.name for one in found) or "none yet"
    raise NotFoundError(f"There is no {kind} '{name}'; there are: {names}.")


@needs(Right.PLACES)
def save(store: Store, kind: ItemKind, name: str, content: dict[str, Any]) -> None:
    """Keep something under a name, in place of what has it.

    Raises
    ------
    ConflictError
        Someone else's has the name.
    InputError
        The name is empty or too long, or the content too large.
    RightsError
        The kind is the whole district's, and this user may not edit places.
    """
    title = _title(kind, name)
    at = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    text = json.dumps(content, ensure_ascii=False)
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise InputError(
            f"The {kind} '{title}' is too large to be kept: {LARGEST >> 10} kB at most; make it smaller."
        )
    values = {"content": text, "at": at}
    _check_kind(store, kind)
    try:
        with store.begin() as connection:
            who = _who(connection, kind, title)
            if who is None:
                row = {"id": uuid.uuid4().hex, "kind": kind, "name": title} | values
                connection.execute(sa.insert(MAP_ITEM).values(row | {"who": store.identity.user}))
                return
            if not _may_change(store, who):
                raise _taken(kind, title)
            connection.execute(sa.update(MAP_ITEM).where(_is(kind, title)).values(values))
    except sa.exc.IntegrityError as error:
        raise _taken(kind, title) from error


@needs(Right.PLACES)
def rename(store: Store, kind: ItemKind, name: str, new_name: str) -> None:
    """Give something another name; whose it is stays.

    Raises
    ------
    ConflictError
        That name is taken.
    InputError
        It is empty or too long.
    NotFoundError
        There is none of the old name.
    RightsError
        It is someone else's, or the district's.
    """
    title, old = _title(kind, new_name), name.strip()
    _check_kind(store, kind)
    try:
        with store.begin() as connection:
            who = _who(connection, kind, old)
            if who is None:
                raise NotFoundError(f"There is no {kind} '{name}' any more.")
            if not _may_change(store, who):
                raise RightsError(
                    f"The {kind} '{name}' was saved by {who}, who alone can rename it."
                )
            if title != old and _who(connection, kind, title) is not None:
                raise _taken(kind, title)
            connection.execute(sa.update(MAP_ITEM).where(_is(kind, old)).values(name=title))
    except sa.exc.IntegrityError as error:
        raise _taken(kind, title) from error


@needs(Right.PLACES)
def delete(store: Store, kind: ItemKind, name: str) -> MapItem | None:
    """Forget something, and return it; None where another program wrote what cannot be read.

    Raises
    ------
    NotFoundError
        There is none of that kind and name.
    RightsError
        It is someone else's, or the district's.
    """
    _check_kind(store, kind)
    with store.begin() as connection:
        query = sa.select(MAP_ITEM).where(_is(kind, name.strip()))
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(f"There is no {kind} '{name}' any more.")
        who = row["who"]
        if not _may_change(store, who):
            raise RightsError(f"The {kind} '{name}' was saved by {who}, who alone can delete it.")
        connection.execute(sa.delete(MAP_ITEM).where(_is(kind, name.strip())))
    content, at = _content(row["content"]), row["at"].replace(tzinfo=UTC)
    return None if content is None else MapItem(row["id"], kind, row["name"], content, who, at)


def _content(text: str) -> dict[str, Any] | None:
    """Return a row's content, or None where another program wrote what is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _check_kind(store: Store, kind: ItemKind) -> None:
    if kind not in get_args(ItemKind):
        raise InputError(f"'{kind}' is none of {', '.join(get_args(ItemKind))}.")
    if kind not in PERSONAL_KINDS:
        store.identity.require(Right.EDIT_PLACES)


def _title(kind: ItemKind, name: str) -> str:
    title = " ".join(name.split())
    if not 0 < len(title) <= LONGEST_NAME:
        raise InputError(f"A {kind} needs a name of 1 to {LONGEST_NAME} characters.")
    return title


def _is(kind: ItemKind, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(MAP_ITEM.c.kind == kind, MAP_ITEM.c.name == name)


def _who(connection: Connection, kind: ItemKind, name: str) -> str | None:
    return connection.scalar(sa.select(MAP_ITEM.c.who).where(_is(kind, name)))


def _may_change(store: Store, who: str) -> bool:
    """Say whether it is the user's own, or they may edit all places."""
    return store.identity.user == who or store.identity.may(Right.EDIT_PLACES)


def _taken(kind: ItemKind, title: str) -> ConflictError:
    return ConflictError(f"A {kind} called '{title}' is saved already; choose another name.")
