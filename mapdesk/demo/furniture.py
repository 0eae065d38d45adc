"""What stands and lies about on the painted ground: lane marks, street trees, parked and moving cars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.demo.materials import CODES

FloatArray = NDArray[np.float64]
CARS = (
    "car white",
    "car white",
    "car silver",
    "car silver",
    "car black",
    "car black",
    "car red",
    "car blue",
)


@dataclass(frozen=True)
class Quads:
    """Four-cornered pieces of one material each.

    Parameters
    ----------
    corners : ndarray, shape (n, 4, 2)
        Metres.
    codes : ndarray of uint8, shape (n,)
        Materials.
    """

    corners: FloatArray
    codes: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.codes)

    def taken(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Quads:
        """Return some of them."""
        return Quads(self.corners[chosen], self.codes[chosen])


def joined(parts: list[Quads]) -> Quads:
    """Return all in one, in order."""
    return Quads(
        np.concatenate([np.empty((0, 4, 2)), *(one.corners for one in parts)]),
        np.concatenate([np.empty(0, np.uint8), *(one.codes for one in parts)]),
    )


def quads(at: FloatArray, along: FloatArray, length: object, width: object, codes: object) -> Quads:
    """Return rectangles around places (n, 2), their length in the direction of unit vectors (n, 2)."""
    half = along * (np.broadcast_to(np.asarray(length, float), len(at)) / 2)[:, None]
    side = np.column_stack([-along[:, 1], along[:, 0]])
    side = side * (np.broadcast_to(np.asarray(width, float), len(at)) / 2)[:, None]
    corners = np.stack(
        [at - half - side, at + half - side, at + half + side, at - half + side], axis=1
    )
    return Quads(corners, np.broadcast_to(np.asarray(codes, np.uint8), len(at)).copy())


def steps(
    lines: NDArray[np.object_], every: float, inset: float
) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
    """Return places along lines, `every` so many metres and as far as `inset` from their ends.

    Returns
    -------
    which : ndarray of int, shape (n,)
        The line of each.
    at, along : ndarray, shape (n, 2)
        Places, and the line's direction there.
    """
    counts = np.maximum(np.floor((shapely.length(lines) - 2 * inset) / every).astype(int), 0)
    which = np.repeat(np.arange(len(lines)), counts)
    number = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    metres = inset + (number + 0.5) * every
    chosen = lines[which]
    at = shapely.get_coordinates(shapely.line_interpolate_point(chosen, metres))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(chosen, metres + 0.5))
    along = ahead - at
    length = np.hypot(along[:, 0], along[:, 1])
    kept = length > 1e-6
    return which[kept], at[kept], along[kept] / length[kept, None]


def beside(at: FloatArray, along: FloatArray, metres: object) -> FloatArray:
    """Return places so many metres to the left of the way."""
    left = np.column_stack([-along[:, 1], along[:, 0]])
    return np.asarray(at + left * np.broadcast_to(np.asarray(metres, float), len(at))[:, None])


def lane_marks(lines: NDArray[np.object_], widths: FloatArray) -> Quads:
    """Return the marks of streets: yellow in the middle, dashes between lanes, edges, stop lines."""
    parts: list[Quads] = []
    inset = 16.0
    wide = widths >= 15.0
    which, at, along = steps(lines[wide], 12.0, inset)
    width = widths[wide][which]
    parts.append(quads(at, along, 12.4, 0.5, CODES["yellow"]))
    for offset in (3.6, 7.2, 10.8):
        roomy = width / 2 > offset + 2.5
        for side in (-offset, offset):
            there = beside(at[roomy], along[roomy], side)
            parts.append(quads(there, along[roomy], 5.0, 0.3, CODES["white"]))
    edge = width > 20.0
    for sign in (-1, 1):
        there = beside(at[edge], along[edge], sign * (width[edge] / 2 - 0.9))
        parts.append(quads(there, along[edge], 12.4, 0.2, CODES["white"]))
    parts.append(_crossings(lines[wide], widths[wide], inset))
    narrow = ~wide & (widths >= 9.0)
    which, at, along = steps(lines[narrow], 10.0, inset)
    parts.append(quads(at, along, 4.0, 0.25, CODES["white"]))
    return joined(parts)


def _crossings(lines: NDArray[np.object_], widths: FloatArray, inset: float) -> Quads:
    """Return the white bars for those who cross on foot, at both ends of each street."""
    parts = []
    long = shapely.length(lines) > 3 * inset
    for end in (inset - 2.5, -(inset - 2.5)):
        at = shapely.get_coordinates(shapely.line_interpolate_point(lines[long], end))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[long], end + 0.5))
        along = (ahead - at) / 0.5
        width = widths[long]
        for bar in np.arange(-17.1, 17.2, 1.8):
            fits = np.abs(bar) < width / 2 - 0.8
            parts.append(
                quads(beside(at[fits], along[fits], bar), along[fits], 3.6, 0.8, CODES["white"])
            )
    return joined(parts)


def street_trees(
    lines: NDArray[np.object_], widths: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return trees along streets: x, y and radius in metres (n, 3)."""
    which, at, along = steps(lines, 10.0, 14.0)
    found = []
    for sign in (-1, 1):
        kept = rng.random(len(at)) < 0.78
        there = beside(at[kept], along[kept], sign * (widths[which][kept] / 2 + 1.9))
        there = there + rng.uniform(-1.2, 1.2, there.shape)
        found.append(np.column_stack([there, rng.uniform(1.9, 3.6, len(there))]))
    return np.concatenate(found)


