"""The passphrase opens the key; nothing else does, and nothing else needs to change with it."""

import dataclasses
import re
from pathlib import Path

import pytest

from mapdesk.model.errors import InputError, NotFoundError, SignInError
from mapdesk.store.keyfile import KEY_FILE, SHORTEST, Cost, KeyFile
from tests.conftest import CHEAP, PASSPHRASE


@pytest.fixture
def made():
    return KeyFile.make(PASSPHRASE, CHEAP)


def test_a_guess_costs_what_is_shipped_unless_said_otherwise():
    """Four times the memory of RFC 9106's second recommended option."""
    key, vault = KeyFile.make(PASSPHRASE)
    assert key.cost == Cost(memory=256 * 1024, passes=3, lanes=4)
    assert key.unlock(PASSPHRASE).data_key == vault.data_key


def test_the_passphrase_opens_what_was_written(made, tmp_path):
    key, vault = made
    key.write(tmp_path)
    read = KeyFile.read(tmp_path)
    assert read == key
    assert read.unlock(PASSPHRASE).data_key == vault.data_key
    assert read.fits(vault)
    assert not read.fits(KeyFile.make(PASSPHRASE, CHEAP)[1])


@pytest.mark.parametrize("wrong", ["", PASSPHRASE[:-1], PASSPHRASE + " ", PASSPHRASE.upper()])
def test_another_passphrase_does_not(made, wrong):
    with pytest.raises(SignInError, match="not the passphrase"):
        made[0].unlock(wrong)


def test_the_file_tells_neither_key_nor_passphrase(made):
    key, vault = made
    text = key.text()
    assert PASSPHRASE not in text
    assert vault.data_key.hex() not in text
    assert set(re.findall(r"^\w+", text, re.MULTILINE)) == {
        "format", "id", "memory", "passes", "lanes", "salt", "wrapped", "check",
    }  # fmt: skip


def test_a_new_passphrase_wraps_the_same_key_and_the_old_one_is_gone(made):
    key, vault = made
    other = key.wrapping(vault, "another staple word")
    assert other.unlock("another staple word").data_key == vault.data_key
    assert (other.id, other.check) == (key.id, key.check)
    assert other.salt != key.salt
    with pytest.raises(SignInError):
        other.unlock(PASSPHRASE)


def test_the_same_characters_typed_elsewhere_are_the_same_passphrase():
    composed, decomposed = "caf\u00e9 in the town", "cafe\u0301 in the town"
    key, vault = KeyFile.make(composed, CHEAP)
    assert key.unlock(decomposed).data_key == vault.data_key


def test_a_short_passphrase_is_refused(made):
    with pytest.raises(InputError, match=str(SHORTEST)):
        KeyFile.make("x" * (SHORTEST - 1), CHEAP)
    with pytest.raises(InputError, match=str(SHORTEST)):
        made[0].wrapping(made[1], "short")


@pytest.mark.parametrize("field", ["id", "salt", "wrapped", "cost"])
def test_a_changed_file_does_not_open(made, field):
    key = made[0]
    other = {
        "id": "0" * 32,
        "salt": b"0" * 16,
        "wrapped": key.wrapped[:-1] + bytes([key.wrapped[-1] ^ 1]),
        "cost": Cost(8, 2, 1),
    }[field]
    with pytest.raises(SignInError):
        dataclasses.replace(key, **{field: other}).unlock(PASSPHRASE)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "newer mapdesk"),
        ("memory = 8", "memory = 99999999", "more memory or time"),
        ("passes = 1", "passes = 9999", "more memory or time"),
        ("memory = 8", 'memory = "much"', "damaged"),
        ('salt = "', 'salt = "?', "damaged"),
        ("wrapped", "unwrapped", "damaged"),
        ("id = ", "id ", "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_says_so(made, old, new, said):
    text = made[0].text()
    assert old in text
    with pytest.raises(InputError, match=said):
        KeyFile.parse(text.replace(old, new), Path("key.toml"))


def test_a_lost_file_and_one_that_is_no_text(tmp_path):
    with pytest.raises(NotFoundError, match="without which nobody can open it"):
        KeyFile.read(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="damaged"):
        KeyFile.read(tmp_path)
