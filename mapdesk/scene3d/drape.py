"""The ground in relief: the flat ground's picture laid over a mesh of the terrain.

What is flat is painted as ever, on a plane, but seen by a camera of its own into a texture; each piece of
the mesh is coloured by what lies at its foot on that plane. So whatever is painted flat follows the
ground, at about the resolution of the screen, and its painting order needs no depth.

The camera stands where the eye does, higher where the eye looks flatly: slopes that face it and hills
far away have room in the texture. It takes in the feet of all ground in sight.

Belongs to the thread that renders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import radians, sin, tan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkCamera,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkTexture,
)

from mapdesk.analysis.relief import LIT_FLAT, Eye, relief_of
from mapdesk.analysis.terrain import Terrain
from mapdesk.scene3d.meshes import polygons, to_vtk
from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Floats, Projection, Viewpoint

FLATTEST = 32.0
"""Degrees below the horizon at which the camera of the texture sees the place looked at, at least."""
LARGEST = 2048
"""Pixels a side of a texture."""
FINER = 1.25
"""Pixels of the texture on a pixel of the screen where the map looks, in pictures that stand still."""
_MARGIN = 0.06
_SPARE = 16.0
"""Degrees beyond the picture's edges for which there is a mesh."""
_MOVED, _TURNED, _ZOOMED = 0.1, 8.0, 1.2
"""Parts of the distance, degrees, and times nearer or farther for which a mesh serves."""


