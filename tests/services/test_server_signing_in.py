"""The door of a district on a server: names alone, and passwords that the server never sees."""

import time
from dataclasses import replace

import psycopg
import pytest

from mapdesk.model import codes
from mapdesk.model.errors import (
    CodeDueError,
    InputError,
    NotFoundError,
    PasswordDueError,
    RightsError,
    SignInError,
    WorldError,
)
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts, signing_in
from mapdesk.store import places
from tests.server_town import OWNER, Town, new_database

LI = Credentials("li", "a quiet harbour at dawn")
OWN = "seven boats on the water"
GIVEN = "given by the office"


@pytest.fixture(scope="module")
def office(postgres):
    """A district with an administrator."""
    town = Town(postgres, new_database(postgres), "", [])
    with districts.create_district(town.url(OWNER), "Office", "EPSG:32650") as store:
        with pytest.raises(InputError, match="nearly the name"):
            signing_in.add_user(store, User("linlinlinlin", "administrator"), "linlinlinlin1")
        signing_in.add_user(store, User("li", "administrator"), LI.password)
        assert store.identity.role == "owner"
    return town


@pytest.fixture
def place(office):
    """The district's URL with nobody in it."""
    return office.server.url(office.database).replace(f"owner:{office.server.password}@", "")


@pytest.fixture
def li(place):
    with districts.open_district(place, LI) as store:
        yield store


def added(li, name, role="analyst"):
    signing_in.add_user(li, User(name, role), GIVEN)
    return Credentials(name, OWN)


def settled(place, li, name, role="analyst"):
    """Add a user who has chosen a password of their own."""
    given = added(li, name, role)
    districts.open_district(place, Credentials(name, GIVEN, "", OWN)).close()
    return given


def test_a_name_alone_is_enough(place, office, li):
    assert signing_in.is_needed(place)
    assert (signing_in.name_of(li), li.identity.role) == ("li", "administrator")
    assert li.identity.user == f"{office.database}.li"
    long_name = replace(LI, user=f"{office.database}.li")
    with districts.open_district(place, long_name) as store:
        assert signing_in.name_of(store) == "li"


def test_the_url_names_who_signs_in(office, place):
    named = place.replace("postgresql://", f"postgresql://{office.database}.li@")
    assert not signing_in.is_needed(named)
    assert signing_in.user_of(named) == "li"
    with districts.open_district(named, LI) as store:
        assert store.identity.role == "administrator"
    owner = place.replace("postgresql://", f"postgresql://{OWNER}@")
    with pytest.raises(SignInError, match="asks for a password"):
        districts.open_district(owner)
    password = office.url(OWNER).partition(":")[2].partition(":")[2].partition("@")[0]
    with districts.open_district(owner, Credentials(OWNER, password)) as store:
        assert store.identity.role == "owner"


def test_a_password_given_serves_to_choose_ones_own(place, li):
    added(li, "wang")
    with pytest.raises(PasswordDueError):
        districts.open_district(place, Credentials("wang", GIVEN))
    with pytest.raises(InputError, match="10 characters"):
        districts.open_district(place, Credentials("wang", GIVEN, "", "short"))
    with pytest.raises(InputError, match="old one"):
        districts.open_district(place, Credentials("wang", GIVEN, "", GIVEN))
    assert next(one for one in signing_in.all_users(li) if one.name == "wang").is_provisional
    with districts.open_district(place, Credentials("wang", GIVEN, "", OWN)) as store:
        store.engine.dispose()
        assert places.counts(store)["grid"] == 0, "new connections know the new password"
    with pytest.raises(SignInError, match="does not accept"):
        districts.open_district(place, Credentials("wang", GIVEN))
    with districts.open_district(place, Credentials("wang", OWN)) as store:
        assert store.identity.role == "analyst"


def test_each_refusal_is_one_sentence(office, place, li):
    chen = settled(place, li, "chen")
    for wrong in (replace(chen, password="not the password"), Credentials("nobody", OWN)):
        with pytest.raises(SignInError, match="does not accept this name and password"):
            districts.open_district(place, wrong)
    signing_in.change_user(li, User("chen", "analyst", active=False))
    with pytest.raises(SignInError, match="may not sign in any more"):
        districts.open_district(place, chen)
    with pytest.raises(SignInError, match="does not accept"):
        districts.open_district(place, replace(chen, password="not the password"))
    gone = f"postgresql:///{office.database}?host=/nowhere"
    with pytest.raises(WorldError, match="does not answer"):
        districts.open_district(gone, LI)
    with pytest.raises(InputError, match="does not exist"):
        districts.open_district(office.server.url("no_such"), None)


