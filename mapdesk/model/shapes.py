"""Shapes drawn on the ground, in metres of the district's CRS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from mapdesk.model.errors import InputError

_MOST_DRAWN = 5000
"""Corners of an outline that are drawn as they are; 5000 are more than a screen has pixels across."""


def united(shapes: Iterable[shapely.Geometry]) -> shapely.Geometry:
    """Return the union of shapes.

    GEOS 3.14 may lose a whole piece of a union of pieces that share their edges. Where it did, corners are
    rounded to about a millionth of a millionth of where they lie, which takes several times as long.
    """
    every = np.asarray(list(shapes), object)
    whole = shapely.union_all(every)
    shapely.prepare(whole)
    inside = shapely.point_on_surface(every[shapely.area(every) > 0])
    if shapely.intersects(whole, inside).all():
        return whole
    grid = float(np.abs(shapely.total_bounds(every)).max()) * 2.0**-40
    return shapely.union_all(every, grid_size=grid)


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the ground.

    Parameters
    ----------
    x, y : float
        Centre in metres.
    radius : float
        Metres, positive.
    """

    x: float
    y: float
    radius: float

    def __post_init__(self) -> None:
        if not (np.isfinite([self.x, self.y, self.radius]).all() and self.radius > 0):
            raise InputError(f"A circle needs a radius above 0 m, not {self.radius:g}.")

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) in metres."""
        return (
            self.x - self.radius,
            self.y - self.radius,
            self.x + self.radius,
            self.y + self.radius,
        )

    @property
    def area(self) -> float:
        """Square metres."""
        return float(np.pi * self.radius**2)

    def contains(self, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say for each row of `xy` (n, 2) whether it lies inside or on the edge."""
        dx, dy = xy[:, 0] - self.x, xy[:, 1] - self.y
        return np.asarray(dx * dx + dy * dy <= self.radius * self.radius)

    def outline(self, count: int = 96) -> NDArray[np.float64]:
        """Return `count` points (count, 2) around the circle, for drawing."""
        angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
        return np.column_stack(
            [self.x + self.radius * np.cos(angle), self.y + self.radius * np.sin(angle)]
        )


@dataclass(frozen=True)
class Area:
    """A polygon on the ground: lasso, rectangle, drawn corners or an existing polygon.

    Parameters
    ----------
    polygon : shapely.Polygon or shapely.MultiPolygon
        Valid, not empty, in metres.
    """

    polygon: shapely.Polygon | shapely.MultiPolygon

    @classmethod
    def from_points(cls, points: NDArray[np.float64]) -> Area:
        """Make an area of drawn points (n, 2); a line that crosses itself keeps all its loops.

        Raises
        ------
        InputError
            Fewer than three corners, or no area inside.
        """
        if len(points) < 3:
            raise InputError("An area needs at least three corners.")
        return cls.from_geometry(shapely.Polygon(points))

    @classmethod
    def from_geometry(cls, geometry: shapely.Geometry) -> Area:
        """Make an area of any geometry that has one, repairing it where needed."""
        if not shapely.is_valid(geometry):
            geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
        parts = [
            part
            for part in shapely.get_parts(geometry)
            if isinstance(part, shapely.Polygon) and part.area > 0
        ]
        if not parts:
            raise InputError("There is no area inside that shape; draw around something.")
        # Repairing may leave parts that share an edge, which only a union makes one.
        whole = parts[0] if len(parts) == 1 else united(parts)
        return cls(whole)  # type: ignore[arg-type]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) in metres."""
        xmin, ymin, xmax, ymax = self.polygon.bounds
        return (xmin, ymin, xmax, ymax)

    @property
    def area(self) -> float:
        """Square metres."""
        return float(self.polygon.area)

    @cached_property
    def outlines(self) -> list[NDArray[np.float64]]:
        """Outer corners (n, 2) of each part, for drawing.

        An outline of many corners is thinned to what an eye can tell, which takes up to a second for a
        million: whoever draws in a hurry asks on another thread first.
        """
        shape = self.polygon
        if shapely.get_num_coordinates(shape) > _MOST_DRAWN:
            xmin, ymin, xmax, ymax = shape.bounds
            shape = shapely.simplify(
                shape, max(xmax - xmin, ymax - ymin) / _MOST_DRAWN, preserve_topology=False
            )
        rings = [shapely.get_coordinates(part.exterior)[:-1] for part in shapely.get_parts(shape)]
        return [ring for ring in rings if len(ring) > 2]

    def contains(self, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say for each row of `xy` (n, 2) whether it lies inside."""
        shapely.prepare(self.polygon)
        return np.asarray(shapely.intersects_xy(self.polygon, xy[:, 0], xy[:, 1]))


GroundShape = Circle | Area


@dataclass(frozen=True, eq=False)
class Trace:
    """Points drawn one after the other with a tool that measures.

    Parameters
    ----------
    tool : str
        Name of the tool.
    points : ndarray, shape (n, 3)
        Metres, and height where the pointer met a roof or a wall.
    building : int or None
        Position of the building the first point lies on.
    """

    tool: str
    points: NDArray[np.float64]
    building: int | None = None
