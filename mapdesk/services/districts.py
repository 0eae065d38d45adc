"""Making, opening, describing, backing up and restoring districts."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from mapdesk import __version__
from mapdesk.model.district import District, projected_crs
from mapdesk.model.errors import InputError, WorldError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.model.users import Credentials
from mapdesk.services import signing_in
from mapdesk.services.sealed_backup import is_sealed_backup, sealed_archive, unseal
from mapdesk.services.unlocking import UNLOCKING
from mapdesk.store import audit, database, places
from mapdesk.store.database import Place, Store
from mapdesk.store.encrypted import open_encrypted
from mapdesk.store.engines import embedded
from mapdesk.store.engines.urls import shown
from mapdesk.store.folder import DATABASE, SETTINGS, read_settings
from mapdesk.store.keyfile import KeyFile
from mapdesk.store.schema import SCHEMA_VERSION
from mapdesk.store.vault import Vault

Progress = Callable[[str, float], None]

_NOT_BACKED_UP = {"cache"}


@dataclass(frozen=True)
class DistrictInfo:
    """What `mapdesk info` prints.

    Parameters
    ----------
    counts : dict of str to int
        Rows by noun key.
    extent, extent_lonlat : tuple of float or None
        (xmin, ymin, xmax, ymax) in metres and in degrees.
    """

    name: str
    place: str
    crs: str
    crs_name: str
    counts: dict[str, int]
    extent: tuple[float, float, float, float] | None
    extent_lonlat: tuple[float, float, float, float] | None
    attributions: list[str]
    versions: dict[str, str]


def create_district(place: Place, name: str, crs: str) -> Store:
    """Make an empty district in a new folder, or in an empty database on a server.

    Raises
    ------
    CrsError
        `crs` is unknown or not in metres.
    InputError
        The name is empty or the folder is not.
    """
    return database.create(place, named_district(name, crs))


def named_district(name: str, crs: str) -> District:
    """Return a district of a name and a CRS; errors as of `create_district`."""
    if not name.strip():
        raise InputError("A district needs a name; give one with --name.")
    found = projected_crs(crs)
    code = found.to_authority()
    return District(name.strip(), f"{code[0]}:{code[1]}" if code else crs)


def unlocked(place: Place) -> Vault | None:
    """Return the key of an encrypted district, looked for as `unlocking` says; None of any other."""
    lock = UNLOCKING.lock_of(place) if isinstance(place, Path) else None
    return None if lock is None else UNLOCKING.unlock(lock)


def open_district(
    place: Place, credentials: Credentials | None = None, vault: Vault | None = None
) -> Store:
    """Open the district in a folder or on a server for the user who signs in.

    Parameters
    ----------
    vault : Vault, optional
        The key of an encrypted one; `unlocked` where it is not given.

    Raises
    ------
    SignInError
        The district has users and nobody, or nobody right, was given.
    WorldError
        See `database.open_store`.
    """
    vault = vault or unlocked(place)
    store = _opened(place, vault, credentials)
    try:
        signing_in.enter(store, credentials)
    except BaseException:
        store.close()
        raise
    return store


def title_of(place: Place) -> str:
    """Return what people call a district, for the window that asks who opens it."""
    if isinstance(place, str):
        return shown(place)
    return place.name if UNLOCKING.lock_of(place) else read_settings(place).name


def describe(store: Store) -> DistrictInfo:
    """Count everything and say where it lies."""
    extent = places.extent(store)
    lonlat = None
    if extent:
        lon, lat = store.district.to_lonlat([extent[0], extent[2]], [extent[1], extent[3]])
        lonlat = (float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1]))
    return DistrictInfo(
        store.district.name,
        store.place,
        store.district.crs,
        projected_crs(store.district.crs).name,
        {key: count for key, count in places.counts(store).items() if key in NOUNS},
        extent,
        lonlat,
        places.attributions(store),
        {"mapdesk": __version__, "schema": SCHEMA_VERSION, "engine": store.version()},
    )


def engine_version() -> str:
    """Load the spatial extension and return its version and DuckDB's.

    Raises
    ------
    SetupError
        It is missing or does not match.
    """
    return embedded.loaded_spatial_version()


def backup(store: Store, file: Path, progress: Progress) -> int:
    """Write the whole folder of a district, caches left out, to one zip file; return its size in bytes.

    `copying.backup` does it for any district, on record.

    That of an encrypted district is sealed with its key. The file appears under its name only when it is
    complete and on disk.

    Raises
    ------
    WorldError
        The file cannot be written.
    """
    store.identity.require(Right.BACK_UP)
    database.checkpoint(store)
    audit.fold(store)
    members = sorted(
        path
        for path in store.folder.rglob("*")
        if path.is_file() and path.relative_to(store.folder).parts[0] not in _NOT_BACKED_UP
    )
    temporary = file.with_name(file.name + ".part")
    try:
        with _archive(store, temporary) as archive:
            for number, path in enumerate(members):
                progress(f"Backing up {path.name}", number / len(members))
                archive.write(path, path.relative_to(store.folder).as_posix())
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(file)
    except OSError as error:
        raise WorldError(f"{file} could not be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return file.stat().st_size


def _archive(store: Store, path: Path) -> AbstractContextManager[zipfile.ZipFile]:
    if store.vault is None:
        return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    return sealed_archive(path, KeyFile.read(store.folder), store.vault)


def make_beside(folder: Path, prefix: str) -> Path:
    """Make and return a temporary folder beside `folder`.

    Raises
    ------
    WorldError
        Nothing can be written there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    except OSError as error:
        raise WorldError(
            f"{folder} cannot be made: {error.strerror or error}; choose another place."
        ) from error


def restore(file: Path, folder: Path, progress: Progress) -> None:
    """Unpack a backup into a new folder, which appears only when the district in it opens.

    Raises
    ------
    InputError
        The file is no backup of mapdesk's, or the folder is not empty.
    SignInError
        It is of an encrypted district, and the passphrase is not the one of the day of the backup.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; choose a new folder to restore into.")
    scratch = make_beside(folder, ".restore-")
    temporary = scratch / "district"
    try:
        temporary.mkdir()
        archive_path, vault = unseal(file, scratch) if is_sealed_backup(file) else (file, None)
        with zipfile.ZipFile(archive_path) as archive:
            names = archive.namelist()
            if SETTINGS not in names or DATABASE not in names:
                raise InputError(f"{file} is not a backup of a district: it has no {DATABASE}.")
            for number, name in enumerate(names):
                target = (temporary / name).resolve()
                if not target.is_relative_to(temporary.resolve()):
                    raise InputError(f"{file} holds a path outside the district: {name}.")
                progress(f"Restoring {name}", number / len(names))
                archive.extract(name, temporary)
        for part in ("audit", "media", "tracks", "cache"):
            (temporary / part).mkdir(exist_ok=True)
        with _opened(temporary, vault) as store:
            places.counts(store)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {file}.") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise InputError(f"{file} is damaged or not a backup: {error}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _opened(place: Place, vault: Vault | None, given: Credentials | None = None) -> Store:
    if vault is None or isinstance(place, str):
        return database.open_store(place, given)
    return open_encrypted(place, vault)
