"""Moving a district between engines, a folder or a server to either; and backing one up."""

from __future__ import annotations

import shutil
from pathlib import Path

from mapdesk.model.district import District
from mapdesk.model.errors import InputError
from mapdesk.model.rights import Right
from mapdesk.services import districts
from mapdesk.services.districts import Progress, make_beside
from mapdesk.store import audit, copying, database, media, serving
from mapdesk.store.copying import Digest
from mapdesk.store.database import Place, Store
from mapdesk.store.encrypted import create_encrypted
from mapdesk.store.keyfile import KeyFile
from mapdesk.store.vault import Vault

RECORD_STAYS = "The record of looks does not come along: keep {place} for as long as its record has to be kept."
"""What whoever copies a district is told; a copy begins a record of its own."""


def copy_district(
    source: Store,
    place: Place,
    progress: Progress,
    key: tuple[KeyFile, Vault] | None = None,
    *,
    in_clear: bool = False,
) -> dict[str, Digest]:
    """Copy a district into a new folder or an empty database; it appears there only when it is whole.

    Rows, media, settings and the district's secret are copied. The record of looks stays with the
    district it speaks of; users belong to the place.

    Parameters
    ----------
    key : tuple of KeyFile and Vault, optional
        Encrypts the copy in its new folder.
    in_clear : bool
        Whether a copy of an encrypted district may be readable by whoever holds it.

    Returns
    -------
    dict of table name to Digest
        Compared on both sides.

    Raises
    ------
    InputError
        Something is there already, or an encrypted district would come out in clear unasked.
    WorldError
        A table came out changed, or could not be written; nothing is kept.
    """
    if source.vault is not None and key is None and not in_clear:
        raise InputError(
            f"{source.place} is encrypted and this copy of it would not be; 'mapdesk encrypt' makes one "
            "that is, --in-clear one that is not."
        )
    if isinstance(place, str):
        return _copy_to_server(source, place, progress)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"{place} is not empty; choose a new folder for the district.")
    temporary = make_beside(place, ".copy-")
    try:
        with _new_district(temporary / "district", source.district, key) as target:
            digests = _fill(source, target, progress)
        if place.exists():
            place.rmdir()
        (temporary / "district").rename(place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return digests


def backup(store: Store, file: Path, progress: Progress) -> int:
    """Write a district to one zip file, on record, and return its size in bytes; see `districts.backup`.

    That of a district on a server is the copy of it in a folder, made and compared as `copy_district` does,
    beside the file and taken away again. The server keeps its record of looks and its users.

    Raises
    ------
    RightsError
        The role takes no whole copies; of a server its owner alone does.
    WorldError
        The file cannot be written.
    """
    store.identity.require(Right.BACK_UP)
    audit.record(store, store.identity, "back up", file.name, kind="export")
    if not store.is_shared:
        return districts.backup(store, file, progress)
    scratch = make_beside(file, ".backup-")
    try:
        copy_district(store, scratch / "district", progress)
        with database.open_store(scratch / "district") as copied:
            return districts.backup(copied, file, progress)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _new_district(folder: Path, district: District, key: tuple[KeyFile, Vault] | None) -> Store:
    if key is None:
        return database.create(folder, district)
    return create_encrypted(folder, district, *key)


def _copy_to_server(source: Store, place: str, progress: Progress) -> dict[str, Digest]:
    with database.create(place, source.district) as target:
        try:
            return _fill(source, target, progress)
        except BaseException:
            serving.drop(target)
            raise


def _fill(source: Store, target: Store, progress: Progress) -> dict[str, Digest]:
    digests = copying.copy_rows(source, target, progress)
    copying.copy_secret(source, target)
    for path, content in media.files(source):
        media.keep(target, path, content)
    progress("Copied", 1.0)
    return digests
