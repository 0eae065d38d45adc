"""What a style of grids draws: areas, outlines, walls, columns, and hatching of what is not shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh, flat, prisms
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.services import styling
from mapdesk.store import places, statistics
from mapdesk.store.database import Store

COLUMN_CORNERS = 12
"""Corners of a column's foot: round to the eye."""
COLUMN_WIDTH = 0.34
"""Diameter of a column, as a part of the side of a square as large as the middle one of the grids."""
TALLEST = 0.16
"""Height of the tallest column, as a part of how far the grids reach."""
LINES_ACROSS = 7
"""Hatching lines across a grid of middle size."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class GridShapes:
    """The grids a style colours, with what is drawn of them; made off the GUI thread and kept.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
    flat : Mesh or None
        Areas or ribbons on the ground; owners are grids.
    solid : Mesh or None
        Walls. Columns are made by `columns`.
    areas : ndarray of shapely geometry, shape (n,)
    middles : ndarray of float, shape (n, 2)
        A point inside each, as near its middle as can be, metres.
    side : float
        Side of a square as large as the middle one of the grids, metres.
    reach : float
        How far the grids reach, metres.
    """

    ids: NDArray[Any]
    flat: Mesh | None
    solid: Mesh | None
    areas: Shapes
    middles: NDArray[np.float64]
    side: float
    reach: float

    def columns(
        self, values: NDArray[np.float64], greatest: float, origin: tuple[float, float]
    ) -> Mesh:
        """Return columns as high as the values say; none where there is no value, or nothing.

        Parameters
        ----------
        greatest : float
            The value of a column as high as columns get.
        """
        height = np.nan_to_num(np.asarray(values, float)) / max(greatest, 1e-12)
        height = np.clip(height, 0.0, 1.0) * TALLEST * self.reach
        turn = np.linspace(0, 2 * np.pi, COLUMN_CORNERS, endpoint=False)
        ring = np.column_stack([np.cos(turn), np.sin(turn)]) * self.side * COLUMN_WIDTH / 2
        feet = np.asarray(shapely.polygons(self.middles[:, None, :] + ring))
        feet[height <= 0] = shapely.Polygon()
        return _lightened(prisms(feet, 0.0, height, origin))

    def hatching(
        self, hidden: NDArray[np.bool_], origin: tuple[float, float]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return slanting lines over the hidden grids: points (n, 3) from the origin and pairs of them."""
        areas = self.areas[hidden]
        nothing = np.empty((0, 3), np.float32), np.empty((0, 2), np.int64)
        if not len(areas):
            return nothing
        west, south, east, north = shapely.total_bounds(areas).tolist()
        step = max(self.side / LINES_ACROSS * 2**0.5, (east - west + north - south) / 4000)
        # The lines of all grids are one set, so that they go on across a border.
        first = np.floor((west - north) / step)
        at = np.arange(first, np.ceil((east - south) / step) + 1) * step
        ends = np.stack(
            [np.column_stack([at + south, np.full(len(at), south)]),
             np.column_stack([at + north, np.full(len(at), north)])],
            axis=1,
        )  # fmt: skip
        lines = shapely.multilinestrings(np.asarray(shapely.linestrings(ends)))
        pieces = shapely.get_parts(shapely.intersection(lines, areas))
        pieces = pieces[shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING]
        xy, line = shapely.get_coordinates(pieces, return_index=True)
        start = np.flatnonzero(line[:-1] == line[1:])
        points = np.column_stack([xy - origin, np.zeros(len(xy))]).astype(np.float32)
        return points, np.column_stack([start, start + 1])


def shapes(store: Store, style: LayerStyle, origin: tuple[float, float]) -> GridShapes:
    """Return what a style of grids draws.

    Raises
    ------
    InputError
        There are no grids of the level.
    """
    found = styling.grids(store, style.level)
    areas = shapely.make_valid(found.placed)
    side = float(np.sqrt(np.median(np.maximum(shapely.area(areas), 1.0))))
    west, south, east, north = shapely.total_bounds(areas).tolist()
    ground: Mesh | None = None
    solid: Mesh | None = None
    if style.drawing == "choropleth":
        ground = flat(areas, origin)
    elif style.drawing == "outline":
        ground = flat(_rims(areas, side * 0.012, side * 0.07), origin)
    elif style.drawing == "wall":
        # With corners enough to follow the ground.
        rims = shapely.segmentize(_rims(areas, side * 0.012, side * 0.03), side * 0.1)
        solid = _lightened(prisms(rims, 0.0, side * 0.14, origin))
    return GridShapes(
        found.ids, ground, solid, areas, _middles(areas), side,
        max(east - west, north - south),
    )  # fmt: skip


def grids_of_buildings(store: Store, drawn: GridShapes) -> tuple[Shapes, NDArray[np.int64]]:
    """Return the ids of all buildings that have a place, and the position of each one's grid; -1 for none.

    A building names the finest grid it stands in; of a coarser level its grid is one above that.
    """
    parents = statistics.grid_parents(store)
    place = {key: number for number, key in enumerate(drawn.ids.tolist())}
    at: dict[str | None, int] = {}
    for key in parents:
        above: str | None = key
        while above is not None and above not in place:
            above = parents.get(above)
        at[key] = -1 if above is None else place[above]
    found = places.features(store, "building", ["grid_id"], geometry=False, placed=True)
    named = found.columns["grid_id"].tolist()
    return found.ids, np.array([at.get(key, -1) for key in named], np.int64)


def _rims(areas: Shapes, gap: float, width: float) -> Shapes:
    """Return the inner rims of areas; of one too narrow for a rim all of it."""
    outer = shapely.buffer(areas, -gap, join_style="mitre")
    outer = np.where(shapely.is_empty(outer), areas, outer)
    return np.asarray(shapely.difference(outer, shapely.buffer(outer, -width, join_style="mitre")))


def _lightened(mesh: Mesh) -> Mesh:
    """Return a mesh of half the shade: its colours are those of the legend, and still show their sides."""
    return replace(mesh, shade=((mesh.shade + 1) / 2).astype(np.float32))


def _middles(areas: Shapes) -> NDArray[np.float64]:
    middles = shapely.centroid(areas)
    middles = np.where(shapely.contains(areas, middles), middles, shapely.point_on_surface(areas))
    return np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])
