"""Functions by which registrars correct the register, and batches are undone: see `register_sql`.

An edit says what it believes to be there, which could be a guess: what is asked for, on record and committed,
is the very edits that are written then.
"""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from mapdesk.model.errors import ConflictError, InputError, NotFoundError
from mapdesk.model.nouns import EDITED_PLACES, NOUNS
from mapdesk.model.rights import Right
from mapdesk.store import flat, undoing
from mapdesk.store.changes import GONE, MEANWHILE, REGISTER, TAKEN
from mapdesk.store.schema import TABLES
from mapdesk.store.server.bodies import REGISTER_DEFINER, body, refuse, told, unless, word
from mapdesk.store.server.doors_sql import KEEP, require, require_role
from mapdesk.store.server.matrix import PLANNING, REGISTRARS
from mapdesk.store.server.names import array
from mapdesk.store.server.register_sql import FOR, GUARD, NEW_ID, new_batch
from mapdesk.store.server.scope_sql import DEFINER
from mapdesk.store.statements import row_as_json

ASKED_MINUTES = 5
"""For how long what was asked for may be done."""
MOST_EDITS = 10_000
NAMED = 20
"""Rows of edits that the record names; the rest is counted."""

_HASH = "encode(sha256(convert_to(title || edits::text, 'UTF8')), 'hex')"
_NUMBER_HASH = "encode(sha256(convert_to(upper(btrim(number)), 'UTF8')), 'hex')"
_BATCH, _AGAIN = word("the_batch"), word("again")


def _noted(kind: str, field: str, old: str, new: str) -> str:
    return f"""
    INSERT INTO change (batch_id, number, noun, row_id, kind, field, old, new)
    VALUES (again, made, the_noun, the_id, '{kind}', {field}, {old}, {new});
    made := made + 1;
"""


def _as_text(row: str, noun: str) -> str:
    """Return a field of a row as `changes.as_text` has it: floats with a point in them."""
    floats = array(field.name for field in NOUNS[noun].fields if field.type == "float")
    value = f"({row} ->> the_field)"
    return (
        f"CASE WHEN the_field = ANY ({floats}) AND {value} ~ '^-?[0-9]+$' THEN {value} || '.0' "
        f"ELSE {value} END"
    )


def _edit_of(noun: str) -> str:
    """Return what writes one edit of a noun."""
    table, fields = TABLES[noun], NOUNS[noun].field_names
    masked = array(field.name for field in NOUNS[noun].fields if field.mask)
    columns = ", ".join(f'"{name}"' for name in ("id", *fields))
    values = ", ".join(f'new_{noun}."{name}"' for name in ("id", *fields))
    settings = ", ".join(f'"{name}" = new_{noun}."{name}"' for name in fields)
    old_text = _as_text(f"to_jsonb(old_{noun})", noun)
    new_text = _as_text(f"to_jsonb(new_{noun})", noun)
    shown = (
        f"CASE WHEN the_field = ANY ({masked}) THEN 'another value' "
        f"ELSE '''' || coalesce({old_text}, 'None') || '''' END"
    )
    meanwhile = refuse(
        ConflictError,
        MEANWHILE,
        "the_field",
        "the_noun",
        "the_id",
        shown,
        "rights.changed_by(the_id, the_field)",
    )
    whole = told(sa.select(row_as_json(table)).where(table.c.id == word("the_id")))
    differs = (
        f"to_jsonb(old_{noun}) -> the_field IS DISTINCT FROM to_jsonb(new_{noun}) -> the_field"
    )
    return f"""
    WHEN '{noun}' THEN
        SELECT t.* INTO old_{noun} FROM {noun} t WHERE t.id = the_id FOR UPDATE;
        is_there := FOUND;
        IF before IS NULL THEN
            IF is_there THEN
                {refuse(InputError, TAKEN, "the_noun", "the_id")}
            END IF;
            new_{noun} := jsonb_populate_record(NULL::mapdesk.{noun}, coalesce(after, '{{}}'));
            new_{noun}.id := the_id;
            INSERT INTO {noun} ({columns}) VALUES ({values});
            {_noted("new", "NULL", "NULL", "NULL")}
        ELSE
            IF NOT is_there THEN
                {refuse(NotFoundError, GONE, "the_noun", "the_id")}
            END IF;
            new_{noun} := jsonb_populate_record(old_{noun}, before);
            FOREACH the_field IN ARRAY {array(fields)} LOOP
                IF before ? the_field AND {differs} THEN
                    {meanwhile}
                END IF;
            END LOOP;
            IF after IS NULL THEN
                whole := ({whole});
                {_noted("gone", "NULL", "whole", "NULL")}
                DELETE FROM {noun} t WHERE t.id = the_id;
            ELSE
                new_{noun} := jsonb_populate_record(old_{noun}, after);
                UPDATE {noun} t SET {settings} WHERE t.id = the_id;
                FOREACH the_field IN ARRAY {array(fields)} LOOP
                    IF after ? the_field AND {differs} THEN
                        {_noted("changed", "the_field", old_text, new_text)}
                    END IF;
                END LOOP;
            END IF;
        END IF;
"""


