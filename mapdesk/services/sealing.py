"""Making encrypted districts, encrypting plain ones, and changing passphrases."""

from __future__ import annotations

from pathlib import Path

from mapdesk.model.errors import InputError
from mapdesk.services.copying import copy_district
from mapdesk.services.districts import Progress, named_district, open_district
from mapdesk.services.unlocking import UNLOCKING, Lock
from mapdesk.store.copying import Digest
from mapdesk.store.database import Place, Store
from mapdesk.store.encrypted import create_encrypted
from mapdesk.store.keyfile import Cost, KeyFile, require_length


def create_encrypted_district(
    folder: Path,
    name: str,
    crs: str,
    passphrase: str,
    *,
    remember: bool = False,
    cost: Cost | None = None,
) -> Store:
    """Make an empty encrypted district in a new folder.

    Parameters
    ----------
    remember : bool
        Keep the key in the system's keyring.
    cost : Cost, optional
        What a guess at the passphrase is to cost; the usual one by default.

    Raises
    ------
    CrsError
        `crs` is unknown or not in metres.
    InputError
        The name is empty, the folder is not, or the passphrase is too short.
    SetupError
        There is no keyring to remember the key in.
    """
    district = named_district(name, crs)
    key, vault = KeyFile.make(passphrase, cost)
    store = create_encrypted(folder, district, key, vault)
    if remember:
        try:
            UNLOCKING.keyring.put(key.id, vault.data_key)
        except BaseException:
            store.close()
            raise
    return store


def encrypt_district(
    source: Place,
    folder: Path,
    passphrase: str,
    progress: Progress,
    *,
    cost: Cost | None = None,
) -> dict[str, Digest]:
    """Copy a district that is not open into a new, encrypted folder; see `copy_district`.

    The source may be encrypted itself: its copy has a key of its own.
    """
    with open_district(source) as store:
        return encrypt_store(store, folder, passphrase, progress, cost=cost)


def encrypt_store(
    store: Store,
    folder: Path,
    passphrase: str,
    progress: Progress,
    *,
    cost: Cost | None = None,
) -> dict[str, Digest]:
    """Copy an open district into a new, encrypted folder; see `copy_district`."""
    return copy_district(store, folder, progress, KeyFile.make(passphrase, cost))


def lock_of(folder: Path) -> Lock:
    """Return the lock of an encrypted district; InputError where it is not encrypted."""
    lock = UNLOCKING.lock_of(folder)
    if lock is None:
        raise InputError(
            f"{folder} is not encrypted; 'mapdesk encrypt {folder} NEW' makes an encrypted copy."
        )
    return lock


def change_passphrase(lock: Lock, old: str, new: str) -> None:
    """Wrap a district's key by another passphrase; nothing else is written.

    Whoever has an older ``key.toml`` and its passphrase still has the key: after a leak, encrypt a copy.

    Raises
    ------
    SignInError
        The old passphrase is wrong.
    InputError
        The new one is too short.
    """
    lock.key.wrapping(lock.key.unlock(old), new).write(lock.place)


def check_new(passphrase: str, again: str) -> None:
    """Raise InputError where a new passphrase is too short or was not typed the same twice."""
    require_length(passphrase)
    if passphrase != again:
        raise InputError("The two passphrases differ; type the same twice.")
