"""What a video panel needs of a picture source, and a still fake of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mapdesk.video.messages import Size

StateName = Literal["starting", "playing", "reconnecting", "failed", "closed"]
Event = Literal["frame", "state"]
OnEvent = Callable[[Event], None]


class Picture(NamedTuple):
    """One picture.

    Attributes
    ----------
    pixels : ndarray of uint8, height x width x 4
        BGRA, alpha 255, C-contiguous: the bytes of ``QImage.Format_RGB32``. Read-only and the
        receiver's own: nothing writes to it later.
    number : int
        Counts up from 1 over the life of the source; gaps are pictures nobody fetched.
    captured : float
        When the picture was decoded, seconds since the epoch.
    """

    pixels: NDArray[np.uint8]
    number: int
    captured: float


class StreamState(NamedTuple):
    """Where a source stands.

    ``starting``: no picture yet. ``playing``. ``reconnecting``: had pictures and lost them, tries
    again by itself. ``failed``: never had a picture, or cannot have one; tries again by itself
    where waiting can help. ``closed``: for good. `sentence` says why and what to do; it is empty
    while starting, playing and closed.
    """

    name: StateName
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of a source.

    Parameters
    ----------
    frames_per_second : float
        Measured over the last seconds, 0 before the first picture.
    lag_seconds : float or None
        Behind the camera, relative to the least delay seen; None if the source cannot tell.
    size : Size or None
        The camera's own width and height, None before the first opening.
    codec, decoder : str
        Such as ``h264`` and ``FFmpeg software``; empty before the first opening.
    """

    frames_per_second: float = 0.0
    lag_seconds: float | None = None
    size: Size | None = None
    codec: str = ""
    decoder: str = ""


class FrameSource(Protocol):
    """A source of pictures as a panel sees it.

    Made with a callback that is called from a thread of the source, never from the caller's,
    after each new picture (25 times a second at most) and after each change of state. The
    callback has to return at once; in Qt it emits a queued signal.
    """

    def start(self) -> None:
        """Begin; returns at once."""

    def resize(self, size: Size | None) -> None:
        """Fit pictures in `size` (width, height) from now on; None for the camera's own size."""

    def latest(self) -> Picture | None:
        """Return the newest picture, None before the first; the last one stays while it fails."""

    def close(self) -> None:
        """End for good; returns at once, may be repeated."""

    @property
    def state(self) -> StreamState:
        """Where the source stands."""

    @property
    def statistics(self) -> Statistics:
        """Figures."""


class StillSource:
    """A source of generated pictures without any process or clock, for tests of panels.

    ``start`` publishes the first picture, :meth:`advance` the next ones, :meth:`fail` and
    :meth:`reconnect` show what a panel does about trouble. The callback is called from the
    thread that calls these, which is the one difference to a real source.

    Parameters
    ----------
    url : str
        Ignored; here so that the class can stand in for ``Stream``.
    size : Size or None
        Width and height of the pictures, 480 x 270 if None.
    on_event : OnEvent
        See :class:`FrameSource`.
    """

    def __init__(self, url: str, size: Size | None, on_event: OnEvent) -> None:
        self.url = url
        self._size = size or (480, 270)
        self._on_event = on_event
        self._lock = Lock()
        self._state = StreamState("starting")
        self._picture: Picture | None = None

    def start(self) -> None:
        """Publish the first picture."""
        self._set_state(StreamState("playing"))
        self.advance()

    def advance(self) -> None:
        """Publish the next picture; its number can be told from its brightness."""
        with self._lock:
            number = self._picture.number + 1 if self._picture else 1
            self._picture = Picture(_test_card(self._size, number), number, float(number))
        self._on_event("frame")

    def fail(self, sentence: str) -> None:
        """Show the state a dead camera has."""
        self._set_state(StreamState("failed", sentence))

    def reconnect(self, sentence: str) -> None:
        """Show the state a lost camera has."""
        self._set_state(StreamState("reconnecting", sentence))

    def resize(self, size: Size | None) -> None:
        """Make the following pictures `size`."""
        with self._lock:
            self._size = size or (480, 270)

    def latest(self) -> Picture | None:
        """Return the picture published last."""
        with self._lock:
            return self._picture

    def close(self) -> None:
        """End for good."""
        if self.state.name != "closed":
            self._set_state(StreamState("closed"))

    @property
    def state(self) -> StreamState:
        """Where the source stands."""
        with self._lock:
            return self._state

    @property
    def statistics(self) -> Statistics:
        """Figures of a source that plays 25 pictures a second without lag."""
        return Statistics(25.0, 0.0, self._size, "still", "generated")

    def _set_state(self, state: StreamState) -> None:
        with self._lock:
            self._state = state
        self._on_event("state")


def _test_card(size: Size, number: int) -> NDArray[np.uint8]:
    """Return a picture of colour bars over a ramp whose brightness follows `number`."""
    width, height = size
    colours = np.array(
        [(235, 235, 235), (16, 235, 235), (235, 235, 16), (16, 235, 16), (235, 16, 235)], np.uint8
    )
    pixels = np.full((height, width, 4), 255, np.uint8)
    bars = np.arange(width) * len(colours) // width
    pixels[:, :, :3] = colours[bars]
    ramp = (np.arange(width) * 255 // max(width - 1, 1) + number * 8) % 256
    pixels[height * 3 // 4 :, :, :3] = ramp.astype(np.uint8)[:, None]
    pixels.flags.writeable = False
    return pixels
