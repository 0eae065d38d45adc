"""Tables, made from the nouns: a field added there is a column here.

There are no foreign-key constraints and no secondary indexes: DuckDB refuses to upsert a row that
either refers to. `references` checks what constraints would; tables are small enough per row group,
and sorted on writing, that scans answer in a millisecond.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from mapdesk.model.nouns import NOUNS, Noun
from mapdesk.store.geometry import Geometry

SCHEMA_VERSION = "0001"

METADATA = sa.MetaData()

_TYPES: dict[str, Any] = {
    "text": sa.String,
    "int": sa.BigInteger,
    "float": sa.Double,
    "bool": sa.Boolean,
    "date": sa.Date,
    "datetime": sa.DateTime,
}


def _table(noun: Noun) -> sa.Table:
    columns: list[sa.Column[Any]] = [sa.Column("id", sa.String, primary_key=True)]
    columns += [
        sa.Column(field.name, _TYPES[field.type], nullable=not field.required)
        for field in noun.fields
    ]
    if noun.geometry:
        columns.append(sa.Column("geometry", Geometry(), nullable=True))
    return sa.Table(noun.key, METADATA, *columns)


TABLES: dict[str, sa.Table] = {key: _table(noun) for key, noun in NOUNS.items()}

_NOT_LISTED = ("identity_number", "phone", "education", "care_flag")

RESIDENT = sa.Table(
    "resident",
    METADATA,
    *[
        sa.Column(column.name, column.type)
        for column in TABLES["person"].c
        if column.name not in ("id", *_NOT_LISTED)
    ],
    sa.Column("id", sa.String),
    *[sa.Column(name, TABLES["unit"].c[name].type) for name in ("stair", "floor", "room")],
    sa.Column("unit_use", sa.String),
)
"""Person with the unit they live in, one row each, sorted by building; written by `flat.rebuild`.

Only what a list of residents shows: less to see, and each column costs a scan.
"""
