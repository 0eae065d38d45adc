"""What stands in the map: ground, lines and buildings as VTK actors, drawn in two passes.

The ground pass holds everything flat and is painted as on paper, later over earlier, with no regard to
depth, so that nothing flickers; the city pass holds what has height, over it. All meshes are unlit
triangles with the light baked into point colours, buildings in tiles: recolouring uploads colours,
never geometry. Over a terrain the ground pass is painted into a texture first (see `drape`).

A scene belongs to the thread that renders it (see the presenters); nobody else may touch it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import atan, degrees, dist, radians, tan
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.massing import Tile
from mapdesk.analysis.standing import Stands
from mapdesk.analysis.terrain import Terrain
from mapdesk.scene3d.city import City
from mapdesk.scene3d.drape import FINER, Drape
from mapdesk.scene3d.ground_pictures import GroundPictures
from mapdesk.scene3d.meshes import Colours, strokes, triangles
from mapdesk.scene3d.open_floors import OpenFloors
from mapdesk.scene3d.plan import ABOVE_ALL
from mapdesk.scene3d.sides import Side, Sides
from mapdesk.scene3d.solids import Solids
from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Projection, Viewpoint

FLATTENED = 3e-2
"""Part of their height that buildings keep on a flat map: enough for roofs to stay over one another."""

GL_ALWAYS, GL_LEQUAL = 0x0207, 0x0203
"""OpenGL's depth functions, as named in its registry."""


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
    sides: Sides = field(default_factory=Sides)
    pictures: GroundPictures = field(init=False)
    drape: Drape = field(default_factory=Drape)
    _flat: dict[str, tuple[vtkActor, float]] = field(default_factory=dict)
    _scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    _off: set[str] = field(default_factory=set)
    solids: Solids = field(init=False)
    buildings: City = field(init=False)
    _height: float = 1.0
    _projection: Projection = field(default_factory=lambda: Projection(Viewpoint(0, 0, 1), 1, 1))
    _has_sky: bool = False

    def __post_init__(self) -> None:
        self.buildings = City(self.city, self.sides)
        self.solids = Solids(self.city, self.sides)
        self.ground.SetLayer(0)
        self.drape.renderer.SetLayer(1)
        self.drape.renderer.SetActiveCamera(self.ground.GetActiveCamera())
        self.city.SetLayer(2)
        for renderer in (self.ground, self.city):
            renderer.SetAutomaticLightCreation(False)
        # VTK's annotations know event numbers only; names are what its documentation gives.
        observed: Any = self.ground
        observed.AddObserver("StartEvent", self._ignore_depth)
        observed.AddObserver("EndEvent", self._heed_depth)
        self.city.SetActiveCamera(self.ground.GetActiveCamera())
        self.ground.GetActiveCamera().SetViewAngle(FIELD_OF_VIEW)
        self.open = OpenFloors(self.city)
        self.pictures = GroundPictures(lambda: self.origin, self.stack, self.sides)

    @property
    def renderers(self) -> tuple[vtkRenderer, ...]:
        """All passes, the one painted first first."""
        return self.ground, self.drape.renderer, self.city, self.open.renderer

    @property
    def terrain(self) -> Terrain | None:
        """The ground everything stands on; None where it is a plane."""
        return self.drape.terrain

    def set_terrain(self, terrain: Terrain | None) -> None:
        """Let everything stand on a terrain, or on a plane again."""
        self.drape.set_terrain(terrain)
        self.city.SetPreserveDepthBuffer(terrain is not None)
        self._stand()
        if terrain is None:
            self._paint_in_order()
            self.city.DrawOn()

    def _stand(self) -> None:
        """Put what has height on the ground: on the terrain, or on the plane it is painted from."""
        ground = None if self.is_flat else self.terrain
        self.buildings.stand_on(ground, self.origin)
        self.solids.stand_on(ground, self.origin)
        self.open.stand_on(self.terrain, ground, self.origin)

    def set_sky(
        self, horizon: Colours | NDArray[np.float64], zenith: Colours | NDArray[np.float64]
    ) -> None:
        """Set the background colours, 0 to 255 RGB."""
        self._has_sky = True
        self.ground.GradientBackgroundOn()
        self.ground.SetBackground(*(horizon / 255.0).tolist())
        self.ground.SetBackground2(*(zenith / 255.0).tolist())

    @property
    def sky(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The colours at the horizon and above, as `set_sky` takes them."""
        low, high = self.ground.GetBackground(), self.ground.GetBackground2()
        return np.multiply(low, 255.0), np.multiply(high, 255.0)

    def look(
        self,
        view: Viewpoint,
        size: tuple[int, int] = (1200, 800),
        *,
        hurry: bool = False,
        plan: bool = False,
    ) -> None:
        """Put the camera where `view` says, and draw buildings as fine as a picture of `size` shows.

        Parameters
        ----------
        size : tuple of int
            Pixels of the picture.
        hurry : bool
            The next picture comes soon: what is not ready may wait for it.
        plan : bool
            Everything is to be seen from straight above.
        """
        camera = self.ground.GetActiveCamera()
        camera.SetParallelProjection(False)
        camera.SetViewAngle(FIELD_OF_VIEW)
        camera.SetWindowCenter(0.0, 0.0)
        self._projection = Projection(view, *size, self.terrain)
        eye, lift = self._projection.eye, self._projection.lift
        camera.SetPosition(eye[0] - self.origin[0], eye[1] - self.origin[1], eye[2])
        camera.SetFocalPoint(view.x - self.origin[0], view.y - self.origin[1], lift)
        camera.SetViewUp(*view.up.tolist())
        near, far = view.clipping
        # A slope may come nearer to the eye than a plane does.
        camera.SetClippingRange(near if self.terrain is None else max(1.0, near / 3), far)
        for name, (low, high) in self._scales.items():
            shown = low <= view.usual_scale < high and name not in self._off
            self._flat[name][0].SetVisibility(shown)
        self.sides.look(self._projection, self.origin, plan=plan or self.is_flat)
        # On software OpenGL the gradient takes as long as a tenth of the city.
        hides_sky = self.terrain is None and self._hides_sky(self._projection)
        self.ground.SetGradientBackground(self._has_sky and not hides_sky)
        self.drape.look(self._projection, self.origin)
        self.buildings.look(view, eye - (*self.origin, 0.0), size, hurry=hurry)

    def lay_ground(self, window: vtkRenderWindow, *, fine: bool, resize: bool = True) -> None:
        """Paint what is flat into the terrain's texture; to be called before each picture.

        Parameters
        ----------
        fine : bool
            At the resolution of the screen: for pictures that stand still.
        resize : bool
            The window may have another size meanwhile.
        """
        if self.terrain is None:
            return
        shot = window.GetSize()
        wanted = self.drape.aim(
            self.ground.GetActiveCamera(), self._projection, self.origin, shot[0] / max(shot[1], 1)
        )
        self._paint_in_order()
        passes = [self.ground, self.city] if self.is_flat else [self.ground]
        others = [one for one in self.renderers if one not in passes]
        size = wanted if fine and resize else None
        # Lines are as wide as on the screen, whatever the texture's resolution there is.
        times = FINER if size else FINER * shot[0] / wanted[0]
        self.scale_lines(times)
        self.drape.paint(window, passes, others, size, smooth=fine)
        self.scale_lines(1 / times)
        # Of the ground pass the picture itself needs the sky only; what is flat is in the texture.
        self.ground.GetViewProps().RemoveAllItems()
        self.ground.SetUseFXAA(False)
        self.city.SetDraw(not self.is_flat)

    def _hides_sky(self, picture: Projection) -> bool:
        """Say whether the land fills a whole picture: its upper corners show the farthest there is."""
        if "land" not in self._flat or "land" in self._off:
            return False
        low_x, high_x, low_y, high_y, *_z = self._flat["land"][0].GetBounds()
        reach = 0.99 * (high_x - low_x) / 2  # it is a disc of many corners
        middle = self.origin[0] + (low_x + high_x) / 2, self.origin[1] + (low_y + high_y) / 2
        view = picture.viewpoint
        for across in (0.0, picture.width):
            found = picture.to_ground(across, 0.0)
            if found is None or dist(found, middle) > reach:
                return False
            if dist((*found, 0.0), view.eye.tolist()) > view.clipping[1]:
                return False
        return True

    def look_down(self, view: Viewpoint, size: tuple[int, int] = (1200, 800)) -> None:
        """Put the camera straight above, seeing everything at one scale; `look` goes back to perspective."""
        self.look(replace(view, pitch=90.0), size, plan=True)
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
        self._paint_in_order()

    def _paint_in_order(self) -> None:
        # Only their sequence changes: an actor taken out would give its textures back.
        props = self.ground.GetViewProps()
        props.RemoveAllItems()
        for actor, _order in sorted(self._flat.values(), key=itemgetter(1)):
            props.AddItem(actor)

    def set_flat(
        self,
        name: str,
        order: float,
        mesh: Mesh,
        colours: Colours,
        scales: tuple[float, float] | None = None,
        side: Side = 0,
    ) -> None:
        """Show a flat layer, replacing the one of that name.

        Parameters
        ----------
        order : float
            Layers of higher order are painted over lower ones, within a layer later triangles.
        colours : ndarray of uint8, shape (k, 3)
            RGB by owner of the mesh.
        scales : tuple of float, optional
            Metres per pixel from which, and below which, it is drawn; by default always.
        side : Side
            Where of the line between two times it is drawn.
        """
        self.remove(name)
        if len(mesh.triangles):
            actor, _array, _pixels = triangles(mesh, colours)
            self.sides.keep(actor, side, flat=True)
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
        side: Side = 0,
    ) -> None:
        """Show line segments on the ground: `pairs` (m, 2) of indices into `points` (n, 3)."""
        self.remove(name)
        if len(pairs):
            actor = strokes(points, pairs, colour, width)
            self.sides.keep(actor, side, flat=True)
            self.stack({name: (actor, order)})

    def set_solid(
        self,
        name: str,
        mesh: Mesh,
        colours: Colours,
        *,
        both_sides: bool = False,
        stands: Stands = "parts",
        side: Side = 0,
    ) -> None:
        """Show something with height, such as a hill, replacing the one of that name.

        Parameters
        ----------
        both_sides : bool
            Draw triangles seen from behind too: models of others' making are not always turned right.
        stands : Stands
            What of it stands on a terrain by itself.
        side : Side
            Where of the line between two times it is drawn.
        """
        self.remove(name)
        self.solids.put(name, mesh, colours, both_sides=both_sides, stands=stands, side=side)

    def remove(self, name: str) -> None:
        """Take a flat or solid layer away; nothing happens where there is none."""
        self._scales.pop(name, None)
        self._off.discard(name)
        if (flat := self._flat.pop(name, None)) is not None:
            self.ground.RemoveActor(flat[0])
        self.solids.remove(name)

    def set_visible(self, name: str, visible: bool) -> None:
        """Show or hide every layer whose name is `name` or begins with ``name/``."""
        for key in self._called(name):
            self._flat[key][0].SetVisibility(visible)
            (self._off.discard if visible else self._off.add)(key)
        self.solids.set_visible(name, visible)
        if name == "building":
            self.buildings.set_visible(visible)

    def see_through(self, name: str, opacity: float) -> None:
        """Let what lies below flat layers ``name`` or ``name/...`` be seen through them; 1 lets nothing."""
        for key in self._called(name):
            self._flat[key][0].GetProperty().SetOpacity(opacity)

    def _called(self, name: str) -> list[str]:
        return [key for key in self._flat if key == name or key.startswith(name + "/")]

    def flatten(self, flat: bool) -> None:
        """Lay everything that has height on the ground, or let it stand again."""
        self._height = FLATTENED if flat else 1.0
        self._stand()
        self.solids.set_height(self._height)
        self.open.flatten(self._height)
        self.buildings.set_height(self._height)

    @property
    def is_flat(self) -> bool:
        """Whether everything that has height lies on the ground."""
        return self._height != 1.0

    def set_buildings(self, tiles: Sequence[Tile], colours: Colours) -> None:
        """Show buildings, replacing all; tiles that are shown already are left as they are.

        Parameters
        ----------
        colours : ndarray of uint8, shape (n, 3)
            RGB by building.
        """
        self.buildings.show(tiles, colours)

    def highlight(self, buildings: NDArray[np.int64], colour: Colours) -> None:
        """Light up these buildings and no others."""
        self.buildings.highlight(buildings, colour)


def _opengl(renderer: vtkRenderer) -> Any:
    """Return the OpenGL state of a renderer's window; VTK's annotations know the plain window only."""
    window: Any = renderer.GetRenderWindow()
    return window.GetState()
