"""Tiles of map servers kept on disk, so that a map once seen is there without the network.

A file a tile in ``cache/tiles``, under a name that is a hash of where it came from; in an encrypted district
the name is a keyed hash and the content sealed, as everything in the folder is. The shelf may be deleted
at any time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path

from mapdesk.model.errors import InputError
from mapdesk.store.files import CACHE
from mapdesk.store.vault import Vault

MOST_BYTES = 1_000_000_000
"""What a shelf may hold; the tiles fetched first go first."""
_SWEPT_TO = 0.8
_SWEEP_EVERY = 500
"""Tiles put between two looks at how much there is."""


class TileShelf:
    """The tiles of one district. Any thread.

    Parameters
    ----------
    folder : Path
        The district's.
    vault : Vault or None
        Of an encrypted district.
    most : int
        Bytes it may hold.
    """

    def __init__(self, folder: Path, vault: Vault | None, most: int = MOST_BYTES) -> None:
        self._folder = folder / CACHE / "tiles"
        self._vault = vault
        self._most = most
        self._lock = threading.Lock()
        self._put = 0

    def get(self, key: str) -> tuple[bytes, float] | None:
        """Return a tile and how many seconds ago it was put; None where it is not there, or was changed."""
        path = self._path(key)
        try:
            content = path.read_bytes()
            age = max(time.time() - path.stat().st_mtime, 0.0)
            return (content if self._vault is None else self._vault.open(content, key)), age
        except (OSError, InputError):
            return None

    def put(self, key: str, content: bytes) -> None:
        """Keep a tile; failing to is no loss."""
        path = self._path(key)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content if self._vault is None else self._vault.seal(content, key))
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            return
        with self._lock:
            self._put += 1
            is_due = self._put % _SWEEP_EVERY == 1
        if is_due:
            self.sweep()

    def sweep(self) -> None:
        """Throw out the oldest tiles where there are too many."""
        found = []
        for folder, _folders, names in os.walk(self._folder):
            for name in names:
                path = Path(folder) / name
                with suppress(OSError):
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        held = sum(size for _when, size, _path in found)
        if held <= self._most:
            return
        for _when, size, path in sorted(found):
            with suppress(OSError):
                path.unlink()
                held -= size
            if held <= self._most * _SWEPT_TO:
                return

    def _path(self, key: str) -> Path:
        place = f"{CACHE}/tiles/{key}"
        name = (
            hashlib.sha256(place.encode()).hexdigest()[:40]
            if self._vault is None
            else self._vault.name(place)
        )
        return self._folder / name[:2] / name
