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

    def take(self, count: int, *, reverse: bool = False, dark: bool = False) -> tuple[str, ...]:
        """Return `count` colours: the first ones where they stand for kinds, else evenly along it.

        Parameters
        ----------
        reverse : bool
            From the other end.
        dark : bool
            For a dark ground, on which more is lighter, so that it stands out there as well.
        """
        if self.kind == "qualitative":
            return (self.colours[::-1] if reverse else self.colours)[:count]
        # The end that is as light, or as dark, as the ground is left out.
        ends = {"diverging": (0.0, 1.0), "sequential": (0.0, 0.8) if dark else (0.06, 1.0)}
        at = np.linspace(*ends[self.kind], max(count, 2))
        if reverse != (dark and self.kind == "sequential"):
            at = at[::-1]
        stops = np.array([rgb(one) for one in self.colours], float)
        places = np.linspace(0, 1, len(stops))
        mixed = np.column_stack([np.interp(at[:count], places, part) for part in stops.T])
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
