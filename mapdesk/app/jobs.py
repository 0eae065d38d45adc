"""Work off the GUI thread: the latest question of a key wins, every write of a kind is done, in order.

Every answer comes back on the GUI thread.

`Jobs` is the seam: `InlineJobs` does the same at once, for tests and for commands.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from mapdesk.model.errors import CancelledError, WorldError

LOG = logging.getLogger(__name__)

SLOW = 1_000
"""Milliseconds after which a write that has not answered is told of."""
UNKNOWN = -1.0
"""The part of work that does not say how far it is, and cannot be stopped."""

Progress = Callable[[str, float], None]
Work = Callable[[Progress], Any]
Then = Callable[[Any], None]
Fail = Callable[[Exception], None]


class Runner(Protocol):
    """What panels and the desk ask for work to be done."""

    def run(self, key: str, work: Work, then: Then, fail: Fail | None = None) -> None:
        """Do `work` and call `then` with its answer, unless a later job of `key` was begun."""

    def run_write(self, prefix: str, work: Work, then: Then, fail: Fail | None = None) -> None:
        """Do `work`, whatever else is asked for: a write is never dropped for a later one of `prefix`."""

    def cancel(self, key: str) -> None:
        """Stop the job of `key` at its next progress report and drop its answer."""


@dataclass
class _Job:
    key: str
    then: Then
    fail: Fail | None
    stopped: threading.Event
    is_write: bool = False
    is_told: bool = False


class Jobs(QObject):
    """Answers questions on three threads, and writes each kind of thing on one more.

    A slow write holds up later ones of its kind alone.

    Signals
    -------
    failed(Exception)
        A job without a `fail` of its own failed.
    progressed(key, text, part)
        Part is 0 to 1, or `UNKNOWN`.
    ended(key)
        A job gave its answer, failed or was stopped.
    """

    failed = pyqtSignal(object)
    progressed = pyqtSignal(str, str, float)
    ended = pyqtSignal(str)
    _answered = pyqtSignal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="job")
        self._writers: dict[str, ThreadPoolExecutor] = {}
        self._writes = 0
        self._is_stopped = False
        self._slow = QTimer(self)
        self._slow.setInterval(SLOW)
        self._slow.timeout.connect(self._tell_slow)
        self._current: dict[str, _Job] = {}
        self._answered.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether any job has yet to answer."""
        return bool(self._current)

    def is_under_way(self, key: str) -> bool:
        """Whether a job of `key` has yet to answer."""
        return key in self._current

    def is_writing(self, prefix: str) -> bool:
        """Whether a write of `prefix` has yet to answer."""
        return any(key.startswith(f"{prefix} #") for key in self._current)

    def run(self, key: str, work: Work, then: Then, fail: Fail | None = None) -> None:
        """Do `work(progress)` on a thread; an older job of the same key loses its voice."""
        self.cancel(key)
        job = _Job(key, then, fail, threading.Event())
        self._current[key] = job
        self._pool.submit(self._do, job, work)

    def run_write(self, prefix: str, work: Work, then: Then, fail: Fail | None = None) -> None:
        """Do `work(progress)` after all writes of `prefix` before it.

        It has a key of its own, so none replaces it; one that takes longer than `SLOW` is told of.
        Nothing happens after `stop`.
        """
        if self._is_stopped:
            return
        self._writes += 1
        job = _Job(f"{prefix} #{self._writes}", then, fail, threading.Event(), is_write=True)
        self._current[job.key] = job
        if prefix not in self._writers:
            self._writers[prefix] = ThreadPoolExecutor(1, thread_name_prefix=f"write {prefix}")
        self._writers[prefix].submit(self._do, job, work)
        self._slow.start()

    def _tell_slow(self) -> None:
        """Say that writes are under way, but for those that say themselves how far they are."""
        writes = [job for job in self._current.values() if job.is_write]
        for job in writes:
            if not job.is_told:
                progress = partial(self.progressed.emit, job.key)
                progress("Still writing; you can go on meanwhile", UNKNOWN)
        if not writes:
            self._slow.stop()

    def cancel(self, key: str) -> None:
        """Stop the job of `key`; nothing happens where there is none."""
        job = self._current.pop(key, None)
        if job is not None:
            job.stopped.set()
            self.ended.emit(key)

    def stop(self) -> None:
        """Stop all jobs but writes, which lose their voice only, and take no more; GUI thread only."""
        self._is_stopped = True
        for key, job in list(self._current.items()):
            if job.is_write:
                del self._current[key]
                self.ended.emit(key)
            else:
                self.cancel(key)
        self._slow.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for writer in self._writers.values():
            writer.shutdown(wait=False)

    def close(self) -> None:
        """Stop all jobs and wait for their threads and for every write; any thread once they are stopped."""
        self.stop()
        self._pool.shutdown(wait=True)
        for writer in self._writers.values():
            writer.shutdown(wait=True)

    def _do(self, job: _Job, work: Work) -> None:
        def progress(text: str, part: float) -> None:
            if job.stopped.is_set():
                raise CancelledError
            job.is_told = True
            self.progressed.emit(job.key, text, part)

        if job.stopped.is_set():
            return
        try:
            answer, error = work(progress), None
        except CancelledError:
            return
        except Exception as failure:
            answer, error = None, failure
            if job.is_write and job.key not in self._current:  # nobody is there to be told
                LOG.exception("What was written last was not kept")
        self._answered.emit(job, answer, error)

    def _deliver(self, job: _Job, answer: object, error: Exception | None) -> None:
        if self._current.get(job.key) is not job:
            return
        del self._current[job.key]
        try:
            if error is None:
                job.then(answer)
            elif job.fail is not None:
                job.fail(error)
            else:
                self.failed.emit(error)
        finally:
            self.ended.emit(job.key)


class InlineJobs:
    """Does the work at once, on the calling thread; errors are raised."""

    def run(self, _key: str, work: Work, then: Then, fail: Fail | None = None) -> None:
        """Do `work` and call `then`, or `fail` where it is given and the world failed."""
        try:
            answer = work(_no_progress)
        except WorldError as error:
            if fail is None:
                raise
            fail(error)
            return
        then(answer)

    run_write = run

    def cancel(self, key: str) -> None:
        """Nothing is ever under way."""


def _no_progress(_text: str, _part: float) -> None:
    return
