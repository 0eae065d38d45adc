"""The district's usual purposes: what people here look at personal data for, all day."""

from __future__ import annotations

import sqlalchemy as sa

from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.rights import Right
from mapdesk.store import writing
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import PURPOSE


@needs(Right.PLACES)
def usual(store: Store) -> list[str]:
    """Return the usual purposes, sorted."""
    with store.connect() as connection:
        return sorted(connection.scalars(sa.select(PURPOSE.c.text)))


@needs(Right.PURPOSES)
def add(store: Store, text: str) -> None:
    """Add a purpose.

    Raises
    ------
    InputError
        It is there already.
    """
    with writing.transaction(store) as connection:
        if connection.scalar(sa.select(PURPOSE.c.text).where(PURPOSE.c.text == text)):
            raise InputError(f"'{text}' is a usual purpose already.")
        connection.execute(sa.insert(PURPOSE).values(text=text))


@needs(Right.PURPOSES)
def remove(store: Store, text: str) -> None:
    """Remove a purpose.

    Raises
    ------
    NotFoundError
        There is no such one.
    """
    with writing.transaction(store) as connection:
        if not connection.scalar(sa.select(PURPOSE.c.text).where(PURPOSE.c.text == text)):
            raise NotFoundError(f"'{text}' is no usual purpose here.")
        connection.execute(sa.delete(PURPOSE).where(PURPOSE.c.text == text))
