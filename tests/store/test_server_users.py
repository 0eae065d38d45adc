"""Users on a server: made by administrators alone, of one role each, and never the last administrator gone."""

import psycopg
import pytest

from mapdesk.model.errors import InputError, NotFoundError, RightsError, SignInError
from mapdesk.model.users import User
from mapdesk.services import districts
from mapdesk.store.server import users
from tests.server_town import OWNER, PASSWORD, Town, new_database
from tests.store.test_server_attacks import owner_says


@pytest.fixture
def district(postgres):
    """An empty district of its own with an administrator called root."""
    town = Town(postgres, new_database(postgres), "", [])
    districts.create_district(town.url(OWNER), "Empty", "EPSG:32650").close()
    return town


@pytest.fixture
def root(district):
    with district.store(OWNER) as store:
        users.add_user(store, User("root", "administrator", "Root 管理员"), PASSWORD)
    with district.store("root") as store:
        yield store


def roles_of(town, name):
    query = """
        SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
        JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = %s
    """
    prefix = f"mapdesk_{town.database}_"
    found = owner_says(town, query, f"{town.database}.{name}")
    return [row[0].removeprefix(prefix) for row in found]


def test_the_owner_is_who_made_the_district(district):
    with district.store(OWNER) as store:
        assert (store.identity.user, store.identity.role) == (OWNER, "owner")
        assert not store.is_guest


def test_the_first_user_is_an_administrator(district):
    with district.store(OWNER) as store:
        with pytest.raises(RightsError, match="first user"):
            users.add_user(store, User("anna", "analyst"), PASSWORD)
        assert users.users(store) == []
        login = users.add_user(store, User("root", "administrator"), PASSWORD)
    assert login == f"{district.database}.root"


def test_a_user_signs_in_with_role_and_areas(rights_town):
    with rights_town.store("narrow") as store:
        access = store.identity
        assert (access.user, access.role) == (f"{rights_town.database}.narrow", "analyst")
        assert access.areas == (rights_town.area,)
        assert store.is_guest


def test_a_user_is_changed_and_ones_sessions_end(district, root):
    users.add_user(root, User("anna", "analyst"), PASSWORD)
    session = district.session("anna")
    users.change_user(root, User("anna", "planner", "Anna"))
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    session.close()
    assert roles_of(district, "anna") == ["planner"]
    with district.store("anna") as store:
        assert store.identity.role == "planner"
    users.change_user(root, User("anna", "planner", active=False))
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        district.session("anna")
    with pytest.raises(SignInError):
        district.store("anna")
    anna, other = users.users(root)
    assert (anna.name, anna.role, anna.active) == ("anna", "planner", False)
    assert (other.name, other.title) == ("root", "Root 管理员")
    assert anna.changed_by == f"{district.database}.root"


def test_a_user_is_removed_with_the_role(district, root):
    login = users.add_user(root, User("王-敏.1", "worker"), PASSWORD)
    with district.session("王-敏.1") as session:
        assert session.execute("SELECT rights.my_role()").fetchone() == ("worker",)
    users.remove_user(root, "王-敏.1")
    assert owner_says(district, "SELECT to_regrole(quote_ident(%s))", login) == [(None,)]
    users.add_user(root, User("王-敏.1", "analyst"), PASSWORD)
    assert roles_of(district, "王-敏.1") == ["analyst"]


def test_nobody_changes_their_own_role_and_the_last_administrator_stays(district, root):
    with pytest.raises(RightsError, match="their own role"):
        users.change_user(root, User("root", "analyst"))
    with pytest.raises(RightsError, match="their own role"):
        users.remove_user(root, "root")
    with district.store(OWNER) as store:
        for act in (
            lambda: users.remove_user(store, "root"),
            lambda: users.change_user(store, User("root", "analyst")),
            lambda: users.change_user(store, User("root", "administrator", active=False)),
        ):
            with pytest.raises(RightsError, match="last administrator"):
                act()
    users.add_user(root, User("second", "administrator"), PASSWORD)
    with district.store("second") as store:
        users.remove_user(store, "root")
        assert [one.name for one in users.users(store)] == ["second"]


def test_passwords_are_changed_by_oneself_and_by_administrators(district, root):
    users.add_user(root, User("anna", "analyst"), PASSWORD)
    with district.store("anna") as store:
        users.set_password(store, "p'; ALTER ROLE anna SUPERUSER; --")
    with pytest.raises(psycopg.OperationalError, match="password"):
        district.session("anna")
    users.reset_password(root, "anna", PASSWORD)
    district.session("anna").close()
    with district.store(OWNER) as store, pytest.raises(RightsError, match="no user of this"):
        users.set_password(store, "another-long-one")


def test_the_server_takes_no_password_in_plain_text(district, root):
    plain = ("a-plain-password", "SCRAM-SHA-256$1:AA==$A:A", "", None)
    with district.session("root") as session:
        for given in plain:
            for call in ("set_password(%s)", "reset_password('root', %s, false)"):
                with pytest.raises(psycopg.errors.InvalidParameterValue, match="SCRAM verifier"):
                    session.execute(f"SELECT rights.{call}", (given,))
    district.session("root").close()


