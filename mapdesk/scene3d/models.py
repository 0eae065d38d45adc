"""Landmarks on the map: drawn with the city, found under the pointer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.ray_triangles import TrianglePicker
from mapdesk.analysis.standing import lifted_whole
from mapdesk.analysis.terrain import Terrain
from mapdesk.layers.style import Colour, MapStyle
from mapdesk.model.selection import Ref
from mapdesk.scene3d import picking
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.map_canvas import MapCanvas
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Projection
from mapdesk.services.landmarks import Standing

NIGHT = 0.62
"""Brightness of models in the dark theme."""
LAYER = "landmark"
SAME_WALL = 0.5
"""Metres that a building's face may be nearer than a landmark's and still give way to it."""


@dataclass(frozen=True)
class Models:
    """The landmarks of a map, ready to be picked.

    Parameters
    ----------
    standing : list of Standing
    origin : tuple of float
        What their meshes count from, metres.
    """

    standing: list[Standing]
    origin: tuple[float, float]
    picker: TrianglePicker
    _pickers: dict[str, TrianglePicker] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, standing: list[Standing], origin: tuple[float, float]) -> Models:
        """Make landmarks ready; any thread."""
        return cls(standing, origin, TrianglePicker.of([_corners(one.mesh) for one in standing]))

    def on(self, terrain: Terrain | None) -> TrianglePicker:
        """Return the picker of the landmarks as they stand on a terrain; any thread."""
        if terrain is None:
            return self.picker
        if terrain.key not in self._pickers:
            meshes = [lifted_whole(one.mesh, terrain, self.origin) for one in self.standing]
            self._pickers.clear()  # one terrain is shown at a time
            self._pickers[terrain.key] = TrianglePicker.of([_corners(mesh) for mesh in meshes])
        return self._pickers[terrain.key]

    def at(self, projection: Projection, px: float, py: float) -> tuple[Ref, str, float] | None:
        """Return the landmark under a pixel, what it is called there, and how far it is, metres."""
        eye, direction = projection.ray(px, py)
        picker = self.on(projection.terrain)
        hit = picker.hit(eye - [*self.origin, 0.0], direction)
        if hit is not None and projection.terrain is not None:
            hit = hit if hit[2] <= projection.reach_of(eye, direction) else None
        if hit is None:
            return None
        one = self.standing[hit[0]]
        part = one.parts[int(one.part[hit[1]])]
        name = one.landmark.name
        said = name if len(one.parts) == 1 or part == name else f"{name} · {part}"
        return Ref("landmark", one.landmark.id), said, hit[2]

    def before(
        self,
        projection: Projection,
        px: float,
        py: float,
        footprints: Footprints | None,
        building: tuple[Ref, str] | None,
    ) -> tuple[Ref, str] | None:
        """Return the landmark at a pixel, or the building found there where that is nearer."""
        model = self.at(projection, px, py)
        if model is None or footprints is None or building is None:
            return building if model is None else model[:2]
        metres = picking.distance(projection, px, py, footprints)
        return model[:2] if metres is None or model[2] <= metres + SAME_WALL else building


def _corners(mesh: Mesh) -> NDArray[np.float64]:
    return mesh.points.reshape(-1, 3, 3).astype(np.float64)


def show_models(view: MapCanvas, style: MapStyle, before: Models | None, models: Models) -> None:
    """Draw landmarks in place of those there were."""
    gone = [] if before is None else [layer_of(one) for one in before.standing]
    drawn = [(layer_of(one), one.mesh, in_light(one.palette, style)) for one in models.standing]
    shown = LAYER in view.overlay.visible

    def change(scene: Scene) -> None:
        for name in gone:
            scene.remove(name)
        for name, mesh, colours in drawn:
            scene.set_solid(name, mesh, colours, both_sides=True, stands="whole")
        scene.set_visible(LAYER, shown)

    view.change_scene(change)


def layer_of(standing: Standing) -> str:
    """Return what a landmark is called in the scene."""
    return f"{LAYER}/{standing.landmark.id}"


def in_light(palette: Colour, style: MapStyle) -> Colour:
    """Return a model's colours by day or night."""
    if style.theme == "light":
        return palette
    return (palette * NIGHT).astype(np.uint8)
