"""The demo's streets from inside: what a camera on a car's roof would see, cast from the plan itself.

Ground is looked up in the painted ground, walls are drawn one by one against a depth for each pixel, trees
stand along the kerb. Nobody is on these pictures, and nobody was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mapdesk.analysis.equirect import directions
from mapdesk.demo import aerial
from mapdesk.demo.chance import stream
from mapdesk.demo.facades import Look, looks, painted
from mapdesk.demo.textures import SUN

FloatArray = NDArray[np.float64]
Floats = NDArray[np.float32]
Looked = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Pixels of a panorama, and those of a picture of the ground that they look at."""
EYE = 2.5
"""Metres of the eye above the ground, as on the roof of a car."""
REACH, LOW = 260.0, 0.045
"""Metres to which every building is drawn; height by distance from which one is drawn farther off too."""
TREES = 170.0
"""Metres to the farthest tree."""
HORIZON, ZENITH = np.array([222.0, 229.0, 233.0]), np.array([112.0, 158.0, 208.0])
HAZE = 2600.0
"""Metres in which the air hides two thirds."""
GROUNDS = ((0.1, 800, 38.0), (0.5, 512, 122.0), (2.0, 512, 500.0))
"""Metres a pixel, pixels a side and reach in metres of the ground that is looked up, the finest first."""
STAMP, STAMP_REACH = 128, 0.9
"""Half a side of the stamp on the ground in pixels, and its radius in metres."""
CROWN, TRUNK = (
    np.array([[52, 70, 42], [104, 130, 72]], np.float32),
    np.array([92, 78, 64], np.float32),
)


@dataclass(frozen=True)
class Walls:
    """Walls of all buildings.

    Parameters
    ----------
    start, end : ndarray, shape (n, 2)
        Metres, the building to the left of the way.
    owner : ndarray of int, shape (n,)
        Building of each.
    heights : ndarray, shape (m,)
        Metres of each building.
    looks : list of Look
        Of each building.
    """

    start: FloatArray
    end: FloatArray
    owner: NDArray[np.intp]
    heights: FloatArray
    looks: list[Look]


def walls_of(frames: Mapping[str, Any]) -> Walls:
    """Return the walls of every building."""
    houses = frames["building"]
    shapes = shapely.orient_polygons(np.asarray(houses.geometry.array))
    points, owner = shapely.get_coordinates(shapely.get_exterior_ring(shapes), return_index=True)
    same = owner[:-1] == owner[1:]
    return Walls(
        points[:-1][same],
        points[1:][same],
        owner[:-1][same],
        houses["height"].to_numpy(float),
        looks(
            houses["use"].to_numpy(object),
            houses["floors"].to_numpy(float),
            houses["height"].to_numpy(float),
            houses["year_built"].to_numpy(float),
        ),
    )


def render(view: aerial.View, walls: Walls, at: FloatArray, width: int = 2048) -> NDArray[np.uint8]:
    """Return a panorama (width / 2, width, 3) from a place in metres, grid north in its middle."""
    picture = _sky(width)
    _ground(picture, view, at)
    depth = np.full(picture.shape[:2], np.inf, np.float32)
    for index in _near(walls, at).tolist():
        _wall(picture, depth, walls, index, at)
    trees = view.trees[np.hypot(*(view.trees[:, :2] - at).T) < TREES]
    noise = stream(9, "leaves").uniform(-1.0, 1.0, (64, 64)).astype(np.float32)
    for x, y, radius in trees.tolist():
        _tree(picture, depth, (x - float(at[0]), y - float(at[1])), radius, noise)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _sky(width: int) -> Floats:
    rows = width // 2
    pitch = (0.5 - (np.arange(rows) + 0.5) / rows) * np.pi
    part = np.clip(np.sin(np.maximum(pitch, 0.0)), 0.0, 1.0)[:, None] ** 0.55
    colours = HORIZON + (ZENITH - HORIZON) * part
    return np.repeat(colours[:, None].astype(np.float32), width, axis=1)


