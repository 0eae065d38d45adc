"""The three levels of grids: the sub-district, its communities and their grids."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from mapdesk.demo.columns import placed_frame
from mapdesk.demo.grids import merge_areas, union_by_group
from mapdesk.demo.recipe import Recipe
from mapdesk.demo.town import Town

METRES_PER_HOME = 2600.0
"""Square metres of ground that make a worker as much work as one home."""

EMPLOYER_KINDS = ("petro", "port", "logistics", "works", "basin")


@dataclass(frozen=True, slots=True)
class Administration:
    """Grids of all levels.

    Parameters
    ----------
    ids, kinds, names : list of str
        Of level 3 grids; `shapes` and `community` are parallel to them.
    shapes : list of Polygon
        Unions of blocks.
    community : ndarray of int
        Number of each level 3 grid's community.
    community_shapes : list of Polygon
        Unions of level 3 grids; `community_names` is parallel to it.
    block_grid : ndarray of int
        Number of the level 3 grid of each block.
    outline : Polygon
        The sub-district.
    title : str
        Its name.

    """

    ids: list[str]
    kinds: list[str]
    names: list[str]
    shapes: list[Polygon]
    community: NDArray[np.int64]
    community_shapes: list[Polygon]
    community_names: list[str]
    block_grid: NDArray[np.int64]
    outline: Polygon
    title: str

    def grid_frame(self, crs: str) -> gpd.GeoDataFrame:
        """Make the frame of noun ``grid``, its shapes in `crs`."""
        communities = len(self.community_shapes)
        codes = [f"G1-{number + 1:02d}" for number in range(communities)]
        count = 1 + communities + len(self.ids)
        return placed_frame(
            "grid",
            {
                "id": ["G1", *codes, *self.ids],
                "code": ["990000", *(code.replace("G1", "990000") for code in codes),
                         *(code.replace("G1", "990000") for code in self.ids)],
                "name": [self.title, *self.community_names, *self.names],
                "level": [1] + [2] * communities + [3] * len(self.ids),
                "kind": ["residential"] * (1 + communities) + self.kinds,
                "parent_id": [None] + ["G1"] * communities + [codes[i] for i in self.community],
                "valid_from": [np.datetime64("2024-01-01")] * count,
            },
            [self.outline, *self.community_shapes, *self.shapes],
            crs,
        )  # fmt: skip


def make_administration(
    recipe: Recipe, people: int, town: Town, homes: NDArray[np.int64]
) -> Administration:
    """Merge blocks into grids and grids into communities.

    Parameters
    ----------
    recipe : Recipe
        How many of each.
    people : int
        Residents.
    town : Town
        Blocks; those of public zones stay grids of their own.
    homes : ndarray (blocks,) of int
        Dwellings of each block.

    """
    faces = [block.face for block in town.blocks]
    area = np.array([face.area for face in faces])
    public = _public_blocks(town, area, int(recipe.plan["counts"]["public_grids"]))
    wanted = min(recipe.count("grids", people), len(faces))
    grids = merge_areas(faces, list(homes + area / METRES_PER_HOME), wanted, public)
    shapes = union_by_group(faces, grids)
    weights = np.bincount(grids, homes + area / METRES_PER_HOME)
    communities = merge_areas(shapes, weights.tolist(), recipe.count("communities", people))
    community_shapes = union_by_group(shapes, communities)
    kinds = _kinds(town, grids, area, homes, public)
    names = list(recipe.names["compounds"]["communities"])
    community_names = [f"{names[i % len(names)]}社区" for i in range(len(community_shapes))]
    ids, grid_names = [], []
    counted = np.zeros(len(community_shapes), dtype=int)
    for community in communities:
        counted[community] += 1
        ids.append(f"G1-{community + 1:02d}-{counted[community]:02d}")
        grid_names.append(f"{community_names[community]}第{counted[community]}网格")
    return Administration(
        ids, kinds, grid_names, shapes, communities, community_shapes, community_names, grids,
        town.outline, str(recipe.plan["district"]["name_zh"]),
    )  # fmt: skip


def _public_blocks(town: Town, area: NDArray[np.float64], wanted: int) -> frozenset[int]:
    """Return the largest block of each public zone."""
    largest: dict[str, int] = {}
    for number, block in enumerate(town.blocks):
        if block.zone.public:
            name = block.zone.name
            if name not in largest or area[number] > area[largest[name]]:
                largest[name] = number
    return frozenset(sorted(largest.values())[:wanted])


def _kinds(
    town: Town,
    grids: NDArray[np.int64],
    area: NDArray[np.float64],
    homes: NDArray[np.int64],
    public: frozenset[int],
) -> list[str]:
    """Return each grid's kind: public, employer where plants or quays prevail, else residential."""
    working = np.array([block.kind in EMPLOYER_KINDS for block in town.blocks])
    share = np.bincount(grids, area * working) / np.bincount(grids, area)
    dwellings = np.bincount(grids, homes)
    kinds = np.where((share > 0.6) & (dwellings < 150), "employer", "residential").astype(object)
    kinds[grids[sorted(public)]] = "public"
    return [str(kind) for kind in kinds]
