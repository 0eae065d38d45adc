"""The record on PostgreSQL when the desk or the server is killed in the middle of writing it."""

import os
import signal
import subprocess
import sys

import pytest

from mapdesk.services import districts
from mapdesk.store import audit
from tests.postgres import PostgresServer, missing
from tests.store.test_register_crash import wait_for

WRITER = """
import sys
from mapdesk.model.errors import WorldError
from mapdesk.services import districts
from mapdesk.store import audit

store = districts.open_district(sys.argv[1])
access = store.identity.having("crash test")
try:
    for count in range(100_000):
        audit.record(store, access, "look", str(count))
        print(count, flush=True)
except WorldError as error:
    print("told:", error, flush=True)
"""


@pytest.fixture(scope="module")
def server():
    """A server that tests may halt."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    made = PostgresServer({"fsync": "on"})
    yield made
    made.stop()


@pytest.fixture
def url(server):
    """An empty district."""
    made = server.new_database()
    districts.create_district(made, "Crash", "EPSG:32650").close()
    return made


def rounds(url, count, kill, again):
    """Kill something after some looks, `count` times; every acknowledged look is in a chain that is whole."""
    before = 0
    for turn in range(count):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True
        )
        lines = [writer.stdout.readline() for _ in range(1 + turn * 7 % 40)]
        kill(writer)
        lines += writer.stdout.read().splitlines()
        writer.wait()
        writer.stdout.close()
        again()
        wait_for(url, "look")
        acknowledged = [int(line) for line in lines if line.strip().isdigit()]
        with districts.open_district(url) as store:
            verdict = audit.verify(store)
        assert verdict.whole, verdict.findings
        # One row more may be kept than was told, never one less.
        assert verdict.rows - before - len(acknowledged) in (0, 1)
        before = verdict.rows


def kill_9(writer):
    os.kill(writer.pid, signal.SIGKILL)


def nothing():
    """A server that was not halted needs no start."""


def test_kill_9_loses_no_look_that_was_acknowledged(url):
    rounds(url, 2, kill_9, nothing)


def test_a_halted_server_loses_no_look_that_was_acknowledged(server, url):
    rounds(url, 2, lambda _writer: server.halt(), server.start)


@pytest.mark.soak
def test_100_kills_lose_no_look_that_was_acknowledged(url):
    rounds(url, 100, kill_9, nothing)


@pytest.mark.soak
def test_100_halts_lose_no_look_that_was_acknowledged(server, url):
    rounds(url, 100, lambda _writer: server.halt(), server.start)
