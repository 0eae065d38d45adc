"""The second factor, held by the server: what a hand-written session does without the code, and with it."""

import base64
import threading
import time
from contextlib import suppress

import psycopg
import pytest

from mapdesk.model import codes
from mapdesk.model.errors import CodeDueError, LockedError, RightsError, SignInError
from mapdesk.model.rights import USER_ROLES
from mapdesk.model.users import Credentials
from mapdesk.services import districts
from mapdesk.store import audit, places
from mapdesk.store.server import users
from tests.server_town import PASSWORD
from tests.store.test_server_attacks import owner_says
from tests.store.test_server_matrix import MATRIX

SECRET = codes.new_secret()
PROVED = "proved_session"


def now():
    return int(time.time() // codes.STEP)


def enrolled(town, user, step=0):
    """Let the server ask a user for codes; the last one taken was that of `step`."""
    login = f"{town.database}.{user}"
    forget(town, user)
    owner_says(
        town,
        "INSERT INTO mapdesk.user_code VALUES (%s, %s, %s) RETURNING login",
        *(login, base64.b32decode(SECRET), step),
    )


def forget(town, user):
    for table in ("user_code", "code_try", PROVED, "ticket"):
        owner_says(
            town,
            f"DELETE FROM mapdesk.{table} WHERE login = %s RETURNING 1",
            f"{town.database}.{user}",
        )


@pytest.fixture
def coded(rights_town):
    """The town with a code asked of whom the test says."""
    done = []

    def ask(user, step=0):
        enrolled(rights_town, user, step)
        done.append(user)
        return rights_town

    yield ask
    for user in done:
        forget(rights_town, user)


def verify(session, code):
    session.execute("SELECT rights.offer_code(%s)", (code,))
    return session.execute("SELECT rights.verify_code()").fetchone()[0]


def rows_seen(session, role):
    """Return the tables and views that show a session of a role any row."""
    tables = [name for name, who in MATRIX.items() if "s" in who.get(role, "")]
    found = set()
    for name in tables:
        try:
            if session.execute(f"SELECT EXISTS (SELECT FROM {name})").fetchone()[0]:
                found.add(name)
        except psycopg.errors.InsufficientPrivilege:
            assert role == "registrar", name  # Reads some columns, none of them all.
    return found


@pytest.mark.parametrize("role", USER_ROLES)
def test_without_the_code_a_session_sees_nothing(coded, role):
    town = coded(role)
    place = "INSERT INTO mapdesk.change (batch_id, number, noun, row_id, kind) VALUES "
    owner_says(town, place + "('of a place', 1, 'grid', %s, 'new') RETURNING 1", town.area)
    with town.session(role) as session:
        assert rows_seen(session, role) <= {"mapdesk.setting", "mapdesk.alembic_version"}
        assert session.execute("SELECT rights.my_role(), rights.my_due()").fetchone() == (
            None,
            "code",
        )
        with pytest.raises(psycopg.errors.RaiseException, match="no user"):
            session.execute("SELECT rights.begin_work('fire drill')")
        assert verify(session, codes.code_at(SECRET, now()))
        assert session.execute("SELECT rights.my_role()").fetchone() == (role,)
        assert "mapdesk.building" in rows_seen(session, role)
    owner_says(town, "DELETE FROM mapdesk.change WHERE batch_id = 'of a place' RETURNING 1")


@pytest.mark.parametrize("role", USER_ROLES)
def test_without_the_code_a_session_writes_nothing(coded, role):
    town = coded(role)
    with town.session(role) as session:
        for statement in (
            "UPDATE mapdesk.building SET height = 1",
            "DELETE FROM mapdesk.resource",
            "INSERT INTO mapdesk.purpose (text) VALUES ('mine')",
            "DELETE FROM mapdesk.look",
            "DELETE FROM mapdesk.proved_session",
            "INSERT INTO mapdesk.ticket (hash, login) VALUES ('', session_user)",
            "SELECT secret FROM mapdesk.user_code",
            "SELECT rights.let_in()",
            "SELECT rights.code_at('', 1)",
            "SELECT rights.forget_proofs(session_user)",
            "SELECT rights.clear_code(split_part(session_user, '.', 2))",
            "SELECT rights.set_code('aaaaaaaaaaaaaaaaaaaa', '123456')",
            "SELECT rights.set_password('x')",
            "SELECT rights.rebuild_residents()",
            "SET ROLE none; SELECT rights.list_users()",
        ):
            try:
                done = session.execute(statement).rowcount
            except (
                psycopg.errors.InsufficientPrivilege,
                psycopg.errors.RaiseException,
                psycopg.errors.UndefinedColumn,
            ):
                continue
            assert done == 0, statement
        assert session.execute("SELECT rights.my_due()").fetchone() == ("code",)


def test_a_code_is_taken_once_and_in_its_own_session_alone(coded):
    town = coded("analyst")
    code = codes.code_at(SECRET, now())
    with town.session("analyst") as one, town.session("analyst") as other:
        ticket = verify(one, code)
        assert one.execute("SELECT rights.my_role()").fetchone() == ("analyst",)
        assert other.execute("SELECT rights.my_role()").fetchone() == (None,)
        assert verify(other, code) is None
        with pytest.raises(psycopg.errors.RaiseException, match="grown old"):
            other.execute("SELECT rights.show_ticket('0123')")
        other.execute("SELECT rights.show_ticket(%s)", (ticket,))
        assert other.execute("SELECT rights.my_role()").fetchone() == ("analyst",)
    with (
        town.session("planner") as stranger,
        pytest.raises(psycopg.errors.RaiseException, match="grown old"),
    ):
        stranger.execute("SELECT rights.show_ticket(%s)", (ticket,))


def test_a_proof_dies_with_its_session_and_grows_old(coded):
    town = coded("analyst")
    with town.session("analyst") as session:
        verify(session, codes.code_at(SECRET, now()))
        pid = session.info.backend_pid
        change = f"UPDATE mapdesk.{PROVED} SET {{}} WHERE pid = %s RETURNING pid"
        owner_says(town, change.format("started = started - interval '1 second'"), pid)
        assert session.execute("SELECT rights.my_role()").fetchone() == (None,)
        owner_says(town, change.format("started = started + interval '1 second'"), pid)
        assert session.execute("SELECT rights.my_role()").fetchone() == ("analyst",)
        owner_says(town, change.format("at = at - interval '13 hours'"), pid)
        assert session.execute("SELECT rights.my_role()").fetchone() == (None,)


def test_codes_of_long_ago_and_of_the_future_are_wrong(coded):
    town = coded("analyst")
    with town.session("analyst") as session:
        for step in (now() - 3, now() + 3):
            assert verify(session, codes.code_at(SECRET, step)) is None


def test_tries_that_are_rolled_back_learn_nothing(coded):
    town = coded("analyst")
    with town.session("analyst") as session:
        for _ in range(7):
            with session.transaction(force_rollback=True):
                session.execute("SELECT rights.offer_code(%s)", (codes.code_at(SECRET, now()),))
                with pytest.raises(psycopg.errors.RaiseException, match="once it is committed"):
                    session.execute("SELECT rights.verify_code()")
        assert session.execute("SELECT rights.my_role()").fetchone() == (None,)


def test_tries_are_counted_though_their_answers_are_rolled_back(coded):
    town = coded("analyst")
    with town.session("analyst") as session:
        for _ in range(5):
            session.execute("SELECT rights.offer_code('12345')")
            with session.transaction(force_rollback=True):
                assert session.execute("SELECT rights.verify_code()").fetchone() == (None,)
        left = session.execute("SELECT rights.offer_code('12345')").fetchone()[0]
        assert 800 < left <= 900
    with town.session("analyst") as other:
        assert other.execute("SELECT rights.offer_code('12345')").fetchone()[0] > 800
        owner_says(town, "UPDATE mapdesk.code_try SET at = at - interval '16 minutes' RETURNING id")
        assert verify(other, codes.code_at(SECRET, now()))


def test_tries_that_see_none_of_the_others_are_no_tries(coded):
    """Sessions that look at an older moment count wrongly; the record lets only one of them write."""
    town = coded("analyst")
    with town.session("analyst") as one, town.session("analyst") as other:
        for session in (one, other):
            session.autocommit = False
            session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            session.execute("SELECT 1 FROM mapdesk.setting")
        one.execute("SELECT rights.offer_code('12345')")
        one.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            other.execute("SELECT rights.offer_code(%s)", (codes.code_at(SECRET, now()),))
        other.rollback()


def test_a_right_code_after_too_many_tries_is_wrong_in_whatever_order_they_came(coded):
    town = coded("analyst")
    with town.session("analyst") as session:
        session.execute("SELECT rights.offer_code(%s)", (codes.code_at(SECRET, now()),))
        owner_says(
            town,
            "INSERT INTO mapdesk.code_try (id, login, pid, started, code) OVERRIDING SYSTEM VALUE "
            "SELECT -n, login, pid, started, '' FROM mapdesk.code_try, generate_series(1, 5) n "
            "WHERE login = %s RETURNING id",
            f"{town.database}.analyst",
        )
        assert session.execute("SELECT rights.verify_code()").fetchone() == (None,)


def test_twenty_tries_are_those_of_a_day(coded):
    town = coded("analyst")
    with town.session("analyst") as session:
        for _ in range(20):
            assert session.execute("SELECT rights.offer_code('12345')").fetchone() == (0,)
            owner_says(
                town, "UPDATE mapdesk.code_try SET at = at - interval '16 minutes' RETURNING id"
            )
        assert session.execute("SELECT rights.offer_code('12345')").fetchone()[0] > 60_000


def test_two_sessions_cannot_both_use_one_code(coded):
    town = coded("analyst")
    code = codes.code_at(SECRET, now())
    won = []

    def run():
        with town.session("analyst") as session:
            session.execute("SELECT rights.offer_code(%s)", (code,))
            # Whoever is let in first wipes all tries, so that the others may find their own gone.
            with suppress(psycopg.errors.RaiseException):
                won.append(session.execute("SELECT rights.verify_code()").fetchone()[0])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in won if one]) == 1


