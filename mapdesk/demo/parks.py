"""The park with its lake and its hill, the canal and the harbour's water."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Polygon

from mapdesk.demo.footprints import blob, disc, largest_polygon, rectangle
from mapdesk.demo.site import Site

RING_RISE = 3.0
"""Metres between two contours of the hill."""

RINGS = 16


def park(site: Site, name: str) -> None:
    """Lay out the park: a hill of stacked contours, a lake with an island, woods and paths."""
    rng = site.rng
    site.pave("park", name)
    west, south, east, north = site.bounds
    wide, high = east - west, north - south
    size = min(wide, high)
    lakes = shapely.union_all([
        blob(west + wide * 0.64, south + high * 0.36, size * 0.21, rng),
        blob(west + wide * 0.45, south + high * 0.27, size * 0.13, rng),
    ])  # fmt: skip
    lake = largest_polygon(lakes.buffer(12).buffer(-12))
    island = blob(west + wide * 0.67, south + high * 0.38, size * 0.055, rng)
    hill = blob(west + wide * 0.36, south + high * 0.69, size * 0.25, rng, 120, 0.2)
    hill = largest_polygon(hill.difference(lake.buffer(15)))
    site.keep_free(lake.buffer(6))
    if isinstance(hill, Polygon):
        site.keep_free(hill.buffer(6))
    _path(site)
    for _ in range(22):
        wood = blob(float(rng.uniform(west, east)), float(rng.uniform(south, north)),
                    float(rng.uniform(0.035, 0.075)) * size, rng)  # fmt: skip
        site.cover("forest", wood.difference(lake))
    site.cover("grass", blob(west + wide * 0.72, south + high * 0.75, size * 0.13, rng))
    site.cover("square", disc(west + wide * 0.86, south + high * 0.55, size * 0.035, 40))
    site.cover("water", lake, name="望海湖")
    site.cover("park", island.intersection(lake))
    if isinstance(hill, Polygon):
        _raise_hill(site, hill)
    for x, y, width in ((0.84, 0.62, 26), (0.83, 0.16, 34), (0.55, 0.92, 22), (0.14, 0.14, 24)):
        site.build(rectangle(west + wide * x, south + high * y, width, 12), "pavilion", "public", 1,
                   5.0, 1998)  # fmt: skip
    site.cover("parking", rectangle(east - 70, north - 46, 60, 36))


def _raise_hill(site: Site, foot: Polygon) -> None:
    """Stack contour polygons from the foot to the top, each smooth and inside the one below."""
    x, y = foot.centroid.coords[0]
    top_x, top_y = x + 14.0, y + 9.0
    ring = foot
    for number in range(RINGS):
        share = 1.0 - number / RINGS
        # Steep in the middle, gentle at the foot and on the top, as worn hills are.
        scale = 1.0 - (0.5 - 0.5 * np.cos(np.pi * (1.0 - share) ** 0.9)) * 0.93
        moved = affinity.scale(foot, scale, scale, origin=(top_x, top_y))
        ring = moved.buffer(6 * scale).buffer(-6 * scale) if number else foot
        site.cover("hill", ring, (number + 1) * RING_RISE, "望海山")


def _path(site: Site) -> None:
    """Lay the park's service lane from its gate towards the middle."""
    gate = site.best_gate()
    if gate is None:
        return
    chord = site.chord(float(gate[0]))
    if chord is None:
        return
    near, far = chord if abs(chord[0] - gate[1]) < abs(chord[1] - gate[1]) else chord[::-1]
    site.enter(gate)
    site.lane([tuple(gate), (gate[0], near), (gate[0], near + (far - near) * 0.8)])


def canal(site: Site) -> None:
    """Green the canal's banks; its water runs through many blocks and is cut elsewhere."""
    site.pave("park", "运河绿带")


def basin(site: Site, name: str) -> None:
    """Leave a harbour basin to the water, with an apron of quay around it."""
    site.pave("industrial", name)
