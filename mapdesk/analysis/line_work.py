"""Lines as a map draws them: cut into dashes, and of tracks beside each other one."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Lines = NDArray[np.object_]

REACH = 4.0
"""Times the distance apart that what branches off runs on towards the line it was thinned for."""


def merged(lines: Lines) -> Lines:
    """Return lines as few and as long as they can be: those that meet end to end are one."""
    parts = shapely.get_parts(lines)
    if not len(parts):
        return parts
    joined = shapely.line_merge(shapely.multilinestrings(parts))
    return np.asarray(shapely.get_parts(joined), object)


def dashes(lines: Lines, on: float, off: float) -> tuple[Lines, NDArray[np.int64]]:
    """Cut lines into dashes of `on` metres, `off` apart, stretched so that a line ends with one.

    Returns
    -------
    dashes : ndarray of shapely.LineString, shape (k,)
    line : ndarray of int, shape (k,)
        Position of the line each was cut from.
    """
    parts, line = shapely.get_parts(lines, return_index=True)
    corners, owners, count = [], [], 0
    for part, at in zip(parts, line.tolist(), strict=True):
        xy = shapely.get_coordinates(part)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        if along[-1] <= 0.0:
            continue
        number = max(1, round((along[-1] + off) / (on + off)))
        stretch = along[-1] / (number * on + (number - 1) * off)
        step, long = (on + off) * stretch, on * stretch
        start = np.arange(number) * step
        which = np.minimum((along / step).astype(np.int64), number - 1)
        inside = (along > which * step) & (along < which * step + long)
        place = np.concatenate([start, start + long, along[inside]])
        dash = np.concatenate([np.arange(number), np.arange(number), which[inside]])
        order = np.lexsort((place, dash))
        x, y = (np.interp(place[order], along, xy[:, axis]) for axis in (0, 1))
        corners.append(np.column_stack([x, y, dash[order] + count]))
        owners.append(np.full(number, at))
        count += number
    if not corners:
        return np.empty(0, object), np.empty(0, np.int64)
    every = np.concatenate(corners)
    cut = shapely.linestrings(every[:, :2], indices=every[:, 2].astype(np.int64))
    return np.asarray(cut, object), np.concatenate(owners)


def dashed(lines: Lines, on: float, off: float) -> Lines:
    """Return each line with all its dashes as one; see `dashes`."""
    cut, line = dashes(lines, on, off)
    found = np.full(len(lines), shapely.MultiLineString(), object)
    if len(cut):
        which, group = np.unique(line, return_inverse=True)
        found[which] = shapely.multilinestrings(cut, indices=group)
    return found


def thinned(lines: Lines, apart: float) -> Lines:
    """Return lines that keep so many metres from each other: of tracks side by side the longest stays.

    What leaves a line that stays is drawn from where it left it.
    """
    lines = merged(lines)
    lines = lines[np.argsort(-shapely.length(lines), kind="stable")]
    near, others = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=apart)
    before = others < near
    near, others = near[before], others[before]
    start = np.searchsorted(near, np.arange(len(lines) + 1))
    taken: list[shapely.Geometry | None] = []
    kept = []
    for at, line in enumerate(lines):
        around = [taken[other] for other in others[start[at] : start[at + 1]].tolist()]
        beside = shapely.union_all([one for one in around if one is not None])
        left = shapely.get_parts(line.difference(beside))
        pieces = left[shapely.length(left) > 2 * apart] if around else left
        # Flat ends: what goes on where a line ends is not beside it.
        wide = shapely.buffer(pieces, apart, cap_style="flat", quad_segs=2)
        taken.append(shapely.union_all(wide) if len(pieces) else None)
        kept += [_longer(line, piece, REACH * apart) if around else piece for piece in pieces]
    return np.array(kept, object)


def _longer(line: shapely.LineString, piece: shapely.LineString, metres: float) -> shapely.Geometry:
    """Return a piece of a line with so much more of the line at both ends, no farther than it goes."""
    ends = [line.project(shapely.Point(piece.coords[at])) for at in (0, -1)]
    low, high = max(min(ends) - metres, 0.0), min(max(ends) + metres, line.length)
    along = shapely.line_locate_point(line, shapely.points(line.coords))
    inner = shapely.get_coordinates(line)[(along > low) & (along < high)]
    first, last = (line.interpolate(each).coords[0] for each in (low, high))
    return shapely.LineString([first, *inner.tolist(), last])
