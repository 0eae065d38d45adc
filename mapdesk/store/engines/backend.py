"""What an engine does in its own way."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from mapdesk.model.errors import WorldError

if TYPE_CHECKING:
    import pyarrow as pa


class Backend(Protocol):
    """The few things the two engines are asked for in their own words. Any thread."""

    whole_division: str
    """What divides two whole numbers and leaves the remainder out."""

    def version(self, connection: Connection) -> str:
        """Return the engine's name and version."""

    def load_spatial(self, connection: Connection) -> None:
        """Make spatial functions available."""

    def fetch(
        self, connection: Connection, statement: sa.Select[Any], values: Collection[object]
    ) -> list[tuple[Any, ...]]:
        """Return all rows of a statement that is asked all day, straight from the driver.

        A third of the time of such a small question was SQLAlchemy's. `values` fill the statement's
        bound parameters in order; `statement` is a constant of its module, compiled once.
        """

    def columns(self, connection: Connection, statement: sa.Select[Any]) -> dict[str, list[Any]]:
        """Return a large answer by column; well-known binary as bytes."""

    def append(self, connection: Connection, table: sa.TableClause, rows: pa.Table) -> None:
        """Insert rows in bulk; columns are named as the table's."""

    def upsert(self, connection: Connection, table: sa.Table, rows: pa.Table) -> int:
        """Insert rows whose id is new, update the others in the columns given; return how many were updated."""

    def locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Return a query that keeps others from writing its rows until the transaction ends."""

    def rebuild_residents(self, connection: Connection) -> bool:
        """Let the engine make the flat table anew where the user may not; say whether it did."""

    def row_hash(
        self, columns: list[sa.Column[Any]], place: sa.ColumnElement[Any] | None
    ) -> sa.ColumnElement[Any]:
        """Return a whole number of 64 bits made of a row's columns and, as WKB, its place."""

    def announce(self, connection: Connection, nouns: Collection[str]) -> None:
        """Tell other desks, when the transaction is kept, that rows of these nouns were written."""

    def failure(self, place: str, error: sa.exc.DBAPIError) -> WorldError | None:
        """Return what to tell the user of an error that the world made; None where it was our own."""


@cache
def compiled(statement: sa.Select[Any], dialect: Dialect) -> SQLCompiler:
    """Return a constant statement compiled for an engine, once."""
    made: Any = statement.compile(dialect=dialect)
    compiler: SQLCompiler = made
    return compiler


def first_line(error: sa.exc.DBAPIError) -> str:
    """Return what an engine said first."""
    return str(error.orig).strip().splitlines()[0][:200]


def quoted(names: Collection[str]) -> str:
    """Return column names for SQL; they come from `schema`, not from users."""
    return ", ".join(f'"{name}"' for name in names)


def on_conflict(names: Collection[str]) -> str:
    """Return what an upsert does with a known id."""
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    return f"ON CONFLICT (id) DO UPDATE SET {updates}" if updates else "ON CONFLICT (id) DO NOTHING"
