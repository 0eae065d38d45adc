"""A register being staged, accepted, edited and undone survives ``kill -9``: whole batches or none of them."""

import os
import random
import signal
import subprocess
import sys

import psycopg
import pytest
import sqlalchemy as sa

from mapdesk.services import districts
from mapdesk.store import audit, staging
from mapdesk.store.schema import BATCH, CHANGE, RESIDENT, STAGED, TABLES
from tests.postgres import PostgresServer, missing

ROWS = 40
PERSON = TABLES["person"]

WRITER = """
import sys
from pathlib import Path
import sqlalchemy as sa
from mapdesk.model.errors import WorldError
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, districts, register_import
from mapdesk.store.schema import TABLES

PERSON = TABLES["person"]
place, folder, start, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
store = districts.open_district(place if "://" in place else Path(place))
access = store.identity.having("crash test")

def rename(turn):
    with store.connect() as connection:
        query = sa.select(PERSON.c.id).where(PERSON.c.name == f"P{turn} 0")
        person = Ref("person", connection.scalar(query))
    wanted = {"name": f"E{turn} 0"}
    return correcting.correct(store, access, person, {"name": f"P{turn} 0"}, wanted)

def work(turn):
    path = folder / f"turn-{turn}.csv"
    lines = ["name,phone", *(f"P{turn} {row},139{turn:05}{row:03}" for row in range(rows))]
    path.write_text("\\n".join(lines))
    staged = register_import.stage_register(store, access, path, progress=lambda text, part: None)
    print("staged", staged.batch_id, path.name, flush=True)
    batch = register_import.accept(store, access, staged.batch_id)
    print("accepted", batch, staged.batch_id, flush=True)
    if turn % 3 == 1:
        print("edited", rename(turn), flush=True)
    elif turn % 3 == 2:
        print("undone", batch, correcting.undo(store, access, batch), flush=True)

try:
    for turn in range(start, start + 1000):
        work(turn)
except WorldError as error:
    print("told", str(error).replace(" ", "_"), flush=True)
"""


@pytest.fixture(params=["duckdb", "postgresql"])
def place(request, tmp_path):
    """An empty district on each engine."""
    if request.param == "duckdb":
        districts.create_district(tmp_path / "d", "Crash", "EPSG:32650").close()
        return tmp_path / "d"
    return request.getfixturevalue("postgres").copy_database(
        request.getfixturevalue("empty_url_master")
    )


@pytest.fixture
def server():
    """A server of this test's own, which it may halt."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    made = PostgresServer({"fsync": "on"})
    yield made
    made.stop()


def start(place, folder, turn):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *map(str, (place, folder, turn, ROWS))],
        stdout=subprocess.PIPE,
        text=True,
    )


def some_time(chance):
    """Do work of a length that nobody knows: what follows falls anywhere in what the writer does."""
    sum(range(chance.randrange(3_000_000)))


def kill_and_look(place, folder, turn, said, chance):
    """Let a writer say some lines, kill it a moment later, reopen and check; return the next turn."""
    writer = start(place, folder, turn)
    lines = [writer.stdout.readline() for _ in range(said)]
    some_time(chance)
    os.kill(writer.pid, signal.SIGKILL)
    return turn + look(place, writer, lines)


def halt_and_look(server, place, folder, turn, said, chance):
    """Let a writer say some lines, halt the server a moment later, start it and check; return the next turn."""
    writer = start(place, folder, turn)
    lines = [writer.stdout.readline() for _ in range(said)]
    some_time(chance)
    server.halt()
    passed = look(place, writer, lines, server.start)
    told = lines[-1].split()
    # In one sentence, wherever it was.
    assert told[0] == "told", lines
    return turn + passed


def look(place, writer, lines, again=lambda: None):
    """Read what an ended writer said to the end, check the district, and return how much it said."""
    lines += writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    again()
    if isinstance(place, str):
        wait_for(place, "batch")
    with districts.open_district(place) as store:
        check(store, [line.split() for line in lines if line.strip()])
        for waiting in staging.waiting(store):
            assert staging.counts(store, waiting["id"])["new"] == ROWS
            staging.discard(store, waiting["id"])
    return len(lines)


def wait_for(url, table):
    """Wait until a server has done with what a killed desk wrote last: that may yet be kept."""
    with psycopg.connect(url) as connection:
        connection.execute(f"LOCK TABLE mapdesk.{table} IN ACCESS EXCLUSIVE MODE")


def check(store, said):
    """Every batch is whole, what was acknowledged is there and on record, the flat table says the same."""
    with store.connect() as connection:
        changes = sa.select(CHANGE.c.batch_id, sa.func.count()).group_by(CHANGE.c.batch_id)
        counted = dict(connection.execute(changes).all())
        rows = connection.execute(sa.select(BATCH.c.id, BATCH.c.state, BATCH.c.kind)).all()
        undone = set(
            connection.scalars(sa.select(BATCH.c.id).where(BATCH.c.undone_by.is_not(None)))
        )
        waiting = sa.select(STAGED.c.batch_id, sa.func.count()).group_by(STAGED.c.batch_id)
        staged = dict(connection.execute(waiting).all())
        living = connection.scalar(sa.select(sa.func.count()).select_from(PERSON))
        flat = connection.scalar(
            sa.select(sa.func.count())
            .select_from(RESIDENT.join(PERSON, PERSON.c.id == RESIDENT.c.id))
            .where(PERSON.c.name == RESIDENT.c.name)
        )
        flat_rows = connection.scalar(sa.select(sa.func.count()).select_from(RESIDENT))
    kept = {batch: kind for batch, state, kind in rows if state == "kept"}
    assert counted == {batch: 1 if kind == "edit" else ROWS for batch, kind in kept.items()}
    assert staged == {batch: ROWS for batch, state, _kind in rows if state == "staged"}
    imports = sum(kind == "import" for kind in kept.values())
    assert living == flat == flat_rows == ROWS * (imports - len(undone))
    for what, batch, *_again in said:
        if what in ("accepted", "edited"):
            assert batch in kept
        elif what == "undone":
            assert batch in undone
    # Each look is on record before the work begins; the words that follow are its subject.
    subject = {"staged": 2, "accepted": 2, "undone": 1}
    acknowledged = {words[subject[words[0]]] for words in said if words[0] in subject}
    assert acknowledged <= {row["subject"] for row in audit.last(store, 10_000)}
    verdict = audit.verify(store)
    assert verdict.whole, verdict.findings


def test_no_half_batch_after_kill_9(place, tmp_path):
    kill_and_look(place, tmp_path, 0, 6, random.Random(1))


@pytest.mark.soak
def test_no_half_batch_after_100_kills(place, tmp_path):
    chance, turn = random.Random(2), 0
    for _round in range(100):
        turn = kill_and_look(place, tmp_path, turn, 1 + chance.randrange(7), chance)


def halts(server, tmp_path, rounds, seed):
    place = server.new_database()
    districts.create_district(place, "Crash", "EPSG:32650").close()
    chance, turn = random.Random(seed), 0
    for _round in range(rounds):
        turn = halt_and_look(server, place, tmp_path, turn, 1 + chance.randrange(7), chance)


def test_no_half_batch_after_a_server_is_halted(server, tmp_path):
    halts(server, tmp_path, 1, 3)


@pytest.mark.soak
def test_no_half_batch_after_a_server_is_halted_100_times(server, tmp_path):
    halts(server, tmp_path, 100, 4)
