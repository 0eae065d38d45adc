"""Six digits that change every half minute: TOTP of RFC 6238 over HOTP of RFC 4226."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds one code stands."""
DIGITS = 6
SECRET_BYTES = 20
"""As long as SHA-1's output, as RFC 4226 section 4 asks for."""
_DRIFT = 1
"""Steps the two clocks may be apart, either way (RFC 6238 section 5.2)."""


def new_secret() -> str:
    """Return a fresh secret in base32, 32 characters."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step, counted from 1970 in half minutes."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: str, code: str, seconds: float, after: int) -> int | None:
    """Return the step `code` belongs to, or None where it is wrong or was used before.

    Parameters
    ----------
    seconds : float
        Now, from 1970.
    after : int
        Step of the last code taken: that one and those before it are not taken again.
    """
    typed = "".join(code.split())
    now = int(seconds // STEP)
    found = None
    for step in range(max(now - _DRIFT, 0), now + _DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()) and step > after:
            found = step
    return found


def address(secret: str, user: str, district: str) -> str:
    """Return the ``otpauth://`` address that an authenticator reads."""
    label = quote(f"mapdesk {district}:{user}")
    values = urlencode(
        {"secret": secret, "issuer": f"mapdesk {district}", "algorithm": "SHA1"}
        | {"digits": DIGITS, "period": STEP},
        quote_via=quote,
    )
    return f"otpauth://totp/{label}?{values}"


def grouped(secret: str) -> str:
    """Return a secret in groups of four, to be typed from a screen."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
