"""A view straight down, to scale: for paper."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import ArrayLike

from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Floats, Projection, Viewpoint

ABOVE_ALL = 9_000.0
"""Metres above the ground from which a plan is drawn: no building or mountain is higher."""


@dataclass(frozen=True)
class Plan(Projection):
    """A view straight down in which everything keeps its scale, however high it stands.

    At the ground it is the same as a `Projection` from that viewpoint with a pitch of 90 degrees.
    """

    def project(self, xy: ArrayLike, z: ArrayLike) -> tuple[Floats, Floats]:
        """Project places to pixels; see `Projection.project`."""
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

    def to_ground(self, px: float, py: float) -> tuple[float, float] | None:
        """Return the place (m) under a pixel: straight down, however high the ground is."""
        place, _down = self.ray(px, py)
        return float(place[0]), float(place[1])

    def reach_of(self, eye: Floats, direction: Floats) -> float:
        """Return the metres along a ray to where it meets the ground, however low that is."""
        ground = 0.0 if self.terrain is None else float(self.terrain.at(eye[None, :2])[0])
        return float((ground - eye[2]) / direction[2] * (1 + 1e-9))


def plan_of(
    x: float, y: float, metres_per_pixel: float, height: float, bearing: float = 0.0
) -> Viewpoint:
    """Return the viewpoint from which a plan `height` pixels high has that scale."""
    distance = metres_per_pixel * height / 2 / tan(radians(FIELD_OF_VIEW / 2))
    return Viewpoint(x, y, distance, bearing, 90.0)
