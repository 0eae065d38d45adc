"""The second factor, asked for by the server itself: codes of RFC 6238 that a session must give once.

A session is a backend: its process and the time that began. Giving a code and learning whether it was right
are two calls on purpose: the first is committed, and counted, before the second looks at it, so that
nobody tries a code and rolls the try back.
"""

from __future__ import annotations

from mapdesk.model import codes
from mapdesk.model.rights import USER_ROLES, Right
from mapdesk.store.server.names import roles_with
from mapdesk.store.server.scope_sql import COMMITTED, DEFINER, MINE, WORK_HOURS

TRIES, TRY_MINUTES = 5, 15
"""Codes a user may try before they have to wait."""
TRIES_A_DAY = 20

TABLES = (
    """
CREATE TABLE IF NOT EXISTS mapdesk.user_code (
    login text PRIMARY KEY,
    secret bytea NOT NULL,
    step bigint NOT NULL
)
""",
    """
CREATE TABLE IF NOT EXISTS mapdesk.code_try (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL,
    pid integer NOT NULL,
    started timestamptz NOT NULL,
    code text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
)
""",
    """
CREATE TABLE IF NOT EXISTS mapdesk.proved_session (
    pid integer PRIMARY KEY,
    started timestamptz NOT NULL,
    login text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
)
""",
    """
CREATE TABLE IF NOT EXISTS mapdesk.ticket (
    hash bytea PRIMARY KEY,
    login text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
)
""",
)
"""Secrets, what was tried, and who has proved it; a ticket lets the other connections of a desk in."""

PROVED = f"""
CREATE FUNCTION rights.is_proved() RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
SELECT NOT EXISTS (SELECT FROM mapdesk.user_code WHERE login = session_user) OR EXISTS (
    SELECT FROM mapdesk.proved_session
    WHERE pid = pg_backend_pid() AND started = ({MINE}) AND login = session_user
    AND at > clock_timestamp() - interval '{WORK_HOURS} hours' AND {COMMITTED})
$$
"""
"""Made before the functions of `scope_sql`: a role goes by it."""

_ROUNDS = (
    f"count(*) FILTER (WHERE t.at > own_at - interval '{TRY_MINUTES} minutes') > {TRIES} "
    f"OR count(*) > {TRIES_A_DAY}"
)

