"""Masks and the views that wear them, made from the nouns: the same masks as `mapdesk.model.access`."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.store.schema import CHANGE, OF_MAP, RESIDENT, STAGED, TABLES
from mapdesk.store.server.matrix import LOOKING, REGISTRARS, VEILED
from mapdesk.store.server.names import literal

FUNCTIONS = (
    """
CREATE FUNCTION rights.mask_name(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN value = '' THEN '' ELSE left(value, 1) || repeat('*', greatest(length(value) - 1, 1)) END
$$
""",
    """
CREATE FUNCTION rights.mask_phone(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN length(value) > 4 THEN repeat('*', length(value) - 2) || right(value, 2)
    ELSE repeat('*', length(value)) END
$$
""",
    """
CREATE FUNCTION rights.mask_identity(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN length(value) > 7 THEN left(value, 6) || repeat('*', length(value) - 7) || right(value, 1)
    ELSE repeat('*', length(value) * 0 + 8) END
$$
""",
    """
CREATE FUNCTION rights.mask_year(value date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT make_date(extract(year FROM value)::integer, 1, 1)
$$
""",
)
OPEN = ("mask_name(text)", "mask_phone(text)", "mask_identity(text)", "mask_year(date)")

_FIELDS = {field.name: field for field in NOUNS["person"].fields}
_SENSITIVE = ("care_flag",)
_SEES = "(SELECT rights.sees_sensitive())"
_TODAY = "(SELECT rights.today_number() % 10000)"
"""Month and day. Of a birth a masked role sees the year, and whether its day has come this year: what the
age in whole years says too."""
WORKING = "(SELECT rights.is_working())"
EVERYWHERE = "(SELECT rights.sees_everywhere())"
MY_GRIDS = "(SELECT g FROM rights.my_grids() AS g)"
OWN_BATCH = "(SELECT b.id FROM mapdesk.batch b WHERE b.who = session_user)"
GROWN = f"({_SEES} OR t.birth_date <= (SELECT rights.adult_birth()))"
"""Without the right to sensitive data minors are not there, nor is whoever may be one."""

_BUILDING = f"EXISTS (SELECT FROM mapdesk.building b WHERE b.id = t.building_id AND b.grid_id IN {MY_GRIDS})"
_UNIT = (
    "EXISTS (SELECT FROM mapdesk.unit u JOIN mapdesk.building b ON b.id = u.building_id "
    f"WHERE u.id = t.unit_id AND b.grid_id IN {MY_GRIDS})"
)
SCOPES = {
    "person": f"({EVERYWHERE} OR {_BUILDING})",
    "unit": f"({EVERYWHERE} OR {_BUILDING})",
    "household": f"({EVERYWHERE} OR {_UNIT})",
    "resident": f"({EVERYWHERE} OR t.grid_id IN {MY_GRIDS})",
}
"""The condition that a row ``t`` of a table lies in the user's areas; what lies nowhere is in no area."""


def listed(words: Iterable[str]) -> str:
    """Return words as they stand in SQL's IN."""
    return ", ".join(map(literal, words))


OF_PLACE = f"t.noun IN ({listed(EDITED_PLACES)})"
"""The condition that a row of ``change`` is about a place, which everyone may know."""


def masked_column(name: str, table: str = "t") -> str:
    """Return a column of person or resident as a masked role sees it."""
    column = f'{table}."{name}"'
    field = _FIELDS.get(name)
    if field is not None and field.mask:
        return f"rights.mask_{field.mask}({column})"
    if name in _SENSITIVE:
        return f"CASE WHEN {_SEES} THEN {column} END"
    if name == "born":
        return f"{column} / 10000 * 10000 + CASE WHEN {column} % 10000 <= {_TODAY} THEN 101 ELSE 1231 END"
    return f"left({column}, 1)" if name == "initials" else column


def _masked(table: sa.Table) -> str:
    return ", ".join(f'{masked_column(column.name)} AS "{column.name}"' for column in table.c)


def _view(schema: str, name: str, columns: str, where: str) -> str:
    return (
        f"CREATE VIEW {schema}.{name} WITH (security_barrier) AS SELECT {columns} "
        f"FROM mapdesk.{name} t WHERE {where}"
    )


def _changed(column: str) -> str:
    """Return an old or new value of a change, masked as its field is; whole rows are not shown."""
    cases = []
    for field in _FIELDS.values():
        if field.mask == "year":
            cases.append(f"WHEN '{field.name}' THEN left(t.{column}, 4) || '-01-01'")
        elif field.mask or field.name in _SENSITIVE:
            shown = masked_column(field.name, "#").replace(f'#."{field.name}"', f"t.{column}")
            cases.append(f"WHEN {literal(field.name)} THEN {shown}")
    masked = f"CASE t.field {' '.join(cases)} ELSE t.{column} END"
    of_places = " ".join(
        f"WHEN t.noun = {literal(noun)} AND t.field = {literal(field.name)} "
        f"THEN rights.mask_{field.mask}(t.{column})"
        for noun in EDITED_PLACES
        for field in NOUNS[noun].fields
        if field.mask
    )
    return (
        f"CASE WHEN t.kind <> 'changed' THEN NULL WHEN t.noun = 'person' THEN {masked} "
        f'{of_places} ELSE t.{column} END AS "{column}"'
    )


def _change_columns() -> str:
    return ", ".join(
        _changed(column.name) if column.name in ("old", "new") else f't."{column.name}"'
        for column in CHANGE.c
    )


def _shown(noun: str) -> str:
    fields = {field.name: field for field in NOUNS[noun].fields}
    columns = []
    for column in TABLES[noun].c:
        field = fields.get(column.name)
        if field is not None and field.secret:
            columns.append(f'NULL::text AS "{column.name}"')
        elif field is not None and field.mask:
            columns.append(f'rights.mask_{field.mask}(t."{column.name}") AS "{column.name}"')
        else:
            columns.append(f't."{column.name}"')
    return _view("shown", noun, ", ".join(columns), "(SELECT rights.my_role()) IS NOT NULL")


_MINE = (
    f"(SELECT rights.my_role()) IN ({listed(REGISTRARS)}) "
    f"AND ({EVERYWHERE} OR t.batch_id IN {OWN_BATCH})"
)
"""What a registrar sees of the history beside that of people they see: all without areas, else their own."""
_SAME = "SELECT FROM masked.{0} m WHERE m.id = t.row_id"

VIEWS = (
    _view(
        "masked",
        "person",
        _masked(TABLES["person"]),
        f"{WORKING} AND {GROWN} AND {SCOPES['person']}",
    ),
    _view("masked", "household", "t.*", f"{WORKING} AND {SCOPES['household']}"),
    _view(
        "masked", "resident", _masked(RESIDENT), f"{WORKING} AND {GROWN} AND {SCOPES['resident']}"
    ),
    _view(
        "masked",
        "change",
        _change_columns(),
        f"(SELECT rights.my_role()) IS NOT NULL AND ({OF_PLACE} OR ({WORKING} "
        f"AND (SELECT rights.my_role()) IN ({listed(LOOKING)}) AND ({_MINE} OR CASE t.noun "
        f"WHEN 'person' THEN EXISTS ({_SAME.format('person')}) "
        f"WHEN 'household' THEN EXISTS ({_SAME.format('household')}) ELSE true END)))",
    ),
    _view(
        "masked",
        "staged",
        _masked(STAGED),
        f"{WORKING} AND (SELECT rights.my_role()) IN ({listed(REGISTRARS)}) "
        f"AND ({EVERYWHERE} OR t.batch_id IN {OWN_BATCH})",
    ),
    *(_shown(noun) for noun in VEILED),
    "CREATE VIEW shown.map_file WITH (security_barrier) AS SELECT t.path, t.content "
    "FROM mapdesk.media_file t WHERE (SELECT rights.my_role()) IS NOT NULL AND ("
    + " OR ".join(f"starts_with(t.path, {literal(folder)})" for folder in OF_MAP)
    + ")",
)
