"""The line between two times, or two pictures of the ground, in a scene: what lies left or right of it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPlane
from vtkmodules.vtkRenderingCore import vtkActor

from mapdesk.scene3d.viewpoint import Floats, Projection

Side = Literal[-1, 0, 1]
"""Left of the line only, everywhere, right of it only."""


class Sides:
    """Planes through the line that cut off what is of the other side; moving it reads and makes nothing.

    They belong to the thread that renders.
    """

    def __init__(self) -> None:
        self.line = 0.5
        """Where it is, 0 to 1 of the picture's width."""
        self._upright = {-1: vtkPlane(), 1: vtkPlane()}
        self._flat = {-1: vtkPlane(), 1: vtkPlane()}
        self._place = self._normal = np.array([1.0, 0.0, 0.0])

    def keep(self, actor: vtkActor, side: Side, *, flat: bool = False) -> None:
        """Draw an actor on one side only, or everywhere.

        Parameters
        ----------
        flat : bool
            It is painted on the plane that the ground is painted on.
        """
        mapper = actor.GetMapper()
        mapper.RemoveAllClippingPlanes()
        if side:
            mapper.AddClippingPlane((self._flat if flat else self._upright)[side])

    def look(self, picture: Projection, origin: tuple[float, float], *, plan: bool = False) -> None:
        """Turn the planes to where the camera looks; of a plan they stand upright."""
        normal = picture.right_of(self.line * picture.width)
        eye = picture.eye - (*origin, 0.0)
        # Where it crosses level ground as high as what is looked at: what is flat is cut off straight
        # below that, wherever a terrain lifts it.
        level = np.array([*normal[:2], 0.0])
        level /= np.linalg.norm(level)
        away = normal[2] * (eye[2] - picture.lift) / float(np.hypot(*normal[:2]))
        foot = np.array([*(eye + level * away)[:2], 0.0])
        self._set(self._flat, foot, level)
        self._set(self._upright, *((foot, level) if plan else (eye, normal)))
        self._place, self._normal = (foot, level) if plan else (eye, normal)

    def _set(self, planes: dict[int, vtkPlane], place: Floats, normal: Floats) -> None:
        for side, plane in planes.items():
            plane.SetOrigin(*place.tolist())
            plane.SetNormal(*(side * normal).tolist())

    def reach(self, corners: Floats) -> tuple[Floats, Floats]:
        """Return how far boxes with these corners (n, 8, 3) reach to the right of the line: least and most."""
        off = (corners - self._place) @ self._normal
        return off.min(axis=1), off.max(axis=1)
