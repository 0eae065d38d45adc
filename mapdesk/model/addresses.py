"""Addresses of tile servers as they may be shown: without what could be a key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HIDDEN = "***"
_PUBLIC = frozenset(
    ("service", "request", "version", "layer", "style", "format", "tilematrixset", "tilematrix")
    + ("tilerow", "tilecol", "x", "y", "z", "l", "t")
)
"""Parameters of tile services that are no keys."""
_PLACE = re.compile(r"\{(?:-?y|[zxqs]|tile(?:matrix|col|row))\}", re.IGNORECASE)
_USER = re.compile(r"(//)[^/?#]*@")
_PATH_VALUE = re.compile(r"(;)([^/;]+)")
_VALUE = re.compile(r"([?&;#])([^?&;#]+)")


def without_keys(address: str) -> str:
    """Return an address fit to be shown: users and values that are no tile's place as ``***``.

    A key in the path looks as any folder does, and stays.
    """
    begins = re.search(r"[?#]|$", address)
    end = begins.start() if begins else len(address)
    path = _USER.sub(rf"\1{HIDDEN}@", address[:end])
    return _PATH_VALUE.sub(_starred, path) + _VALUE.sub(_starred, address[end:])


def host_of(address: str) -> str:
    """Return an address's host, without user and port; empty where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # for example an unclosed [ of an IPv6 host
        return ""


def _starred(found: re.Match[str]) -> str:
    name, equals, value = found[2].partition("=")
    if not equals:
        return found[0] if _PLACE.fullmatch(name) else found[1] + HIDDEN
    if not value or name.lower() in _PUBLIC or _PLACE.fullmatch(value):
        return found[0]
    return f"{found[1]}{name}={HIDDEN}"
