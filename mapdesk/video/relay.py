"""A relay inside a worker process, between OpenCV and the camera: see :mod:`.frame_end`.

To the camera it looks like a router that forwards a port: requests pass unchanged, the player's
own authorization included.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from mapdesk.video.frame_end import FrameEndMarker

_RTSP_PORT: Final = 554
_CHUNK: Final = 64 * 1024


class Relay:
    """Forwards connections on this machine to one camera, as a context.

    Its threads end when the context does; an error on either side closes both.

    Parameters
    ----------
    url : str
        An ``rtsp://`` address.
    patience : float
        Seconds to connect to the camera.
    """

    def __init__(self, url: str, patience: float) -> None:
        parts = urlsplit(url)
        self._camera = (parts.hostname or "", parts.port or _RTSP_PORT)
        self._patience = patience
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        self._threads: list[Thread] = []
        credentials, at, _ = parts.netloc.rpartition("@")
        rest = url[len(parts.scheme) + 3 + len(parts.netloc) :]
        port = self._listener.getsockname()[1]
        #: What the player has to open.
        self.url: Final = f"{parts.scheme}://{credentials}{at}127.0.0.1:{port}{rest}"

    def __enter__(self) -> Self:
        self._start(self._serve)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for one in self._sockets:
            _end(one)
        for thread in self._threads:
            thread.join(self._patience)

    def _start(self, work: Callable[[], None]) -> None:
        thread = Thread(target=work, name="relay", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        """Connect each player that comes to the camera."""
        with suppress(OSError):  # the listener is closed at the end
            while True:
                player, _ = self._listener.accept()
                self._sockets.append(player)
                try:
                    camera = socket.create_connection(self._camera, self._patience)
                except OSError:
                    _end(player)
                    continue
                self._sockets.append(camera)
                for one in (player, camera):
                    one.settimeout(None)
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pair(player, camera)

    def _pair(self, player: socket.socket, camera: socket.socket) -> None:
        self._start(lambda: _pass_on(player, camera, bytes))
        self._start(lambda: _pass_on(camera, player, FrameEndMarker().feed))


def _pass_on(
    source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]
) -> None:
    """Copy until either side ends, then end both."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(change(data))
    _end(source)
    _end(target)


def _end(one: socket.socket) -> None:
    """Close, waking a thread that waits in it."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
