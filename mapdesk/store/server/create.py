"""Making the rights of a district on a server, and making them anew: after an upgrade, or in a copy.

Everything but the tables of users is dropped and made again, in one transaction. Run it as the owner.
"""

from __future__ import annotations

import hashlib
from functools import cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.rights import USER_ROLES
from mapdesk.store.audit import server as audit_server
from mapdesk.store.server import (
    contacts_sql,
    doors_sql,
    edits_sql,
    masks_sql,
    outgoing_sql,
    register_sql,
    retention_sql,
    scope_sql,
    users_codes_sql,
    users_sql,
)
from mapdesk.store.server.matrix import (
    AUDITING,
    ERASING,
    EVERYONE,
    HAND,
    MASKED_VIEWS,
    SHOWN_VIEWS,
    TABLES,
    TEMPORARY,
    Grant,
)
from mapdesk.store.server.names import (
    DATA,
    MASKED,
    RIGHTS,
    SHOWN,
    group_of,
    is_kept_schema,
    literal,
    quoted,
    require_short,
)
from mapdesk.store.server.policies_sql import POLICIES, SECURED, statement

_TAKE_AWAY = """
DO $do$ DECLARE
    one record;
BEGIN
    FOR one IN SELECT schemaname, tablename, policyname FROM pg_policies WHERE schemaname = 'mapdesk' LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', one.policyname, one.schemaname, one.tablename);
    END LOOP;
    FOR one IN SELECT DISTINCT c.oid::regclass AS relation, a.grantee
        FROM pg_class c CROSS JOIN LATERAL (
            SELECT (aclexplode(c.relacl)).grantee UNION ALL
            SELECT (aclexplode(t.attacl)).grantee FROM pg_attribute t WHERE t.attrelid = c.oid
        ) a
        WHERE c.relnamespace = 'mapdesk'::regnamespace AND a.grantee <> c.relowner LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s', one.relation,
            CASE one.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(one.grantee)) END);
    END LOOP;
    FOR one IN SELECT DISTINCT (aclexplode(nspacl)).grantee, nspowner FROM pg_namespace
        WHERE nspname = 'mapdesk' LOOP
        CONTINUE WHEN one.grantee = one.nspowner;
        EXECUTE format('REVOKE ALL ON SCHEMA mapdesk FROM %s',
            CASE one.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(one.grantee)) END);
    END LOOP;
END $do$
"""

_GRANTS: tuple[tuple[str, Grant], ...] = tuple(
    (f"{schema}.{table}", grant)
    for schema, matrix in ((DATA, TABLES), (MASKED, MASKED_VIEWS), (SHOWN, SHOWN_VIEWS))
    for table, grants in matrix.items()
    for grant in grants
)

_RECORD = (
    (EVERYONE, audit_server.let_record),
    (AUDITING, audit_server.let_audit),
    (ERASING, audit_server.let_erase),
)

_MAY_MAKE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_OWNS = (
    "SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database "
    "WHERE datname = current_database()"
)
_LOGINS = "SELECT login FROM mapdesk.desk_user"
_STAYS = "EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege OR object_in_use THEN NULL;"
_ABSENT = "SELECT r FROM unnest(%s::text[]) AS r WHERE to_regrole(quote_ident(r)) IS NULL"
_STRANGERS = """
SELECT g.rolname, u.rolname FROM pg_auth_members m
JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
WHERE g.rolname = ANY (%s) AND u.rolname <> current_user
AND NOT EXISTS (SELECT FROM mapdesk.desk_user d WHERE d.login = u.rolname
    AND g.rolname = 'mapdesk_' || current_database() || '_' || d.role)
"""


_USED_BY_HAND = (
    *scope_sql.OPEN,
    "was_asked(text, text, integer)",
    "district_secret()",
    "measure_staged()",
    "rebuild_residents()",
)
"""Functions of the owner's that those which write the register call."""


