"""Camera addresses: taken apart once, and never shown with their password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from urllib.request import url2pathname

Scheme = Literal["rtsp", "rtsps", "http", "https", "file", "other"]

HIDDEN: Final = "***"

#: IANA's port numbers of the schemes a camera is reached by.
DEFAULT_PORTS: Final = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

#: Parameters whose values camera makers use for credentials.
_SECRET_PARAMETER: Final = re.compile(
    r"pass|pwd|token|secret|signature|auth|api_?key|session|^(key|sig|psw|pw)$", re.IGNORECASE
)

#: ``scheme://user:password@rest`` where the password holds ``/``, ``?`` or ``#`` unescaped, so
#: that a URL parser ends the host inside it. A colon followed by a port and a slash is no password.
_LOOSE_CREDENTIALS: Final = re.compile(r"^(\w[\w+.-]*://[^/@:]*):(?!\d+(?:/|$))(.*)@")


def redact(url: str) -> str:
    """Return `url` fit for screens, logs and error sentences: no password, no token.

    Parameters
    ----------
    url : str
        A camera address as the user wrote it, malformed ones included.

    Returns
    -------
    str
        The same address with the password and the values of secret parameters as ``***``. The
        user name stays, since a wrong one is worth seeing. Redacting twice changes nothing.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # for example an unclosed [ of an IPv6 host
        return _LOOSE_CREDENTIALS.sub(rf"\1:{HIDDEN}@", url)
    credentials, separator, host = parts.netloc.rpartition("@")
    if separator and ":" in credentials:
        parts = parts._replace(netloc=f"{credentials.split(':', 1)[0]}:{HIDDEN}@{host}")
    elif _LOOSE_CREDENTIALS.match(url):
        return _LOOSE_CREDENTIALS.sub(rf"\1:{HIDDEN}@", url)
    if parts.query:
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if any(_SECRET_PARAMETER.search(name) for name, _ in pairs):
            shown = [
                (name, HIDDEN if _SECRET_PARAMETER.search(name) else value) for name, value in pairs
            ]
            parts = parts._replace(query=urlencode(shown, safe="*/:"))
    return parts.geturl()


@dataclass(frozen=True, slots=True)
class CameraAddress:
    """A camera address taken apart.

    Parameters
    ----------
    scheme : Scheme
        ``file`` for plain paths as well; ``other`` for what mapdesk does not play.
    host, port : str, int
        Empty and 0 for files.
    target : str
        The address to ask for, without credentials: the whole URL for RTSP, the path and query
        for HTTP.
    user, password : str
        Unescaped; both empty where the address has none.
    path : Path or None
        Of a file.
    """

    scheme: Scheme
    host: str = ""
    port: int = 0
    target: str = ""
    user: str = ""
    password: str = ""
    path: Path | None = None

    @property
    def place(self) -> str:
        """``host:port`` for sentences, brackets around an IPv6 host."""
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def is_file(self) -> bool:
        """Whether it is a file on this machine."""
        return self.scheme == "file"


def parse_address(url: str) -> CameraAddress:
    """Take a camera address apart.

    Parameters
    ----------
    url : str
        ``rtsp(s)://``, ``http(s)://``, ``file://`` or a path.

    Returns
    -------
    CameraAddress
        With scheme ``other`` where mapdesk has no way to play it.

    Raises
    ------
    ValueError
        A URL without a host or with an impossible port.
    """
    name, separator, _ = url.partition("://")
    if not separator:
        return CameraAddress("file", path=Path(url))
    parts = urlsplit(url)
    if name.lower() == "file":
        return CameraAddress("file", path=Path(url2pathname(parts.path)))
    scheme = _known_scheme(name.lower())
    if scheme == "other":
        return CameraAddress("other")
    if not parts.hostname:
        raise ValueError("no host in the address")
    host = parts.hostname
    port = parts.port or DEFAULT_PORTS[scheme]
    resource = quote(parts.path or "/", safe="/%:;=@&+$,!~*'()") + (
        f"?{parts.query}" if parts.query else ""
    )
    target = resource
    if scheme in ("rtsp", "rtsps"):
        target = f"{scheme}://{_bracketed(host)}:{port}{resource if parts.path else ''}"
    return CameraAddress(
        scheme, host, port, target, unquote(parts.username or ""), unquote(parts.password or "")
    )


def _known_scheme(name: str) -> Scheme:
    match name:
        case "rtsp" | "rtsps" | "http" | "https" as known:
            return known
        case _:
            return "other"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
