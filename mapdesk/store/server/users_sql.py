"""Users are database roles; these functions make, change and remove them, for administrators alone.

An administrator has no right to make roles: the functions run as the district's owner, who has, and allow
no more than one user with one of the desk's roles. Names reach statements through ``format('%I')``.
"""

from __future__ import annotations

from mapdesk.model.rights import USER_ROLES, Right
from mapdesk.store.server.names import array, roles_with
from mapdesk.store.server.scope_sql import DEFINER

CONNECTIONS = 24
"""Connections one user may have: two desks."""

_TYPE = (
    "name text, role text, title text, areas text[], active boolean, "
    "has_code boolean, provisional boolean, changed_at timestamptz, changed_by text"
)

_VERIFIER = (
    "^SCRAM-SHA-256[$][0-9]{4,9}:[A-Za-z0-9+/=]{12,}[$][A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$"
)
_REQUIRE_VERIFIER = f"""
    IF coalesce(password !~ '{_VERIFIER}' OR split_part(substr(password, 15), ':', 1)::bigint < 4096, true) THEN
        RAISE EXCEPTION 'A password is sent as a SCRAM verifier, which the desk makes.'
            USING ERRCODE = '22023';
    END IF;
"""
"""Whoever sends a password itself would find it in the server's log."""

FUNCTIONS = (
    f"""
CREATE FUNCTION rights.require_administrator() RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    IF coalesce(rights.my_role() <> ALL ({array((*roles_with(Right.USERS), "owner"))}), true) THEN
        RAISE EXCEPTION 'Users are an administrator''s business.';
    END IF;
    LOCK TABLE mapdesk.desk_user IN SHARE ROW EXCLUSIVE MODE;
END
$$
""",
    f"""
CREATE FUNCTION rights.login_of(name text) RETURNS text LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    login text;
BEGIN
    SELECT u.login INTO login FROM mapdesk.desk_user u WHERE u.name = name;
    IF login IS NULL THEN
        RAISE EXCEPTION 'There is no user ''%''; ''mapdesk user list'' shows all.', left(name, 60)
            USING ERRCODE = 'P0002';
    END IF;
    RETURN login;
END
$$
""",
    f"""
CREATE FUNCTION rights.require_valid(role text, areas text[]) RETURNS void
LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    unknown text;
BEGIN
    IF coalesce(role <> ALL ({array(USER_ROLES)}), true) THEN
        RAISE EXCEPTION 'A role is one of: {", ".join(USER_ROLES)}.' USING ERRCODE = '22023';
    END IF;
    SELECT a INTO unknown FROM unnest(areas) AS a WHERE NOT EXISTS (
        SELECT FROM mapdesk.grid g WHERE g.id = a) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'There is no grid ''%''; areas are ids of grids.', left(unknown, 60)
            USING ERRCODE = '22023';
    END IF;
END
$$
""",
    f"""
CREATE FUNCTION rights.require_not_last(login text) RETURNS void LANGUAGE plpgsql STABLE {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    IF login = session_user THEN
        RAISE EXCEPTION 'Nobody changes their own role or sign-in; another administrator has to do it.';
    ELSIF EXISTS (SELECT FROM mapdesk.desk_user u WHERE u.login = login AND u.role = 'administrator')
        AND NOT EXISTS (SELECT FROM mapdesk.desk_user u
            WHERE u.role = 'administrator' AND u.active AND u.login <> login) THEN
        RAISE EXCEPTION '% is the last administrator; give another user that role first.',
            substr(login, length(current_database()) + 2);
    END IF;
END
$$
""",
    f"""
CREATE FUNCTION rights.record_user(action text, name text, detail jsonb) RETURNS void
LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    PERFORM mapdesk.record_look(coalesce(rights.my_role(), 'nobody'), '', action, name, 'change', detail::text);
END
$$
""",
    f"""
CREATE FUNCTION rights.set_membership(login text, role text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    held text;
    wanted text := 'mapdesk_' || current_database() || '_' || role;
BEGIN
    IF to_regrole(quote_ident(wanted)) IS NULL THEN
        RAISE EXCEPTION 'The owner of this district may not make roles; the server''s administrator has to '
            'ALTER ROLE % CREATEROLE, and the owner to open the district once.', current_user;
    END IF;
    FOR held IN SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = login AND g.rolname <> wanted LOOP
        EXECUTE format('REVOKE %I FROM %I', held, login);
    END LOOP;
    EXECUTE format('GRANT %I TO %I', wanted, login);
    IF NOT pg_has_role(current_user, login, 'USAGE') THEN
        EXECUTE format('GRANT %I TO %I', login, current_user);
    END IF;
END
$$
""",
    f"""
CREATE FUNCTION rights.end_sessions(login text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = login
        AND a.datname = current_database() AND a.pid <> pg_backend_pid();
END
$$
""",
    f"""
CREATE FUNCTION rights.add_user(name text, role text, title text, areas text[], password text,
    provisional boolean) RETURNS text LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    login text := current_database() || '.' || name;
    is_taken boolean;
BEGIN
    PERFORM rights.require_administrator();
    PERFORM rights.require_valid(role, areas);
    {_REQUIRE_VERIFIER}
    IF coalesce(name !~ '^[^[:space:][:cntrl:]"''\\\\@/:?#%]+$', true) OR octet_length(login) > 63 THEN
        RAISE EXCEPTION 'That cannot be a user''s name: use letters, digits, dots, hyphens and underscores, '
            'at most % bytes.', 62 - octet_length(current_database()) USING ERRCODE = '22023';
    ELSIF role <> 'administrator' AND NOT EXISTS (SELECT FROM mapdesk.desk_user) THEN
        RAISE EXCEPTION 'The first user of a district must be an administrator, who adds the others; from then '
            'on everybody signs in.';
    ELSIF EXISTS (SELECT FROM mapdesk.desk_user u WHERE lower(u.name) = lower(name)) THEN
        RAISE EXCEPTION 'There is a user ''%'' already; choose another name.', name USING ERRCODE = '22023';
    END IF;
    SELECT r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
        OR r.rolbypassrls OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
        INTO is_taken FROM pg_roles r WHERE r.rolname = login;
    IF is_taken THEN
        RAISE EXCEPTION 'The server has a role of that name already; its administrator has to remove it.';
    ELSIF is_taken IS NULL THEN
        EXECUTE format('CREATE ROLE %I', login);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN INHERIT CONNECTION LIMIT {CONNECTIONS} PASSWORD %L', login, password);
    PERFORM rights.set_membership(login, role);
    INSERT INTO mapdesk.desk_user (login, name, role, title, provisional, changed_by)
    VALUES (login, name, role, coalesce(title, ''), coalesce(provisional, true), session_user);
    INSERT INTO mapdesk.user_area SELECT login, a FROM unnest(areas) AS a GROUP BY a;
    PERFORM rights.record_user('add user', name, jsonb_build_object('role', role, 'areas', areas));
    RETURN login;
END
$$
""",
    f"""
CREATE FUNCTION rights.change_user(name text, role text, title text, areas text[], active boolean)
RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    login text;
    old mapdesk.desk_user%ROWTYPE;
    wanted boolean := coalesce(active, true);
BEGIN
    PERFORM rights.require_administrator();
    PERFORM rights.require_valid(role, areas);
    login := rights.login_of(name);
    SELECT * INTO STRICT old FROM mapdesk.desk_user u WHERE u.login = login;
    IF (role, wanted) IS DISTINCT FROM (old.role, old.active) THEN
        PERFORM rights.require_not_last(login);
    END IF;
    UPDATE mapdesk.desk_user u SET role = change_user.role, title = coalesce(change_user.title, ''),
        active = wanted, changed_at = clock_timestamp(), changed_by = session_user WHERE u.login = login;
    DELETE FROM mapdesk.user_area a WHERE a.login = login;
    INSERT INTO mapdesk.user_area SELECT login, a FROM unnest(areas) AS a GROUP BY a;
    PERFORM rights.set_membership(login, role);
    EXECUTE format('ALTER ROLE %I %s', login, CASE WHEN wanted THEN 'LOGIN' ELSE 'NOLOGIN' END);
    PERFORM rights.record_user('change user', name, jsonb_build_object('role', role, 'areas', areas,
        'active', wanted, 'old_role', old.role));
    IF (role, wanted) IS DISTINCT FROM (old.role, old.active) THEN
        PERFORM rights.forget_proofs(login);
        PERFORM rights.end_sessions(login);
    END IF;
END
$$
""",
    f"""
CREATE FUNCTION rights.remove_user(name text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    login text;
    held text;
BEGIN
    PERFORM rights.require_administrator();
    login := rights.login_of(name);
    PERFORM rights.require_not_last(login);
    PERFORM rights.record_user('remove user', name, '{{}}');
    DELETE FROM mapdesk.desk_user u WHERE u.login = login;
    DELETE FROM mapdesk.user_area a WHERE a.login = login;
    DELETE FROM mapdesk.user_code c WHERE c.login = login;
    DELETE FROM mapdesk.code_try t WHERE t.login = login;
    PERFORM rights.forget_proofs(login);
    EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', login);
    PERFORM rights.end_sessions(login);
    FOR held IN SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = login LOOP
        EXECUTE format('REVOKE %I FROM %I', held, login);
    END LOOP;
    BEGIN
        EXECUTE format('DROP ROLE %I', login);
    EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
        NULL;  -- A session of theirs still ends: the role stays without sign-in and without rights.
    END;
END
$$
""",
    f"""
CREATE FUNCTION rights.reset_password(name text, password text, provisional boolean) RETURNS void
LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
    login text;
BEGIN
    PERFORM rights.require_administrator();
    login := rights.login_of(name);
    {_REQUIRE_VERIFIER}
    EXECUTE format('ALTER ROLE %I PASSWORD %L', login, password);
    UPDATE mapdesk.desk_user u SET provisional = coalesce(reset_password.provisional, true),
        changed_at = clock_timestamp(), changed_by = session_user WHERE u.login = login;
    DELETE FROM mapdesk.code_try t WHERE t.login = login;
    PERFORM rights.forget_proofs(login);
    PERFORM rights.record_user('reset password', name, '{{}}');
    PERFORM rights.end_sessions(login);
END
$$
""",
    f"""
CREATE FUNCTION rights.set_password(password text) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_variable
BEGIN
    IF NOT EXISTS (SELECT FROM mapdesk.desk_user u WHERE u.login = session_user AND u.active) THEN
        RAISE EXCEPTION 'You are no user of this district; its administrator adds users.';
    ELSIF NOT rights.is_proved() THEN
        RAISE EXCEPTION 'Give the code of your authenticator first.';
    END IF;
    {_REQUIRE_VERIFIER}
    EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, password);
    UPDATE mapdesk.desk_user u SET provisional = false WHERE u.login = session_user;
    PERFORM rights.record_user('set password', session_user, '{{}}');
END
$$
""",
    f"""
CREATE FUNCTION rights.list_users() RETURNS TABLE ({_TYPE}) LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_column
BEGIN
    PERFORM rights.require_administrator();
    RETURN QUERY SELECT u.name, u.role, u.title, ARRAY(SELECT a.grid_id FROM mapdesk.user_area a
        WHERE a.login = u.login ORDER BY a.grid_id), u.active,
        EXISTS (SELECT FROM mapdesk.user_code c WHERE c.login = u.login), u.provisional,
        u.changed_at, u.changed_by FROM mapdesk.desk_user u ORDER BY u.name;
END
$$
""",
)

_ADMINISTRATORS = roles_with(Right.USERS)
DOORS: dict[str, tuple[str, ...]] = {
    "add_user(text, text, text, text[], text, boolean)": _ADMINISTRATORS,
    "change_user(text, text, text, text[], boolean)": _ADMINISTRATORS,
    "remove_user(text)": _ADMINISTRATORS,
    "reset_password(text, text, boolean)": _ADMINISTRATORS,
    "list_users()": _ADMINISTRATORS,
    "set_password(text)": USER_ROLES,
}
"""Roles that may call each function; the rest of them only these call."""
