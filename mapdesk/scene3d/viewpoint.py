"""Where the map is looked at from, and where on the screen a place then is.

The projection is computed here, not asked of VTK: overlays, picking and tests need it on threads and
machines where no render window exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapdesk.analysis.pyramid import Sight

Floats = NDArray[np.float64]

FIELD_OF_VIEW = 30.0
"""Vertical, degrees: close to a map's parallel look, with enough depth to tell heights."""

USUAL_HEIGHT = 850.0
"""Pixels."""

MIN_PITCH, MAX_PITCH = 12.0, 90.0
MIN_DISTANCE, MAX_DISTANCE = 30.0, 120_000.0


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A camera looking at a point on the ground.

    Parameters
    ----------
    x, y : float
        Point looked at, metres in the district's CRS.
    distance : float
        Metres from the eye to that point.
    bearing : float
        Direction of view, degrees clockwise from grid north.
    pitch : float
        Degrees below the horizon; 90 looks straight down.
    """

    x: float
    y: float
    distance: float
    bearing: float = 0.0
    pitch: float = 45.0

    def limited(self) -> Viewpoint:
        """Return the nearest viewpoint the map allows."""
        return replace(
            self,
            distance=min(max(self.distance, MIN_DISTANCE), MAX_DISTANCE),
            pitch=min(max(self.pitch, MIN_PITCH), MAX_PITCH),
            bearing=self.bearing % 360.0,
        )

    @property
    def eye(self) -> Floats:
        """Position of the eye (3,), metres."""
        return np.array([self.x, self.y, 0.0]) - self.distance * self.forward

    @property
    def forward(self) -> Floats:
        """Unit vector (3,) of the direction of view."""
        bearing, pitch = radians(self.bearing), radians(self.pitch)
        return np.array([sin(bearing) * cos(pitch), cos(bearing) * cos(pitch), -sin(pitch)])

    @property
    def up(self) -> Floats:
        """Unit vector (3,) that is up on the screen."""
        bearing, pitch = radians(self.bearing), radians(self.pitch)
        return np.array([sin(bearing) * sin(pitch), cos(bearing) * sin(pitch), cos(pitch)])

    @property
    def right(self) -> Floats:
        """Unit vector (3,) to the right on the screen."""
        bearing = radians(self.bearing)
        return np.array([cos(bearing), -sin(bearing), 0.0])

    @property
    def usual_scale(self) -> float:
        """Metres a pixel spans at the point looked at in a window of the usual height."""
        return self.distance * 2 * tan(radians(FIELD_OF_VIEW / 2)) / USUAL_HEIGHT

    @property
    def clipping(self) -> tuple[float, float]:
        """Distances (m) of the near and far planes."""
        height = self.distance * sin(radians(self.pitch))
        return max(1.0, 0.06 * height), self.distance * 12.0 + 8_000.0


@dataclass(frozen=True, slots=True)
class Projection:
    """A viewpoint on a picture of a given size.

    Parameters
    ----------
    viewpoint : Viewpoint
    width, height : float
        Pixels; the origin is the upper left corner.
    """

    viewpoint: Viewpoint
    width: float
    height: float

    @property
    def _focal(self) -> float:
        return self.height / 2 / tan(radians(FIELD_OF_VIEW / 2))

    def to_screen(self, xy: ArrayLike, z: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Project places to pixels.

        Parameters
        ----------
        xy : array_like, shape (n, 2)
            Metres.
        z : array_like, broadcast to (n,)
            Height in metres.

        Returns
        -------
        pixels : ndarray, shape (n, 2)
            nan where the place is behind the eye.
        depth : ndarray, shape (n,)
            Metres in front of the eye.
        """
        view = self.viewpoint
        plane = np.asarray(xy, float).reshape(-1, 2)
        eye = view.eye
        offset = np.empty((len(plane), 3))
        offset[:, :2] = plane - eye[:2]
        offset[:, 2] = np.asarray(z, float) - eye[2]
        depth = offset @ view.forward
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(depth > 0.5, self._focal / depth, np.nan)
        pixels = np.empty((len(plane), 2))
        pixels[:, 0] = self.width / 2 + (offset @ view.right) * scale
        pixels[:, 1] = self.height / 2 - (offset @ view.up) * scale
        return pixels, depth

    def ray(self, px: float, py: float) -> tuple[Floats, Floats]:
        """Return the eye and the unit direction (3,) of the ray through a pixel."""
        view = self.viewpoint
        direction = (
            view.forward * self._focal
            + view.right * (px - self.width / 2)
            - view.up * (py - self.height / 2)
        )
        return view.eye, direction / np.linalg.norm(direction)

    def to_ground(self, px: float, py: float) -> tuple[float, float] | None:
        """Return the place (m) on the ground under a pixel; None above the horizon."""
        eye, direction = self.ray(px, py)
        if direction[2] >= -1e-4:
            return None
        hit = eye + direction * (-eye[2] / direction[2])
        return float(hit[0]), float(hit[1])

    def sight(self, ratio: float = 1.0) -> Sight:
        """Return what is seen of the ground, as far as `Viewpoint.clipping` reaches.

        Parameters
        ----------
        ratio : float
            Device pixels per pixel.
        """
        reach = self.viewpoint.clipping[1]
        outline = []
        for px in (0.0, self.width / 2, self.width):
            for py in (0.0, self.height):
                eye, direction = self.ray(px, py)
                level = float(np.hypot(direction[0], direction[1]))
                farthest = reach / max(level, 1e-9)
                along = -eye[2] / direction[2] if direction[2] < -1e-6 else farthest
                outline.append(eye[:2] + direction[:2] * min(along, farthest))
        view = self.viewpoint
        return Sight(np.array(outline), view.eye, self._focal * ratio, (view.x, view.y))

    @property
    def metres_per_pixel(self) -> float:
        """Metres a pixel spans at the point looked at."""
        return self.viewpoint.distance / self._focal


