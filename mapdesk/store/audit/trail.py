"""What the record of one open district needs from outside: a clock, a seal, a signing key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mapdesk.store.audit.embedded import EmbeddedBook
from mapdesk.store.audit.keys import Keys, SystemKeys
from mapdesk.store.audit.sealing import PLAIN, Sealer

HEADS_EVERY = 1000
"""Rows after which the embedded record signs a head of its own accord."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present moment by the computer's clock."""
    return datetime.now(UTC)


@dataclass
class Trail:
    """The seams of one store's record.

    Parameters
    ----------
    clock : callable
        Returns the present moment, with a zone. A server uses its own clock instead.
    sealer : Sealer
        Of an encrypted district; set before the first row is written or read.
    keys : Keys or None
        Where signing keys lie; None for the system's keyring, else a file in the folder.
    heads_every : int
    """

    clock: Clock = utc_now
    sealer: Sealer = PLAIN
    keys: Keys | None = None
    heads_every: int = HEADS_EVERY
    _book: EmbeddedBook | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def embedded(self, folder: Path) -> EmbeddedBook:
        """Return the record of the district in `folder`."""
        with self._opening:
            if self._book is None:
                self._book = EmbeddedBook(folder / "audit", self.clock, self.sealer)
            return self._book

    def keys_of(self, folder: Path) -> Keys:
        """Return where the signing key of the district in `folder` lies."""
        return self.keys or SystemKeys(folder / "audit")

    def close(self) -> None:
        """Let go of the file; the next row opens it again."""
        with self._opening:
            if self._book is not None:
                self._book.close()
