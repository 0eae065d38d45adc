"""Where the map is looked at from, and where on the screen a place then is.

The projection is computed here, not asked of VTK: overlays, picking and tests need it on threads and
machines where no render window exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapdesk.analysis.pyramid import Sight
from mapdesk.analysis.skyline import Skyline
from mapdesk.analysis.terrain import Terrain

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


SMOOTHED = 0.12
"""Part of its distance around the point looked at whose ground, together, carries the eye."""
CLEARANCE = 4.0
"""Metres the eye stays above the ground."""
_AROUND = np.array(
    [(0.0, 0.0)]
    + [
        (ring * cos(radians(turn)), ring * sin(radians(turn)))
        for ring in (0.5, 1.0)
        for turn in range(0, 360, 45)
    ]
)


@dataclass(frozen=True)
class Projection:
    """A viewpoint on a picture of a given size.

    Parameters
    ----------
    viewpoint : Viewpoint
    width, height : float
        Pixels; the origin is the upper left corner.
    terrain : Terrain or None
        The ground everything stands on, which carries the eye too; None for a plane at height 0.
    """

    viewpoint: Viewpoint
    width: float
    height: float
    terrain: Terrain | None = None

    @property
    def _focal(self) -> float:
        return self.height / 2 / tan(radians(FIELD_OF_VIEW / 2))

    @cached_property
    def lift(self) -> float:
        """Metres by which the ground carries the eye."""
        if self.terrain is None:
            return 0.0
        view = self.viewpoint
        around = (view.x, view.y) + _AROUND * (SMOOTHED * view.distance)
        eye = view.eye
        nearby = self.terrain.at(eye[:2] + _AROUND * CLEARANCE)
        clear = float(nearby.max()) + CLEARANCE - float(eye[2])
        return max(float(self.terrain.at(around).mean()), clear)

    @cached_property
    def eye(self) -> Floats:
        """Position of the eye (3,), metres."""
        return self.viewpoint.eye + (0.0, 0.0, self.lift)

    def ground_at(self, xy: ArrayLike) -> Floats:
        """Return the ground's height (n,) at places (n, 2), metres."""
        if self.terrain is None:
            return np.zeros(len(np.asarray(xy, float).reshape(-1, 2)))
        return self.terrain.at(xy)

    def above_ground(self, xyz: ArrayLike) -> Floats:
        """Return places (n, 3) with their heights counted from the ground below each."""
        places = np.array(xyz, float).reshape(-1, 3)
        if self.terrain is not None:
            places[:, 2] -= self.terrain.at(places[:, :2])
        return places

    def to_screen(self, xy: ArrayLike, z: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Project places to pixels, their heights counted from the ground below each; see `project`."""
        if self.terrain is None:
            return self.project(xy, z)
        return self.project(xy, self.terrain.at(xy) + np.asarray(z, float))

    def project(self, xy: ArrayLike, z: ArrayLike) -> tuple[Floats, Floats]:
        """Project places to pixels.

        Parameters
        ----------
        xy : array_like, shape (n, 2)
            Metres.
        z : array_like, broadcast to (n,)
            Height in metres, wherever the ground is.

        Returns
        -------
        pixels : ndarray, shape (n, 2)
            nan where the place is behind the eye.
        depth : ndarray, shape (n,)
            Metres in front of the eye.
        """
        view = self.viewpoint
        plane = np.asarray(xy, float).reshape(-1, 2)
        eye = self.eye
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
        return self.eye, direction / np.linalg.norm(direction)

    def right_of(self, px: float) -> Floats:
        """Return the unit direction (3,) to the right, square to the plane of eye and column of pixels."""
        view = self.viewpoint
        normal = view.right * self._focal - view.forward * (px - self.width / 2)
        return np.asarray(normal / np.linalg.norm(normal))

    def to_ground(self, px: float, py: float) -> tuple[float, float] | None:
        """Return the place (m) on the ground under a pixel; None above the horizon."""
        if self.terrain is None:
            return self.to_level(px, py, 0.0)
        hit = self.terrain.meet(*self.ray(px, py), self.viewpoint.clipping[1])
        return None if hit is None else (float(hit[0]), float(hit[1]))

    def to_level(self, px: float, py: float, z: float) -> tuple[float, float] | None:
        """Return the place (m) at a height under a pixel; None where that is above the horizon."""
        eye, direction = self.ray(px, py)
        if direction[2] >= -1e-4 or eye[2] <= z:
            return None
        hit = eye + direction * ((z - eye[2]) / direction[2])
        return float(hit[0]), float(hit[1])

    def reach_of(self, eye: Floats, direction: Floats) -> float:
        """Return the metres along a ray to where it meets the ground, or to where nothing is drawn."""
        reach = self.viewpoint.clipping[1]
        if self.terrain is None:
            if direction[2] < -1e-6:
                reach = min(reach, -eye[2] / direction[2] * (1 + 1e-9))
            return float(reach)
        hit = self.terrain.meet(eye, direction, reach)
        return float(reach if hit is None else np.linalg.norm(hit - eye) * (1 + 1e-9))

    def behind_hills(self, xy: ArrayLike, z: ArrayLike = 0.0) -> NDArray[np.bool_]:
        """Say of places whether the ground hides them from the eye.

        Parameters
        ----------
        xy : array_like, shape (n, 2)
            Metres.
        z : array_like, broadcast to (n,)
            Metres above the ground.
        """
        places = np.asarray(xy, float).reshape(-1, 2)
        if self.terrain is None or self.viewpoint.pitch > NO_HILLS_FROM:
            return np.zeros(len(places), bool)
        return self._skyline.hides(places, self.terrain.at(places) + np.asarray(z, float))

    def in_sight(self, xy: ArrayLike, z: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Project places as `to_screen` does; nan also where the ground hides them."""
        pixels, depth = self.to_screen(xy, z)
        if self.terrain is not None:
            pixels[self.behind_hills(xy, z)] = np.nan
        return pixels, depth

    def along_ground(self, line: ArrayLike) -> Floats:
        """Return a line (n, 2 or 3) with points between its own, so that it follows the ground."""
        points = np.asarray(line, float)
        if self.terrain is None or len(points) < 2:
            return points
        ways = np.diff(points, axis=0)
        step = max(self.terrain.step, 8 * self.metres_per_pixel)
        count = np.clip(np.ceil(np.hypot(ways[:, 0], ways[:, 1]) / step), 1, 200).astype(int)
        if len(points) > MOST_CORNERS:
            return points
        start = np.repeat(np.arange(len(ways)), count)
        part = (np.arange(len(start)) - np.repeat(np.cumsum(count) - count, count)) / count[start]
        return np.concatenate([points[start] + part[:, None] * ways[start], points[-1:]])

    @cached_property
    def _skyline(self) -> Skyline:
        assert self.terrain is not None
        view = self.viewpoint
        return Skyline.of(self.terrain, self.eye, view.bearing, 12 * view.distance)

    def sight(self, ratio: float = 1.0) -> Sight:
        """Return what is seen of the ground, as far as `Viewpoint.clipping` reaches.

        Parameters
        ----------
        ratio : float
            Device pixels per pixel.
        """
        reach = self.viewpoint.clipping[1]
        outline = []
        levels = (0.0,) if self.terrain is None else self.terrain.reach
        for px in (0.0, self.width / 2, self.width):
            for py in (0.0, self.height):
                eye, direction = self.ray(px, py)
                level = float(np.hypot(direction[0], direction[1]))
                farthest = reach / max(level, 1e-9)
                for height in levels:
                    along = (height - eye[2]) / direction[2] if direction[2] < -1e-6 else farthest
                    outline.append(eye[:2] + direction[:2] * min(max(along, 0.0), farthest))
        view = self.viewpoint
        return Sight(np.array(outline), view.eye, self._focal * ratio, (view.x, view.y))

    @property
    def metres_per_pixel(self) -> float:
        """Metres a pixel spans at the point looked at."""
        return self.viewpoint.distance / self._focal


MOST_CORNERS = 5000
"""Corners of a line from which on it follows the ground well enough by itself."""
NO_HILLS_FROM = 62.0
"""Degrees of pitch from which on no hill is steep enough to hide what is behind it."""


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
