"""A panorama seen from inside: a sphere with the picture on it, rendered off screen on a thread of its own.

It is the map's way of making pictures with another scene; on software OpenGL a frame takes ten
milliseconds, so that nothing is drawn smaller while one looks around.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from math import atan, cos, degrees, radians, sin, tan

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkTexture,
)

from mapdesk.scene3d.meshes import polygons, to_vtk
from mapdesk.scene3d.presenter import bare_window, read_back

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

NARROWEST, WIDEST = 20.0, 100.0
USUAL = 65.0
"""Vertical fields of view, degrees."""
MOST_ACROSS = 105.0
"""Degrees from left to right above which a wide picture is bent too much at its sides."""
STEEPEST = 85.0
_AROUND, _UP = 96, 48
"""Pieces of the sphere; so fine that straight edges between its corners are not seen."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where one looks from the middle of a panorama.

    Parameters
    ----------
    bearing : float
        Degrees clockwise from grid north.
    pitch : float
        Degrees above the horizon.
    field_of_view : float
        Vertical, degrees.
    """

    bearing: float = 0.0
    pitch: float = 0.0
    field_of_view: float = USUAL

    def limited(self) -> Look:
        """Return the nearest look there is."""
        return Look(
            self.bearing % 360.0,
            min(max(self.pitch, -STEEPEST), STEEPEST),
            min(max(self.field_of_view, NARROWEST), WIDEST),
        )

    def turned(self, right: float, up: float) -> Look:
        """Return the look some degrees to the right and up."""
        return replace(self, bearing=self.bearing + right, pitch=self.pitch + up).limited()

    def zoomed(self, steps: float) -> Look:
        """Return the look nearer by some steps of the wheel."""
        return replace(self, field_of_view=self.field_of_view * 0.9**steps).limited()

    def fitted(self, aspect: float) -> Look:
        """Return the look of a picture so much wider than high, no wider than `MOST_ACROSS`."""
        highest = degrees(2 * atan(tan(radians(MOST_ACROSS / 2)) / aspect))
        return replace(self, field_of_view=min(self.field_of_view, highest))

    def across(self, aspect: float) -> float:
        """Return the horizontal field of view in degrees of a picture so much wider than high."""
        return degrees(2 * atan(aspect * tan(radians(self.field_of_view / 2))))

    def pixels(self, offsets: Floats, width: float, height: float) -> Floats:
        """Return where (n, 2) on a picture things are, given metres (n, 3) from the eye; nan behind it."""
        bearing, ahead = radians(self.bearing), self.forward
        right = np.array([cos(bearing), -sin(bearing), 0.0])
        depth = offsets @ ahead
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = height / 2 / tan(radians(self.field_of_view / 2)) / depth
        scale = np.where(depth > 1e-3, scale, np.nan)
        x = width / 2 + offsets @ right * scale
        return np.column_stack([x, height / 2 - offsets @ np.cross(right, ahead) * scale])

    @property
    def forward(self) -> Floats:
        """Unit vector (3,) of the direction."""
        bearing, pitch = radians(self.bearing), radians(self.pitch)
        return np.array([sin(bearing) * cos(pitch), cos(bearing) * cos(pitch), sin(pitch)])


class Sphere:
    """The scene: one sphere around the eye. It belongs to the thread that renders it."""

    def __init__(self) -> None:
        self.renderer = vtkRenderer()
        self.renderer.SetAutomaticLightCreation(False)
        mesh, places = _sphere()
        mesh.GetPointData().SetTCoords(to_vtk(places))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(mesh)
        mapper.SetStatic(True)
        self._actor = vtkActor()
        self._actor.SetMapper(mapper)
        self._actor.GetProperty().LightingOff()
        self._actor.SetVisibility(False)
        self.renderer.AddActor(self._actor)
        self._turn = 0.0

    def set_picture(self, picture: Picture, heading: float) -> None:
        """Put a picture on the sphere, its middle at `heading` degrees from grid north."""
        height, width, _three = picture.shape
        data = vtkImageData()
        data.SetDimensions(width, height, 1)
        # VTK's pictures begin at the bottom.
        data.GetPointData().SetScalars(to_vtk(picture[::-1].reshape(-1, 3)))
        texture = vtkTexture()
        texture.InterpolateOn()
        texture.EdgeClampOn()
        texture.SetInputData(data)
        self._actor.SetTexture(texture)
        self._actor.SetVisibility(True)
        self._turn = heading

    def look(self, look: Look) -> None:
        """Turn the eye."""
        camera = self.renderer.GetActiveCamera()
        camera.SetPosition(0.0, 0.0, 0.0)
        camera.SetFocalPoint(*replace(look, bearing=look.bearing - self._turn).forward.tolist())
        camera.SetViewUp(0.0, 0.0, 1.0)
        camera.SetViewAngle(look.field_of_view)
        camera.SetClippingRange(0.1, 10.0)


class SphereStage:
    """A sphere and the window that renders it off screen; made and used on one thread."""

    def __init__(self) -> None:
        self.sphere = Sphere()
        self._window: vtkRenderWindow = bare_window()
        self._window.AddRenderer(self.sphere.renderer)
        self._buffer = vtkUnsignedCharArray()

    def take(self, look: Look, width: int, height: int) -> QImage:
        """Render one picture."""
        size = max(width, 8), max(height, 8)
        if self._window.GetSize() != size:
            self._window.SetSize(*size)
        self.sphere.look(look)
        self._window.Render()
        return read_back(self._window, self._buffer)

    def close(self) -> None:
        """End the OpenGL context."""
        self._window.Finalize()


def picture_of(picture: Picture, heading: float, look: Look, size: tuple[int, int]) -> QImage:
    """Return what is seen of a panorama, drawn on the calling thread."""
    stage = SphereStage()
    try:
        stage.sphere.set_picture(picture, heading)
        return stage.take(look, *size)
    finally:
        stage.close()


class SpherePresenter(QObject):
    """Renders a sphere on its own thread; the newest picture and the newest look win.

    Emits ``ready(QImage, Look)``, on the GUI thread when connected from there.
    """

    ready = pyqtSignal(QImage, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted = threading.Condition()
        self._picture: tuple[Picture, float] | None = None
        self._shot: tuple[Look, int, int] | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="sphere", daemon=True)
        self._thread.start()

    def set_picture(self, picture: Picture, heading: float) -> None:
        """Put another picture on the sphere before what is shown next."""
        with self._wanted:
            self._picture = picture, heading

    def show(self, look: Look, width: int, height: int) -> None:
        """Ask for a picture in device pixels."""
        with self._wanted:
            self._shot = look, width, height
            self._wanted.notify()

    def close(self) -> None:
        """Begin to end the thread and its OpenGL context."""
        with self._wanted:
            self._closing = True
            self._wanted.notify()

    def wait_closed(self) -> None:
        """Wait for the thread; any thread."""
        self._thread.join(timeout=10)

    def _run(self) -> None:
        stage: SphereStage | None = None
        while True:
            with self._wanted:
                while not (self._closing or self._shot):
                    self._wanted.wait()
                if self._closing:
                    break
                shot, self._shot = self._shot, None
                picture, self._picture = self._picture, None
            stage = stage or SphereStage()
            if picture is not None:
                stage.sphere.set_picture(*picture)
            if shot is not None:
                self.ready.emit(stage.take(*shot), shot[0])
        if stage is not None:
            stage.close()


def _sphere() -> tuple[vtkPolyData, NDArray[np.float32]]:
    """Return a sphere of radius 1 seen from inside, and where on the picture each corner lies (n, 2)."""
    across, up = np.meshgrid(np.linspace(0, 1, _AROUND + 1), np.linspace(0, 1, _UP + 1))
    bearing, pitch = (across - 0.5) * 2 * np.pi, (up - 0.5) * np.pi
    points = np.stack(
        [np.cos(pitch) * np.sin(bearing), np.cos(pitch) * np.cos(bearing), np.sin(pitch)], axis=-1
    )
    at = (np.arange(_UP)[:, None] * (_AROUND + 1) + np.arange(_AROUND)).ravel()
    above = at + _AROUND + 1
    triangles = np.concatenate(
        [np.column_stack([at, at + 1, above + 1]), np.column_stack([at, above + 1, above])]
    )
    mesh = polygons(points.reshape(-1, 3).astype(np.float32), triangles)
    return mesh, np.stack([across, up], axis=-1).reshape(-1, 2).astype(np.float32)
