"""Writes pictures that come through a pipe to a video file; runs in a spawned process alone."""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Final

import cv2
import numpy as np

#: As in `clip_worker`: the one encoder of this kind that opencv-python's wheels carry everywhere.
_CODEC: Final = "mp4v"


def run_record(path: str, size: tuple[int, int], fps: int, connection: Connection) -> None:
    """Write frames (BGRA, rows from above) until an empty one comes; answer each with a byte.

    Parameters
    ----------
    size : tuple of int
        Pixels, even.
    """
    cv2.setNumThreads(1)
    width, height = size
    code = cv2.VideoWriter.fourcc(*_CODEC)
    writer = cv2.VideoWriter(path, cv2.CAP_FFMPEG, code, fps, size)
    try:
        connection.send_bytes(b"+" if writer.isOpened() else b"-")
        while writer.isOpened() and (frame := connection.recv_bytes()):
            pixels = np.frombuffer(frame, np.uint8).reshape(height, width, 4)
            writer.write(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR))
            connection.send_bytes(b"+")
    except (EOFError, OSError):
        return
    finally:
        writer.release()
        connection.close()
