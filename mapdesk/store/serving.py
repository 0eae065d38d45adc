"""Districts on a server: making one, opening one as whoever signs in, taking one away."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import sqlalchemy as sa

from mapdesk.model.district import District
from mapdesk.model.rights import Right
from mapdesk.model.users import Credentials
from mapdesk.store.database import (
    Store,
    make_tables,
    migrate_if_old,
    read_setting,
    schema_version,
    write_setting,
)
from mapdesk.store.engines import shared, urls
from mapdesk.store.engines.indexes import INDEXES
from mapdesk.store.rules import needs
from mapdesk.store.schema import SCHEMA_VERSION
from mapdesk.store.server.create import create_rights, drop_everything, put_in_order
from mapdesk.store.server.sign_in import sign_in, url_for
from mapdesk.store.server.tries import counted
from mapdesk.store.server.work import Work


def create_on_server(text: str, district: District) -> Store:
    """Make a district in an empty database; whoever does owns it. See `database.create`."""
    url = urls.server_url(text)
    name = urls.place_name(url)
    engine = shared.make_engine(url)
    try:
        shared.prepare(engine, name)
        engine.dispose()
        make_tables(engine)
        with engine.begin() as connection:
            for statement in INDEXES:
                connection.exec_driver_sql(statement)
            write_setting(connection, district)
            create_rights(connection)
        identity = sign_in(engine, name).access
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise shared.opening_error(name, error) from error
    except BaseException:
        engine.dispose()
        raise
    return Store(name, local_folder(url), district, engine, identity)


def open_on_server(text: str, given: Credentials | None = None) -> Store:
    """Open the district of a database; see `database.open_store`.

    Parameters
    ----------
    given : Credentials, optional
        Who signs in; by default whom the URL names, in the server's own way.
    """
    url = urls.server_url(text)
    if given is not None:
        url = url_for(url, given)
    name = urls.place_name(url)
    engine = shared.make_engine(url)
    typed = nullcontext() if given is None else counted(url)
    try:
        with typed, engine.connect() as connection:
            shared.require_district(connection, name)
            district = read_setting(connection, name)
        version = schema_version(engine)
        in_order = True
        if version == SCHEMA_VERSION:
            with engine.begin() as connection:
                in_order = put_in_order(connection)
        entered = sign_in(engine, name, given)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise shared.opening_error(name, error) from error
    except BaseException:
        engine.dispose()
        raise
    store = Store(name, local_folder(url), district, engine, entered.access)
    if entered.access.role != "owner":
        store.work = Work(engine, entered.ticket, entered.password)
        store.is_behind = not in_order
    migrate_if_old(store, version)
    return store


def local_folder(url: sa.URL) -> Path:
    """Return this user's folder for caches and media of a shared district, made if need be."""
    made = urls.cache_folder(url)
    for part in ("media", "cache"):
        (made / part).mkdir(parents=True, exist_ok=True)
    return made


@needs(Right.BACK_UP)
def drop(store: Store) -> None:
    """Take a shared district off its server, with everything in it; a folder is its owner's to delete."""
    with store.begin() as connection:
        drop_everything(connection)
