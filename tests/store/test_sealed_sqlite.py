"""A database that is a sealed file between uses."""

import sqlite3
from contextlib import suppress

import pytest

from mapdesk.model.errors import InputError
from mapdesk.store.sealed_sqlite import sealed_sqlite
from mapdesk.store.vault import Vault

VAULT = Vault(b"k" * 32)


def names(path, vault=VAULT):
    with sealed_sqlite(vault, path, "users") as connection:
        return [row[0] for row in connection.execute("SELECT name FROM users ORDER BY name")]


@pytest.fixture
def path(tmp_path):
    with sealed_sqlite(VAULT, tmp_path / "users", "users") as connection:
        connection.execute("CREATE TABLE users (name TEXT)")
        connection.execute("INSERT INTO users VALUES ('周敏')")
    return tmp_path / "users"


def test_rows_come_back_and_lie_nowhere_in_clear(path):
    assert names(path) == ["周敏"]
    content = path.read_bytes()
    assert "周敏".encode() not in content
    assert b"SQLite" not in content
    assert [one.name for one in path.parent.iterdir()] == ["users"]


def test_an_error_takes_all_back(path):
    before = path.read_bytes()
    with suppress(sqlite3.OperationalError), sealed_sqlite(VAULT, path, "users") as connection:
        connection.execute("INSERT INTO users VALUES ('somebody')")
        connection.execute("INSERT INTO nowhere VALUES (1)")
    assert path.read_bytes() == before


def test_reading_writes_nothing(path):
    before = path.read_bytes()
    names(path)
    assert path.read_bytes() == before


def test_another_key_or_a_changed_file_is_refused(path):
    with pytest.raises(InputError, match="users was changed"):
        names(path, Vault(b"x" * 32))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError):
        names(path)
