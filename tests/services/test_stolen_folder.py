"""A stolen folder yields nothing: every byte of every file is searched, and has to look random."""

import base64
import json
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from mapdesk.services.unlocking import UNLOCKING
from mapdesk.store import places
from mapdesk.store.encrypted import open_encrypted
from mapdesk.store.keyfile import KEY_FILE
from tests.conftest import PASSPHRASE

WINDOW = 1 << 16
"""Bytes that have to be incompressible at a stretch."""
LEAST_RATIO = 0.98

PURPOSE = "核对消防通道 fire exits"
USER = "周敏 zhou.min"
ADMINISTRATOR = "zhao.adminova"
EXPORTED = "half an export of the register"

LIVED_IN = r"""
import json, os, shutil, signal, sys
from pathlib import Path
from mapdesk.model.access import Access
from mapdesk.services import cameras, city, districts, residents, scenery
from mapdesk.store import audit, media, places
from mapdesk.video.clips import write_street_clips

folder, scratch, backup, purpose, user, exported, administrator = sys.argv[1:]
store = districts.open_district(Path(folder))
access = Access(user, "analyst", purpose)
clips = write_street_clips(Path(scratch) / "clips", count=1, seconds=0.4)
media.keep(store, "media/street-1.mp4", clips[0].read_bytes())
shutil.rmtree(Path(scratch) / "clips")
city.keep(store, city.whole(store, store.district.origin))
scenery.ground(store, store.district.origin)
with store.connect() as connection:
    building = connection.exec_driver_sql("SELECT building_id FROM resident LIMIT 1").fetchone()[0]
    camera = connection.exec_driver_sql(
        "SELECT id FROM camera WHERE main_stream = 'media/street-1.mp4' AND sub_stream IS NULL LIMIT 1"
    ).fetchone()
residents.people_of_building(store, access, building)
residents.find_people(store, access, "王")
districts.backup(store, Path(backup), lambda text, part: None)
residents.people_of_building(store, access, building)

# Work too large for memory: spill files are looked at while they are there.
spill = store.folder / "cache" / "spill"
spilled = Path(scratch) / "spilled"
spilled.mkdir()
with store.connect() as connection:
    for setting in ("memory_limit = '120MB'", "threads = 1", "preserve_insertion_order = false"):
        connection.exec_driver_sql(f"SET {setting}")
    connection.exec_driver_sql(
        "CREATE TEMP TABLE many AS SELECT p.* FROM person p, range(300)"
    )
    many = connection.exec_driver_sql(
        "SELECT id, name, phone FROM many ORDER BY identity_number, phone"
    )
    many.fetchmany(10)
    held = {path.name: path.read_bytes() for path in spill.iterdir()}
    for name, content in held.items():
        (spilled / name).write_bytes(content)
    connection.exec_driver_sql("DROP TABLE many")

# Rows that are in the write-ahead log alone, an export that is under way, and then the end.
with store.engine.begin() as connection:
    connection.exec_driver_sql(
        "INSERT INTO person SELECT id || '-copy', * EXCLUDE (id) FROM person LIMIT 500"
    )
from mapdesk.model.users import User
from mapdesk.services import signing_in
signing_in.add_user(store, User(administrator, "administrator", "Frau Adminova"), "correct horse 7")
with store.files.scratch() as temporary:
    (temporary / "export.csv").write_text(exported)
    print(json.dumps({"scratch": str(temporary), "spilled": sum(map(len, held.values()))}), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def lived_in(sealed_folder, tmp_path):
    """The encrypted town after a day's work that ended with a killed process; (folder, what it said)."""
    passphrase = tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE)
    for name in ("scratch", "backups", "tmp"):
        (tmp_path / name).mkdir()
    done = subprocess.run(
        [
            sys.executable, "-c", LIVED_IN, str(sealed_folder), str(tmp_path / "scratch"),
            str(tmp_path / "backups" / "town.backup"), PURPOSE, USER, EXPORTED, ADMINISTRATOR,
        ],
        env=os.environ | {"MAPDESK_KEY_FILE": str(passphrase), "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    said = json.loads(done.stdout[done.stdout.rindex("{") :])
    yield said
    for left in Path(said["scratch"]).rglob("*"):
        left.unlink()
    Path(said["scratch"]).rmdir()


def all_files(tmp_path):
    places_stolen = ("sealed", "backups", "scratch", "tmp")
    return [
        path
        for name in places_stolen
        for path in sorted((tmp_path / name).rglob("*"))
        if path.is_file()
    ]


def known_values(folder):
    """Return what must not be found: names, numbers, places, words of the district."""
    vault = UNLOCKING.unlock(UNLOCKING.lock_of(folder))
    with open_encrypted(folder, vault) as store, store.connect() as connection:

        def column(table, name):
            rows = connection.exec_driver_sql(
                f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" IS NOT NULL'
            )
            return [str(row[0]) for row in rows]

        columns = (
            ("person", "id"), ("person", "name"), ("person", "phone"), ("person", "identity_number"),
            ("building", "id"), ("building", "name"), ("building", "address"), ("address", "text"),
            ("worker", "name"), ("worker", "phone"), ("camera", "name"), ("camera", "main_stream"),
            ("organisation", "name"), ("organisation", "contact_phone"), ("road", "name"),
            ("grid", "name"), ("household", "id"), ("incident", "title"), ("source", "attribution"),
        )  # fmt: skip
        found = {value for table, name in columns for value in column(table, name)}
        x, y = store.district.origin
        found |= {store.district.name, store.district.crs, f"{x:.0f}", f"{y:.0f}"}
        found |= {store.secret().hex(), store.vault.data_key.hex()}
        assert places.counts(store)["person"] == 3500
    found |= {
        PURPOSE,
        USER,
        EXPORTED,
        PASSPHRASE,
        ADMINISTRATOR,
        "people of building",
        "resident",
        "household_id",
    }
    return found


def shapes(value):
    """Return a value's bytes in every encoding and notation it might lie about in.

    Short ones are left out: a few bytes turn up by chance among a hundred million random ones.
    """
    utf8 = value.encode("utf-8")
    plain = {utf8, value.encode("utf-16-le"), value.encode("utf-16-be"), value.encode("gb18030")}
    every = set(plain)
    for content in plain:
        every |= {content.hex().encode(), content.hex().upper().encode()}
        for before in range(3):
            # The characters of base64 that depend on the value alone, wherever in a text it stands.
            text = base64.b64encode(b"\0" * before + content)
            known = text[(0, 2, 3)[before] : (before + len(content)) * 8 // 6]
            every |= {known, known.replace(b"+", b"-").replace(b"/", b"_")}
    return {shape for shape in every if len(shape) >= 7 or (shape == utf8 and len(shape) >= 6)}


class Search:
    """Looks for very many values in very many bytes at once.

    Tables of the first three bytes and of the next three leave few places to look at closely.
    """

    def __init__(self, values):
        self.needles = set().union(*map(shapes, values))
        self.lengths = {}
        for needle in self.needles:
            self.lengths.setdefault(needle[:6], set()).add(len(needle))
        self.first, self.next = np.zeros((2, 1 << 24), bool)
        for head in self.lengths:
            self.first[int.from_bytes(head[:3], "big")] = True
            self.next[int.from_bytes(head[3:], "big")] = True

    def hits(self, content):
        """Return the values' shapes that are in `content`."""
        codes = np.frombuffer(content, np.uint8).astype(np.uint32)
        starts = codes[:-2] << 16 | codes[1:-1] << 8 | codes[2:]
        found = set()
        likely = np.flatnonzero(self.first[starts[:-3]])
        for at in likely[self.next[starts[likely + 3]]].tolist():
            for length in self.lengths.get(content[at : at + 6], ()):
                found.add(content[at : at + length])
        return found & self.needles


def compressible(content):
    """Return the offsets of windows that do not look random."""
    return [
        start
        for start in range(0, len(content), WINDOW)
        if len(zlib.compress(window := content[start : start + WINDOW])) < LEAST_RATIO * len(window)
    ]


CLEAR = {
    "district.toml": "says that it is encrypted",
    KEY_FILE: "salt, parameters and wrapped key",
    "looks.sqlite": "SQLite's pages around sealed rows, numbered and dated",
    "looks.sqlite-wal": "the same",
    "looks.sqlite-shm": "SQLite's index of its log",
}
"""Files that need not look random, and why; they are searched as all others are."""

DUCKDB_HEADERS = 3 * 4096
"""Bytes at the start of a database file: DuckDB's version, a salt, where blocks are."""


@pytest.mark.usefixtures("plain_folders")
def test_a_stolen_folder_yields_nothing(lived_in, town_folder, tmp_path):
    stolen = {path: path.read_bytes() for path in all_files(tmp_path)}
    search = Search(known_values(tmp_path / "sealed"))
    names = {path.name for path in stolen}
    # All that a day leaves behind is among it.
    assert {"store.duckdb", "store.duckdb.wal", "town.backup", "looks.sqlite", KEY_FILE} <= names
    assert sum(path.parent.name == "spilled" for path in stolen) >= 1
    assert sum(path.parent.name == "cache" for path in stolen) == 2
    assert lived_in["spilled"] > 10_000_000
    assert not any((tmp_path / "tmp").iterdir())
    for path, content in stolen.items():
        assert search.hits(content) == set(), path
        assert search.hits(str(path.relative_to(tmp_path)).encode()) == set(), path
        if path.name in CLEAR:
            continue
        body = content[DUCKDB_HEADERS:] if path.name == "store.duckdb" else content
        assert compressible(body) == [], path
    # The search does find what is there: the same town in clear.
    assert len(search.hits((town_folder / "store.duckdb").read_bytes())) > 1000
    assert compressible((town_folder / "store.duckdb").read_bytes())


@pytest.mark.parametrize("text", ["王建国", "13800138000", "北京路18号", "fire exits"])
def test_the_search_knows_a_value_in_every_shape(text):
    search = Search([text, "something else"])
    utf16 = text.encode("utf-16-le")
    wrapped = [
        text.encode(), utf16, text.encode("gb18030"), text.encode().hex().encode(),
        utf16.hex().upper().encode(), base64.b64encode(text.encode()),
        base64.urlsafe_b64encode(b"x" + text.encode() + b"yz"), base64.b64encode(b"ab" + utf16),
    ]  # fmt: skip
    for content in wrapped:
        if len(content) >= 8:
            assert search.hits(b"\xff" * 5 + content + b"\xff" * 5), content
    assert not search.hits(os.urandom(1 << 16))