FUNCTIONS = (
    f"""
CREATE FUNCTION rights.code_at(secret bytea, step bigint) RETURNS text LANGUAGE plpgsql STABLE {DEFINER} AS $$
DECLARE
    place text := (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pgcrypto');
    digest bytea;
    first integer;
    number integer;
BEGIN
    IF place IS NULL THEN
        RAISE EXCEPTION 'The server lacks the extension pgcrypto; its administrator has to add it.';
    END IF;
    EXECUTE format('SELECT %s.hmac($1, $2, ''sha1'')', place) INTO digest USING int8send(step), secret;
    first := get_byte(digest, 19) & 15;
    number := ((get_byte(digest, first) & 127) << 24) | (get_byte(digest, first + 1) << 16)
        | (get_byte(digest, first + 2) << 8) | get_byte(digest, first + 3);
    RETURN lpad((number % {10**codes.DIGITS})::text, {codes.DIGITS}, '0');
END
$$
""",
    f"""
CREATE FUNCTION rights.code_step(secret bytea, code text, after bigint) RETURNS bigint
LANGUAGE plpgsql STABLE {DEFINER} AS $$
DECLARE
    typed text := regexp_replace(code, '\\s', '', 'g');
    now bigint := floor(extract(epoch FROM clock_timestamp()) / {codes.STEP});
    found bigint;
BEGIN
    FOR step IN now - 1 .. now + 1 LOOP
        IF rights.code_at(secret, step) = typed AND step > after THEN
            found := step;
        END IF;
    END LOOP;
    RETURN found;
END
$$
""",
    f"""
CREATE FUNCTION rights.let_in() RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    made text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
BEGIN
    DELETE FROM mapdesk.proved_session p WHERE p.pid = pg_backend_pid() OR p.login = session_user
        AND NOT EXISTS (SELECT FROM pg_stat_get_activity(p.pid) a WHERE a.backend_start = p.started);
    INSERT INTO mapdesk.proved_session (pid, started, login) VALUES (pg_backend_pid(), ({MINE}), session_user);
    DELETE FROM mapdesk.ticket t WHERE t.at < clock_timestamp() - interval '{WORK_HOURS} hours';
    INSERT INTO mapdesk.ticket (hash, login) VALUES (sha256(convert_to(made, 'UTF8')), session_user);
    RETURN made;
END
$$
""",
    f"""
CREATE FUNCTION rights.offer_code(code text) RETURNS integer LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    left_over integer;
BEGIN
    IF NOT EXISTS (SELECT FROM mapdesk.user_code c WHERE c.login = session_user) THEN
        RAISE EXCEPTION 'No code is asked of you.';
    ELSIF coalesce(length(code) > 40, true) THEN
        RAISE EXCEPTION 'A code has six digits.' USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('mapdesk code ' || session_user, 0));
    DELETE FROM mapdesk.code_try t WHERE t.at < clock_timestamp() - interval '1 day';
    SELECT ceil(extract(epoch FROM CASE
        WHEN count(*) >= {TRIES_A_DAY} THEN min(t.at) + interval '1 day'
        WHEN count(*) FILTER (WHERE t.at > clock_timestamp() - interval '{TRY_MINUTES} minutes') >= {TRIES}
            THEN min(t.at) FILTER (WHERE t.at > clock_timestamp() - interval '{TRY_MINUTES} minutes')
                + interval '{TRY_MINUTES} minutes'
        END - clock_timestamp())) INTO left_over FROM mapdesk.code_try t WHERE t.login = session_user;
    IF left_over > 0 THEN
        RETURN left_over;
    END IF;
    INSERT INTO mapdesk.code_try (login, pid, started, code)
    VALUES (session_user, pg_backend_pid(), ({MINE}), code);
    PERFORM mapdesk.record_look('nobody', '', 'give code', session_user, 'look', '{{}}');
    RETURN 0;
END
$$
""",
    f"""
CREATE FUNCTION rights.verify_code() RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    own_id bigint;
    own_at timestamptz;
    typed text;
    kept mapdesk.user_code%ROWTYPE;
    used bigint;
BEGIN
    SELECT t.id, t.at, t.code INTO own_id, own_at, typed FROM mapdesk.code_try t
        WHERE t.pid = pg_backend_pid() AND t.started = ({MINE}) AND t.login = session_user
        AND t.at > clock_timestamp() - interval '1 minute' AND t.{COMMITTED}
        ORDER BY t.id DESC LIMIT 1;
    IF own_id IS NULL THEN
        RAISE EXCEPTION 'No code was given a minute ago; a try counts once it is committed.';
    ELSIF (SELECT {_ROUNDS} FROM mapdesk.code_try t WHERE t.login = session_user AND t.id <= own_id) THEN
        RETURN NULL;  -- Tries of transactions begun before one another's end are counted here.
    END IF;
    SELECT * INTO kept FROM mapdesk.user_code c WHERE c.login = session_user FOR UPDATE;
    used := rights.code_step(kept.secret, typed, kept.step);
    IF used IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE mapdesk.user_code c SET step = used WHERE c.login = session_user;
    DELETE FROM mapdesk.code_try t WHERE t.login = session_user;
    RETURN rights.let_in();
END
$$
""",
    f"""
CREATE FUNCTION rights.show_ticket(ticket text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    IF NOT EXISTS (SELECT FROM mapdesk.ticket t WHERE t.hash = sha256(convert_to(ticket, 'UTF8'))
        AND t.login = session_user AND t.at > clock_timestamp() - interval '{WORK_HOURS} hours') THEN
        RAISE EXCEPTION 'Your code has grown old: lock the desk and unlock it with a new one.';
    END IF;
    DELETE FROM mapdesk.proved_session p WHERE p.pid = pg_backend_pid();
    INSERT INTO mapdesk.proved_session (pid, started, login, at) SELECT pg_backend_pid(), ({MINE}),
        session_user, t.at FROM mapdesk.ticket t WHERE t.hash = sha256(convert_to(ticket, 'UTF8'));
END
$$
""",
    f"""
CREATE FUNCTION rights.set_code(secret bytea, code text) RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    used bigint;
BEGIN
    IF coalesce(rights.my_role(), 'owner') = 'owner' THEN
        RAISE EXCEPTION 'You are no user of this district; its administrator adds users.';
    ELSIF coalesce(octet_length(secret) NOT BETWEEN 16 AND 64, true) THEN
        RAISE EXCEPTION 'A key has 16 to 64 bytes.' USING ERRCODE = '22023';
    END IF;
    used := rights.code_step(secret, code, 0);
    IF used IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM rights.record_user('set own code', session_user, '{{}}');
    DELETE FROM mapdesk.user_code c WHERE c.login = session_user;
    INSERT INTO mapdesk.user_code (login, secret, step) VALUES (session_user, secret, used);
    PERFORM rights.forget_proofs(session_user);
    RETURN rights.let_in();
END
$$
""",
    f"""
CREATE FUNCTION rights.forget_proofs(login text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    DELETE FROM mapdesk.ticket t WHERE t.login = login;
    DELETE FROM mapdesk.proved_session p WHERE p.login = login;
END
$$
""",
    f"""
CREATE FUNCTION rights.clear_code(name text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    login text;
BEGIN
    PERFORM rights.require_administrator();
    login := rights.login_of(name);
    PERFORM rights.record_user('clear code', name, '{{}}');
    DELETE FROM mapdesk.user_code c WHERE c.login = login;
    DELETE FROM mapdesk.code_try t WHERE t.login = login;
    PERFORM rights.forget_proofs(login);
    UPDATE mapdesk.desk_user u SET changed_at = clock_timestamp(), changed_by = session_user
        WHERE u.login = login;
END
$$
""",
)

DOORS: dict[str, tuple[str, ...]] = {
    "offer_code(text)": USER_ROLES,
    "verify_code()": USER_ROLES,
    "show_ticket(text)": USER_ROLES,
    "set_code(bytea, text)": USER_ROLES,
    "clear_code(text)": roles_with(Right.USERS),
}
"""Roles that may call each function; the rest of them only these call."""