_RECORDS = "".join(
    f"    old_{noun} mapdesk.{noun}%ROWTYPE;\n    new_{noun} mapdesk.{noun}%ROWTYPE;\n"
    for noun in REGISTER
)


def _undo(kind: str, nouns: tuple[str, ...], settled: str) -> str:
    """Return the body that undoes a batch ``the_batch`` of one of some kinds as a batch ``again``."""
    return f"""
    SELECT b.title, b.source INTO of_batch FROM batch b WHERE b.id = the_batch AND b.state = 'kept'
        AND {told(undoing.is_of(nouns))} FOR UPDATE;
    IF NOT FOUND THEN
        {refuse(NotFoundError, undoing.NO_BATCH, "the_batch")}
    END IF;
    {unless(undoing.checks(_BATCH, nouns))}
    {new_batch(kind)}
    {body(undoing.marked(_BATCH, _AGAIN))}
    {settled}
    RETURN again;
"""


def _brought_back(noun: str) -> str:
    """Return what inserts the rows of a noun that the batch removed, and notes it."""
    table = TABLES[noun]
    rows = undoing.gone(_BATCH, noun).subquery("gone")
    whole = sa.cast(rows.c.old, postgresql.JSONB)
    values = [sa.cast(whole[column.name].astext, column.type) for column in table.c]
    insert = sa.insert(table).from_select([column.name for column in table.c], sa.select(*values))
    return body([insert, undoing.brought_back(_BATCH, _AGAIN, noun)])


def _undo_register() -> str:
    made = "".join(
        _brought_back(noun) + body(undoing.set_back(_BATCH, _AGAIN, noun)) for noun in REGISTER
    )
    many = f"(SELECT count(*) FROM change c WHERE c.batch_id = again) > {flat.MANY}"
    made += body(undoing.taken_out(_BATCH, _AGAIN))
    return f"{made}PERFORM rights.settle_batch(again, {many});"


def _undo_places() -> str:
    return "".join(body(undoing.set_back(_BATCH, _AGAIN, noun)) for noun in EDITED_PLACES)


INNER = (
    f"""
CREATE FUNCTION rights.ask_edits(title text, edits jsonb) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    named text;
BEGIN
    {require(Right.EDIT_REGISTER, FOR)}
    IF coalesce(length(title) NOT BETWEEN 1 AND 1000 OR jsonb_typeof(edits) <> 'array'
        OR jsonb_array_length(edits) NOT BETWEEN 1 AND {MOST_EDITS}, true) THEN
        {refuse(InputError, f"Give a title and 1 to {MOST_EDITS:,} edits.")}
    END IF;
    {KEEP}
    SELECT string_agg(concat_ws(' ', e.value ->> 'noun', e.value ->> 'id'), ', ') INTO named
    FROM jsonb_array_elements(edits) WITH ORDINALITY AS e WHERE e.ordinality <= {NAMED};
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'write edits', left(named, 1000),
        'change', jsonb_build_object('rows', jsonb_array_length(edits))::text);
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'edits', {_HASH});
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_identity(number text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    {require(Right.EDIT_REGISTER, FOR)}
    IF coalesce(length(btrim(number)) NOT BETWEEN 1 AND 100, true) THEN
        {refuse(InputError, "Write the whole identity number.")}
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'compare identity numbers',
        rights.mask_identity(upper(btrim(number))), 'look', '{{}}');
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'same identity', {_NUMBER_HASH});
END
$$
""",
    f"""
CREATE FUNCTION rights.has_identity(number text, but text) RETURNS boolean LANGUAGE plpgsql STABLE {DEFINER}
AS $$
BEGIN
    {require(Right.EDIT_REGISTER, FOR)}
    IF NOT rights.was_asked('same identity', {_NUMBER_HASH}, {ASKED_MINUTES}) THEN
        RAISE EXCEPTION 'This identity number was not asked for in the last {ASKED_MINUTES} minutes.';
    END IF;
    RETURN EXISTS (SELECT FROM mapdesk.person p WHERE p.identity_number = upper(btrim(number))
        AND p.id IS DISTINCT FROM but);
END
$$
""",
)
"""Functions of the owner's."""


