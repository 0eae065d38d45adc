"""What of places and boxes is in a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mapdesk.scene3d.viewpoint import Floats, Projection

BESIDE = 3.0
"""Pixels between a box that is wholly in the picture and its edge."""


def in_view(pixels: Floats, projection: Projection, margin: float) -> NDArray[np.bool_]:
    """Say which pixels (n, 2) are on the picture or within `margin` of it."""
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (pixels[:, 0] > -margin)
            & (pixels[:, 0] < projection.width + margin)
            & (pixels[:, 1] > -margin)
            & (pixels[:, 1] < projection.height + margin)
        )


def near_enough(
    projection: Projection, xy: Floats, z: ArrayLike, limit: Floats
) -> NDArray[np.int64]:
    """Return which places are so near the eye that what is shown below `limit` may be shown there."""
    view, terrain = projection.viewpoint, projection.terrain
    away = xy - view.eye[:2]
    # On a hill it may be as near to the eye as the highest ground is.
    highest = 0.0 if terrain is None else terrain.reach[1]
    below = np.maximum(projection.eye[2] - highest - np.asarray(z), 0.0)
    square = np.einsum("ij,ij->i", away, away) + below**2
    focal = view.distance / projection.metres_per_pixel
    # To the corner of the picture it is further than to its middle at the same scale.
    corner = np.hypot(1.0, np.hypot(projection.width, projection.height) / 2 / focal)
    reach = 1.05 * corner * limit * focal
    return np.flatnonzero(square < reach * reach)


def whole(middle: Floats, size: Floats, projection: Projection) -> tuple[Floats, Floats]:
    """Return where names of a size are wholly in the picture, and how far that is from their middles."""
    half = size / 2 + BESIDE
    far = np.array([projection.width, projection.height]) - half
    moved = np.clip(middle, np.minimum(half, far), far)
    return moved, np.hypot(*(moved - middle).T)
