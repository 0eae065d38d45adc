"""The SQLite file: writers side by side, kill -9, an old record, a sealed one, and a bad disk."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from mapdesk.model.errors import BusyError, InputError, WorldError
from mapdesk.model.looks import AuditQuery
from mapdesk.store.audit.chain import link
from mapdesk.store.audit.embedded import FILE, EmbeddedBook
from mapdesk.store.audit.keys import FileKeys, SystemKeys
from mapdesk.store.audit.sealing import PLAIN
from mapdesk.store.audit.takeover import COPY
from mapdesk.store.audit.trail import utc_now
from tests.store.audit.books import (
    Box,
    SteppingClock,
    judge,
    look,
    make_book,
    sign,
    tamper,
)

WRITER = """
import sys
from pathlib import Path
from mapdesk.model.access import Access
from mapdesk.store.audit.chain import entry
from mapdesk.store.audit.embedded import EmbeddedBook
from mapdesk.store.audit.sealing import PLAIN
from mapdesk.store.audit.trail import utc_now

book = EmbeddedBook(Path(sys.argv[1]), utc_now, PLAIN)
for count in range(int(sys.argv[2])):
    print(book.append([entry(Access(sys.argv[3], "analyst", "why"), "look", str(count), "look", None)]),
          flush=True)
"""


def start_writer(folder, count, name):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(count), name],
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(writer):
    text, _nothing = writer.communicate(timeout=120)
    assert writer.returncode == 0
    return [int(line) for line in text.split()]


def test_processes_side_by_side_make_one_chain(tmp_path):
    writers = [start_writer(tmp_path / "audit", 150, f"w{number}") for number in range(3)]
    numbers = [number for writer in writers for number in finish(writer)]
    assert sorted(numbers) == list(range(1, 451))
    verdict = judge(make_book(tmp_path / "audit"))
    assert (verdict.whole, verdict.rows) == (True, 450)


def test_threads_side_by_side_make_one_chain(tmp_path):
    book = make_book(tmp_path / "audit")

    def work():
        for number in range(50):
            book.append([look(number), look(number)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = judge(book)
    assert (verdict.whole, verdict.rows) == (True, 400)
    book.close()


def kill_while_writing(folder, after):
    """Kill a writer once `after` rows are acknowledged; return the last number acknowledged."""
    writer = start_writer(folder, 100_000, "w")
    last = 0
    for _ in range(after):
        last = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read().split("\n")
    writer.wait()
    writer.stdout.close()
    return max([last, *[int(line) for line in rest[:-1]]])


def rounds_of_killing(folder, rounds):
    for turn in range(rounds):
        acknowledged = kill_while_writing(folder, 1 + turn * 7 % 40)
        verdict = judge(make_book(folder))
        assert verdict.whole, verdict.findings
        # One row more may be on disk than was told, never one less.
        assert verdict.rows - acknowledged in (0, 1)


def test_kill_9_loses_no_row_that_was_acknowledged(tmp_path):
    rounds_of_killing(tmp_path / "audit", 3)


@pytest.mark.soak
def test_100_kills_lose_no_row_that_was_acknowledged(tmp_path):
    rounds_of_killing(tmp_path / "audit", 100)


def test_a_clock_set_back_breaks_nothing(tmp_path):
    clock = SteppingClock()
    book = make_book(tmp_path / "audit", 2, clock)
    clock.now -= timedelta(days=1)
    book.append([look(3)])
    book.append([look(4)])
    rows = book.find(AuditQuery())
    assert [row["number"] for row in rows] == [4, 3, 2, 1]
    assert rows[1]["at"] < rows[2]["at"]
    assert [row["detail"] for row in rows] == ["{}", '{"clock_back_s":86399.0}', "{}", "{}"]
    assert judge(book).whole


def test_rows_are_found_by_each_of_their_words(tmp_path):
    for sealer in (None, Box()):
        folder = tmp_path / str(sealer is None)
        book = make_book(folder, 10, SteppingClock(), *([sealer] if sealer else []))
        book.append([look(number) for number in range(11, 31)])
        assert len(book.find(AuditQuery(limit=5))) == 5
        assert [row["number"] for row in book.find(AuditQuery(subject="b0007"))] == [7]
        assert book.find(AuditQuery(subject="B000%")) == []
        assert len(book.find(AuditQuery(who="tester", action="people of building"))) == 30
        assert book.find(AuditQuery(who="tes")) == []
        assert book.find(AuditQuery(kind="export")) == []
        page = book.find(AuditQuery(before=11, limit=4))
        assert [row["number"] for row in page] == [10, 9, 8, 7]
        day = SteppingClock().now.astimezone().date()
        assert len(book.find(AuditQuery(since=day, until=day))) == 30
        assert book.find(AuditQuery(since=day + timedelta(days=1))) == []
        moment = SteppingClock().now + timedelta(seconds=2)
        assert len(book.find(AuditQuery(until=moment))) == 10
        book.close()


OLD = """
CREATE TABLE looks (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL,
    role TEXT NOT NULL, purpose TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL)
