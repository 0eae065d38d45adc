"""The SQL that makes the record on PostgreSQL 15: tables, the hash, and the only ways to write."""

from __future__ import annotations

from mapdesk.model.retention import LEAST_DAYS, MOST_DAYS
from mapdesk.store.audit.chain import FIELDS, STEP_BACK, TAG

LOCK = 6_094_127_745_308
"""Advisory lock of the record: any number that nothing else in the database uses."""

_BYTES = [f"convert_to({name}, 'UTF8')" for name in FIELDS]
_LENGTHS = " || ".join(f"int4send(octet_length({text}))" for text in _BYTES)
_TEXTS = " || ".join(_BYTES)

_TABLES = (
    """
CREATE TABLE IF NOT EXISTS look_chain (
    id integer PRIMARY KEY CHECK (id = 1),
    name bytea NOT NULL,
    number bigint NOT NULL,
    at text NOT NULL,
    hash bytea NOT NULL,
    heads bigint NOT NULL
)
""",
    """
CREATE TABLE IF NOT EXISTS look (
    number bigint PRIMARY KEY,
    at text NOT NULL,
    who text NOT NULL,
    role text NOT NULL,
    purpose text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    detail text NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
)
""",
    """
CREATE TABLE IF NOT EXISTS look_head (
    place bigint PRIMARY KEY,
    chain text NOT NULL,
    number bigint NOT NULL,
    hash text NOT NULL,
    at text NOT NULL,
    key text NOT NULL,
    signature text NOT NULL
)
""",
    """
REVOKE ALL ON look_chain, look, look_head FROM PUBLIC
""",
)

_HASH = f"""
CREATE OR REPLACE FUNCTION look_hash(number bigint, {", ".join(f"{name} text" for name in FIELDS)},
    previous bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$
SELECT sha256('\\x{TAG.hex()}'::bytea || int8send(number) || {_LENGTHS} || previous || {_TEXTS})
$$
"""

_RECORD = """
CREATE OR REPLACE FUNCTION record_looks(desk_user text, role text, purpose text, action text,
    subjects text[], kind text, detail text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    tip record;
    subject text;
    now_at text;
    note jsonb;
    made bytea;
BEGIN
    PERFORM pg_advisory_xact_lock({lock});
    SELECT * INTO STRICT tip FROM look_chain;
    FOREACH subject IN ARRAY subjects LOOP
        now_at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"');
        note := coalesce(detail, '{{}}')::jsonb;
        IF desk_user IS DISTINCT FROM session_user::text THEN
            note := note || jsonb_build_object('desk_user', desk_user);
        END IF;
        IF now_at < tip.at COLLATE "C" THEN
            note := note || jsonb_build_object('{step_back}',
                round(extract(epoch FROM tip.at::timestamptz - now_at::timestamptz), 3));
        END IF;
        made := look_hash(tip.number + 1, now_at, session_user::text, coalesce(role, ''),
            coalesce(purpose, ''), coalesce(action, ''), coalesce(subject, ''), coalesce(kind, 'look'),
            note::text, tip.hash);
        INSERT INTO look (number, at, who, role, purpose, action, subject, kind, detail, previous, hash)
        VALUES (tip.number + 1, now_at, session_user::text, coalesce(role, ''), coalesce(purpose, ''),
            coalesce(action, ''), coalesce(subject, ''), coalesce(kind, 'look'), note::text, tip.hash, made);
        tip.number := tip.number + 1;
        tip.at := now_at;
        tip.hash := made;
    END LOOP;
    UPDATE look_chain SET number = tip.number, at = tip.at, hash = tip.hash;
    RETURN tip.number;
END
$$
"""

_RECORD_ONE = """
CREATE OR REPLACE FUNCTION record_look(role text, purpose text, action text, subject text,
    kind text DEFAULT 'look', detail text DEFAULT '{{}}') RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
SELECT record_looks(session_user::text, role, purpose, action, ARRAY[subject], kind, detail)
$$
"""

_COMMITTED = """
CREATE OR REPLACE FUNCTION look_committed(wanted bigint, wanted_kind text, wanted_subject text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
SELECT EXISTS (
    SELECT 1 FROM look WHERE number = wanted AND kind = wanted_kind AND subject = wanted_subject
    AND who = session_user::text AND pg_xact_status(transaction) = 'committed'
)
$$
"""

_KEEP_HEAD = """
CREATE OR REPLACE FUNCTION keep_look_head(chain text, number bigint, hash text, at text, key text,
    signature text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM pg_advisory_xact_lock({lock});
    UPDATE look_chain SET heads = heads + 1;
    INSERT INTO look_head SELECT c.heads, chain, number, hash, at, key, signature FROM look_chain c;
END
$$
"""

_ERASE = """
CREATE OR REPLACE FUNCTION erase_looks(desk_user text, role text, purpose text, subject text, upto bigint,
    detail text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    kept_for bigint;
    due text;
    erased bigint;
BEGIN
    PERFORM pg_advisory_xact_lock({lock});
    SELECT r.days INTO kept_for FROM retention_rule r WHERE r.what = 'looks';
    IF kept_for IS NULL THEN
        RAISE EXCEPTION 'No rule says how long looks are kept.';
    ELSIF session_user <> current_user AND kept_for NOT BETWEEN {least} AND {most} THEN
        RAISE EXCEPTION 'The rule keeps looks for fewer or more days than a rule may.';
    END IF;
    -- A day begins at the desk's midnight; two hours are for the day on which its clocks change.
    due := to_char((clock_timestamp() - make_interval(days => kept_for::integer) + interval '2 hours')
        AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"');
    IF EXISTS (SELECT 1 FROM look l WHERE l.number <= upto AND l.at COLLATE "C" >= due) THEN
        RAISE EXCEPTION 'These looks are not due yet.';
    ELSIF NOT EXISTS (SELECT 1 FROM look l WHERE l.number > upto) OR NOT EXISTS (SELECT 1 FROM look l
            WHERE l.number = upto AND encode(l.hash, 'hex') = detail::jsonb ->> 'hash') THEN
        RAISE EXCEPTION 'The checkpoint does not fit the looks.';
    END IF;
    PERFORM record_looks(desk_user, role, purpose, 'erase looks', ARRAY[subject], 'erase', detail);
    DELETE FROM look l WHERE l.number <= upto;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END
$$
"""

_CLOSE = """
REVOKE ALL ON FUNCTION look_hash(bigint, {texts}, bytea),
    record_looks(text, text, text, text, text[], text, text),
    record_look(text, text, text, text, text, text),
    look_committed(bigint, text, text),
    keep_look_head(text, bigint, text, text, text, text),
    erase_looks(text, text, text, text, bigint, text) FROM PUBLIC
"""


def statements(schema: str) -> list[str]:
    """Return the statements that make the record in a schema, in order; each may be repeated.

    ``look_committed(number, kind, subject)`` says whether the session's user has a row of this kind and
    subject that an earlier, committed transaction wrote. A function that shows something unmasked asks
    it, so that nobody looks inside a transaction and then rolls the record of it back.

    Parameters
    ----------
    schema : str
        Quoted name.
    """
    values = {
        "schema": schema,
        "lock": LOCK,
        "step_back": STEP_BACK,
        "least": LEAST_DAYS["looks"],
        "most": MOST_DAYS,
        "texts": ", ".join(["text"] * 8),
    }
    functions = (_RECORD, _RECORD_ONE, _COMMITTED, _KEEP_HEAD, _ERASE, _CLOSE)
    return [*_TABLES, _HASH, *[text.format(**values) for text in functions]]
