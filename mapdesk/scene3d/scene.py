"""What stands in the map: ground, lines and buildings as VTK actors, drawn in two passes.

The ground pass holds everything flat and is painted as on paper, later over earlier, with no regard to
depth, so that nothing flickers; the city pass holds what has height, over it. All meshes are unlit
triangles with the light baked into point colours, buildings in tiles: recolouring uploads colours,
never geometry.

A scene belongs to the thread that renders it (see the presenters); nobody else may touch it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import atan, degrees, radians, tan
from typing import Any, cast

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from mapdesk.analysis.extrude import Mesh
from mapdesk.scene3d.ground_pictures import GroundPictures
from mapdesk.scene3d.meshes import Colours, shaded, triangles
from mapdesk.scene3d.open_floors import OpenFloors
from mapdesk.scene3d.viewpoint import ABOVE_ALL, FIELD_OF_VIEW, Viewpoint

FLATTENED = 1e-3
"""Part of their height that buildings keep on a flat map: enough for roofs to stay over one another."""

GL_ALWAYS, GL_LEQUAL = 0x0207, 0x0203
"""OpenGL's depth functions, as named in its registry."""


@dataclass
class _Tile:
    """One tile of buildings: who is in it and the colour array VTK draws from."""

    members: NDArray[np.int64]
    mesh: Mesh
    actor: vtkActor
    colours: vtkUnsignedCharArray
    pixels: NDArray[np.uint8]


