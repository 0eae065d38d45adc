"""An encrypted district works as a plain one does, and not at all without its key."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, NotFoundError, SignInError
from mapdesk.services import districts
from mapdesk.store import audit, database, media, places
from mapdesk.store.encrypted import VaultKeys, open_encrypted
from mapdesk.store.files import MEMORY
from mapdesk.store.folder import DATABASE, SETTINGS
from mapdesk.store.keyfile import KEY_FILE
from mapdesk.store.vault import Vault
from tests.conftest import PASSPHRASE


def test_all_is_there_again(sealed_folder, town_folder):
    with (
        districts.open_district(sealed_folder) as sealed,
        districts.open_district(town_folder) as town,
    ):
        assert places.counts(sealed) == places.counts(town)
        assert sealed.district == town.district
        assert sealed.vault is not None


def test_without_its_key_it_stays_shut(sealed_folder):
    with pytest.raises(SignInError, match="is encrypted"):
        database.open_store(sealed_folder)
    with pytest.raises(InputError, match="cannot be read"):
        open_encrypted(sealed_folder, Vault(b"another key of the same length.."))


def test_the_folder_says_that_it_is_encrypted_and_no_more(sealed_folder):
    assert (sealed_folder / SETTINGS).read_text() == "format = 1\nencrypted = true\n"
    assert {path.name for path in sealed_folder.iterdir() if path.is_file()} == {
        SETTINGS, KEY_FILE, DATABASE,
    }  # fmt: skip


def test_what_belongs_in_tables_is_there(sealed_town):
    media.keep(sealed_town, "media/clip.bin", b"pictures")
    assert dict(media.files(sealed_town)) == {"media/clip.bin": b"pictures"}
    assert media.local(sealed_town, "media/clip.bin").read_bytes() == b"pictures"
    with pytest.raises(NotFoundError):
        media.local(sealed_town, "media/other.bin")
    assert len(sealed_town.secret()) == 32
    assert sealed_town.secret() == sealed_town.secret()
    assert not any((sealed_town.folder / "media").iterdir())


def test_the_same_folder_opens_twice_in_one_process(sealed_folder):
    with (
        districts.open_district(sealed_folder) as one,
        districts.open_district(sealed_folder) as other,
    ):
        media.keep(one, "media/a", b"x")
        assert dict(media.files(other)) == {"media/a": b"x"}


def test_the_record_of_looks_is_sealed_and_its_key_lies_nowhere(sealed_town):
    audit.record(sealed_town, Access("周敏", "analyst", "checking"), "find people", "王")
    row = audit.last(sealed_town)[0]
    assert (row["who"], row["subject"]) == ("周敏", "王")
    verdict = audit.verify(sealed_town)
    assert verdict.rows >= 1
    folder = sealed_town.folder / "audit"
    assert not (folder / "signing.key").exists()
    assert not any("周敏".encode() in path.read_bytes() for path in folder.iterdir())
    keys = VaultKeys(sealed_town.vault)
    assert keys.find("a").private_bytes_raw() == keys.make("a").private_bytes_raw()
    assert keys.find("a").private_bytes_raw() != keys.find("b").private_bytes_raw()


def test_temporary_files_lie_in_memory_while_it_is_open(sealed_town):
    with tempfile.NamedTemporaryFile() as file:
        assert file.name.startswith(str(MEMORY))


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_changed_database_is_told(sealed_folder, where):
    path = sealed_folder / DATABASE
    content = bytearray(path.read_bytes())
    # A tenth of it: a block may be free or an index's, which nobody reads.
    start, end = (int(len(content) * part) for part in (where, where + 0.1))
    for place in range(start, end, 1 << 12):
        content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises((InputError, sa.exc.DBAPIError), match=r"tag|cannot be read"):
        read_all(sealed_folder)


def read_all(folder):
    with districts.open_district(folder) as store, store.connect() as connection:
        tables = connection.exec_driver_sql("SELECT table_name FROM duckdb_tables()").fetchall()
        for (table,) in tables:
            connection.exec_driver_sql(f'SELECT hash(COLUMNS(*)) FROM "{table}"').fetchall()


KILLED = """
import os, signal, sys
from pathlib import Path
from mapdesk.services import districts
from mapdesk.store import media
store = districts.open_district(Path(sys.argv[1]))
media.keep(store, "media/acknowledged", b"KNOWN-VALUE " * 1000)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_acknowledged_survives_kill_9_in_a_sealed_log(sealed_folder, tmp_path):
    passphrase = tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(sealed_folder)],
        env=os.environ | {"MAPDESK_KEY_FILE": str(passphrase)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    log = sealed_folder / (DATABASE + ".wal")
    assert b"KNOWN-VALUE" not in log.read_bytes()
    with districts.open_district(sealed_folder) as store:
        assert dict(media.files(store)) == {"media/acknowledged": b"KNOWN-VALUE " * 1000}