# ---------------------------------------------------------------------------- the desk


def opened(town, user, code="", password=""):
    return districts.open_district(town.url(user), Credentials(user, password, code))


def test_every_connection_of_a_desk_shows_its_ticket(coded):
    town = coded("analyst")
    with pytest.raises(CodeDueError):
        opened(town, "analyst")
    with pytest.raises(SignInError, match="wrong, or it was used"):
        opened(town, "analyst", "12345")
    with opened(town, "analyst", codes.code_at(SECRET, now())) as store:
        with store.engine.connect(), store.engine.connect(), store.engine.connect() as third:
            assert third.exec_driver_sql("SELECT rights.my_role()").scalar() == "analyst"
        store.engine.dispose()
        assert places.counts(store)["building"] > 0


def test_too_many_codes_lock_for_a_while(coded):
    town = coded("analyst")
    for _ in range(5):
        with pytest.raises(SignInError):
            opened(town, "analyst", "12345")
    with pytest.raises(LockedError, match="15 min") as refused:
        opened(town, "analyst", codes.code_at(SECRET, now()))
    assert refused.value.seconds > 800


def test_a_code_is_set_up_and_cleared(rights_town):
    secret = codes.new_secret()
    with rights_town.store("worker") as store, rights_town.session("worker") as hand:
        with pytest.raises(SignInError, match="not the code"):
            users.set_code(store, secret, "12345")
        users.set_code(store, secret, codes.code_at(secret, now() - 1))
        assert places.counts(store)["building"] > 0, "the desk that set it up goes on"
        assert hand.execute("SELECT rights.my_role()").fetchone() == (None,)
    with rights_town.store("administrator") as store:
        (worker,) = (one for one in users.users(store) if one.name == "worker")
        assert worker.has_code
        with pytest.raises(RightsError, match="no user of"), rights_town.store("keeper") as owner:
            users.set_code(owner, secret, codes.code_at(secret, now()))
        users.clear_code(store, "worker")
    with rights_town.session("worker") as hand:
        assert hand.execute("SELECT rights.my_role()").fetchone() == ("worker",)
    with rights_town.store("auditor") as store:
        asked = {look["action"] for look in audit.search(store, subject="worker")}
    assert {"set own code", "clear code"} <= asked


def test_the_secret_is_in_no_answer_and_no_log(rights_town):
    secret = codes.new_secret()
    with rights_town.store("dispatcher") as store:
        users.set_code(store, secret, codes.code_at(secret, now()))
    try:
        log = (rights_town.server.socket / "log").read_text(errors="replace")
        assert secret not in log
        assert base64.b32decode(secret).hex() not in log
        with (
            rights_town.session("administrator") as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute("SELECT * FROM mapdesk.user_code")
    finally:
        forget(rights_town, "dispatcher")


def test_a_password_given_by_an_administrator_shows_nothing(rights_town):
    with rights_town.store("administrator") as store:
        users.reset_password(store, "planner", PASSWORD, provisional=True)
    try:
        with rights_town.session("planner") as session:
            assert rows_seen(session, "planner") <= {
                "mapdesk.setting",
                "mapdesk.alembic_version",
            }
            assert session.execute("SELECT rights.my_due()").fetchone() == ("password",)
    finally:
        with rights_town.store("administrator") as store:
            users.reset_password(store, "planner", PASSWORD)