@dataclass
class Drape:
    """The terrain of a scene and what is laid over it.

    Parameters
    ----------
    renderer : vtkRenderer
        Draws the mesh, with depth.
    plain : tuple of float
        RGB, 0 to 1, of ground that is in no texture.
    """

    renderer: vtkRenderer = field(default_factory=vtkRenderer)
    plain: tuple[float, float, float] = (0.9, 0.9, 0.88)
    terrain: Terrain | None = None
    camera: vtkCamera = field(default_factory=vtkCamera)
    _actor: vtkActor | None = None
    _feet: Floats = field(default_factory=lambda: np.empty((0, 3)))
    _made: tuple[Viewpoint, float] | None = None
    _buffer: vtkUnsignedCharArray = field(default_factory=vtkUnsignedCharArray)
    _image: vtkImageData = field(default_factory=vtkImageData)
    _texture: vtkTexture = field(default_factory=vtkTexture)

    def __post_init__(self) -> None:
        self.renderer.SetAutomaticLightCreation(False)
        self.renderer.DrawOff()
        self._texture.SetColorModeToDirectScalars()
        self._texture.InterpolateOn()
        self._texture.SetWrap(vtkTexture.ClampToEdge)
        self._texture.SetInputData(self._image)

    def set_terrain(self, terrain: Terrain | None) -> None:
        """Show another terrain, or none."""
        self.terrain, self._made = terrain, None
        self.renderer.SetDraw(terrain is not None)
        if terrain is None:
            self._drop()
            self._buffer.Initialize()

    def look(self, projection: Projection, origin: tuple[float, float]) -> None:
        """Make the mesh for where the camera looks, unless the one there is serves."""
        view, aspect = projection.viewpoint, projection.width / max(projection.height, 1)
        if self.terrain is None or (self._made is not None and _serves(self._made, view, aspect)):
            return
        half = radians(FIELD_OF_VIEW / 2)
        spare = radians(_SPARE)
        looking = Eye(
            projection.eye,
            view.forward,
            view.right,
            view.up,
            np.array([view.x, view.y]),
            view.distance,
            (tan(np.arctan(tan(half) * aspect) + spare), tan(half + spare)),
        )
        relief = relief_of(self.terrain, looking)
        points = (relief.points - (*origin, 0.0)).astype(np.float32)
        light = (relief.light * 255 + 0.5).astype(np.uint8)
        self._drop()
        self._actor = self._mesh(points, relief.triangles, np.repeat(light[:, None], 3, axis=1))
        self.renderer.AddActor(self._actor)
        self._feet = relief.points - (*origin, 0.0)
        self._made = view, aspect

    def aim(
        self, camera: vtkCamera, projection: Projection, origin: tuple[float, float], aspect: float
    ) -> tuple[int, int]:
        """Aim the texture's camera at all ground that `camera` sees; return the size (pixels) it wants.

        Parameters
        ----------
        projection : Projection
            Of the whole picture, of which `camera` may see a tile.
        aspect : float
            Width over height of what `camera` sees.
        """
        view = projection.viewpoint
        seen = self._feet[_in_sight(self._feet, camera, aspect), :2]
        target = np.array([view.x, view.y]) - origin
        if len(seen) < 3:
            seen = target + np.array([(-1, -1), (1, -1), (0, 1)]) * view.distance / 4
        eye = projection.eye[:2] - origin
        away = float(np.hypot(*(target - eye)))
        height = max(view.distance * sin(radians(view.pitch)), away * tan(radians(FLATTEST)))
        # Axes of the camera: it looks at the target from its place above the plane.
        ahead = np.array([*(target - eye), -height])
        ahead /= np.linalg.norm(ahead)
        up = np.cross(view.right, ahead)
        place = np.array([*eye, height])
        axes = np.stack([view.right, up, ahead])
        offset = (np.column_stack([seen, np.zeros(len(seen))]) - place) @ axes.T
        offset = offset[offset[:, 2] > 0.02 * height]
        flat = offset[:, :2] / offset[:, 2:]
        low, high = flat.min(axis=0), flat.max(axis=0)
        spare = np.maximum((high - low) * _MARGIN, 1e-3)
        low, high = low - spare, high + spare
        near = 0.5 * float(offset[:, 2].min())
        far = 3.0 * float(offset[:, 2].max())
        # Homogeneous coordinates: the picture's part is a shift and a scale of the axes.
        clip = np.zeros((4, 4))
        clip[0], clip[1] = (
            [2 / (high[0] - low[0]), 0, -(high[0] + low[0]) / (high[0] - low[0]), 0],
            [0, 2 / (high[1] - low[1]), -(high[1] + low[1]) / (high[1] - low[1]), 0],
        )
        clip[2] = [0, 0, (far + near) / (far - near), -2 * far * near / (far - near)]
        clip[3] = [0, 0, 1, 0]
        world = np.eye(4)
        world[:3, :3], world[:3, 3] = axes, -axes @ place
        whole = clip @ world
        self._give(whole, place, ahead, up, (near, far))
        per_metre = FINER / projection.metres_per_pixel
        across, along = view.right[:2], np.array([-view.right[1], view.right[0]])
        steep = sin(radians(max(view.pitch, FLATTEST)))
        size = (
            per_metre / _rate(whole, target, across, 0),
            per_metre * steep / _rate(whole, target, along, 1),
        )
        return (
            int(np.clip(size[0], 64, LARGEST)),
            int(np.clip(size[1], 64, LARGEST)),
        )

    def paint(
        self,
        window: vtkRenderWindow,
        passes: Sequence[vtkRenderer],
        others: Sequence[vtkRenderer],
        size: tuple[int, int] | None,
        *,
        smooth: bool,
    ) -> None:
        """Draw some renderers as the texture's camera sees them, and nothing else, into the texture.

        Parameters
        ----------
        size : tuple of int or None
            Pixels the window has meanwhile; those it has by default.
        """
        before = window.GetSize()
        drawn = [one.GetDraw() for one in (*passes, *others)]
        states = [
            (one.GetActiveCamera(), one.GetUseFXAA(), one.GetPreserveDepthBuffer())
            for one in passes
        ]
        for one in others:
            one.DrawOff()
        for one in passes:
            one.DrawOn()
            one.SetActiveCamera(self.camera)
            one.SetUseFXAA(smooth)
            one.SetPreserveDepthBuffer(False)
        swaps = window.GetSwapBuffers()
        window.SetSwapBuffers(False)
        if size is not None:
            window.SetSize(*size)
        window.Render()
        self._take(window)
        if size is not None:
            window.SetSize(*before)
        window.SetSwapBuffers(swaps)
        for one, (camera, smoothed, keeps) in zip(passes, states, strict=True):
            one.SetActiveCamera(camera)
            one.SetUseFXAA(smoothed)
            one.SetPreserveDepthBuffer(keeps)
        for one, shown in zip((*passes, *others), drawn, strict=True):
            one.SetDraw(shown)

    def _take(self, window: vtkRenderWindow) -> None:
        width, height = window.GetSize()
        window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._buffer, 0)
        self._image.SetDimensions(width, height, 1)
        self._image.GetPointData().SetScalars(self._buffer)
        self._buffer.Modified()
        self._image.Modified()
        self._texture.Modified()

    def _give(
        self,
        whole: Floats,
        place: Floats,
        ahead: Floats,
        up: Floats,
        clipping: tuple[float, float],
    ) -> None:
        """Give the projection (4, 4) to the camera, and to the mesh's shader its part for the plane."""
        camera = self.camera
        camera.SetPosition(*place.tolist())
        camera.SetFocalPoint(*(place + ahead * place[2]).tolist())
        camera.SetViewUp(*up.tolist())
        camera.SetClippingRange(*clipping)
        # VTK's own view transform looks along -z; what is left of the projection follows from it.
        view: Any = camera.GetViewTransformMatrix()
        own = np.array([[view.GetElement(row, at) for at in range(4)] for row in range(4)])
        rest = whole @ np.linalg.inv(own)
        matrix = vtkMatrix4x4()
        for row in range(4):
            for at in range(4):
                matrix.SetElement(row, at, float(rest[row, at]))
        camera.SetExplicitProjectionTransformMatrix(matrix)
        camera.SetUseExplicitProjectionTransformMatrix(True)
        if self._actor is None:
            return
        # From -1..1 to the texture's 0..1; a foot is (x, y, 0).
        plane = whole[:, [0, 1, 3]]
        parts = (plane[0] + plane[3]) / 2, (plane[1] + plane[3]) / 2, plane[3]
        shader: Any = self._actor.GetShaderProperty()
        for name, row in zip(("footX", "footY", "footW"), parts, strict=True):
            shader.GetVertexCustomUniforms().SetUniform3f(name, row.tolist())
        shader.GetFragmentCustomUniforms().SetUniform3f("plain", list(self.plain))

    def _mesh(
        self, points: NDArray[np.float32], faces: NDArray[np.int32], light: NDArray[np.uint8]
    ) -> vtkActor:
        data = polygons(points, faces)
        data.GetPointData().SetScalars(to_vtk(light))
        # The shader finds its place in the texture itself; VTK asks for coordinates to use one at all.
        data.GetPointData().SetTCoords(to_vtk(np.zeros((len(points), 2), np.float32)))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(data)
        mapper.SetColorModeToDirectScalars()
        mapper.SetStatic(True)
        shift: Any = mapper
        shift.SetVBOShiftScaleMethod(0)
        actor = vtkActor()
        actor.SetMapper(mapper)
        actor.SetTexture(self._texture)
        actor.ForceOpaqueOn()
        look = actor.GetProperty()
        look.LightingOff()
        look.BackfaceCullingOn()
        shader: Any = actor.GetShaderProperty()
        for stage, place, code in _SHADER:
            add = getattr(shader, f"Add{stage}ShaderReplacement")
            add(f"//VTK::TCoord::{place}", True, code, False)
        return actor

    def _drop(self) -> None:
        if self._actor is not None:
            self.renderer.RemoveActor(self._actor)
            self._actor = None


