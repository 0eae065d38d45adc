"""Where the key of an encrypted district comes from: the system's keyring, a file, or the user.

The keyring keeps the data key itself, under the random id of the district's ``key.toml``, so that a changed
passphrase does not lock out a desk that remembers; `Lock.forget` takes it out again.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mapdesk.model.errors import InputError, SetupError, SignInError
from mapdesk.store import folder as folders
from mapdesk.store.keyfile import KeyFile
from mapdesk.store.vault import Vault

KEY_FILE_VARIABLE = "MAPDESK_KEY_FILE"
"""Environment variable that names a file whose first line is the passphrase."""
NEW_KEY_FILE_VARIABLE = "MAPDESK_NEW_KEY_FILE"
"""The same for a passphrase that is to be."""

_SERVICE = "mapdesk"


class Keyring(Protocol):
    """Keeps data keys for the user who is signed in to the machine."""

    def get(self, name: str) -> bytes | None:
        """Return a key, None where there is none or no keyring."""

    def put(self, name: str, key: bytes) -> None:
        """Keep a key; SetupError where there is no keyring."""

    def remove(self, name: str) -> None:
        """Forget a key; one that is not there is forgotten already."""


class SystemKeyring:
    """The system's keyring: Secret Service, KWallet, macOS Keychain, Windows Credential Locker."""

    def get(self, name: str) -> bytes | None:
        """Return a key."""
        import keyring
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(_SERVICE, name)
            return None if text is None else base64.b64decode(text, validate=True)
        except (KeyringError, ValueError):
            return None

    def put(self, name: str, key: bytes) -> None:
        """Keep a key."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_SERVICE, name, base64.b64encode(key).decode())
        except KeyringError as error:
            raise SetupError(
                "This system has no keyring to remember the key in; set one up, or give the passphrase "
                "each time."
            ) from error

    def remove(self, name: str) -> None:
        """Forget a key."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.delete_password(_SERVICE, name)
        except KeyringError:
            return


@dataclass
class MemoryKeyring:
    """A keyring for tests, gone with the process."""

    keys: dict[str, bytes] = field(default_factory=dict)

    def get(self, name: str) -> bytes | None:
        """Return a key."""
        return self.keys.get(name)

    def put(self, name: str, key: bytes) -> None:
        """Keep a key."""
        self.keys[name] = key

    def remove(self, name: str) -> None:
        """Forget a key."""
        self.keys.pop(name, None)


@dataclass(frozen=True)
class Lock:
    """A locked district, or a backup of one, as whoever asks for the passphrase sees it.

    Parameters
    ----------
    place : Path
        Folder or file; for the question.
    key : KeyFile
    keyring : Keyring
    """

    place: Path
    key: KeyFile
    keyring: Keyring

    def open(self, passphrase: str, *, remember: bool = False) -> Vault:
        """Return the vault; blocks for about half a second.

        Parameters
        ----------
        remember : bool
            Keep the key in the keyring.

        Raises
        ------
        SignInError
            The passphrase is wrong.
        SetupError
            There is no keyring to remember it in.
        """
        vault = self.key.unlock(passphrase)
        if remember:
            self.keyring.put(self.key.id, vault.data_key)
        return vault

    def remembered(self) -> Vault | None:
        """Return the vault from the keyring; None where it is not there."""
        found = self.keyring.get(self.key.id)
        try:
            vault = None if found is None else Vault(found)
        except ValueError:
            return None
        return vault if vault is not None and self.key.fits(vault) else None

    def forget(self) -> None:
        """Take the key out of the keyring."""
        self.keyring.remove(self.key.id)


Ask = Callable[[Lock], Vault]
"""Asks the user for the passphrase until it opens the lock; raises CancelledError when he gives up."""


def nobody_to_ask(lock: Lock) -> Vault:
    """Refuse: the program runs where nobody can be asked."""
    raise SignInError(
        f"{lock.place} is encrypted; put its passphrase in a file that only you can read and name that "
        f"file in {KEY_FILE_VARIABLE}."
    )


@dataclass
class Unlocking:
    """How this process gets at keys; the command line and the window say whom to ask.

    Parameters
    ----------
    keyring : Keyring
    ask : Ask
    """

    keyring: Keyring = field(default_factory=SystemKeyring)
    ask: Ask = nobody_to_ask

    def lock_of(self, folder: Path) -> Lock | None:
        """Return the lock of the district in `folder`, None where it is not encrypted."""
        if not folders.is_encrypted(folder):
            return None
        return Lock(folder, KeyFile.read(folder), self.keyring)

    def unlock(self, lock: Lock) -> Vault:
        """Return the vault: from the keyring, else the file named in the environment, else by asking.

        Raises
        ------
        SignInError
            A wrong passphrase, or nobody to ask.
        InputError
            The passphrase file cannot be used.
        CancelledError
            The user gave up.
        """
        vault = lock.remembered()
        if vault is not None:
            return vault
        passphrase = passphrase_from(KEY_FILE_VARIABLE)
        return self.ask(lock) if passphrase is None else lock.open(passphrase)


UNLOCKING = Unlocking()
"""The one of this process, as `LANGUAGE` is."""


def passphrase_from(variable: str) -> str | None:
    """Return the first line of the file that an environment variable names; None where it is not set.

    Raises
    ------
    InputError
        The file is not there, or others may read it.
    """
    name = os.environ.get(variable)
    if not name:
        return None
    path = Path(name)
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise InputError(f"{path} can be read by others; make it yours alone: chmod 600 {path}")
        return path.read_text("utf-8").split("\n", 1)[0].removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The passphrase file {path} cannot be read; correct {variable}."
        ) from error
