"""Walls of the demo's buildings as they look from the street: colours, windows by floor, shop fronts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mapdesk.demo.chance import stream

Floats = NDArray[np.float32]
Rgb = tuple[float, float, float]
PLASTER: dict[str, tuple[Rgb, ...]] = {
    "residential": (
        (226, 214, 192),
        (222, 220, 212),
        (214, 188, 164),
        (196, 194, 190),
        (208, 200, 176),
    ),
    "old": ((172, 112, 88), (188, 132, 104), (196, 184, 166)),
    "grey": ((152, 150, 146), (168, 160, 150), (176, 126, 104)),
    "commercial": ((224, 216, 204), (206, 200, 194), (188, 176, 164)),
    "office": ((176, 190, 202), (150, 164, 178), (204, 206, 206)),
    "school": ((216, 156, 116), (230, 214, 190)),
    "hospital": ((238, 238, 234), (224, 232, 236)),
    "public": ((214, 206, 192), (226, 224, 220)),
    "industrial": ((198, 202, 204), (120, 150, 184), (214, 212, 204)),
    "other": ((206, 202, 194), (190, 186, 178)),
}
GLASS, BRIGHT_GLASS = (86.0, 100.0, 114.0), (160.0, 182.0, 200.0)
SIGNS: tuple[Rgb, ...] = (
    (178, 52, 44),
    (38, 92, 150),
    (220, 160, 40),
    (46, 120, 84),
    (120, 60, 110),
)
EAVES: Rgb = (104, 98, 98)


@dataclass(frozen=True)
class Look:
    """How a building's walls look.

    Parameters
    ----------
    wall, sign : tuple of float
        Red, green and blue.
    storey, top : float
        Metres of a floor and of the whole.
    bay : float
        Metres from window to window.
    wide, high : float
        Part of a bay, and of a floor, that is window.
    shop : bool
        Its ground floor is of shops.
    eaves : bool
        It ends in a tiled roof.
    """

    wall: Rgb
    sign: Rgb
    storey: float
    top: float
    bay: float
    wide: float
    high: float
    shop: bool
    eaves: bool


def looks(
    uses: NDArray[np.object_],
    floors: NDArray[np.float64],
    heights: NDArray[np.float64],
    years: NDArray[np.float64],
) -> list[Look]:
    """Return how each building looks, by its use, floors and age."""
    rng = stream(13, "facades")
    lots = rng.random((len(uses), 2))
    found = []
    for use, floor, height, year, lot in zip(
        uses.tolist(), floors.tolist(), heights.tolist(), years.tolist(), lots.tolist(), strict=True
    ):
        kind = use if use in PLASTER else "other"
        if use == "residential" and year < 1995:
            kind = "grey" if floor <= 2 else "old"
        walls = PLASTER[kind]
        glazed = use == "office" or (use == "commercial" and floor > 6)
        bay, wide, high = (1.6, 0.86, 0.8) if glazed else (3.3, 0.52, 0.5)
        if use == "industrial":
            bay, wide, high = 6.0, 0.5, 0.2
        found.append(
            Look(
                walls[int(lot[0] * len(walls))],
                SIGNS[int(lot[1] * len(SIGNS))],
                max(height / max(floor, 1.0), 2.6),
                height,
                bay,
                wide,
                high,
                use == "commercial",
                use == "residential" and floor <= 3,
            )
        )
    return found


def painted(
    look: Look,
    along: NDArray[np.float64],
    up: NDArray[np.float64],
    length: float,
    fine: NDArray[np.float64],
) -> Floats:
    """Return the colours (rows, columns, 3) of a wall.

    Parameters
    ----------
    along : ndarray, shape (columns,)
        Metres from the wall's beginning.
    up : ndarray, shape (rows, columns)
        Metres above the ground.
    length : float
        Metres of the wall.
    fine : ndarray, shape (columns,)
        Metres across a pixel there: what is finer melts into its mean.
    """
    wall, glass = np.array(look.wall, np.float32), np.array(GLASS, np.float32)
    bays = max(round((length - 1.2) / look.bay), 0)
    found = np.broadcast_to(wall, (*up.shape, 3)).copy()
    if bays:
        column = (along - 0.6) / max((length - 1.2) / bays, 1e-6)
        storey = up / look.storey
        blur = np.minimum(fine / look.bay, 0.45)
        across = _part(np.abs(column % 1.0 - 0.5), look.wide / 2, blur)
        across = across * ((column > 0) & (column < bays))
        upright = _part(
            np.abs(storey % 1.0 - 0.55), look.high / 2, np.minimum(fine / look.storey, 0.45)
        )
        window = (across * upright * (up < look.top - 0.5)).astype(np.float32)[..., None]
        # Each pane has a sky of its own in it.
        lot = np.sin(np.floor(column) * 12.9 + np.floor(storey) * 78.2 + look.top) * 43758.5
        shine = ((lot - np.floor(lot)) ** 2 * 0.7).astype(np.float32)[..., None]
        pane = glass + (np.array(BRIGHT_GLASS, np.float32) - glass) * shine
        found += (pane - found) * window
        sill = _part(np.abs(storey % 1.0 - 0.03), 0.035, np.minimum(fine / look.storey, 0.45))
        found *= (1.0 - 0.12 * sill).astype(np.float32)[..., None]
    if look.shop:
        _shops(found, look, along, up)
    foot = np.clip((0.6 - up) / 0.1, 0.0, 1.0)[..., None].astype(np.float32)
    found *= 1.0 - 0.22 * foot
    crest = ((up > look.top - (0.8 if look.eaves else 0.45)) * 1.0).astype(np.float32)[..., None]
    edge = np.array(EAVES, np.float32) if look.eaves else np.minimum(wall * 1.08, 248)
    found += (edge - found) * crest
    return found


def _part(off: NDArray[np.float64], half: float, blur: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a pixel lies within `half` of a line, itself `blur` wide."""
    return np.asarray(np.clip((half - off) / np.maximum(blur, 1e-3) + 0.5, 0.0, 1.0))


def _shops(found: Floats, look: Look, along: NDArray[np.float64], up: NDArray[np.float64]) -> None:
    """Paint fronts of glass with a board above them on the ground floor."""
    front = (up > 0.5) & (up < 2.9) & (np.abs(along % 4.5 - 2.25) < 2.0)
    found[front] = (128.0, 146.0, 158.0)
    board = (up >= 2.95) & (up < 3.7)
    lot = np.floor(along / 9.0).astype(int) % len(SIGNS)
    colours = np.array(SIGNS, np.float32)[(lot + SIGNS.index(look.sign)) % len(SIGNS)]
    found[board] = np.broadcast_to(colours, found.shape)[board]
