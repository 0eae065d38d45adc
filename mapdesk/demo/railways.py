"""Railways of the demo: a goods line through the shelter belt, an elevated light railway, a metro below.

They are laid after the town and take no chance of it: everything else stays where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from mapdesk.demo.network import FloatArray, Street, densify, snap
from mapdesk.demo.plan import TownPlan
from mapdesk.demo.streets import StreetPlan

STEP = 14.0
"""Metres between the vertices of a track."""
APART = 2.2
"""Metres from the middle of a double track to each of its tracks."""
YARD = (7.0, 11.6)
"""Metres from there to the tracks of the yard at the end of the goods line."""
YARD_LENGTH = 900.0
CLEAR = 12.0
"""Metres a bridge reaches beyond the street below it."""
METRO = ((0.04, 0.64), (0.22, 0.62), (0.38, 0.56), (0.52, 0.55), (0.66, 0.53), (0.83, 0.53))
"""Where the metro runs, in fractions of the plan."""


@dataclass(frozen=True, slots=True)
class Track:
    """A track, or a piece of one that is built in one way.

    Parameters
    ----------
    path : ndarray (n, 2)
        District CRS, metres.
    kind, name : str
    use : str
        Empty for a line's own tracks.
    bridge, tunnel : bool
    layer : int
    """

    path: FloatArray
    kind: str
    name: str
    use: str = ""
    bridge: bool = False
    tunnel: bool = False
    layer: int = 0


def lay_railways(
    plan: TownPlan,
    laid: StreetPlan,
    roads: Sequence[Street],
    widths: dict[str, float],
    names: dict[str, str],
) -> list[Track]:
    """Lay all tracks.

    Parameters
    ----------
    roads : sequence of Street
        What the goods line crosses on bridges, `widths` wide by kind.
    names : dict of str to str
        Of the lines, by kind of railway.
    """
    goods = _bent(plan, _belt(plan))
    tracks = [Track(goods(side), "rail", names["rail"]) for side in (-APART, APART)]
    tracks = [piece for track in tracks for piece in _bridged(track, roads, widths)]
    tracks += [Track(goods(side, YARD_LENGTH), "rail", "", "yard") for side in YARD]
    above = _Alignment(_boulevard(plan, laid))
    tracks += [
        Track(above(side), "light_rail", names["light_rail"], bridge=True, layer=2)
        for side in (-APART, APART)
    ]
    columns, rows = plan.shape
    nodes = [plan.nodes[round(x * columns), round(y * rows)] for x, y in METRO]
    below = _bent(plan, np.array(nodes))
    return [*tracks, Track(below(0.0), "subway", names["subway"], tunnel=True, layer=-2)]


@dataclass(frozen=True, slots=True)
class _Alignment:
    """The middle of a line, from which its tracks keep their distance."""

    path: FloatArray

    def __call__(self, side: float, last: float | None = None) -> FloatArray:
        """Return a track `side` metres to the right; of a yard, that branches off, the `last` metres."""
        line = shapely.LineString(self.path)
        start = 0.0 if last is None else max(line.length - last, 0.0)
        along = np.linspace(start, line.length, max(int((line.length - start) / STEP), 2) + 1)
        at = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
        ahead = np.gradient(at, axis=0)
        ahead /= np.hypot(*ahead.T)[:, None]
        out = np.full(len(at), side)
        if last is not None:
            # Out of the line over a fifth of the way, by a smooth curve.
            part = np.clip((along - start) / (0.2 * (line.length - start)), 0, 1)
            out = APART + (side - APART) * part**2 * (3 - 2 * part)
        return snap(at + out[:, None] * np.column_stack([ahead[:, 1], -ahead[:, 0]]))


def _bent(plan: TownPlan, points: FloatArray) -> _Alignment:
    """Return a smooth alignment along points of the plan."""
    for _ in range(3):  # Chaikin's corner cutting
        cut = np.stack(
            [points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75]
        )
        points = np.vstack([points[:1], cut.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])
    return _Alignment(plan.bend(densify(points, STEP)))


def _belt(plan: TownPlan) -> FloatArray:
    """Return the middle of the shelter belts in plan metres: up from the south, then east to the sea."""
    columns, rows = plan.shape
    belts: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for i in range(columns):
        for j in range(rows):
            zone = plan.zone(i, j)
            if zone is not None and zone.kind == "belt":
                belts[zone.box[1] == 0.0].append((i, j))
    up, east = sorted(belts[True], key=lambda cell: cell[1]), sorted(belts[False])
    first = up[0]
    start = plan.nodes[first[0] : first[0] + 2, first[1]].mean(axis=0)
    path, before = [start], first
    for cell in (*up, *east):
        # A small town's belts may lie apart, with works between them.
        if abs(cell[0] - before[0]) + abs(cell[1] - before[1]) > 1:
            break
        path.append(_middle(plan, *cell))
        before = cell
    half = path[-1] - path[-2]
    return np.array([*path, path[-1] + (half if len(path) == 2 else half / 2)])


def _middle(plan: TownPlan, column: int, row: int) -> FloatArray:
    return np.asarray(plan.nodes[column : column + 2, row : row + 2].reshape(-1, 2).mean(axis=0))


def _boulevard(plan: TownPlan, laid: StreetPlan) -> FloatArray:
    """Return the longest primary street from south to north, of those in the middle of the town."""
    columns, _rows = plan.shape
    found: dict[int, list[FloatArray]] = {}
    for (direction, column, _row), (path, kind) in laid.edges.items():
        if direction == "north" and kind == "primary":
            found.setdefault(column, []).append(path)
    column = min(found, key=lambda one: (abs(one - 0.52 * columns), one))
    merged = shapely.line_merge(shapely.MultiLineString(found[column]))
    longest = max(shapely.get_parts(merged), key=lambda line: float(line.length))
    return np.asarray(shapely.get_coordinates(longest))


def _bridged(track: Track, roads: Sequence[Street], widths: dict[str, float]) -> list[Track]:
    """Cut a track where it goes over streets, which stay on the ground."""
    line = shapely.LineString(track.path)
    wide = shapely.union_all(
        [
            shapely.LineString(road.path).buffer(widths[road.kind] / 2 + CLEAR, cap_style="flat")
            for road in roads
            if road.kind != "service" and line.intersects(shapely.LineString(road.path))
        ]
    )
    pieces = [
        (
            float(shapely.line_locate_point(line, part.interpolate(0.5, normalized=True))),
            part,
            above,
        )
        for cut, above in ((line.difference(wide), False), (line.intersection(wide), True))
        for part in shapely.get_parts(cut).tolist()
        if part.geom_type == "LineString" and part.length > 1.0
    ]
    return [
        Track(
            np.asarray(shapely.get_coordinates(part)), track.kind, track.name,
            bridge=above, layer=int(above),
        )
        for _at, part, above in sorted(pieces, key=lambda piece: piece[0])
    ]  # fmt: skip
