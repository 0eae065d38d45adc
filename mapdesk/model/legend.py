"""What a map's signs mean, in the order they are read: for the screen, the wall and paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sign = Literal["area", "line", "dot", "picture", "heading"]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend.

    Parameters
    ----------
    text : str
        What the sign means, in the user's language.
    colour : str
        "#rrggbb"; empty for a heading or a picture.
    sign : "area", "line", "dot", "picture" or "heading"
        What the colour fills; a heading has none.
    png : bytes
        The sign itself as a PNG, where it is a picture.
    width : float
        Of a border or a railway, pixels on the map; 0 of a street, which is drawn between edges.
    """

    text: str
    colour: str = ""
    sign: Sign = "area"
    png: bytes = b""
    width: float = 0.0
