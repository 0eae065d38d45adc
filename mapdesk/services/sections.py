"""Lines of sight and sections: what stands along a line, by name."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.picking import PrismPicker
from mapdesk.analysis.sight import (
    GRAZE,
    Crossing,
    crossings,
    footprints_crossed,
    ground_crossed,
    heights_at,
    over_ground,
)
from mapdesk.analysis.standing import founded
from mapdesk.analysis.terrain import Terrain
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.errors import InputError
from mapdesk.model.selection import Ref
from mapdesk.services import scenery
from mapdesk.services.terrain import terrain_of
from mapdesk.store import places
from mapdesk.store.database import Store

Floats = NDArray[np.float64]

EYE = 1.6
"""Metres from the feet to the eyes of someone standing."""
SAMPLES = 400
"""Places along a section where the ground is looked up."""


@dataclass(frozen=True)
class Obstacles:
    """What can stand in the way: buildings by name, and hills or the terrain that has them.

    Parameters
    ----------
    buildings, hills : PrismPicker
        Heights are counted from `datum`; where there is a terrain, buildings stand on it, and hills drawn
        on flat ground are none.
    ids, names : ndarray, shape (n,)
        Of the buildings.
    terrain : Terrain or None
        The ground; flat at 0 without.
    """

    buildings: PrismPicker
    hills: PrismPicker
    ids: NDArray[np.object_]
    names: NDArray[np.object_]
    terrain: Terrain | None = None

    @property
    def datum(self) -> float:
        """Metres above sea level that heights are counted from; 0 where that is not known."""
        return self.terrain.datum if self.terrain is not None else 0.0

    def ground(self, xy: Floats) -> Floats:
        """Return the height (n,) of the ground at places (n, 2), metres."""
        return heights_at(self.hills, xy, self._bare(xy))

    def highest(self, xy: Floats) -> Floats:
        """Return the height (n,) of the roof or the ground at places (n, 2), metres."""
        return heights_at(self.buildings, xy, self.ground(xy))

    def _bare(self, xy: Floats) -> Floats | None:
        return None if self.terrain is None else self.terrain.at(xy)

    def title(self, index: int) -> str:
        """Return the name of a building, else its id."""
        return str(self.names[index] or self.ids[index])


@dataclass(frozen=True)
class Sight:
    """Whether one point is seen from another.

    Parameters
    ----------
    points : ndarray, shape (2, 3)
        Eye and target, metres.
    seen : float
        How far along (0 to 1) the first thing stands in the way; 1 where nothing does.
    by : Ref or None
        The building that blocks; None where nothing does, or a hill.
    title : str
        Its name, "hill" for a hill, empty where nothing blocks.
    above : float
        Metres the eye would have to be higher to look over all that blocks; 0 where nothing does, inf
        where no height helps, for the target itself stands below a roof.
    """

    points: Floats
    seen: float
    by: Ref | None
    title: str
    above: float

    @property
    def is_free(self) -> bool:
        """Whether the target is seen."""
        return self.seen >= 1.0

    @property
    def metres(self) -> float:
        """Metres in a straight line."""
        return float(np.linalg.norm(self.points[1] - self.points[0]))


@dataclass(frozen=True)
class Stretch:
    """A building along a section.

    Parameters
    ----------
    start, end : float
        Metres from the beginning.
    base, top : float
        Metres above sea level, or above the flat ground where there is no terrain.
    """

    ref: Ref
    title: str
    start: float
    end: float
    base: float
    top: float


@dataclass(frozen=True)
class Section:
    """The ground and the buildings along a line.

    Parameters
    ----------
    line : ndarray, shape (n, 2)
        Its corners, metres.
    along, ground : ndarray, shape (m,)
        Metres from the beginning, and the ground's height there: above sea level, or 0 where there is
        no terrain.
    buildings : tuple of Stretch
        From the beginning on.
    datum : float or None
        Metres above sea level that the map's heights are counted from; None where there is no terrain.
    """

    line: Floats
    along: Floats
    ground: Floats
    buildings: tuple[Stretch, ...]
    datum: float | None = None

    @property
    def length(self) -> float:
        """Metres."""
        return float(self.along[-1])

    def place(self, along: float) -> tuple[float, float]:
        """Return the place (m) that many metres from the beginning."""
        steps = np.hypot(*np.diff(self.line, axis=0).T)
        reach = np.concatenate([[0.0], np.cumsum(steps)])
        return (
            float(np.interp(along, reach, self.line[:, 0])),
            float(np.interp(along, reach, self.line[:, 1])),
        )

    def height(self, along: float) -> float:
        """Return the height (m) of what is highest there: the ground or a roof."""
        roofs = [one.top for one in self.buildings if one.start <= along <= one.end]
        return max([float(np.interp(along, self.along, self.ground)), *roofs])


def obstacles_of(store: Store) -> Obstacles:
    """Read what can stand in the way; it takes as long as reading all buildings."""
    columns = ["name", "address", "height", "floors", "base"]
    features = places.features(store, "building", columns, placed=True)
    base, top = scenery.roofs(features)
    names = np.where(
        features.columns["name"].astype(bool), features.columns["name"], features.columns["address"]
    )
    flat = PrismPicker.of(features.placed, base, top)
    return stood(flat, features.ids, names, hills_of(store), terrain_of(store))


def stood(
    flat: PrismPicker,
    ids: NDArray[np.object_],
    names: NDArray[np.object_],
    hills: PrismPicker,
    terrain: Terrain | None,
) -> Obstacles:
    """Return obstacles of buildings (`flat`) whose heights are counted from the ground they stand on."""
    if terrain is None:
        return Obstacles(flat, hills, ids, names)
    stand = founded(terrain, flat.polygons, flat.top)
    base, top = stand.raised(flat.base), flat.top + stand.ground
    buildings = PrismPicker(flat.polygons, base, top, flat.tree)
    return Obstacles(buildings, _no_hills(), ids, names, terrain)


def _no_hills() -> PrismPicker:
    nothing = np.empty(0)
    return PrismPicker.of(np.empty(0, object), nothing, nothing)


def hills_of(store: Store) -> PrismPicker:
    """Read the areas of land use that have a height."""
    features = places.features(store, "land_use", ["height"], placed=True)
    heights = np.nan_to_num(np.asarray(features.columns["height"], float))
    raised = heights > 0
    return PrismPicker.of(features.placed[raised], np.zeros(int(raised.sum())), heights[raised])


def sight(
    obstacles: Obstacles, begin: Floats, end: Floats, eye: float = EYE, target: float = EYE
) -> Sight:
    """Say whether a target is seen from an eye, and what stands in the way.

    Parameters
    ----------
    begin, end : ndarray, shape (3,)
        Where the eye and the target stand: metres and the height of ground or roof, from the datum.
    eye, target : float
        Metres above that.

    Raises
    ------
    InputError
        Both are one point.
    """
    points = np.array([begin, end], float)
    points[:, 2] += (eye, target)
    if np.linalg.norm(points[1] - points[0]) < 0.1:
        raise InputError("A line of sight needs two different points.")
    walls = crossings(obstacles.buildings, points[0], points[1])
    slopes = (
        crossings(obstacles.hills, points[0], points[1])
        if obstacles.terrain is None
        else ground_crossed(obstacles.terrain, points[0], points[1])
    )
    if not walls and not slopes:
        return Sight(points, 1.0, None, "", 0.0)
    above = max(_higher(prisms, points) for prisms in (obstacles.buildings, obstacles.hills))
    if obstacles.terrain is not None:
        above = max(above, _over_the_ground(obstacles.terrain, points))
    if slopes and (not walls or slopes[0].start < walls[0].start):
        return Sight(points, slopes[0].start, None, "hill", above)
    first = walls[0]
    ref = Ref("building", str(obstacles.ids[first.index]))
    return Sight(points, first.start, ref, obstacles.title(first.index), above)


def _higher(prisms: PrismPicker, points: Floats) -> float:
    """Return how many metres higher the eye would see over all prisms on the way; inf for nowhere."""
    need = 0.0
    for one in footprints_crossed(prisms, points[0, :2], points[1, :2]):
        top = float(prisms.top[one.index])
        for part in (one.start, one.end):
            # The line from the raised eye to the same target passes here (1 - part) of that higher.
            short = top - (points[0, 2] + part * (points[1, 2] - points[0, 2]))
            if short > 0:
                need = max(need, short / (1.0 - part) if part < 1.0 - 1e-6 else np.inf)
    return need


def _over_the_ground(terrain: Terrain, points: Floats) -> float:
    """Return how many metres higher the eye would see over all ground on the way; inf for nowhere."""
    part, over = over_ground(terrain, points[0], points[1])
    below = over < -GRAZE
    left = np.maximum(1.0 - part[below], 1e-9)
    need = float((-over[below] / left).max(initial=0.0))
    return need if need < 1e6 else np.inf


def section(obstacles: Obstacles, line: Floats) -> Section:
    """Return what stands along a line.

    Parameters
    ----------
    line : ndarray, shape (n, 2)
        Corners, metres.

    Raises
    ------
    InputError
        The line has no length.
    """
    steps = np.hypot(*np.diff(line, axis=0).T) if len(line) > 1 else np.zeros(1)
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    if reach[-1] < 0.1:
        raise InputError("A section needs a line of two different points.")
    stretches = []
    for at, length in enumerate(steps.tolist()):
        crossed = footprints_crossed(obstacles.buildings, line[at], line[at + 1])
        stretches += [_stretch(obstacles, one, float(reach[at]), length) for one in crossed]
    along = np.unique(np.concatenate([np.linspace(0.0, reach[-1], SAMPLES), reach]))
    xy = np.column_stack([np.interp(along, reach, line[:, 0]), np.interp(along, reach, line[:, 1])])
    ground = obstacles.ground(xy) + obstacles.datum
    datum = None if obstacles.terrain is None else obstacles.datum
    return Section(line, along, ground, tuple(stretches), datum)


def _stretch(obstacles: Obstacles, one: Crossing, before: float, length: float) -> Stretch:
    return Stretch(
        Ref("building", str(obstacles.ids[one.index])),
        obstacles.title(one.index),
        before + one.start * length,
        before + one.end * length,
        float(obstacles.buildings.base[one.index]) + obstacles.datum,
        float(obstacles.buildings.top[one.index]) + obstacles.datum,
    )


def write_section(path: Path, found: Section, crs: str) -> None:
    """Write a section as CSV: a row a place, with what stands there.

    Raises
    ------
    WorldError
        It cannot be written.
    """
    edges = [edge for one in found.buildings for edge in (one.start, one.end)]
    along = np.unique(np.concatenate([found.along, edges])) if edges else found.along
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["along_m", f"x ({crs})", f"y ({crs})", "ground_m", "top_m", "building"])
        for metres in along.tolist():
            x, y = found.place(metres)
            here = [one for one in found.buildings if one.start <= metres <= one.end]
            writer.writerow(
                [
                    f"{metres:.2f}",
                    f"{x:.2f}",
                    f"{y:.2f}",
                    f"{np.interp(metres, found.along, found.ground):.2f}",
                    f"{found.height(metres):.2f}",
                    " / ".join(one.ref.id for one in here),
                ]
            )
