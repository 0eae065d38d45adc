"""Attacks by hand-written sessions: on the purpose, the areas, the masks and the record."""

import re

import psycopg
import pytest

from mapdesk.model.filters import Condition, Filter
from mapdesk.model.rights import USER_ROLES
from mapdesk.store import saved_filters

DENIED = psycopg.errors.InsufficientPrivilege
PERSONAL = ("person", "household", "resident")
LOOKERS = ("analyst", "dispatcher", "worker", "narrow", "registrar", "clerk")


def owner_says(town, query, *values):
    with town.session("keeper") as session:
        return session.execute(query, values).fetchall()


def looks(town, action):
    return owner_says(
        town,
        "SELECT who, purpose, subject FROM mapdesk.look WHERE action = %s ORDER BY number",
        action,
    )


def seen(session):
    """Return how many personal rows a session sees."""
    tables = [f"SELECT count(*) AS n FROM masked.{name}" for name in PERSONAL]
    return session.execute(f"SELECT sum(n) FROM ({' UNION ALL '.join(tables)}) t").fetchone()[0]


def raw_people(town, where="true"):
    return owner_says(
        town,
        "SELECT p.id, p.name, p.phone, p.identity_number, b.grid_id, p.building_id FROM mapdesk.person p "
        f"JOIN mapdesk.building b ON b.id = p.building_id WHERE {where} ORDER BY p.id",
    )


@pytest.mark.parametrize("user", LOOKERS)
def test_without_a_purpose_nobody_sees_anyone(rights_town, user):
    with rights_town.session(user) as session:
        assert seen(session) == 0
        with pytest.raises(psycopg.errors.RaiseException, match="two characters"):
            session.execute("SELECT rights.begin_work(' x ')")
        assert seen(session) == 0
        session.execute("SELECT rights.begin_work('fire drill')")
        assert seen(session) > 0
    assert (f"{rights_town.database}.{user}", "fire drill", "") in looks(rights_town, "begin work")


def test_a_purpose_holds_for_its_own_session_and_once_it_is_committed(rights_town):
    before = len(looks(rights_town, "begin work"))
    with rights_town.session("analyst") as one, rights_town.session("analyst") as other:
        with one.transaction(force_rollback=True):
            one.execute("SELECT rights.begin_work('rolled back')")
            assert seen(one) == 0
        assert seen(one) == 0
        with one.transaction():
            one.execute("SELECT rights.begin_work('kept')")
            with one.transaction():
                assert seen(one) == 0
        assert seen(one) > 0
        assert seen(other) == 0
        other.execute("SELECT rights.begin_work('kept')")
        assert seen(other) > 0
    assert len(looks(rights_town, "begin work")) == before + 1  # One row for both connections.


def test_a_purpose_grows_old_and_dies_with_its_session(rights_town):
    with rights_town.session("analyst") as session:
        session.execute("SELECT rights.begin_work('growing old')")
        pid = session.info.backend_pid
        owner = "UPDATE mapdesk.work_session SET {} WHERE pid = %s RETURNING pid"
        owner_says(rights_town, owner.format("started = started - interval '1 second'"), pid)
        assert seen(session) == 0
        session.execute("SELECT rights.begin_work('growing old')")
        owner_says(rights_town, owner.format("at = at - interval '13 hours'"), pid)
        assert seen(session) == 0


@pytest.mark.parametrize("user", LOOKERS)
def test_no_setting_or_role_stands_for_a_purpose(rights_town, user):
    role = {"narrow": "analyst", "clerk": "registrar"}.get(user, user)
    with rights_town.session(user) as session:
        for setting in ("mapdesk.purpose", "rights.purpose", "application_name"):
            session.execute("SELECT set_config(%s, 'fire drill', false)", (setting,))
        session.execute(f'SET ROLE "mapdesk_{rights_town.database}_{role}"')
        assert seen(session) == 0
        session.execute("RESET ROLE")
        session.execute("SET row_security = off")
        assert seen(session) == 0


def succeeds(session, statement):
    try:
        session.execute(statement)
    except (DENIED, psycopg.errors.InvalidParameterValue):
        return False
    return True


