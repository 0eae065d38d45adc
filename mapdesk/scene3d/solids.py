"""Things with height that are no buildings: hills, columns, landmarks.

They belong to the thread that renders.
"""

from __future__ import annotations

from dataclasses import dataclass

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.standing import Stands, put_on
from mapdesk.analysis.terrain import Terrain
from mapdesk.scene3d.meshes import Colours, triangles
from mapdesk.scene3d.sides import Side, Sides


@dataclass
class _Solid:
    """Something with height, as it is on a plane, and its actor."""

    mesh: Mesh
    colours: Colours
    both_sides: bool
    stands: Stands
    side: Side = 0
    actor: vtkActor | None = None


class Solids:
    """Draws them into a renderer, by name."""

    def __init__(self, renderer: vtkRenderer, sides: Sides) -> None:
        self._renderer, self._sides = renderer, sides
        self._solids: dict[str, _Solid] = {}
        self._height = 1.0
        self._terrain: Terrain | None = None
        self._origin = (0.0, 0.0)

    def put(
        self,
        name: str,
        mesh: Mesh,
        colours: Colours,
        *,
        both_sides: bool,
        stands: Stands,
        side: Side = 0,
    ) -> None:
        """Show a mesh; see `Scene.set_solid`."""
        self.remove(name)
        if len(mesh.triangles):
            self._solids[name] = _Solid(mesh, colours, both_sides, stands, side)
            self._draw(self._solids[name])

    def remove(self, name: str) -> None:
        """Take one away; nothing happens where there is none."""
        one = self._solids.pop(name, None)
        if one is not None and one.actor is not None:
            self._renderer.RemoveActor(one.actor)

    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide all whose name is `name` or begins with ``name/``."""
        for key, one in self._solids.items():
            if one.actor is not None and (key == name or key.startswith(name + "/")):
                one.actor.SetVisibility(visible)

    def set_height(self, part: float) -> None:
        """Draw all heights times `part`."""
        self._height = part
        for one in self._solids.values():
            if one.actor is not None:
                one.actor.SetScale(1.0, 1.0, part)

    def stand_on(self, terrain: Terrain | None, origin: tuple[float, float]) -> None:
        """Let them stand on a terrain, or on a plane again."""
        if terrain is self._terrain and origin == self._origin:
            return
        self._terrain, self._origin = terrain, origin
        for one in self._solids.values():
            self._draw(one)

    def _draw(self, one: _Solid) -> None:
        """Make an actor anew, where it stands now."""
        shown = 1
        if one.actor is not None:
            shown = one.actor.GetVisibility()
            self._renderer.RemoveActor(one.actor)
        mesh = one.mesh
        if self._terrain is not None:
            mesh = put_on(mesh, self._terrain, self._origin, one.stands)
        one.actor, _array, _pixels = triangles(mesh, one.colours)
        one.actor.SetScale(1.0, 1.0, self._height)
        one.actor.SetVisibility(shown)
        self._sides.keep(one.actor, one.side)
        if one.both_sides:
            one.actor.GetProperty().BackfaceCullingOff()
        self._renderer.AddActor(one.actor)
