"""Streets as the map draws them: wider and fewer the further off, cased, the greater over the lesser.

On the ground the casings of all streets lie under all streets, so that streets run into each other and
greater ones pass over lesser ones. Tunnels lie under all of it, bridges over it, each with its own casing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.line_work import dashed, dashes
from mapdesk.services.ground import FlatLayer
from mapdesk.services.levels import COLUMNS, LEVELS, Part, layer_of, levels_of
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

ORDER = ("path", "service", "residential", "tertiary", "secondary", "primary", "trunk")
"""Streets from below to above."""

KINDS = (
    *WIDTHS,
    *(f"{kind}_casing" for kind in WIDTHS if kind != "path"),
    *(f"{kind}_tunnel" for kind in WIDTHS),
    *("tunnel_casing", "bridge_casing"),
)
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
    dashes : tuple of float
        Metres of the dashes of tunnels, and between them.
    """

    name: str
    scales: tuple[float, float]
    least: dict[str, float]
    casing: float
    dashes: tuple[float, float] = (0.0, 0.0)


BANDS = (
    Band("near", (0.0, 1.7), dict.fromkeys(WIDTHS, 1.4), 1.2, (6.0, 4.0)),
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
        (18.0, 12.0),
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
        (46.0, 30.0),
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
    return [(f"road/{band.name}/{level}", band.scales) for band in BANDS for level in LEVELS]


def layers(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    """Return all streets as flat layers, from below to above within each band of scales."""
    features = places.features(store, "road", ["kind", "oneway", "width", *COLUMNS])
    given = np.asarray(features.columns["width"], float)
    kinds = np.array(
        [kind if kind in WIDTHS else "residential" for kind in features.columns["kind"]], object
    )
    usual = np.array([WIDTHS[kind] for kind in kinds], float)
    usual *= np.where(features.columns["oneway"] == True, ONE_WAY, 1.0)  # noqa: E712
    width = np.where(np.isnan(given), usual, given)
    levels = levels_of(features)
    found = []
    for band in BANDS:
        lines = shapely.simplify(features.placed, 0.15 * band.scales[0])
        wide = np.maximum(width, [band.least.get(kind, 0.0) for kind in kinds])
        for number, level in enumerate(LEVELS):
            here = [
                (kind, lines[chosen], wide[chosen] / 2)
                for kind in ORDER
                if kind in band.least
                and (chosen := np.flatnonzero((levels == number) & (kinds == kind))).size
            ]
            make = _MAKE.get(level, _bridges)
            name = f"road/{band.name}/{level}"
            found.append(layer_of(name, make(here, band), origin, band.scales))
    return found


Streets = list[tuple[str, NDArray[np.object_], NDArray[np.float64]]]
"""Kind, lines, and half their width in metres; the lesser kinds first."""


def _tunnels(streets: Streets, band: Band) -> Iterator[Part]:
    """Paint tunnels: pale, between dashes; paths are dashes themselves."""
    cased = [one for one in streets if one[0] != "path"]
    if band.casing:
        for _kind, lines, half in cased:
            cut, line = dashes(lines, *band.dashes)
            yield _wide(cut, half[line] + band.casing, "tunnel_casing", cap="flat")
    for kind, lines, half in cased:
        yield _wide(lines, half, f"{kind}_tunnel")
    for kind, lines, half in streets:
        if kind == "path":
            yield _wide(dashed(lines, *band.dashes), half, "path_tunnel", cap="flat")


def _ground(streets: Streets, band: Band) -> Iterator[Part]:
    """Paint all casings, then all streets."""
    if band.casing:
        for kind, lines, half in streets:
            if kind != "path":
                yield _wide(lines, half + band.casing, f"{kind}_casing")
    for kind, lines, half in streets:
        yield _wide(lines, half, kind)


def _bridges(streets: Streets, band: Band) -> Iterator[Part]:
    """Paint bridges with a firm casing that ends where they do, over all that lies below."""
    if band.casing:
        for _kind, lines, half in streets:
            yield _wide(lines, half + band.casing, "bridge_casing", cap="flat")
    for kind, lines, half in streets:
        yield _wide(lines, half, kind)


_MAKE: Mapping[str, Callable[[Streets, Band], Iterator[Part]]] = {
    "tunnel": _tunnels,
    "ground": _ground,
}
"""How streets of a level are painted; the others are bridges."""


def _wide(
    lines: NDArray[np.object_],
    half: NDArray[np.float64],
    kind: str,
    cap: Literal["round", "flat"] = "round",
) -> Part:
    shapes = shapely.buffer(lines, half, quad_segs=3, cap_style=cap)
    return np.asarray(shapes, object), np.full(len(lines), kind, object)
