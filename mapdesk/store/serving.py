"""Districts on a server: making one, opening one as whoever signs in, taking one away."""

from __future__ import annotations

import hashlib
from pathlib import Path

import platformdirs
import sqlalchemy as sa

from mapdesk.model.district import District
from mapdesk.model.rights import Right
from mapdesk.store.database import (
    Store,
    make_tables,
    migrate_if_old,
    read_setting,
    schema_version,
    write_setting,
)
from mapdesk.store.engines import shared
from mapdesk.store.rules import needs
from mapdesk.store.server.create import create_rights, drop_everything, sign_in
from mapdesk.store.server.work import Work


def create_on_server(text: str, district: District) -> Store:
    """Make a district in an empty database; whoever does owns it. See `database.create`."""
    url = shared.server_url(text)
    name = url.render_as_string()
    engine = shared.make_engine(url)
    try:
        shared.prepare(engine, name)
        engine.dispose()
        make_tables(engine)
        with engine.begin() as connection:
            for statement in shared.INDEXES:
                connection.exec_driver_sql(statement)
            write_setting(connection, district)
            create_rights(connection)
        identity = sign_in(engine, name)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise shared.opening_error(name, error) from error
    except BaseException:
        engine.dispose()
        raise
    return Store(name, local_folder(url), district, engine, identity)


def open_on_server(text: str) -> Store:
    """Open the district of a database; see `database.open_store`."""
    url = shared.server_url(text)
    name = url.render_as_string()
    engine = shared.make_engine(url)
    try:
        with engine.connect() as connection:
            shared.require_district(connection, name)
            district = read_setting(connection, name)
        version = schema_version(engine)
        identity = sign_in(engine, name)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise shared.opening_error(name, error) from error
    except BaseException:
        engine.dispose()
        raise
    store = Store(name, local_folder(url), district, engine, identity)
    if identity.role != "owner":
        store.work = Work(engine)
    migrate_if_old(store, version)
    return store


def local_folder(url: sa.URL) -> Path:
    """Return this user's folder for caches and media of a shared district, made if need be."""
    who = f"{url.username}@{url.host}:{url.port}/{url.database}?{sorted(url.query.items())}"
    key = hashlib.blake2b(who.encode(), digest_size=8).hexdigest()
    made = Path(platformdirs.user_cache_dir("mapdesk")) / "shared" / key
    for part in ("media", "cache"):
        (made / part).mkdir(parents=True, exist_ok=True)
    return made


@needs(Right.BACK_UP)
def drop(store: Store) -> None:
    """Take a shared district off its server, with everything in it; a folder is its owner's to delete."""
    with store.begin() as connection:
        drop_everything(connection)
