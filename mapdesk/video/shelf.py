"""The shared memory of one stream, kept by the stream: lent to its worker, shown to the panel."""

from __future__ import annotations

import math
from threading import Lock

from mapdesk.video.frames import FrameBuffer
from mapdesk.video.messages import Size
from mapdesk.video.source import Picture


class BufferShelf:
    """Buffers in the order the worker was told of them.

    A worker attaches to buffers in that order, so once a picture came in one of them all earlier
    ones are done with. Memory is unlinked only then or after the worker has ended: were it
    unlinked while a worker attaches, Python's resource tracker would count it as leaked.

    ``latest``, ``rate`` and ``lag`` may be called from any thread, the rest from one thread.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._buffers: list[FrameBuffer] = []
        self._shown: FrameBuffer | None = None

    def offer(self, size: Size) -> str:
        """Return the name of a buffer for pictures of `size`, made if need be."""
        if not self._buffers or self._buffers[-1].size != size:
            self._buffers.append(FrameBuffer(size))
        return self._buffers[-1].name

    def show(self, name: str) -> None:
        """Take pictures from the buffer `name` from now on, and give earlier ones back."""
        if self._shown is not None and self._shown.name == name:
            return
        place = next(i for i, buffer in enumerate(self._buffers) if buffer.name == name)
        with self._lock:
            self._shown = self._buffers[place]
        for buffer in self._buffers[:place]:
            buffer.close(unlink=True)
        del self._buffers[:place]

    def settle(self) -> None:
        """After the worker has ended: keep the buffer that is shown, give back the others."""
        for buffer in self._buffers:
            if buffer is not self._shown:
                buffer.close(unlink=True)
        self._buffers = [self._shown] if self._shown is not None else []

    def close(self) -> None:
        """After the worker has ended: give everything back."""
        with self._lock:
            self._shown = None
        self.settle()

    def latest(self) -> Picture | None:
        """Return a copy of the newest picture, None before the first."""
        with self._lock:
            return self._shown.latest() if self._shown is not None else None

    @property
    def rate(self) -> float:
        """Frames per second, 0 before the first picture."""
        with self._lock:
            return self._shown.rate if self._shown is not None else 0.0

    @property
    def lag(self) -> float | None:
        """Seconds behind the camera, None if unknown."""
        with self._lock:
            lag = self._shown.lag if self._shown is not None else math.nan
        return None if math.isnan(lag) else lag
