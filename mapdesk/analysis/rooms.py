"""A floor's rooms laid out inside its footprint: where a register knows units but not their walls.

The footprint is turned so that its long axis lies along x, cut across into stairs, and each stair into
rows of rooms with a corridor between every two rows. All cuts are by area, so that rooms are as large,
beside each other, as the register says. The same footprint and numbers always give the same rooms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, log

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

CORRIDOR = 1.8
"""Metres a corridor is wide, where the rooms leave it that."""
THINNEST = 0.12
"""A corridor takes no more than this part of the depth of a stair."""
MOST_ROWS = 12
_HALVINGS = 44
"""Halvings in which a cut is found: a building's length over 2**44 is far below a micrometre."""


def long_axis(footprint: BaseGeometry) -> float:
    """Return the direction of the long side of the smallest box around a footprint, degrees from east."""
    box = shapely.oriented_envelope(footprint)
    if box.geom_type != "Polygon":
        return 0.0
    corners = shapely.get_coordinates(box)[:3]
    sides = np.diff(corners, axis=0)
    along = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    # A side has no sense of direction: half a turn on is the same side.
    return float(np.degrees(np.arctan2(along[1], along[0])) % 180.0)


def lay_out(footprint: BaseGeometry, stairs: Sequence[Sequence[float]]) -> list[list[BaseGeometry]]:
    """Lay the rooms of a floor out.

    Parameters
    ----------
    footprint : shapely.Polygon or MultiPolygon
        Metres.
    stairs : sequence of sequences of float
        The weight of each room, above 0, by stair: rooms share the floor in proportion to it.

    Returns
    -------
    list of lists of geometry
        One for each weight, in the same order; inside the footprint, not overlapping.
    """
    peopled = [weights for weights in stairs if len(weights)]
    if not peopled:
        return [[] for _ in stairs]
    turn, pivot = long_axis(footprint), shapely.centroid(footprint)
    lying = affinity.rotate(footprint, -turn, origin=pivot)
    slices = iter(_slices(lying, [float(sum(weights)) for weights in peopled], 0))
    laid = []
    for weights in stairs:
        rooms = _stair(next(slices), [float(one) for one in weights]) if len(weights) else []
        laid.append([affinity.rotate(room, turn, origin=pivot) for room in rooms])
    return laid


def _stair(outline: BaseGeometry, weights: list[float]) -> list[BaseGeometry]:
    """Lay the rooms of one stair out in rows along its longer side."""
    xmin, ymin, xmax, ymax = outline.bounds
    along = 0 if xmax - xmin >= ymax - ymin else 1
    length, depth = (xmax - xmin, ymax - ymin) if along == 0 else (ymax - ymin, xmax - xmin)
    rows = _rows(len(weights), length, depth)
    each = ceil(len(weights) / rows)
    groups = [weights[at : at + each] for at in range(0, len(weights), each)]
    bands = _slices(outline, [sum(group) for group in groups], 1 - along)
    corridor = min(CORRIDOR, THINNEST * depth) / 2 if len(groups) > 1 else 0.0
    found: list[BaseGeometry] = []
    for number, (band, group) in enumerate(zip(bands, groups, strict=True)):
        # Rows stand back to back in pairs: a corridor runs along the side that faces its pair.
        faces_on = number % 2 == 0 and number + 1 < len(groups)
        faces_back = number % 2 == 1
        shaved = _shaved(band, 1 - along, corridor * faces_back, corridor * faces_on)
        found += _slices(shaved, group, along)
    return found


def _rows(count: int, length: float, depth: float) -> int:
    """Return in how many rows rooms are nearest to square: 1, or an even number."""
    choices: list[int] = [1, *range(2, MOST_ROWS + 1, 2)]
    fits = [rows for rows in choices if rows == 1 or count >= 2 * rows]

    def stretch(rows: int) -> float:
        across = length / ceil(count / rows)
        return abs(log(max(across, 1e-9) / max(depth / rows, 1e-9)))

    return min(fits, key=stretch)


def _slices(outline: BaseGeometry, weights: list[float], axis: int) -> list[BaseGeometry]:
    """Cut across `axis` (0 is x) into pieces whose areas are in proportion to `weights`."""
    if len(weights) == 1:
        return [outline]
    low, high = outline.bounds[axis], outline.bounds[axis + 2]
    wanted = np.cumsum(weights)[:-1] / sum(weights) * outline.area
    # All cuts are searched for at once, each by halving the stretch it lies in.
    left, right = np.full(len(wanted), low), np.full(len(wanted), high)
    for _halving in range(_HALVINGS):
        middle = (left + right) / 2
        below = np.array([_between(outline, axis, low, cut).area for cut in middle]) < wanted
        left, right = np.where(below, middle, left), np.where(below, right, middle)
        if float(np.max(right - left)) < 1e-7:
            break
    cuts = [low, *((left + right) / 2).tolist(), high]
    return [_between(outline, axis, *ends) for ends in pairwise(cuts)]


def _shaved(outline: BaseGeometry, axis: int, before: float, after: float) -> BaseGeometry:
    """Take a strip off both ends along `axis`, never more than half of what there is."""
    low, high = outline.bounds[axis], outline.bounds[axis + 2]
    most = (high - low) / 4
    kept = _between(outline, axis, low + min(before, most), high - min(after, most))
    return kept if kept.area > 0 else outline


def _between(outline: BaseGeometry, axis: int, low: float, high: float) -> BaseGeometry:
    """Return what lies between two lines across `axis`, polygons only."""
    xmin, ymin, xmax, ymax = outline.bounds
    if axis == 0:
        cut = shapely.clip_by_rect(outline, low, ymin - 1, high, ymax + 1)
    else:
        cut = shapely.clip_by_rect(outline, xmin - 1, low, xmax + 1, high)
    if cut.geom_type in ("Polygon", "MultiPolygon"):
        return cut
    parts: NDArray[np.object_] = shapely.get_parts(cut)
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
