"""Where a shared district lies: the URL of a PostgreSQL database."""

from __future__ import annotations

import sqlalchemy as sa

from mapdesk.model.errors import InputError


def server_url(text: str, password: str | None = None) -> sa.URL:
    """Return the URL of a database as SQLAlchemy takes it.

    Raises
    ------
    InputError
        No URL of a PostgreSQL database.
    """
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise InputError(
            "That is no URL of a database; write postgresql://user@host/database."
        ) from error
    if url.get_backend_name() != "postgresql" or not url.database:
        raise InputError(
            f"{url.render_as_string()} is no URL of a PostgreSQL database; "
            "write postgresql://user@host/database."
        )
    url = url.set(drivername="postgresql+psycopg")
    return url.set(password=password) if password is not None else url


def place_name(url: sa.URL) -> str:
    """Return a database's URL as people write it, without a password."""
    return url._replace(drivername="postgresql", password=None).render_as_string()


def without_user(url: sa.URL) -> sa.URL:
    """Return a URL that names neither user nor password."""
    return url._replace(username=None, password=None)


def is_same(opened: sa.URL, asked: sa.URL) -> bool:
    """Say whether a URL leads to an open database, as the user who opened it or as nobody named."""
    return place_name(asked) in {place_name(opened), place_name(without_user(opened))}
