"""The record of a district on PostgreSQL: tables nobody but their owner writes, and one function that does.

``record_looks`` runs with the owner's rights (SECURITY DEFINER), takes its turn by an advisory lock, and
computes the hash of `chain.link` in SQL. ``who`` is the server's ``session_user``, never what a client says;
a different name said by the desk stands in the detail as ``desk_user``. Time is the server's clock.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from mapdesk.model.errors import WorldError
from mapdesk.model.looks import AuditQuery
from mapdesk.store.audit.book import Recorded, span
from mapdesk.store.audit.chain import COLUMNS, SHOWN, Entry
from mapdesk.store.audit.heads import Head
from mapdesk.store.audit.server_sql import statements

_TABLES = sa.MetaData()

LOOK = sa.Table(
    "look",
    _TABLES,
    sa.Column("number", sa.BigInteger, primary_key=True),
    *[sa.Column(name, sa.Text) for name in COLUMNS[1:-2]],
    sa.Column("previous", sa.LargeBinary),
    sa.Column("hash", sa.LargeBinary),
)
_HEAD = sa.Table(
    "look_head",
    _TABLES,
    sa.Column("place", sa.BigInteger, primary_key=True),
    sa.Column("chain", sa.Text),
    sa.Column("number", sa.BigInteger),
    *[sa.Column(name, sa.Text) for name in ("hash", "at", "key", "signature")],
)
_CHAIN = sa.Table(
    "look_chain",
    _TABLES,
    sa.Column("name", sa.LargeBinary),
    sa.Column("number", sa.BigInteger),
    sa.Column("at", sa.Text),
    sa.Column("hash", sa.LargeBinary),
    sa.Column("heads", sa.BigInteger),
)

_RECORD = sa.text(
    "SELECT record_looks(:desk_user, :role, :purpose, :action, :subjects, :kind, :detail)"
).bindparams(sa.bindparam("subjects", type_=sa.ARRAY(sa.Text)))


_ERASE = sa.text("SELECT erase_looks(:desk_user, :role, :purpose, :subject, :upto, :detail)")


def create_on_server(connection: Connection) -> None:
    """Make the record's tables and functions in the current schema, and begin a chain; once.

    Whoever runs this owns the record. Nobody else may do anything with it until `let_record` and
    `let_audit` say so.
    """
    schema = str(connection.scalar(sa.text("SELECT quote_ident(current_schema())")))
    for statement in statements(schema):
        connection.exec_driver_sql(statement)
    connection.execute(
        sa.text(
            "INSERT INTO look_chain (id, name, number, at, hash, heads) VALUES (1, :name, 0, '', :name, 0) "
            "ON CONFLICT (id) DO NOTHING"
        ),
        {"name": os.urandom(32)},
    )


def let_record(connection: Connection, role: str) -> None:
    """Let a database role have its looks recorded; everyone who may read the register needs it."""
    name = _quoted(connection, role)
    connection.exec_driver_sql(
        "GRANT EXECUTE ON FUNCTION record_looks(text, text, text, text, text[], text, text), "
        f"record_look(text, text, text, text, text, text) TO {name}"
    )


def let_audit(connection: Connection, role: str) -> None:
    """Let a database role read the record and keep signed heads; it still cannot write a row."""
    name = _quoted(connection, role)
    connection.exec_driver_sql(f"GRANT SELECT ON look, look_head, look_chain TO {name}")
    connection.exec_driver_sql(
        f"GRANT EXECUTE ON FUNCTION keep_look_head(text, bigint, text, text, text, text) TO {name}"
    )


def let_erase(connection: Connection, role: str) -> None:
    """Let a database role erase what the rule for looks says is due; nothing younger."""
    name = _quoted(connection, role)
    connection.exec_driver_sql(
        f"GRANT EXECUTE ON FUNCTION erase_looks(text, text, text, text, bigint, text) TO {name}"
    )


def _quoted(connection: Connection, role: str) -> str:
    return connection.dialect.identifier_preparer.quote(role)


class ServerBook:
    """The record on a server; see `book.Book`.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Its user's rights are the server's business: a refusal is a WorldError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, entries: Sequence[Entry]) -> int:
        """Write rows in one transaction and return the last number once they are on the server's disk."""
        number = 0
        with self._transaction() as connection:
            for one, subjects in _runs(entries):
                values = {
                    "desk_user": one.who,
                    "role": one.role,
                    "purpose": one.purpose,
                    "action": one.action,
                    "subjects": subjects,
                    "kind": one.kind,
                    "detail": one.detail,
                }
                number = int(connection.scalar(_RECORD, values) or 0)
        return number

    def add_head(self, head: Head) -> None:
        """Keep a signed head."""
        call = sa.func.keep_look_head(
            head.chain, head.number, head.hash, head.at, head.key, head.signature
        )
        with self._transaction() as connection:
            connection.execute(sa.select(call))

    def find(self, query: AuditQuery) -> list[dict[str, Any]]:
        """Return rows, newest first."""
        columns = LOOK.c
        statement = sa.select(*[columns[name] for name in SHOWN]).order_by(columns.number.desc())
        since, until = span(query)
        asked: list[tuple[sa.Column[Any], Callable[[Any, Any], Any], Any]] = [
            (columns.at, operator.ge, since),
            (columns.at, operator.lt, until),
            (columns.kind, operator.eq, query.kind),
            (columns.who, operator.eq, query.who),
            (columns.action, operator.eq, query.action),
            (columns.number, operator.lt, query.before),
        ]
        for column, compares, value in asked:
            if value is not None:
                statement = statement.where(compares(column, value))
        if query.subject:
            statement = statement.where(columns.subject.icontains(query.subject, autoescape=True))
        with self._transaction() as connection:
            found = connection.execute(statement.limit(query.limit))
            return [dict(row) for row in found.mappings()]

    def hash_of(self, number: int) -> str | None:
        """Return a row's hash, hexadecimal; of row 0 the chain's name; None where there is no such row."""
        statement = sa.select(LOOK.c.hash).where(LOOK.c.number == number)
        if number == 0:
            statement = sa.select(_CHAIN.c.name)
        with self._transaction() as connection:
            found = connection.scalar(statement)
        return None if found is None else bytes(found).hex()

    def tip(self) -> tuple[str, int, str] | None:
        """Return the chain's name, its last number and hash."""
        with self._transaction() as connection:
            row = connection.execute(sa.select(_CHAIN.c.name, _CHAIN.c.number, _CHAIN.c.hash)).one()
        return bytes(row[0]).hex(), int(row[1]), bytes(row[2]).hex()

    def bounds(self, at: str) -> tuple[int, int] | None:
        """Return the first number there is, and the first of a row at or after a moment, else the last."""
        number = LOOK.c.number
        kept = sa.select(sa.func.min(number)).where(LOOK.c.at >= at).scalar_subquery()
        statement = sa.select(
            sa.func.min(number), sa.func.coalesce(sa.func.min(kept), sa.func.max(number))
        )
        with self._transaction() as connection:
            first, young = connection.execute(statement).one()
        return None if first is None else (int(first), int(young))

    def erase(self, checkpoint: Entry, upto: int) -> int:
        """Let the server write the row that says so and erase all rows up to a number, at once."""
        values = {
            "desk_user": checkpoint.who,
            "role": checkpoint.role,
            "purpose": checkpoint.purpose,
            "subject": checkpoint.subject,
            "upto": upto,
            "detail": checkpoint.detail,
        }
        with self._transaction() as connection:
            return int(connection.scalar(_ERASE, values) or 0)

    @contextmanager
    def read(self) -> Iterator[Recorded | None]:
        """Return everything as it is at this moment; rows stream from the server."""
        with self._told(), self._engine.connect() as opened:
            connection = opened.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                chain = connection.execute(sa.select(_CHAIN)).one()
                heads = connection.execute(
                    sa.select(*list(_HEAD.c)[1:]).order_by(_HEAD.c.place)
                ).all()
                rows = connection.execute(
                    sa.select(LOOK).order_by(LOOK.c.number),
                    execution_options={"stream_results": True, "yield_per": 5000},
                )
                yield Recorded(
                    bytes(chain.name),
                    int(chain.number),
                    str(chain.at),
                    bytes(chain.hash),
                    int(chain.heads),
                    [Head(*head) for head in heads],
                    map(tuple, rows),
                    None,
                )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            first = str(error.orig).strip().splitlines()[0][:160]
            raise WorldError(
                f"The server does not keep or show the record of looks ({first}); ask whoever runs it, for "
                "nothing personal is shown unrecorded."
            ) from error


def _runs(entries: Sequence[Entry]) -> Iterator[tuple[Entry, list[str]]]:
    """Return entries that differ in their subject alone, together with their subjects."""
    first: Entry | None = None
    subjects: list[str] = []
    for one in entries:
        if first is not None and _apart(first) == _apart(one):
            subjects.append(one.subject)
            continue
        if first is not None:
            yield first, subjects
        first, subjects = one, [one.subject]
    if first is not None:
        yield first, subjects


def _apart(one: Entry) -> tuple[str, ...]:
    return (one.who, one.role, one.purpose, one.action, one.kind, one.detail)
