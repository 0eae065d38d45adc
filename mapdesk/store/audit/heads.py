"""Signed heads of the record, and the file they are anchored in.

A head says: on this day the chain's row of this number had this hash. It is signed with Ed25519
(RFC 8032). Anchored where the administrator cannot write, it proves what no copy of the folder can.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mapdesk.model.errors import InputError
from mapdesk.store.audit.chain import stamp

_TAG = b"mapdesk head 1\0"
_NUMBERS = struct.Struct(">QI")


@dataclass(frozen=True, slots=True)
class Head:
    """One signed head.

    Parameters
    ----------
    chain : str
        Name of the chain, hexadecimal.
    number : int
        Row it speaks of; 0 for a chain without rows.
    hash : str
        That row's hash, hexadecimal; the chain's name where there is no row.
    at : str
        When it was signed, UTC.
    key : str
        Public key, hexadecimal.
    signature : str
        Hexadecimal.
    """

    chain: str
    number: int
    hash: str
    at: str
    key: str
    signature: str

    @property
    def genuine(self) -> bool:
        """Whether the key it names signed it."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            payload = _payload(self.chain, self.number, self.hash, self.at, self.key)
            key.verify(bytes.fromhex(self.signature), payload)
        except (InvalidSignature, ValueError, TypeError, AttributeError, struct.error):
            return False
        return True


def public_key(private: Ed25519PrivateKey) -> str:
    """Return the public half of a key, hexadecimal."""
    return private.public_key().public_bytes_raw().hex()


def sign(private: Ed25519PrivateKey, chain: str, number: int, hashed: str, now: datetime) -> Head:
    """Return a head, signed."""
    at, key = stamp(now), public_key(private)
    signature = private.sign(_payload(chain, number, hashed, at, key))
    return Head(chain, number, hashed, at, key, signature.hex())


def _payload(chain: str, number: int, hashed: str, at: str, key: str) -> bytes:
    moment = at.encode()
    fixed = b"".join(bytes.fromhex(part) for part in (chain, hashed, key))
    return _TAG + _NUMBERS.pack(number, len(moment)) + fixed + moment


def append(target: Path, head: Head) -> None:
    """Add a head to an anchor file as one line of JSON; it is on disk when this returns.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    line = json.dumps({"mapdesk": "look head"} | asdict(head)).encode() + b"\n"
    try:
        if target.is_file() and target.stat().st_size:
            with target.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    line = b"\n" + line
        with target.open("ab", buffering=0) as file:
            file.write(line)
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(
            f"The anchor file {target} cannot be written ({error.strerror or error}); give one that "
            "may be appended to."
        ) from error


def read(target: Path) -> list[Head | None]:
    """Return the heads of an anchor file, line by line; None for a line that is none.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    try:
        lines = target.read_bytes().splitlines()
    except OSError as error:
        raise InputError(
            f"The anchor file {target} cannot be read ({error.strerror or error}); name the file that "
            "'mapdesk audit anchor' writes."
        ) from error
    return [_from_line(line) for line in lines if line.strip()]


def _from_line(line: bytes) -> Head | None:
    try:
        values = json.loads(line)
        head = Head(
            str(values["chain"]),
            int(values["number"]),
            str(values["hash"]),
            str(values["at"]),
            str(values["key"]),
            str(values["signature"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
    return head
