"""Cameras for tests: a real RTSP server in a process, and sockets that misbehave."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import IO

#: The system's Python: gst-rtsp-server has bindings there and no wheel.
SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("rtsp_server.py")
PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly"


@cache
def missing_server() -> str:
    """Return why the RTSP server cannot run here, empty if it can."""
    check = (
        "import gi; gi.require_version('GstRtspServer', '1.0');"
        "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
        "assert all(map(Gst.ElementFactory.find, ('x264enc', 'h264parse', 'rtph264pay')))"
    )
    try:
        done = subprocess.run(
            [SYSTEM_PYTHON, "-c", check], capture_output=True, timeout=60, check=False
        )
    except OSError:
        return f"no {SYSTEM_PYTHON}"
    return "" if done.returncode == 0 else f"RTSP server missing: apt install {PACKAGES}"


class RtspServer:
    """A gst RTSP server in a process of its own.

    Parameters
    ----------
    cameras : sequence of str
        ``NAME=WxH@RATE`` or ``NAME=WxH@RATE:h265`` each.
    user : str or None
        ``NAME:PASSWORD:digest`` or ``:basic``.
    times : Path or None
        File that gets the sending time of each frame.
    """

    def __init__(
        self, *cameras: str, user: str | None = None, times: Path | None = None, port: int = 0
    ) -> None:
        self._arguments = [f"--camera={camera}" for camera in cameras]
        if user:
            self._arguments.append(f"--user={user}")
        if times:
            self._arguments.append(f"--times={times}")
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start, or start again on the same port; returns when it accepts clients."""
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(SERVER), f"--port={self.port}", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        words = self._pipe(self._process.stdout).readline().split()
        assert words[:1] == ["ready"], "the RTSP server did not start"
        self.port = int(words[1])

    def say(self, words: str) -> None:
        """Give an order such as ``stall one``; returns when it is obeyed."""
        assert self._process is not None
        pipe = self._pipe(self._process.stdin)
        pipe.write(words + "\n")
        pipe.flush()
        assert self._pipe(self._process.stdout).readline().strip() == f"ok {words}"

    def freeze(self) -> None:
        """Stop the whole process: the system still accepts connections, nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it run again, if it lives."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it without a farewell to its clients."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._pipe(self._process.stdin).close()
            self._pipe(self._process.stdout).close()
            self._process = None

    def url(self, name: str, credentials: str = "") -> str:
        """Return the address of a camera, with ``user:password`` if given."""
        at = f"{credentials}@" if credentials else ""
        return f"rtsp://{at}127.0.0.1:{self.port}/{name}"

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@contextmanager
def black_hole() -> Iterator[str]:
    """Give the ``host:port`` of a socket that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def closed_port() -> str:
    """Return the ``host:port`` of a port that nothing listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def scripted(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Give the ``host:port`` of a server that answers its clients in turn, and what they asked.

    One answer a connection; after it the server hangs up.
    """
    asked: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        for answer in answers:
            try:
                client, _ = listener.accept()
            except OSError:  # closed by the test
                return
            with client:
                asked.append(client.recv(65536))
                client.sendall(answer)

    listener = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=serve, args=(listener,))
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@contextmanager
def silent_camera() -> Iterator[tuple[str, Event]]:
    """Give a camera that answers every RTSP request and never sends a picture.

    The event is set once a client was told that it plays.

    It passes the probe, so it is the worst kind: OpenCV waits for it with its lock held.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    playing = Event()
    clients: list[socket.socket] = []
    threads: list[Thread] = []

    def answer(client: socket.socket) -> None:
        with client, client.makefile("rb") as lines, suppress(ConnectionError):
            while request := lines.readline():
                sequence = b"0"
                while (line := lines.readline().strip()) != b"":
                    if line.lower().startswith(b"cseq:"):
                        sequence = line.split(b":")[1].strip()
                client.sendall(_silent_answer(request.split()[0], sequence))
                if request.startswith(b"PLAY"):
                    playing.set()

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # closed below
                return
            clients.append(client)
            threads.append(Thread(target=answer, args=(client,)))
            threads[-1].start()

    thread = Thread(target=accept)
    thread.start()
    try:
        yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/one", playing
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for client, one in zip(clients, threads, strict=True):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            one.join(5)


def _silent_answer(method: bytes, sequence: bytes) -> bytes:
    headers, body = b"Session: 1\r\n", b""
    if method == b"OPTIONS":
        headers = b"Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
    elif method == b"DESCRIBE":
        body = b"v=0\r\ns=x\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"
        headers = b"Content-Type: application/sdp\r\n"
    elif method == b"SETUP":
        headers += b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
    head = b"RTSP/1.0 200 OK\r\nCSeq: %s\r\n%sContent-Length: %d\r\n\r\n"
    return head % (sequence, headers, len(body)) + body
