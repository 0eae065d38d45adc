"""Functions by which users of a server take out, ask for a second person and answer for others.

Nobody but the owner touches the table `outgoing`. Who, when, which role and for what are the server's own
words; people are counted and hashed here. Each step writes its row of the record in the same transaction.
They give no data, so that rolling one back gains nothing; names in full are given for what was taken out
in an earlier transaction, and for the same people alone.
"""

from __future__ import annotations

from mapdesk.model.access import LONGEST_REASON, SHORTEST_REASON
from mapdesk.model.outgoing import (
    APPROVED,
    MOST_PEOPLE,
    REFUSED,
    REQUESTED,
    USED,
    WAYS,
    WINDOW,
)
from mapdesk.model.rights import Right
from mapdesk.store.server.doors_sql import KEEP, require_role
from mapdesk.store.server.masks_sql import GROWN, SCOPES
from mapdesk.store.server.names import array, roles_with
from mapdesk.store.server.scope_sql import DEFINER, permitted

TURN = 0x6F757467
"""Advisory lock by which desks and sessions take turns: one parcel at a time is counted."""
AGAIN_MINUTES = 10
"""For how long what was taken out may be given back, and its names be read."""

_WINDOW = f"interval '{int(WINDOW.total_seconds())} seconds'"
_SHOWN = (
    "id, who, role, purpose, at, way, subject, masked, reason, people, state, approver, approved_at"
)
_ROW = f"ROW({', '.join(f'o.{name}' for name in _SHOWN.split(', '))})::rights.request"

_WAIT = f"PERFORM pg_advisory_xact_lock({TURN}); now_at := rights.outgoing_now();"

_PARCEL = "way text, subject text, people text[], masked boolean, reason text, personal boolean"

_CHECK = f"""{require_role(Right.EXPORT)}
    IF coalesce(way <> ALL ({array(WAYS)}), true) THEN
        RAISE EXCEPTION 'What leaves does so by one of: {", ".join(WAYS)}.' USING ERRCODE = '22023';
    ELSIF coalesce(length(subject) NOT BETWEEN 1 AND 10000, true) THEN
        RAISE EXCEPTION 'Say in 1 to 10,000 characters what is taken out.' USING ERRCODE = '22023';
    ELSIF coalesce(cardinality(people), 0) > 5000000 THEN
        RAISE EXCEPTION 'So many people do not leave at once.' USING ERRCODE = '22023';
    ELSIF (coalesce(cardinality(people), 0) > 0 OR coalesce(personal, true)) AND NOT rights.is_working() THEN
        RAISE EXCEPTION 'Say what you need people for: begin a piece of work with its purpose first.';
    END IF;
    IF NOT coalesce(masked, false) THEN
        {require_role(Right.UNMASK)}
        IF coalesce(length(btrim(reason)) NOT BETWEEN {SHORTEST_REASON} AND {LONGEST_REASON}, true) THEN
            RAISE EXCEPTION 'Say in {SHORTEST_REASON} to {LONGEST_REASON} characters '
                'why names are needed in full.';
        END IF;
    END IF;
    masked := coalesce(masked, false);
    reason := coalesce(btrim(reason), '');
    hashes := rights.hashes_of(people);
    digest := rights.parcel_digest(way, subject, masked, hashes);
    {_WAIT}
"""

_KEEP_ROW = f"""
INSERT INTO mapdesk.outgoing (id, who, role, purpose, at, way, subject, masked, reason, people, hashes,
    digest, state, used_at)
VALUES (left(replace(gen_random_uuid()::text, '-', ''), 12), session_user, rights.my_role(),
    rights.my_purpose(), now_at, way, subject, masked, reason, cardinality(hashes),
    CASE WHEN {{state}} = '{USED}' THEN array_to_string(hashes, ' ') ELSE '' END, digest, {{state}},
    CASE WHEN {{state}} = '{USED}' THEN now_at END)
RETURNING id INTO found;
"""


def _record(action: str, subject: str, kind: str, detail: str) -> str:
    return (
        f"PERFORM mapdesk.record_look(rights.my_role(), rights.my_purpose(), {action}, {subject}, "
        f"'{kind}', ({detail})::text);"
    )


_ALONE = f"""
SELECT coalesce(array_agg(DISTINCT h), ARRAY[]::text[])
FROM mapdesk.outgoing o CROSS JOIN LATERAL unnest(string_to_array(o.hashes, ' ')) AS h
WHERE o.who = session_user AND o.state = '{USED}' AND o.approver IS NULL AND o.at > now_at - {_WINDOW}
    AND h <> ''
"""

_TYPE = (
    "CREATE TYPE rights.request AS (id text, who text, role text, purpose text, at timestamp, way text, "
    "subject text, masked boolean, reason text, people bigint, state text, approver text, "
    "approved_at timestamp)"
)
"""What is told of a request: nothing of who is in it."""