def create_rights(connection: Connection) -> None:
    """Make schemas, views, functions, policies and grants, in the connection's transaction.

    Where the owner may not make roles there can be no users: nobody but the owner has any right then.

    Raises
    ------
    InputError
        The database's name leaves no room for the names of its roles.
    """
    database = str(connection.scalar(sa.text("SELECT current_database()")))
    require_short(database)
    audit_server.create_on_server(connection)
    for text in _structure():
        _run(connection, text)
    _run(connection, f"COMMENT ON SCHEMA {RIGHTS} IS {literal(_kind())}")
    if connection.scalar(sa.text(_OWNS)):
        _run(connection, f"REVOKE ALL ON DATABASE {quoted(database)} FROM PUBLIC")
        _run(connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        if connection.scalar(sa.text(_MAY_MAKE_ROLES)):
            _let_groups(connection, database)


def _structure() -> list[str]:
    made = [f"DROP SCHEMA IF EXISTS {name} CASCADE" for name in (RIGHTS, MASKED, SHOWN)]
    made += [f"CREATE SCHEMA {name}" for name in (RIGHTS, MASKED, SHOWN)]
    made += [*scope_sql.TABLES, *users_codes_sql.TABLES, _TAKE_AWAY]
    made.append("DELETE FROM mapdesk.desk_user WHERE login <> current_database() || '.' || name")
    made += [
        f"DELETE FROM mapdesk.{name} WHERE login NOT IN (SELECT login FROM mapdesk.desk_user)"
        for name in ("user_area", "user_code", "code_try")
    ]
    made.append(users_codes_sql.PROVED)
    made += [*scope_sql.FUNCTIONS, *masks_sql.FUNCTIONS, *masks_sql.VIEWS]
    made += [*doors_sql.FUNCTIONS, *contacts_sql.FUNCTIONS]
    made += [*outgoing_sql.FUNCTIONS, *retention_sql.FUNCTIONS]
    made += [*users_sql.FUNCTIONS, *users_codes_sql.FUNCTIONS]
    made += [
        *register_sql.INNER,
        *edits_sql.INNER,
        *register_sql.functions(),
        *edits_sql.functions(),
    ]
    made.append(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {RIGHTS} FROM PUBLIC")
    made += [f"ALTER TABLE {DATA}.{name} ENABLE ROW LEVEL SECURITY" for name in SECURED]
    return made


@cache
def _kind() -> str:
    """Return what tells these rights from those of another mapdesk."""
    told = repr((_structure(), _GRANTS, POLICIES, _doors(), _USED_BY_HAND))
    return hashlib.sha256(told.encode()).hexdigest()


def _doors() -> dict[str, tuple[str, ...]]:
    """Return every function that users may call, and the roles that may."""
    opened = dict.fromkeys((*scope_sql.OPEN, *masks_sql.OPEN), EVERYONE)
    made = (
        *(doors_sql, contacts_sql, outgoing_sql, retention_sql, users_sql, users_codes_sql),
        *(register_sql, edits_sql),
    )
    return opened | {signature: roles for one in made for signature, roles in one.DOORS.items()}


def _let_groups(connection: Connection, database: str) -> None:
    """Make the groups of the roles and grant them what the matrix says."""
    names = [group_of(database, role) for role in (*USER_ROLES, *HAND)]
    for (name,) in _rows(connection, _ABSENT, names):
        _run(connection, f"CREATE ROLE {quoted(name)} NOLOGIN")
    for group, member in _rows(connection, _STRANGERS, names):
        _run(connection, f"REVOKE {quoted(group)} FROM {quoted(member)}")

    def groups(roles: tuple[str, ...]) -> str:
        return ", ".join(quoted(group_of(database, role)) for role in roles)

    everyone = groups(EVERYONE)
    _run(connection, f"GRANT CONNECT ON DATABASE {quoted(database)} TO {everyone}")
    _run(connection, f"GRANT TEMPORARY ON DATABASE {quoted(database)} TO {groups(TEMPORARY)}")
    _run(connection, f"GRANT USAGE ON SCHEMA {DATA}, {MASKED}, {SHOWN}, {RIGHTS} TO {everyone}")
    _run(connection, f"GRANT USAGE ON SCHEMA {DATA}, {RIGHTS} TO {groups(HAND)}")
    for name, grant in _GRANTS:
        if connection.scalar(sa.text(f"SELECT to_regclass({literal(name)})")) is not None:
            _run(connection, f"GRANT {grant.does} ON {name} TO {groups(grant.roles)}")
    for roles, let in _RECORD:
        for role in roles:
            let(connection, group_of(database, role))
    for signature, roles in _doors().items():
        _run(connection, f"GRANT EXECUTE ON FUNCTION {RIGHTS}.{signature} TO {groups(roles)}")
    for number, policy in enumerate(POLICIES):
        _run(connection, statement(number, policy, groups(policy.roles)))
    _hand_over(connection, groups(HAND))


def _hand_over(connection: Connection, hand: str) -> None:
    """Let the functions that write the register be those of the role that may, which nobody is a member of.

    Who gives a function away must be able to become its owner, who must be able to make one there.
    """
    for signature in _USED_BY_HAND:
        _run(connection, f"GRANT EXECUTE ON FUNCTION {RIGHTS}.{signature} TO {hand}")
    _run(connection, f"GRANT {hand} TO CURRENT_USER")
    _run(connection, f"GRANT CREATE ON SCHEMA {RIGHTS} TO {hand}")
    for text in (*register_sql.functions(), *edits_sql.functions()):
        name = text.split("(", 1)[0].removeprefix("\nCREATE FUNCTION ")
        _run(connection, f"ALTER FUNCTION {name} OWNER TO {hand}")
    _run(connection, f"REVOKE CREATE ON SCHEMA {RIGHTS} FROM {hand}")
    _run(connection, f"REVOKE {hand} FROM CURRENT_USER")


def drop_everything(connection: Connection) -> None:
    """Take away schemas, users and groups of a district that goes; a role that is used elsewhere stays."""
    database = str(connection.scalar(sa.text("SELECT current_database()")))
    logins = connection.scalars(sa.text(_LOGINS)).all()
    kept = [name for name in sa.inspect(connection).get_schema_names() if is_kept_schema(name)]
    for name in (RIGHTS, MASKED, SHOWN, DATA, *kept):
        _run(connection, f"DROP SCHEMA IF EXISTS {name} CASCADE")
    groups = [group_of(database, role) for role in (*USER_ROLES, *HAND)]
    absent = {name for (name,) in _rows(connection, _ABSENT, [*groups, *logins])}
    for name in [*groups, *logins]:
        if name not in absent:
            drop = f"REVOKE ALL ON DATABASE {quoted(database)} FROM {quoted(name)}; "
            drop += f"DROP ROLE {quoted(name)};"
            _run(connection, f"DO $do$ BEGIN {drop} {_STAYS} END $do$")


def put_in_order(connection: Connection) -> bool:
    """Let the owner make anew the rights of a copied or renamed database, or of an older mapdesk.

    Return whether they are in order now: nobody but the owner can make them.
    """
    if _are_in_order(connection):
        return True
    if not _is_owner(connection):
        return False
    create_rights(connection)
    return True


def _is_owner(connection: Connection) -> bool:
    asked = "SELECT pg_has_role(nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = :schema"
    return bool(connection.scalar(sa.text(asked), {"schema": DATA}))


def _are_in_order(connection: Connection) -> bool:
    """Say whether the rights are these, made for the database as it is called now."""
    asked = sa.text(
        "SELECT coalesce(obj_description(to_regnamespace('rights'), 'pg_namespace'), '') = :kind "
        "AND (NOT (SELECT rolsuper OR rolcreaterole "
        "FROM pg_roles WHERE rolname = current_user) OR to_regrole(quote_ident(:name || "
        "current_database() || :role)) IS NOT NULL)"
    )
    values = {"kind": _kind(), "name": f"{DATA}_", "role": f"_{USER_ROLES[0]}"}
    return bool(connection.scalar(asked, values))


def _run(connection: Connection, text: str) -> None:
    connection.execution_options(no_parameters=True).exec_driver_sql(text)


def _rows(connection: Connection, text: str, names: list[str]) -> list[tuple[str, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(text, (names,)).all()]
