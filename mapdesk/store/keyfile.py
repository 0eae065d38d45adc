"""``key.toml``: a district's data key, wrapped by a passphrase.

The passphrase goes through Argon2id (RFC 9106) to a key that wraps the data key with AES-256-GCM.
Changing the passphrase wraps the same data key anew, so nothing else is written. Everything in the
file may be read by anyone: it is a salt, parameters, and what only the passphrase opens.
"""

from __future__ import annotations

import base64
import os
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mapdesk.model.errors import InputError, NotFoundError, SignInError
from mapdesk.store.folder import write_whole
from mapdesk.store.vault import KEY_BYTES, Vault

KEY_FILE = "key.toml"
FORMAT = 1

SHORTEST = 12
"""Characters a passphrase needs: whoever steals the folder may guess as long as he likes."""

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs, as Argon2id counts it.

    The usual cost is four times the memory of RFC 9106's second recommended option (64 MiB, 3 passes,
    4 lanes): about half a second.

    Parameters
    ----------
    memory : int
        KiB.
    passes, lanes : int
    """

    memory: int = 256 * 1024
    passes: int = 3
    lanes: int = 4

    def key(self, passphrase: str, salt: bytes) -> bytes:
        """Return the key that wraps the data key; blocks for about half a second."""
        # RFC 8265, 4.2: the same characters typed on two systems are the same passphrase.
        secret = unicodedata.normalize("NFC", passphrase).encode()
        return hash_secret_raw(
            secret, salt, self.passes, self.memory, self.lanes, KEY_BYTES, Type.ID
        )


def require_length(passphrase: str) -> None:
    """Raise InputError where a new passphrase is too short."""
    if len(passphrase) < SHORTEST:
        raise InputError(
            f"A passphrase needs {SHORTEST} characters or more: several words are easy to remember."
        )


MOST = Cost(4 * 1024 * 1024, 64, 64)
"""No ``key.toml`` may ask for more: it would be no protection but a trap."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of a ``key.toml``.

    Parameters
    ----------
    id : str
        Random; under it the keyring keeps the data key.
    cost : Cost
    salt : bytes
    wrapped : bytes
        Nonce, data key and tag.
    check : bytes
        Opens with the right data key, wherever that came from.
    """

    id: str
    cost: Cost
    salt: bytes
    wrapped: bytes
    check: bytes

    @classmethod
    def make(cls, passphrase: str, cost: Cost | None = None) -> tuple[KeyFile, Vault]:
        """Make a new data key and wrap it.

        Raises
        ------
        InputError
            The passphrase is too short.
        """
        vault = Vault(os.urandom(KEY_BYTES))
        name = os.urandom(16).hex()
        blank = cls(name, cost or Cost(), b"", b"", vault.seal(b"", f"key {name}"))
        return blank.wrapping(vault, passphrase), vault

    def wrapping(self, vault: Vault, passphrase: str) -> KeyFile:
        """Return the same key wrapped by another passphrase; InputError where that is too short."""
        require_length(passphrase)
        made = replace(self, salt=os.urandom(16))
        nonce = os.urandom(_NONCE)
        cipher = AESGCM(made.cost.key(passphrase, made.salt))
        wrapped = cipher.encrypt(nonce, vault.data_key, self._bound_to())
        return replace(made, wrapped=nonce + wrapped)

    def unlock(self, passphrase: str) -> Vault:
        """Return the vault; blocks for about half a second.

        Raises
        ------
        SignInError
            The passphrase is wrong, or the file was changed: the two cannot be told apart.
        """
        try:
            cipher = AESGCM(self.cost.key(passphrase, self.salt))
            return Vault(
                cipher.decrypt(self.wrapped[:_NONCE], self.wrapped[_NONCE:], self._bound_to())
            )
        except (InvalidTag, ValueError, HashingError) as error:
            raise SignInError("That is not the passphrase of this district; try again.") from error

    def fits(self, vault: Vault) -> bool:
        """Say whether `vault` is this district's."""
        try:
            vault.open(self.check, f"key {self.id}")
        except InputError:
            return False
        return True

    def text(self) -> str:
        """Return the file's text."""
        return (
            f"format = {FORMAT}\n"
            f'id = "{self.id}"\n'
            f"memory = {self.cost.memory}\n"
            f"passes = {self.cost.passes}\n"
            f"lanes = {self.cost.lanes}\n"
            f'salt = "{base64.b64encode(self.salt).decode()}"\n'
            f'wrapped = "{base64.b64encode(self.wrapped).decode()}"\n'
            f'check = "{base64.b64encode(self.check).decode()}"\n'
        )

    @classmethod
    def parse(cls, text: str, path: Path) -> KeyFile:
        """Read the file's text; `path` is named where it cannot be used.

        Raises
        ------
        InputError
            Damaged, or written by a newer mapdesk.
        """
        try:
            values = tomllib.loads(text)
            newer = values["format"] > FORMAT
            cost = Cost(int(values["memory"]), int(values["passes"]), int(values["lanes"]))
            salt, wrapped, check = (
                base64.b64decode(values[name], validate=True)
                for name in ("salt", "wrapped", "check")
            )
            found = cls(str(values["id"]), cost, salt, wrapped, check)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path} is damaged ({error}); restore the district from a backup."
            ) from error
        if newer:
            raise InputError(f"{path} was written by a newer mapdesk; open it with that one.")
        if cost.memory > MOST.memory or cost.passes > MOST.passes or cost.lanes > MOST.lanes:
            raise InputError(
                f"{path} asks for more memory or time than any of mapdesk's; restore it from a backup."
            )
        return found

    @classmethod
    def read(cls, folder: Path) -> KeyFile:
        """Read a district's ``key.toml``.

        Raises
        ------
        NotFoundError
            It is not there, and without it nobody opens the district.
        InputError
            It is damaged.
        """
        path = folder / KEY_FILE
        try:
            return cls.parse(path.read_text("utf-8"), path)
        except FileNotFoundError as error:
            raise NotFoundError(
                f"{folder} has lost its {KEY_FILE}, without which nobody can open it; "
                "restore it from a backup."
            ) from error
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path} is damaged ({error}); restore the district from a backup."
            ) from error

    def write(self, folder: Path) -> None:
        """Write it so that a crash leaves the old file or the new one, never half."""
        write_whole(folder / KEY_FILE, self.text())

    def _bound_to(self) -> bytes:
        cost = self.cost
        return f"mapdesk key {FORMAT} {self.id} {cost.memory} {cost.passes} {cost.lanes}".encode()
