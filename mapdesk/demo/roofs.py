"""Roofs of the demo's buildings from above, and the shadows they throw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.demo.chance import stream
from mapdesk.demo.furniture import Quads, joined, quads
from mapdesk.demo.materials import CODES
from mapdesk.demo.textures import SHADOW, SUN

FloatArray = NDArray[np.float64]
FLAT = {
    "residential": ("roof grey", "roof warm", "roof light", "roof worn"),
    "commercial": ("roof light", "roof grey", "roof dark"),
    "office": ("roof grey", "roof glass", "roof dark"),
    "school": ("roof school", "roof light"),
    "hospital": ("roof white", "roof light"),
    "public": ("roof light", "roof warm"),
    "industrial": ("roof grey", "roof worn"),
    "other": ("roof grey", "roof light"),
}
"""Flat roofs of each use, the likeliest first."""
PITCHED = {
    "residential": ("tiles", "brown", "slate"),
    "industrial": ("blue", "metal", "rust", "blue"),
}
CONTAINERS = ("box orange", "blue lit", "rust lit", "box green", "metal lit", "rust dark")
TIER = 2.6
"""Metres of a container's height."""


@dataclass(frozen=True)
class Roofs:
    """What is painted of each building, in their order.

    Parameters
    ----------
    shadows : list of list of ndarray
        Rings (m, 2) in metres.
    outer, inner : ndarray of object, shape (n,)
        Footprints, and what lies within their parapets; None where there is none.
    outer_codes, inner_codes : ndarray of uint8, shape (n,)
    details : Quads
        Ridges, lift houses, skylights, containers.
    starts : ndarray of int, shape (n + 1,)
        Where each building's details begin.
    """

    shadows: list[list[FloatArray]]
    outer: NDArray[np.object_]
    inner: NDArray[np.object_]
    outer_codes: NDArray[np.uint8]
    inner_codes: NDArray[np.uint8]
    details: Quads
    starts: NDArray[np.intp]


@dataclass(frozen=True)
class Boxes:
    """The smallest rectangles around footprints: middles, unit vectors along and across, metres."""

    middle: FloatArray
    along: FloatArray
    across: FloatArray
    length: FloatArray
    depth: FloatArray
    filled: FloatArray


def boxes(shapes: NDArray[np.object_]) -> Boxes:
    """Return the rectangles around shapes, the longer side first."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    one, other = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    first, second = np.hypot(*one.T), np.hypot(*other.T)
    longer = (first >= second)[:, None]
    along, across = np.where(longer, one, other), np.where(longer, other, one)
    length, depth = np.maximum(first, second), np.minimum(first, second)
    filled = shapely.area(shapes) / np.maximum(length * depth, 1e-9)
    return Boxes(
        corners[:, :4].mean(axis=1),
        along / np.maximum(length, 1e-9)[:, None],
        across / np.maximum(depth, 1e-9)[:, None],
        length,
        depth,
        filled,
    )


def shadows(shapes: NDArray[np.object_], heights: FloatArray) -> list[list[FloatArray]]:
    """Return for each prism rings (m, 2) that cover the ground in its shadow, its own among them."""
    rings, owner = shapely.get_coordinates(shapes, return_index=True)
    away = rings - np.array(SUN) * (SHADOW * heights)[owner][:, None]
    both = np.stack([rings, away], axis=1).reshape(-1, 2)
    hulls = shapely.convex_hull(
        shapely.multipoints(np.asarray(shapely.points(both)), indices=np.repeat(owner, 2))
    )
    outlines = shapely.get_coordinates(hulls, return_index=True)
    found = [[part] for part in np.split(outlines[0], _starts(outlines[1], len(shapes)))]
    hollow = shapely.area(shapes) < 0.96 * shapely.area(shapely.convex_hull(shapes))
    starts = np.append(_starts(owner, len(shapes)), len(owner))
    starts = np.concatenate([[0], starts])
    for index in np.flatnonzero(hollow).tolist():
        near, far = (one[starts[index] : starts[index + 1]] for one in (rings, away))
        swept = np.stack([near[:-1], near[1:], far[1:], far[:-1]], axis=1)
        found[index] = [*swept, far]
    return found


def _starts(owner: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return where each but the first of `count` begins in rows that are sorted by their owner."""
    return np.searchsorted(owner, np.arange(1, count))


