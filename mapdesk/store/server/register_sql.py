"""Functions by which registrars compare and accept registers: they read the register masked, as everyone does.

They belong to a role of their own that may read and write the register, and row-level security holds them
to the areas of who calls. Whether a guess is right could be read from a comparison that is rolled back: each
is asked for, on record, and committed first.
"""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import comparing, flat, row_names, staging
from mapdesk.store.changes import REGISTER, touched
from mapdesk.store.schema import STAGED, TABLES
from mapdesk.store.server.bodies import REGISTER_DEFINER, body, refuse, told, unless, word
from mapdesk.store.server.doors_sql import KEEP, require
from mapdesk.store.server.matrix import REGISTRARS
from mapdesk.store.server.names import array
from mapdesk.store.server.registering import COMPARE
from mapdesk.store.server.scope_sql import COMMITTED, DEFINER
from mapdesk.store.writing import references

MANY = 1_000
"""Rows from which on a batch is compared in whole sets: row-level security lets a server believe them few."""

ASKED_MINUTES = 60
"""For how long a batch may be worked on once it was asked for."""

ACTIONS = (COMPARE, "settle row of register", "accept into register")

FOR = "to change the register"
_BATCH, _AGAIN, _LINE = word("the_batch"), word("again"), word("the_line")
_PERSON = TABLES["person"]

_ASKED = f"""
    {require(Right.EDIT_REGISTER, FOR)}
    IF NOT rights.was_asked('batch', the_batch, {ASKED_MINUTES}) THEN
        RAISE EXCEPTION 'Work on this batch was not asked for in the last {ASKED_MINUTES} minutes.';
    END IF;
"""


def _hidden(*parts: str) -> str:
    """Return what `row_names.hidden` makes of parts."""
    text = " || chr(31) || ".join(f"coalesce({part}::text, '')" for part in parts)
    inner = f"sha256(the_key || convert_to({text}, 'UTF8'))"
    return f"left(encode(sha256(the_key || {inner}), 'hex'), {row_names.LETTERS})"


_NAME_ROWS = f"""
    UPDATE staged SET
        id = 'P-' || CASE WHEN identity_number IS NOT NULL THEN {_hidden("identity_number")}
            WHEN id IS NOT NULL THEN {_hidden("the_source", "id")}
            ELSE {_hidden("the_source", *row_names.TELLING)} END,
        household_id = 'H-' || CASE WHEN household_id IS NOT NULL
            THEN {_hidden("the_source", "household_id")} END
    WHERE batch_id = the_batch;
"""

NEW_ID = "left(replace(gen_random_uuid()::text, '-', ''), 12)"


def new_batch(kind: str) -> str:
    """Return what writes the row of a batch ``again`` made of the batch ``of_batch``."""
    return f"""
    INSERT INTO batch (id, number, kind, title, source, who, role, purpose, at, state)
    SELECT again, coalesce(max(b.number), 0) + 1, '{kind}', of_batch.title, of_batch.source, session_user,
        rights.my_role(), rights.my_purpose(), date_trunc('second', timezone('UTC', clock_timestamp())),
        'kept' FROM batch b;
"""


LACKING = refuse(InputError, "A row of the register lacks what it must have; nothing was written.")
GUARD = f"EXCEPTION WHEN not_null_violation OR check_violation THEN\n{LACKING}"
"""What a server says of a row that lacks something has all the row in it."""


def _settle() -> str:
    """Return the body of the function that ends each batch: `changes.settle`."""
    whole = "".join(unless(references(noun)) for noun in REGISTER)
    some = "".join(unless(references(noun, touched(_BATCH, noun))) for noun in REGISTER)
    return f"""
    IF whole THEN
        {whole}
        PERFORM rights.rebuild_residents();
    ELSE
        {some}
        {body(flat.refresh(touched(_BATCH, "person")))}
    END IF;
"""


_MEANT = sa.or_(
    STAGED.c.status == word("ANY (statuses)"),
    STAGED.c.line == word("ANY (lines)"),
)
_CHOSEN = staging.chosen_rows(_BATCH, _MEANT, STAGED.c.line != word("ALL (but)"))
_COUNTED = sa.select(sa.func.count()).select_from(STAGED).where(_CHOSEN)
_DIFFERS = [
    sa.case((STAGED.c[name].is_distinct_from(_PERSON.c[name]), name), else_=sa.null())
    for name in NOUNS["person"].field_names
]
_DIFFERING = (
    sa.select(
        STAGED.c.line,
        sa.cast(sa.func.array_remove(postgresql.array(_DIFFERS), sa.null()), sa.ARRAY(sa.Text)),
    )
    .join(_PERSON, _PERSON.c.id == STAGED.c.id)
    .where(STAGED.c.batch_id == _BATCH, STAGED.c.status != "gone")
    .where(STAGED.c.line == word("ANY (lines)"))
)

