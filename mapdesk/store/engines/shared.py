"""PostgreSQL with PostGIS: one server, many desks.

Tables stand in the schema ``mapdesk``. Whoever does not own them finds ``masked`` or ``shown`` before it on
the search path: views of the same names, with what their role may see; see `mapdesk.store.server`.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine

from mapdesk.model.errors import (
    ConflictError,
    FullError,
    InputError,
    NotFoundError,
    PurposeError,
    RightsError,
    SignInError,
    WorldError,
)
from mapdesk.store.engines.backend import (
    Statement,
    compiled,
    first_line,
    quoted,
    raised,
    tell_no_values,
)
from mapdesk.store.schema import SECRET

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

SCHEMA = "mapdesk"
CHANNEL = "mapdesk"
"""Channel on which desks tell each other what was written; its payload is {"by": desk, "nouns": [...]}."""

MANY = 1_000
"""Rows after whose writing a table is measured: a server would ask what it takes for a few row by row."""

_PATH = (
    f"SELECT set_config('search_path', CASE WHEN to_regclass('{SCHEMA}.person') IS NULL "
    f"OR has_table_privilege('{SCHEMA}.person', 'TRUNCATE') THEN '{SCHEMA}, public' "
    f"ELSE 'masked, shown, {SCHEMA}, public' END, false)"
)
"""The owner finds the tables; others find the views of the same names first."""


class PostgreSQL:
    """PostgreSQL's own ways; see `Backend`."""

    whole_division = "/"

    def version(self, connection: Connection) -> str:
        """Return the engine's name and version."""
        server = connection.scalar(sa.text("SHOW server_version"))
        postgis = connection.scalar(sa.text("SELECT postgis_lib_version()"))
        return f"PostgreSQL {server}, PostGIS {postgis}"

    def load_spatial(self, _connection: Connection) -> None:
        """PostGIS is there already."""

    def fetch(
        self, connection: Connection, statement: sa.Select[Any], values: Collection[object]
    ) -> list[tuple[Any, ...]]:
        """Return all rows, straight from the driver, by a statement the server has prepared."""
        ready = compiled(statement, connection.dialect)
        given = dict(zip(ready.params, values, strict=True))
        with _as_usual(), raw_connection(connection).cursor() as cursor:
            cursor.execute(ready.string, given, prepare=True)
            return cursor.fetchall()

    def columns(self, connection: Connection, statement: sa.Select[Any]) -> dict[str, list[Any]]:
        """Return an answer by column."""
        how = {"render_postcompile": True}
        ready: Any = statement.compile(dialect=connection.dialect, compile_kwargs=how)
        with _as_usual(), raw_connection(connection).cursor(binary=True) as cursor:
            cursor.execute(ready.string, ready.params)
            names = [column.name for column in cursor.description or ()]
            rows = cursor.fetchall()
        if not rows:
            return {name: [] for name in names}
        return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    def append(self, connection: Connection, table: sa.TableClause, rows: pa.Table) -> None:
        """Insert rows in bulk."""
        rows = with_ewkb(connection, rows)
        stored = f'{SCHEMA}."{table.name}"'
        if not connection.scalar(sa.select(sa.func.row_security_active(stored))):
            self._copy(connection, table.name, rows)
            if len(rows) >= MANY:
                connection.exec_driver_sql(f"ANALYZE {stored}")
            return
        names = quoted(rows.column_names)
        self._take_in(connection, table.name, rows, "arriving")
        connection.exec_driver_sql(f"INSERT INTO {stored} ({names}) SELECT {names} FROM arriving")
        connection.exec_driver_sql("DROP TABLE pg_temp.arriving")

    def _take_in(self, connection: Connection, table: str, rows: pa.Table, name: str) -> None:
        """Copy rows into a temporary table: COPY does not write where rows are secured."""
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{name}")
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE {name} ON COMMIT DROP AS "
            f'SELECT {quoted(rows.column_names)} FROM "{table}" LIMIT 0'
        )
        self._copy(connection, name, rows)

    def upsert(self, connection: Connection, table: sa.Table, rows: pa.Table) -> int:
        """Insert or update rows in bulk, through a temporary table.

        Two statements instead of ON CONFLICT, which asks for the right to read what is written.
        """
        execute, name = connection.exec_driver_sql, f'{SCHEMA}."{table.name}"'
        self._take_in(connection, table.name, with_ewkb(connection, rows), "incoming")
        names = quoted(rows.column_names)
        values = ", ".join(f'"{one}" = i."{one}"' for one in rows.column_names)
        known = f"FROM incoming i WHERE i.id = {name}.id"
        updated = execute(f"UPDATE {name} SET {values} {known}").rowcount
        execute(
            f"INSERT INTO {name} ({names}) SELECT {names} FROM incoming i "
            f"WHERE NOT EXISTS (SELECT FROM {name} t WHERE t.id = i.id)"
        )
        execute("DROP TABLE pg_temp.incoming")
        return int(updated)

    def _copy(self, connection: Connection, table: str, rows: pa.Table) -> None:
        import io

        import pyarrow as pa
        import pyarrow.csv

        for name in rows.column_names:
            if pa.types.is_binary(rows[name].type):
                texts = [_hex(one, name) for one in rows[name].to_pylist()]
                place = rows.column_names.index(name)
                rows = rows.set_column(place, name, pa.array(texts, pa.string()))
        text = f'COPY "{table}" ({quoted(rows.column_names)}) FROM STDIN (FORMAT csv)'
        options = pyarrow.csv.WriteOptions(include_header=False)
        with _as_usual(), raw_connection(connection).cursor() as cursor, cursor.copy(text) as copy:
            for batch in rows.to_batches(max_chunksize=20_000):
                buffer = io.BytesIO()
                pyarrow.csv.write_csv(batch, buffer, options)
                copy.write(buffer.getbuffer())

    def locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """Return the query with its rows locked."""
        return query.with_for_update()

    def stored(self, statement: Statement) -> Statement:
        """Return the statement with the schema of the tables before their names."""
        return statement.execution_options(schema_translate_map={None: SCHEMA})

    def rebuild_residents(self, connection: Connection) -> bool:
        """Call the server's function unless the tables are the user's own."""
        owns = sa.func.has_table_privilege(f"{SCHEMA}.resident", "TRUNCATE")
        if connection.scalar(sa.select(owns)):
            return False
        connection.execute(sa.text("SELECT rights.rebuild_residents()"))
        return True

    def row_hash(
        self, columns: list[sa.Column[Any]], place: sa.ColumnElement[Any] | None
    ) -> sa.ColumnElement[Any]:
        """Return a hash of a row."""
        parts = [*columns, *([] if place is None else [sa.func.md5(place)])]
        text = sa.func.concat_ws(sa.literal_column("'|'"), *parts)
        return sa.func.hashtextextended(text, sa.literal_column("0"))

    def announce(self, connection: Connection, nouns: Collection[str]) -> None:
        """Notify other desks when the transaction is kept: one notice, whatever it wrote."""
        said = json.dumps({"by": desk_of(connection.engine), "nouns": sorted(nouns)})
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, said)))

    def failure(self, place: str, error: sa.exc.DBAPIError) -> WorldError | None:
        """Tell of a server that is gone and of what it refuses."""
        import psycopg

        cause = error.orig
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            return RightsError(
                f"Your role does not allow this in {place} ({_refused(first_line(error))}); "
                "ask an administrator of its users for another."
            )
        if told := _TOLD.get(type(cause).__name__):
            said = str(cause).strip().splitlines()[0]
            return _as_the_desk_says(said) or told(said)
        if isinstance(cause, psycopg.errors.DiskFull):
            return FullError(f"The disk of {place} is full; make room there and try again.")
        if error.connection_invalidated or isinstance(cause, psycopg.OperationalError):
            return WorldError(
                f"{place} does not answer ({first_line(error)}); nothing was changed, try again when "
                "it is back."
            )
        return None


