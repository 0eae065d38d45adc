"""Users of an embedded district: who may sign in, who locks themself out, and what nobody can do."""

import json
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapdesk.model import codes, passwords
from mapdesk.model.access import Access
from mapdesk.model.errors import (
    CodeDueError,
    InputError,
    LockedError,
    NotFoundError,
    PasswordDueError,
    RightsError,
    SignInError,
)
from mapdesk.model.lockout import FIRST_LOCK, MOST_FAILURES
from mapdesk.model.rights import ROLES, Right
from mapdesk.model.users import Credentials, User
from mapdesk.store import sign_in, user_file, users

ADMIN = Credentials("admin.li", "a quiet harbour at dawn")
WANG = Credentials("wang.min", "seven boats on the water")


pytestmark = pytest.mark.embedded


class Clock:
    """A clock that tests set."""

    def __init__(self):
        self.seconds = 1_800_000_000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def office(empty, clock, quick_hashes):
    """A district with an administrator, signed in, and an analyst."""
    users.add_user(empty, User(ADMIN.user, "administrator"), ADMIN.password)
    empty.identity = sign_in.sign_in(empty, ADMIN, clock)
    users.add_user(empty, User(WANG.user, "analyst", "王敏", ("g1",)), "given by the office")
    sign_in.sign_in(empty, Credentials(WANG.user, "given by the office", "", WANG.password), clock)
    return empty


def of(store, name):
    return next(user for user in users.users(store) if user.name == name)


def guess(store, clock, name=WANG.user, password="wrong password"):
    """Return what one attempt is told."""
    try:
        sign_in.sign_in(store, Credentials(name, password), clock)
    except SignInError as error:
        return error
    return None


def test_a_district_without_users_asks_nobody(empty):
    assert not users.has_users(empty)
    assert not user_file.path_of(empty.folder).exists()
    assert empty.identity.role == "owner"
    assert users.users(empty) == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_the_first_user_is_an_administrator(empty, role):
    with pytest.raises((RightsError, InputError)):
        users.add_user(empty, User("x", role), ADMIN.password)
    assert not users.has_users(empty)


def test_signing_in_gives_role_and_areas(office, clock):
    access = sign_in.sign_in(office, replace(WANG, user=" ＷANG.Min "), clock)
    assert access == Access("wang.min", "analyst", "", ("g1",))


def test_a_name_is_taken_in_every_spelling(office):
    with pytest.raises(InputError, match="already"):
        users.add_user(office, User("WANG.MIN", "auditor"), "another long secret")


