"""What differs between the two engines, and nothing else: every other query is SQLAlchemy's core."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.store.engines.backend import Backend
from mapdesk.store.engines.embedded import DuckDB
from mapdesk.store.engines.shared import SCHEMA, PostgreSQL

BACKENDS: dict[str, Backend] = {"duckdb": DuckDB(), "postgresql": PostgreSQL()}
"""By the name of SQLAlchemy's dialect."""


def backend_of(connection: Connection) -> Backend:
    """Return what a connection's engine does in its own way."""
    return BACKENDS[connection.dialect.name]


def stored(connection: Connection, table: sa.Table) -> sa.Table:
    """Return a table to write to: a user of a server finds a view of its name first."""
    if connection.dialect.name == "duckdb":
        return table
    return table.to_metadata(sa.MetaData(), schema=SCHEMA)
