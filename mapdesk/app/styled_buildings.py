"""Buildings in a style: the colour of their class, of their grid's, or a quiet one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.layers.legend import EMPTY_COLOUR, HIDDEN_COLOUR, Classed
from mapdesk.layers.style import rgb, varied
from mapdesk.model.features import Features
from mapdesk.services.city import Buildings

if TYPE_CHECKING:
    from mapdesk.app.styled_map import Styled

Colours = NDArray[np.uint8]

QUIET = {"light": "#e9e7e2", "dark": "#4d545c"}
"""Colour by theme of buildings beside a style of grids: theirs would be taken for its classes."""
LIFT = 0.14
"""How much lighter than its grid a building is drawn, so that it stands out from the ground."""


class StyledPaint:
    """Colours of buildings in a style: made at once for those given, which takes a while for a city."""

    def __init__(
        self, styled: Styled, made: Classed, theme: str, buildings: Buildings | None
    ) -> None:
        self._styled, self._made, self._theme = styled, made, theme
        self._of = None if buildings is None else buildings.features
        self._colours = np.empty((0, 3), np.uint8)
        if buildings is not None:
            self._colours = _paint(styled, made, theme, buildings.features)

    def __call__(self, buildings: Features) -> Colours:
        """Return a colour (n, 3) for each building."""
        if buildings is self._of:
            return self._colours
        return _paint(self._styled, self._made, self._theme, buildings)


def _paint(styled: Styled, made: Classed, theme: str, buildings: Features) -> Colours:
    """Return the colours of buildings: of their class, of their grid's, or a quiet one."""
    if styled.style.noun == "building":
        table = np.vstack([made.rgb(theme), rgb(EMPTY_COLOUR[theme])])
        return varied(table[_places(styled.building_ids, buildings)])
    quiet = np.tile(rgb(QUIET[theme]), (len(buildings), 1))
    if styled.style.drawing != "choropleth":
        return varied(quiet)
    at = np.append(styled.building_grids, -1)[_places(styled.building_ids, buildings)]
    of_grid = np.vstack([made.rgb(theme), rgb(QUIET[theme])])[at]
    for those, colour in ((made.hidden, HIDDEN_COLOUR), (made.gone, QUIET)):
        of_grid[np.append(those, False)[at]] = rgb(colour[theme])
    return varied((of_grid * (1 - LIFT) + 255 * LIFT).astype(np.uint8))


def _places(known: NDArray[Any], buildings: Features) -> NDArray[np.int64]:
    """Return the position of each building among the known ones; -1 for those that are new since."""
    if len(known) == len(buildings) and (known == buildings.ids).all():
        return np.arange(len(known))
    place = {key: number for number, key in enumerate(known.tolist())}
    return np.array([place.get(key, -1) for key in buildings.ids.tolist()], np.int64)
