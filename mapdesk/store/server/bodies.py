"""Bodies of functions, of statements that a desk runs itself where no server holds its user to a role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from mapdesk.model.errors import ConflictError, InputError, NotFoundError, WorldError
from mapdesk.store.server.names import literal
from mapdesk.store.statements import Check

REGISTER_DEFINER = (
    "SECURITY DEFINER SET search_path = pg_catalog, mapdesk, pg_temp SET datestyle = 'ISO, YMD'"
)
"""How the functions run that write the register: as the role that may, within the areas of who calls them."""

CODES: dict[type[WorldError], str] = {
    InputError: "22023",
    NotFoundError: "P0002",
    ConflictError: "55000",
}
"""What a desk knows an error of the server's by; see `engines.shared`."""

_PLACE = re.compile(r"\{(\d)\}")


@cache
def _dialect() -> Dialect:
    return sa.make_url("postgresql+psycopg://").get_dialect()()


def told(statement: sa.Executable | sa.ClauseElement) -> str:
    """Return a statement as the server reads it, values in their places."""
    asked: Any = statement
    return str(asked.compile(dialect=_dialect(), compile_kwargs={"literal_binds": True}))


def body(statements: Iterable[sa.Executable]) -> str:
    """Return statements one after the other."""
    return "".join(f"{told(one)};\n" for one in statements)


def word(name: str) -> sa.ColumnElement[Any]:
    """Return a function's own name for something, for a statement."""
    return sa.literal_column(name)


def refuse(error: type[WorldError], sentence: str, *values: str) -> str:
    """Return what raises an error; {0}, {1}, ... of its sentence are these expressions."""
    parts = _PLACE.split(sentence)
    said = ", ".join(
        f"coalesce(({values[int(part)]})::text, 'None')" if number % 2 else literal(part)
        for number, part in enumerate(parts)
    )
    return f"RAISE EXCEPTION USING MESSAGE = concat({said}), ERRCODE = '{CODES[error]}';\n"


def unless(checks: Iterable[Check]) -> str:
    """Return what raises the error of the first check that finds something, in a record named ``bad``."""
    made = ""
    for check in checks:
        columns = check.query.selected_columns
        named = [column.label(f"c{number}") for number, column in enumerate(columns)]
        query = check.query.with_only_columns(*named, maintain_column_froms=True).limit(1)
        values = [f"bad.c{number}" for number in range(len(named))]
        raised = refuse(check.error, check.sentence, *values)
        made += f"FOR bad IN {told(query)} LOOP\n{raised}END LOOP;\n"
    return made
