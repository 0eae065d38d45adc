"""Tiles of rasters for the newest view, read on threads: the nearest first, none for a view that is past."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.pyramid import Patch, Sight, Tile, choose, lay
from mapdesk.formats.rasters.raster import Pixels, Raster
from mapdesk.model.errors import WorldError

LOG = logging.getLogger(__name__)

THREADS = 3
MOST_BYTES = 96 << 20
"""Bytes of pictures kept in memory."""
RETRY = 20.0
"""Seconds after which a tile that could not be had is asked for again."""
_MISSING_BYTES = 200

Key = tuple[str, Tile]


@dataclass(frozen=True)
class Piece:
    """A tile as it can be drawn now: in its own pixels or, until they are there, in those of a coarser one.

    Parameters
    ----------
    raster : str
    tile, source : Tile
        Where it lies, and whose pixels it has.
    patch : Patch
    part : ndarray, shape (n, 2)
        Corners of the patch as parts, 0 to 1, of the pixels' width and height.
    pixels : ndarray
    """

    raster: str
    tile: Tile
    source: Tile
    patch: Patch
    part: NDArray[np.float32]
    pixels: Pixels


@dataclass
class _Kept:
    pixels: Pixels | None
    again_at: float = float("inf")


class TileLoader:
    """Loads tiles of the rasters it is given, and closes them. Any thread.

    Parameters
    ----------
    changed : callable
        Called on a thread of the loader when there is more, or less, to draw.
    failed : callable
        Called on such a thread with a raster's name and a sentence, once until it works again.
    most_bytes : int
        Kept in memory, as long as what is seen takes no more.
    """

    def __init__(
        self,
        changed: Callable[[], None],
        failed: Callable[[str, str], None],
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._changed, self._failed = changed, failed
        self._most_bytes = most_bytes
        self._lock = threading.Condition()
        self._rasters: dict[str, Raster] = {}
        self._gone: list[Raster] = []
        self._sight: Sight | None = None
        self._is_stale = False
        self._is_choosing = False
        self._chosen: dict[str, list[Tile]] = {}
        self._patches: dict[Key, Patch] = {}
        self._queue: deque[Key] = deque()
        self._reading: set[Key] = set()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._said: dict[str, str] = {}
        self._closing = False
        self._threads = [threading.Thread(target=self._choose, name="tiles", daemon=True)]
        self._threads += [
            threading.Thread(target=self._read, name=f"tile-{number}", daemon=True)
            for number in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()

    # ------------------------------------------------------------------ what is asked

    def set_rasters(self, rasters: Sequence[tuple[str, Raster]]) -> None:
        """Draw these rasters, from below to above, and close those that are no longer among them."""
        with self._lock:
            before, self._rasters = self._rasters, dict(rasters)
            same = {name for name, raster in rasters if before.get(name) is raster}
            self._gone += [
                raster for raster in before.values() if raster not in self._rasters.values()
            ]
            self._chosen = {
                name: self._chosen.get(name, []) for name in self._rasters if name in same
            }
            self._patches = {key: patch for key, patch in self._patches.items() if key[0] in same}
            for key in [key for key in self._kept if key[0] not in same]:
                self._bytes -= _size(self._kept.pop(key))
            self._said.clear()
            self._queue.clear()
            self._is_stale = True
            self._lock.notify_all()

    def look(self, sight: Sight) -> None:
        """Load what is seen from here; what was waited for by an older view alone is forgotten."""
        with self._lock:
            self._sight, self._is_stale = sight, True
            self._lock.notify_all()

    def pieces(self) -> list[Piece]:
        """Return what can be drawn of the newest view now, from below to above."""
        with self._lock:
            found = []
            for name, tiles in self._chosen.items():
                for tile in tiles:
                    piece = self._piece(name, tile)
                    if piece is not None:
                        found.append(piece)
            return found

    @property
    def is_busy(self) -> bool:
        """Whether something that is seen is still to come."""
        with self._lock:
            return self._has_work()

    def wait(self, seconds: float) -> bool:
        """Wait until everything that is seen is there or could not be had, or it is closed; False: too long."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._has_work(), seconds)

    def close(self) -> None:
        """Load no more; threads end with the tile they are at."""
        with self._lock:
            self._closing = True
            self._queue.clear()
            self._lock.notify_all()

    def wait_closed(self) -> None:
        """Wait for the threads, and close the rasters."""
        for thread in self._threads:
            thread.join(timeout=15)
        for raster in [*self._gone, *self._rasters.values()]:
            raster.close()

    # ------------------------------------------------------------------ threads

    def _choose(self) -> None:
        while True:
            with self._lock:
                self._is_choosing = False
                self._lock.notify_all()
                self._lock.wait_for(
                    lambda: self._closing or self._gone or (self._is_stale and self._sight)
                )
                if self._closing:
                    return
                gone, self._gone = self._gone, []
                self._is_stale, self._is_choosing = False, True
                sight, rasters, patches = self._sight, self._rasters, self._patches
            for raster in gone:
                raster.close()
            if sight is None:
                continue
            try:
                chosen = {
                    name: choose(raster.pyramid, raster.place.to_ground, sight)
                    for name, raster in rasters.items()
                }
                laid = self._laid(rasters, chosen, patches)
            except Exception:
                # Our own fault: the map goes on with the tiles it has.
                LOG.exception("Tiles could not be chosen")
                continue
            with self._lock:
                if rasters is not self._rasters or self._closing:
                    continue
                self._chosen, self._patches = chosen, laid
                self._fill_queue()
                self._lock.notify_all()
            self._changed()

    def _laid(
        self,
        rasters: dict[str, Raster],
        chosen: dict[str, list[Tile]],
        before: dict[Key, Patch],
    ) -> dict[Key, Patch]:
        found: dict[Key, Patch] = {}
        for name, tiles in chosen.items():
            known = {tile for tile in tiles if (name, tile) in before}
            found |= {(name, tile): before[name, tile] for tile in known}
            new = [tile for tile in tiles if tile not in known]
            raster = rasters[name]
            patches = lay(raster.pyramid, raster.place.to_ground, new)
            found |= {
                (name, tile): patch
                for tile, patch in zip(new, patches, strict=True)
                if patch is not None
            }
        return found

    def _fill_queue(self) -> None:
        """Line up what is seen and not there, the nearest of each raster by turns. Holds the lock."""
        now = time.monotonic()
        by_turns = zip_longest(
            *([(name, tile) for tile in tiles] for name, tiles in self._chosen.items())
        )
        self._queue.clear()
        for key in chain.from_iterable(by_turns):
            if key is None or key in self._reading:
                continue
            kept = self._kept.get(key)
            if kept is None or kept.again_at <= now:
                self._queue.append(key)

    def _read(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._closing or self._queue)
                if self._closing:
                    return
                key = self._queue.popleft()
                rasters = self._rasters
                self._reading.add(key)
            kept, sentence = _tile_of(rasters[key[0]], key[1])
            with self._lock:
                self._reading.discard(key)
                self._lock.notify_all()
                is_past = self._rasters.get(key[0]) is not rasters[key[0]]
                if is_past or self._closing:
                    continue
                self._keep(key, kept)
                news = self._news(key[0], sentence, is_there=kept.pixels is not None)
            if news:
                self._failed(key[0], news)
            self._changed()

    def _news(self, name: str, sentence: str, *, is_there: bool) -> str:
        """Return a sentence that was not said yet. Holds the lock."""
        if is_there:
            self._said.pop(name, None)
        if not sentence or self._said.get(name) == sentence:
            return ""
        self._said[name] = sentence
        return sentence

    def _keep(self, key: Key, kept: _Kept) -> None:
        """Put a tile in memory and let go of those not seen for longest. Holds the lock."""
        before = self._kept.pop(key, None)
        self._bytes += _size(kept) - (_size(before) if before is not None else 0)
        self._kept[key] = kept
        seen = {(name, tile) for name, tiles in self._chosen.items() for tile in tiles}
        for old in list(self._kept):
            if self._bytes <= self._most_bytes:
                break
            if old not in seen:
                self._bytes -= _size(self._kept.pop(old))

    def _piece(self, name: str, tile: Tile) -> Piece | None:
        """Return how a tile can be drawn now. Holds the lock."""
        patch = self._patches.get((name, tile))
        if patch is None:
            return None
        pyramid = self._rasters[name].pyramid
        for level in range(tile.level, pyramid.coarsest - 1, -1):
            source = tile.above(level)
            kept = self._kept.get((name, source))
            if kept is None or kept.pixels is None:
                continue
            self._kept.move_to_end((name, source))
            left, upper, right, lower = pyramid.box(source)
            part = (patch.pixels - (left, upper)) / (right - left, lower - upper)
            return Piece(name, tile, source, patch, part.astype(np.float32), kept.pixels)
        return None

    def _has_work(self) -> bool:
        waits = self._is_stale and self._sight is not None and bool(self._rasters)
        busy = waits or self._is_choosing or bool(self._queue) or bool(self._reading)
        return busy and not self._closing


def _tile_of(raster: Raster, tile: Tile) -> tuple[_Kept, str]:
    """Read a tile; one that could not be had is asked for again later, and the sentence says why."""
    try:
        return _Kept(raster.read(tile)), ""
    except WorldError as error:
        return _Kept(None, time.monotonic() + RETRY), str(error)
    except Exception:
        LOG.exception("A tile could not be read")
        return _Kept(None, time.monotonic() + RETRY), ""


def _size(kept: _Kept) -> int:
    return _MISSING_BYTES if kept.pixels is None else kept.pixels.nbytes
