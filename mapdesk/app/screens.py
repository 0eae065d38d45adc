"""Where windows may stand: what is remembered of one arrangement of screens must not be lost in another.

Rectangles are (x, y, width, height) in Qt's coordinates over all screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Rect = tuple[int, int, int, int]

GRIP = (120, 30)
"""Pixels of a window's upper edge that must be on a screen: enough to take hold of it."""
LEAST = (320, 240)
"""Pixels a window keeps, however small the screen."""


def arrangement_key(screens: Iterable[tuple[str, Rect]]) -> str:
    """Return what an arrangement of screens, by name and place, is remembered by."""
    return ";".join(
        f"{name}@{x},{y},{width}x{height}" for name, (x, y, width, height) in sorted(screens)
    )


def is_within_reach(window: Rect, screens: Sequence[Rect]) -> bool:
    """Say whether enough of a window's upper edge is on one screen to take hold of it."""
    x, y, width, _height = window
    for left, top, wide, high in screens:
        across = min(x + width, left + wide) - max(x, left)
        down = min(y + GRIP[1], top + high) - max(y, top)
        if across >= min(GRIP[0], width) and down >= GRIP[1] and y >= top:
            return True
    return False


def placed(window: Rect, screens: Sequence[Rect]) -> Rect:
    """Return where a window is put: where it stood if it can be reached there, else on the nearest screen.

    Parameters
    ----------
    window : Rect
        With its frame.
    screens : sequence of Rect
        What is free on each screen, the main one first; with none nothing changes.
    """
    if not screens or is_within_reach(window, screens):
        return window
    x, y, width, height = window
    middle = (x + width / 2, y + height / 2)
    left, top, wide, high = min(screens, key=lambda screen: _distance(middle, screen))
    width = max(min(width, wide), min(LEAST[0], wide))
    height = max(min(height, high), min(LEAST[1], high))
    x = min(max(x, left), left + wide - width)
    y = min(max(y, top), top + high - height)
    return (x, y, width, height)


def _distance(place: tuple[float, float], screen: Rect) -> float:
    """Return how far a place is from a screen, squared; 0 inside."""
    left, top, wide, high = screen
    dx = max(left - place[0], 0.0, place[0] - (left + wide))
    dy = max(top - place[1], 0.0, place[1] - (top + high))
    return dx * dx + dy * dy
