"""What an engine does in its own way."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.sql.compiler import SQLCompiler

from mapdesk.model.errors import WorldError

if TYPE_CHECKING:
    import pyarrow as pa

Statement = TypeVar("Statement", bound=sa.Executable)


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

    def stored(self, statement: Statement) -> Statement:
        """Return a statement about tables themselves, where a user finds views of the same names."""

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


_ABOUT_VALUES = re.compile(r"(Constraint|Conversion|InvalidInput|OutOfRange|TypeMismatch)Exception")
"""DuckDB's errors about values, by name."""
_DATA, _CONSTRAINT, _OUR_OWN = "22", "23", "22023"
"""Classes of PostgreSQL's codes about values, and the code that mapdesk's own functions say of them."""
_VALUE = re.compile(r"\".*\"|'.*'|\b\d[\d.:-]{3,}", re.DOTALL)


def hush(error: BaseException) -> None:
    """Take the values out of what an engine's own error says, in place.

    Engines name a key that is there already, a text that is no date, a row that a constraint refuses. They
    would stand in sentences, logs and tracebacks, whatever SQLAlchemy hides of its parameters.
    """
    said, code = str(error).strip(), str(getattr(error, "sqlstate", None) or "")
    if _ABOUT_VALUES.fullmatch(type(error).__name__) or (
        code.startswith(_DATA) and code != _OUR_OWN
    ):
        said = _VALUE.sub("…", said)
    elif not code.startswith(_CONSTRAINT):  # of these the first line names the constraint alone
        return
    error.args = (said.splitlines()[0] if said else "", *error.args[1:])


def raised(error: Exception) -> sa.exc.DBAPIError:
    """Return a driver's error as SQLAlchemy would raise it, and without values."""
    hush(error)
    return sa.exc.DBAPIError(None, None, error)


def tell_no_values(engine: Engine) -> Engine:
    """Let errors of an engine name no values, and return it."""

    def on_error(context: sa.engine.ExceptionContext) -> None:
        was = str(context.original_exception)
        hush(context.original_exception)
        made = context.sqlalchemy_exception
        if made is not None and made.args:
            told = str(made.args[0]).replace(was, str(context.original_exception))
            made.args = (told, *made.args[1:])

    sa.event.listen(engine, "handle_error", on_error)
    return engine


def quoted(names: Collection[str]) -> str:
    """Return column names for SQL; they come from `schema`, not from users."""
    return ", ".join(f'"{name}"' for name in names)


def on_conflict(names: Collection[str]) -> str:
    """Return what an upsert does with a known id."""
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    return f"ON CONFLICT (id) DO UPDATE SET {updates}" if updates else "ON CONFLICT (id) DO NOTHING"
