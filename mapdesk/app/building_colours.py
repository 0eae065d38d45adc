"""The colours of a map's buildings: by their use, or by a style, and of two times either side of a line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mapdesk.layers.style import MapStyle
from mapdesk.model.features import Features

Colours = NDArray[np.uint8]
Paint = Callable[[Features], Colours]
"""Colours (n, 3) for buildings."""
Both = tuple[Colours, Colours | None]
"""Colours of buildings, and those left of a line between two times; None without one."""


class BuildingColours:
    """Makes them, anew for other buildings or in another style only; any thread.

    Parameters
    ----------
    style : MapStyle
        The theme's.
    """

    def __init__(self, style: MapStyle) -> None:
        self.style = style
        self._paints: tuple[Paint | None, Paint | None] = (None, None)
        self._made: tuple[tuple[object, ...], Both] | None = None

    def paint(self, paint: Paint | None, before: Paint | None) -> bool:
        """Colour by a style, `before` left of a line, or by use again; say whether that is news."""
        paints = paint, before
        is_news = paints != (None, None) or paints != self._paints
        self._paints = paints
        return is_news

    def of(self, buildings: Features) -> Both:
        """Return the colours of buildings."""
        style, (paint, before) = self.style, self._paints
        of, last = (buildings, style, paint, before), self._made
        if last is not None and all(a is b for a, b in zip(last[0], of, strict=True)):
            return last[1]
        uses = buildings.columns["use"]
        plain = style.building_colours(uses) if paint is None else paint(buildings)
        made = plain, None if before is None else before(buildings)
        self._made = of, made
        return made