"""


@pytest.fixture
def old(tmp_path):
    """A folder with a record as schema 0001 wrote it, one row of which is gone."""
    folder = tmp_path / "audit"
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(OLD)
        connection.executemany(
            "INSERT INTO looks (at, who, role, purpose, action, subject) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    f"2025-05-01T08:00:0{number}.000+00:00",
                    "old",
                    "analyst",
                    "why",
                    "look",
                    f"B{number}",
                )
                for number in range(5)
            ],
        )
        connection.execute("DELETE FROM looks WHERE number = 2")
        connection.commit()
    return folder


@pytest.mark.parametrize("sealer", [None, Box()])
def test_an_old_record_is_taken_over_with_a_copy_kept(old, sealer):
    book = make_book(old, 0, *([SteppingClock(), sealer] if sealer else []))
    rows = book.find(AuditQuery())
    assert [row["subject"] for row in rows] == [COPY, "B4", "B3", "B2", "B0"]
    assert rows[1]["at"] == "2025-05-01T08:00:04.000+00:00"
    assert [row["detail"] for row in rows[1:]] == [f'{{"was_row":{n}}}' for n in (5, 4, 3, 1)]
    assert '"rows":4' in rows[0]["detail"]
    book.append([look(1)])
    again = make_book(old, 0, *([SteppingClock(), sealer] if sealer else []))
    verdict = judge(again)
    assert (verdict.whole, verdict.rows) == (True, 6)
    with closing(sqlite3.connect(old / COPY)) as copy:
        assert copy.execute("SELECT count(*) FROM looks").fetchone() == (4,)
    book.close()


def test_an_old_record_that_says_no_time_is_left_as_it_is(old):
    tamper(old, "UPDATE looks SET at = 'never' WHERE number = 3")
    with pytest.raises(InputError, match="row 3"):
        make_book(old).find(AuditQuery())
    with closing(sqlite3.connect(old / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM looks").fetchone() == (4,)


def test_a_sealed_record_shows_nothing_to_a_thief(tmp_path):
    book = make_book(tmp_path / "audit", 20, SteppingClock(), Box())
    book.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "audit").iterdir())
    for word in (b"tester", b"analyst", b"checking", b"people of building", b"B0001"):
        assert word not in content
    assert judge(make_book(tmp_path / "audit", 0, SteppingClock(), Box())).whole


def test_hashes_of_a_sealed_record_cannot_be_guessed_at(tmp_path):
    """Whoever knows every text of a row still cannot make its hash without the key."""
    clock = SteppingClock(step=timedelta())
    hashes = set()
    for sealer in ([], [Box()], [Box(b"o" * 32)]):
        folder = tmp_path / str(len(hashes))
        with make_book(folder, 1, clock, *sealer).read() as recorded:
            row = next(recorded.rows)
        plain = link(row[0], [text.encode() for text in row[1:9]], row[9], None)
        assert (plain == row[10]) is (not sealer)
        hashes.add(row[10])
    assert len(hashes) == 3


def test_a_change_of_a_sealed_row_is_found(tmp_path):
    make_book(tmp_path / "audit", 5, SteppingClock(), Box()).close()
    for change in ("sealed = zeroblob(60)", "sealed = NULL, who = 'x'", "kind = 'export'"):
        tamper(tmp_path / "audit", f"UPDATE look SET {change} WHERE number = 3")
        verdict = judge(make_book(tmp_path / "audit", 0, SteppingClock(), Box()))
        assert [finding.row for finding in verdict.findings] == [3]


def test_a_seal_put_on_a_plain_row_changes_nothing_that_is_shown(tmp_path):
    book = make_book(tmp_path / "audit", 3)
    tamper(tmp_path / "audit", "UPDATE look SET sealed = zeroblob(60) WHERE number = 3")
    assert book.find(AuditQuery(limit=1))[0]["who"] == "tester"
    assert judge(book).whole
    book.close()


def test_seal_and_district_must_agree(tmp_path):
    make_book(tmp_path / "audit", 1, SteppingClock(), Box()).close()
    with pytest.raises(InputError, match="do not agree"):
        make_book(tmp_path / "audit", 1)


def test_a_damaged_file_is_one_sentence(tmp_path):
    book = make_book(tmp_path / "audit", 100)
    book.close()
    path = tmp_path / "audit" / FILE
    path.write_bytes(b"SQLite format 3\0" + b"rubbish" * 500)
    with pytest.raises(InputError, match=r"looks\.sqlite is damaged"):
        make_book(tmp_path / "audit").append([look(1)])
    path.unlink()
    path.mkdir()
    with pytest.raises(WorldError, match="cannot be used"):
        make_book(tmp_path / "audit").append([look(1)])


def test_a_chain_that_lost_its_tip_is_one_sentence(tmp_path):
    make_book(tmp_path / "audit", 3).close()
    tamper(tmp_path / "audit", "DELETE FROM chain")
    with pytest.raises(InputError, match="damaged"), make_book(tmp_path / "audit").read():
        pass


def test_a_writer_that_waits_too_long_is_told(tmp_path):
    book = EmbeddedBook(tmp_path / "audit", utc_now, PLAIN, wait=0.05)
    book.append([look(1)])
    with closing(sqlite3.connect(tmp_path / "audit" / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="Another process"):
            book.append([look(2)])
    assert book.append([look(2)]) == 2
    book.close()


FULL = """
import resource, signal, sys
from tests.store.audit.books import look, make_book
from mapdesk.model.errors import WorldError
from pathlib import Path

