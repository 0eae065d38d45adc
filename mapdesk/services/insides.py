"""What is inside a building: its floors, and its units as rooms laid out within the footprint.

No person is in it: who lives in a room is asked of `residents`, as from the unit matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from mapdesk.analysis import rooms as laying
from mapdesk.analysis.extrude import Mesh, flat, prisms
from mapdesk.analysis.walking import door_key
from mapdesk.model.errors import InputError
from mapdesk.model.features import Features
from mapdesk.services import scenery
from mapdesk.services.card_links import title_of
from mapdesk.store import places
from mapdesk.store.database import Store

MOST_FLOORS = 200
"""Floors of one building that are drawn: the tallest there are have 163."""
FARTHEST = 5.0
"""A room is drawn no larger or smaller than this times the mean of its floor: a slip of the pen in the
register would leave the others no room."""
SPREAD = (1.8, 3.2)
"""Heights of a floor, at least and at most, from floor to floor when pulled apart."""
GLIMPSE = 0.45
"""Part of a building's depth that one sees of every floor, where that is not too far apart."""
SIGHT = 0.8
"""Part of a building's depth that is left free over the floor looked at, so that all of it is seen."""

SLAB = 0.3
"""Metres a floor is thick."""
WALL = 0.15, 0.01
"""Metres, and part of the building's depth, by which rooms are drawn smaller on every side."""
UNDERSIDE = 0.55
"""Brightness of a floor seen from below."""


@dataclass(frozen=True)
class Room:
    """A unit as it is drawn.

    Parameters
    ----------
    unit : dict
        Its row.
    outline : shapely geometry
        Metres; within the footprint.
    """

    unit: dict[str, Any]
    outline: BaseGeometry

    @property
    def id(self) -> str:
        """The unit's id."""
        return str(self.unit["id"])


@dataclass(frozen=True)
class Inside:
    """A building opened.

    Parameters
    ----------
    id, title : str
    footprint : shapely geometry
        Metres.
    base, each : float
        Height of the lowest floor that stands on the ground, and of a floor, metres.
    floors : tuple of int
        Numbers, the lowest first; those below ground are negative.
    rooms : tuple of tuples of Room
        By floor, along the building.
    """

    id: str
    title: str
    footprint: BaseGeometry
    base: float
    each: float
    floors: tuple[int, ...]
    rooms: tuple[tuple[Room, ...], ...]

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Position of each unit: its floor's in `floors`, and its own in that floor."""
        return {
            room.id: (floor, at)
            for floor, rooms in enumerate(self.rooms)
            for at, room in enumerate(rooms)
        }

    @cached_property
    def stairs(self) -> frozenset[str]:
        """The stairs its units are said to be on."""
        return frozenset(_stair_of(room.unit) for rooms in self.rooms for room in rooms) - {""}

    def number_of(self, room: Room) -> str:
        """Return what is written on a room: its number, after its stair's where the building has several."""
        parts = (_stair_of(room.unit) if len(self.stairs) > 1 else "", room.unit["room"])
        return "-".join(str(part) for part in parts if part)

    @property
    def room_height(self) -> float:
        """Height of a room's walls above its floor, metres: low, so that one looks in."""
        return min(0.42 * self.each, 1.4)

    @property
    def gap(self) -> float:
        """Metres from floor to floor when pulled apart."""
        least, most = SPREAD
        _length, depth = self.size
        return min(max(GLIMPSE * depth, least * self.each), most * self.each)

    @property
    def sight(self) -> float:
        """Metres more above the floor looked at."""
        _length, depth = self.size
        return max(SIGHT * depth - self.gap + self.each / 2, 0.0)

    @property
    def top(self) -> float:
        """Height of the roof, metres."""
        return self.base + self.each * max(sum(number > 0 for number in self.floors), 1)

    @cached_property
    def size(self) -> tuple[float, float]:
        """Length and depth of the smallest box around the footprint, metres."""
        corners = shapely.get_coordinates(shapely.oriented_envelope(self.footprint))
        if len(corners) < 4:
            return 1.0, 1.0
        sides = np.hypot(*np.diff(corners[:3], axis=0).T)
        return float(sides.max()), float(sides.min())

    def closed(self) -> NDArray[np.float64]:
        """Return the height of each floor where it really is, metres."""
        number = np.array(self.floors, float)
        # There is no floor 0 between 1 and -1, but some registers count from it.
        above = number if 0 in self.floors else np.where(number > 0, number - 1, number)
        return self.base + above * self.each

    def opened(self, floor: int | None) -> NDArray[np.float64]:
        """Return the height of each floor pulled apart, with more room over the one looked at."""
        rank = np.arange(len(self.floors))
        heights = self.base + rank * self.gap
        lifted = 0.0 if floor is None else self.sight * (rank > floor)
        return np.asarray(heights + lifted, np.float64)

    def beside(self, floor: int, at: int, steps: int) -> int:
        """Return the position of the room so many steps along its floor, which ends where it ends."""
        return min(max(at + steps, 0), len(self.rooms[floor]) - 1)

    def above(self, floor: int, at: int, other: int) -> int | None:
        """Return the position of the room of another floor that lies nearest to one; None without any."""
        there = self.rooms[other]
        if not there:
            return None
        here = self.rooms[floor]
        place = here[at].outline if at < len(here) else self.footprint
        start = shapely.centroid(place)
        distances = [shapely.distance(start, shapely.centroid(room.outline)) for room in there]
        return int(np.argmin(distances))