_SHADER = (
    ("Vertex", "Dec", "//VTK::TCoord::Dec\nout vec3 footVSOutput;\n"),
    (
        "Vertex",
        "Impl",
        (
            "//VTK::TCoord::Impl\n"
            "vec3 foot = vec3(vertexMC.xy, 1.0);\n"
            "footVSOutput = vec3(dot(footX, foot), dot(footY, foot), dot(footW, foot));\n"
        ),
    ),
    ("Fragment", "Dec", "//VTK::TCoord::Dec\nin vec3 footVSOutput;\n"),
    (
        "Fragment",
        "Impl",
        (
            "vec2 at = footVSOutput.xy / footVSOutput.z;\n"
            "bool isIn = footVSOutput.z > 0.0 && at == clamp(at, 0.0, 1.0);\n"
            "vec3 ground = isIn ? texture(actortexture, at).rgb : plain;\n"
            f"gl_FragData[0] = vec4(ground * gl_FragData[0].r / {LIT_FLAT:.2f}, 1.0);\n"
        ),
    ),
)
"""What VTK's shaders of a mesh are told besides: a homogeneous place in the texture, point by point."""


def _serves(made: tuple[Viewpoint, float], view: Viewpoint, aspect: float) -> bool:
    """Say whether the mesh made for one view has all that another sees, fine enough."""
    before, shape = made
    moved = np.hypot(view.x - before.x, view.y - before.y)
    turned = abs((view.bearing - before.bearing + 180) % 360 - 180)
    nearer = view.distance / before.distance
    return bool(
        abs(aspect - shape) < 0.02
        and moved < _MOVED * before.distance
        and turned < _TURNED
        and abs(view.pitch - before.pitch) < _TURNED / 2
        and 1 / _ZOOMED < nearer < _ZOOMED
    )


def _in_sight(points: Floats, camera: vtkCamera, aspect: float) -> NDArray[np.bool_]:
    """Say which points (n, 3) a camera sees, or almost."""
    given: Any = camera.GetCompositeProjectionTransformMatrix(aspect, -1.0, 1.0)
    matrix = np.array([[given.GetElement(row, at) for at in range(4)] for row in range(4)])
    clip = np.column_stack([points, np.ones(len(points))]) @ matrix[[0, 1, 3]].T
    reach = 1.12 * clip[:, 2:]
    return np.asarray((clip[:, 2] > 0) & (np.abs(clip[:, :2]) <= reach).all(axis=1))


def _rate(whole: Floats, place: Floats, way: Floats, row: int) -> float:
    """Return the part of the texture's side that a metre from a place along a way takes."""
    at, step = np.array([*place, 0.0, 1.0]), np.array([*way, 0.0, 0.0])
    value, weight = whole[row] @ at, whole[3] @ at
    change = (whole[row] @ step * weight - value * (whole[3] @ step)) / weight**2
    return max(abs(float(change)) / 2, 1e-9)
