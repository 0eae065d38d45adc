"""Drawn areas as text, so that a filter that asks for one can be saved and read."""

from __future__ import annotations

import shapely

from mapdesk.model.errors import InputError
from mapdesk.model.shapes import Area, Circle, GroundShape

MOST_AREA_TEXT = 400_000
"""Characters of an area: a lasso of ten thousand corners."""


def area_text(shape: GroundShape) -> str:
    """Return a shape (m) as text: ``circle X Y RADIUS`` or a polygon as well-known text."""
    if isinstance(shape, Circle):
        return f"circle {shape.x!r} {shape.y!r} {shape.radius!r}"
    return str(shapely.to_wkt(shape.polygon, rounding_precision=3))


def area_of(text: str) -> GroundShape:
    """Read what `area_text` wrote, in metres.

    Raises
    ------
    InputError
        It is no area.
    """
    if len(text) > MOST_AREA_TEXT:
        raise InputError("That area has too many corners; draw it more simply.")
    try:
        word, *numbers = text.split()
        if word == "circle":
            x, y, radius = (float(one) for one in numbers)
            return Circle(x, y, radius)
        return Area.from_geometry(shapely.from_wkt(text))
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise InputError("That is no area; draw one on the map and take it.") from error
