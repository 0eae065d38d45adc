"""Who is asking, for what, and where they may look: the functions every view and policy stands on.

They go by ``session_user``, which no session can change, never by ``current_user`` or a setting. Permissions
count only once an earlier transaction has committed them, so that nobody looks and rolls the record back;
time is ``clock_timestamp()``, so that nobody keeps a transaction open to stop it.
"""

from __future__ import annotations

from mapdesk.model.rights import Right
from mapdesk.store.server.names import array, roles_with

ADULT = 18
"""Years from which one is no longer a minor: Civil Code of the PRC, article 17."""
GLASS_MINUTES = 30
UNMASK_MINUTES = 10
WORK_HOURS = 12
"""Hours after which a purpose has to be stated again."""
KEPT_DAYS = 1
"""Days for which questions are kept beside the record: limits look back ten minutes."""

TABLES = (
    """
CREATE TABLE IF NOT EXISTS mapdesk.desk_user (
    login text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    role text NOT NULL,
    title text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    provisional boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text NOT NULL
)
""",
    "ALTER TABLE mapdesk.desk_user ADD COLUMN IF NOT EXISTS provisional boolean NOT NULL DEFAULT false",
    """
CREATE TABLE IF NOT EXISTS mapdesk.user_area (
    login text NOT NULL,
    grid_id text NOT NULL,
    PRIMARY KEY (login, grid_id)
)
""",
    """
CREATE TABLE IF NOT EXISTS mapdesk.work_session (
    pid integer PRIMARY KEY,
    started timestamptz NOT NULL,
    login text NOT NULL,
    purpose text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
)
""",
    """
CREATE TABLE IF NOT EXISTS mapdesk.asked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
)
""",
    "CREATE INDEX IF NOT EXISTS asked_login ON mapdesk.asked (login, kind, subject)",
)
"""Tables of users and of what they asked for; nobody but the owner and these functions reads them."""

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
COMMITTED = "transaction <> coalesce(pg_current_xact_id_if_assigned(), '0'::xid8)"
_STABLE = f"LANGUAGE sql STABLE {DEFINER}"
MINE = "SELECT backend_start FROM pg_stat_get_activity(pg_backend_pid())"


def permitted(kind: str, subject: str, minutes: int) -> str:
    """Return the condition that the user asked for something lately, in a transaction that is kept."""
    return (
        f"EXISTS (SELECT FROM mapdesk.asked WHERE login = session_user AND kind = '{kind}' "
        f"AND subject = {subject} AND at > clock_timestamp() - interval '{minutes} minutes' "
        f"AND {COMMITTED})"
    )