def test_the_file_keeps_no_password_and_is_its_owners_alone(office):
    path = user_file.path_of(office.folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for file in path.parent.glob("users.sqlite*"):
        content = file.read_bytes()
        assert ADMIN.password.encode() not in content
        assert WANG.password.encode() not in content
        assert b"given by the office" not in content


def test_the_same_answer_for_a_wrong_password_and_an_unknown_name(office, clock):
    known = [guess(office, clock) for _ in range(MOST_FAILURES + 1)]
    unknown = [guess(office, clock, "nobody.here") for _ in range(MOST_FAILURES + 1)]
    assert [(type(one), str(one)) for one in known] == [(type(one), str(one)) for one in unknown]
    assert isinstance(known[-1], LockedError)


def test_a_name_typed_is_not_kept(office, clock):
    guess(office, clock, "my-own-password")
    for file in (office.folder / "audit").glob("users.sqlite*"):
        assert b"my-own-password" not in file.read_bytes()


def test_five_wrong_ones_lock_the_right_one_too(office, clock):
    for _ in range(MOST_FAILURES):
        refused = guess(office, clock)
    assert refused.seconds == FIRST_LOCK
    clock.seconds += FIRST_LOCK - 1
    with pytest.raises(LockedError, match="1 min"):
        sign_in.sign_in(office, WANG, clock)
    clock.seconds += 1
    assert sign_in.sign_in(office, WANG, clock).user == "wang.min"


def test_a_clock_set_back_does_not_unlock(office, clock):
    for _ in range(MOST_FAILURES):
        guess(office, clock)
    clock.seconds -= 10**8
    assert isinstance(guess(office, clock, password=WANG.password), LockedError)
    clock.seconds += FIRST_LOCK
    assert sign_in.sign_in(office, WANG, clock)


def test_locks_grow_and_the_right_password_ends_that(office, clock):
    lengths = []
    for _ in range(3):
        for _ in range(MOST_FAILURES):
            refused = guess(office, clock)
        lengths.append(refused.seconds)
        clock.seconds += refused.seconds
    assert lengths == [FIRST_LOCK, 2 * FIRST_LOCK, 4 * FIRST_LOCK]
    sign_in.sign_in(office, WANG, clock)
    for _ in range(MOST_FAILURES):
        refused = guess(office, clock)
    assert refused.seconds == FIRST_LOCK


def test_four_wrong_ones_and_the_right_one_forget(office, clock):
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            assert not isinstance(guess(office, clock), LockedError)
        sign_in.sign_in(office, WANG, clock)


def test_attempts_under_one_name_lock_no_other(office, clock):
    for _ in range(MOST_FAILURES):
        guess(office, clock)
    assert sign_in.sign_in(office, ADMIN, clock).role == "administrator"


def test_a_reset_unlocks_and_its_password_serves_once(office, clock):
    for _ in range(MOST_FAILURES):
        guess(office, clock)
    users.reset_password(office, WANG.user, "for one morning")
    given = Credentials(WANG.user, "for one morning")
    with pytest.raises(PasswordDueError):
        sign_in.sign_in(office, given, clock)
    with pytest.raises(InputError, match="old one"):
        sign_in.sign_in(office, replace(given, new_password="for one morning"), clock)
    with pytest.raises(InputError, match="10 characters"):
        sign_in.sign_in(office, replace(given, new_password="short"), clock)
    assert sign_in.sign_in(office, replace(given, new_password=WANG.password), clock)
    assert sign_in.sign_in(office, WANG, clock)
    assert isinstance(guess(office, clock, password="for one morning"), SignInError)


def test_a_suspended_user_is_nobody(office, clock):
    users.change_user(office, replace(of(office, WANG.user), active=False))
    assert str(guess(office, clock, password=WANG.password)) == str(guess(office, clock, "none"))
    users.change_user(office, replace(of(office, WANG.user), active=True))
    assert sign_in.sign_in(office, WANG, clock)


def test_weaker_hashes_are_made_anew_at_the_next_sign_in(office, clock):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(WANG.password)
    passwords.hash_with(passwords.HASHER)
    with user_file.writing(office.folder) as connection:
        connection.execute("UPDATE users SET hash = ? WHERE key = ?", (weak, WANG.user))
    sign_in.sign_in(office, WANG, clock)
    with user_file.writing(office.folder) as connection:
        kept = user_file.found(connection, WANG.user)["hash"]
    assert not passwords.is_outdated(kept)
    assert sign_in.sign_in(office, WANG, clock)


# ---------------------------------------------------------------------------- codes


@pytest.fixture
def with_code(office, clock):
    """The analyst gives codes too; returns the secret."""
    secret = codes.new_secret()
    office.identity = sign_in.sign_in(office, WANG, clock)
    users.set_code(office, secret, codes.code_at(secret, int(clock() // 30)), clock)
    return secret


def test_a_code_is_asked_for_and_taken_once(office, with_code, clock):
    with pytest.raises(CodeDueError):
        sign_in.sign_in(office, WANG, clock)
    clock.seconds += 30
    code = codes.code_at(with_code, int(clock() // 30))
    assert sign_in.sign_in(office, replace(WANG, code=code), clock)
    with pytest.raises(SignInError, match="wrong"):
        sign_in.sign_in(office, replace(WANG, code=code), clock)


def test_wrong_codes_lock_as_wrong_passwords_do(office, with_code, clock):
    for _ in range(MOST_FAILURES):
        with pytest.raises(SignInError):
            sign_in.sign_in(office, replace(WANG, code="000000"), clock)
    clock.seconds += 60
    code = codes.code_at(with_code, int(clock() // 30))
    with pytest.raises(LockedError):
        sign_in.sign_in(office, replace(WANG, code=code), clock)


def test_a_code_is_not_asked_for_under_a_wrong_password(office, with_code, clock):
    assert not isinstance(guess(office, clock), CodeDueError)


def test_a_code_begins_with_proof(office, clock):
    with pytest.raises(SignInError, match="not the code"):
        users.set_code(office, codes.new_secret(), "123456", clock)
    assert not of(office, ADMIN.user).has_code


def test_an_administrator_takes_a_lost_code_away(office, with_code, clock):
    office.identity = sign_in.sign_in(office, ADMIN, clock)
    assert of(office, WANG.user).has_code
    users.clear_code(office, WANG.user)
    assert sign_in.sign_in(office, WANG, clock)


# ---------------------------------------------------------------------------- separation


def test_an_administrator_gives_themself_no_other_role(office):
    users.add_user(office, User("chen", "administrator"), "a second administrator")
    own = of(office, ADMIN.user)
    for changed in (replace(own, role="analyst"), replace(own, active=False)):
        with pytest.raises(RightsError, match="their own role"):
            users.change_user(office, changed)
    with pytest.raises(RightsError, match="their own role"):
        users.remove_user(office, "ADMIN.LI")
    users.change_user(office, replace(own, title="李"))
    assert of(office, ADMIN.user).title == "李"


def test_the_last_administrator_stays(office, clock):
    users.add_user(office, User("chen", "administrator"), "a second administrator")
    office.identity = Access("chen", "administrator")
    users.remove_user(office, ADMIN.user)
    office.identity = Access("outsider", "administrator")
    for act in (
        lambda: users.remove_user(office, "chen"),
        lambda: users.change_user(office, replace(of(office, "chen"), role="auditor")),
        lambda: users.change_user(office, replace(of(office, "chen"), active=False)),
    ):
        with pytest.raises(RightsError, match="last administrator"):
            act()
    assert [user.name for user in users.users(office) if user.role == "administrator"] == ["chen"]


@pytest.mark.parametrize("role", [key for key in ROLES if Right.USERS not in ROLES[key].rights])
def test_nobody_else_touches_users(office, role):
    office.identity = Access("x", role)
    for act in (
        lambda: users.users(office),
        lambda: users.add_user(office, User("y", "analyst"), "a long enough secret"),
        lambda: users.change_user(office, User(WANG.user, "security")),
        lambda: users.remove_user(office, WANG.user),
        lambda: users.reset_password(office, WANG.user, "a long enough secret"),
        lambda: users.clear_code(office, WANG.user),
    ):
        with pytest.raises(RightsError):
            act()


def test_an_administrator_has_no_right_to_people():
    rights = ROLES["administrator"].rights
    assert not rights & {Right.PEOPLE, Right.UNMASK, Right.EXPORT, Right.AUDIT, Right.BREAK_GLASS}


@pytest.mark.parametrize("function", ["remove_user", "clear_code"])
def test_nobody_is_told_as_such(office, function):
    with pytest.raises(NotFoundError, match=r"nobody\.here"):
        getattr(users, function)(office, "nobody.here")


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.text(min_size=1, max_size=80),
    st.text(max_size=40),
    st.lists(st.text(max_size=20), max_size=4),
)
def test_names_titles_and_areas_are_only_data(office, name, title, areas):
    with user_file.writing(office.folder) as connection:
        connection.execute("DELETE FROM users WHERE key NOT IN (?, ?)", (ADMIN.user, WANG.user))
    user = User(name, "auditor", title, tuple(areas))
    try:
        user.check()
    except InputError:
        assert guess(office, Clock(), name) is not None
        return
    if name.casefold() in {ADMIN.user, WANG.user}:
        return
    users.add_user(office, user, "no name of anybody's 1")
    kept = of(office, name)
    assert (kept.name, kept.title, kept.areas) == (name, title.strip(), tuple(areas))


def test_a_damaged_file_lets_nobody_in(office, clock):
    path = user_file.path_of(office.folder)
    for file in path.parent.glob("users.sqlite*"):
        file.unlink()
    path.write_bytes(b"this was the users' file once " * 100)
    with pytest.raises(InputError, match=r"users\.sqlite"):
        sign_in.sign_in(office, ADMIN, clock)
    with pytest.raises(InputError, match=r"users\.sqlite"):
        user_file.has_users(office.folder)


def test_what_is_written_waits_for_the_disk(office):
    with user_file.writing(office.folder) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_who_changed_whom_is_kept(office):
    with closing(sqlite3.connect(user_file.path_of(office.folder))) as connection:
        row = connection.execute(
            "SELECT created_by, areas FROM users WHERE key = ?", (WANG.user,)
        ).fetchone()
    assert (row[0], json.loads(row[1])) == (ADMIN.user, ["g1"])
    users.change_user(office, replace(of(office, WANG.user), areas=("g2",)))
    changed = of(office, WANG.user)
    assert (changed.areas, changed.changed_by) == (("g2",), ADMIN.user)
