"""Grids: neighbouring blocks merged, the lightest first, until the wanted number is left."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from mapdesk.demo.footprints import largest_polygon


@dataclass(frozen=True, slots=True)
class Border:
    """Metres of border between two neighbouring areas, by their numbers."""

    one: int
    other: int
    metres: float


def borders(areas: Sequence[Polygon]) -> list[Border]:
    """Return every pair of areas that share more than a metre of border."""
    tree = shapely.STRtree(areas)
    left, right = tree.query(list(areas), predicate="intersects")
    keep = left < right
    left, right = left[keep], right[keep]
    everything = np.asarray(areas, dtype=object)
    shared = shapely.length(shapely.intersection(everything[left], everything[right]))
    order = np.lexsort((right, left))
    return [Border(int(left[i]), int(right[i]), float(shared[i])) for i in order if shared[i] > 1.0]


def merge_areas(
    areas: Sequence[Polygon],
    weights: Sequence[float],
    wanted: int,
    fixed: frozenset[int] = frozenset(),
) -> NDArray[np.int64]:
    """Merge neighbouring areas into groups of similar weight and compact shape.

    The lightest group joins the neighbour with which it makes the lightest, most compact whole,
    again and again. Groups are connected because only neighbours ever join.

    Parameters
    ----------
    areas : sequence of Polygon
        A coverage: no gaps, no overlaps, shared borders equal vertex by vertex.
    weights : sequence of float
        Work that each area makes, any unit above zero.
    wanted : int
        Groups to end with.
    fixed : frozenset of int
        Areas that stay groups of their own.

    Returns
    -------
    ndarray (n,) of int
        Group number of each area, 0 and up in order of first appearance.

    """
    members = {number: [number] for number in range(len(areas))}
    weight = dict(enumerate(map(float, weights)))
    size = {number: float(area.area) for number, area in enumerate(areas)}
    length = {number: float(area.length) for number, area in enumerate(areas)}
    shared: dict[int, dict[int, float]] = {number: {} for number in members}
    for border in borders(areas):
        if not {border.one, border.other} & fixed:
            shared[border.one][border.other] = border.metres
            shared[border.other][border.one] = border.metres
    queue = [(value, number) for number, value in weight.items() if number not in fixed]
    heapq.heapify(queue)
    while len(members) > wanted and queue:
        value, number = heapq.heappop(queue)
        if number not in members or value != weight[number] or not shared[number]:
            continue

        def cost(neighbour: int, number: int = number) -> float:
            outline = length[number] + length[neighbour] - 2 * shared[number][neighbour]
            compact = outline * outline / (size[number] + size[neighbour])
            return (weight[number] + weight[neighbour]) * compact

        partner = min(sorted(shared[number]), key=cost)
        length[partner] += length[number] - 2 * shared[number][partner]
        weight[partner] += weight[number]
        size[partner] += size[number]
        members[partner] += members.pop(number)
        for neighbour, metres in shared.pop(number).items():
            del shared[neighbour][number]
            if neighbour != partner:
                joined = shared[partner].get(neighbour, 0.0) + metres
                shared[partner][neighbour] = shared[neighbour][partner] = joined
        heapq.heappush(queue, (weight[partner], partner))
    groups = np.empty(len(areas), dtype=np.int64)
    for group, numbers in enumerate(sorted(members.values(), key=min)):
        groups[numbers] = group
    return groups


def union_by_group(areas: Sequence[Polygon], groups: NDArray[np.int64]) -> list[Polygon]:
    """Return the union of each group's areas; a coverage stays a coverage."""
    everything = np.asarray(areas, dtype=object)
    joined = (shapely.coverage_union_all(everything[groups == group])
              for group in range(int(groups.max()) + 1))  # fmt: skip
    return [largest_polygon(shape) for shape in joined]
