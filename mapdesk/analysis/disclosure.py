"""Hiding small counts of fixed areas so that nobody can reckon them back.

The method, which a server can state and follow as well. An *area* is a node of a tree, the whole
district its root; every area has the same counts. *Sums* tie counts together: within an area (people
are men and women and those of unknown sex) and between areas (a grid's count is the sum of its parts').

1. Hide every count from 1 to 9 (the threshold rule; Hundepool et al., Statistical Disclosure Control,
   Wiley 2012, chapter 5). A zero stays: it is nobody's record, and hiding it would hide structure
   (children with a degree) that everyone knows.
2. In every sum whose total is shown, the hidden parts must leave each other room: with k of them that
   add up to S, S - k >= 9, so that each, known to be at least 1, could be 10. Where they do not, hide
   the smallest shown part that is not 0, or, where there is none, the total. In every sum whose total
   is hidden, at least one part must be hidden: hide the smallest that is not 0. Repeat until nothing
   changes (complementary suppression; as there, chapter 4).
3. Attack: take all shown counts and all sums together. A hidden count that they determine, or bound
   to a single number, is *exposed*: hide the smallest shown count that shares a sum with it, and go
   back to 2.

It ends, since each round hides more and a tree with every count but zeros hidden exposes nothing: all
counts could be larger in proportion. What stays hidden is hidden from exact reckoning by anyone who has
the shown counts of one day; it is no promise against two days' counts of a changing register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST_SHOWN = 10

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sum:
    """Within every area, one count is the sum of others.

    Parameters
    ----------
    total : int
        Column of the total.
    parts : tuple of int
        Columns of the parts.
    weights : tuple of int
        How often each part counts; empty for once. Weighted sums are an attacker's knowledge only, and
        need not hold: people without a household live in none of any size.
    unless : int or None
        Column that must be shown as 0 for the sum to hold: households of "6 and more" people.
    """

    total: int
    parts: tuple[int, ...]
    weights: tuple[int, ...] = ()
    unless: int | None = None


@dataclass(frozen=True, slots=True)
class System:
    """Linear equations among hidden counts: what an attacker knows of them.

    Parameters
    ----------
    equation, unknown : ndarray (e,) of int64
        Where each coefficient stands.
    coefficient : ndarray (e,) of float64
    cells : ndarray (u,) of int64
        Flat index of each unknown in the table of counts.
    values : ndarray (u,) of float64
        True values; an attacker knows of them only what the right-hand sides say.
    """

    equation: NDArray[np.int64]
    unknown: NDArray[np.int64]
    coefficient: NDArray[np.float64]
    cells: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def equations(self) -> int:
        """How many."""
        return int(self.equation.max()) + 1 if len(self.equation) else 0

    def times(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the left-hand sides for values of the unknowns."""
        weights = self.coefficient * vector[self.unknown]
        return np.bincount(self.equation, weights, self.equations).astype(np.float64, copy=False)

    def transposed_times(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the combination of equations with these weights, by unknown."""
        weights = self.coefficient * vector[self.equation]
        return np.bincount(self.unknown, weights, len(self.cells)).astype(np.float64, copy=False)


def protect(counts: Counts, parents: NDArray[np.int64], sums: Sequence[Sum]) -> Mask:
    """Return which counts to hide.

    Parameters
    ----------
    counts : ndarray (areas, columns) of int64
        Not below 0. A parent's row is the sum of its children's: people of a grid who live in none of
        its parts make a part of their own.
    parents : ndarray (areas,) of int64
        Row of each area's parent, -1 for the root.
    sums : sequence of Sum

    Returns
    -------
    ndarray (areas, columns) of bool

    Raises
    ------
    ValueError
        The counts do not add up.
    """
    hidden = (counts > 0) & (counts < SMALLEST_SHOWN)
    families = [
        (int(parent), np.flatnonzero(parents == parent))
        for parent in np.unique(parents[parents >= 0])
    ]
    while True:
        _complement(counts, hidden, families, sums)
        known = system(counts, hidden, parents, sums)
        exposed = known.cells[determined(known) | bounded(known)]
        if not len(exposed):
            return hidden
        before = hidden.sum()
        for cell in exposed.tolist():
            _hide_beside(counts, hidden, cell, families, parents, sums)
        if hidden.sum() == before:
            raise ValueError("the counts are not the sums they are said to be")


def _complement(
    counts: Counts,
    hidden: Mask,
    families: list[tuple[int, NDArray[np.int64]]],
    sums: Sequence[Sum],
) -> None:
    """Hide complements in place until every sum by itself tells nothing."""
    before = -1
    while before != (before := int(hidden.sum())):
        for one in sums:
            if not one.weights:
                parts = list(one.parts)
                total_hidden, parts_hidden = _tightened(
                    counts[:, parts], hidden[:, one.total], hidden[:, parts]
                )
                hidden[:, one.total], hidden[:, parts] = total_hidden, parts_hidden
        for parent, children in families:
            total_hidden, parts_hidden = _tightened(
                counts[children].T, hidden[parent], hidden[children].T
            )
            hidden[parent], hidden[children] = total_hidden, parts_hidden.T


def _tightened(parts: Counts, total_hidden: Mask, parts_hidden: Mask) -> tuple[Mask, Mask]:
    """Return what to hide of many sums at once: one more count of each that tells too much.

    Parameters
    ----------
    parts, parts_hidden : ndarray (sums, parts)
    total_hidden : ndarray (sums,)
    """
    number = parts_hidden.sum(axis=1)
    room = (parts * parts_hidden).sum(axis=1) - number
    tells = ~total_hidden & (number > 0) & ((number < 2) | (room < SMALLEST_SHOWN - 1))
    tells |= total_hidden & (number == 0)
    most = np.iinfo(np.int64).max
    offered = np.where(parts_hidden | (parts == 0), most, parts)
    rows = np.flatnonzero(tells)
    smallest = offered[rows].argmin(axis=1)
    spent = offered[rows, smallest] == most
    total_hidden, parts_hidden = total_hidden.copy(), parts_hidden.copy()
    parts_hidden[rows[~spent], smallest[~spent]] = True
    total_hidden[rows[spent]] = True
    return total_hidden, parts_hidden


def _hide_beside(
    counts: Counts,
    hidden: Mask,
    cell: int,
    families: list[tuple[int, NDArray[np.int64]]],
    parents: NDArray[np.int64],
    sums: Sequence[Sum],
) -> None:
    """Hide the smallest shown count that shares a sum with `cell`.

    Where none is left, the smallest of its area goes, or of the next one above.
    """
    area, column = divmod(cell, counts.shape[1])
    beside = {
        (area, other)
        for one in sums
        if column in (one.total, *one.parts)
        for other in (one.total, *one.parts)
    }
    for parent, children in families:
        if parent in (area, parents[area]):
            beside |= {(int(other), column) for other in (parent, *children)}
    shown = sorted((int(counts[at]), *at) for at in beside if not hidden[at] and counts[at])
    if shown:
        hidden[shown[0][1:]] = True
        return
    while area >= 0:
        shown = sorted(
            (int(counts[area, other]), area, other)
            for other in np.flatnonzero((counts[area] > 0) & ~hidden[area]).tolist()
        )
        if shown:
            hidden[shown[0][1:]] = True
            return
        area = int(parents[area])
    hidden |= counts > 0


# ------------------------------------------------------------------ what an attacker can do


def system(counts: Counts, hidden: Mask, parents: NDArray[np.int64], sums: Sequence[Sum]) -> System:
    """Return all an attacker knows of the hidden counts: every sum, within areas and between them."""
    areas, columns = counts.shape
    cells = np.flatnonzero(hidden)
    number = np.full(areas * columns, -1)
    number[cells] = np.arange(len(cells))
    number = number.reshape(areas, columns)
    terms: list[tuple[NDArray[np.int64], NDArray[np.int64], float]] = []
    begun = 0
    for one in sums:
        rows = np.arange(areas)
        if one.weights:
            reckoned = counts[:, list(one.parts)] @ np.array(one.weights)
            holds = reckoned == counts[:, one.total]
            rows = np.flatnonzero(
                holds & (True if one.unless is None else counts[:, one.unless] == 0)
            )
        equations = begun + rows
        terms.append((equations, number[rows, one.total], -1.0))
        for part, weight in zip(one.parts, one.weights or (1,) * len(one.parts), strict=True):
            terms.append((equations, number[rows, part], float(weight)))
        begun += areas
    with_parent = np.flatnonzero(parents >= 0)
    every = np.arange(columns)
    terms += [
        (begun + parents[area] * columns + every, number[area], 1.0)
        for area in with_parent.tolist()
    ]
    terms += [
        (begun + parent * columns + every, number[parent], -1.0)
        for parent in np.unique(parents[with_parent]).tolist()
    ]
    equation = np.concatenate([one[0] for one in terms])
    unknown = np.concatenate([one[1] for one in terms])
    coefficient = np.concatenate([np.full(len(one[0]), one[2]) for one in terms])
    kept = unknown >= 0
    _names, equation = np.unique(equation[kept], return_inverse=True)
    values = counts.reshape(-1)[cells].astype(np.float64)
    return System(equation, unknown[kept], coefficient[kept], cells, values)


def determined(known: System) -> Mask:
    """Return which unknowns the equations determine: those that vanish in all of the null space.

    Two random vectors are projected onto the null space by conjugate gradients on the normal equations
    (CGLS; Björck, Numerical Methods for Least Squares Problems, SIAM 1996, section 7.4), which needs
    only products with the sparse matrix. An unknown that is free comes out different from zero but
    for a chance of none; one that is determined comes out below what is left of the residual. Where
    the iteration did not settle, nothing is called free.
    """
    draw = np.random.default_rng(20120501)
    found = np.ones(len(known.cells), np.bool_)
    # What one vector leaves near zero by chance another does not.
    for _vector in range(2):
        if found.any():
            found &= _vanishing(known, draw)
    return found


def _vanishing(known: System, draw: np.random.Generator) -> Mask:
    """Return which unknowns of a random vector its projection leaves near zero."""
    unknowns = len(known.cells)
    rest = draw.uniform(1.0, 2.0, unknowns)
    rest *= np.where(np.arange(unknowns) % 2, 1.0, -1.0)
    gradient = known.times(rest)
    direction = gradient.copy()
    squared = float(gradient @ gradient)
    goal = SETTLED**2 * max(squared, 1.0)
    for _round in range(MOST_ROUNDS):
        if squared <= goal:
            break
        step = known.transposed_times(direction)
        length = squared / float(step @ step)
        rest -= length * step
        gradient = known.times(rest)
        before, squared = squared, float(gradient @ gradient)
        direction = gradient + (squared / before) * direction
    else:
        return np.ones(unknowns, np.bool_)
    return np.abs(rest) < FREE


SETTLED = 1e-11
"""Relative residual at which a projection has settled."""

FREE = 1e-5
"""Size above which an unknown is free: far above the residual over the least singular value that
such sums of ones have, far below the size of most free ones. Where it errs, more is hidden."""

MOST_ROUNDS = 20_000


def bounded(known: System) -> Mask:
    """Return which unknowns are bound to a single number: at least 1 each, equation by equation.

    Bounds are carried from equation to equation until none moves (interval propagation; Hundepool et
    al. 2012, chapter 4, has the linear programme whose answer this approaches from outside).
    """
    low = np.ones(len(known.cells))
    high = np.full(len(known.cells), ENDLESS)
    if not len(known.equation):
        return np.zeros(len(low), np.bool_)
    right = known.times(known.values)
    at, positive = known.unknown, known.coefficient > 0
    for _round in range(MOST_PASSES):
        least = known.coefficient * np.where(positive, low[at], high[at])
        most = known.coefficient * np.where(positive, high[at], low[at])
        least_sum = np.bincount(known.equation, least)[known.equation]
        most_sum = np.bincount(known.equation, most)[known.equation]
        room = right[known.equation]
        one = (room - (most_sum - most)) / known.coefficient
        other = (room - (least_sum - least)) / known.coefficient
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, at, np.ceil(np.minimum(one, other) - 1e-6))
        np.minimum.at(new_high, at, np.floor(np.maximum(one, other) + 1e-6))
        if (new_low == low).all() and (new_high == high).all():
            break
        low, high = new_low, new_high
    return np.asarray(low == high)


ENDLESS = 2.0**40
"""Bound of a count that nothing bounds; sums of it with counts are exact in a double."""

MOST_PASSES = 60
