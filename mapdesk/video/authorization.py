"""The ``Authorization`` header of RTSP and HTTP, in the dialect FFmpeg speaks.

The probe must promise no more than FFmpeg keeps: FFmpeg 8.1, as bundled with opencv-python 5.0,
answers Basic and MD5 Digest (plain and ``-sess``, with or without ``qop``) and nothing else, so a
camera that offers only SHA-256 is told apart (gortsplib issue 1074 shows Dahua doing so).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.request import parse_http_list, parse_keqv_list

_PLAYABLE_ALGORITHMS: Final = ("MD5", "MD5-SESS")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One ``WWW-Authenticate`` header: its scheme in lower case and its fields."""

    scheme: str
    fields: dict[str, str]

    @property
    def algorithm(self) -> str:
        """Digest algorithm, upper case; MD5 where none is named (RFC 7616, 3.3)."""
        return self.fields.get("algorithm", "MD5").upper()


def parse_challenge(header: str) -> Challenge:
    """Read the value of one ``WWW-Authenticate`` header; broken fields are left out."""
    scheme, _, rest = header.strip().partition(" ")
    items = [item for item in parse_http_list(rest) if "=" in item]
    fields = {name.strip().lower(): value for name, value in parse_keqv_list(items).items()}
    return Challenge(scheme.lower(), fields)


def choose_challenge(challenges: Sequence[Challenge]) -> Challenge | None:
    """Return the strongest challenge FFmpeg can answer: MD5 Digest, then Basic, else None."""
    for challenge in challenges:
        if challenge.scheme == "digest" and challenge.algorithm in _PLAYABLE_ALGORITHMS:
            return challenge
    return next((one for one in challenges if one.scheme == "basic"), None)


def authorize(
    challenge: Challenge,
    method: str,
    target: str,
    user: str,
    password: str,
    client_nonce: str | None = None,
) -> str:
    """Answer `challenge` (one that :func:`choose_challenge` returned).

    Parameters
    ----------
    challenge : Challenge
        Basic or MD5 Digest.
    method, target : str
        Of the request that will carry the header.
    user, password : str
        Unescaped.
    client_nonce : str or None
        A random word of ours, drawn if None.

    Returns
    -------
    str
        The value of the ``Authorization`` header. It holds secrets: never log it.
    """
    if challenge.scheme == "basic":
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    fields = challenge.fields
    realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
    client_nonce = client_nonce or secrets.token_hex(8)
    first = _md5(f"{user}:{realm}:{password}")
    if challenge.algorithm == "MD5-SESS":
        first = _md5(f"{first}:{nonce}:{client_nonce}")
    second = _md5(f"{method}:{target}")
    quoted = {"username": user, "realm": realm, "nonce": nonce, "uri": target}
    plain = {}
    if "auth" in [word.strip() for word in fields.get("qop", "").split(",")]:
        response = _md5(f"{first}:{nonce}:00000001:{client_nonce}:auth:{second}")
        plain = {"qop": "auth", "nc": "00000001"}
        quoted["cnonce"] = client_nonce
    else:  # RFC 2069, what most cameras still ask for
        response = _md5(f"{first}:{nonce}:{second}")
    quoted["response"] = response
    if "opaque" in fields:
        quoted["opaque"] = fields["opaque"]
    if "algorithm" in fields:
        plain["algorithm"] = fields["algorithm"]
    pairs = [f'{name}="{value}"' for name, value in quoted.items()]
    pairs += [f"{name}={value}" for name, value in plain.items()]
    return "Digest " + ", ".join(pairs)


def _md5(text: str) -> str:
    # Not a safeguard of ours: the camera's protocol asks for MD5.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