@dataclass
class Scene:
    """Actors and their renderers.

    Parameters
    ----------
    origin : tuple of float
        Metres subtracted from district coordinates: VTK sees small numbers only.
    """

    origin: tuple[float, float]
    ground: vtkRenderer = field(default_factory=vtkRenderer)
    city: vtkRenderer = field(default_factory=vtkRenderer)
    pictures: GroundPictures = field(init=False)
    _flat: dict[str, tuple[vtkActor, float]] = field(default_factory=dict)
    _scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    _off: set[str] = field(default_factory=set)
    _solid: dict[str, vtkActor] = field(default_factory=dict)
    _tiles: list[_Tile] = field(default_factory=list)
    _colours: Colours | None = None
    _highlighted: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    _hidden: int | None = None
    _height: float = 1.0

    def __post_init__(self) -> None:
        self.ground.SetLayer(0)
        self.city.SetLayer(1)
        for renderer in (self.ground, self.city):
            renderer.SetAutomaticLightCreation(False)
        # VTK's annotations know event numbers only; names are what its documentation gives.
        observed: Any = self.ground
        observed.AddObserver("StartEvent", self._ignore_depth)
        observed.AddObserver("EndEvent", self._heed_depth)
        self.city.SetActiveCamera(self.ground.GetActiveCamera())
        self.ground.GetActiveCamera().SetViewAngle(FIELD_OF_VIEW)
        self.open = OpenFloors(self.city)
        self.pictures = GroundPictures(lambda: self.origin, self.stack)

    @property
    def renderers(self) -> tuple[vtkRenderer, ...]:
        """All passes, the one painted first first."""
        return self.ground, self.city, self.open.renderer

    def set_sky(
        self, horizon: Colours | NDArray[np.float64], zenith: Colours | NDArray[np.float64]
    ) -> None:
        """Set the background colours, 0 to 255 RGB."""
        self.ground.GradientBackgroundOn()
        self.ground.SetBackground(*(horizon / 255.0).tolist())
        self.ground.SetBackground2(*(zenith / 255.0).tolist())

    @property
    def sky(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The colours at the horizon and above, as `set_sky` takes them."""
        low, high = self.ground.GetBackground(), self.ground.GetBackground2()
        return np.multiply(low, 255.0), np.multiply(high, 255.0)

    def look(self, view: Viewpoint) -> None:
        """Put the camera where `view` says."""
        camera = self.ground.GetActiveCamera()
        camera.SetParallelProjection(False)
        camera.SetViewAngle(FIELD_OF_VIEW)
        camera.SetWindowCenter(0.0, 0.0)
        eye = view.eye
        camera.SetPosition(eye[0] - self.origin[0], eye[1] - self.origin[1], eye[2])
        camera.SetFocalPoint(view.x - self.origin[0], view.y - self.origin[1], 0.0)
        camera.SetViewUp(*view.up.tolist())
        camera.SetClippingRange(*view.clipping)
        for name, (low, high) in self._scales.items():
            shown = low <= view.usual_scale < high and name not in self._off
            self._flat[name][0].SetVisibility(shown)
        # Without a window there is no picture yet, and VTK's annotations do not say so.
        window: Any = self.ground.GetRenderWindow()
        if window is not None:
            width, height = window.GetSize()
            self.pictures.look(view, width / max(height, 1))

    def look_down(self, view: Viewpoint) -> None:
        """Put the camera straight above, seeing everything at one scale; `look` goes back to perspective."""
        self.look(replace(view, pitch=90.0))
        camera = self.ground.GetActiveCamera()
        x, y = view.x - self.origin[0], view.y - self.origin[1]
        camera.SetPosition(x, y, ABOVE_ALL)
        camera.SetParallelProjection(True)
        camera.SetParallelScale(view.distance * tan(radians(FIELD_OF_VIEW / 2)))
        camera.SetClippingRange(1.0, 2 * ABOVE_ALL)

    def look_at_tile(self, column: int, row: int, columns: int, rows: int) -> None:
        """Narrow what is looked at to one tile of the picture, rows counted from above; `look` widens it.

        The sky's gradient is narrowed too; `set_sky` widens that.
        """
        camera = self.ground.GetActiveCamera()
        camera.SetViewAngle(2 * degrees(atan(tan(radians(FIELD_OF_VIEW / 2)) / rows)))
        camera.SetParallelScale(camera.GetParallelScale() / rows)
        camera.SetWindowCenter(2.0 * column - (columns - 1), (rows - 1) - 2.0 * row)
        horizon, zenith = self.sky
        step = (zenith - horizon) / rows
        low = horizon + step * (rows - 1 - row)
        self.set_sky(low, low + step)

    def scale_lines(self, factor: float) -> None:
        """Make all lines this many times as wide, for pictures with more dots to the inch."""
        for actor, _order in self._flat.values():
            look = actor.GetProperty()
            look.SetLineWidth(look.GetLineWidth() * factor)

    def _ignore_depth(self, renderer: vtkRenderer, _event: str) -> None:
        _opengl(renderer).vtkglDepthFunc(GL_ALWAYS)

    def _heed_depth(self, renderer: vtkRenderer, _event: str) -> None:
        _opengl(renderer).vtkglDepthFunc(GL_LEQUAL)

    def stack(self, actors: Mapping[str, tuple[vtkActor, float]], gone: Iterable[str] = ()) -> None:
        """Put flat actors in by name, each to be painted in its order, and take others away."""
        for name in gone:
            self.remove(name)
        for name, (actor, order) in actors.items():
            if name not in self._flat:
                self.ground.AddActor(actor)
            self._flat[name] = (actor, order)
        # Only their sequence changes: an actor taken out would give its textures back.
        props = self.ground.GetViewProps()
        props.RemoveAllItems()
        for actor, _order in sorted(self._flat.values(), key=_by_order):
            props.AddItem(actor)

    def set_flat(
        self,
        name: str,
        order: float,
        mesh: Mesh,
        colours: Colours,
        scales: tuple[float, float] | None = None,
    ) -> None:
        """Show a flat layer, replacing the one of that name.

        Parameters
        ----------
        order : float
            Layers of higher order are painted over lower ones; within a layer, later triangles over
            earlier ones.
        colours : ndarray of uint8, shape (k, 3)
            RGB by owner of the mesh.
        scales : tuple of float, optional
            Metres per pixel from which, and below which, it is drawn; by default always.
        """
        self.remove(name)
        if len(mesh.points):
            actor, _array, _pixels = triangles(mesh, colours)
            self.stack({name: (actor, order)})
            if scales is not None:
                self._scales[name] = scales

    def set_lines(
        self,
        name: str,
        order: float,
        points: NDArray[np.float32],
        pairs: NDArray[np.int64],
        colour: Colours,
        width: float,
    ) -> None:
        """Show line segments on the ground: `pairs` (m, 2) of indices into `points` (n, 3)."""
        self.remove(name)
        if not len(pairs):
            return
        cells = np.column_stack([np.full(len(pairs), 2), pairs]).ravel()
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(pv.PolyData(points, lines=cells))
        mapper.ScalarVisibilityOff()
        actor = vtkActor()
        actor.SetMapper(mapper)
        look = actor.GetProperty()
        look.LightingOff()
        look.SetLineWidth(width)
        look.SetColor(*(colour / 255.0).tolist())
        self.stack({name: (actor, order)})

    def set_solid(
        self, name: str, mesh: Mesh, colours: Colours, *, both_sides: bool = False
    ) -> None:
        """Show something with height, such as a hill, replacing the one of that name.

        Parameters
        ----------
        both_sides : bool
            Draw triangles seen from behind too: models of others' making are not always turned right.
        """
        self.remove(name)
        if len(mesh.points):
            actor, _array, _pixels = triangles(mesh, colours)
            actor.SetScale(1.0, 1.0, self._height)
            if both_sides:
                actor.GetProperty().BackfaceCullingOff()
            self._solid[name] = actor
            self.city.AddActor(actor)

    def remove(self, name: str) -> None:
        """Take a flat or solid layer away; nothing happens where there is none."""
        flat = self._flat.pop(name, None)
        self._scales.pop(name, None)
        self._off.discard(name)
        if flat is not None:
            self.ground.RemoveActor(flat[0])
        solid = self._solid.pop(name, None)
        if solid is not None:
            self.city.RemoveActor(solid)

    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide every layer whose name is `name` or begins with ``name/``."""
        for key, (actor, _order) in self._flat.items():
            if key == name or key.startswith(name + "/"):
                actor.SetVisibility(visible)
                (self._off.discard if visible else self._off.add)(key)
        for key, actor in self._solid.items():
            if key == name or key.startswith(name + "/"):
                actor.SetVisibility(visible)
        if name == "building":
            for tile in self._tiles:
                tile.actor.SetVisibility(visible)

    def flatten(self, flat: bool) -> None:
        """Lay everything that has height on the ground, or let it stand again."""
        self._height = FLATTENED if flat else 1.0
        for actor in [*self._solid.values(), *(tile.actor for tile in self._tiles)]:
            actor.SetScale(1.0, 1.0, self._height)
        self.open.flatten(self._height)

    def set_buildings(
        self, tiles: Iterable[tuple[NDArray[np.int64], Mesh]], colours: Colours
    ) -> None:
        """Show buildings, replacing all.

        Parameters
        ----------
        tiles : iterable of (members, mesh)
            Positions of a tile's buildings; owners of its mesh count within them.
        colours : ndarray of uint8, shape (n, 3)
            RGB by building.
        """
        for tile in self._tiles:
            self.city.RemoveActor(tile.actor)
        self._tiles = []
        self._colours = colours
        self._highlighted = np.empty(0, np.int64)
        for members, mesh in tiles:
            actor, array, pixels = triangles(mesh, colours[members])
            actor.SetScale(1.0, 1.0, self._height)
            self._tiles.append(_Tile(members, mesh, actor, array, pixels))
            self.city.AddActor(actor)

    def hide_building(self, building: int | None) -> None:
        """Leave one building out of the picture and show all others; None shows all."""
        for tile in self._tiles:
            here = {one for one in (self._hidden, building) if one in tile.members}
            if not here:
                continue
            points = tile.mesh.points
            if building in here:
                points = points.copy()
                points[tile.members[tile.mesh.owner] == building] = 0.0
            tile.actor.GetMapper().GetInput().SetPoints(
                pv.vtk_points(cast("Any", points), deep=True)
            )
            tile.actor.GetMapper().Modified()
        self._hidden = building

    def recolour(self, colours: Colours) -> None:
        """Give buildings new colours (n, 3), keeping highlights off."""
        self._colours = colours
        self._highlighted = np.empty(0, np.int64)
        for tile in self._tiles:
            _paint(tile, colours[tile.members])

    def highlight(self, buildings: NDArray[np.int64], colour: Colours) -> None:
        """Light up these buildings and no others; only tiles that change are uploaded."""
        if self._colours is None:
            return
        before, after = self._highlighted, np.asarray(buildings, np.int64)
        changed = np.union1d(before, after)
        self._highlighted = after
        for tile in self._tiles:
            if not np.isin(tile.members, changed).any():
                continue
            colours = self._colours[tile.members].copy()
            colours[np.isin(tile.members, after)] = colour
            _paint(tile, colours)


def _opengl(renderer: vtkRenderer) -> Any:
    """Return the OpenGL state of a renderer's window; VTK's annotations know the plain window only."""
    window: Any = renderer.GetRenderWindow()
    return window.GetState()


def _by_order(flat: tuple[vtkActor, float]) -> float:
    return flat[1]


def _paint(tile: _Tile, colours: Colours) -> None:
    """Write new colours into the array VTK holds and tell it and its mapper."""
    tile.pixels[:] = shaded(tile.mesh, colours)
    tile.colours.Modified()
    tile.actor.GetMapper().GetInput().Modified()
    tile.actor.GetMapper().Modified()