@cache
def functions() -> tuple[str, ...]:
    """Return the functions of the role that writes the register, made when a server is first asked."""
    return (
        f"""
CREATE FUNCTION rights.changed_by(the_id text, the_field text) RETURNS text
LANGUAGE sql STABLE {REGISTER_DEFINER} AS $$
SELECT coalesce((SELECT b.who || ', ' || to_char(b.at, 'YYYY-MM-DD HH24:MI') || ' UTC'
    FROM batch b JOIN change c ON c.batch_id = b.id
    WHERE c.row_id = the_id AND c.field = the_field ORDER BY b.at DESC LIMIT 1), 'another desk')
$$
""",
        f"""
CREATE FUNCTION rights.write_edits(title text, edits jsonb) RETURNS text
LANGUAGE plpgsql {REGISTER_DEFINER} AS $$
DECLARE
    again text := {NEW_ID};
    made bigint := 0;
    of_batch record;
    edit jsonb;
    the_noun text;
    the_id text;
    the_field text;
    before jsonb;
    after jsonb;
    whole text;
    is_there boolean;
{_RECORDS}
BEGIN
    {require(Right.EDIT_REGISTER, FOR)}
    IF NOT rights.was_asked('edits', {_HASH}, {ASKED_MINUTES}) THEN
        RAISE EXCEPTION 'These edits were not asked for in the last {ASKED_MINUTES} minutes.';
    END IF;
    SELECT title AS title, NULL::text AS source INTO of_batch;
    {new_batch("edit")}
    FOR edit IN SELECT e.value FROM jsonb_array_elements(edits) WITH ORDINALITY AS e ORDER BY e.ordinality LOOP
        the_noun := edit ->> 'noun';
        the_id := edit ->> 'id';
        before := nullif(edit -> 'before', 'null');
        after := nullif(edit -> 'after', 'null');
        CASE the_noun
        {"".join(map(_edit_of, REGISTER))}
        ELSE
            {refuse(InputError, "Edits are of one of: " + ", ".join(REGISTER) + ".")}
        END CASE;
    END LOOP;
    PERFORM rights.settle_batch(again, false);
    RETURN again;
{GUARD}
END
$$
""",
        f"""
CREATE FUNCTION rights.undo_register(the_batch text) RETURNS text LANGUAGE plpgsql {REGISTER_DEFINER} AS $$
DECLARE
    again text := {NEW_ID};
    of_batch record;
    bad record;
BEGIN
    {require(Right.EDIT_REGISTER, FOR)}
    {_undo("undo", REGISTER, _undo_register())}
{GUARD}
END
$$
""",
        f"""
CREATE FUNCTION rights.undo_places(the_batch text) RETURNS text LANGUAGE plpgsql {REGISTER_DEFINER} AS $$
DECLARE
    again text := {NEW_ID};
    of_batch record;
    bad record;
BEGIN
    {require_role(Right.EDIT_PLACES)}
    {_undo("place undo", EDITED_PLACES, _undo_places())}
END
$$
""",
    )


DOORS: dict[str, tuple[str, ...]] = {
    "ask_edits(text, jsonb)": REGISTRARS,
    "ask_identity(text)": REGISTRARS,
    "has_identity(text, text)": REGISTRARS,
    "write_edits(text, jsonb)": REGISTRARS,
    "undo_register(text)": REGISTRARS,
    "undo_places(text)": PLANNING,
}