def roofs(
    shapes: NDArray[np.object_],
    uses: NDArray[np.object_],
    floors: FloatArray,
    heights: FloatArray,
    years: FloatArray,
) -> Roofs:
    """Return what is painted of buildings."""
    rng = stream(11, "roofs")
    box = boxes(shapes)
    lot = rng.random(len(shapes))
    round_ones = (shapely.get_num_coordinates(shapes) >= 24) & (box.length < 1.1 * box.depth)
    stacked = (uses == "other") & (np.abs(heights - TIER * floors) < 0.01)
    low = (uses == "residential") & ((floors <= 3) | ((floors <= 6) & (years < 1993)))
    halls = (uses == "industrial") & (floors <= 3) & (box.depth > 9.0)
    pitched = (low | halls) & ~round_ones
    outer = np.empty(len(shapes), np.uint8)
    inner = np.empty(len(shapes), np.uint8)
    dark = np.zeros(len(shapes), np.uint8)
    for index, use in enumerate(uses.tolist()):
        if pitched[index]:
            names = PITCHED[use]
            # The old harbour town is of grey tiles, the brick blocks of red ones.
            name = (
                "slate"
                if use == "residential" and years[index] < 1976
                else names[int(lot[index] * len(names))]
            )
            outer[index] = inner[index] = CODES[f"{name} lit"]
            dark[index] = CODES[f"{name} dark"]
            continue
        names = FLAT.get(use, FLAT["other"])
        outer[index] = CODES["edge"]
        inner[index] = CODES[names[int(lot[index] ** 1.6 * len(names))]]
        if round_ones[index]:
            inner[index] = CODES["roof white" if use == "industrial" else "roof light"]
    parts: list[tuple[NDArray[np.intp], Quads]] = [
        _ridges(box, pitched & (box.filled > 0.9), dark),
        _skylights(box, halls & (box.filled > 0.9)),
        *_lift_houses(box, ~pitched & ~round_ones & ~stacked & (floors >= 3), floors),
        _heaters(
            box,
            ~pitched
            & (uses == "residential")
            & (floors >= 4)
            & (floors <= 8)
            & (box.filled > 0.75),
        ),
        _containers(box, stacked, rng),
    ]
    owners = np.concatenate([which for which, _made in parts])
    order = np.argsort(owners, kind="stable")
    inside = np.asarray(shapely.buffer(shapes, -0.55, join_style="mitre"), object)
    kept = ~pitched & ~stacked & (shapely.get_type_id(inside) == 3) & ~shapely.is_empty(inside)
    inside[~kept] = None
    return Roofs(
        shadows(shapes, heights),
        shapes,
        inside,
        outer,
        inner,
        joined([made for _which, made in parts]).taken(order),
        np.searchsorted(owners[order], np.arange(len(shapes) + 1)),
    )


def _ridges(
    box: Boxes, chosen: NDArray[np.bool_], dark: NDArray[np.uint8]
) -> tuple[NDArray[np.intp], Quads]:
    """Darken the half of each pitched roof that lies away from the sun."""
    which = np.flatnonzero(chosen)
    across = box.across[which]
    away = np.where((across @ np.array(SUN) > 0)[:, None], -across, across)
    at = box.middle[which] + away * (box.depth[which] / 4)[:, None]
    return which, quads(at, box.along[which], box.length[which], box.depth[which] / 2, dark[which])


def _repeated(
    length: FloatArray, every: float, inset: float
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return which rectangle, and metres from its middle, of places along each of them."""
    counts = np.maximum(np.floor((length - 2 * inset) / every).astype(int), 1)
    which = np.repeat(np.arange(len(length)), counts)
    number = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    return which, (number - (counts[which] - 1) / 2.0) * every


def _skylights(box: Boxes, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.intp], Quads]:
    whole = np.flatnonzero(chosen & (box.length > 30.0))
    which, offset = _repeated(box.length[whole], 12.0, 6.0)
    owner = whole[which]
    at = box.middle[owner] + box.along[owner] * offset[:, None]
    return owner, quads(at, box.across[owner], box.depth[owner] * 0.8, 1.1, CODES["roof white"])


def _lift_houses(
    box: Boxes, chosen: NDArray[np.bool_], floors: FloatArray
) -> list[tuple[NDArray[np.intp], Quads]]:
    """Put stair heads and lift houses on flat roofs, each with its shadow."""
    whole = np.flatnonzero(chosen & (box.filled > 0.6))
    tall = floors[whole] > 9
    which, offset = _repeated(np.where(tall, 1.0, box.length[whole]), 15.0, 2.0)
    owner = whole[which]
    size = np.where(tall[which], np.minimum(box.depth[owner] * 0.45, 8.0), 3.4)
    at = box.middle[owner] + box.along[owner] * offset[:, None]
    shade = at - np.array(SUN) * (size * 0.3)[:, None]
    along = box.along[owner]
    made = (
        quads(shade, along, size * 1.2, size, CODES["box"]),
        quads(at, along, size * 1.2, size, CODES["edge"]),
    )
    return [(owner, made[0]), (owner, made[1])]


def _heaters(box: Boxes, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.intp], Quads]:
    """Stand rows of solar water heaters along the sunny edge of roofs."""
    whole = np.flatnonzero(chosen)
    which, offset = _repeated(box.length[whole], 4.2, 3.0)
    owner = whole[which]
    across = box.across[owner]
    sunny = np.where((across @ np.array(SUN) > 0)[:, None], across, -across)
    at = box.middle[owner] + box.along[owner] * offset[:, None]
    at = at + sunny * (box.depth[owner] * 0.22)[:, None]
    return owner, quads(at, box.along[owner], 2.2, 1.5, CODES["heaters"])


def _containers(
    box: Boxes, chosen: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[NDArray[np.intp], Quads]:
    """Lay containers of all colours side by side."""
    owners, parts = [], []
    codes = np.array([CODES[name] for name in CONTAINERS], np.uint8)
    for index in np.flatnonzero(chosen).tolist():
        columns = np.arange(6.2, box.length[index] - 5.0, 12.4) - box.length[index] / 2
        rows = np.arange(1.3, box.depth[index] - 1.0, 2.6) - box.depth[index] / 2
        grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        at = box.middle[index] + grid @ np.stack([box.along[index], box.across[index]])
        along = np.broadcast_to(box.along[index], at.shape)
        parts.append(quads(at, along, 12.0, 2.2, codes[rng.integers(0, len(codes), len(at))]))
        owners.append(np.full(len(at), index))
    return np.concatenate([np.empty(0, np.intp), *owners]).astype(np.intp), joined(parts)