@dataclass(frozen=True, slots=True)
class Plan(Projection):
    """A view straight down in which everything keeps its scale, however high it stands.

    At the ground it is the same as a `Projection` from that viewpoint with a pitch of 90 degrees.
    """

    def to_screen(self, xy: ArrayLike, z: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Project places to pixels; see `Projection.to_screen`."""
        view = self.viewpoint
        plane = np.asarray(xy, float).reshape(-1, 2) - (view.x, view.y)
        turn = radians(view.bearing)
        scale = 1 / self.metres_per_pixel
        pixels = np.empty((len(plane), 2))
        pixels[:, 0] = self.width / 2 + (plane @ [cos(turn), -sin(turn)]) * scale
        pixels[:, 1] = self.height / 2 - (plane @ [sin(turn), cos(turn)]) * scale
        depth = np.broadcast_to(view.distance - np.asarray(z, float), (len(plane),))
        return pixels, np.array(depth)

    def ray(self, px: float, py: float) -> tuple[Floats, Floats]:
        """Return a point high above a pixel's place, and the direction straight down."""
        view = self.viewpoint
        turn = radians(view.bearing)
        right = (px - self.width / 2) * self.metres_per_pixel
        ahead = (self.height / 2 - py) * self.metres_per_pixel
        x = view.x + right * cos(turn) + ahead * sin(turn)
        y = view.y - right * sin(turn) + ahead * cos(turn)
        return np.array([x, y, ABOVE_ALL]), np.array([0.0, 0.0, -1.0])


ABOVE_ALL = 9_000.0
"""Metres above the ground from which a plan is drawn: no building or mountain is higher."""


def plan_of(
    x: float, y: float, metres_per_pixel: float, height: float, bearing: float = 0.0
) -> Viewpoint:
    """Return the viewpoint from which a plan `height` pixels high has that scale."""
    distance = metres_per_pixel * height / 2 / tan(radians(FIELD_OF_VIEW / 2))
    return Viewpoint(x, y, distance, bearing, 90.0)


FILLED = 0.92
"""Part of a picture's width or height that a fitted view fills."""


def fit(bounds: tuple[float, float, float, float], aspect: float, pitch: float = 48.0) -> Viewpoint:
    """Return a viewpoint that has `bounds` (xmin, ymin, xmax, ymax; metres) in view, filling it.

    Parameters
    ----------
    aspect : float
        Width over height of the picture.
    """
    xmin, ymin, xmax, ymax = bounds
    middle, span = ((xmin + xmax) / 2, (ymin + ymax) / 2), max(xmax - xmin, ymax - ymin, 20.0)
    corners = [(x, y) for x in (xmin, xmax) for y in (ymin, ymax)]
    view = Viewpoint(*middle, 3 * span, bearing=0.0, pitch=pitch).limited()
    # Perspective shows the near edge larger than the far one: centre and scale by turns.
    for _turn in range(12):
        projection = Projection(view, aspect, 1.0)
        pixels, _depth = projection.to_screen(corners)
        low, high = np.nanmin(pixels, axis=0), np.nanmax(pixels, axis=0)
        centre = projection.to_ground(float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
        if centre is None:
            break
        part = float(np.max((high - low) / [aspect, 1.0])) / FILLED
        distance = view.distance * min(max(part, 0.3), 3.0)
        view = Viewpoint(*centre, distance, bearing=0.0, pitch=pitch).limited()
    return view


def fit_solid(
    bounds: tuple[float, float, float, float],
    low: float,
    high: float,
    aspect: float,
    bearing: float,
    pitch: float,
    filled: float = FILLED,
) -> Viewpoint:
    """Return a viewpoint that has something of height in view, filling it.

    Parameters
    ----------
    bounds : tuple of float
        xmin, ymin, xmax, ymax; metres.
    low, high : float
        Heights of its foot and its top, metres.
    aspect : float
        Width over height of the picture.
    filled : float
        Part of the width or height that it takes.
    """
    xmin, ymin, xmax, ymax = bounds
    corners = [(x, y) for x in (xmin, xmax) for y in (ymin, ymax)] * 2
    heights = [low] * 4 + [high] * 4
    span = max(xmax - xmin, ymax - ymin, high - low, 10.0)
    view = Viewpoint((xmin + xmax) / 2, (ymin + ymax) / 2, 4 * span, bearing, pitch).limited()
    for _turn in range(16):
        projection = Projection(view, aspect, 1.0)
        pixels, _depth = projection.to_screen(corners, heights)
        if np.isnan(pixels).any():
            view = replace(view, distance=view.distance * 2)
            continue
        least, most = pixels.min(axis=0), pixels.max(axis=0)
        centre = projection.to_ground(*((least + most) / 2).tolist())
        if centre is None:
            break
        part = float(np.max((most - least) / [aspect, 1.0])) / filled
        distance = view.distance * min(max(part, 0.5), 2.0)
        view = replace(view, x=centre[0], y=centre[1], distance=distance).limited()
    return view
