"""Places: what stands where, asked by everything that is put into the finished town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.demo.network import FloatArray, Street
from mapdesk.demo.recipe import Recipe
from mapdesk.demo.site import Cover, Draft
from mapdesk.demo.town import Block


@dataclass(frozen=True, slots=True)
class Places:
    """The finished town, by number and by id.

    Parameters
    ----------
    recipe : Recipe
        Names and counts.
    people : int
        Residents.
    blocks, block_names : list
        Blocks and their names.
    drafts : list of Draft
        Buildings; `building_ids`, `building_block` and `addresses` are parallel to it.
    grid_ids : list of str
        Level 3 grids; `grid_shapes`, `grid_kinds` are parallel to it.
    block_grid, building_grid : ndarray of int
        Number of the level 3 grid of each block and building.
    roads : list of Street
        The split network.
    water : list of Cover
        Sea, canal and basins.
    crs : str
        Of every coordinate, in metres.

    """

    recipe: Recipe
    people: int
    blocks: list[Block]
    block_names: list[str]
    drafts: list[Draft]
    building_ids: list[str]
    building_block: NDArray[np.int64]
    addresses: list[str]
    grid_ids: list[str]
    grid_shapes: list[shapely.Polygon]
    grid_kinds: list[str]
    block_grid: NDArray[np.int64]
    building_grid: NDArray[np.int64]
    roads: list[Street]
    water: list[Cover]
    crs: str

    def count(self, name: str) -> int:
        """How many of something a district of this size has; see `Recipe.count`."""
        return self.recipe.count(name, self.people)

    def grids_at(self, points: FloatArray) -> NDArray[np.int64]:
        """Return the number of the grid that contains each point (n, 2); -1 outside all."""
        tree = shapely.STRtree(self.grid_shapes)
        found = np.full(len(points), -1, dtype=np.int64)
        which, grid = tree.query(shapely.points(points), predicate="intersects")
        found[which[::-1]] = grid[::-1]
        return found

    def nearest_buildings(self, points: FloatArray) -> NDArray[np.int64]:
        """Return the number of the building nearest to each point (n, 2)."""
        tree = shapely.STRtree([draft.footprint for draft in self.drafts])
        return np.asarray(tree.nearest(shapely.points(points)), dtype=np.int64)

    def in_buildings(self, points: FloatArray) -> NDArray[np.bool_]:
        """Tell which points (n, 2) lie in a building."""
        tree = shapely.STRtree([draft.footprint for draft in self.drafts])
        inside = np.zeros(len(points), dtype=bool)
        inside[tree.query(shapely.points(points), predicate="intersects")[0]] = True
        return inside

    def in_water(self, points: FloatArray) -> NDArray[np.bool_]:
        """Tell which points (n, 2) lie in sea, canal or basins."""
        shapes = shapely.union_all([cover.polygon for cover in self.water])
        return np.asarray(shapely.intersects(shapes, shapely.points(points)))

    def building_points(self) -> FloatArray:
        """Return a point (n, 2) inside each building."""
        shapes = [draft.footprint for draft in self.drafts]
        return shapely.get_coordinates(shapely.point_on_surface(shapes))

    def along_roads(
        self, kinds: tuple[str, ...], count: int, phase: float = 0.5
    ) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
        """Spread points evenly along all roads of some kinds.

        Returns
        -------
        points : ndarray (count, 2)
            On the middle line, metres.
        directions : ndarray (count, 2)
            Unit vectors along the road.
        roads : ndarray (count,) of int
            Number of the road.

        """
        chosen = np.array([i for i, road in enumerate(self.roads) if road.kind in kinds])
        lines = np.array([shapely.LineString(self.roads[i].path) for i in chosen], dtype=object)
        ends = np.cumsum(shapely.length(lines))
        at = (np.arange(count) + phase) / count * ends[-1]
        which = np.minimum(np.searchsorted(ends, at, side="right"), len(ends) - 1)
        metres = at - np.concatenate([[0.0], ends])[which]
        points = shapely.get_coordinates(shapely.line_interpolate_point(lines[which], metres))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[which], metres + 1.0))
        behind = shapely.get_coordinates(
            shapely.line_interpolate_point(lines[which], np.maximum(metres - 1.0, 0.0))
        )
        step = ahead - behind
        return points, step / np.hypot(step[:, 0], step[:, 1])[:, None], chosen[which]

    def half_widths(self, roads: NDArray[np.int64]) -> FloatArray:
        """Return half the width (metres) of roads by number."""
        widths = self.recipe.plan["widths"]
        return np.array([widths[self.roads[road].kind] / 2 for road in roads], dtype=float)
