"""Encrypted districts: a folder that yields nothing without its key.

The database is encrypted by DuckDB (see `engines.sealed`). Settings, secret and media are rows of it, as on
a server; caches, backups and the record of looks are sealed by the `Vault`; ``key.toml`` holds the wrapped
key and ``district.toml`` that the district is encrypted, and nothing more.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Engine

from mapdesk.model.district import District
from mapdesk.store import database, folder
from mapdesk.store.audit.trail import Trail
from mapdesk.store.database import Store
from mapdesk.store.engines import embedded
from mapdesk.store.engines.sealed import make_sealed_engine
from mapdesk.store.files import keep_temporaries_in_memory
from mapdesk.store.keyfile import KeyFile
from mapdesk.store.vault import Vault


def create_encrypted(place: Path, district: District, key: KeyFile, vault: Vault) -> Store:
    """Make a new encrypted district in a folder, which must not exist or be empty.

    Parameters
    ----------
    key, vault : KeyFile, Vault
        Made together by `KeyFile.make`.

    Raises
    ------
    InputError
        Something is there already.
    """
    database.make_folder(place)
    key.write(place)
    engine = _engine(place, vault)
    database.make_tables(engine)
    with engine.begin() as connection:
        database.write_setting(connection, district)
    folder.write_mark(place)
    return Store(str(place), place, district, engine, vault=vault, trail=_trail(vault))


def open_encrypted(place: Path, vault: Vault) -> Store:
    """Open an encrypted district.

    Raises
    ------
    NotFoundError
        Its database is gone.
    BusyError
        Another process holds its folder; the sentence names it.
    InputError
        The database was changed or damaged, or is newer than this mapdesk.
    """
    path = database.database_of(place)
    engine = _engine(place, vault)
    try:
        version = database.schema_version(engine)
        with engine.connect() as connection:
            district = database.read_setting(connection, str(place))
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise embedded.opening_error(path, error) from error
    except BaseException:
        engine.dispose()
        raise
    store = Store(str(place), place, district, engine, vault=vault, trail=_trail(vault))
    database.migrate_if_old(store, version)
    return store


class VaultKeys:
    """Signing keys of the record of looks, derived from the data key: none lies in a file.

    Parameters
    ----------
    vault : Vault
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def find(self, chain: str) -> Ed25519PrivateKey:
        """Return the key of a chain."""
        return Ed25519PrivateKey.from_private_bytes(self._vault.derived(f"audit signing {chain}"))

    def make(self, chain: str) -> Ed25519PrivateKey:
        """Return the key of a chain, which needs no making."""
        return self.find(chain)


def _trail(vault: Vault) -> Trail:
    return Trail(sealer=vault, keys=VaultKeys(vault))


def _engine(place: Path, vault: Vault) -> Engine:
    keep_temporaries_in_memory()
    return make_sealed_engine(
        place / folder.DATABASE, database.spill_folder(place), vault.derived("store")
    )
