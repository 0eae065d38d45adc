"""Changing a table where ALTER cannot: its rows are copied to a new one that takes its name.

DuckDB 1.5 refuses to change a column's type or to make it NOT NULL, and to drop a column, while an index
stands on the table. A migration that needs any of these calls `rebuild_table` instead of ``op.alter_column``,
and its text is the same on both engines. All of it happens in the migration's own transaction: a row that
does not fit the new table takes back the whole migration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from mapdesk.model.errors import InputError
from mapdesk.store.engines.backend import first_line

Value = sa.ColumnElement[object]


def rebuild_table(
    name: str,
    columns: Sequence[sa.Column[object]],
    values: Mapping[str, Value] | None = None,
    indexes: Mapping[str, Sequence[str]] | None = None,
    connection: Connection | None = None,
) -> int:
    """Give a table other columns, keeping its rows, and return how many there are.

    Parameters
    ----------
    columns : sequence of sqlalchemy.Column
        All columns of the table as it shall be; unlike those of `name` in the old one, of which any may
        be missing. The primary key among them is kept unique.
    values : mapping of str to expression, optional
        What fills a column; by default the old column of its name, cast to the new type. Columns of the
        old table are named by ``sa.column("...")``. A column that is new and has no value is NULL.
    indexes : mapping of str to sequence of str, optional
        Indexes to make anew, by name, with their columns: those of the old table go with it.
    connection : Connection, optional
        In a transaction; the migration's own by default.

    Raises
    ------
    InputError
        A row does not fit: a text that is no number, a missing value where one is needed, a key twice.
        The transaction must be given up; nothing has changed then.
    """
    bound = connection if connection is not None else op.get_bind()
    old_columns = {str(one["name"]) for one in sa.inspect(bound).get_columns(name)}
    made = sa.Table(f"{name}_new", sa.MetaData(), *columns)
    chosen = [_value(column, old_columns, values or {}) for column in made.c]
    rows = sa.select(*chosen).select_from(sa.table(name))
    before = bound.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
    try:
        made.create(bound)
        bound.execute(sa.insert(made).from_select([column.name for column in made.c], rows))
    except sa.exc.DBAPIError as error:
        raise InputError(
            f"The table {name} cannot be brought to the new schema: {first_line(error)}; the district "
            "is as it was, correct the row with the mapdesk it was made with."
        ) from error
    after = bound.scalar(sa.select(sa.func.count()).select_from(made))
    if before != after:
        raise InputError(
            f"The table {name} lost rows on its way to the new schema ({before} before, {after} "
            "after); the district is as it was."
        )
    quote = bound.dialect.identifier_preparer.quote
    bound.exec_driver_sql(f"DROP TABLE {quote(name)}")
    bound.exec_driver_sql(f"ALTER TABLE {quote(made.name)} RENAME TO {quote(name)}")
    renamed = sa.Table(name, sa.MetaData(), *[sa.Column(one.name, one.type) for one in columns])
    for index, names in (indexes or {}).items():
        sa.Index(index, *[renamed.c[one] for one in names]).create(bound)
    return int(after or 0)


def _value(column: sa.Column[object], old: set[str], values: Mapping[str, Value]) -> Value:
    if column.name in values:
        return values[column.name].label(column.name)
    if column.name not in old:
        return sa.cast(sa.null(), column.type).label(column.name)
    return sa.cast(sa.column(column.name), column.type).label(column.name)
