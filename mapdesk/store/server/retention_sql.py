"""Functions by which a security officer, who may read none of it, counts and erases what a rule says is due.

The officer may write rules; bounds of rules are held here, where nothing younger is erased, and by
``erase_looks`` for the record of looks. The row of the record is written in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from mapdesk.model.retention import LEAST_DAYS, MOST_DAYS
from mapdesk.model.rights import Right
from mapdesk.store.erasers import ERASERS, count_of
from mapdesk.store.server.doors_sql import require_role
from mapdesk.store.server.names import literal, roles_with

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, mapdesk, pg_temp"
_MOMENT: sa.ColumnClause[datetime] = sa.literal_column("moment")


def _sql(statement: sa.ClauseElement) -> str:
    dialect = sa.make_url("postgresql+psycopg://").get_dialect()()
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


_LEAST = " ".join(f"WHEN {literal(what)} THEN {days}" for what, days in LEAST_DAYS.items())

_CHECK = f"""{require_role(Right.RETENTION)}
    SELECT r.days INTO kept_for FROM mapdesk.retention_rule r WHERE r.what = what;
    IF kept_for IS NULL THEN
        RAISE EXCEPTION 'No rule says how long these are kept.';
    ELSIF kept_for NOT BETWEEN (CASE what {_LEAST} ELSE 1 END) AND {MOST_DAYS} THEN
        RAISE EXCEPTION 'The rule says % days, which no rule may.', kept_for;
    ELSIF coalesce(before > clock_timestamp() - make_interval(days => kept_for::integer)
            + interval '2 hours', true) THEN
        RAISE EXCEPTION 'These are not due yet.';
    END IF;
"""


def _counted() -> str:
    return " ".join(
        f"WHEN {literal(what)} THEN rows := ({_sql(count_of(one, _MOMENT))});"
        for what, one in ERASERS.items()
    )


def _erased() -> str:
    return " ".join(
        f"WHEN {literal(what)} THEN {' '.join(f'{_sql(text)};' for text in one.statements(_MOMENT))}"
        for what, one in ERASERS.items()
    )


_DECLARE = """
#variable_conflict use_variable
DECLARE
    kept_for bigint;
    rows bigint;
    moment timestamp := before AT TIME ZONE 'UTC';
"""

FUNCTIONS = (
    f"""
CREATE FUNCTION rights.due_by_rule(what text, before timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE {_DEFINER} AS $$
{_DECLARE}
BEGIN
    {_CHECK}
    CASE what {_counted()} ELSE rows := 0; END CASE;
    RETURN rows;
END
$$
""",
    f"""
CREATE FUNCTION rights.erase_by_rule(what text, before timestamptz) RETURNS bigint
LANGUAGE plpgsql {_DEFINER} AS $$
{_DECLARE}
BEGIN
    {_CHECK}
    CASE what {_counted()} ELSE rows := 0; END CASE;
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'erase by rule', what, 'erase',
        jsonb_build_object('rows', rows, 'days', kept_for, 'before', before::text)::text);
    CASE what {_erased()} ELSE NULL; END CASE;
    RETURN rows;
END
$$
""",
)

DOORS: dict[str, tuple[str, ...]] = {
    "due_by_rule(text, timestamptz)": roles_with(Right.RETENTION),
    "erase_by_rule(text, timestamptz)": roles_with(Right.RETENTION),
}
"""Roles that may call each function; the functions ask again."""