@pytest.mark.parametrize("user", USER_ROLES)
def test_nobody_becomes_anyone_else(rights_town, user):
    town = rights_town.database
    others = [f"mapdesk_{town}_{role}" for role in USER_ROLES if role != user]
    others += [f"{town}.{role}" for role in USER_ROLES if role != user]
    others += ["keeper", "owner", "pg_read_all_data", "pg_write_all_data", "pg_monitor"]
    me = f'"{town}.{user}"'
    statements = [f'SET ROLE "{name}"' for name in others]
    statements += [f'SET SESSION AUTHORIZATION "{name}"' for name in others]
    statements += [f'GRANT "{name}" TO {me}' for name in others]
    statements += [
        f"ALTER ROLE {me} {word}"
        for word in ("SUPERUSER", "CREATEROLE", "BYPASSRLS", "CONNECTION LIMIT -1")
    ]
    statements += [
        "CREATE ROLE intruder",
        f"ALTER ROLE \"{town}.{'analyst' if user != 'analyst' else 'worker'}\" PASSWORD 'x'",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (a int)",
        "CREATE TABLE mapdesk.mine (a int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION rights.my_role() RETURNS text LANGUAGE sql AS 'SELECT ''owner'''",
        "CREATE OR REPLACE VIEW masked.person AS SELECT * FROM mapdesk.person",
        "ALTER TABLE mapdesk.person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY rights_0 ON mapdesk.person",
        "ALTER FUNCTION rights.is_working() SECURITY INVOKER",
        "GRANT SELECT ON mapdesk.desk_user TO PUBLIC",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_statistic",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT lo_import('/etc/hostname')",
        "COPY mapdesk.desk_user TO STDOUT",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "COPY (SELECT 1) TO '/tmp/never'",
        f'DROP DATABASE "{town}"',
        "CREATE DATABASE intruder",
        "CREATE EXTENSION dblink",
    ]
    if user not in ("planner", "registrar"):
        statements += ["CREATE TEMP TABLE mine (a int)", "CREATE TYPE pg_temp.mine AS (a int)"]
    with rights_town.session(user) as session:
        done = [statement for statement in statements if succeeds(session, statement)]
        session.execute("GRANT SELECT ON mapdesk.building TO PUBLIC")  # A warning, to no effect.
    assert done == []
    to_all = (
        "SELECT c.relname FROM pg_class c, LATERAL aclexplode(c.relacl) a WHERE a.grantee = 0 "
        "AND c.relnamespace IN ('mapdesk'::regnamespace, 'masked'::regnamespace)"
    )
    assert owner_says(rights_town, to_all) == []


def test_every_login_is_in_one_group_and_can_do_nothing_more(rights_town):
    query = """
        SELECT u.rolname, count(m.roleid), bool_or(m.admin_option), bool_or(u.rolsuper OR u.rolcreaterole
            OR u.rolcreatedb OR u.rolreplication OR u.rolbypassrls), min(u.rolconnlimit)
        FROM pg_roles u LEFT JOIN pg_auth_members m ON m.member = u.oid
        WHERE starts_with(u.rolname, current_database() || '.') GROUP BY 1
    """
    found = owner_says(rights_town, query)
    assert len(found) == len(USER_ROLES) + 3
    assert {row[1:] for row in found} == {(1, False, False, 24)}


def test_a_leaky_condition_meets_masked_rows_of_its_areas_only(rights_town):
    people = raw_people(rights_town)
    outside = {row[0] for row in people if row[4] not in rights_town.grids}
    names = {row[1] for row in people}
    numbers = {text for row in people for text in row[2:4] if text}
    probes = (
        "CAST(id || '|' || name || '|' || coalesce(phone, '') || coalesce(identity_number, '') AS integer) > 0",
        "1 / (length(name) - length(name)) = 1",
        "id = ANY (CAST(name AS text[]))",
        "to_date(name || id, 'YYYY') IS NOT NULL",
        "CAST(id || name || phone AS xml) IS NOT NULL",
        "CAST('{' || id || name || coalesce(phone, '') AS json) IS NOT NULL",
    )
    told = []
    with rights_town.session("narrow") as session:
        session.execute("SELECT rights.begin_work('probing')")
        for probe in probes:
            for order in ("", "birth_date < '1950-01-01' AND "):
                try:
                    session.execute(f"SELECT id FROM masked.person WHERE {order}{probe}").fetchall()
                except psycopg.Error as error:
                    told.append(f"{error} {error.diag.message_detail} {error.diag.context}")
    text = "\n".join(told)
    assert len(told) >= 8
    assert not set(re.findall(r"P\d{6}", text)) & outside
    assert re.findall(r"P\d{6}", text)
    assert not [one for one in names | numbers if one in text]


@pytest.mark.parametrize("user", ["clerk"])
def test_a_leaky_function_of_ones_own_meets_rows_of_ones_areas_only(rights_town, user):
    told = []
    with rights_town.session(user) as session:
        session.execute("SELECT rights.begin_work('probing')")
        session.add_notice_handler(lambda notice: told.append(notice.message_primary))
        session.execute(
            "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
            "$$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
        )
        for table in PERSONAL:
            session.execute(f"SELECT count(*) FROM masked.{table} WHERE pg_temp.leak(id)")
    ids = {row[0] for row in raw_people(rights_town) if row[4] in rights_town.grids}
    assert ids <= set(told)
    assert {one for one in told if one.startswith("P")} == ids


