"""Floors as VTK actors: those of an opened building, and bands around floors of closed ones.

An opened building is drawn over the city, which a veil dims.
Each floor is one actor, so that pulling floors apart moves actors and touches no mesh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkActor2D,
    vtkCoordinate,
    vtkPolyDataMapper2D,
    vtkRenderer,
)

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.standing import founded, lifted
from mapdesk.analysis.terrain import Terrain
from mapdesk.scene3d.meshes import Colours, polygons, shaded, triangles

VEIL = 0.62
"""How much of the city's picture the veil covers."""


THROUGH = 0.3
"""Opacity of a marked floor that something hides."""


@dataclass(frozen=True)
class Outlines:
    """Footprints of what floors belong to, and how tall it is: they say how it stands on a terrain.

    Parameters
    ----------
    polygons : ndarray of shapely geometry, shape (n,)
        Metres.
    tall : ndarray of float, shape (n,)
        Heights above the ground, metres.
    """

    polygons: NDArray[np.object_]
    tall: NDArray[np.float64]


@dataclass
class _Floor:
    mesh: Mesh
    actor: vtkActor
    array: vtkUnsignedCharArray
    pixels: Colours


@dataclass
class OpenFloors:
    """Floors over the city. Belongs to the thread that renders.

    Parameters
    ----------
    city : vtkRenderer
        What the veil is drawn over.
    """

    city: vtkRenderer
    renderer: vtkRenderer = field(default_factory=vtkRenderer)
    _floors: list[_Floor] = field(default_factory=list)
    _bands: tuple[vtkActor, vtkActor] | None = None
    _veil: vtkActor2D | None = None
    _height: float = 1.0
    _lift: float = 0.0
    _of: Outlines | None = None
    _heights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    _marked: tuple[Mesh, Colours, Outlines] | None = None
    _ground: tuple[Terrain | None, Terrain | None, tuple[float, float]] = (None, None, (0.0, 0.0))

    def __post_init__(self) -> None:
        self.renderer.SetLayer(3)
        self.renderer.SetAutomaticLightCreation(False)
        self.renderer.SetActiveCamera(self.city.GetActiveCamera())
        self.renderer.DrawOff()

    def show(
        self, meshes: Sequence[Mesh], colours: Sequence[Colours], veil: Colours, of: Outlines
    ) -> None:
        """Show floors, replacing others.

        Parameters
        ----------
        meshes : sequence of Mesh
            One a floor, its foot at height 0.
        colours : sequence of ndarray, shape (n, 3)
            RGB by owner of each mesh.
        veil : ndarray of uint8, shape (3,)
            What the city fades to.
        of : Outlines
            Of the one building.
        """
        self.clear()
        for mesh, paint in zip(meshes, colours, strict=True):
            floor = _floor(mesh, paint)
            self._floors.append(floor)
            self.renderer.AddActor(floor.actor)
        self._of = of
        self._lift = self._lift_of()
        self._veil = _sheet(veil)
        self.city.AddViewProp(self._veil)
        self._settle()

    def lift(self, heights: NDArray[np.float64]) -> None:
        """Put the foot of each floor at a height, metres."""
        self._heights = heights
        for floor, height in zip(self._floors, heights.tolist(), strict=True):
            floor.actor.SetPosition(0.0, 0.0, self._lift + height)

    def stand_on(
        self, terrain: Terrain | None, bands: Terrain | None, origin: tuple[float, float]
    ) -> None:
        """Let an opened building stand on a terrain, and bands on what buildings do; None is a plane."""
        before, self._ground = self._ground, (terrain, bands, origin)
        if before == self._ground:
            return
        self._lift = self._lift_of()
        if len(self._heights) == len(self._floors):
            self.lift(self._heights)
        if self._marked is not None:
            self.mark(*self._marked)

    def _lift_of(self) -> float:
        """Return the height that those of the opened building's floors are counted from, metres."""
        terrain = self._ground[0]
        if terrain is None or self._of is None:
            return 0.0
        return float(founded(terrain, self._of.polygons, self._of.tall).ground[0])

    def paint(self, colours: Sequence[Colours], veil: Colours) -> None:
        """Give rooms and veil other colours."""
        for floor, paint in zip(self._floors, colours, strict=True):
            floor.pixels[:] = shaded(floor.mesh, paint)
            floor.array.Modified()
            floor.actor.GetMapper().GetInput().Modified()
            floor.actor.GetMapper().Modified()
        if self._veil is not None:
            self._veil.GetProperty().SetColor(*(veil / 255.0).tolist())

    def clear(self) -> None:
        """Take floors and veil away."""
        for floor in self._floors:
            self.renderer.RemoveActor(floor.actor)
        self._floors, self._heights, self._of = [], np.empty(0), None
        if self._veil is not None:
            self.city.RemoveViewProp(self._veil)
            self._veil = None
        self._settle()

    def mark(self, mesh: Mesh, colour: Colours, of: Outlines) -> None:
        """Show bands around floors of closed buildings, replacing others.

        Where they are in sight they are solid, and seen lightly through whatever hides them. They make
        way for an opened building.

        Parameters
        ----------
        colour : ndarray of uint8, shape (3,)
        of : Outlines
            Of the building of each band: of each owner of the mesh.
        """
        if self._bands is not None:
            self.city.RemoveActor(self._bands[0])
            self.renderer.RemoveActor(self._bands[1])
            self._bands = None
        self._marked = (mesh, colour, of) if len(mesh.points) else None
        if len(mesh.points):
            _terrain, ground, origin = self._ground
            if ground is not None:
                stand = founded(ground, of.polygons, of.tall)
                mesh = lifted(mesh, ground, origin, founding=stand)
            paint = np.tile(colour, (int(mesh.owner.max()) + 1, 1))
            seen, hidden = triangles(mesh, paint)[0], triangles(mesh, paint)[0]
            hidden.GetProperty().SetOpacity(THROUGH)
            self.city.AddActor(seen)
            self.renderer.AddActor(hidden)
            self._bands = (seen, hidden)
        self._settle()

    def flatten(self, height: float) -> None:
        """Draw bands at this part of their height, as buildings are."""
        self._height = height
        self._settle()

    def _settle(self) -> None:
        """Show bands while no building is open, and draw the last pass only if there is something in it."""
        for band in self._bands or ():
            band.SetScale(1.0, 1.0, self._height)
            band.SetVisibility(not self._floors)
        self.renderer.SetDraw(bool(self._floors) or self._bands is not None)


def _floor(mesh: Mesh, colours: Colours) -> _Floor:
    return _Floor(mesh, *triangles(mesh, colours))


def _sheet(colour: Colours) -> vtkActor2D:
    """Return a sheet over the whole picture."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    mapper = vtkPolyDataMapper2D()
    mapper.SetInputData(polygons(corners, np.arange(4)[None]))
    place = vtkCoordinate()
    place.SetCoordinateSystemToNormalizedViewport()
    mapper.SetTransformCoordinate(place)
    actor = vtkActor2D()
    actor.SetMapper(mapper)
    actor.GetProperty().SetOpacity(VEIL)
    actor.GetProperty().SetColor(*(colour / 255.0).tolist())
    return actor
