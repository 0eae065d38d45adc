"""Schema versions, applied with Alembic from this folder; a copy of the file is kept first."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.config import Config
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from mapdesk.model.errors import InputError
from mapdesk.store import flat, pinyin
from mapdesk.store.folder import DATABASE
from mapdesk.store.rules import needs
from mapdesk.store.schema import METADATA, SCHEMA_VERSION
from mapdesk.store.server.create import create_rights
from mapdesk.store.server.names import DATA, kept_schema

if TYPE_CHECKING:
    from mapdesk.store.database import Store


class DuckDBImpl(PostgresqlImpl):
    """Alembic's view of DuckDB: it speaks PostgreSQL's DDL for all that is used here."""

    __dialect__ = "duckdb"


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to the newest schema, or to an older one of that number, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: str, _context: object) -> object:
        return script._upgrade_revs(to, revision)  # noqa: SLF001 - Alembic's own env.py does

    with (
        EnvironmentContext(config, script, fn=steps, destination_rev=to) as environment,
        engine.begin() as connection,
    ):
        environment.configure(connection=connection, target_metadata=METADATA)
        environment.run_migrations()


@needs(None)
def migrate(store: Store, version: str) -> None:
    """Upgrade an older district, keeping a copy of what it was first.

    That is a file beside an embedded district, and in a shared one, which its owner alone upgrades, a
    schema ``mapdesk_VERSION`` that nobody else may read. It runs while a district is opened, before
    anybody has signed in, and shows nothing of it; so it asks for no right.

    Raises
    ------
    InputError
        The schema is newer than this mapdesk, or a shared one is older and this is not its owner.
    """
    if version > SCHEMA_VERSION:
        raise InputError(
            f"{store.place} has schema {version}, newer than this mapdesk's {SCHEMA_VERSION}; "
            "open it with the newer mapdesk."
        )
    if store.is_shared and store.identity.role != "owner":
        raise InputError(
            f"{store.place} has schema {version}, older than this mapdesk's {SCHEMA_VERSION}; its owner "
            "has to open it once with this mapdesk."
        )
    store.engine.dispose()
    if store.is_shared:
        with store.engine.begin() as connection:
            _keep_tables(connection, version)
    else:
        shutil.copy2(store.folder / DATABASE, store.folder / f"store-{version}.duckdb")
    upgrade(store.engine)
    with store.engine.begin() as connection:
        pinyin.fill(connection)
        flat.rebuild(connection)
        if store.is_shared:
            create_rights(connection)


def _keep_tables(connection: Connection, version: str) -> None:
    """Copy a shared district's tables to a schema of their own, in place of what has its name."""
    kept, inspector = kept_schema(version), sa.inspect(connection)
    connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{kept}" CASCADE')
    connection.exec_driver_sql(f'CREATE SCHEMA "{kept}"')
    for name in inspector.get_table_names(DATA):
        connection.exec_driver_sql(f'CREATE TABLE "{kept}"."{name}" AS TABLE {DATA}."{name}"')
