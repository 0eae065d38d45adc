"""A worker process as its stream holds it."""

from __future__ import annotations

import multiprocessing
from typing import Final

from mapdesk.video.messages import CaptureOrder, Close, FromWorker, ToWorker
from mapdesk.video.worker_entry import capture

#: ``fork`` would copy a GUI's threads and sockets in an unknown state.
_SPAWN: Final = multiprocessing.get_context("spawn")

#: Seconds for the operating system to clear away a killed process.
_AFTER_KILL: Final = 0.5


class CaptureProcess:
    """A spawned process that captures; used by one thread.

    It ends with the parent whatever happens: as a daemon when the parent exits in order, and by
    the closed pipe when the parent is killed.

    Parameters
    ----------
    order : CaptureOrder
        Travels through a pipe, so passwords never show in the process list.
    """

    def __init__(self, order: CaptureOrder) -> None:
        self.connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=capture, args=(order, theirs), name="mapdesk-capture", daemon=True
        )
        try:
            self._process.start()
        except OSError:
            self.connection.close()
            raise
        finally:
            theirs.close()

    def send(self, message: ToWorker) -> None:
        """Say something; a worker that is gone is noticed when reading."""
        try:
            self.connection.send(message)
        except OSError:
            return

    def receive(self) -> list[FromWorker]:
        """Return all waiting messages.

        Raises
        ------
        EOFError, OSError
            The worker is gone and all it said has been returned before.
        """
        messages: list[FromWorker] = [self.connection.recv()]
        while self.connection.poll():
            try:
                messages.append(self.connection.recv())
            except (EOFError, OSError):
                break
        return messages

    def end(self, patience: float) -> int:
        """Have the worker end within `patience` seconds, then kill it; return its exit code."""
        self.send(Close())
        self._process.join(patience)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_AFTER_KILL)
        self.connection.close()
        code = self._process.exitcode
        if code is not None:
            self._process.close()
        return code or 0
