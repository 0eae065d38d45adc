"""Names that might be written in one view: what stands at places, and what may stand along lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.layers import placement
from mapdesk.layers.names import LineNames, MapNames, NameStyles, PlaceNames
from mapdesk.layers.placement import Floats, Ints, Letters

FINEST = 90.0
"""Metres of a street that may carry its name once more."""


@dataclass
class NamedLines:
    """Names along lines with the places where they may stand."""

    names: LineNames
    line: Ints
    piece: Ints
    part: Floats
    halving: Ints
    xy: Floats
    spans: Floats
    same: Ints

    @classmethod
    def of(cls, names: LineNames) -> NamedLines:
        """Find the places along lines once, for all views."""
        line, piece, part, halving = placement.anchors(names.start, names.xy, FINEST)
        start, end = names.xy[piece], names.xy[piece + 1] if len(piece) else names.xy[:0]
        steps = np.hypot(*np.diff(names.xy, axis=0).T) if len(names.xy) else np.empty(0)
        run = np.concatenate([[0.0], np.cumsum(steps)])
        length = run[names.start[1:] - 1] - run[names.start[:-1]]
        return cls(
            names,
            line,
            piece,
            part,
            halving,
            start + part[:, None] * (end - start),
            (length[line] if len(line) else np.empty(0)) / 2.0**halving,
            codes(names.texts),
        )


@dataclass(frozen=True)
class ReadyNames:
    """All names of a map with what is worked out once for all pictures; made on any thread."""

    places: PlaceNames
    same: Ints
    lines: NamedLines

    @classmethod
    def of(cls, names: MapNames, lines: NamedLines | None = None) -> ReadyNames:
        """Work it out; `lines` are those of the same streets from before."""
        ready = cls(
            names.places,
            codes(names.places.texts),
            NamedLines.of(names.lines) if lines is None else lines,
        )
        # Coded when first asked for: now, not under the first picture.
        for some in (ready.places, ready.lines.names):
            _warm = some.coded_kinds, some.coded_nouns
        return ready


@dataclass(frozen=True)
class FlatNames:
    """Names in one piece that might be written: their positions, sizes and middles in pixels."""

    which: Ints
    size: Floats
    xy: Floats
    across: Floats

    @property
    def boxes(self) -> Floats:
        """Left, top, right, bottom (n, 4) of each name, pixels."""
        half = self.size / 2
        return np.concatenate([self.xy - half, self.xy + half], axis=1)


@dataclass(frozen=True)
class NamesAlong:
    """Places along lines where a name might be written, and its letters there."""

    which: Ints
    letters: Letters
    advances: Floats
    spans: Floats

    @classmethod
    def empty(cls) -> NamesAlong:
        """Return none."""
        none = np.empty(0, np.int64)
        letters = Letters(np.empty((0, 2)), np.empty(0), np.zeros(1, np.int64), none.astype(bool))
        return cls(none, letters, np.empty(0), np.empty(0))


def below(names: PlaceNames | LineNames, styles: NameStyles, visible: Collection[str]) -> Floats:
    """Return the metres per pixel below which each name is shown; 0 where its layer is hidden."""
    (kinds, kind), (nouns, noun) = names.coded_kinds, names.coded_nouns
    limits = np.array([styles.kinds[one].below if one in styles.kinds else 0.0 for one in kinds])
    shown = np.array([one in visible for one in nouns], float)
    if not len(kind):
        return np.empty(0)
    return np.asarray(limits[kind] * shown[noun])


def on_its_side(
    side: NDArray[np.int8], middle: Floats, half: Floats, line: float
) -> NDArray[np.bool_]:
    """Say which names are wholly on their side of the line between two times.

    Parameters
    ----------
    side : ndarray of int8, shape (n,)
        See `PlaceNames`.
    middle, half : ndarray, shape (n,)
        Pixels across of each name's middle, and half its width.
    line : float
        Pixel at which the line is.
    """
    is_left, is_right = middle + half <= line, middle - half >= line
    return np.asarray(((side >= 0) | is_left) & ((side <= 0) | is_right))


def by_kind(kinds: NDArray[np.object_], table: Mapping[str, float]) -> Floats:
    """Return the number of each kind; 0 for kinds that have none."""
    found, where = np.unique(kinds.astype(str), return_inverse=True)
    return np.array([float(table.get(kind, 0.0)) for kind in found.tolist()])[where]


def codes(texts: NDArray[np.object_]) -> Ints:
    """Return a number for each text, the same for the same."""
    return np.asarray(np.unique(texts.astype(str), return_inverse=True)[1], np.int64)


def gathered(names: LineNames, lines: Ints) -> tuple[Ints, Ints]:
    """Return the corners of some lines, and for each corner of all its place among those."""
    count = names.start[lines + 1] - names.start[lines]
    before = np.concatenate([[0], np.cumsum(count)])
    corners = np.repeat(names.start[lines] - before[:-1], count) + np.arange(before[-1])
    place = np.full(len(names.xy), -1, np.int64)
    place[corners] = np.arange(len(corners))
    return corners, place
