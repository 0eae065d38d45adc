"""Why a camera cannot be shown, found out before OpenCV opens it.

OpenCV answers False without a reason to a refused connection, a wrong password and a wrong path
alike, and it holds a process-wide lock while a dead camera runs into its time-out. So the address
is asked first, with one RTSP DESCRIBE or one HTTP GET, and the answer becomes one sentence that
says what to do. Nothing here raises for what a camera does: the verdict carries it.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine
from pathlib import Path
from threading import Lock
from typing import Final
from urllib.parse import urljoin

from mapdesk.video.address import CameraAddress, parse_address, redact
from mapdesk.video.authorization import authorize, choose_challenge, parse_challenge
from mapdesk.video.exchange import NotSpokenError, Reply, exchange
from mapdesk.video.limits import Limits
from mapdesk.video.verdict import Verdict, judge

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 3


def probe(url: str, timeout: float = Limits.probe) -> Verdict:
    """Find out whether a camera or file can be shown, and why not.

    Blocks for `timeout` seconds at most; call it off the GUI thread. Needs no event loop in the
    calling thread and leaves none behind.

    Parameters
    ----------
    url : str
        ``rtsp(s)://``, ``http(s)://``, ``file://`` or a path.
    timeout : float
        Seconds for the whole exchange.

    Returns
    -------
    Verdict
        The first thing that is wrong, or ok.
    """
    verdict = CancellableProbe(url, timeout).run()
    assert verdict is not None  # nobody else can cancel it
    return verdict


class CancellableProbe:
    """A probe that another thread may cut short.

    Parameters
    ----------
    url, timeout : str, float
        As of :func:`probe`.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Verdict] | None = None
        self._is_cancelled = False

    def run(self) -> Verdict | None:
        """Probe; once only. None if it was cancelled."""
        try:
            return _run(self._work())
        except asyncio.CancelledError:
            return None

    def cancel(self) -> None:
        """Make :meth:`run` return soon, also if it has not begun; any thread."""
        with self._lock:
            self._is_cancelled = True
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _work(self) -> Verdict:
        with self._lock:
            if self._is_cancelled:
                raise asyncio.CancelledError
            self._loop = asyncio.get_running_loop()
            self._task = self._loop.create_task(_probe(self._url, self._timeout))
        try:
            return await self._task
        finally:
            with self._lock:
                self._loop = None


def _run(work: Coroutine[None, None, Verdict]) -> Verdict:
    """Run `work` on a loop of its own.

    Unlike ``asyncio.run`` it does not wait for the name look-ups that are still under way: a dead
    name server would hold the answer up for its own 10 to 30 s (``loop.close`` shuts the executor
    down without waiting; ``asyncio.run`` waits).
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def _probe(url: str, patience: float) -> Verdict:
    try:
        address = parse_address(url)
    except ValueError as error:
        return Verdict(
            "unsupported",
            f"{redact(url)} is not a camera address ({error}): "
            "write it like rtsp://user:password@host:554/path.",
        )
    if address.path is not None:
        return _probe_file(address.path)
    if address.scheme == "other":
        return Verdict(
            "unsupported",
            f"{url.partition('://')[0]}:// addresses cannot be shown: "
            "use the camera's rtsp://, http:// or https:// address, or a video file.",
        )
    try:
        async with asyncio.timeout(patience):
            return await _probe_network(address)
    except TimeoutError:
        return Verdict(
            "timeout",
            f"{address.place} did not answer within {patience:g} s: "
            "check that the camera is on and that its network is reachable from here.",
        )


def _probe_file(path: Path) -> Verdict:
    if not path.is_file():
        return Verdict(
            "missing file", f"There is no video file {path}: correct the path or copy it there."
        )
    if not os.access(path, os.R_OK):
        return Verdict(
            "forbidden", f"The video file {path} may not be read: ask its owner for access."
        )
    if path.stat().st_size == 0:
        return Verdict("unsupported", f"The video file {path} is empty: copy it again.")
    return Verdict("ok")


async def _probe_network(address: CameraAddress) -> Verdict:
    place = address.place
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            reply = await _ask(address)
            if reply.status not in _REDIRECTS or not reply.location:
                return judge(address, reply)
            address = _redirected(address, reply.location)
        return Verdict(
            "server error",
            f"{place} redirects in a circle: open its own page and copy its address.",
        )
    except ConnectionRefusedError:
        return Verdict(
            "refused",
            f"Nothing accepts connections at {place}: check the port, "
            "and that video over the network is switched on in the camera.",
        )
    except socket.gaierror:
        return Verdict(
            "unreachable",
            f"The host name {address.host} is not known: correct it or use the IP address.",
        )
    except (asyncio.IncompleteReadError, ConnectionError):
        return Verdict(
            "closed",
            f"{place} hung up without an answer: check that the port is the camera's "
            f"{address.scheme.upper()} port, or restart the camera.",
        )
    except NotSpokenError:
        return Verdict(
            "unsupported",
            f"{place} answers, but not in {address.scheme.upper()}: check the port.",
        )
    except ValueError:
        return Verdict(
            "server error", f"{place} redirects to an address that cannot be read: check the path."
        )
    except OSError as error:
        reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
        return Verdict(
            "unreachable",
            f"{place} cannot be reached ({reason}): check the address and the network.",
        )


def _redirected(address: CameraAddress, location: str) -> CameraAddress:
    """Follow a redirect; the credentials go along, as FFmpeg takes them along."""
    base = f"{address.scheme}://{address.place}/"
    following = parse_address(urljoin(base, location) if "://" not in location else location)
    if following.scheme in ("file", "other"):
        raise ValueError("redirect to another scheme")
    return CameraAddress(
        following.scheme,
        following.host,
        following.port,
        following.target,
        following.user or address.user,
        following.password or address.password,
    )


async def _ask(address: CameraAddress) -> Reply:
    """Ask once, and a second time with credentials if asked for them."""
    method = "DESCRIBE" if address.scheme in ("rtsp", "rtsps") else "GET"
    reply = await exchange(address, method)
    if reply.status != 401 or not address.user:
        return reply
    challenge = choose_challenge([parse_challenge(header) for header in reply.challenges])
    if challenge is None:
        return reply
    return await exchange(
        address,
        method,
        authorize(challenge, method, address.target, address.user, address.password),
    )