_TOLD: dict[str, type[WorldError]] = {
    "RaiseException": RightsError,
    "InvalidParameterValue": InputError,
    "NoDataFound": NotFoundError,
    "ObjectNotInPrerequisiteState": ConflictError,
}
"""What the server's own functions say, by psycopg's name of the code they say it with."""
_UNSTATED = re.compile(
    r"Say what you need (.+) for: begin a piece of work with its purpose first\."
)
_DENIED = re.compile(r"permission denied for (?:\w+ )+(\w+)")


def _as_the_desk_says(said: str) -> WorldError | None:
    """Return the desk's own error for what a server words for psql; None where the words serve both."""
    found = _UNSTATED.fullmatch(said)
    return PurposeError.needed_for(found[1]) if found else None


def _refused(said: str) -> str:
    """Return what a server refuses: the name of a table or function, or its own words."""
    found = _DENIED.match(said)
    return found[1].replace("_", " ") if found else said


@contextmanager
def _as_usual() -> Iterator[None]:
    """Raise what goes wrong below SQLAlchemy as it would."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise raised(error) from error


def _hex(value: bytes | None, name: str) -> str | None:
    """Write binary as PostgreSQL reads it from text: geometry as bare hex, bytea after a backslash."""
    if value is None:
        return None
    return value.hex() if name == "geometry" else "\\x" + value.hex()


def with_ewkb(connection: Connection, rows: pa.Table) -> pa.Table:
    """Return rows whose geometry, if they have any, names the district's CRS."""
    if "geometry" not in rows.column_names:
        return rows
    srid = srid_of(connection)
    wkb = [one and ewkb(one, srid) for one in rows["geometry"].to_pylist()]
    return rows.set_column(rows.column_names.index("geometry"), "geometry", [wkb])


