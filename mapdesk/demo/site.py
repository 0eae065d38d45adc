"""A site: one block while it is built on, in its own frame with the street running east."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from mapdesk.demo.footprints import largest_polygon
from mapdesk.demo.network import FloatArray, Street, snap

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Draft:
    """A building as its site leaves it.

    Parameters
    ----------
    footprint : Polygon
        In the district's CRS, metres.
    form : str
        "slab", "tower", "tank" ...: decides units, residents and name.
    use : str
        One of ``BUILDING_USES``.
    floors : int
        Floors above ground, at least 1.
    height : float
        Metres.
    year : int
        Year built.

    """

    footprint: Polygon
    form: str
    use: str
    floors: int
    height: float
    year: int


@dataclass(frozen=True, slots=True)
class Cover:
    """A piece of ground: land-use kind, polygon in the district's CRS, height in metres, name."""

    kind: str
    polygon: Polygon
    height: float = 0.0
    name: str = ""


class Site:
    """One block being built on.

    Layouts work in the site's frame: metres, origin at the block's middle, x along the local
    east-west street. What they add is kept in the district's CRS.

    Parameters
    ----------
    face : Polygon
        The block up to the middle of its streets, district CRS.
    ground : Polygon
        The block without its streets, district CRS.
    angle : float
        Direction of the x axis, radians counter-clockwise from east.
    gates : ndarray (n, 2)
        Street vertices on the face's border where a lane may join, district CRS.
    setback : float
        Metres between street and the nearest building.
    rng : Generator
        The site's own random numbers.

    """

    def __init__(
        self,
        face: Polygon,
        ground: Polygon,
        angle: float,
        gates: FloatArray,
        setback: float,
        rng: np.random.Generator,
    ) -> None:
        self.rng = rng
        self._origin = np.array(ground.centroid.coords[0])
        self._turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        self.face = self.to_local(face)
        self.ground = self.to_local(ground)
        self.plot = largest_polygon(self.ground.buffer(-setback, join_style="mitre"))
        self.free: BaseGeometry = self.plot
        self.gates = self._points_to_local(gates)
        self.drafts: list[Draft] = []
        self.covers: list[Cover] = []
        self.lanes: list[Street] = []
        self.lane_space: list[Polygon] = []
        self.gate_points: list[FloatArray] = []
        self._built: list[Polygon] = []

    def _points_to_local(self, points: FloatArray) -> FloatArray:
        return np.asarray((points - self._origin) @ self._turn.T)

    def _points_to_district(self, points: FloatArray) -> FloatArray:
        return snap(points @ self._turn + self._origin)

    def to_local(self, geometry: Polygon) -> Polygon:
        """Bring a polygon of the district's CRS into the site's frame."""
        return shapely.transform(geometry, self._points_to_local)

    def to_district(self, geometry: Polygon) -> Polygon:
        """Bring a polygon of the site's frame into the district's CRS, in whole centimetres."""
        return shapely.transform(geometry, self._points_to_district)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the plot: the ground behind the setback."""
        west, south, east, north = self.plot.bounds
        return west, south, east, north

    def across(self, south: float, north: float) -> list[Interval]:
        """Return the x intervals that are free all the way from y `south` to y `north`."""
        west, _, east, _ = self.free.bounds
        strip = shapely.box(west - 1, south, east + 1, north)
        found = []
        for part in shapely.get_parts(self.free.intersection(strip)):
            if part.geom_type != "Polygon":
                continue
            edges = [part.intersection(LineString([(west - 1, y), (east + 1, y)]))
                     for y in (south, (south + north) / 2, north)]  # fmt: skip
            if any(edge.is_empty for edge in edges):
                continue
            left = max(edge.bounds[0] for edge in edges)
            right = min(edge.bounds[2] for edge in edges)
            if right > left:
                found.append((left, right))
        return sorted(found)

    def chord(self, x: float) -> Interval | None:
        """Return the longest free y interval at `x`; None where there is none."""
        _, south, _, north = self.free.bounds
        parts = shapely.get_parts(
            self.free.intersection(LineString([(x, south - 1), (x, north + 1)]))
        )
        chords = [(part.bounds[1], part.bounds[3]) for part in parts if part.length > 0]
        return max(chords, key=_length, default=None)

    def keep_free(self, polygon: BaseGeometry) -> None:
        """Let nothing be built on `polygon` from now on."""
        self.free = self.free.difference(polygon)

    def lane(self, points: Sequence[Sequence[float]], width: float = 5.0) -> None:
        """Lay a service lane; buildings keep 1.5 m off its kerb."""
        path = self._points_to_district(np.asarray(points, dtype=float))
        self.lanes.append(Street(path, "service"))
        line = LineString(points)
        self.lane_space.append(line.buffer(width / 2 + 0.4, quad_segs=2))
        self.keep_free(line.buffer(width / 2 + 1.5, quad_segs=2))

    def build(
        self,
        footprint: Polygon,
        form: str,
        use: str,
        floors: int,
        height: float,
        year: int,
        clearance: float = 1.5,
    ) -> bool:
        """Put up a building if its footprint is free and `clearance` metres off all others."""
        if not self.free.contains(footprint):
            return False
        if self._built and (shapely.distance(footprint, self._built) < clearance).any():
            return False
        self._built.append(footprint)
        self.drafts.append(
            Draft(self.to_district(footprint), form, use, floors, round(height, 1), year)
        )
        return True

    def cover(self, kind: str, polygon: BaseGeometry, height: float = 0.0, name: str = "") -> None:
        """Cover a piece of the block's ground, cut to the block and around its lanes."""
        cut = polygon.intersection(self.ground)
        if self.lane_space:
            cut = cut.difference(shapely.union_all(self.lane_space))
        for part in shapely.get_parts(cut):
            if part.geom_type == "Polygon" and part.area > 12.0:
                whole = self.to_district(part).buffer(0)
                if whole.geom_type == "Polygon":
                    self.covers.append(Cover(kind, whole, height, name))

    def pave(self, kind: str, name: str = "") -> None:
        """Cover the whole block's ground, lanes included."""
        self.covers.insert(0, Cover(kind, self.to_district(self.ground), 0.0, name))

    def best_gate(self, x: float | None = None) -> FloatArray | None:
        """Return the gate from which a lane straight north or south leads far into the block.

        Gates near `x` (default: the middle) and on the south side are preferred. None where no
        gate will do; the block then has no lane.
        """
        west, _, east, _ = self.free.bounds
        wanted = (west + east) / 2 if x is None else x
        best: tuple[float, FloatArray] | None = None
        for gate in self.gates:
            chord = self.chord(float(gate[0]))
            if chord is None or not _outside(float(gate[1]), chord):
                continue
            near = min(chord, key=lambda end: abs(end - gate[1]))
            approach = LineString([tuple(gate), (gate[0], near)])
            if not self.face.buffer(0.1).contains(approach) or approach.length > 70:
                continue
            score = _length(chord) - 1.2 * abs(gate[0] - wanted) + (12.0 if gate[1] < 0 else 0.0)
            if best is None or score > best[0]:
                best = (score, gate)
        return None if best is None else best[1]

    def enter(self, gate: FloatArray) -> None:
        """Note a gate, for its camera and address."""
        self.gate_points.append(self._points_to_district(gate[None, :])[0])


def _length(interval: Interval) -> float:
    return interval[1] - interval[0]


def _outside(value: float, interval: Interval) -> bool:
    return not interval[0] < value < interval[1]
