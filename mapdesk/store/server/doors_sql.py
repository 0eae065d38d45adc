"""Functions that answer what masks hide: each is asked for, on record, and then answered.

Asking and answering are two calls on purpose. The answer wants the asking to be committed by an earlier
transaction, so that the record of a look cannot be rolled back together with it. Search texts reach the
statements as parameters, never as SQL.
"""

from __future__ import annotations

import sqlalchemy as sa

from mapdesk.model.access import LONGEST_REASON, SHORTEST_REASON
from mapdesk.model.rights import RIGHT_TITLES, Right
from mapdesk.store.flat import residents
from mapdesk.store.schema import RESIDENT, TABLES
from mapdesk.store.server.masks_sql import GROWN, SCOPES, WORKING, masked_column
from mapdesk.store.server.matrix import LOOKING, WATCHING
from mapdesk.store.server.names import array, literal, quoted, roles_with
from mapdesk.store.server.scope_sql import (
    COMMITTED,
    DEFINER,
    GLASS_MINUTES,
    KEPT_DAYS,
    UNMASK_MINUTES,
    permitted,
)

EXACT_ASKED = 20
"""Questions by telephone or identity number that a user may ask in `EXACT_MINUTES`."""
EXACT_MINUTES = 10
MOST_FOUND = 200
"""Rows that one search answers at most."""
STREAM_MINUTES = 10

_TYPES = {"BIGINT": "bigint", "DATE": "date", "VARCHAR": "text", "INTEGER": "integer"}


def _typed(table: sa.Table) -> str:
    return ", ".join(f"{quoted(column.name)} {_TYPES[str(column.type)]}" for column in table.c)


def _columns(table: sa.Table, *, masked: bool) -> str:
    shown = [masked_column(column.name) if masked else f't."{column.name}"' for column in table.c]
    types = [_TYPES[str(column.type)] for column in table.c]
    return ", ".join(f"({one})::{kind}" for one, kind in zip(shown, types, strict=True))


_LIKE = "replace(replace(replace({0}, '\\', '\\\\'), '%', '\\%'), '_', '\\_')"
_NAME = f"t.name LIKE '%' || {_LIKE.format('$1')} || '%' OR t.id = $1"
_PERSON_WHERE = "t.id IN (SELECT p.id FROM mapdesk.person p WHERE {0})"
_DIGITS = "reverse(replace(p.phone, '-', ''))"

_FIND = {
    "name": _NAME,
    "initials": f"t.initials LIKE {_LIKE.format('lower($1)')} || '%' OR {_NAME}",
    "phone": _PERSON_WHERE.format(f"{_DIGITS} LIKE reverse($1) || '%'"),
    "identity": _PERSON_WHERE.format("p.identity_number = upper($1)"),
}
KINDS = tuple(_FIND)
"""Ways to look for people, as `finding_people` has them."""


def _found(kind: str) -> str:
    best = (
        f"CASE WHEN t.name = $1 OR t.initials = lower($1) THEN 0 "
        f"WHEN t.name LIKE {_LIKE.format('$1')} || '%' THEN 1 ELSE 2 END"
    )
    return (
        f"SELECT {_columns(RESIDENT, masked=True)} FROM mapdesk.resident t "
        f"WHERE ({_FIND[kind]}) AND {WORKING} AND {GROWN} AND {SCOPES['resident']} "
        f"ORDER BY {best}, left(t.name, 1), t.id LIMIT $2"
    )


_ANSWERS = " ".join(
    f"WHEN {literal(kind)} THEN RETURN QUERY EXECUTE {literal(_found(kind))} USING wanted.subject, shown;"
    for kind in KINDS
)


def require_role(right: Right) -> str:
    """Return the statement that refuses whoever lacks a right."""
    allowed = array((*roles_with(right), "owner"))
    return f"""
    IF coalesce(rights.my_role() <> ALL ({allowed}), true) THEN
        RAISE EXCEPTION 'Your role does not include ''{RIGHT_TITLES[right]}''.';
    END IF;
"""


def require(right: Right, what: str) -> str:
    """Return the statements that refuse whoever lacks a right or has stated no purpose."""
    return f"""{require_role(right)}
    IF NOT rights.is_working() THEN
        RAISE EXCEPTION 'Say what you need {what} for: begin a piece of work with its purpose first.';
    END IF;
"""


KEEP = f"""
    DELETE FROM mapdesk.asked a WHERE a.login = session_user
        AND a.at < clock_timestamp() - interval '{KEPT_DAYS} day';
"""
"""Forgets what the user asked for long ago."""
_IN_SCOPE = f"FROM mapdesk.person t WHERE t.id = wanted AND {GROWN} AND {SCOPES['person']}"


