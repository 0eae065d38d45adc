"""Clips, panoramas, models and terrain a district brings along: files in its folder, or rows of its database.

Clips are for who may watch cameras; what lies in `OF_MAP` belongs to the map and is for everyone. Of a
shared district a clip is fetched into this user's folder when it is first asked for; of an encrypted one
it is fetched into memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import sqlalchemy as sa

from mapdesk.model.errors import NotFoundError
from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.files import SealedFiles
from mapdesk.store.rules import needs
from mapdesk.store.schema import MEDIA_FILE, OF_MAP

_OF_MAP = sa.text("SELECT content FROM shown.map_file WHERE path = :path")


@needs(Right.BACK_UP)
def files(store: Store) -> Iterator[tuple[str, bytes]]:
    """Give each file's path within the district, ``media/...``, with its content."""
    if store.keeps_all_in_tables:
        with store.connect() as connection:
            names = connection.execute(
                sa.select(MEDIA_FILE.c.path).order_by(MEDIA_FILE.c.path)
            ).scalars()
            for name in names.all():
                yield name, _content(store, name)
        return
    for path in sorted((store.folder / "media").rglob("*")):
        if path.is_file():
            yield path.relative_to(store.folder).as_posix(), path.read_bytes()


@needs(Right.EDIT_PLACES)
def keep(store: Store, path: str, content: bytes) -> None:
    """Write a file, replacing one of the same path."""
    if not store.keeps_all_in_tables:
        _write(_inside(store, path), content)
        return
    with store.begin() as connection:
        connection.execute(sa.delete(MEDIA_FILE).where(MEDIA_FILE.c.path == path))
        connection.execute(sa.insert(MEDIA_FILE).values(path=path, content=content))


@needs(Right.EDIT_PLACES)
def discard(store: Store, path: str) -> None:
    """Take a file away; nothing happens where there is none."""
    place = _inside(store, path)
    if store.keeps_all_in_tables:
        with store.begin() as connection:
            connection.execute(sa.delete(MEDIA_FILE).where(MEDIA_FILE.c.path == path))
    else:
        place.unlink(missing_ok=True)


@needs(Right.PLACES)
def of_map(store: Store, path: str) -> bytes:
    """Return a file of the map: a panorama, a model or the ground's heights.

    Raises
    ------
    NotFoundError
        There is no such file in `OF_MAP`.
    """
    place = _inside(store, path)
    missing = NotFoundError(f"{store.place} has no file {path}.")
    if not path.startswith(OF_MAP):
        raise missing
    if not store.keeps_all_in_tables:
        try:
            return place.read_bytes()
        except OSError as error:
            raise missing from error
    if not store.is_guest:
        return _content(store, path)
    with store.connect() as connection:
        found = connection.execute(_OF_MAP, {"path": path}).scalar()
    if found is None:
        raise missing
    return bytes(found)


@needs(Right.PLACES)
def local_of_map(store: Store, path: str) -> Path:
    """Return where a file of the map lies on this machine, fetching it if need be; see `local`.

    Raises
    ------
    NotFoundError
        There is no such file in `OF_MAP`.
    SetupError
        It is encrypted, and this system has no files in memory.
    """
    place = _inside(store, path)
    if not path.startswith(OF_MAP):
        raise NotFoundError(f"{store.place} has no file {path}.")
    if isinstance(store.files, SealedFiles):
        return store.files.in_memory(path, partial(of_map, store, path))
    if store.is_shared and not place.is_file():
        _write(place, of_map(store, path))
    return place


@needs(Right.CAMERAS)
def local(store: Store, path: str) -> Path:
    """Return where a file of the district lies on this machine, fetching it if need be.

    Raises
    ------
    NotFoundError
        There is no such file in the district.
    SetupError
        It is encrypted, and this system has no files in memory.
    """
    place = _inside(store, path)
    if isinstance(store.files, SealedFiles):
        return store.files.in_memory(path, partial(_content, store, path))
    if store.is_shared and not place.is_file():
        _write(place, _content(store, path))
    return place


def _content(store: Store, path: str) -> bytes:
    query = sa.select(MEDIA_FILE.c.content).where(MEDIA_FILE.c.path == path)
    with store.connect() as connection:
        found = connection.scalar(query)
    if found is None:
        raise NotFoundError(f"{store.place} has no file {path}.")
    return bytes(found)


def _inside(store: Store, path: str) -> Path:
    """Return a path below the district's folder; one that climbs out of it is not there."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise NotFoundError(f"{store.place} has no file {path}.")
    return store.folder / path


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(place.name + ".part")
    temporary.write_bytes(content)
    temporary.replace(place)
