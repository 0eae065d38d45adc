"""Pictures in shared memory: three slots, one writer, any number of readers, no lock.

Layout: 16 int64 (the number and slot published last, then a sequence and a frame number for each
slot), 8 float64 (a capture time for each slot, then frames per second and lag), then the slots of
height x width x 4 bytes in BGRA. A slot's sequence is odd while it is written; a reader copies
and then checks that the sequence is even and unchanged. With three slots a reader has two frame
times for its copy (80 ms at 25 frames a second; copying 1920 x 1080 takes about 2), so it repeats
only if it was suspended in the middle.
"""

from __future__ import annotations

import os
import secrets
from multiprocessing.shared_memory import SharedMemory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mapdesk.video.messages import Size
from mapdesk.video.source import Picture

_SLOTS: Final = 3
_HEADER_BYTES: Final = 16 * 8 + 8 * 8
_NUMBER, _SLOT, _SEQUENCE, _FRAME = 0, 1, 2, 5  # int64 fields; the last two have one per slot
_RATE, _LAG = 3, 4  # float64 fields; before them a capture time per slot
_READ_ATTEMPTS: Final = 8


class FrameBuffer:
    """Shared pictures of one size.

    The stream owns the memory: it creates it, and unlinks it after the worker has ended or moved
    on. The worker attaches by name. Each object is used by one thread at a time.

    Parameters
    ----------
    size : Size
        Width and height in pixels.
    name : str or None
        Of existing memory to attach to; None creates it.
    """

    def __init__(self, size: Size, name: str | None = None) -> None:
        width, height = size
        self.size: Final = size
        picture_bytes = width * height * 4
        self._memory: Final = SharedMemory(
            name or f"mapdesk-{os.getpid()}-{secrets.token_hex(4)}",
            create=name is None,
            size=_HEADER_BYTES + _SLOTS * picture_bytes,
        )
        self.name: Final = self._memory.name
        data = self._memory.buf
        self._counters: NDArray[np.int64] = np.ndarray(16, np.int64, data)
        self._measures: NDArray[np.float64] = np.ndarray(8, np.float64, data, 16 * 8)
        self._slots: list[NDArray[np.uint8]] = [
            np.ndarray((height, width, 4), np.uint8, data, _HEADER_BYTES + slot * picture_bytes)
            for slot in range(_SLOTS)
        ]

    def begin_frame(self) -> NDArray[np.uint8]:
        """Writer: return the slot to draw the next picture into, height x width x 4, BGRA."""
        slot = self._next_slot()
        self._counters[_SEQUENCE + slot] |= 1
        return self._slots[slot]

    def publish(self, number: int, captured: float, rate: float, lag: float) -> None:
        """Writer: make the slot of :meth:`begin_frame` the latest picture.

        Parameters
        ----------
        number : int
            Frame number, from 1.
        captured : float
            Seconds since the epoch.
        rate : float
            Frames per second.
        lag : float
            Seconds behind the camera, NaN if unknown.
        """
        slot = self._next_slot()
        self._counters[_FRAME + slot] = number
        self._measures[slot] = captured
        self._measures[_RATE] = rate
        self._measures[_LAG] = lag
        self._counters[_SEQUENCE + slot] += 1
        self._counters[_SLOT] = slot
        self._counters[_NUMBER] = number

    def latest(self) -> Picture | None:
        """Reader: return a copy of the latest picture, None before the first one."""
        for _ in range(_READ_ATTEMPTS):
            if not self._counters[_NUMBER]:
                return None
            slot = int(self._counters[_SLOT])
            before = int(self._counters[_SEQUENCE + slot])
            if before % 2:
                continue
            number = int(self._counters[_FRAME + slot])
            captured = float(self._measures[slot])
            pixels = self._slots[slot].copy()
            if int(self._counters[_SEQUENCE + slot]) == before:
                pixels.flags.writeable = False
                return Picture(pixels, number, captured)
        return None

    @property
    def rate(self) -> float:
        """Frames per second as the worker measured them."""
        return float(self._measures[_RATE])

    @property
    def lag(self) -> float:
        """Seconds behind the camera, NaN if unknown."""
        return float(self._measures[_LAG])

    def close(self, *, unlink: bool) -> None:
        """Give the memory back; `unlink` by the owner alone, after the worker is done with it."""
        self._slots.clear()
        del self._counters, self._measures  # numpy views would keep the mapping alive
        self._memory.close()
        if unlink:
            self._memory.unlink()

    def _next_slot(self) -> int:
        return (int(self._counters[_SLOT]) + 1) % _SLOTS
