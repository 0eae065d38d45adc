"""Streets as the map draws them: wider and fewer the further off, cased, the greater over the lesser.

Casings of all streets of a class lie under the streets of all classes from it up, so that streets
of one class run into each other and greater ones pass over lesser ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.extrude import flat
from mapdesk.services.ground import FlatLayer
from mapdesk.store import places
from mapdesk.store.database import Store

WIDTHS = {
    "trunk": 24.0,
    "primary": 20.0,
    "secondary": 15.0,
    "tertiary": 11.0,
    "residential": 7.0,
    "service": 4.5,
    "path": 2.0,
}
"""Metres a street is drawn wide where its width is not known."""
ONE_WAY = 0.6
"""Part of that for a street of one direction: half of a divided road, or a ramp."""

CLASSES = (("path",), ("service", "residential"), ("tertiary", "secondary"), ("primary", "trunk"))
"""Streets from below to above."""

KINDS = (*WIDTHS, *(f"{kind}_casing" for kind in WIDTHS if kind != "path"))
"""What a layer of streets has colours for."""


@dataclass(frozen=True)
class Band:
    """How streets look at some scales.

    Parameters
    ----------
    scales : tuple of float
        Metres per pixel from which, and below which.
    least : dict of str to float
        Metres a street is at least drawn wide, by the kinds that are drawn.
    casing : float
        Metres of the line along both sides; 0 for none.
    """

    name: str
    scales: tuple[float, float]
    least: dict[str, float]
    casing: float


BANDS = (
    Band("near", (0.0, 1.7), dict.fromkeys(WIDTHS, 1.4), 1.2),
    Band(
        "middle",
        (1.7, 5.0),
        {
            "trunk": 17.0,
            "primary": 16.0,
            "secondary": 14.0,
            "tertiary": 13.0,
            "residential": 9.0,
            "service": 4.5,
        },
        3.2,
    ),
    Band(
        "far",
        (5.0, 14.0),
        {
            "trunk": 38.0,
            "primary": 32.0,
            "secondary": 25.0,
            "tertiary": 19.0,
            "residential": 9.0,
        },
        8.0,
    ),
    Band(
        "farthest",
        (14.0, float("inf")),
        {"trunk": 80.0, "primary": 64.0, "secondary": 44.0},
        0.0,
    ),
)
"""Looks of streets from near to far."""


def looks() -> list[tuple[str, tuple[float, float]]]:
    """Return the name and the scales of each layer, in the order of `layers`."""
    return [
        (f"road/{band.name}/{part}{number}", band.scales)
        for band in BANDS
        for part in ("casing", "street")
        for number in range(len(CLASSES))
    ]


def layers(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    """Return all streets as flat layers, from below to above within each band of scales."""
    features = places.features(store, "road", ["kind", "oneway", "width"])
    given = np.asarray(features.columns["width"], float)
    kinds = np.array(
        [kind if kind in WIDTHS else "residential" for kind in features.columns["kind"]], object
    )
    usual = np.array([WIDTHS[kind] for kind in kinds], float)
    usual *= np.where(features.columns["oneway"] == True, ONE_WAY, 1.0)  # noqa: E712
    width = np.where(np.isnan(given), usual, given)
    found = []
    for band in BANDS:
        names = iter(name for name, _scales in looks() if name.startswith(f"road/{band.name}/"))
        lines = shapely.simplify(features.placed, 0.15 * band.scales[0])
        casings, streets = [], []
        for group in CLASSES:
            chosen = np.flatnonzero(
                np.isin(kinds.astype(str), [*band.least]) & _among(kinds, group)
            )
            # Within a class the lesser kind first.
            chosen = chosen[
                np.argsort([group.index(kind) for kind in kinds[chosen]], kind="stable")
            ]
            least = np.array([band.least[kind] for kind in kinds[chosen]], float)
            wide = np.maximum(width[chosen], least)
            cased = (kinds[chosen] != "path") & (band.casing > 0)
            outer = shapely.buffer(lines[chosen][cased], wide[cased] / 2 + band.casing, quad_segs=3)
            casing = np.array([f"{kind}_casing" for kind in kinds[chosen][cased]], object)
            casings.append((flat(outer, origin), casing))
            inner = shapely.buffer(lines[chosen], wide / 2, quad_segs=3)
            streets.append((flat(inner, origin), kinds[chosen]))
        found += [
            FlatLayer(next(names), mesh, owners, band.scales)
            for mesh, owners in [*casings, *streets]
        ]
    return found


def _among(kinds: NDArray[np.object_], group: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.isin(kinds.astype(str), group)
