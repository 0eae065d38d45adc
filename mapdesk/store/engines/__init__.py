"""What differs between the two engines, and nothing else: every other query is SQLAlchemy's core."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from mapdesk.store.engines.backend import Backend
from mapdesk.store.engines.embedded import DuckDB
from mapdesk.store.engines.shared import PostgreSQL

BACKENDS: dict[str, Backend] = {"duckdb": DuckDB(), "postgresql": PostgreSQL()}
"""By the name of SQLAlchemy's dialect."""


def backend_of(connection: Connection) -> Backend:
    """Return what a connection's engine does in its own way."""
    return BACKENDS[connection.dialect.name]
