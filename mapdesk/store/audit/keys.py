"""Where the key lies that signs heads of the record.

In the system's keyring where there is one; else in ``audit/signing.key``, readable by its owner alone.
The file is advisory: whoever holds the folder holds it, and can sign what they like. What they cannot
do is change heads anchored elsewhere before.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Protocol

import keyring
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from mapdesk.model.errors import InputError

SERVICE = "mapdesk audit"
"""Name in the keyring; the account is the name of the chain."""


class Keys(Protocol):
    """Holds private keys by the name of a chain. Any thread."""

    def find(self, chain: str) -> Ed25519PrivateKey | None:
        """Return the key of a chain, or None where it has none here."""

    def make(self, chain: str) -> Ed25519PrivateKey:
        """Make a key for a chain, keep it, and return it."""


class MemoryKeys:
    """Keys that live as long as the process: for tests."""

    def __init__(self) -> None:
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def find(self, chain: str) -> Ed25519PrivateKey | None:
        """Return the key of a chain, or None."""
        return self._keys.get(chain)

    def make(self, chain: str) -> Ed25519PrivateKey:
        """Make and keep a key."""
        return self._keys.setdefault(chain, Ed25519PrivateKey.generate())


class FileKeys:
    """One key in ``signing.key`` of a folder, mode 0600, for whatever chain."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "signing.key"

    def find(self, _chain: str) -> Ed25519PrivateKey | None:
        """Return the key in the file; None where there is none.

        Raises
        ------
        InputError
            The file is not what `make` writes.
        """
        try:
            return _read(self.path.read_text("ascii"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.path} cannot be read as a signing key; restore it from a backup, or delete it "
                "to sign with a new one."
            ) from error

    def make(self, chain: str) -> Ed25519PrivateKey:
        """Write a new key, unless another process was faster; then return that one."""
        made = Ed25519PrivateKey.generate()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="ascii") as file:
                file.write(made.private_bytes_raw().hex())
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, self.path)
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be written ({error.strerror or error}); make room or give the "
                "folder back its permissions."
            ) from error
        finally:
            temporary.unlink(missing_ok=True)
        return self.find(chain) or made


class SystemKeys:
    """The system's keyring, or the file where there is no keyring.

    Parameters
    ----------
    folder : Path
        Where the file lies.
    ring : KeyringBackend, optional
        Instead of the system's.
    """

    def __init__(self, folder: Path, ring: KeyringBackend | None = None) -> None:
        self._file = FileKeys(folder)
        self._ring = ring

    def find(self, chain: str) -> Ed25519PrivateKey | None:
        """Return the key in the keyring, else the one in the file, else None."""
        return self._in_keyring(chain) or self._file.find(chain)

    def make(self, chain: str) -> Ed25519PrivateKey:
        """Keep a new key in the keyring if it takes it, else in the file."""
        made = Ed25519PrivateKey.generate()
        with contextlib.suppress(KeyringError):
            self._backend().set_password(SERVICE, chain, made.private_bytes_raw().hex())
        # Some keyrings take a password and keep nothing.
        return self._in_keyring(chain) or self._file.make(chain)

    def _backend(self) -> KeyringBackend:
        return self._ring or keyring.get_keyring()

    def _in_keyring(self, chain: str) -> Ed25519PrivateKey | None:
        try:
            text = self._backend().get_password(SERVICE, chain)
            return _read(text) if text else None
        except (KeyringError, ValueError):
            return None


def _read(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip()))
