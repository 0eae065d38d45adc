"""DuckDB: one file, one process, no server.

Facts this rests on (DuckDB 1.5.5): one process holds the file; an R-tree in the file does not survive
a killed process, so none is ever persisted (see `spatial`); GEOMETRY needs no extension to be read,
so the spatial extension is loaded only where its functions are called.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from mapdesk.model.errors import BusyError, FullError, InputError, SetupError, WorldError
from mapdesk.store.engines.backend import (
    Statement,
    compiled,
    first_line,
    on_conflict,
    quoted,
    raised,
    tell_no_values,
)

if TYPE_CHECKING:
    import pyarrow as pa

_HOLDER = re.compile(r"PID (\d+)")
_FULL = ("No space left on device", "Disk quota exceeded", "failed to offload data block")
"""What DuckDB says, in errors of many kinds, where the disk has no room for its file, log or spill."""


class DuckDB:
    """DuckDB's own ways; see `Backend`."""

    whole_division = "//"

    def version(self, _connection: Connection) -> str:
        """Return the engine's name and version."""
        return f"DuckDB {duckdb.__version__}"

    def load_spatial(self, connection: Connection) -> None:
        """Load the spatial extension from its wheel; about half a second.

        Raises
        ------
        SetupError
            The extension's wheel is missing or does not match DuckDB's version.
        """
        load_spatial(raw_connection(connection))

    def fetch(
        self, connection: Connection, statement: sa.Select[Any], values: Collection[object]
    ) -> list[tuple[Any, ...]]:
        """Return all rows, straight from the driver, by column: a third sooner than row by row."""
        text = compiled(statement, connection.dialect).string
        with _as_usual(connection):
            raw = raw_connection(connection).execute(text, list(values))
            kinds = [str(column[1]) for column in raw.description]
            found: dict[str, Any] = raw.fetchnumpy()
        columns = [
            # A date comes with a time of day, which is none of its own.
            (column.astype("M8[D]") if kind == "DATE" else column).tolist()
            for kind, column in zip(kinds, found.values(), strict=True)
        ]
        return list(zip(*columns, strict=True))

    def columns(self, connection: Connection, statement: sa.Select[Any]) -> dict[str, list[Any]]:
        """Return an answer by column.

        Arrow's own ``to_numpy`` would import pandas: a quarter of a second at start.
        """
        text = str(statement.compile(connection.engine, compile_kwargs={"literal_binds": True}))
        with _as_usual(connection):
            arrow = raw_connection(connection).execute(text).to_arrow_table()
        return {name: arrow[name].to_pylist() for name in arrow.column_names}

    def append(self, connection: Connection, table: sa.TableClause, rows: pa.Table) -> None:
        """Insert rows in bulk."""
        self._insert(connection, table, rows, "")

    def upsert(self, connection: Connection, table: sa.Table, rows: pa.Table) -> int:
        """Insert or update rows in bulk.

        Rows of one building are stored together: a question about a building then reads one row group.
        """
        together = 'ORDER BY "building_id", "id" ' if "building_id" in rows.column_names else ""
        return self._insert(connection, table, rows, together + on_conflict(rows.column_names))

    def _insert(
        self, connection: Connection, table: sa.TableClause, rows: pa.Table, rest: str
    ) -> int:
        raw = raw_connection(connection)
        values = ", ".join(
            'ST_GeomFromWKB("geometry")' if name == "geometry" else f'"{name}"'
            for name in rows.column_names
        )
        with _as_usual(connection):
            raw.register("incoming", rows)
            try:
                known = None
                if rest:
                    known = raw.execute(
                        f'SELECT count(*) FROM incoming JOIN "{table.name}" USING (id)'
                    ).fetchone()
                raw.execute(
                    f'INSERT INTO "{table.name}" ({quoted(rows.column_names)}) '
                    f"SELECT {values} FROM incoming {rest}"
                )
            finally:
                raw.unregister("incoming")
        return int(known[0]) if known else 0

    def locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Return the query: whoever commits second is refused by the engine."""
        return query

    def stored(self, statement: Statement) -> Statement:
        """Return the statement: there are no views."""
        return statement

    def rebuild_residents(self, _connection: Connection) -> bool:
        """Return False: whoever holds the file may write all of it."""
        return False

    def row_hash(
        self, columns: list[sa.Column[Any]], place: sa.ColumnElement[Any] | None
    ) -> sa.ColumnElement[Any]:
        """Return a hash of a row; the engine's version may change what it gives."""
        # A bound value would make DuckDB import pandas before the first picture: a quarter of a second.
        text = sa.func.concat_ws(sa.literal_column("'|'"), *columns)
        return sa.func.hash(text, *([] if place is None else [place]))

    def announce(self, _connection: Connection, _nouns: Collection[str]) -> None:
        """Nobody else has the district open."""

    def failure(self, place: str, error: sa.exc.DBAPIError) -> WorldError | None:
        """Tell of a full disk and the like."""
        if any(words in str(error.orig) for words in _FULL):
            return FullError(f"The disk of {place} is full; make room there and try again.")
        if isinstance(error.orig, duckdb.IOException | duckdb.OutOfMemoryException):
            return WorldError(f"{place} cannot be read or written: {first_line(error)}")
        return None


