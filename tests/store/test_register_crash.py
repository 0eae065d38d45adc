"""A register being staged, accepted and undone survives ``kill -9``: whole batches or none of them."""

import os
import random
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from mapdesk.services import districts
from mapdesk.store import audit, staging
from mapdesk.store.schema import BATCH, CHANGE, RESIDENT, STAGED, TABLES

ROWS = 40
PERSON = TABLES["person"]

WRITER = """
import sys
from pathlib import Path
import pandas as pd
from mapdesk.services import correcting, districts, register_import
from mapdesk.store import audit, staging

store = districts.open_district(Path(sys.argv[1]))
access = store.identity.having("crash test")
start, rows = int(sys.argv[2]), int(sys.argv[3])
for turn in range(start, start + 1000):
    path = Path(sys.argv[1]).parent / f"turn-{turn}.csv"
    lines = ["name,phone", *(f"P{turn} {row},139{turn:05}{row:03}" for row in range(rows))]
    path.write_text("\\n".join(lines))
    staged = register_import.stage_register(store, access, path, progress=lambda text, part: None)
    print("staged", staged.batch_id, flush=True)
    batch = register_import.accept(store, access, staged.batch_id)
    print("accepted", batch, flush=True)
    if turn % 3 == 2:
        print("undone", batch, correcting.undo(store, access, batch), flush=True)
"""


def kill_and_look(folder, turn, said, chance):
    """Let a writer say some lines, kill it a moment later, reopen and check; return the next turn."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(turn), str(ROWS)],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = [writer.stdout.readline() for _ in range(said)]
    # Work of a length that nobody knows: the kill falls anywhere in what the writer does next.
    sum(range(chance.randrange(3_000_000)))
    os.kill(writer.pid, signal.SIGKILL)
    lines += writer.stdout.read().splitlines()
    writer.wait()
    writer.stdout.close()
    with districts.open_district(folder) as store:
        check(store, [line.split() for line in lines if line.strip()])
        for waiting in staging.waiting(store):
            assert staging.counts(store, waiting["id"])["new"] == ROWS
            staging.discard(store, waiting["id"])
    return turn + len(lines)


def check(store, said):
    """Every batch is whole, what was acknowledged is there, and the flat table says the same."""
    with store.connect() as connection:
        changes = sa.select(CHANGE.c.batch_id, sa.func.count()).group_by(CHANGE.c.batch_id)
        counted = dict(connection.execute(changes).all())
        state = dict(connection.execute(sa.select(BATCH.c.id, BATCH.c.state)).all())
        undone = set(
            connection.scalars(sa.select(BATCH.c.id).where(BATCH.c.undone_by.is_not(None)))
        )
        waiting = sa.select(STAGED.c.batch_id, sa.func.count()).group_by(STAGED.c.batch_id)
        staged = dict(connection.execute(waiting).all())
        living = connection.scalar(sa.select(sa.func.count()).select_from(PERSON))
        flat = connection.scalar(sa.select(sa.func.count()).select_from(RESIDENT))
    kept = {batch for batch, one in state.items() if one == "kept"}
    assert set(counted) == kept
    assert set(counted.values()) <= {ROWS}
    assert set(staged) == {batch for batch, one in state.items() if one == "staged"}
    assert set(staged.values()) <= {ROWS}
    assert living == flat == ROWS * (len(kept) - 2 * len(undone))
    for what, batch, *_again in said:
        if what == "accepted":
            assert batch in kept
        elif what == "undone":
            assert batch in undone
    acknowledged = {batch for what, batch, *_again in said if what == "undone"}
    assert acknowledged <= {look["subject"] for look in audit.last(store, 10_000)}


def test_no_half_batch_after_kill_9(tmp_path):
    districts.create_district(tmp_path / "d", "Crash", "EPSG:32650").close()
    chance, turn = random.Random(1), 0
    for said in (1, 4):
        turn = kill_and_look(tmp_path / "d", turn, said, chance)


@pytest.mark.soak
def test_no_half_batch_after_100_kills(tmp_path):
    districts.create_district(tmp_path / "d", "Crash", "EPSG:32650").close()
    chance, turn = random.Random(2), 0
    for _round in range(100):
        turn = kill_and_look(tmp_path / "d", turn, 1 + chance.randrange(7), chance)