@dataclass(frozen=True)
class _Below:
    """Where pixels below the horizon look at the ground, the same from every place.

    Parameters
    ----------
    levels : tuple
        For each of `GROUNDS` the pixels that look it up, and where in it.
    stamped : tuple
        The same of the stamp.
    seen : ndarray
        What haze leaves of a colour.
    """

    levels: tuple[Looked, ...]
    stamped: Looked
    seen: Floats


@lru_cache(maxsize=1)
def _below(width: int) -> _Below:
    ray = directions(width)[width // 4 + 1 :].reshape(-1, 3)
    metres = np.minimum(EYE / -ray[:, 2], 4000.0)
    east, north = ray[:, 0] * metres, ray[:, 1] * metres
    far = np.maximum(np.abs(east), np.abs(north))

    def looked_up(mine: NDArray[np.bool_], step: float, side: int) -> Looked:
        which = np.flatnonzero(mine)
        columns = (east[which] / step + side / 2).astype(np.intp)
        rows = (side / 2 - north[which] / step).astype(np.intp)
        return which, rows * side + columns

    levels, nearer = [], STAMP_REACH
    round_stamp = np.hypot(east, north) < STAMP_REACH
    for step, side, reach in GROUNDS:
        levels.append(
            looked_up((far < reach) & ~round_stamp & (far >= nearer - STAMP_REACH), step, side)
        )
        nearer = reach + STAMP_REACH
    stamped = looked_up(round_stamp, STAMP_REACH / STAMP, 2 * STAMP)
    seen = np.exp(-metres / HAZE).astype(np.float32)[:, None]
    return _Below(tuple(levels), stamped, seen)


def _ground(picture: Floats, view: aerial.View, at: FloatArray) -> None:
    """Paint what lies below the horizon."""
    width = picture.shape[1]
    below = _below(width)
    found = np.full((len(below.seen), 3), (150.0, 152.0, 142.0), np.float32)
    for (step, side, _reach), (which, where) in zip(GROUNDS, below.levels, strict=True):
        west, top = float(at[0]) - step * side / 2, float(at[1]) + step * side / 2
        pixels = aerial.paint(view, west, top, side, step, above=False)
        found[which] = pixels.reshape(-1, 3)[where]
    which, where = below.stamped
    found[which] = _stamp().reshape(-1, 3)[where]
    haze = HORIZON.astype(np.float32)
    picture[width // 4 + 1 :] = (haze + (found - haze) * below.seen).reshape(-1, width, 3)


@lru_cache(maxsize=1)
def _stamp() -> NDArray[np.uint8]:
    """Return what stands on the ground below the eye: that nobody took this picture."""
    side = 2 * STAMP
    image = Image.new("RGB", (side, side), (38, 44, 50))
    draw = ImageDraw.Draw(image)
    for text, size, at in (("DEMO", 64, 0.46), ("generated", 34, 0.62)):
        draw.text((side / 2, side * at), text, "white", ImageFont.load_default(size), anchor="mm")
    return np.asarray(image)


def _hazed(colours: Floats, metres: Floats | np.float32) -> Floats:
    seen = np.exp(-metres / np.float32(HAZE))
    return np.asarray(colours * seen + HORIZON.astype(np.float32) * (1 - seen))


def _near(walls: Walls, at: FloatArray) -> NDArray[np.intp]:
    """Return the walls that may be seen: those that face the eye, and are near or high enough."""
    start, way = walls.start - at, walls.end - walls.start
    metres = np.hypot(*(start + way / 2).T)
    facing = way[:, 0] * start[:, 1] > way[:, 1] * start[:, 0]
    height = walls.heights[walls.owner]
    seen = facing & ((metres < REACH) | (height > LOW * metres)) & (metres < 3500.0)
    chosen = np.flatnonzero(seen)
    # From near to far, so that most of what is hidden is never painted.
    return chosen[np.argsort(metres[chosen], kind="stable")]


def _wall(picture: Floats, depth: Floats, walls: Walls, index: int, at: FloatArray) -> None:
    width = picture.shape[1]
    turn = width / (2 * np.pi)
    start, end = walls.start[index] - at, walls.end[index] - at
    first = (np.arctan2(start[0], start[1]) + np.pi) * turn
    last = (np.arctan2(end[0], end[1]) + np.pi) * turn
    # Seen from outside, the wall runs clockwise from its end to its start.
    low, high = (last, first) if (first - last) % width < width / 2 else (first, last)
    if high < low:
        high += width
    columns = np.arange(int(np.ceil(low - 0.5)), int(np.ceil(high - 0.5)))
    if not len(columns):
        return
    bearing = (columns + 0.5) / turn - np.pi
    ray = np.stack([np.sin(bearing), np.cos(bearing)], axis=1)
    way = end - start
    across = ray[:, 0] * way[1] - ray[:, 1] * way[0]
    metres = (start[0] * way[1] - start[1] * way[0]) / np.where(np.abs(across) < 1e-9, 1e-9, across)
    metres = np.maximum(metres, 0.3)
    along = np.clip(((ray * metres[:, None] - start) @ way) / (way @ way), 0.0, 1.0)
    owner = int(walls.owner[index])
    height, rows = walls.heights[owner], picture.shape[0]
    row_step = rows / np.pi
    top = rows / 2 - np.arctan2(height - EYE, metres) * row_step
    foot = rows / 2 + np.arctan2(EYE, metres) * row_step
    span = np.arange(max(int(top.min()) - 1, 0), min(int(foot.max()) + 2, rows))
    # How much of each pixel lies on the wall, at its upper edge and its foot.
    cover = np.clip(span[:, None] + 1.0 - top, 0.0, 1.0) * np.clip(foot - span[:, None], 0.0, 1.0)
    where = np.ix_(span, columns % width)
    behind = depth[where]
    cover *= metres < behind
    if not cover.any():
        return
    pitch = (0.5 - (span + 0.5) / rows) * np.pi
    up = EYE + metres * np.tan(pitch)[:, None]
    length = float(np.hypot(*way))
    towards = (way[1] * SUN[0] - way[0] * SUN[1]) / max(length, 1e-9)
    light = 0.66 + 0.36 * max(towards, 0.0)
    fine = metres / row_step
    colours = painted(walls.looks[owner], along * length, up, length, fine) * np.float32(light)
    colours = _hazed(colours, metres[None, :, None].astype(np.float32))
    cover = cover[..., None].astype(np.float32)
    old = picture[where]
    picture[where] = old + (colours - old) * cover
    depth[where] = np.where(cover[..., 0] > 0.5, metres, behind)


def _tree(
    picture: Floats, depth: Floats, at: tuple[float, float], radius: float, noise: Floats
) -> None:
    rows, width = picture.shape[:2]
    metres = float(np.hypot(*at))
    if metres < 2.0:
        return
    step = rows / np.pi
    middle = (np.arctan2(at[0], at[1]) + np.pi) * step
    tall = 2.4 + 1.5 * radius
    broad = np.arctan2(radius * 1.15, metres) * step
    columns = np.arange(int(middle - broad), int(middle + broad) + 1)
    top = rows / 2 - np.arctan2(tall + radius * 1.25 - EYE, metres) * step
    foot = rows / 2 + np.arctan2(EYE, metres) * step
    span = np.arange(max(int(top), 0), min(int(foot) + 1, rows))
    where = np.ix_(span, columns % width)
    free = depth[where] > metres
    if not free.any():
        return
    up = EYE + metres * np.tan((0.5 - (span + 0.5) / rows) * np.pi)[:, None]
    side = np.broadcast_to(((columns + 0.5 - middle) / max(broad, 1e-6)), (len(span), len(columns)))
    height = (up - tall) / (radius * 1.25)
    leaf = noise[
        np.mod((up * 9.0).astype(int), 64),
        np.mod((side * radius * 9.0).astype(int) + int(middle), 64),
    ]
    crown = free & (side**2 + height**2 + 0.28 * leaf < 0.9)
    lit = np.clip(0.5 + 0.38 * height + 0.25 * leaf + 0.16 * side, 0.0, 1.0)[..., None]
    trunk = free & (np.abs(side) * radius < 0.16) & (up < tall)
    found = picture[where]
    found[trunk] = TRUNK
    green = CROWN[0] + (CROWN[1] - CROWN[0]) * lit.astype(np.float32)
    found[crown] = _hazed(green, np.float32(metres))[crown]
    picture[where] = found
    depth[where] = np.where(crown | trunk, np.float32(metres), depth[where])
