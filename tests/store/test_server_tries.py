"""Wrong passwords for a shared district lock the name on this computer, for window and commands alike."""

import pytest

from mapdesk.model.errors import LockedError, SignInError
from mapdesk.model.lockout import FIRST_LOCK, MOST_FAILURES
from mapdesk.model.users import Credentials, User
from mapdesk.services import districts, signing_in
from mapdesk.store.server import sign_in, tries
from tests.server_town import OWNER, Town, new_database

WORDS = {"li": "a quiet harbour at dawn", "wang": "seven boats on the water"}


class Clock:
    seconds = 1_800_000_000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock(monkeypatch, tmp_path):
    made = Clock()
    monkeypatch.setattr(tries, "clock", made)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return made


@pytest.fixture(scope="module")
def place(postgres):
    """The URL of a district with two users, and nobody in it."""
    town = Town(postgres, new_database(postgres), "", [])
    with districts.create_district(town.url(OWNER), "Office", "EPSG:32650") as store:
        signing_in.add_user(store, User("li", "administrator"), WORDS["li"])
    made = postgres.url(town.database).replace(f"owner:{postgres.password}@", "")
    with districts.open_district(made, Credentials("li", WORDS["li"])) as store:
        signing_in.add_user(store, User("wang", "administrator"), "given by the office")
    districts.open_district(
        made, Credentials("wang", "given by the office", "", WORDS["wang"])
    ).close()
    return made


def enter(place, name, password=""):
    districts.open_district(place, Credentials(name, password or WORDS[name])).close()


def guess(place, times):
    for _time in range(times):
        with pytest.raises(SignInError, match="does not accept") as refused:
            enter(place, "li", "a guess")
        assert not isinstance(refused.value, LockedError)


def test_five_wrong_passwords_lock_the_name_here(place, clock):
    guess(place, MOST_FAILURES - 1)
    for password in ("a guess", WORDS["li"]):
        with pytest.raises(LockedError, match="try again in 15 min"):
            enter(place, "li", password)
    enter(place, "wang")
    clock.seconds -= 10_000  # a clock set back ends no lock
    with pytest.raises(LockedError):
        enter(place, "li")
    clock.seconds += 10_000 + FIRST_LOCK + 1
    enter(place, "li")


def test_the_right_one_begins_anew(place, clock):
    guess(place, MOST_FAILURES - 1)
    enter(place, "li")
    guess(place, MOST_FAILURES - 1)


def test_a_locked_desk_counts_too(place, clock):
    with districts.open_district(place, Credentials("li", WORDS["li"])) as store:
        for _time in range(MOST_FAILURES - 1):
            with pytest.raises(SignInError, match="does not accept"):
                sign_in.prove(store, Credentials("li", "a guess"))
        with pytest.raises(LockedError):
            sign_in.prove(store, Credentials("li", "a guess"))


def test_an_odd_file_counts_nothing(place, clock, tmp_path):
    guess(place, MOST_FAILURES - 1)
    for file in tmp_path.rglob(tries.FILE):
        file.write_text("[]")
    guess(place, 1)
