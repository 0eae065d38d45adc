"""Where a shared district lies: the URL of a PostgreSQL database."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote

import platformdirs
import sqlalchemy as sa

from mapdesk.model.errors import InputError

_SECRETS = frozenset({"password", "passfile", "sslpassword"})
"""What a URL may carry after its question mark and nobody is to read."""


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
            f"{place_name(url)} is no URL of a PostgreSQL database; "
            "write postgresql://user@host/database."
        )
    url = url.set(drivername="postgresql+psycopg")
    return url.set(password=password) if password is not None else url


def place_name(url: sa.URL) -> str:
    """Return a database's URL as people write it: no driver, no password, nothing escaped."""
    kept = {name: one for name, one in url.query.items() if name not in _SECRETS}
    shown = url._replace(drivername="postgresql", password=None).set(query=kept)
    return unquote(shown.render_as_string())


def shown(place: Path | str) -> str:
    """Return where a district lies as people may read it: a folder, or a URL without its password."""
    return place_name(server_url(place)) if isinstance(place, str) else str(place)


def cache_folder(url: sa.URL) -> Path:
    """Return this user's folder of a shared district as one of its users; it may not be there."""
    who = f"{url.username}@{url.host}:{url.port}/{url.database}?{sorted(url.query.items())}"
    key = hashlib.blake2b(who.encode(), digest_size=8).hexdigest()
    return Path(platformdirs.user_cache_dir("mapdesk")) / "shared" / key


def without_user(url: sa.URL) -> sa.URL:
    """Return a URL that names neither user nor password."""
    return url._replace(username=None, password=None)


def is_same(opened: sa.URL, asked: sa.URL) -> bool:
    """Say whether a URL leads to an open database, as the user who opened it or as nobody named."""
    return place_name(asked) in {place_name(opened), place_name(without_user(opened))}