def test_the_server_is_never_told_a_password(district, root):
    users.add_user(root, User("anna", "analyst"), PASSWORD)
    log = (district.server.socket / "log").read_text(errors="replace")
    assert PASSWORD not in log
    with psycopg.connect(district.server.url(district.database), autocommit=True) as session:
        session.execute("SET log_statement = 'all'")
        query = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
        kept = session.execute(query, (f"{district.database}.anna",)).fetchone()[0]
    assert kept.startswith("SCRAM-SHA-256$")


NAMES = (
    "",
    " ",
    "a b",
    'x"; ALTER ROLE x SUPERUSER; --',
    "a'b",
    "a\\b",
    "a@b",
    "x" * 64,
    "a\nb",
    "a/b",
)


def test_a_hostile_name_is_refused(root):
    for name in NAMES:
        with pytest.raises(InputError, match="cannot be a user's name"):
            users.add_user(root, User(name, "analyst"), PASSWORD)
    assert [one.name for one in users.users(root)] == ["root"]


def test_roles_areas_and_titles_are_texts(district, root):
    hostile = "'; DROP TABLE mapdesk.desk_user; --"
    for role in ("owner", hostile, "mapdesk", "pg_read_all_data", ""):
        with pytest.raises(InputError, match="A role is one of"):
            users.add_user(root, User("anna", role), PASSWORD)
    with pytest.raises(InputError, match="no grid"):
        users.add_user(root, User("anna", "analyst", areas=(hostile,)), PASSWORD)
    users.add_user(root, User("anna", "analyst", hostile), PASSWORD)
    assert users.users(root)[0].title == hostile
    with pytest.raises(InputError, match="already"):
        users.add_user(root, User("ANNA", "analyst"), PASSWORD)
    for act in (users.remove_user, lambda store, name: users.reset_password(store, name, PASSWORD)):
        with pytest.raises(NotFoundError, match="no user"):
            act(root, hostile)


def test_a_role_that_somebody_else_made_is_not_taken_over(district, root, postgres):
    name = f"{district.database}.boss"
    with psycopg.connect(postgres.url(), autocommit=True) as session:
        session.execute(f'CREATE ROLE "{name}" CREATEDB')
    with pytest.raises(RightsError, match="role of that name already"):
        users.add_user(root, User("boss", "analyst"), PASSWORD)


def test_users_of_one_district_are_strangers_in_another(district, root, rights_town):
    users.add_user(root, User("anna", "analyst"), PASSWORD)
    login = f"{district.database}.anna"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(district.server.url(rights_town.database, login, PASSWORD))
    with pytest.raises(SignInError, match="no user of the district"):
        districts.open_district(district.server.url(rights_town.database, login, PASSWORD))


def test_making_the_rights_again_changes_nothing(rights_town):
    from mapdesk.store.server.create import create_rights

    query = """
        SELECT n.nspname, c.relname, c.relacl::text, c.relrowsecurity FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('mapdesk', 'masked', 'shown') AND c.relkind IN ('r', 'v')
        UNION ALL SELECT schemaname, policyname, tablename || cmd || qual || with_check || roles::text, NULL
        FROM pg_policies UNION ALL SELECT proname, proacl::text, prosrc, NULL FROM pg_proc
        WHERE pronamespace = 'rights'::regnamespace ORDER BY 1, 2, 3
    """
    before = owner_says(rights_town, query)
    with rights_town.store(OWNER) as store, store.engine.begin() as connection:
        create_rights(connection)
    assert owner_says(rights_town, query) == before
    with rights_town.store("analyst") as store:
        assert store.identity.role == "analyst"


def test_an_owner_who_may_not_make_roles_works_alone(postgres):
    town = Town(postgres, new_database(postgres), "", [])
    with psycopg.connect(postgres.url(), autocommit=True) as session:
        if session.execute("SELECT to_regrole('modest')").fetchone() == (None,):
            session.execute(f"CREATE ROLE modest LOGIN PASSWORD '{PASSWORD}'")
        session.execute(f'ALTER DATABASE "{town.database}" OWNER TO modest')
    url = postgres.url(town.database, "modest", PASSWORD)
    with districts.create_district(url, "Empty", "EPSG:32650") as store:
        assert store.identity.role == "owner"
        with pytest.raises(RightsError):
            users.add_user(store, User("root", "administrator"), PASSWORD)
        assert users.users(store) == []


def test_a_district_that_goes_takes_its_roles_along(district, root):
    from mapdesk.store import serving

    users.add_user(root, User("anna", "analyst"), PASSWORD)
    root.close()
    with district.store(OWNER) as store:
        serving.drop(store)
    left = owner_says(
        district, "SELECT rolname FROM pg_roles WHERE rolname LIKE %s", f"%{district.database}%"
    )
    assert left == []