def moving_cars(lines: NDArray[np.object_], widths: FloatArray, rng: np.random.Generator) -> Quads:
    """Return cars on the streets' lanes, on the right of them."""
    which, at, along = steps(lines, 7.0, 14.0)
    lanes = np.maximum((widths[which] / 2 - 1.5) // 3.6, 1).astype(int)
    kept = rng.random(len(at)) < 0.045 * lanes
    at, along, lanes = at[kept], along[kept], lanes[kept]
    lane = rng.integers(0, lanes)
    side = np.where(rng.random(len(at)) < 0.5, -1.0, 1.0)
    there = beside(at, along, side * (1.9 + 3.6 * lane))
    long = rng.random(len(at)) < 0.07
    codes = _colours(rng, len(at))
    return quads(there, along, np.where(long, 11.0, 4.6), np.where(long, 2.5, 1.9), codes)


def parked_cars(lots: NDArray[np.object_], rng: np.random.Generator) -> tuple[Quads, Quads]:
    """Return the white lines between places on parking lots, and the cars that stand there."""
    lines, cars = [], []
    for lot in lots:
        corners = shapely.get_coordinates(shapely.oriented_envelope(lot))[:4]
        sides = corners[1] - corners[0], corners[3] - corners[0]
        long, deep = sides if np.hypot(*sides[0]) >= np.hypot(*sides[1]) else sides[::-1]
        length, depth = float(np.hypot(*long)), float(np.hypot(*deep))
        u, v = long / max(length, 1e-9), deep / max(depth, 1e-9)
        rows = np.arange(3.2, depth - 2.6, 8.2)
        columns = np.arange(2.5, length - 2.0, 2.7)
        if not len(rows) or not len(columns):
            continue
        grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        places = corners[0] + grid[:, :1] * u + grid[:, 1:] * v
        inside = shapely.contains_xy(shapely.buffer(lot, -1.2), places)
        places = places[inside]
        across = np.broadcast_to(v, places.shape)
        lines.append(quads(places + u * 1.35, across, 5.0, 0.15, CODES["white"]))
        taken = places[rng.random(len(places)) < 0.62]
        cars.append(
            quads(taken, np.broadcast_to(v, taken.shape), 4.5, 1.85, _colours(rng, len(taken)))
        )
    return joined(lines), joined(cars)


def _colours(rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    codes = np.array([CODES[name] for name in CARS], np.uint8)
    return codes[rng.integers(0, len(codes), count)]