FUNCTIONS = (
    f"""
CREATE FUNCTION rights.my_role() RETURNS text {_STABLE} AS $$
SELECT CASE
    WHEN pg_has_role(session_user, (SELECT nspowner FROM pg_namespace WHERE nspname = 'mapdesk'), 'MEMBER')
        THEN 'owner'
    ELSE (SELECT role FROM mapdesk.desk_user WHERE login = session_user AND active AND NOT provisional
        AND rights.is_proved() AND pg_has_role(session_user,
        to_regrole(quote_ident('mapdesk_' || current_database() || '_' || role))::oid, 'MEMBER'))
END
$$
""",
    f"""
CREATE FUNCTION rights.my_due() RETURNS text {_STABLE} AS $$
SELECT CASE WHEN rights.my_role() IS NOT NULL THEN ''
    WHEN NOT EXISTS (SELECT FROM mapdesk.desk_user WHERE login = session_user AND active) THEN 'user'
    WHEN NOT rights.is_proved() THEN 'code'
    WHEN (SELECT provisional FROM mapdesk.desk_user WHERE login = session_user) THEN 'password'
    ELSE 'user' END
$$
""",
    f"""
CREATE FUNCTION rights.who_am_i() RETURNS TABLE (login text, role text, areas text[]) {_STABLE} AS $$
SELECT session_user::text, rights.my_role(), ARRAY(
    SELECT grid_id FROM mapdesk.user_area WHERE login = session_user ORDER BY grid_id)
$$
""",
    f"""
CREATE FUNCTION rights.is_working() RETURNS boolean {_STABLE} AS $$
SELECT coalesce(rights.my_role() = 'owner' OR rights.my_role() IS NOT NULL AND EXISTS (
    SELECT FROM mapdesk.work_session
    WHERE pid = pg_backend_pid() AND started = ({MINE}) AND login = session_user
    AND at > clock_timestamp() - interval '{WORK_HOURS} hours' AND {COMMITTED}), false)
$$
""",
    f"""
CREATE FUNCTION rights.my_purpose() RETURNS text {_STABLE} AS $$
SELECT coalesce((SELECT purpose FROM mapdesk.work_session
    WHERE pid = pg_backend_pid() AND started = ({MINE}) AND login = session_user), '')
$$
""",
    f"""
CREATE FUNCTION rights.sees_everywhere() RETURNS boolean {_STABLE} AS $$
SELECT coalesce(rights.my_role() IS NOT NULL AND (
    NOT EXISTS (SELECT FROM mapdesk.user_area WHERE login = session_user)
    OR {permitted("break glass", "''", GLASS_MINUTES)}), false)
$$
""",
    f"""
CREATE FUNCTION rights.my_grids() RETURNS SETOF text {_STABLE} AS $$
WITH RECURSIVE below (id) AS (
    SELECT grid_id FROM mapdesk.user_area WHERE login = session_user
    UNION SELECT g.id FROM mapdesk.grid g JOIN below ON g.parent_id = below.id
)
SELECT id FROM below
$$
""",
    f"""
CREATE FUNCTION rights.sees_sensitive() RETURNS boolean {_STABLE} AS $$
SELECT coalesce(rights.my_role() = ANY ({array((*roles_with(Right.SENSITIVE), "owner"))}), false)
$$
""",
    f"""
CREATE FUNCTION rights.adult_birth() RETURNS date {_STABLE} AS $$
SELECT ((clock_timestamp() AT TIME ZONE 'UTC')::date - interval '{ADULT} years')::date
$$
""",
    f"""
CREATE FUNCTION rights.today_number() RETURNS integer {_STABLE} AS $$
SELECT to_char(least(greatest(clock_timestamp() AT TIME ZONE current_setting('TimeZone'),
    clock_timestamp() AT TIME ZONE 'UTC' - interval '12 hours'),
    clock_timestamp() AT TIME ZONE 'UTC' + interval '14 hours'), 'YYYYMMDD')::integer
$$
""",
    f"""
CREATE FUNCTION rights.begin_work(purpose text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    wanted text := btrim(purpose);
    mine timestamptz := ({MINE});
    known boolean;
BEGIN
    IF rights.my_role() IS NULL THEN
        RAISE EXCEPTION 'You are no user of this district; its administrator adds users.';
    ELSIF wanted IS NULL OR length(wanted) NOT BETWEEN 2 AND 500 THEN
        RAISE EXCEPTION 'Say in two characters or more what the work is for.';
    END IF;
    DELETE FROM mapdesk.work_session w WHERE w.pid = pg_backend_pid() OR w.login = session_user
        AND NOT EXISTS (SELECT FROM pg_stat_get_activity(w.pid) a WHERE a.backend_start = w.started);
    SELECT EXISTS (SELECT FROM mapdesk.work_session w WHERE w.login = session_user
        AND w.purpose = wanted AND w.at > clock_timestamp() - interval '{WORK_HOURS} hours') INTO known;
    IF NOT known THEN
        PERFORM mapdesk.record_look(rights.my_role(), wanted, 'begin work', '', 'look', '{{}}');
    END IF;
    INSERT INTO mapdesk.work_session (pid, started, login, purpose)
    VALUES (pg_backend_pid(), mine, session_user, wanted);
END
$$
""",
)
"""Made in this order; ``begin_work`` is recorded once for all connections that share its purpose."""

OPEN = (
    "is_proved()",
    "my_role()",
    "my_due()",
    "who_am_i()",
    "is_working()",
    "my_purpose()",
    "sees_everywhere()",
    "my_grids()",
    "sees_sensitive()",
    "adult_birth()",
    "today_number()",
    "begin_work(text)",
)
"""What every user may call: about themselves, nothing else."""
