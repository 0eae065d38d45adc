"""Tools that measure: points clicked one by one, caught by corners and edges.

Their gestures are generators as those of `tools`. The values shown while drawing are those of the
district's plane; the one kept is computed on the ellipsoid when the gesture is finished.
"""

from __future__ import annotations

from math import dist
from typing import Literal

import numpy as np
import shapely

from mapdesk.model.shapes import Trace
from mapdesk.scene3d.tools import Gesture, Pointer, Preview, Tool, metres

Chained = Literal["distance", "surface", "section"]


def distance(press: Pointer, _radius: float) -> Gesture:
    """Click point after point; a double click, right click or Enter ends, Backspace takes one back."""
    return _chain("distance", press, least=2)


def surface(press: Pointer, _radius: float) -> Gesture:
    """Click corner after corner of an area."""
    return _chain("surface", press, least=3)


def section(press: Pointer, _radius: float) -> Gesture:
    """Click the line of a section."""
    return _chain("section", press, least=2)


def height(press: Pointer, _radius: float) -> Gesture:
    """Click two points; Enter or a double click on one takes the whole building."""
    event = yield Preview(_places([press]), closed=False)
    while event.kind != "press":
        if event.kind == "back":
            return None
        if event.kind == "finish":
            return Trace("height", _places([press]), press.building)
        rise = event.z - press.z
        event = yield Preview(_places([press, event]), f"↕ {abs(rise):.2f} m", closed=False)
    return Trace("height", _places([press, event]), press.building)


def sight(press: Pointer, _radius: float) -> Gesture:
    """Click where the eye stands, then what it looks at."""
    event = yield Preview(_places([press]), closed=False)
    while event.kind != "press":
        if event.kind in ("back", "finish"):
            return None
        drawn = _places([press, event])
        event = yield Preview(drawn, metres(dist(*drawn[:, :2])), closed=False)
    return Trace("sight", _places([press, event]), press.building)


def _chain(tool: Chained, press: Pointer, *, least: int) -> Gesture:
    points = [press]
    event = yield Preview(_places(points), closed=False)
    while event.kind != "finish":
        if event.kind == "press":
            points.append(event)
        elif event.kind == "back":
            points.pop()
            if not points:
                return None
        drawn = _places([*points, event])
        is_ring = tool == "surface" and len(drawn) > 2
        event = yield Preview(drawn, _told(drawn, is_ring=is_ring), closed=is_ring)
    return Trace(tool, _places(points)) if len(points) >= least else None


def _told(points: np.ndarray, *, is_ring: bool) -> str:
    if is_ring:
        area = float(shapely.Polygon(points[:, :2]).area)
        return f"{area:,.1f} m²" if area < 1e4 else f"{area / 1e4:,.2f} ha"
    return metres(float(np.hypot(*np.diff(points[:, :2], axis=0).T).sum()))


def _places(points: list[Pointer]) -> np.ndarray:
    return np.array([(one.x, one.y, one.z) for one in points])


MEASURES: dict[str, Tool] = {
    "distance": distance,
    "surface": surface,
    "height": height,
    "sight": sight,
    "section": section,
}
"""Tools that measure, by the name the session knows them by."""
