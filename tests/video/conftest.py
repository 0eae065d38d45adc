"""Fixtures of the video tests: cameras, watched streams, and a check for leaks."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mapdesk.video.clips import write_street_clips
from mapdesk.video.limits import Limits
from mapdesk.video.messages import Size
from tests.video.cameras import RtspServer, missing_server
from tests.video.watching import PATIENCE, QUICK, Watched


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    """Make started streams; closed at the end of the test."""
    made: list[Watched] = []

    def make(url: str, size: Size | None = (320, 180), limits: Limits = QUICK) -> Watched:
        watched = Watched(url, size, limits)
        made.append(watched)
        watched.stream.start()
        return watched

    yield make
    for watched in made:
        watched.stream.close()
    for watched in made:
        assert watched.stream.wait_closed(PATIENCE)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two short generated clips."""
    return write_street_clips(tmp_path_factory.mktemp("clips"), count=2, seconds=0.6, fps=15)


@pytest.fixture
def server() -> Iterator[RtspServer]:
    """Two cameras of 640 x 360 at 15 frames a second."""
    yield from _served(RtspServer("one=640x360@15", "two=640x360@15"))


@pytest.fixture
def h265_server() -> Iterator[RtspServer]:
    """A camera of 640 x 360 in H.265."""
    yield from _served(RtspServer("one=640x360@15:h265"))


@pytest.fixture
def guarded_server() -> Iterator[RtspServer]:
    """A camera that asks for admin / s3cret by Digest."""
    yield from _served(RtspServer("one=640x360@15", user="admin:s3cret:digest"))


@pytest.fixture
def basic_server() -> Iterator[RtspServer]:
    """A camera that asks for admin / s3cret by Basic."""
    yield from _served(RtspServer("one=640x360@15", user="admin:s3cret:basic"))


def _served(server: RtspServer) -> Iterator[RtspServer]:
    if missing_server():
        pytest.skip(missing_server())
    server.start()
    yield server
    server.thaw()
    server.kill()


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail a test that leaves a process, a thread or shared memory behind."""
    threads, memory = set(threading.enumerate()), _shared_memory()
    yield
    assert not multiprocessing.active_children()
    for one in set(threading.enumerate()) - threads:
        one.join(PATIENCE)  # one that is on its way out is no leak
        assert not one.is_alive(), one
    assert _shared_memory() <= memory


def _shared_memory() -> set[str]:
    """Names of this process's shared memory, where the system shows it as files (Linux)."""
    folder = Path("/dev/shm")
    return (
        {path.name for path in folder.glob(f"mapdesk-{os.getpid()}-*")}
        if folder.is_dir()
        else set()
    )
