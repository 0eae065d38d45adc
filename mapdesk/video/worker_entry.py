"""Where worker processes begin: the parent imports this module, and with it no OpenCV."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from mapdesk.video.messages import CaptureOrder

#: Measured (measured.md, Video): first picture after 146 ms instead of 1,240, latency 45 ms.
#: ``nobuffer`` was tried and made opening worse (2,100 ms).
CAPTURE_OPTIONS: Final = "rtsp_transport;tcp|analyzeduration;100000|probesize;100000|fpsprobesize;0"


def capture(order: CaptureOrder, connection: Connection) -> None:
    """Run one capture until it ends; the target of a spawned process."""
    _set_up_process()
    if not order.is_file:
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = CAPTURE_OPTIONS
    from mapdesk.video.capture_worker import run_capture

    run_capture(order, connection)


def write_clips(folder: Path, indices: list[int], seconds: float, fps: int, seed: int) -> None:
    """Render street clips; the target of a spawned process."""
    _set_up_process()
    from mapdesk.video.clip_worker import write_clip

    for index in indices:
        write_clip(folder, index, seconds, fps, seed)


def record(path: str, size: tuple[int, int], fps: int, connection: Connection) -> None:
    """Write pictures to a video; the target of a spawned process."""
    _set_up_process()
    from mapdesk.video.record_worker import run_record

    run_record(path, size, fps, connection)


def _set_up_process() -> None:
    """Leave Ctrl+C to the parent, and keep FFmpeg's words, which may hold addresses, unsaid.

    The variables are read by OpenCV when it is imported or opens; they are set in the worker
    alone, since the parent's environment belongs to all of its libraries.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "-8"  # AV_LOG_QUIET of libavutil/log.h
