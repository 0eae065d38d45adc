"""Which names are written where: nothing overlaps, the more important wins, and what stands stays.

All of it works on pixels and numbers, for any number of names at once; nobody draws here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CELL = 2.0
"""Pixels of a cell of the occupied area: boxes are rounded outwards to it."""
GAP = 4.0
"""Pixels a name keeps from others where it comes anew; one that stands may come closer."""
SHARPEST = 0.5
"""Radians by which a letter may be turned against the one before it."""
BEND = 1.1
"""Radians by which all letters of a name may differ in direction."""


class Occupied:
    """The part of a picture that is taken, as rows of bits.

    Parameters
    ----------
    width, height : float
        Pixels.
    """

    def __init__(self, width: float, height: float) -> None:
        self._columns = int(width / CELL) + 1
        self._rows = [0] * (int(height / CELL) + 1)

    def spans(self, boxes: Floats, gap: ArrayLike = 0.0) -> list[list[int]]:
        """Return the cells (left, right, top, bottom) of boxes with `gap` pixels around, outwards.

        Parameters
        ----------
        boxes : ndarray, shape (k, 4)
            Left, top, right, bottom; pixels.
        gap : array_like, broadcast to (k,)
        """
        around = np.asarray(gap, float)
        cells = np.column_stack(
            [
                np.floor((boxes[:, 0] - around) / CELL),
                np.ceil((boxes[:, 2] + around) / CELL),
                np.floor((boxes[:, 1] - around) / CELL),
                np.ceil((boxes[:, 3] + around) / CELL),
            ]
        )
        limits = [self._columns, self._columns, len(self._rows), len(self._rows)]
        found: list[list[int]] = np.clip(cells, 0, limits).astype(np.int64).tolist()
        return found

    def is_free(self, span: list[int]) -> bool:
        """Say whether nothing is taken in some cells."""
        left, right, top, bottom = span
        bits = ((1 << (right - left)) - 1) << left
        return not any(row & bits for row in self._rows[top:bottom])

    def take(self, span: list[int]) -> None:
        """Mark cells as taken."""
        left, right, top, bottom = span
        bits = ((1 << (right - left)) - 1) << left
        rows = self._rows
        for at in range(top, bottom):
            rows[at] |= bits


@dataclass(frozen=True)
class Candidates:
    """Names that might be written, each with boxes that cover it.

    Parameters
    ----------
    boxes : ndarray, shape (k, 4)
        Left, top, right, bottom; pixels.
    start : ndarray of int, shape (n + 1,)
        Candidate i has the boxes from ``start[i]`` to before ``start[i + 1]``.
    rank : ndarray of int, shape (n,)
        Lower is more important.
    weight : ndarray, shape (n,)
        Of equal rank the heavier goes first.
    held : ndarray of bool, shape (n,)
        Stood in the picture before: goes first among its rank, and needs no gap.
    group : ndarray of int, shape (n,)
        At most one of a group is written.
    same : ndarray of int, shape (n,)
        Names with the same text, kept `apart`; -1 for those that may repeat.
    apart : float
        Pixels between two names of the same text.
    """

    boxes: Floats
    start: Ints
    rank: Ints
    weight: Floats
    held: NDArray[np.bool_]
    group: Ints
    same: Ints
    apart: float = 260.0

    @property
    def middles(self) -> Floats:
        """The middle (n, 2) of each candidate, pixels."""
        box = self.boxes[(self.start[:-1] + self.start[1:]) // 2]
        return np.asarray((box[:, :2] + box[:, 2:]) / 2)

    @property
    def order(self) -> Ints:
        """Positions of the candidates in the order they are served."""
        return np.lexsort((-self.weight, ~self.held, self.rank))


OVER_SYMBOLS = 3
"""Names up to this rank are written over symbols; the others keep clear of them."""


def served(candidates: Candidates, occupied: Occupied, symbols: Floats) -> list[int]:
    """Return what is written: the most important over symbols (n, 4), the rest clear of them."""
    over = candidates.rank <= OVER_SYMBOLS
    written = declutter(candidates, occupied, over)
    for span in occupied.spans(symbols):
        occupied.take(span)
    return written + declutter(candidates, occupied, ~over)


def declutter(
    candidates: Candidates, occupied: Occupied, among: NDArray[np.bool_] | None = None
) -> list[int]:
    """Return the candidates that are written, in the order they were served; takes their area.

    Parameters
    ----------
    among : ndarray of bool, shape (n,), optional
        Look at these only.
    """
    count = np.diff(candidates.start)
    some = np.ones(len(count), bool) if among is None else among
    boxes = candidates.boxes[np.repeat(some, count)]
    gap = np.where(candidates.held, 0.0, GAP)[some]
    around = occupied.spans(boxes, np.repeat(gap, count[some]))
    tight = occupied.spans(boxes)
    start = np.concatenate([[0], np.cumsum(np.where(some, count, 0))]).tolist()
    group, same = candidates.group.tolist(), candidates.same.tolist()
    middles = candidates.middles.tolist()
    served: set[int] = set()
    standing: dict[int, list[list[float]]] = {}
    written = []
    order = candidates.order
    for index in order[some[order]].tolist():
        if group[index] in served:
            continue
        text, middle = same[index], middles[index]
        if text in standing and _is_near(middle, standing[text], candidates.apart):
            continue
        mine = slice(start[index], start[index + 1])
        if not all(map(occupied.is_free, around[mine])):
            continue
        for span in tight[mine]:
            occupied.take(span)
        served.add(group[index])
        if text >= 0:
            standing.setdefault(text, []).append(middle)
        written.append(index)
    return written


def _is_near(middle: list[float], others: list[list[float]], apart: float) -> bool:
    x, y = middle
    return any((x - a) ** 2 + (y - b) ** 2 < apart * apart for a, b in others)


@dataclass(frozen=True)
class Letters:
    """Letters set along lines.

    Parameters
    ----------
    xy : ndarray, shape (k, 2)
        Middle of each letter, pixels.
    angle : ndarray, shape (k,)
        Radians clockwise from rightwards, between a quarter turn left and right: upright.
    start : ndarray of int, shape (n + 1,)
        Name i has the letters from ``start[i]`` to before ``start[i + 1]``, in reading order.
    fits : ndarray of bool, shape (n,)
        The line is long enough and straight enough there.
    """

    xy: Floats
    angle: Floats
    start: Ints
    fits: NDArray[np.bool_]


def along(
    corners: Floats,
    first: Ints,
    last: Ints,
    piece: Ints,
    part: Floats,
    offsets: Floats,
    advances: Floats,
    start: Ints,
) -> Letters:
    """Set names along lines, upright.

    Parameters
    ----------
    corners : ndarray, shape (m, 2)
        Corners of all lines in pixels; nan for what cannot be seen.
    first, last : ndarray of int, shape (n,)
        First and last corner of each name's line.
    piece : ndarray of int, shape (n,)
        Corner at which the piece begins that holds the middle of the name.
    part : ndarray, shape (n,)
        How far along that piece, 0 to 1.
    offsets, advances : ndarray, shape (k,)
        Middle of each letter from the middle of its name, and its width; pixels.
    start : ndarray of int, shape (n + 1,)
        Letters of each name.
    """
    seen = np.isfinite(corners[:, 0]) & np.isfinite(corners[:, 1])
    xy = np.where(seen[:, None], corners, 0.0)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps + 1e-9)])
    middle = run[piece] + part * (run[piece + 1] - run[piece])
    count = np.diff(start)
    name = np.repeat(np.arange(len(count)), count)
    half = np.zeros(len(count))
    np.maximum.at(half, name, np.abs(offsets) + advances / 2)
    long_enough = (middle - half >= run[first]) & (middle + half <= run[last])
    # Upright: a name reads from left to right whichever way its line was drawn.
    ends = [np.interp(middle + sign * half, run, xy[:, 0]) for sign in (-1, 1)]
    sign = np.where(ends[1] >= ends[0], 1.0, -1.0)
    at = middle[name] + sign[name] * offsets
    reach = np.maximum(advances * 0.6, 3.0)
    x, y = np.interp(at, run, xy[:, 0]), np.interp(at, run, xy[:, 1])
    dx, dy = (
        np.interp(at + reach, run, axis) - np.interp(at - reach, run, axis)
        for axis in (xy[:, 0], xy[:, 1])
    )
    angle = np.arctan2(dy * sign[name], dx * sign[name])
    # A line that cannot be seen to its end carries no name there.
    blind = np.concatenate([[0], np.cumsum(~seen)])
    low = np.searchsorted(run, middle - half) - 1
    high = np.minimum(np.searchsorted(run, middle + half), len(xy) - 1)
    unseen: NDArray[np.bool_] = blind[high + 1] - blind[np.maximum(low, 0)] > 0
    turn = np.asarray(np.abs(_wrapped(np.diff(angle, prepend=angle[:1]))))
    turn[start[:-1][count > 0]] = 0.0
    first_angle = angle[start[:-1]]
    bend = np.abs(_wrapped(angle - first_angle[name]))
    sharpest, widest = np.zeros(len(count)), np.zeros(len(count))
    np.maximum.at(sharpest, name, turn)
    np.maximum.at(widest, name, bend)
    fits = long_enough & ~unseen & (sharpest <= SHARPEST) & (widest <= BEND) & (count > 0)
    return Letters(np.column_stack([x, y]), angle, start, fits)


def _wrapped(angle: Floats) -> Floats:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def letter_boxes(letters: Letters, advances: Floats, height: Floats) -> Floats:
    """Return the upright boxes (k, 4) that cover turned letters of a width and height, pixels."""
    cos, sin = np.abs(np.cos(letters.angle)), np.abs(np.sin(letters.angle))
    across = (advances * cos + height * sin) / 2
    down = (advances * sin + height * cos) / 2
    x, y = letters.xy.T
    return np.column_stack([x - across, y - down, x + across, y + down])


HALVINGS = 5


def anchors(start: Ints, xy: Floats, every: float) -> tuple[Ints, Ints, Floats, Ints]:
    """Return places along lines for a name: the middle, then the middles of halves, and so on.

    They stay where they are on the ground whatever is in view, so that names do not slide.

    Parameters
    ----------
    start, xy
        Lines as in `LineNames`.
    every : float
        Metres below which a line is not halved further.

    Returns
    -------
    line, piece, part, halving : ndarray, shape (n,)
        Position of the line, the corner before the place, how far along that piece, and how often the
        line was halved to get there.
    """
    lines: list[Ints] = []
    pieces: list[Ints] = []
    parts: list[Floats] = []
    halvings: list[Ints] = []
    for line in range(len(start) - 1):
        corners = xy[start[line] : start[line + 1]]
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        deep = 1 + int(np.clip(np.log2(max(run[-1], 1.0) / every), 0, HALVINGS))
        share = np.concatenate([(np.arange(2**at) * 2 + 1) / 2 ** (at + 1) for at in range(deep)])
        where = np.clip(np.searchsorted(run, share * run[-1], "right") - 1, 0, len(run) - 2)
        lines.append(np.full(len(share), line))
        pieces.append(start[line] + where)
        parts.append((share * run[-1] - run[where]) / np.maximum(run[where + 1] - run[where], 1e-9))
        halvings.append(np.repeat(np.arange(deep), 2 ** np.arange(deep)))
    if not lines:
        none = np.empty(0, np.int64)
        return none, none, np.empty(0), none
    return (
        np.concatenate(lines),
        np.concatenate(pieces),
        np.concatenate(parts),
        np.concatenate(halvings),
    )
