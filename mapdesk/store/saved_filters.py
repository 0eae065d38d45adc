"""Filters that were given a name: shared by all who work on a district, changed by who saved them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.errors import ConflictError, InputError, NotFoundError, RightsError
from mapdesk.model.filters import Filter
from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import SAVED_FILTER

LONGEST_NAME = 60


@dataclass(frozen=True)
class SavedFilter:
    """A filter with a name.

    Parameters
    ----------
    at : datetime
        When it was last saved, UTC.
    """

    id: str
    name: str
    filter: Filter
    who: str
    at: datetime


@needs(Right.PLACES)
def saved(store: Store) -> list[SavedFilter]:
    """Return the saved filters the user may ask, by name; those about people need the right to them.

    What an older or newer mapdesk wrote and cannot be read is left out.
    """
    query = sa.select(SAVED_FILTER).order_by(SAVED_FILTER.c.name)
    with store.connect() as connection:
        rows = connection.execute(query).mappings().all()
    found = []
    for row in rows:
        try:
            content = Filter.from_json(row["content"])
        except InputError:
            continue
        if content.personal and not store.identity.may(Right.PEOPLE):
            continue
        at = row["at"].replace(tzinfo=UTC)
        found.append(SavedFilter(row["id"], row["name"], content, row["who"], at))
    return found


@needs(Right.PLACES)
def named(store: Store, name: str) -> SavedFilter:
    """Return the saved filter of a name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = saved(store)
    for one in found:
        if one.name == name.strip():
            return one
    names = ", ".join(one.name for one in found) or "none yet"
    raise NotFoundError(f"There is no saved filter '{name}'; there are: {names}.")


@needs(Right.STATISTICS)
def save(store: Store, name: str, filtered: Filter) -> SavedFilter:
    """Keep a filter under a name; one's own of that name is replaced.

    Raises
    ------
    ConflictError
        Someone else's filter has the name.
    InputError
        The name is empty or too long.
    RightsError
        It is about people, without the right to them.
    """
    if filtered.personal:
        store.identity.require(Right.PEOPLE)
    title = _title(name)
    at = datetime.now(UTC).replace(microsecond=0)
    values = {"noun": filtered.noun, "content": filtered.as_json(), "at": at.replace(tzinfo=None)}
    try:
        with store.begin() as connection:
            old = _row(connection, title)
            if old is None:
                key, who = uuid.uuid4().hex, store.identity.user
                row = {"id": key, "name": title, "who": who, **values}
                connection.execute(sa.insert(SAVED_FILTER).values(row))
            else:
                key, who = old
                if not _is_mine(store, who):
                    raise _taken(title)
                connection.execute(
                    sa.update(SAVED_FILTER).where(SAVED_FILTER.c.id == key).values(values)
                )
    except sa.exc.IntegrityError as error:
        raise _taken(title) from error
    return SavedFilter(key, title, filtered, who, at)


@needs(Right.STATISTICS)
def rename(store: Store, name: str, new_name: str) -> None:
    """Give a saved filter another name.

    Raises
    ------
    ConflictError
        That name is taken.
    NotFoundError
        There is no filter of the old name.
    RightsError
        It is someone else's.
    """
    title = _title(new_name)
    key = _own(store, name)
    try:
        with store.begin() as connection:
            other = _row(connection, title)
            if other is not None and other[0] != key:
                raise _taken(title)
            connection.execute(
                sa.update(SAVED_FILTER).where(SAVED_FILTER.c.id == key).values(name=title)
            )
    except sa.exc.IntegrityError as error:
        raise _taken(title) from error


@needs(Right.STATISTICS)
def delete(store: Store, name: str) -> None:
    """Forget a saved filter.

    Raises
    ------
    NotFoundError
        There is none of that name.
    RightsError
        It is someone else's.
    """
    key = _own(store, name)
    with store.begin() as connection:
        connection.execute(sa.delete(SAVED_FILTER).where(SAVED_FILTER.c.id == key))


def _title(name: str) -> str:
    title = " ".join(name.split())
    if not 0 < len(title) <= LONGEST_NAME:
        raise InputError(f"A saved filter needs a name of 1 to {LONGEST_NAME} characters.")
    return title


def _row(connection: Connection, name: str) -> tuple[str, str] | None:
    """Return (id, who) of the filter of a name."""
    query = sa.select(SAVED_FILTER.c.id, SAVED_FILTER.c.who).where(SAVED_FILTER.c.name == name)
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def _own(store: Store, name: str) -> str:
    with store.connect() as connection:
        row = _row(connection, name.strip())
    if row is None:
        raise NotFoundError(f"There is no saved filter '{name}' any more.")
    if not _is_mine(store, row[1]):
        raise RightsError(f"'{name}' was saved by {row[1]}, who alone can rename or delete it.")
    return row[0]


def _is_mine(store: Store, who: str) -> bool:
    """Say whether the user saved it, or owns the whole district."""
    return store.identity.user == who or store.identity.role == "owner"


def _taken(title: str) -> ConflictError:
    return ConflictError(f"A filter called '{title}' is saved already; choose another name.")
