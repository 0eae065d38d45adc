"""What a stream and its worker process say to each other over their pipe.

All are small, frozen and picklable; pictures never travel here but in shared memory
(:mod:`mapdesk.video.frames`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mapdesk.video.limits import Limits

Size = tuple[int, int]
"""Width and height in pixels."""

EndReason = Literal["not opened", "no picture", "stalled", "ended"]


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """What a worker is started with. Holds the password: never log it.

    Parameters
    ----------
    url : str
        Address as OpenCV takes it.
    is_file : bool
        A file on this machine: no network options.
    size : Size or None
        Box the pictures have to fit in, None for the camera's own size.
    first_number : int
        Number of the first frame the worker publishes.
    limits : Limits
        Patience.
    """

    url: str
    is_file: bool
    size: Size | None
    first_number: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Opened:
    """Worker: the stream is open. `frames_per_second` is what it claims, 0 if it does not."""

    size: Size
    codec: str
    decoder: str
    frames_per_second: float


@dataclass(frozen=True, slots=True)
class BufferWanted:
    """Worker: pictures of this size come next and need shared memory."""

    size: Size


@dataclass(frozen=True, slots=True)
class BufferReady:
    """Stream: shared memory `name` holds pictures of `size`."""

    name: str
    size: Size


@dataclass(frozen=True, slots=True)
class FrameReady:
    """Worker: a new picture can be read in `buffer`; sent 25 times a second at most."""

    number: int
    buffer: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Worker: it gave up and is about to end."""

    reason: EndReason


@dataclass(frozen=True, slots=True)
class Resize:
    """Stream: pictures have to fit in `size` from now on, None for the camera's own size."""

    size: Size | None


@dataclass(frozen=True, slots=True)
class Close:
    """Stream: end now."""


FromWorker = Opened | BufferWanted | FrameReady | Ended
ToWorker = BufferReady | Resize | Close