def _rebuild() -> str:
    """Return the function that makes the flat table anew for who may not read what it is made from."""
    made = residents()
    dialect = sa.make_url("postgresql+psycopg://").get_dialect()()
    names = ", ".join(quoted(column.name) for column in made.selected_columns)
    query = made.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return f"""
CREATE FUNCTION rights.rebuild_residents() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, mapdesk, pg_temp AS $$
BEGIN
    {require_role(Right.EDIT_PLACES)}
    DELETE FROM resident;
    INSERT INTO resident ({names}) {query};
END
$$
"""


_HASH = """(SELECT encode(sha256(s.value || sha256(s.value ||
    convert_to(kind || ':' || upper(wanted), 'UTF8'))), 'hex') FROM mapdesk.secret s)"""
"""What `look_up_limit.fingerprint` makes."""
_HOW = f"""CASE WHEN kind IN ('phone', 'identity') THEN jsonb_build_object('by', kind, 'hash', {_HASH})
    ELSE jsonb_build_object('by', kind) END"""

FUNCTIONS = (
    f"""
CREATE FUNCTION rights.ask_people(kind text, subject text) RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    wanted text := btrim(subject);
    made bigint;
BEGIN
    {require(Right.PEOPLE, "people")}
    IF kind = 'phone' THEN
        wanted := translate(wanted, ' +-', '');
    END IF;
    IF coalesce(kind <> ALL ({array(KINDS)}), true) THEN
        RAISE EXCEPTION 'People are looked for by one of: {", ".join(KINDS)}.' USING ERRCODE = '22023';
    ELSIF coalesce(length(wanted) NOT BETWEEN 1 AND 100, true) THEN
        RAISE EXCEPTION 'Write 1 to 100 characters to look for.' USING ERRCODE = '22023';
    ELSIF kind = 'phone' AND wanted !~ '^[0-9]{{4,20}}$' THEN
        RAISE EXCEPTION 'Write at least the last four digits of a telephone number.' USING ERRCODE = '22023';
    ELSIF kind = 'identity' AND length(wanted) < 15 THEN
        RAISE EXCEPTION 'Write the whole identity number.' USING ERRCODE = '22023';
    END IF;
    IF kind IN ('phone', 'identity') THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('mapdesk asked ' || session_user, 0));
        IF (SELECT count(*) FROM mapdesk.asked a WHERE a.login = session_user
            AND a.kind IN ('phone', 'identity')
            AND a.at > clock_timestamp() - interval '{EXACT_MINUTES} minutes') >= {EXACT_ASKED} THEN
            RAISE EXCEPTION 'More than {EXACT_ASKED} look-ups by telephone or identity number in '
                '{EXACT_MINUTES} minutes are not answered; try again later.';
        END IF;
    END IF;
    {KEEP}
    INSERT INTO mapdesk.secret (key, value)
    VALUES ('district', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    ON CONFLICT DO NOTHING;
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'find people',
        CASE kind WHEN 'phone' THEN rights.mask_phone(wanted)
            WHEN 'identity' THEN rights.mask_identity(upper(wanted)) ELSE rights.mask_name(wanted) END,
        'look', {_HOW}::text);
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, kind, wanted)
    RETURNING id INTO made;
    RETURN made;
END
$$
""",
    f"""
CREATE FUNCTION rights.found_people(asked bigint, most integer) RETURNS TABLE ({_typed(RESIDENT)})
LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_column
DECLARE
    wanted record;
    shown integer := least(greatest(coalesce($2, 0), 0), {MOST_FOUND});
BEGIN
    SELECT a.kind, a.subject INTO wanted FROM mapdesk.asked a WHERE a.id = $1
        AND a.login = session_user AND a.at > clock_timestamp() - interval '1 minute' AND a.{COMMITTED};
    IF wanted IS NULL THEN
        RAISE EXCEPTION 'Nothing was asked under that number a minute ago.';
    END IF;
    CASE wanted.kind {_ANSWERS}
    ELSE RAISE EXCEPTION 'That was no search for people.';
    END CASE;
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_births(first integer, last integer) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    wanted text := first || '-' || last;
BEGIN
    {require(Right.PEOPLE, "people")}
    IF coalesce(first > last, true) THEN
        RAISE EXCEPTION 'Ask for births from one day to a later one.' USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('mapdesk asked ' || session_user, 0));
    IF {permitted("births", "wanted", EXACT_MINUTES)} THEN
        RETURN;
    ELSIF (SELECT count(*) FROM mapdesk.asked a WHERE a.login = session_user AND a.kind = 'births'
        AND a.at > clock_timestamp() - interval '{EXACT_MINUTES} minutes') >= {EXACT_ASKED} THEN
        RAISE EXCEPTION 'More than {EXACT_ASKED} questions about days of birth in {EXACT_MINUTES} minutes '
            'are not answered; try again later.';
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'find people', wanted, 'look',
        jsonb_build_object('by', 'birth')::text);
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'births', wanted);
END
$$
""",
    f"""
CREATE FUNCTION rights.born_between(first integer, last integer) RETURNS SETOF text
LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    wanted text := first || '-' || last;
BEGIN
    {require(Right.PEOPLE, "people")}
    IF NOT {permitted("births", "wanted", EXACT_MINUTES)} THEN
        RAISE EXCEPTION 'These days of birth were not asked for in the last {EXACT_MINUTES} minutes.';
    END IF;
    RETURN QUERY SELECT t.id::text FROM mapdesk.resident t
        WHERE t.born BETWEEN first AND last AND {GROWN} AND {SCOPES["resident"]};
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_unmask(person_id text, reason text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    wanted text := person_id;
BEGIN
    {require(Right.UNMASK, "people")}
    IF coalesce(length(btrim(reason)) NOT BETWEEN {SHORTEST_REASON} AND {LONGEST_REASON}, true) THEN
        RAISE EXCEPTION 'Say in four characters or more why this person has to be seen unmasked.';
    ELSIF NOT EXISTS (SELECT {_IN_SCOPE}) THEN
        RAISE EXCEPTION 'There is no such person in your areas.' USING ERRCODE = 'P0002';
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'unmask person', wanted, 'unmask',
        jsonb_build_object('reason', btrim(reason))::text);
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'unmask', wanted);
END
$$
""",
    f"""
CREATE FUNCTION rights.unmasked_person(person_id text) RETURNS TABLE ({_typed(TABLES["person"])})
LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_column
DECLARE
    wanted text := $1;
BEGIN
    {require(Right.UNMASK, "people")}
    IF NOT {permitted("unmask", "wanted", UNMASK_MINUTES)} THEN
        RAISE EXCEPTION 'Unmasking this person was not asked for in the last {UNMASK_MINUTES} minutes; '
            'give a reason first.';
    END IF;
    RETURN QUERY SELECT {_columns(TABLES["person"], masked=False)} {_IN_SCOPE};
END
$$
""",
    f"""
CREATE FUNCTION rights.break_glass(reason text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    {require(Right.BREAK_GLASS, "people of other areas")}
    IF coalesce(length(btrim(reason)) NOT BETWEEN {SHORTEST_REASON} AND {LONGEST_REASON}, true) THEN
        RAISE EXCEPTION 'Say in four characters or more what the emergency is.';
    END IF;
    {KEEP}
    PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'break glass', '', 'break-glass',
        jsonb_build_object('reason', btrim(reason), 'minutes', {GLASS_MINUTES})::text);
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'break glass', '');
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_streams(cameras text[]) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    camera text;
BEGIN
    {require(Right.CAMERAS, "camera pictures")}
    IF coalesce(cardinality(cameras), 0) NOT BETWEEN 1 AND 64 THEN
        RAISE EXCEPTION 'Open 1 to 64 cameras at a time.' USING ERRCODE = '22023';
    END IF;
    {KEEP}
    FOR camera IN SELECT c.id FROM mapdesk.camera c WHERE c.id = ANY (cameras) LOOP
        PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), 'open stream', camera, 'look',
            '{{}}');
        INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'stream', camera);
    END LOOP;
END
$$
""",
    f"""
CREATE FUNCTION rights.streams(cameras text[]) RETURNS TABLE (id text, main_stream text, sub_stream text)
LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_column
BEGIN
    {require(Right.CAMERAS, "camera pictures")}
    RETURN QUERY SELECT c.id::text, c.main_stream::text, c.sub_stream::text FROM mapdesk.camera c
    WHERE c.id = ANY (cameras) AND {permitted("stream", "c.id", STREAM_MINUTES)} ORDER BY c.id;
END
$$
""",
    f"""
CREATE FUNCTION rights.count_people(buildings text[]) RETURNS bigint LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_column
BEGIN
    {require_role(Right.PEOPLE)}
    RETURN (SELECT count(*) FROM mapdesk.resident t
        WHERE t.building_id = ANY (buildings) AND {SCOPES["resident"]});
END
$$
""",
    f"""
CREATE FUNCTION rights.personal_counts() RETURNS TABLE (noun text, rows bigint)
LANGUAGE sql STABLE {DEFINER} AS $$
SELECT 'household', count(*) FROM mapdesk.household WHERE rights.my_role() IS NOT NULL
UNION ALL SELECT 'person', count(*) FROM mapdesk.person WHERE rights.my_role() IS NOT NULL
$$
""",
    _rebuild(),
)

DOORS: dict[str, tuple[str, ...]] = {
    "ask_people(text, text)": LOOKING,
    "found_people(bigint, integer)": LOOKING,
    "ask_births(integer, integer)": LOOKING,
    "born_between(integer, integer)": LOOKING,
    "ask_unmask(text, text)": roles_with(Right.UNMASK),
    "unmasked_person(text)": roles_with(Right.UNMASK),
    "break_glass(text)": roles_with(Right.BREAK_GLASS),
    "ask_streams(text[])": WATCHING,
    "streams(text[])": WATCHING,
    "count_people(text[])": LOOKING,
    "personal_counts()": roles_with(Right.PLACES),
    "rebuild_residents()": roles_with(Right.EDIT_PLACES),
}
"""Roles that may call each function; the functions ask again."""