book = make_book(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
last = 0
try:
    for _ in range(1000):
        last = book.append([look(number) for number in range(100)])
except WorldError as error:
    print(last, error)
"""


def test_a_full_disk_refuses_the_row_and_keeps_the_chain(tmp_path):
    """As far as a process can meet one without a disk of its own: no file may grow past 200 kB."""
    ran = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "audit")],
        capture_output=True,
        text=True,
        check=True,
    )
    last, _space, sentence = ran.stdout.partition(" ")
    assert "cannot be used" in sentence
    verdict = judge(make_book(tmp_path / "audit"))
    assert (verdict.whole, verdict.rows) == (True, int(last))


def test_keys_lie_in_a_file_for_their_owner_alone_where_there_is_no_keyring(tmp_path):
    keys = SystemKeys(tmp_path, fail.Keyring())
    assert keys.find("c") is None
    made = keys.make("c")
    path = tmp_path / "signing.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.find("c").private_bytes_raw() == made.private_bytes_raw()
    # Whoever comes second takes the first one's key.
    assert FileKeys(tmp_path).make("c").private_bytes_raw() == made.private_bytes_raw()
    assert [one.name for one in tmp_path.iterdir()] == ["signing.key"]
    path.write_text("rubbish")
    with pytest.raises(InputError, match=r"signing\.key"):
        keys.find("c")


class Ring(KeyringBackend):
    """A keyring in memory; one that forgets takes a password and keeps nothing."""

    priority = 1

    def __init__(self, *, forgets=False):
        super().__init__()
        self.kept, self._forgets = {}, forgets

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        if not self._forgets:
            self.kept[service, username] = password


def test_keys_lie_in_the_keyring_where_there_is_one(tmp_path):
    keys = SystemKeys(tmp_path, Ring())
    made = keys.make("c")
    assert keys.find("c").private_bytes_raw() == made.private_bytes_raw()
    assert keys.find("d") is None
    assert list(tmp_path.iterdir()) == []
    forgetful = SystemKeys(tmp_path, Ring(forgets=True))
    made = forgetful.make("c")
    assert forgetful.find("c").private_bytes_raw() == made.private_bytes_raw()
    assert [one.name for one in tmp_path.iterdir()] == ["signing.key"]


def test_100_000_rows_are_verified_quickly(tmp_path):
    """Measured by itself: see docs/benchmarks.md; here only that it is no matter of minutes."""
    book = make_book(tmp_path / "audit", 100_000)
    sign(book)
    verdict = judge(book)
    assert (verdict.whole, verdict.rows) == (True, 100_000)
    book.close()