def test_who_is_signed_in_proves_it_again_and_chooses_another_password(place, li):
    zhou = settled(place, li, "zhou")
    with districts.open_district(place, zhou) as store:
        with pytest.raises(SignInError, match="does not accept"):
            signing_in.prove(store, replace(zhou, password="not the password"))
        assert signing_in.prove(store, zhou) == store.identity
        with pytest.raises(SignInError):
            signing_in.set_own_password(store, "not the password", "a brand new sentence")
        signing_in.set_own_password(store, OWN, "a brand new sentence")
        store.engine.dispose()
        assert places.counts(store)["grid"] == 0
        signing_in.prove(store, replace(zhou, password="a brand new sentence"))
    with pytest.raises(SignInError):
        districts.open_district(place, zhou)


def test_users_are_changed_reset_and_removed(place, li):
    sun = settled(place, li, "sun")
    signing_in.change_user(li, User("sun", "planner", "Sun"))
    with districts.open_district(place, sun) as store:
        assert store.identity.role == "planner"
        with pytest.raises(RightsError, match="signed in as Planner"):
            signing_in.all_users(store)
    signing_in.reset_password(li, "sun", "for one morning")
    with pytest.raises(PasswordDueError):
        districts.open_district(place, replace(sun, password="for one morning"))
    with pytest.raises(InputError, match="10 characters"):
        signing_in.reset_password(li, "sun", "short")
    with pytest.raises(NotFoundError, match="no grid"):
        signing_in.change_user(li, User("sun", "planner", areas=("nowhere",)))
    signing_in.remove_user(li, "sun")
    assert "sun" not in [one.name for one in signing_in.all_users(li)]
    for act in (signing_in.remove_user, signing_in.clear_code):
        with pytest.raises(NotFoundError, match="no user"):
            act(li, "sun")
    with pytest.raises(RightsError, match="their own role"):
        signing_in.remove_user(li, "li")


def test_a_code_is_set_up_asked_for_and_cleared(place, li):
    wu = settled(place, li, "wu")
    secret = codes.new_secret()
    step = int(time.time() // codes.STEP)
    with districts.open_district(place, wu) as store:
        assert "wu" in signing_in.code_address(store, secret)
        signing_in.set_own_code(store, secret, codes.code_at(secret, step - 1))
        with pytest.raises(CodeDueError):
            signing_in.prove(store, wu)
    with pytest.raises(CodeDueError):
        districts.open_district(place, wu)
    code = codes.code_at(secret, int(time.time() // codes.STEP))
    with districts.open_district(place, replace(wu, code=code)) as store:
        assert store.identity.role == "analyst"
    with pytest.raises(SignInError, match="used already"):
        districts.open_district(place, replace(wu, code=code))
    assert next(one for one in signing_in.all_users(li) if one.name == "wu").has_code
    signing_in.clear_code(li, "wu")
    districts.open_district(place, wu).close()


def test_neither_log_nor_record_holds_what_was_typed(office, place, li):
    with psycopg.connect(office.server.url(), autocommit=True) as session:
        session.execute("ALTER SYSTEM SET log_statement = 'all'")
        session.execute("SELECT pg_reload_conf()")
    try:
        settled(place, li, "zheng")
    finally:
        with psycopg.connect(office.server.url(), autocommit=True) as session:
            session.execute("ALTER SYSTEM RESET log_statement")
            session.execute("SELECT pg_reload_conf()")
    log = (office.server.socket / "log").read_text(errors="replace")
    assert "rights.add_user" in log
    made = signing_in.server_sign_in.role_password(li, "zheng", OWN)
    for secret in (GIVEN, OWN, made):
        assert secret not in log
    with psycopg.connect(office.url(OWNER)) as owner:
        rows = owner.execute("SELECT action, subject || detail FROM mapdesk.look").fetchall()
    assert {"add user", "sign in", "set own password", "reset password"} <= {row[0] for row in rows}
    assert not any(GIVEN in row[1] or OWN in row[1] for row in rows)
