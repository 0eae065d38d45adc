"""A stream that a test watches: it waits for what the stream tells, never for a clock."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mapdesk.video.limits import Limits
from mapdesk.video.messages import Size
from mapdesk.video.source import Event, Picture, StreamState
from mapdesk.video.stream import Stream

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
