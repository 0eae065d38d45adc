"""Pictures of the ground in the flat pass: textured tiles under roads, and the divider between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from mapdesk.analysis.pyramid import Tile, net_triangles
from mapdesk.scene3d.meshes import polygons, to_vtk
from mapdesk.scene3d.sides import Side, Sides
from mapdesk.services.tile_loading import Piece

ORDER = 0.5
"""Above the land, below everything that is drawn on it."""
_STEP = 0.001

Stack = Callable[[Mapping[str, tuple[vtkActor, float]], Iterable[str]], None]
"""Puts flat actors in with their orders, and takes those of some names away."""


@dataclass(frozen=True)
class PictureLook:
    """How one raster is drawn.

    Parameters
    ----------
    opacity, brightness : float
        Brightness 1 leaves colours as they are.
    side : Side
        Where of the divider it is drawn.
    """

    opacity: float = 1.0
    brightness: float = 1.0
    side: Side = 0


@dataclass
class _Drawn:
    actor: vtkActor
    source: Tile
    side: Side = 0
    brightness: float = 1.0


class GroundPictures:
    """The textured tiles of one scene; they belong to the thread that renders it.

    Parameters
    ----------
    origin : callable
        Returns the metres the scene subtracts.
    stack : Stack
    sides : Sides
        The divider.
    """

    def __init__(
        self, origin: Callable[[], tuple[float, float]], stack: Stack, sides: Sides
    ) -> None:
        self._origin, self._stack, self._sides = origin, stack, sides
        self._drawn: dict[str, _Drawn] = {}
        self._textures: dict[tuple[str, Tile], tuple[NDArray[np.uint8], vtkTexture]] = {}
        self._light = 1.0

    def show(self, pieces: Iterable[Piece], looks: Mapping[str, PictureLook]) -> None:
        """Draw these pieces and no others, rasters in the order of `looks`; what is there already stays."""
        orders = {name: ORDER + _STEP * at for at, name in enumerate(looks)}
        wanted = {f"imagery/{one.raster}/{one.tile}": one for one in pieces if one.raster in looks}
        gone = [
            key
            for key, drawn in self._drawn.items()
            if key not in wanted or wanted[key].source != drawn.source
        ]
        for key in gone:
            del self._drawn[key]
        used = {(one.raster, one.source): one.pixels for one in wanted.values()}
        for image in [image for image in self._textures if image not in used]:
            del self._textures[image]
        for key, piece in wanted.items():
            if key not in self._drawn:
                self._drawn[key] = _Drawn(self._actor(piece), piece.source)
            self._dress(self._drawn[key], looks[piece.raster])
        self._stack(
            {key: (self._drawn[key].actor, orders[one.raster]) for key, one in wanted.items()},
            gone,
        )

    def set_light(self, light: float) -> None:
        """Darken every picture by a part: a theme of the night shows those taken by day so."""
        self._light = light
        for drawn in self._drawn.values():
            self._lighten(drawn)

    def _lighten(self, drawn: _Drawn) -> None:
        brightness = drawn.brightness * self._light
        drawn.actor.GetProperty().SetColor(brightness, brightness, brightness)

    def _dress(self, drawn: _Drawn, look: PictureLook) -> None:
        shown = drawn.actor.GetProperty()
        shown.SetOpacity(look.opacity)
        drawn.brightness = look.brightness
        self._lighten(drawn)
        if drawn.side == look.side:
            return
        drawn.side = look.side
        self._sides.keep(drawn.actor, look.side, flat=True)

    def _actor(self, piece: Piece) -> vtkActor:
        points = np.zeros((len(piece.patch.xy), 3), np.float32)
        points[:, :2] = piece.patch.xy - self._origin()
        data = polygons(points, net_triangles())
        data.GetPointData().SetTCoords(to_vtk(piece.part))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(data)
        mapper.ScalarVisibilityOff()
        mapper.SetStatic(True)
        actor = vtkActor()
        actor.SetMapper(mapper)
        actor.SetTexture(self._texture(piece))
        actor.GetProperty().LightingOff()
        # A picture with gaps is painted in its turn, not after everything that is opaque.
        actor.ForceOpaqueOn()
        return actor

    def _texture(self, piece: Piece) -> vtkTexture:
        image = piece.raster, piece.source
        if image not in self._textures:
            pixels = np.ascontiguousarray(piece.pixels)
            height, width = pixels.shape[:2]
            picture = vtkImageData()
            picture.SetDimensions(width, height, 1)
            picture.GetPointData().SetScalars(to_vtk(pixels.reshape(-1, 4)))
            texture = vtkTexture()
            texture.SetInputData(picture)
            texture.SetColorModeToDirectScalars()
            texture.InterpolateOn()
            texture.SetWrap(vtkTexture.ClampToEdge)
            # VTK draws from this memory: it is kept as long as the texture.
            self._textures[image] = pixels, texture
        return self._textures[image][1]
