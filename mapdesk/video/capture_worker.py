"""One capture in one process: opens, decodes, scales, converts, publishes. OpenCV lives here.

The main thread captures; a second one listens to the stream, so that a close reaches a process
whose main thread is stuck inside FFmpeg (where it cannot be interrupted): it then ends the
process without further ado.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike

from mapdesk.video.frames import FrameBuffer
from mapdesk.video.messages import (
    BufferReady,
    BufferWanted,
    CaptureOrder,
    Close,
    Ended,
    EndReason,
    FrameReady,
    FromWorker,
    Opened,
    Resize,
    Size,
    ToWorker,
)
from mapdesk.video.pace import FilePace, LagMeter, RateMeter, Throttle
from mapdesk.video.relay import Relay

_NOTIFICATIONS_PER_SECOND: Final = 25.0

#: Seconds from a close until a process stuck in FFmpeg ends itself.
_STUCK: Final = 0.5

#: A read that took this share of its time-out has timed out, whatever it returned (measured.md:
#: it may return True twice).
_TIMED_OUT_SHARE: Final = 0.9


def open_parameters(order: CaptureOrder) -> Sequence[int]:
    """Return OpenCV's parameters for `order`.

    One decoder thread: each further one holds back a frame. The time-outs count only because
    CAP_FFMPEG is named at opening (both measured, measured.md).
    """
    milliseconds = int(order.limits.open * 1000)
    return [
        *(cv2.CAP_PROP_N_THREADS, 1),
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, milliseconds),
    ]


@contextmanager
def opened_capture(order: CaptureOrder) -> Iterator[cv2.VideoCapture]:
    """Open the order's address for the length of a context; the caller asks ``isOpened``.

    RTSP goes through a relay that saves a frame of latency. Where that fails at once (a gateway
    that insists on its own name in the requests) the camera is opened without it.
    """
    with ExitStack() as stack:
        url = order.url
        if url.lower().startswith("rtsp://"):
            url = stack.enter_context(Relay(url, order.limits.open)).url
        began = time.monotonic()
        capture = _open(url, order)
        if not capture.isOpened() and time.monotonic() - began < order.limits.open / 2:
            capture = _open(order.url, order)
        try:
            yield capture
        finally:
            capture.release()


def _open(url: str, order: CaptureOrder) -> cv2.VideoCapture:
    return cv2.VideoCapture(url, cv2.CAP_FFMPEG, open_parameters(order))


def run_capture(order: CaptureOrder, connection: Connection) -> None:
    """Capture until told to close, until the parent is gone, or until the stream ends."""
    cv2.setNumThreads(1)  # pictures are small; a pool of threads costs more than it brings
    worker = CaptureWorker(order, connection)
    worker.run()


class CaptureWorker:
    """The loop of a worker process.

    Parameters
    ----------
    order : CaptureOrder
        What to capture.
    connection : Connection
        To the stream; closed by the operating system when either process ends.
    """

    def __init__(self, order: CaptureOrder, connection: Connection) -> None:
        self._order = order
        self._connection = connection
        self._box = order.size
        self._number = order.first_number
        self._closing = Event()
        self._finished = Event()
        self._inbox: SimpleQueue[ToWorker] = SimpleQueue()
        self._buffer: FrameBuffer | None = None
        self._buffer_asked: Size | None = None
        self._throttle = Throttle(_NOTIFICATIONS_PER_SECOND)
        self._rate = RateMeter()

    def run(self) -> None:
        """Capture; opened anew within the process for as long as it only lags."""
        Thread(target=self._listen, name="listen", daemon=True).start()
        try:
            reason: EndReason | None = None
            while reason is None and not self._closing.is_set():
                reason = self._capture_once()
            if reason is not None and not self._closing.is_set():
                self._send(Ended(reason))
        finally:
            self._finished.set()
            if self._buffer is not None:
                self._buffer.close(unlink=False)

    def _listen(self) -> None:
        """Second thread: pass the stream's words on, and see that a close is obeyed."""
        try:
            while not isinstance(message := self._connection.recv(), Close):
                self._inbox.put(message)
        except (EOFError, OSError):
            pass  # the parent is gone, which says the same
        self._closing.set()
        if not self._finished.wait(_STUCK):
            os._exit(0)

    def _send(self, message: FromWorker) -> None:
        try:
            self._connection.send(message)
        except OSError:  # the parent is gone
            self._closing.set()

    def _capture_once(self) -> EndReason | None:
        """Open and capture; return why it ended, None to open anew or when closing."""
        with opened_capture(self._order) as capture:
            if not capture.isOpened():
                return "not opened"
            size = (
                int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
                int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            )
            rate = capture.get(cv2.CAP_PROP_FPS)
            rate = rate if 0.01 < rate < 1000 else 0.0  # 90000 stands for "not known"
            self._send(Opened(size, _codec(capture), _decoder(capture), rate))
            if self._order.is_file or capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
                return self._play_file(capture, FilePace(rate))
            return self._play_live(capture)

    def _play_live(self, capture: cv2.VideoCapture) -> EndReason | None:
        limits = self._order.limits
        lag_meter = LagMeter()
        first = True
        picture: MatLike | None = None
        while not self._closing.is_set():
            began = time.monotonic()
            grabbed = capture.grab()
            now = time.monotonic()
            if now - began > limits.open * _TIMED_OUT_SHARE:
                return "no picture" if first else "stalled"
            if not grabbed:
                return "no picture" if first else "ended"
            lag = lag_meter.add(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, now)
            if lag > limits.reopen_lag:
                return None
            if lag > limits.skip_lag:
                continue
            retrieved, picture = capture.retrieve(picture)
            if retrieved:
                first = False
                self._publish(picture, lag)
        return None

    def _play_file(self, capture: cv2.VideoCapture, pace: FilePace) -> EndReason | None:
        frames = 0
        while not self._closing.is_set():
            if not capture.grab():
                if not frames:
                    return "not opened"
                frames = 0
                if not capture.set(cv2.CAP_PROP_POS_FRAMES, 0):
                    return None  # opened anew from the start
                continue
            frames += 1
            retrieved, picture = capture.retrieve()
            if self._closing.wait(pace.wait(time.monotonic())):
                break
            if retrieved:
                self._publish(picture, 0.0)
        return None

    def _publish(self, picture: MatLike, lag: float) -> None:
        """Scale and convert `picture` into shared memory and say so."""
        captured = time.time()
        while self._next_message(0):
            pass
        height, width = picture.shape[:2]
        wanted = fitted((width, height), self._box)
        buffer = self._buffer_of(wanted)
        if buffer is None:
            return
        if wanted != (width, height):
            # Linear: INTER_AREA costs 2.4 times as much (measured.md).
            picture = cv2.resize(picture, wanted, interpolation=cv2.INTER_LINEAR)
        slot = buffer.begin_frame()
        drawn = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA, dst=slot)
        if not np.shares_memory(drawn, slot):
            slot[:] = drawn
        now = time.monotonic()
        buffer.publish(self._number, captured, self._rate.add(now), lag)
        if self._throttle.allows(now):
            self._send(FrameReady(self._number, buffer.name))
        self._number += 1

    def _next_message(self, patience: float) -> bool:
        """Obey the next message that waits or comes in time; False if there is none."""
        try:
            message = self._inbox.get(timeout=patience) if patience else self._inbox.get_nowait()
        except Empty:
            return False
        match message:
            case Resize(size):
                self._box = size
            case BufferReady(name, size):
                if self._buffer is not None:
                    self._buffer.close(unlink=False)
                self._buffer = FrameBuffer(size, name)
                self._buffer_asked = None
        return True

    def _buffer_of(self, size: Size) -> FrameBuffer | None:
        """Return shared memory for pictures of `size`, asking for it first; None if it is late."""
        if self._buffer is not None and self._buffer.size == size:
            return self._buffer
        if self._buffer_asked != size:
            self._send(BufferWanted(size))
            self._buffer_asked = size
        while not self._closing.is_set() and self._next_message(0.1):
            if self._buffer is not None and self._buffer.size == size:
                return self._buffer
        return None


def fitted(size: Size, box: Size | None) -> Size:
    """Return the largest size that fits `box` with the proportions of `size`, never enlarged."""
    width, height = size
    if box is None:
        return size
    scale = min(1.0, box[0] / width, box[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _codec(capture: cv2.VideoCapture) -> str:
    """Return FFmpeg's four letters of the codec, lower case, empty if it has none."""
    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    return code.to_bytes(4, "little").decode("ascii", "replace").strip("\0 ").lower()


def _decoder(capture: cv2.VideoCapture) -> str:
    """Return the library and whether it decodes in hardware."""
    hardware = int(capture.get(cv2.CAP_PROP_HW_ACCELERATION)) > 0
    return f"{capture.getBackendName()} {'hardware' if hardware else 'software'}"
