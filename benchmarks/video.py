"""Video benchmarks: opening against OpenCV's defaults, glass latency against mpv.

Both sides watch the same gst RTSP server and take turns. Frames carry their number, the server
notes when it sent each one, so latency is read off the picture. mpv draws into an Xvfb whose
frame buffer is a file that is read directly (``-fbdir``), without a screenshot's cost.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from mapdesk.video.limits import Limits
from mapdesk.video.messages import CaptureOrder
from mapdesk.video.stream import Stream
from mapdesk.video.worker_entry import CAPTURE_OPTIONS
from tests.video.cameras import RtspServer, missing_server
from tests.video.numbers import read_number

Result = dict[str, str | float | None]

_OPTIONS_VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_WIDTH, _HEIGHT, _RATE = 1280, 720, 25
_CAMERA = f"one={_WIDTH}x{_HEIGHT}@{_RATE}"
_MPV = "mpv --profile=low-latency"


def open_first_picture(rounds: int = 10) -> Result:
    """Milliseconds from opening to the first decoded picture; the process is warm on both sides."""
    result: Result = {
        "id": "video.open_first_picture",
        "ours": None,
        "peer": None,
        "peer_name": "cv2.VideoCapture(url)",
        "unit": "ms",
    }
    if missing_server():
        return {**result, "note": missing_server()}
    server = RtspServer(_CAMERA)
    server.start()
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    try:
        worker = context.Process(target=_open_in_turn, args=(server.url("one"), rounds, sender))
        worker.start()
        sender.close()
        ours, peer = receiver.recv()
        worker.join()
    finally:
        receiver.close()
        server.kill()
    return {**result, "ours": statistics.median(ours), "peer": statistics.median(peer)}


def latency(rounds: int = 3, seconds: float = 6.0) -> Result:
    """Median milliseconds from sending a frame to seeing it, 720p at 25 frames a second.

    Ours is seen when ``latest()`` returns it in the stream's callback, mpv's when it stands in the
    X server's frame buffer.
    """
    result: Result = {
        "id": "video.latency", "ours": None, "peer": None, "peer_name": _MPV, "unit": "ms",
    }  # fmt: skip
    if missing_server():
        return {**result, "note": missing_server()}
    with tempfile.TemporaryDirectory() as folder:
        times_file = Path(folder, "times")
        server = RtspServer(_CAMERA, times=times_file)
        server.start()
        try:
            with times_file.open("rb") as file:
                sent = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
            ours: list[float] = []
            peer: list[float] = []
            missing = [name for name in ("mpv", "Xvfb") if not shutil.which(name)]
            for _ in range(rounds):
                ours += _latency_of_stream(server.url("one"), sent, seconds)
                if not missing:
                    peer += _latency_of_mpv(server.url("one"), sent, seconds, Path(folder))
            sent.close()
        finally:
            server.kill()
    if missing:
        result["note"] = f"missing: {', '.join(missing)} (apt install mpv xvfb)"
    return {
        **result,
        "ours": statistics.median(ours),
        "peer": statistics.median(peer) if peer else None,
    }


BENCHMARKS: tuple[Callable[[], Result], ...] = (open_first_picture, latency)


def _open_in_turn(url: str, rounds: int, answer: Connection) -> None:
    """In a process of its own, since it loads OpenCV: time both ways in turn, one round to warm."""
    import cv2

    from mapdesk.video.capture_worker import opened_capture

    order = CaptureOrder(url, False, None, 1, Limits())

    def timed(opening: AbstractContextManager[cv2.VideoCapture]) -> float:
        began = time.perf_counter()
        with opening as capture:
            assert capture.read()[0]
            return (time.perf_counter() - began) * 1000

    @contextmanager
    def peer_capture() -> Iterator[cv2.VideoCapture]:
        capture = cv2.VideoCapture(url)
        yield capture
        capture.release()

    ours, peer = [], []
    for _ in range(rounds + 1):
        os.environ[_OPTIONS_VARIABLE] = CAPTURE_OPTIONS
        ours.append(timed(opened_capture(order)))
        del os.environ[_OPTIONS_VARIABLE]
        peer.append(timed(peer_capture()))
    answer.send((ours[1:], peer[1:]))
    answer.close()


def _latency_of_stream(url: str, sent: mmap.mmap, seconds: float) -> list[float]:
    """Milliseconds from sending to ``latest()``, one value a frame, settled first."""
    seen = Seen(sent)
    stream: Stream

    def look(event: str) -> None:
        picture = stream.latest()
        if event == "frame" and picture is not None:
            seen.look(read_number(picture.pixels, _HEIGHT))

    stream = Stream(url, None, look)
    stream.start()
    values = seen.collect(seconds)
    stream.close()
    stream.wait_closed(5)
    return values


def _latency_of_mpv(url: str, sent: mmap.mmap, seconds: float, folder: Path) -> list[float]:
    """Milliseconds from sending to the frame buffer of an X server that mpv fills."""
    with _frame_buffer(folder) as (display, pixels):
        player = subprocess.Popen(
            [
                *_MPV.split(), "--no-config", "--vo=x11", "--no-border", "--osd-level=0",
                "--no-osc", "--no-audio", f"--geometry={_WIDTH}x{_HEIGHT}+0+0", url,
            ],
            env={**os.environ, "DISPLAY": display},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        seen, ending = Seen(sent), threading.Event()

        def poll() -> None:
            while not ending.wait(0.001):
                seen.look(read_number(pixels, _HEIGHT))

        poller = threading.Thread(target=poll)
        poller.start()
        try:
            return seen.collect(seconds)
        finally:
            ending.set()
            poller.join()
            player.kill()
            player.wait()


class Seen:
    """Frame numbers as they appear, and how long after sending each one did."""

    def __init__(self, sent: mmap.mmap) -> None:
        self._sent = sent
        self._last: int | None = None
        self._first = threading.Event()
        self.values: list[float] = []

    def look(self, number: int | None) -> None:
        """Take what can be read now."""
        if number is None or number == self._last:
            return
        self._last = number
        moment = struct.unpack_from("d", self._sent, 8 * number)[0]
        if moment:
            self.values.append((time.monotonic() - moment) * 1000)
            self._first.set()

    def collect(self, seconds: float) -> list[float]:
        """Wait for the first frame, let it settle for 2 s, and return what `seconds` bring."""
        if not self._first.wait(20):
            raise RuntimeError("no frame was seen")
        threading.Event().wait(2)
        start = len(self.values)
        threading.Event().wait(seconds)
        return self.values[start:]


@contextmanager
def _frame_buffer(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Run an X server; give its display and its picture, rows x columns x BGRX, always current."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb", "-displayfd", str(writer), "-screen", "0", f"{_WIDTH}x{_HEIGHT}x24",
            "-fbdir", str(folder), "-nolisten", "tcp",
        ],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            display = f":{number.readline().strip()}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack_from(">25I", data)  # XWDFile.h: size, ..., bytes a line, colours
        size, line, colours = header[0], header[12], header[19]
        pixels = np.ndarray((_HEIGHT, _WIDTH, 4), np.uint8, data, size + 12 * colours, (line, 4, 1))
        yield display, pixels
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    for benchmark in BENCHMARKS:
        sys.stdout.write(f"{benchmark()}\n")
