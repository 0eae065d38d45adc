"""What `test_full_disk.py` runs beside a small disk: a register's import that finds it full.

Prints the sentences that the user reads, one a line; an assertion that fails ends it.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import sqlalchemy as sa

from mapdesk.model.errors import FullError, WorldError
from mapdesk.services import districts, register_import
from mapdesk.store import staging
from mapdesk.store.copying import digest_of
from mapdesk.store.schema import CHANGE, METADATA, RESIDENT, TABLES
from tests.postgres import PostgresServer
from tests.small_disk import Disk
from tests.store.moments import just_before

ROWS = 20_000
LITTLE = 500_000


def contents(store):
    """Return what each table holds, but for what is kept before the rows of a register are."""
    kept = {"column_mapping", "secret"}
    return {
        one.name: digest_of(store, one) for one in METADATA.sorted_tables if one.name not in kept
    }


def counts(store):
    with store.connect() as connection:
        return [
            connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (TABLES["person"], RESIDENT, CHANGE)
        ]


def quiet(_text, _part):
    """Nobody watches."""


def say(sentence):
    sys.stdout.write(sentence + "\n")


def refused(work, kind):
    """Return what the user reads; the error must be of a kind."""
    try:
        work()
    except kind as error:
        return str(error)
    raise AssertionError("there was room")


def stage(store, file):
    access = store.identity.having("a disk that is full")
    return register_import.stage_register(store, access, file, progress=quiet).batch_id


def stage_on_full(store, disk, file):
    """Stage a register while the disk runs full: nothing waits, what was there is as it was."""
    before = contents(store)
    just_before(store, "INSERT INTO batch", lambda: disk.fill(LITTLE))
    say(refused(lambda: stage(store, file), FullError))
    disk.clear()
    assert contents(store) == before


def accept_on_full(
    store, disk, batch, words="INSERT INTO person", kind=FullError, again=lambda: None
):
    """Accept it while the disk runs full, then once more; `again` brings back what gave up."""
    access = store.identity.having("a disk that is full")
    before = contents(store)
    just_before(store, words, lambda: disk.fill(LITTLE))
    say(refused(lambda: register_import.accept(store, access, batch), kind))
    disk.clear()
    again()
    assert contents(store) == before
    assert staging.counts(store, batch)["new"] == ROWS
    register_import.accept(store, access, batch)
    assert counts(store) == [ROWS, ROWS, ROWS]


def in_folder(disk, file, *, checkpoint):
    """On DuckDB: seen beforehand, then full in the middle, in the log or in a checkpoint."""
    place = disk.folder / "district"
    with districts.create_district(place, "Full", "EPSG:32650") as store:
        disk.fill(LITTLE)
        say(refused(lambda: stage(store, file), FullError))
        disk.clear()
        with store.connect() as connection, store.connect() as _idle:
            size = "1MB" if checkpoint else "1GB"
            connection.execute(sa.text(f"SET GLOBAL checkpoint_threshold = '{size}'"))
        stage_on_full(store, disk, file)
        accept_on_full(store, disk, stage(store, file))
    with districts.open_district(place) as store:
        assert counts(store) == [ROWS, ROWS, ROWS]


def on_server(disk, file, *, log):
    """On PostgreSQL: the disk of the tables, or that of the server's log, which stops the server."""
    # No checkpoint comes between to make room in the log.
    server = PostgresServer({"fsync": "on", "min_wal_size": "32MB", "checkpoint_timeout": "1h"})

    def start_again():
        with contextlib.suppress(subprocess.CalledProcessError):
            server.halt()
        server.start()

    try:
        place = disk.folder / "space"
        place.mkdir()
        if log:
            server.halt()
            server.move_log(place / "log")
            server.start()
            url = server.new_database()
        else:
            with psycopg.connect(server.url(), autocommit=True) as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
                connection.execute("CREATE DATABASE small TABLESPACE small")
            url = server.url("small")
        with districts.create_district(url, "Full", "EPSG:32650") as store:
            if log:
                batch = stage(store, file)
                accept_on_full(store, disk, batch, "UPDATE staged", WorldError, start_again)
            else:
                stage_on_full(store, disk, file)
                accept_on_full(store, disk, stage(store, file))
        with districts.open_district(url) as store:
            assert counts(store) == [ROWS, ROWS, ROWS]
    finally:
        server.stop()


if __name__ == "__main__":
    small, what = Disk(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as beside:
        register = Path(beside) / "register.csv"
        people = [f"P{number},139{number:08}" for number in range(ROWS)]
        register.write_text("\n".join(["name,phone", *people]))
        if what in ("log", "checkpoint"):
            in_folder(small, register, checkpoint=what == "checkpoint")
        else:
            on_server(small, register, log=what == "server's log")