def inside_of(store: Store, building_id: str) -> Inside:
    """Return a building's floors and rooms.

    Raises
    ------
    NotFoundError
        No such building.
    InputError
        It has no footprint.
    """
    row = places.row(store, "building", building_id)
    footprint = row["geometry"]
    if footprint is None or shapely.get_dimensions(footprint) != 2:
        raise InputError(
            f"{title_of(row)} has no footprint, so it cannot be opened; import it with one."
        )
    units = places.where(store, "unit", "building_id", [building_id])
    return made(building_id, title_of(row), footprint, row, units)


def made(
    key: str,
    title: str,
    footprint: BaseGeometry,
    row: dict[str, Any],
    units: list[dict[str, Any]],
) -> Inside:
    """Lay the floors and rooms of a building out; `row` has its height, floors and base."""
    numbers = ("height", "floors", "base")
    columns = {
        name: np.array([np.nan if row.get(name) is None else float(row[name])]) for name in numbers
    }
    base, top = (
        float(one[0]) for one in scenery.roofs(Features("building", np.array([key]), columns))
    )
    by_floor: dict[int, list[dict[str, Any]]] = {}
    for unit in sorted(units, key=_place):
        by_floor.setdefault(int(unit["floor"]), []).append(unit)
    known = columns["floors"][0]
    highest = int(known) if np.isfinite(known) and known >= 1 else round((top - base) / 3.0)
    lowest = min([0 if 0 in by_floor else 1, *by_floor])
    highest = max([1, highest, *by_floor])
    likely = range(max(lowest, -MOST_FLOORS), min(highest, MOST_FLOORS) + 1)
    floors = sorted(set(by_floor) | {number for number in likely if number or 0 in by_floor})
    over = max(len([number for number in floors if number > 0]), 1)
    laid: dict[tuple[tuple[float, ...], ...], list[list[BaseGeometry]]] = {}
    rooms = tuple(_floor(footprint, by_floor.get(number, []), laid) for number in floors)
    return Inside(key, title, footprint, base, (top - base) / over, tuple(floors), rooms)


def floor_meshes(inside: Inside, origin: tuple[float, float]) -> list[Mesh]:
    """Return a mesh for each floor, its foot at height 0: owner 0 is the floor, the rooms follow."""
    slab = np.array([inside.footprint], object)
    below = flat(slab, origin)
    underside = Mesh(
        below.points, below.triangles[:, ::-1], below.owner, np.full_like(below.shade, UNDERSIDE)
    )
    plate = Mesh.joined([prisms(slab, 0.0, SLAB, origin), underside])
    # Both are the floor: one owner.
    plate = Mesh(plate.points, plate.triangles, np.zeros_like(plate.owner), plate.shade)
    return [Mesh.joined([plate, _walls(inside, rooms, origin)]) for rooms in inside.rooms]


def _walls(inside: Inside, rooms: tuple[Room, ...], origin: tuple[float, float]) -> Mesh:
    wall = max(WALL[0], WALL[1] * inside.size[1])
    outlines = np.array([_drawn(room.outline, wall) for room in rooms], object)
    return prisms(outlines, SLAB, SLAB + inside.room_height, origin)


def _drawn(outline: BaseGeometry, wall: float) -> BaseGeometry:
    """Return a room a wall's thickness smaller, unless that leaves nothing of it."""
    smaller = shapely.buffer(outline, -wall, join_style="mitre")
    return outline if smaller.is_empty else smaller


def _floor(
    footprint: BaseGeometry,
    units: list[dict[str, Any]],
    laid: dict[tuple[tuple[float, ...], ...], list[list[BaseGeometry]]],
) -> tuple[Room, ...]:
    """Lay out one floor; floors whose rooms are alike are laid out once, in `laid`."""
    stairs = [list(group) for _stair, group in groupby(units, key=_stair_of)]
    weights = weigh([[unit["area"] for unit in stair] for stair in stairs])
    signature = tuple(tuple(round(one, 3) for one in stair) for stair in weights)
    if signature not in laid:
        laid[signature] = laying.lay_out(footprint, signature)
    return tuple(
        Room(unit, outline)
        for stair, outlines in zip(stairs, laid[signature], strict=True)
        for unit, outline in zip(stair, outlines, strict=True)
    )


def weigh(areas: list[list[float | None]]) -> list[list[float]]:
    """Return how much of its floor each room takes, by stair: its area where that is known and likely.

    1 is the usual room of the floor.
    """
    known = [area for stair in areas for area in stair if area is not None and 0 < area < np.inf]
    usual = float(np.median(known)) if known else 1.0
    return [
        [
            min(max(area / usual, 1 / FARTHEST), FARTHEST) if area is not None and area > 0 else 1.0
            for area in stair
        ]
        for stair in areas
    ]


def _stair_of(unit: dict[str, Any]) -> str:
    return str(unit["stair"] or "")


def _place(unit: dict[str, Any]) -> Any:
    return door_key(unit["stair"], unit["floor"], unit["room"]), str(unit["id"])
