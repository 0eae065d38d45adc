"""Railways as the map draws them: a dark line with light dashes near by, thin and single far off.

Near by each track is drawn; farther off those beside each other become one, so that a station is not
a blot. What runs under ground is dashes; bridges of railways have a deck of their own, trams run on the
bridges of streets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.analysis.line_work import dashed, dashes, merged, thinned
from mapdesk.model.nouns import RAILWAY_KINDS
from mapdesk.services.ground import FlatLayer
from mapdesk.services.levels import COLUMNS, LEVELS, Part, layer_of, levels_of
from mapdesk.store import places
from mapdesk.store.database import Store

SERVICE = "service"
"""The look of tracks that are not of a line: yards, sidings."""

ORDER = (SERVICE, "rail", "light_rail", "subway", "tram")
"""Looks of tracks from below to above."""

KINDS = (*ORDER, *(f"{look}_tunnel" for look in ORDER), "rail_dash", "bridge_casing", "bridge_deck")
"""What a layer of railways has colours for."""


@dataclass(frozen=True)
class Band:
    """How railways look at some scales.

    Parameters
    ----------
    scales : tuple of float
        Metres per pixel from which, and below which.
    wide : dict of str to float
        Metres a track is drawn wide, by the looks that are drawn.
    dash : tuple of float
        Metres the light dashes of main lines are wide and long; nothing for none.
    hidden : tuple of float
        Metres of the dashes of tunnels, and between them.
    apart : float
        Metres tracks keep from each other at least; 0 draws each of them.
    """

    name: str
    scales: tuple[float, float]
    wide: dict[str, float]
    dash: tuple[float, float] | None
    hidden: tuple[float, float]
    apart: float = 0.0


BANDS = (
    Band(
        "close",
        (0.0, 0.55),
        {SERVICE: 1.0, "rail": 2.0, "light_rail": 1.5, "subway": 1.8, "tram": 0.9},
        (1.1, 4.0),
        (5.0, 4.0),
    ),
    Band(
        "near",
        (0.55, 1.7),
        {SERVICE: 1.2, "rail": 3.2, "light_rail": 2.2, "subway": 2.6, "tram": 1.6},
        (1.7, 13.0),
        (9.0, 7.0),
        4.2,
    ),
    Band(
        "middle",
        (1.7, 5.0),
        {"rail": 7.0, "light_rail": 4.5, "subway": 5.5, "tram": 2.6},
        (3.8, 34.0),
        (22.0, 16.0),
        19.0,
    ),
    Band(
        "far",
        (5.0, 14.0),
        {"rail": 12.0, "light_rail": 9.0, "subway": 11.0},
        None,
        (60.0, 40.0),
        50.0,
    ),
    Band("farthest", (14.0, float("inf")), {"rail": 26.0}, None, (160.0, 110.0), 160.0),
)
"""Looks of railways from near to far."""

DECK = 0.55
"""Metres from the track to the edge of its bridge, as part of the track's width."""


def looks() -> list[tuple[str, tuple[float, float]]]:
    """Return the name and the scales of each layer, in the order of `layers`."""
    return [(f"railway/{band.name}/{level}", band.scales) for band in BANDS for level in LEVELS]


def layers(store: Store, origin: tuple[float, float]) -> list[FlatLayer]:
    """Return all railways as flat layers, from below to above within each band of scales."""
    features = places.features(store, "railway", ["kind", "track_use", *COLUMNS])
    kinds = [kind if kind in RAILWAY_KINDS else "rail" for kind in features.columns["kind"]]
    uses = features.columns["track_use"].tolist()
    # A siding of a tram is thin already.
    seen = np.array(
        [
            SERVICE if use and kind != "tram" else kind
            for kind, use in zip(kinds, uses, strict=True)
        ],
        object,
    )
    levels = levels_of(features)
    found = []
    for band in BANDS:
        for number, level in enumerate(LEVELS):
            here = [
                (look, features.placed[chosen])
                for look in ORDER
                if look in band.wide
                and (chosen := np.flatnonzero((levels == number) & (seen == look))).size
            ]
            name = f"railway/{band.name}/{level}"
            found.append(layer_of(name, _parts(here, band, level), origin, band.scales))
    return found


def _parts(tracks: list[tuple[str, NDArray[np.object_]]], band: Band, level: str) -> Iterator[Part]:
    drawn = [(look, thinned(lines, band.apart) if band.apart else lines) for look, lines in tracks]
    if level == "tunnel":
        for look, lines in drawn:
            yield _wide(dashed(lines, *band.hidden), band.wide[look], f"{look}_tunnel", cap="flat")
        return
    if level.startswith("bridge") and band.dash is not None:
        edge = 0.3 * band.wide["rail"]
        for kind, more in (("bridge_casing", edge), ("bridge_deck", 0.0)):
            for look, lines in drawn:
                if look != "tram":
                    deck = band.wide[look] * (1 + 2 * DECK) + 2 * more
                    yield _wide(lines, deck, kind, cap="flat")
    for look, lines in drawn:
        yield _wide(lines, band.wide[look], look)
        if look == "rail" and band.dash is not None:
            wide, long = band.dash
            cut, _line = dashes(merged(lines), long, long)
            yield _wide(cut, wide, "rail_dash", cap="flat")


def _wide(
    lines: NDArray[np.object_], metres: float, kind: str, cap: Literal["round", "flat"] = "round"
) -> Part:
    shapes = shapely.buffer(lines, metres / 2, quad_segs=2, cap_style=cap)
    return np.asarray(shapes, object), np.full(len(lines), kind, object)
