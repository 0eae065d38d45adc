"""Colours of the map, read from ``data/styles/map.toml``."""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.uint8]


VARIATION = 0.09
"""Brightness, as a part, that buildings of one colour may differ by."""
NIGHT_LIGHT = 0.6
"""`MapStyle.picture_light` of the dark theme: signs and names stand out as on its other maps."""
FOOTPRINTS = {"light": 0.86, "dark": 1.12}
"""`MapStyle.footprint_tone` by theme."""
PALE = {"road": 0.55, "railway": 0.4}
"""Part of the land's colour that lines in tunnels have."""
GRID_LOOKS = (("3", 1.3), ("2", 2.2), ("1", 3.0))
"""Style and width in pixels of grid outlines, from the finest level in the district up."""
GOLDEN = 0.6180339887
"""The golden ratio's fraction: multiples of it spread evenly, neighbours far apart (Weyl 1916)."""


def rgb(text: str) -> Colour:
    """Return "#rrggbb" as an array (3,) of 0 to 255."""
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)


@dataclass(frozen=True)
class MapStyle:
    """One theme of the map.

    Parameters
    ----------
    theme : str
        "light" or "dark".
    plain : mapping of str to str
        Single colours: sky, horizon, land, highlight, floor, selection, label, halo, gesture.
    building, land_use, road, railway, grid, unit_use, severity, symbol : mapping of str to str
        Colours by kind, "#rrggbb".
    """

    theme: str
    plain: Mapping[str, str]
    building: Mapping[str, str]
    land_use: Mapping[str, str]
    road: Mapping[str, str]
    railway: Mapping[str, str]
    grid: Mapping[str, str]
    unit_use: Mapping[str, str]
    severity: Mapping[str, str]
    symbol: Mapping[str, str]

    def colour(self, name: str) -> Colour:
        """Return a single colour."""
        return rgb(self.plain[name])

    @property
    def footprint_tone(self) -> float:
        """How bright footprints of the vector map are, of the roofs in 3D: off the land around them."""
        return FOOTPRINTS[self.theme]

    @property
    def picture_light(self) -> float:
        """By how much pictures of the ground, taken by day, are darkened; 1 leaves them as they are."""
        return NIGHT_LIGHT if self.theme == "dark" else 1.0

    def land_colours(self, kinds: NDArray[np.object_]) -> Colour:
        """Return a colour (n, 3) for each kind of land use."""
        return _by_kind(self.land_use, kinds, "residential")

    def road_colours(self, kinds: NDArray[np.object_]) -> Colour:
        """Return a colour (n, 3) for each kind of road; "trunk_casing" and the like too."""
        return _by_kind(self.road, kinds, "residential")

    def railway_colours(self, kinds: NDArray[np.object_]) -> Colour:
        """Return a colour (n, 3) for each look of a track; "rail_dash" and the like too."""
        return _by_kind(self.railway, kinds, "rail")

    def ground_colours(self, layer: str, kinds: NDArray[np.object_]) -> Colour:
        """Return a colour (n, 3) for each kind in a flat layer called "road/...", "land_use/..."."""
        by_noun = {"road": self.road_colours, "railway": self.railway_colours}
        return by_noun.get(layer.partition("/")[0], self.land_colours)(kinds)

    def building_colours(self, uses: NDArray[np.object_]) -> Colour:
        """Return a colour (n, 3) for each use; unknown uses are "other".

        Neighbours differ by a few per cent of brightness, so that roofs that touch stay apart.
        """
        return varied(_by_kind(self.building, uses, "other"))


def varied(colours: Colour) -> Colour:
    """Return colours (n, 3) of buildings, those of neighbours a few per cent apart in brightness."""
    brightness = 1 + VARIATION * (np.arange(len(colours)) * GOLDEN % 1 - 0.5)
    return np.clip(colours * brightness[:, None], 0, 255).astype(np.uint8)


def _by_kind(table: Mapping[str, str], kinds: NDArray[np.object_], default: str) -> Colour:
    if not len(kinds):
        return np.empty((0, 3), np.uint8)
    found, where = np.unique(kinds.astype(str), return_inverse=True)
    palette = np.array([rgb(table.get(kind, table[default])) for kind in found.tolist()])
    return palette[where]


def _with_tunnels(table: Mapping[str, str], land: str, part: float) -> dict[str, str]:
    """Return colours by kind with those of the kinds in tunnels, which the land shows through."""
    found = dict(table)
    for kind, colour in table.items():
        mixed = rgb(colour) * (1 - part) + rgb(land) * part
        found[f"{kind}_tunnel"] = "#" + bytes(mixed.round().astype(np.uint8).tolist()).hex()
    return found


@cache
def map_style(theme: str) -> MapStyle:
    """Return the theme called `theme` ("light" or "dark")."""
    text = (importlib.resources.files("mapdesk_data") / "styles" / "map.toml").read_text("utf-8")
    values: dict[str, Any] = tomllib.loads(text)
    chosen = values[theme]
    plain = {name: value for name, value in chosen.items() if isinstance(value, str)}
    return MapStyle(
        theme,
        plain,
        chosen["building"],
        chosen["land_use"],
        _with_tunnels(chosen["road"], plain["land"], PALE["road"]),
        _with_tunnels(chosen["railway"], plain["land"], PALE["railway"]),
        chosen["grid"],
        values["unit_use"],
        values["severity"],
        values["symbol"],
    )
