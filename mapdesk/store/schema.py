"""Tables, made from the nouns: a field added there is a column here.

There are no foreign-key constraints and no secondary indexes: DuckDB refuses to upsert a row that
either refers to. `references` checks what constraints would; tables are small enough per row group,
and sorted on writing, that scans answer in a millisecond.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from mapdesk.model.noun import Noun
from mapdesk.model.nouns import NOUNS
from mapdesk.store.geometry import Geometry

SCHEMA_VERSION = "0004"

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

_PERSON, _UNIT, _HOUSEHOLD = TABLES["person"], TABLES["unit"], TABLES["household"]

RESIDENT = sa.Table(
    "resident",
    METADATA,
    sa.Column("id", sa.String),
    sa.Column("grid_id", sa.String),
    *[
        sa.Column(name, _PERSON.c[name].type)
        for name in (
            "building_id",
            "unit_id",
            "household_id",
            "name",
            "sex",
            "birth_date",
            "education",
            "residence_kind",
            "relation",
            "care_flag",
        )
    ],
    sa.Column("born", sa.Integer),
    sa.Column("initials", sa.String),
    *[sa.Column(name, _UNIT.c[name].type) for name in ("stair", "floor", "room")],
    sa.Column("unit_use", sa.String),
    sa.Column("household_kind", sa.String),
    sa.Column("vehicles", sa.BigInteger),
    sa.Column("pets", sa.BigInteger),
)
"""Person with grid, unit and household, one row each, sorted by grid and building; see `flat`.

No phone and no identity number: nothing that lists people needs them. ``born`` is the birth date as the
number yyyymmdd, so that ``(today - born) / 10000`` is the age in whole years; ``initials`` are the first
letters of the name's pinyin, lower case.
"""

PINYIN = sa.Table(
    "pinyin",
    METADATA,
    sa.Column("character", sa.String, primary_key=True),
    sa.Column("initial", sa.String, nullable=False),
    sa.Column("surname_initial", sa.String, nullable=False),
)
"""First letter of each Chinese character's pinyin, and of it as a surname (单: d, as a surname s)."""

SETTING = sa.Table(
    "setting",
    METADATA,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
"""What ``district.toml`` holds, for a district that has no folder of its own: one on a server."""

SECRET = sa.Table(
    "secret",
    METADATA,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
"""What ``audit/secret`` holds, for a district on a server: read by its owner alone."""

MEDIA_FILE = sa.Table(
    "media_file",
    METADATA,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""What the folder ``media`` holds, for a district on a server."""

OF_MAP = ("media/panoramas/", "media/landmarks/", "media/terrain/", "media/imagery/")
"""Folders of the map's own files: pictures and models of places and the ground, for everyone to look at."""

BATCH = sa.Table(
    "batch",
    METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("source", sa.String),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("undone_by", sa.String),
)
"""One act of changing the register, of kind "import", "edit" or "undo"; of places, see `PLACE_BATCHES`.

Its state is "staged" while an import waits to be accepted, then "kept"; what was undone names the batch
that did it. ``at`` is UTC; ``number`` gives the order, whatever clocks say.
"""

CHANGE = sa.Table(
    "change",
    METADATA,
    sa.Column("batch_id", sa.String, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("noun", sa.String, nullable=False),
    sa.Column("row_id", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("field", sa.String),
    sa.Column("old", sa.String),
    sa.Column("new", sa.String),
)
"""What a batch changed, from which each field's provenance is read.

Kind "changed" names the field with its old and new value as text. "new" and "gone" are about a whole row,
whose fields stand in ``old`` as JSON where it is gone.
"""

PLACE_IMPORT = "place import"
"""Kind of a batch that says what a file read again changed in places; it is not undone."""

PLACE_BATCHES = ("place edit", "place undo", PLACE_IMPORT)
"""Kinds of batches that change places alone: nothing personal is in them."""

STAGED = sa.Table(
    "staged",
    METADATA,
    sa.Column("batch_id", sa.String, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("note", sa.String),
    sa.Column("address", sa.String),
    sa.Column("candidates", sa.String),
    *[sa.Column(column.name, column.type) for column in _PERSON.c],
)
"""Rows of a register that wait to be accepted, each a person as it would be written.

``line`` is the row of the file; ``status`` is "new", "changed", "moved", "same", "gone", or "doubtful"
where more than one unit may be meant: then ``candidates`` lists them as JSON.
"""

COLUMN_MAPPING = sa.Table(
    "column_mapping",
    METADATA,
    sa.Column("header", sa.String, primary_key=True),
    sa.Column("mapping", sa.String, nullable=False),
)
"""Which column of a file fills which field, as JSON, remembered by a hash of the file's header."""

SAVED_FILTER = sa.Table(
    "saved_filter",
    METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("noun", sa.String, nullable=False),
    sa.Column("content", sa.String, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
"""Filters with a name, one of each name in a district; ``content`` is JSON, ``at`` is UTC."""

MAP_ITEM = sa.Table(
    "map_item",
    METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("content", sa.String, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("kind", "name"),
)
"""Styles, rasters, terrain, bookmarks and tours, one of each kind and name.

``content`` is JSON, ``at`` is UTC.
"""

PUBLISHED_STATISTIC = sa.Table(
    "published_statistic",
    METADATA,
    sa.Column("area", sa.String, primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("content", sa.String, nullable=False),
)
"""Make-up of each fixed area (a grid's id; "" is the district) as JSON, small counts hidden.

What roles without the right to records read on a server, where they cannot read the flat table.
"""
RETENTION_RULE = sa.Table(
    "retention_rule",
    METADATA,
    sa.Column("what", sa.String, primary_key=True),
    sa.Column("days", sa.BigInteger, nullable=False),
)
"""For how many days each kind of thing of `model.retention` is kept; what has no row is kept for ever."""

PURPOSE = sa.Table(
    "purpose",
    METADATA,
    sa.Column("text", sa.String, primary_key=True),
)
"""The usual purposes of the district, from which one is chosen for a piece of work."""

OUTGOING = sa.Table(
    "outgoing",
    METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("way", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("masked", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("people", sa.BigInteger, nullable=False),
    sa.Column("hashes", sa.String, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("approver", sa.String),
    sa.Column("approved_at", sa.DateTime),
    sa.Column("used_at", sa.DateTime),
)
"""What left the desk, and what a second person was asked for; times are UTC.

``hashes`` are the people of what left without approval, at most 100, hashed with the district's secret and
parted by spaces: they are counted once however often they leave. ``digest`` is of the whole content.
"""
