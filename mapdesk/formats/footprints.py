"""The ground outline and the height of a thing that is given as faces in space."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from mapdesk.model.shapes import united

Vertices = npt.NDArray[np.float64]

_LEVEL = 0.1
"""A face is flat, and at the bottom, within this, in units of height (0.1 m)."""

_LEAST_AREA = 1e-4
"""Faces smaller than this seen from above are walls, square units."""


@dataclass(frozen=True, slots=True)
class Face:
    """One polygon in space.

    Parameters
    ----------
    rings : tuple of tuples of int
        Numbers of vertices, the outer ring first, no ring closed.
    surface : str
        What it is said to be ("GroundSurface"); empty where nothing is said.
    detail : float
        Level of detail of the geometry it belongs to; 0 is a footprint.
    """

    rings: tuple[tuple[int, ...], ...]
    surface: str
    detail: float


def outline(faces: Iterable[Face], vertices: Vertices) -> shapely.Geometry | None:
    """Return the ground outline of one body.

    Parameters
    ----------
    faces : iterable of Face
        Of one body; several levels of detail may be among them.
    vertices : array of float, shape (n, 3)
        x, y, z.

    Returns
    -------
    shapely geometry or None
        From the faces said to be its ground; else from a footprint of detail 0; else from flat faces
        at the bottom; else everything seen from above. None where nothing has an area.
    """
    given = tuple(faces)
    ground = [face for face in given if face.surface == "GroundSurface"]
    if ground:
        finest = max(face.detail for face in ground)
        return seen_from_above((face for face in ground if face.detail == finest), vertices)
    footprint = [face for face in given if face.detail < 1]
    bottom = footprint or _bottom(given, vertices)
    return seen_from_above(bottom, vertices) or seen_from_above(given, vertices)


def seen_from_above(faces: Iterable[Face], vertices: Vertices) -> shapely.Geometry | None:
    """Return the union of faces laid flat, None where they have no area."""
    usable = [face.rings for face in faces if all(len(ring) > 2 for ring in face.rings)]
    rings = [ring for face in usable for ring in face]
    if not rings:
        return None
    of_ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    of_face = np.repeat(np.arange(len(usable)), [len(face) for face in usable])
    corners = vertices[np.concatenate([np.asarray(ring) for ring in rings]), :2]
    closed = np.asarray(shapely.linearrings(corners, indices=of_ring), dtype=object)
    flat = np.asarray(shapely.polygons(closed, indices=of_face), dtype=object)
    flat = flat[shapely.area(flat) > _LEAST_AREA]
    if not len(flat):
        return None
    whole = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    return united(whole)


def reach(faces: Iterable[Face], vertices: Vertices) -> tuple[float, float]:
    """Return the lowest and the highest z of the finest level of detail; zeros without faces."""
    given = tuple(faces)
    finest = max((face.detail for face in given), default=0.0)
    used = [vertex for face in given if face.detail == finest for vertex in face.rings[0]]
    if not used:
        return 0.0, 0.0
    z = vertices[used, 2]
    return float(z.min()), float(z.max())


def _bottom(faces: tuple[Face, ...], vertices: Vertices) -> list[Face]:
    """Return the flat faces at the lowest level of the finest detail."""
    low, _ = reach(faces, vertices)
    finest = max((face.detail for face in faces), default=0.0)
    return [
        face
        for face in faces
        if face.detail == finest and vertices[list(face.rings[0]), 2].max() <= low + _LEVEL
    ]