INNER = (
    f"""
CREATE FUNCTION rights.was_asked(what text, about text, minutes integer) RETURNS boolean
LANGUAGE sql STABLE {DEFINER} AS $$
SELECT EXISTS (SELECT FROM mapdesk.asked a WHERE a.login = session_user AND a.kind = what
    AND a.subject = about AND a.at > clock_timestamp() - make_interval(mins => minutes) AND a.{COMMITTED})
$$
""",
    f"""
CREATE FUNCTION rights.measure_staged() RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    ANALYZE mapdesk.staged;
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_batch(the_batch text, action text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    {require(Right.EDIT_REGISTER, FOR)}
    IF coalesce(action <> ALL ({array(ACTIONS)}) OR length(the_batch) NOT BETWEEN 1 AND 100, true) THEN
        {refuse(InputError, "Name a batch and what shall be done with it.")}
    END IF;
    IF action = '{COMPARE}' AND rights.was_asked('batch', the_batch, {ASKED_MINUTES // 2}) THEN
        RETURN;
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), action, the_batch, 'change', '{{}}');
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'batch', the_batch);
END
$$
""",
)
"""Functions of the owner's: they write the record and what was asked for."""


@cache
def functions() -> tuple[str, ...]:
    """Return the functions of the role that writes the register, made when a server is first asked."""
    return (
        f"""
CREATE FUNCTION rights.settle_batch(the_batch text, whole boolean) RETURNS void
LANGUAGE plpgsql {REGISTER_DEFINER} AS $$
DECLARE
    bad record;
BEGIN
    {_settle()}
END
$$
""",
        f"""
CREATE FUNCTION rights.compare_staged(the_batch text, is_complete boolean) RETURNS void
LANGUAGE plpgsql {REGISTER_DEFINER} SET enable_nestloop = on AS $$
DECLARE
    the_source text;
    the_key bytea := rights.district_secret();
BEGIN
    {_ASKED}
    SELECT b.source INTO the_source FROM batch b
    WHERE b.id = the_batch AND b.state = 'staged' AND b.who = session_user;
    IF NOT FOUND THEN
        {refuse(NotFoundError, staging.NOTHING_WAITS, "the_batch")}
    END IF;
    {_NAME_ROWS}
    IF (SELECT count(*) FROM staged s WHERE s.batch_id = the_batch) >= {MANY} THEN
        PERFORM rights.measure_staged();
        PERFORM set_config('enable_nestloop', 'off', true);
    END IF;
    {body(staging.compared(_BATCH))}
    IF is_complete THEN
        {body(comparing.miss(_BATCH, word("the_source")))}
    END IF;
END
$$
""",
        f"""
CREATE FUNCTION rights.judge_staged(the_batch text, the_line bigint) RETURNS void
LANGUAGE plpgsql {REGISTER_DEFINER} AS $$
BEGIN
    {_ASKED}
    {body([*comparing.house(_BATCH, _LINE), *comparing.judge(_BATCH, _LINE)])}
END
$$
""",
        f"""
CREATE FUNCTION rights.staged_differences(the_batch text, lines bigint[])
RETURNS TABLE (the_line bigint, fields text[]) LANGUAGE plpgsql STABLE {REGISTER_DEFINER} AS $$
BEGIN
    {_ASKED}
    RETURN QUERY {told(_DIFFERING)};
END
$$
""",
        f"""
CREATE FUNCTION rights.accept_staged(the_batch text, statuses text[], lines bigint[], but bigint[])
RETURNS text LANGUAGE plpgsql {REGISTER_DEFINER} AS $$
DECLARE
    of_batch record;
    many bigint;
    again text := {NEW_ID};
BEGIN
    {_ASKED}
    SELECT b.title, b.source INTO of_batch FROM batch b
    WHERE b.id = the_batch AND b.state = 'staged' FOR UPDATE;
    IF NOT FOUND THEN
        {refuse(NotFoundError, staging.NOTHING_WAITS, "the_batch")}
    END IF;
    many := ({told(_COUNTED)});
    IF many = 0 THEN
        {refuse(InputError, staging.NONE_CHOSEN)}
    END IF;
    {body(comparing.judge(_BATCH))}
    {new_batch("import")}
    {body(comparing.write(_AGAIN, _CHOSEN))}
    {body([sa.delete(STAGED).where(_CHOSEN)])}
    IF ({told(staging.left_of(_BATCH))}) = 0 THEN
        {body(staging.forgotten(_BATCH))}
    END IF;
    PERFORM rights.settle_batch(again, many > {flat.MANY});
    RETURN again;
{GUARD}
END
$$
""",
    )


DOORS: dict[str, tuple[str, ...]] = {
    "ask_batch(text, text)": REGISTRARS,
    "compare_staged(text, boolean)": REGISTRARS,
    "judge_staged(text, bigint)": REGISTRARS,
    "staged_differences(text, bigint[])": REGISTRARS,
    "accept_staged(text, text[], bigint[], bigint[])": REGISTRARS,
}
