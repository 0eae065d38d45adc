"""A camera or file played in a process of its own, watched from a thread of ours. No Qt.

One process per stream, not a shared pool: opening takes a lock of the whole process inside
OpenCV (measured.md: a dead camera made a good one wait 5.9 s), and a thread stuck in FFmpeg can
be ended only with its process. What that costs is measured in docs/adr.

Life of a stream, all in its one watching thread: probe -> worker -> pictures -> lost -> probe ...
A dead camera is told by the probe, without any process.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import time
import weakref
from multiprocessing import connection as pipes
from threading import Event as Flag
from threading import Lock, Thread
from typing import Final

from mapdesk.video.address import parse_address
from mapdesk.video.capture_process import CaptureProcess
from mapdesk.video.limits import Limits
from mapdesk.video.loss import Loss, explain
from mapdesk.video.messages import (
    BufferReady,
    BufferWanted,
    CaptureOrder,
    Ended,
    EndReason,
    FrameReady,
    FromWorker,
    Opened,
    Resize,
    Size,
)
from mapdesk.video.probe import CancellableProbe
from mapdesk.video.shelf import BufferShelf
from mapdesk.video.source import Event, OnEvent, Picture, Statistics, StreamState

_log = logging.getLogger(__name__)

#: Seconds a process may take to start on a busy machine, on top of the time to open.
_PROCESS_START: Final = 10.0

_WAKE: Final = b"wake"


class Stream:
    """Plays one address until closed; a ``FrameSource``.

    All methods may be called from any thread and return at once.

    Parameters
    ----------
    url : str
        ``rtsp(s)://``, ``http(s)://``, ``file://`` or a path; may hold a password, which is never
        shown.
    size : Size or None
        Width and height that pictures have to fit in. They keep the camera's proportions, are
        scaled down in the worker and never up. None: the camera's own size.
    on_event : OnEvent
        Called from the watching thread with ``"frame"`` or ``"state"``; has to return at once.
    limits : Limits
        Patience; tests shorten it.
    """

    def __init__(
        self, url: str, size: Size | None, on_event: OnEvent, limits: Limits | None = None
    ) -> None:
        self._url = url
        self._size = size
        self._on_event = on_event
        self._limits = limits or Limits()
        self._lock = Lock()
        self._state = StreamState("starting")
        self._opened: Opened | None = None
        self._closing = Flag()
        self._wake_receiver, self._wake_sender = multiprocessing.Pipe(duplex=False)
        self._is_woken = False
        self._probe: CancellableProbe | None = None
        self._shelf = BufferShelf()
        self._last_number = 0
        self._has_played = False
        self._deadline = 0.0
        self._reason_at_deadline: EndReason = "not opened"
        self._thread = Thread(target=self._watch, name="mapdesk-stream", daemon=True)

    def start(self) -> None:
        """Begin to play. Once only; a closed stream stays closed."""
        with self._lock:
            if self._thread.ident is not None or self._state.name == "closed":
                return
            _open_streams.add(self)
            self._thread.start()

    def resize(self, size: Size | None) -> None:
        """Fit pictures in `size` from now on; None for the camera's own size."""
        with self._lock:
            self._size = size
        self._wake()

    def latest(self) -> Picture | None:
        """Return a copy of the newest picture, None before the first and after closing.

        While the stream reconnects this is the last picture it had.
        """
        return self._shelf.latest()

    def close(self) -> None:
        """End for good. The worker process is gone within 2 s; see :meth:`wait_closed`."""
        self._closing.set()
        self._wake()
        with self._lock:
            started = self._thread.ident is not None
            if self._probe is not None:
                self._probe.cancel()
        if not started:
            self._tidy_up()

    def wait_closed(self, timeout: float) -> bool:
        """Wait until everything :meth:`close` began is done; False after `timeout` seconds."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def state(self) -> StreamState:
        """Where the stream stands, with a sentence where something is wrong."""
        with self._lock:
            return self._state

    @property
    def statistics(self) -> Statistics:
        """Figures; the rate is 0 while no pictures come."""
        with self._lock:
            opened, playing = self._opened, self._state.name == "playing"
        if opened is None:
            return Statistics()
        return Statistics(
            self._shelf.rate if playing else 0.0,
            self._shelf.lag if playing else None,
            opened.size,
            opened.codec,
            opened.decoder,
        )

    # ---- everything below runs in the watching thread ----

    def _watch(self) -> None:
        try:
            pause = self._limits.retry_first
            while not self._closing.is_set():
                began = time.monotonic()
                loss = self._attempt()
                if loss is None:
                    break
                self._lose(loss)
                if time.monotonic() - began > self._limits.settled:
                    pause = self._limits.retry_first
                if self._closing.wait(None if loss.is_final else pause):
                    break
                pause = min(pause * 2, self._limits.retry_most)
        except Exception:  # noqa: BLE001 - we erred: say so instead of a window that waits for ever
            _log.exception("the stream's watching thread failed")
            self._lose(Loss("mapdesk erred while playing this camera: see the log.", True))
            self._closing.wait()
        finally:
            self._tidy_up()

    def _attempt(self) -> Loss | None:
        """Probe and play until lost; None when closing."""
        probe = CancellableProbe(self._url, self._limits.probe)
        with self._lock:
            self._probe = probe
        if self._closing.is_set():
            return None
        verdict = probe.run()
        if verdict is None or self._closing.is_set():
            return None
        if verdict.kind != "ok":
            return Loss(verdict.sentence, verdict.is_final)
        address = parse_address(self._url)
        with self._lock:
            size = self._size
        order = CaptureOrder(
            str(address.path) if address.path is not None else self._url,
            address.is_file,
            size,
            self._last_number + 1,
            self._limits,
        )
        try:
            process = CaptureProcess(order)
        except OSError as error:
            return Loss(
                f"No process could be started to play this camera ({error.strerror}): "
                "close other windows or programs."
            )
        reason: EndReason | None = None
        try:
            reason = self._play(process, "no picture" if order.is_file else "not opened")
        finally:
            code = process.end(self._limits.close)
            self._shelf.settle()
        if self._closing.is_set():
            return None
        return explain(address, verdict, reason, code, self._limits)

    def _play(self, process: CaptureProcess, silent: EndReason) -> EndReason | None:
        """Pass pictures on; return why they ended, None when closing or if the worker broke.

        `silent` is what it means that the worker says nothing: a file that it has not looked into
        yet may be a good one.
        """
        self._deadline = time.monotonic() + self._limits.open + _PROCESS_START
        self._reason_at_deadline = silent
        while not self._closing.is_set():
            patience = max(0.0, self._deadline - time.monotonic())
            ready = pipes.wait([process.connection, self._wake_receiver], patience)
            if not ready:
                return self._reason_at_deadline
            if self._wake_receiver in ready:
                self._wake_receiver.recv_bytes()
                with self._lock:
                    self._is_woken = False
                    size = self._size
                process.send(Resize(size))
            if process.connection in ready:
                try:
                    messages = process.receive()
                except (EOFError, OSError):
                    return None
                if (reason := self._take(process, messages)) is not None:
                    return reason
        return None

    def _take(self, process: CaptureProcess, messages: list[FromWorker]) -> EndReason | None:
        """Act on what the worker said; several new pictures are one event."""
        has_frame = False
        for message in messages:
            match message:
                case Opened():
                    with self._lock:
                        self._opened = message
                    self._reason_at_deadline = "no picture"
                    # The worker has the same patience and says more: let it speak first.
                    self._deadline = time.monotonic() + self._limits.open + 1.0
                case BufferWanted(size):
                    process.send(BufferReady(self._shelf.offer(size), size))
                case FrameReady(number, buffer):
                    self._shelf.show(buffer)
                    self._last_number = number
                    self._reason_at_deadline = "stalled"
                    self._deadline = time.monotonic() + self._stall_patience()
                    has_frame = True
                case Ended(reason):
                    return reason
        if has_frame:
            self._has_played = True
            self._set_state(StreamState("playing"))
            self._tell("frame")
        return None

    def _stall_patience(self) -> float:
        """Return the seconds without a picture that mean a stall for this camera."""
        rate = self._opened.frames_per_second if self._opened is not None else 0.0
        own = self._limits.frames_before_stall / rate if rate > 0 else 0.0
        return max(self._limits.stall, min(own, self._limits.open))

    def _lose(self, loss: Loss) -> None:
        name: Final = "reconnecting" if self._has_played and not loss.is_final else "failed"
        self._set_state(StreamState(name, loss.sentence))

    def _set_state(self, state: StreamState) -> None:
        with self._lock:
            if self._state == state:
                return
            self._state = state
        self._tell("state")

    def _tell(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001 - the callback's fault must not end the stream
            _log.exception("a stream's callback failed")

    def _wake(self) -> None:
        """Interrupt the watching thread's waiting; any thread. One wake waits at a time."""
        with self._lock:
            if not self._wake_sender.closed and not self._is_woken:
                self._is_woken = True
                self._wake_sender.send_bytes(_WAKE)

    def _tidy_up(self) -> None:
        self._shelf.close()
        with self._lock:
            self._wake_sender.close()
            self._wake_receiver.close()
        self._set_state(StreamState("closed"))


_open_streams: weakref.WeakSet[Stream] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Close what a program forgot, so that neither process nor shared memory outlives it."""
    streams = list(_open_streams)
    for stream in streams:
        stream.close()
    for stream in streams:
        stream.wait_closed(Limits.close + 1.0)