def make_engine(path: Path, spill: Path) -> Engine:
    """Return an engine on a database file; work too large for memory goes to the folder `spill`."""
    engine = sa.create_engine(
        sa.URL.create("duckdb", database=str(path)),
        connect_args={
            "config": {
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": str(spill),
            }
        },
        pool_size=4,
        hide_parameters=True,  # what failed is told and logged; whom it was about is not
        max_overflow=8,
    )
    open_anew_when_broken(engine)
    return tell_no_values(engine)


def open_anew_when_broken(engine: Engine) -> None:
    """Let go of a database that DuckDB gave up, so that the next question opens it again.

    It gives up where a disk is full in the middle of a checkpoint: what was committed is in the file and
    its log, but every connection refuses to work until all of them are closed.
    """

    def close_all(context: sa.engine.ExceptionContext) -> None:
        if isinstance(context.original_exception, duckdb.FatalException):
            context.is_disconnect = True
            engine.dispose()

    sa.event.listen(engine, "handle_error", close_all)


@contextmanager
def _as_usual(connection: Connection) -> Iterator[None]:
    """Raise what goes wrong below SQLAlchemy as it would."""
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, duckdb.FatalException):
            connection.invalidate(error)
            connection.engine.dispose()
        raise raised(error) from error


def raw_connection(connection: Connection) -> duckdb.DuckDBPyConnection:
    """Return DuckDB's own connection below an SQLAlchemy one."""
    driver: Any = connection.connection.driver_connection
    raw: duckdb.DuckDBPyConnection = getattr(driver, "c", driver)
    return raw


def spatial_extension() -> Path:
    """Return the path of the spatial extension inside its wheel; SetupError where it is absent."""
    try:
        root = importlib.resources.files("duckdb_extension_spatial")
    except ModuleNotFoundError as error:
        raise SetupError(
            "DuckDB's spatial extension is missing; install duckdb-extension-spatial "
            f"{duckdb.__version__}."
        ) from error
    found = sorted(Path(str(root)).rglob("spatial.duckdb_extension"))
    if not found:
        raise SetupError("duckdb-extension-spatial is installed without its binary; reinstall it.")
    return found[0]


def load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension into the database of `connection`."""
    try:
        connection.load_extension(str(spatial_extension()))
    except duckdb.Error as error:
        raise SetupError(
            f"DuckDB {duckdb.__version__} cannot load its spatial extension; install "
            f"duckdb-extension-spatial {duckdb.__version__}."
        ) from error


def loaded_spatial_version() -> str:
    """Load the spatial extension into an empty database and return the versions of both."""
    with duckdb.connect() as connection:
        load_spatial(connection)
        row = connection.execute(
            "SELECT extension_version FROM duckdb_extensions() WHERE extension_name = 'spatial'"
        ).fetchone()
    return f"{row[0] if row else '?'} on DuckDB {duckdb.__version__}"


def opening_error(path: Path, error: sa.exc.DBAPIError) -> WorldError:
    """Return why a database file could not be opened; another process that holds it is named."""
    text = str(error.orig)
    if "lock" in text.lower():
        holder = _HOLDER.search(text)
        who = f"process {holder[1]}{_command(int(holder[1]))}" if holder else "another process"
        return BusyError(f"{path.parent} is open in {who}; close it there and try again.")
    first = text.strip().splitlines()[0][:160]
    return InputError(f"{path} cannot be read ({first}); restore it from a backup.")


def _command(process: int) -> str:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    names = [Path(word.decode(errors="replace")).name for word in words[:4] if word]
    return f" ({' '.join(names)})" if names else ""
