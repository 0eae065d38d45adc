"""Ground tools: each gesture is one generator, read top to bottom.

A tool is called with the press that begins it, yields a `Preview` for every event it is sent, and
returns the finished shape, or None where the gesture came to nothing. Escape closes the generator.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from math import hypot
from typing import Literal

import numpy as np
import shapely
from PyQt6.QtCore import Qt

from mapdesk.model.selection import Combine
from mapdesk.model.shapes import Area, Circle, GroundShape, Trace

EventKind = Literal["press", "move", "release", "finish", "back"]

CLICK_SLACK = 4.0
"""Pixels the pointer may move between press and release of a click."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """One event of the pointer on the ground.

    Parameters
    ----------
    kind : EventKind
        "finish" is a double click, Enter or a right click; "back" is Backspace.
    px, py : float
        Pixels in the map.
    x, y : float
        Metres on the ground.
    z : float
        Metres above it, for tools that are caught by walls and roofs.
    building : int or None
        Position of the building met.
    """

    kind: EventKind
    px: float
    py: float
    x: float
    y: float
    z: float = 0.0
    building: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What to draw while a gesture is under way: points (n, 2) or (n, 3) in metres, and a text."""

    points: np.ndarray
    text: str = ""
    closed: bool = True


Gesture = Generator[Preview, Pointer, GroundShape | Trace | None]
Tool = Callable[[Pointer, float], Gesture]


def _clicked(press: Pointer, event: Pointer) -> bool:
    return hypot(event.px - press.px, event.py - press.py) < CLICK_SLACK


def circle(press: Pointer, radius: float) -> Gesture:
    """Drag from the centre; a click alone takes the typed radius."""
    event = yield Preview(Circle(press.x, press.y, radius).outline(), metres(radius))
    while event.kind == "move":
        drawn = max(hypot(event.x - press.x, event.y - press.y), 0.1)
        event = yield Preview(Circle(press.x, press.y, drawn).outline(), metres(drawn))
    if _clicked(press, event):
        return Circle(press.x, press.y, radius)
    return Circle(press.x, press.y, max(hypot(event.x - press.x, event.y - press.y), 0.1))


def rectangle(press: Pointer, _radius: float) -> Gesture:
    """Drag from one corner to the opposite one; sides run east and north."""
    corners = _box(press, press)
    event = yield Preview(corners)
    while event.kind == "move":
        corners = _box(press, event)
        size = np.ptp(corners, axis=0)
        event = yield Preview(corners, f"{metres(size[0])} × {metres(size[1])}")
    return None if _clicked(press, event) else Area.from_points(_box(press, event))


def lasso(press: Pointer, _radius: float) -> Gesture:
    """Draw around with the button held."""
    points = [(press.x, press.y)]
    pixels = [(press.px, press.py)]
    event = yield Preview(np.array(points), closed=False)
    while event.kind == "move":
        if hypot(event.px - pixels[-1][0], event.py - pixels[-1][1]) >= 2:
            points.append((event.x, event.y))
            pixels.append((event.px, event.py))
        event = yield Preview(np.array(points), hectares(np.array(points)))
    return Area.from_points(np.array(points)) if len(points) >= 3 else None


def polygon(press: Pointer, _radius: float) -> Gesture:
    """Click corner after corner; a double click, right click or Enter closes, Backspace takes one back."""
    corners = [(press.x, press.y)]
    event = yield Preview(np.array(corners), closed=False)
    while event.kind != "finish":
        if event.kind == "press":
            corners.append((event.x, event.y))
        elif event.kind == "back" and len(corners) > 1:
            corners.pop()
        drawn = np.array([*corners, (event.x, event.y)])
        event = yield Preview(drawn, hectares(drawn), closed=len(drawn) > 2)
    return Area.from_points(np.array(corners)) if len(corners) >= 3 else None


TOOLS: dict[str, Tool] = {
    "circle": circle,
    "lasso": lasso,
    "rectangle": rectangle,
    "polygon": polygon,
}
"""Ground tools by the name the session knows them by."""


def _box(one: Pointer, other: Pointer) -> np.ndarray:
    return np.array([[one.x, one.y], [other.x, one.y], [other.x, other.y], [one.x, other.y]])


def metres(length: float) -> str:
    """Return a length with its unit: "85 m", "1.20 km"."""
    return f"{length:.0f} m" if length < 1000 else f"{length / 1000:.2f} km"


def hectares(points: np.ndarray) -> str:
    """Return the area of a ring (n, 2) with its unit."""
    if len(points) < 3:
        return ""
    area = float(shapely.Polygon(points).area)
    return f"{area / 1e4:.1f} ha" if area < 1e6 else f"{area / 1e6:.2f} km²"


def combine_of(modifiers: Qt.KeyboardModifier) -> Combine:
    """Return what held keys make of a gesture: Shift adds, Ctrl takes away."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return "add"
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return "subtract"
    return "replace"
