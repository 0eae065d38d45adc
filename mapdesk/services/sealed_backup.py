"""Backups of encrypted districts: one file that the district's passphrase opens.

::

    mapdesk-backup, 01   marks it
    4 bytes              length of the key file, big-endian
    key file             as it was in the folder: the passphrase of that day opens the backup
    sealed               a zip file, sealed as one so that no member can be taken out or exchanged
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mapdesk.model.errors import InputError
from mapdesk.services.unlocking import UNLOCKING, Lock
from mapdesk.store.keyfile import KeyFile
from mapdesk.store.vault import Vault

MAGIC = b"mapdesk-backup\x01"
_PLACE = "backup"
_LONGEST_KEY = 1 << 16


@contextmanager
def sealed_archive(path: Path, key: KeyFile, vault: Vault) -> Iterator[zipfile.ZipFile]:
    """Give a zip file to write to that is sealed into `path`; members are not compressed."""
    text = key.text().encode()
    with path.open("wb") as file:
        file.write(MAGIC + len(text).to_bytes(4, "big") + text)
        with vault.writer(file, _PLACE) as sealed, zipfile.ZipFile(sealed, "w") as archive:
            yield archive


def is_sealed_backup(path: Path) -> bool:
    """Say whether a file is the backup of an encrypted district."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def unseal(path: Path, folder: Path) -> tuple[Path, Vault]:
    """Unlock a sealed backup and put its zip file into `folder`; members of it are sealed themselves.

    Raises
    ------
    InputError
        The backup was cut off or changed.
    SignInError
        A wrong passphrase, or nobody to ask.
    """
    archive = folder / "backup.zip"
    with path.open("rb") as file:
        file.read(len(MAGIC))
        length = int.from_bytes(file.read(4), "big")
        try:
            text = file.read(min(length, _LONGEST_KEY)).decode()
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is damaged or not a backup: {error}.") from error
        vault = UNLOCKING.unlock(Lock(path, KeyFile.parse(text, path), UNLOCKING.keyring))
        with archive.open("wb") as clear:
            clear.writelines(vault.chunks(file, _PLACE))
    return archive, vault
