"""City components along the streets: lamps, trees, manholes, hydrants, bins, bays, signs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from mapdesk.demo.chance import split_evenly
from mapdesk.demo.columns import numbered, placed_frame
from mapdesk.demo.places import Places

MAIN = ("trunk", "primary", "secondary", "tertiary")
ALL = (*MAIN, "residential", "service")

KINDS: dict[str, tuple[str, float, float, tuple[str, ...], str]] = {
    "tree": ("行道树", 0.33, 2.2, (*MAIN, "residential"), "D03"),
    "lamp": ("路灯", 0.25, 0.9, ALL, "D07"),
    "manhole": ("井盖", 0.16, -1.6, ALL, "D10"),
    "bay": ("停车位", 0.08, -1.1, ("tertiary", "residential"), "D11"),
    "bin": ("垃圾箱", 0.06, 1.6, (*MAIN, "residential"), "D03"),
    "hydrant": ("消火栓", 0.05, 1.2, ALL, "D05"),
    "traffic sign": ("交通标志", 0.045, 0.6, MAIN, "D11"),
    "bench": ("座椅", 0.025, 3.0, MAIN, "D03"),
}
"""Chinese name, share, metres outside the kerb (negative: in the road), roads, department."""


def make_components(places: Places, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Place the components evenly along both sides of the streets, clear of buildings.

    Parameters
    ----------
    places : Places
        The finished town.
    rng : Generator
        Sides, small shifts and states.

    """
    counts = split_evenly(places.count("components"), [entry[1] for entry in KINDS.values()])
    names, kinds, points, departments = [], [], [], []
    for (kind, (chinese, _, outside, roads, department)), count in zip(
        KINDS.items(), counts, strict=True
    ):
        extra = count + count // 4 + 20
        at, along, which = places.along_roads(roads, extra, float(rng.uniform(0.1, 0.9)))
        side = (
            np.column_stack([-along[:, 1], along[:, 0]])
            * np.where(np.arange(extra) % 2, 1.0, -1.0)[:, None]
        )
        offset = places.half_widths(which) + outside
        offset = np.where(offset < 0.3, 0.3, offset) + rng.uniform(-0.15, 0.15, extra)
        place = (at + side * offset[:, None]).round(2)
        clear = ~places.in_buildings(place) & ~places.in_water(place)
        clear &= places.grids_at(place) >= 0
        chosen = np.flatnonzero(clear)
        chosen = np.sort(rng.permutation(chosen)[:count])
        points.append(place[chosen])
        kinds += [kind] * len(chosen)
        departments += [department] * len(chosen)
        names += [_label(places.roads[int(which[index])].name, chinese, number + 1)
                  for number, index in enumerate(chosen)]  # fmt: skip
    status = np.where(rng.random(len(kinds)) < 0.985, "good", "damaged")
    return placed_frame(
        "component",
        {
            "id": numbered("M", len(kinds)),
            "kind": kinds,
            "name": names,
            "status": status,
            "department_id": departments,
        },
        shapely.points(np.vstack(points)),
        places.crs,
    )


def _label(street: str, chinese: str, number: int) -> str:
    return f"{street}{chinese}{number}"