def test_own_temporary_things_shadow_nothing(rights_town):
    with rights_town.session("planner") as session:
        for name in ("desk_user", "work_session", "asked", "user_area", "person", "resident"):
            session.execute(
                f"CREATE TEMP TABLE {name} AS SELECT 'owner' AS role, session_user AS login"
            )
        session.execute(
            "CREATE FUNCTION pg_temp.pg_has_role(name, oid, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
        )
        session.execute(
            "CREATE FUNCTION pg_temp.my_role() RETURNS text LANGUAGE sql AS 'SELECT ''owner'''"
        )
        session.execute("SET search_path = pg_temp, rights, mapdesk, masked, pg_catalog")
        session.execute("SELECT rights.begin_work('shadows')")
        assert session.execute("SELECT rights.my_role()").fetchone() == ("planner",)
        session.execute("SELECT rights.rebuild_residents()")
        with pytest.raises(DENIED):
            session.execute("SELECT * FROM mapdesk.resident")
    assert owner_says(rights_town, "SELECT count(*) > 2000 FROM mapdesk.resident") == [(True,)]


@pytest.mark.parametrize("user", [*USER_ROLES, "clerk", "narrow"])
def test_statistics_and_plans_tell_no_values(rights_town, user):
    owner_says(rights_town, "SELECT 1")
    with rights_town.session("keeper") as session:
        session.execute("ANALYZE mapdesk.person, mapdesk.resident, mapdesk.household")
    with rights_town.session(user) as session:
        session.execute("SELECT rights.begin_work('statistics')")
        found = session.execute(
            "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'mapdesk' AND "
            "(tablename = ANY (%s) OR tablename LIKE 'person%%' OR tablename LIKE 'resident%%')",
            ([*PERSONAL, "change", "staged", "secret", "desk_user", "camera", "worker"],),
        ).fetchall()
        assert found == []
        others = session.execute(
            "SELECT query FROM pg_stat_activity WHERE usename <> session_user AND "
            "query NOT IN ('<insufficient privilege>', '')"
        ).fetchall()
        assert others == []
        with pytest.raises(DENIED):
            session.execute("EXPLAIN ANALYZE SELECT * FROM mapdesk.person")


def test_ordering_and_aggregating_show_masks_alone(rights_town):
    names = {row[1] for row in raw_people(rights_town)}
    with rights_town.session("analyst") as session:
        session.execute("SELECT rights.begin_work('aggregating')")
        ordered = [
            row[0] for row in session.execute("SELECT name FROM masked.person ORDER BY name")
        ]
        assert ordered == sorted(ordered)
        texts = session.execute(
            "SELECT min(name), max(phone), string_agg(name, ','), array_agg(DISTINCT phone), "
            "json_agg(p) FROM masked.person p"
        ).fetchone()
        grouped = session.execute("SELECT name, count(*) FROM masked.person GROUP BY 1").fetchall()
        with (
            session.cursor() as cursor,
            cursor.copy("COPY (TABLE masked.person) TO STDOUT") as copy,
        ):
            copied = b"".join(copy).decode()
        sample = session.execute(
            "SELECT name FROM masked.person WHERE name LIKE '王_国'"
        ).fetchall()
    text = f"{texts} {grouped} {copied}"
    assert not [name for name in names if name in text]
    assert sample == []


def test_a_copy_of_the_database_opens_to_nobody_but_its_owner(rights_town, postgres):
    with psycopg.connect(postgres.url(), autocommit=True) as session:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (rights_town.database,),
        )
    copy = postgres.copy_database(postgres.url(rights_town.database))
    name = copy.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgres.url(), autocommit=True) as session:
        session.execute(f'ALTER DATABASE "{name}" OWNER TO keeper')
    where = rights_town.url("analyst").replace(f"/{rights_town.database}?", f"/{name}?")
    with psycopg.connect(where, autocommit=True) as session:
        with pytest.raises(psycopg.errors.RaiseException, match="no user of this district"):
            session.execute("SELECT rights.begin_work('in the copy')")
        assert seen(session) == 0
    from mapdesk.services import districts

    districts.open_district(
        rights_town.url("keeper").replace(f"/{rights_town.database}?", f"/{name}?")
    ).close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(where)


def test_filters_about_people_are_read_by_those_who_may_ask_them(rights_town):
    kept = (
        ("elders", Filter("person", "all", (Condition("age", "at least", (80,)),))),
        ("full flats", Filter("unit", "all", (Condition("people", "at least", (9,)),))),
        ("shops", Filter("unit", "all", (Condition("unit_use", "is", ("shop",)),))),
    )
    with rights_town.store("analyst") as store:
        for name, one in kept:
            saved_filters.save(store, name, one)
    for role in USER_ROLES:
        with rights_town.session(role) as session:
            names = {row[0] for row in session.execute("SELECT name FROM mapdesk.saved_filter")}
        assert names == ({"elders", "full flats", "shops"} if role in LOOKERS else {"shops"}), role
    with rights_town.store("analyst") as store:
        for name, _one in kept:
            saved_filters.delete(store, name)
