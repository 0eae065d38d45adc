"""Passwords: what is good enough, what is kept of one, and what a server gets to see instead."""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from argon2.profiles import RFC_9106_LOW_MEMORY

from mapdesk.model.errors import InputError
from mapdesk.model.users import key_of

SHORTEST = 10
"""Characters. NIST SP 800-63B asks for length and nothing else: no mix of kinds, no expiry."""

LONGEST = 256
"""Characters; NIST SP 800-63B asks for 64 at least to be taken."""

FEWEST_DIFFERENT = 5
"""Different characters: 1111111111 and abababab are guessed first."""

_COMMON = """
1234567890 0123456789 0987654321 12345678910 123456789a a123456789 qwertyuiop 1q2w3e4r5t
1qaz2wsx3edc qwerty123456 password123 password1234 adminadmin admin12345 administrator
passw0rd123 iloveyou1314 woaini1314 5201314520 abcd123456 abc1234567
"""
"""Those of ten characters and more that stand high in lists of leaked ones."""

HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
"""Argon2id of RFC 9106, second recommended option: 3 passes over 64 MiB, 4 lanes."""

_IN_FORCE = [HASHER]

_SERVER_TIME, _SERVER_MEMORY, _SERVER_LANES = 3, 65536, 4
_SERVER_LABEL = b"mapdesk server password 1"


def normalised(password: str) -> str:
    """Return the password as it is hashed: NFKC, so that input methods and systems agree."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, user: str) -> None:
    """Raise InputError where a new password is too easily guessed.

    The rules are those of NIST SP 800-63B for secrets a user remembers: long enough, not the name, not
    among the common ones.
    """
    text = normalised(password)
    if len(text) < SHORTEST:
        raise InputError(
            f"A password needs {SHORTEST} characters or more; a sentence is easily remembered."
        )
    if len(text) > LONGEST:
        raise InputError(f"A password has {LONGEST} characters at most.")
    key = key_of(password)
    name = key_of(user)
    if name and key.replace(name, "").strip("0123456789.-_ ") == "" and name in key:
        raise InputError("The password is nearly the name; choose another.")
    if len(set(key)) < FEWEST_DIFFERENT or key in _COMMON.split():
        raise InputError("This password is among the first to be guessed; choose another.")


def hash_with(hasher: PasswordHasher) -> None:
    """Hash with other parameters from now on: weak and quick ones in tests, `HASHER` again after them."""
    _IN_FORCE[0] = hasher


def hashed(password: str) -> str:
    """Return what is kept of a password: Argon2id with a salt of its own; about 0.1 s, 64 MiB."""
    return _IN_FORCE[0].hash(normalised(password))


def matches(kept: str, password: str) -> bool:
    """Say whether `kept` was made of `password`; takes as long as `hashed`, whatever the answer."""
    try:
        return _IN_FORCE[0].verify(kept, normalised(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Say whether `kept` was made with weaker parameters than today's."""
    return _IN_FORCE[0].check_needs_rehash(kept)


def nobodys() -> str:
    """Return what no password matches, made with today's parameters: for names that nobody has."""
    hasher = _IN_FORCE[0]
    salt = base64.b64encode(bytes(hasher.salt_len)).decode().rstrip("=")
    body = base64.b64encode(bytes(hasher.hash_len)).decode().rstrip("=")
    return (
        f"$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        f"${salt}${body}"
    )


def server_password(password: str, user: str, district_id: str) -> str:
    """Return the password of the user's login role on a PostgreSQL server.

    The human's password never leaves the desk: neither the server, nor its log, nor whoever sets the
    role up can learn it and try it elsewhere. Two districts on one server get different ones of the
    same password, for the salt is made of district and user. Its parameters are frozen: other ones
    would lock every user of every server out.

    Parameters
    ----------
    district_id : str
        What the server calls this district, for ever.

    Returns
    -------
    str
        43 characters of base64url: 256 bits.
    """
    label = b"\0".join((_SERVER_LABEL, district_id.encode(), key_of(user).encode()))
    raw = hash_secret_raw(
        normalised(password).encode(),
        hashlib.sha256(label).digest()[:16],
        time_cost=_SERVER_TIME,
        memory_cost=_SERVER_MEMORY,
        parallelism=_SERVER_LANES,
        hash_len=32,
        type=Type.ID,
    )
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def suggested() -> str:
    """Return a password to hand over for one sign-in: nine syllables by chance, 57 bits."""
    syllables = [secrets.choice("bdfghjklmnprstvwz") + secrets.choice("aeiou") for _ in range(9)]
    return "-".join("".join(syllables[at : at + 3]) for at in (0, 3, 6))
