"""One question to a camera and its answer, in RTSP 1.0 (RFC 2326) or HTTP/1.1."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from typing import Final

from mapdesk.video.address import CameraAddress

#: An answer's head or body above this is no camera's.
_MOST_BYTES: Final = 64 * 1024

_STATUS_LINE: Final = re.compile(r"(?:RTSP|HTTP)/\d\.\d (\d{3})")


class NotSpokenError(Exception):
    """The other side answered in another protocol."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Parameters
    ----------
    status : int
        Such as 200.
    headers : dict of str to list of str
        By lower-case name, repeated ones in order.
    body : str
        SDP of a DESCRIBE; not read for HTTP.
    """

    status: int
    headers: dict[str, list[str]]
    body: str

    @property
    def challenges(self) -> list[str]:
        """Values of ``WWW-Authenticate``."""
        return self.headers.get("www-authenticate", [])

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("location", [""])[0]


async def exchange(address: CameraAddress, method: str, authorization: str = "") -> Reply:
    """Ask on a connection of its own.

    HTTP is asked with GET, of which the head alone is read: many cameras refuse HEAD. RTSP is
    asked with DESCRIBE straight away: an OPTIONS before it says nothing more about a dead camera
    and costs a round trip.

    Parameters
    ----------
    address : CameraAddress
        With a network scheme.
    method : str
        ``DESCRIBE`` or ``GET``.
    authorization : str
        Value of the header, none if empty.

    Returns
    -------
    Reply
        Whatever the status.

    Raises
    ------
    NotSpokenError
        The answer is neither RTSP nor HTTP.
    OSError, asyncio.IncompleteReadError
        As the connection failed.
    """
    reader, writer = await asyncio.open_connection(
        address.host,
        address.port,
        limit=_MOST_BYTES,
        ssl=_camera_tls() if address.scheme in ("rtsps", "https") else None,
    )
    try:
        writer.write(_request(address, method, authorization))
        await writer.drain()
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
        except asyncio.LimitOverrunError as error:
            raise NotSpokenError from error
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise NotSpokenError from error
            raise
        status = _STATUS_LINE.match(head)
        if status is None or head.startswith("HTTP") != (method == "GET"):
            raise NotSpokenError
        headers: dict[str, list[str]] = {}
        for line in head.split("\r\n")[1:]:
            name, colon, value = line.partition(":")
            if colon:
                headers.setdefault(name.strip().lower(), []).append(value.strip())
        body = ""
        length = headers.get("content-length", ["0"])[0]
        if method == "DESCRIBE" and length.isdigit() and int(length):
            body = (await reader.readexactly(min(int(length), _MOST_BYTES))).decode(
                errors="replace"
            )
        return Reply(int(status[1]), headers, body)
    finally:
        writer.transport.abort()


def _request(address: CameraAddress, method: str, authorization: str) -> bytes:
    if method == "DESCRIBE":
        lines = [f"DESCRIBE {address.target} RTSP/1.0", "CSeq: 1", "Accept: application/sdp"]
    else:
        lines = [
            f"GET {address.target} HTTP/1.1",
            f"Host: {address.place}",
            "Accept: */*",
            "Connection: close",
        ]
    lines.append("User-Agent: mapdesk")
    if authorization:
        lines.append(f"Authorization: {authorization}")
    return "\r\n".join([*lines, "", ""]).encode()


def _camera_tls() -> ssl.SSLContext:
    """Return a context that accepts what cameras have: self-signed certificates.

    FFmpeg does not verify certificates by default either (its ``tls_verify`` is 0).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
