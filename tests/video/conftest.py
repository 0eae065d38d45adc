"""Fixtures of the video tests: cameras, watched streams, and a check for leaks."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mapdesk.video import Limits, Stream, write_street_clips
from mapdesk.video.messages import Size
from mapdesk.video.source import Event, Picture, StreamState
from tests.video.cameras import RtspServer, missing_server

#: Shorter than the product's, so that a test sees a camera die and live again within seconds.
QUICK = Limits(probe=1.0, open=5.0, stall=0.8, retry_first=0.1, retry_most=0.4)

#: Seconds any wait of a test may take on a busy machine.
PATIENCE = 30.0


class Watched:
    """A stream and everything it told, with waiting for what it is to tell."""

    def __init__(self, url: str, size: Size | None = (320, 180), limits: Limits = QUICK) -> None:
        self._news = threading.Condition()
        self.states: list[StreamState] = []
        self.numbers: list[int] = []
        self.stream = Stream(url, size, self._hear, limits)

    def _hear(self, event: Event) -> None:
        state, picture = self.stream.state, self.stream.latest()
        with self._news:
            if event == "state":
                self.states.append(state)
            elif picture is not None:
                self.numbers.append(picture.number)
            self._news.notify_all()

    def wait(self, until: Callable[[Watched], bool]) -> None:
        """Wait until `until` holds."""
        with self._news:
            assert self._news.wait_for(lambda: until(self), PATIENCE), (self.states, self.numbers)

    def wait_state(self, *names: str) -> StreamState:
        """Wait until the stream has gone through states of these names, in this order."""

        def gone_through(_: Watched) -> bool:
            states = iter(self.states)
            return all(any(state.name == name for state in states) for name in names)

        self.wait(gone_through)
        with self._news:
            return next(state for state in reversed(self.states) if state.name == names[-1])

    def wait_frames(self, count: int) -> Picture:
        """Wait for `count` further pictures and return the newest."""
        with self._news:
            before = len(self.numbers)
        self.wait(lambda watched: len(watched.numbers) >= before + count)
        picture = self.stream.latest()
        assert picture is not None
        return picture


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
    """Names of the shared memory there is, where the system shows it as files (Linux)."""
    folder = Path("/dev/shm")
    return {path.name for path in folder.glob("psm_*")} if folder.is_dir() else set()
