"""What may be a password, what is kept of it, and what a server sees."""

import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model import passwords
from mapdesk.model.errors import InputError
from mapdesk.model.users import Credentials, User, key_of
from tests.conftest import hashing_quickly

GOOD = "correct horse battery"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "10 characters"),
        ("short", "10 characters"),
        ("x" * 9, "10 characters"),
        ("wang.min.01", "the name"),
        ("WANG.MIN.01", "the name"),
        ("wang.min.012026", "the name"),
        ("1111111111", "first to be guessed"),
        ("1234567890", "first to be guessed"),
        ("１２３４５６７８９０", "first to be guessed"),
        ("Password123", "first to be guessed"),
        ("a1b2c3d4" * 40, "at most"),
    ],
)
def test_weak_passwords_are_refused(password, says):
    with pytest.raises(InputError, match=says):
        passwords.check(password, "wang.min.01")


@pytest.mark.parametrize(
    "password", [GOOD, "我们今天去海边看日出吧", "wang.min.01 sings", "1029384756x"]
)
def test_length_is_enough(password):
    passwords.check(password, "wang.min.01")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=20))
def test_the_name_itself_is_never_a_password(name, other):
    if key_of(name):
        with pytest.raises(InputError):
            passwords.check(name, name)
    with pytest.raises(InputError):
        passwords.check("", other)


@given(st.text(min_size=1, max_size=40))
def test_what_is_kept_matches_the_password_in_any_normal_form(password):
    with hashing_quickly():
        kept = passwords.hashed(password)
        assert passwords.matches(kept, unicodedata.normalize("NFKC", password))
        assert not passwords.matches(kept, password + "x")
    assert password not in kept or len(password) < 3


def test_what_is_kept_is_argon2id_of_rfc_9106():
    assert extract_parameters(passwords.hashed(GOOD)) == RFC_9106_LOW_MEMORY


def test_weaker_parameters_are_outdated():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed(GOOD))


def test_nobodys_hash_matches_nothing_and_costs_as_much():
    assert extract_parameters(passwords.nobodys()) == extract_parameters(passwords.hashed(GOOD))
    assert not passwords.matches(passwords.nobodys(), "")
    assert not passwords.matches(passwords.nobodys(), GOOD)


def test_damaged_hashes_match_nothing():
    assert not passwords.matches("", GOOD)
    assert not passwords.matches("$argon2id$v=19$m=65536", GOOD)


def test_the_password_of_a_server_role_is_frozen():
    """Other parameters would lock every user of every server out."""
    assert (
        passwords.server_password(GOOD, "wang.min", "jimei")
        == "pISNL5F7gaW0UTvUbAwwHltyHGgm5ZMV2rjPftxEQ9U"
    )


def test_the_password_of_a_server_role_is_of_one_user_in_one_district():
    one = passwords.server_password(GOOD, "wang.min", "jimei")
    assert one == passwords.server_password(GOOD, " WANG.MIN ", "jimei")
    assert len(one) == 43
    others = {
        passwords.server_password(GOOD, "wang.min", "xinglin"),
        passwords.server_password(GOOD, "wang.mi", "jimei"),
        passwords.server_password(GOOD, "wang.min", "jime"),
        passwords.server_password(GOOD + "x", "wang.min", "jimei"),
    }
    assert len(others) == 4
    assert one not in others


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "x" * 64, "王" * 22, "a\n", "a'; --"])
def test_names_that_cannot_be(name):
    with pytest.raises(InputError, match="name"):
        User(name, "analyst").check()


def test_names_and_roles_that_can_be():
    for name in ("wang.min", "王敏", "o-2_x", "x" * 63):
        User(name, "auditor").check()
    for role in ("owner", "nobody", "king"):
        with pytest.raises(InputError, match="role"):
            User("x", role).check()


def test_credentials_never_show_a_password():
    shown = repr(Credentials("wang", "secret word", "123456", "other word"))
    assert shown == "Credentials(user='wang')"
