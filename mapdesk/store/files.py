"""A district's files beside its database: caches, and the scratch space of exports.

In a plain district they are what they are called. In an encrypted one they are sealed, under names that
tell nothing, and what a program needs as a file it gets in memory: no clear byte reaches a disk.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol

from mapdesk.model.errors import InputError, SetupError
from mapdesk.store.vault import Vault

CACHE = "cache"
MEMORY = Path("/dev/shm")  # noqa: S108 - memory (shm_overview(7)); what is made in it is ours alone


class Target(Protocol):
    """A file that is written from beginning to end."""

    def write(self, content: bytes, /) -> object:
        """Take what comes next."""


Fill = Callable[[Target], None]


class Files(Protocol):
    """What services may do with the files of a district. Any thread."""

    def cached(self, what: str, key: str) -> BinaryIO | None:
        """Return what was kept of `what` under `key`, open; None where it is not there."""

    def keep(self, what: str, key: str, fill: Fill) -> None:
        """Keep a file in the cache in place of the one of `what` before; failing to is no loss."""

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for temporary files, gone with all in it afterwards."""

    def close(self) -> None:
        """Let go of all that is held open."""


class PlainFiles:
    """Files as they are.

    Parameters
    ----------
    folder : Path
        The district's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def cached(self, what: str, key: str) -> BinaryIO | None:
        """Return a file of the cache, open."""
        try:
            return self._cache_path(what, key).open("rb")
        except OSError:
            return None

    def keep(self, what: str, key: str, fill: Fill) -> None:
        """Write a file of the cache and remove older ones of the same kind."""
        path = self._cache_path(what, key)
        temporary = path.with_suffix(".part")
        try:
            path.parent.mkdir(exist_ok=True)
            with temporary.open("wb") as file:
                fill(file)
            for old in path.parent.glob(f"{what}-*"):
                if old != temporary:
                    old.unlink()
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder of the system's for temporary files."""
        with tempfile.TemporaryDirectory(prefix="mapdesk-") as made:
            yield Path(made)

    def close(self) -> None:
        """Nothing is held."""

    def _cache_path(self, what: str, key: str) -> Path:
        return self._folder / CACHE / f"{what}-{key}.cache"


class SealedFiles:
    """Files of an encrypted district.

    Parameters
    ----------
    folder : Path
    vault : Vault
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._lock = Lock()
        self._in_memory: dict[str, int] = {}

    def cached(self, what: str, key: str) -> BinaryIO | None:
        """Return a file of the cache, opened in memory."""
        path = self._path(what)
        try:
            return io.BytesIO(self._vault.read_file(path, f"{CACHE}/{what}-{key}"))
        except (OSError, InputError):  # not there, of another key, or damaged
            return None

    def keep(self, what: str, key: str, fill: Fill) -> None:
        """Seal a file of the cache; the key is bound to it, not in its name."""
        path = self._path(what)
        try:
            path.parent.mkdir(exist_ok=True)
            with self._vault.writing(path, f"{CACHE}/{what}-{key}") as file:
                fill(file)
        except OSError:
            return

    def in_memory(self, place: str, content: Callable[[], bytes]) -> Path:
        """Return the path of a file in memory, which is kept until the district is closed.

        It is an anonymous file (memfd_create(2)) that another process of the same user reaches by way of
        this process's open files (proc(5)), as OpenCV, which opens paths only, has to.

        Parameters
        ----------
        place : str
            Path in the district; a file asked for before is not made again.
        content : callable
            Gives what is in it.

        Raises
        ------
        SetupError
            This system has no such files.
        """
        if sys.platform != "linux":
            raise SetupError("Clips of an encrypted district can be played on Linux only.")
        with self._lock:
            if place not in self._in_memory:
                self._in_memory[place] = _anonymous(content())
            return Path(f"/proc/{os.getpid()}/fd/{self._in_memory[place]}")

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder that lies in memory.

        Raises
        ------
        SetupError
            This system has none.
        """
        if not MEMORY.is_dir():
            raise SetupError(
                "This system has no folder in memory (/dev/shm), without which nothing can be taken out "
                "of an encrypted district; use Linux for that."
            )
        with tempfile.TemporaryDirectory(prefix="mapdesk-", dir=MEMORY) as made:
            yield Path(made)

    def close(self) -> None:
        """Let go of the copies in memory."""
        with self._lock:
            for number in self._in_memory.values():
                os.close(number)
            self._in_memory.clear()

    def _path(self, what: str) -> Path:
        return self._folder / CACHE / self._vault.name(what)


def files_of(folder: Path, vault: Vault | None) -> Files:
    """Return the files of a district, sealed where it has a vault."""
    return PlainFiles(folder) if vault is None else SealedFiles(folder, vault)


def keep_temporaries_in_memory() -> None:
    """Have this process make its temporary files in memory from now on, where the system can.

    Libraries make some without being asked: openpyxl writes a sheet to one before it is zipped.
    """
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)


def _anonymous(content: bytes) -> int:
    """Return the descriptor of an open file in memory; Linux."""
    number = os.memfd_create("mapdesk", os.MFD_CLOEXEC)
    try:
        with os.fdopen(number, "wb", closefd=False) as file:
            file.write(content)
    except BaseException:
        os.close(number)
        raise
    return number
