"""Palettes of styles, read from ``data/styles/palettes.toml``."""

from __future__ import annotations

import importlib.resources
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from mapdesk.layers.style import rgb

PaletteKind = Literal["sequential", "diverging", "qualitative"]


@dataclass(frozen=True)
class Palette:
    """Colours for classes.

    Parameters
    ----------
    name : str
        What it is called everywhere.
    kind : {"sequential", "diverging", "qualitative"}
    source : str
        Who made it, and its licence.
    colours : tuple of str
        "#rrggbb", from low to high.
    """

    name: str
    kind: PaletteKind
    source: str
    colours: tuple[str, ...]

    def take(self, count: int, *, reverse: bool = False) -> tuple[str, ...]:
        """Return `count` colours: the first ones where they stand for kinds, else evenly along it."""
        colours = self.colours[::-1] if reverse else self.colours
        if self.kind == "qualitative":
            return colours[:count]
        if count == 1:
            return (colours[len(colours) // 2],)
        stops = np.array([rgb(one) for one in colours], float)
        # A sequential palette's lightest colour is as light as the ground: it is left out.
        low = 0.0 if self.kind == "diverging" or reverse else 0.06
        high = 0.94 if self.kind != "diverging" and reverse else 1.0
        at = np.linspace(low, high, count) * (len(stops) - 1)
        mixed = np.column_stack([np.interp(at, np.arange(len(stops)), part) for part in stops.T])
        return tuple("#" + bytes(row).hex() for row in np.round(mixed).astype(np.uint8))


@cache
def palettes() -> dict[str, Palette]:
    """Return every palette by its name."""
    text = (importlib.resources.files("mapdesk_data") / "styles" / "palettes.toml").read_text(
        "utf-8"
    )
    return {
        name: Palette(name, values["kind"], values["source"], tuple(values["colours"]))
        for name, values in tomllib.loads(text).items()
    }