def ewkb(wkb: bytes, srid: int) -> bytes:
    """Return well-known binary (little-endian, as shapely and DuckDB write it) with an SRID in it.

    Source: PostGIS's extended WKB: bit 29 of the type says that a 32-bit SRID follows it.
    """
    kind = int.from_bytes(wkb[1:5], "little") | 0x20000000
    return wkb[:1] + kind.to_bytes(4, "little") + srid.to_bytes(4, "little") + wkb[5:]


def desk_of(engine: Engine) -> str:
    """Return what this process calls itself to others, a random word."""
    return _DESKS.setdefault(engine, secrets.token_hex(8))


_DESKS: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def raw_connection(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    """Return psycopg's own connection below an SQLAlchemy one."""
    raw: Any = connection.connection.driver_connection
    ours: psycopg.Connection[tuple[Any, ...]] = raw
    return ours


def srid_of(connection: Connection) -> int:
    """Return the EPSG code of the district's CRS, 0 where it has none."""
    crs = connection.scalar(sa.text("SELECT value FROM setting WHERE key = 'crs'")) or ""
    code = str(crs).partition("EPSG:")[2]
    return int(code) if code.isdigit() else 0


def make_engine(url: sa.URL) -> Engine:
    """Return an engine on a server; nothing is asked of it yet."""
    engine = sa.create_engine(
        url,
        pool_size=4,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,  # what failed is told and logged; whom it was about is not
        connect_args={"connect_timeout": 10, "application_name": "mapdesk"},
    )
    sa.event.listen(engine, "connect", _on_connect)
    return tell_no_values(engine)


def _on_connect(raw: psycopg.Connection[tuple[Any, ...]], _record: object) -> None:
    was, raw.autocommit = raw.autocommit, True
    raw.execute(_PATH)
    raw.execute("SET jit = off")
    raw.autocommit = was


def opening_error(place: str, error: sa.exc.DBAPIError) -> WorldError:
    """Return why a server could not be opened."""
    said, whole = first_line(error), str(error.orig)
    if told := _TOLD.get(type(error.orig).__name__):
        return told(said)
    for words, sentence in _REFUSALS.items():
        if words in whole:
            return SignInError(sentence.format(place=place))
    if "permission denied" in whole:
        return not_a_user(place)
    if "does not exist" in said:
        return InputError(f"{place}: {said}; ask who runs the server.")
    return WorldError(f"{place} does not answer ({said}); see that the server runs and try again.")


_REFUSALS = {
    "not permitted to log in": "This user may not sign in any more; an administrator can allow it again.",
    "too many connections for role": "{place} has this user at too many desks already; close one of them.",
    "no pg_hba.conf entry": (
        "{place} does not admit this user from here; ask who runs the server whether this machine may "
        "connect."
    ),
    "no password supplied": "{place} asks for a password; sign in with a user's name and password.",
    "password": "{place} does not accept this name and password.",
    "authentication": "{place} does not accept this name and password.",
}
"""Why a server lets nobody in, by words of its own. A name that nobody has gets the sentence of a wrong
password; that a user is suspended it says only to who knows the password."""


def not_a_user(place: str) -> SignInError:
    """Return the error of somebody whom the server knows and the district does not."""
    return SignInError(f"You are no user of the district in {place}; its administrator adds users.")


def require_district(connection: Connection, place: str) -> None:
    """Raise NotFoundError where a database holds no district."""
    if connection.scalar(sa.text(f"SELECT to_regclass('{SCHEMA}.setting')")) is None:
        raise NotFoundError(f"There is no district in {place}; make one with 'mapdesk new'.")


def prepare(engine: Engine, place: str) -> None:
    """Make schema and extensions in an empty database.

    Raises
    ------
    InputError
        There is a district already, or the server lacks an extension or the right to add one.
    """
    with engine.begin() as connection:
        if connection.scalar(sa.text(f"SELECT to_regclass('{SCHEMA}.setting')")) is not None:
            raise InputError(f"{place} holds a district already; choose another database.")
        for name in ("postgis", "pg_trgm", "pgcrypto"):
            try:
                connection.execute(sa.text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
            except sa.exc.DBAPIError as error:
                raise InputError(
                    f"{place} lacks the extension {name}; let the server's administrator install it "
                    f"and run CREATE EXTENSION {name} in that database."
                ) from error
        connection.execute(sa.text(f"CREATE SCHEMA {SCHEMA}"))


def secret(connection: Connection) -> bytes:
    """Return the secret of a shared district, making it at first use."""
    found = connection.scalar(sa.select(SECRET.c.value))
    if found is None:
        made = postgresql.insert(SECRET).values(key="district", value=os.urandom(32))
        connection.execute(made.on_conflict_do_nothing())
        found = connection.scalar(sa.select(SECRET.c.value))
    return bytes(found or b"")


def set_secret(connection: Connection, value: bytes) -> None:
    """Replace the secret of a shared district."""
    connection.execute(sa.delete(SECRET))
    connection.execute(sa.insert(SECRET).values(key="district", value=value))