FUNCTIONS = (
    _TYPE,
    f"""
CREATE FUNCTION rights.outgoing_now() RETURNS timestamp LANGUAGE sql {DEFINER} AS $$
SELECT greatest(timezone('UTC', clock_timestamp()), max(o.at), max(o.approved_at), max(o.used_at))
FROM mapdesk.outgoing o
$$
""",
    f"""
CREATE FUNCTION rights.district_secret() RETURNS bytea LANGUAGE sql {DEFINER} AS $$
INSERT INTO mapdesk.secret (key, value) SELECT 'district',
    sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
    WHERE NOT EXISTS (SELECT FROM mapdesk.secret) ON CONFLICT DO NOTHING;
SELECT s.value FROM mapdesk.secret s
$$
""",
    f"""
CREATE FUNCTION rights.hashes_of(people text[]) RETURNS text[] LANGUAGE sql {DEFINER} AS $$
WITH k AS MATERIALIZED (SELECT rights.district_secret() AS key)
SELECT coalesce(array_agg(h ORDER BY h), ARRAY[]::text[]) FROM (
    SELECT DISTINCT encode(substr(sha256(k.key || sha256(k.key || convert_to(p, 'UTF8'))), 1, 8), 'hex') AS h
    FROM k, unnest(people) AS p WHERE p IS NOT NULL) AS each
$$
""",
    f"""
CREATE FUNCTION rights.parcel_digest(way text, subject text, masked boolean, hashes text[]) RETURNS text
LANGUAGE sql {DEFINER} AS $$
SELECT encode(sha256(k.key || sha256(k.key || convert_to(concat_ws(chr(31), length(subject)::text, way,
    subject, masked::text, array_to_string(hashes, ' ')), 'UTF8'))), 'hex')
FROM (SELECT rights.district_secret() AS key) AS k
$$
""",
    f"""
CREATE FUNCTION rights.take_out({_PARCEL}, file_kind text) RETURNS SETOF rights.request
LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    hashes text[];
    digest text;
    now_at timestamp;
    already text[];
    found text;
    approved mapdesk.outgoing%ROWTYPE;
    note jsonb;
BEGIN
    {_CHECK}
    already := ({_ALONE});
    IF cardinality(hashes) = 0 OR ((masked OR cardinality(hashes) = 1) AND cardinality(already)
            + (SELECT count(*) FROM unnest(hashes) AS h WHERE h <> ALL (already)) <= {MOST_PEOPLE}) THEN
        {_KEEP_ROW.format(state=f"'{USED}'")}
    ELSE
        SELECT o.* INTO approved FROM mapdesk.outgoing o WHERE o.who = session_user AND o.digest = digest
            AND o.state = '{APPROVED}' AND o.approved_at > now_at - {_WINDOW}
            ORDER BY o.approved_at, o.id LIMIT 1;
        IF approved.id IS NULL THEN
            RETURN;  -- A second person is due.
        END IF;
        found := approved.id;
        UPDATE mapdesk.outgoing o SET state = '{USED}', used_at = now_at WHERE o.id = found;
    END IF;
    note := jsonb_build_object('people', cardinality(hashes), 'file', left(coalesce(file_kind, ''), 40),
        'masked', CASE WHEN masked THEN 'yes' ELSE 'no' END);
    IF reason <> '' THEN
        note := note || jsonb_build_object('reason', reason);
    END IF;
    IF approved.id IS NOT NULL THEN
        note := note || jsonb_build_object('approver', approved.approver, 'request', found);
    END IF;
    {_record("'take out by ' || way", "subject", "export", "note")}
    {KEEP}
    INSERT INTO mapdesk.asked (login, kind, subject) VALUES (session_user, 'take out', found);
    RETURN QUERY SELECT ({_ROW}).* FROM mapdesk.outgoing o WHERE o.id = found;
END
$$
""",
    f"""
CREATE FUNCTION rights.names_taken(request text, people text[]) RETURNS TABLE (id text, name text)
LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_column
DECLARE
    taken mapdesk.outgoing%ROWTYPE;
BEGIN
    {require_role(Right.UNMASK)}
    SELECT o.* INTO taken FROM mapdesk.outgoing o WHERE o.id = $1 AND o.who = session_user
        AND o.state = '{USED}' AND NOT o.masked AND {permitted("take out", "o.id", AGAIN_MINUTES)};
    IF taken.id IS NULL OR NOT rights.is_working() OR taken.digest <> rights.parcel_digest(taken.way,
            taken.subject, taken.masked, rights.hashes_of($2)) THEN
        RAISE EXCEPTION 'These people were not taken out with their names under that number '
            'in the last {AGAIN_MINUTES} minutes.';
    END IF;
    RETURN QUERY SELECT t.id::text, t.name::text FROM mapdesk.person t
        WHERE t.id = ANY ($2) AND {GROWN} AND {SCOPES["person"]};
END
$$
""",
    f"""
CREATE FUNCTION rights.give_back(request text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    now_at timestamp;
    given record;
BEGIN
    {require_role(Right.EXPORT)}
    {_WAIT}
    UPDATE mapdesk.outgoing o SET state = '{APPROVED}', used_at = NULL
        WHERE o.id = request AND o.who = session_user AND o.state = '{
        USED
    }' AND o.approver IS NOT NULL
        AND o.used_at > now_at - interval '{AGAIN_MINUTES} minutes'
        RETURNING o.subject, o.people INTO given;
    IF FOUND THEN
        DELETE FROM mapdesk.asked a WHERE a.login = session_user AND a.kind = 'take out'
            AND a.subject = request;
        {
        _record(
            "'give back an approval'",
            "given.subject",
            "approval",
            "jsonb_build_object('request', request, 'people', given.people)",
        )
    }
    END IF;
END
$$
""",
    f"""
CREATE FUNCTION rights.ask_to_take_out({_PARCEL}) RETURNS SETOF rights.request
LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    hashes text[];
    digest text;
    now_at timestamp;
    found text;
BEGIN
    {_CHECK}
    SELECT o.id INTO found FROM mapdesk.outgoing o WHERE o.who = session_user AND o.digest = digest
        AND o.state = '{REQUESTED}';
    IF found IS NULL THEN
        {_KEEP_ROW.format(state=f"'{REQUESTED}'")}
    END IF;
    {
        _record(
            "'ask to take out'",
            "subject",
            "approval",
            "jsonb_build_object('people', cardinality(hashes), 'request', found)",
        )
    }
    RETURN QUERY SELECT ({_ROW}).* FROM mapdesk.outgoing o WHERE o.id = found;
END
$$
""",
    f"""
CREATE FUNCTION rights.decide_request(request text, approve boolean) RETURNS SETOF rights.request
LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    now_at timestamp;
    kept mapdesk.outgoing%ROWTYPE;
    wanted text := CASE WHEN coalesce(approve, false) THEN '{APPROVED}' ELSE '{REFUSED}' END;
BEGIN
    {require_role(Right.APPROVE)}
    {_WAIT}
    SELECT o.* INTO kept FROM mapdesk.outgoing o WHERE o.id = request
        AND (o.state <> '{USED}' OR o.approver IS NOT NULL);
    IF kept.id IS NULL THEN
        RAISE EXCEPTION 'There is no such request; ''mapdesk outgoing list'' shows all that wait.'
            USING ERRCODE = 'P0002';
    ELSIF kept.state <> '{REQUESTED}' THEN
        RAISE EXCEPTION 'The request of % is decided already: % by %.', kept.who, kept.state, kept.approver
            USING ERRCODE = '55000';
    ELSIF kept.who = session_user THEN
        RAISE EXCEPTION 'Nobody approves or refuses what they asked for themselves; another user has to, '
            'who is security.';
    END IF;
    UPDATE mapdesk.outgoing o SET state = wanted, approver = session_user, approved_at = now_at
        WHERE o.id = request;
    {
        _record(
            "CASE WHEN coalesce(approve, false) THEN 'approve' ELSE 'refuse' END || ' what is taken out'",
            "kept.subject",
            "approval",
            "jsonb_build_object('request', kept.id, 'who', kept.who, 'people', kept.people)",
        )
    }
    RETURN QUERY SELECT ({_ROW}).* FROM mapdesk.outgoing o WHERE o.id = request;
END
$$
""",
    f"""
CREATE FUNCTION rights.waiting_requests() RETURNS SETOF rights.request LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    {require_role(Right.APPROVE)}
    RETURN QUERY SELECT ({_ROW}).* FROM mapdesk.outgoing o WHERE o.state = '{REQUESTED}'
        ORDER BY o.at, o.id;
END
$$
""",
    f"""
CREATE FUNCTION rights.own_requests() RETURNS SETOF rights.request LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    {require_role(Right.EXPORT)}
    RETURN QUERY SELECT ({_ROW}).* FROM mapdesk.outgoing o WHERE o.who = session_user
        AND (o.state = '{REQUESTED}' OR o.approver IS NOT NULL) ORDER BY o.at, o.id;
END
$$
""",
    f"""
CREATE FUNCTION rights.taken_alone() RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    now_at timestamp := rights.outgoing_now();
BEGIN
    {require_role(Right.EXPORT)}
    RETURN cardinality(({_ALONE}));
END
$$
""",
)

_EXPORTING, _APPROVING = roles_with(Right.EXPORT), roles_with(Right.APPROVE)
_NAMING = tuple(role for role in _EXPORTING if role in roles_with(Right.UNMASK))

DOORS: dict[str, tuple[str, ...]] = {
    "take_out(text, text, text[], boolean, text, boolean, text)": _EXPORTING,
    "ask_to_take_out(text, text, text[], boolean, text, boolean)": _EXPORTING,
    "names_taken(text, text[])": _NAMING,
    "give_back(text)": _EXPORTING,
    "own_requests()": _EXPORTING,
    "taken_alone()": _EXPORTING,
    "decide_request(text, boolean)": _APPROVING,
    "waiting_requests()": _APPROVING,
}
"""Roles that may call each function; the functions ask again."""
