"""What is said of what is under the pointer: its name, and its figure in a style, of its side's time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF

from mapdesk.layers.legend import Classed
from mapdesk.model.selection import Ref

if TYPE_CHECKING:
    from mapdesk.scene3d.map_canvas import MapCanvas


@dataclass(frozen=True, eq=False)
class ShownFigures:
    """The figures of the style a map is shown in.

    Parameters
    ----------
    ids : ndarray of str, shape (n,)
        Of the things it colours.
    left, right : Classed
        Of the time left of the line, and right of it; without one both are the same.
    areas : ndarray of shapely geometry, shape (n,), optional
        Where things are whose areas are coloured.
    """

    noun: str
    ids: NDArray[Any]
    left: Classed
    right: Classed
    areas: NDArray[np.object_] | None = None

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: at for at, key in enumerate(self.ids.tolist())}

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([] if self.areas is None else self.areas)

    def of(self, key: str, *, is_left: bool) -> str:
        """Return the figure of a thing in words; empty where there is nothing to say."""
        at = self._places.get(key)
        return "" if at is None else (self.left if is_left else self.right).said(at)

    def area_at(self, x: float, y: float, *, is_left: bool) -> str:
        """Return the id of the area that is coloured at a place (m) on a side; empty without one."""
        gone = (self.left if is_left else self.right).gone
        found = self._tree.query(shapely.Point(x, y), predicate="intersects").tolist()
        return next((str(self.ids[at]) for at in found if not gone[at]), "")


def tip(canvas: MapCanvas, at: QPointF, found: tuple[object, str] | None) -> str:
    """Return what to say at a pixel, where a thing with a name was found, or nothing."""
    content, overlay = canvas.content, canvas.overlay
    name, figures = found[1] if found else "", content.figures
    if figures is None or figures.noun not in overlay.visible or overlay.open is not None:
        return name
    is_left = overlay.is_left(at.x(), canvas.shown)
    key = ""
    if found is None:
        place = canvas.shown.to_ground(at.x(), at.y())
        key = "" if place is None else figures.area_at(*place, is_left=is_left)
        name = content.names.places.titles(figures.noun).get(key, key)
    elif isinstance(found[0], Ref) and found[0].noun == figures.noun:
        key = found[0].id
    return " · ".join(one for one in (name, figures.of(key, is_left=is_left)) if one)


def gone_grids_at(canvas: MapCanvas, x: float, y: float) -> frozenset[str]:
    """Return the ids of grids that are not valid at the time a place (m) is shown at."""
    pixels, _depth = canvas.shown.to_screen([[x, y]])
    is_left = canvas.overlay.is_left(float(pixels[0, 0]), canvas.shown)
    return canvas.content.gone_of("grid")[0 if is_left else 1]
