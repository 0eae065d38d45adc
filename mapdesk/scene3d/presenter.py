"""How pictures of a scene are made: one interface, two ways.

`ThreadPresenter` renders off screen on a thread of its own and hands over images; VTK lets go of
Python's lock while it renders, so the window never waits. It is the fastest way on software OpenGL
and works with no display at all. `InteractorPresenter` (see `interactor`) draws straight into a
widget on the GUI thread, for machines with a graphics card.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

# The OpenGL back end registers itself on import.
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401, isort:skip

from mapdesk.analysis.extrude import Mesh
from mapdesk.scene3d.meshes import triangles
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Viewpoint


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to be made.

    Parameters
    ----------
    viewpoint : Viewpoint
    width, height : int
        Device pixels of the picture.
    smooth : bool
        Anti-aliased: for pictures that stand still.
    plan : bool
        Straight down and at one scale, not in perspective.
    line_scale : float
        Times the usual width that lines are drawn.
    tile : tuple of int, optional
        (column, row, columns, rows): this picture is one of a larger one's tiles, rows from above; width and
        height are the tile's.
    """

    viewpoint: Viewpoint
    width: int
    height: int
    smooth: bool = True
    plan: bool = False
    line_scale: float = 1.0
    tile: tuple[int, int, int, int] | None = None


class Presenter(Protocol):
    """Makes pictures of a scene it owns."""

    @property
    def backdrop(self) -> QWidget | None:
        """Widget that shows the pictures itself, to be put under the map's; None if images come."""

    def change(self, what: Callable[[Scene], None]) -> None:
        """Change the scene, in order, on the thread that owns it."""

    def show(self, shot: Shot) -> None:
        """Ask for a picture; one not yet begun is replaced by it."""

    def draw_apart(self, shot: Shot) -> None:
        """Ask for a picture that is not for the screen; each one asked for comes, by `drawn_apart`."""

    def close(self) -> None:
        """Begin to let go of everything."""

    def wait_closed(self) -> None:
        """Return when everything is gone; any thread."""


class ThreadPresenter(QObject):
    """Renders off screen on its own thread.

    Emits ``ready(QImage, Shot)`` for each picture, on the GUI thread when connected from there; the
    image owns its pixels.
    """

    ready = pyqtSignal(QImage, object)
    drawn_apart = pyqtSignal(QImage, object)

    def __init__(self, origin: tuple[float, float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._origin = origin
        self._changes: queue.SimpleQueue[Callable[[Scene], None]] = queue.SimpleQueue()
        self._shot: Shot | None = None
        self._apart: deque[Shot] = deque()
        self._wanted = threading.Condition()
        self._closing = False
        self._dirty = False
        self._thread = threading.Thread(target=self._run, name="render", daemon=True)
        self._thread.start()

    @property
    def backdrop(self) -> QWidget | None:
        """Images come; there is no widget."""
        return None

    def change(self, what: Callable[[Scene], None]) -> None:
        """Queue a change; it is made before the next picture."""
        with self._wanted:
            self._changes.put(what)
            self._dirty = True
            self._wanted.notify()

    def show(self, shot: Shot) -> None:
        """Ask for a picture; the newest wins."""
        with self._wanted:
            self._shot = shot
            self._wanted.notify()

    def draw_apart(self, shot: Shot) -> None:
        """Ask for a picture that is not for the screen; those for the screen come first."""
        with self._wanted:
            self._apart.append(shot)
            self._wanted.notify()

    def close(self) -> None:
        """End the thread and its OpenGL context."""
        with self._wanted:
            self._closing = True
            self._wanted.notify()

    def wait_closed(self) -> None:
        """Wait for the thread."""
        self._thread.join(timeout=10)

    def _run(self) -> None:
        scene = Scene(self._origin)
        window = offscreen_window(scene)
        buffer = vtkUnsignedCharArray()
        if self._shot is None:
            _begin(window, scene, buffer)
        while True:
            with self._wanted:
                while not (self._closing or self._shot or self._dirty or self._apart):
                    self._wanted.wait()
                if self._closing:
                    break
                shot, self._shot, self._dirty = self._shot, None, False
                apart = self._apart.popleft() if self._apart and shot is None else None
            while not self._changes.empty():
                self._changes.get()(scene)
            if shot is not None:
                image = take(window, scene, shot, buffer)
                self.ready.emit(image, shot)
            elif apart is not None:
                self.drawn_apart.emit(take(window, scene, apart, buffer), apart)
        window.Finalize()


class ImmediatePresenter(QObject):
    """Renders off screen on the calling thread, at once: for single pictures and for tests."""

    ready = pyqtSignal(QImage, object)
    drawn_apart = pyqtSignal(QImage, object)

    def __init__(self, origin: tuple[float, float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene(origin)
        self._window = offscreen_window(self._scene)
        self._buffer = vtkUnsignedCharArray()

    @property
    def backdrop(self) -> QWidget | None:
        """Images come; there is no widget."""
        return None

    def change(self, what: Callable[[Scene], None]) -> None:
        """Change the scene now."""
        what(self._scene)

    def show(self, shot: Shot) -> None:
        """Render now."""
        self.ready.emit(take(self._window, self._scene, shot, self._buffer), shot)

    def draw_apart(self, shot: Shot) -> None:
        """Render now."""
        self.drawn_apart.emit(take(self._window, self._scene, shot, self._buffer), shot)

    def close(self) -> None:
        """End the OpenGL context."""
        self._window.Finalize()

    def wait_closed(self) -> None:
        """Nothing is under way."""


def _begin(window: vtkRenderWindow, scene: Scene, buffer: vtkUnsignedCharArray) -> None:
    """Draw a triangle no one sees: OpenGL makes its programs while the first picture's rows are read."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    mesh = Mesh(corners, np.array([[0, 1, 2]], np.int32), np.zeros(3, np.int32), corners[:, 0])
    actor, _array, _pixels = triangles(mesh, np.zeros((1, 3), np.uint8))
    scene.city.AddActor(actor)
    take(window, scene, Shot(Viewpoint(0.0, 0.0, 1.0), 8, 8, smooth=False), buffer)
    scene.city.RemoveActor(actor)


def offscreen_window(scene: Scene) -> vtkRenderWindow:
    """Return a window that renders `scene` off screen, without a display where there is none."""
    window = bare_window()
    window.SetNumberOfLayers(len(scene.renderers))
    for renderer in scene.renderers:
        window.AddRenderer(renderer)
    return window


def bare_window() -> vtkRenderWindow:
    """Return an off-screen window with nothing to render yet."""
    if os.name == "posix" and "VTK_DEFAULT_OPENGL_WINDOW" not in os.environ:
        os.environ["VTK_DEFAULT_OPENGL_WINDOW"] = "vtkEGLRenderWindow"
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    return window


def take(window: vtkRenderWindow, scene: Scene, shot: Shot, buffer: vtkUnsignedCharArray) -> QImage:
    """Render one picture and return it as an image that owns its pixels. Call on the owning thread."""
    width, height = max(shot.width, 8), max(shot.height, 8)
    if window.GetSize() != (width, height):
        window.SetSize(width, height)
    render(window, scene, shot)
    return read_back(window, buffer)


def read_back(window: vtkRenderWindow, buffer: vtkUnsignedCharArray) -> QImage:
    """Return what a window has just drawn as an image that owns its pixels."""
    width, height = window.GetSize()
    window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, buffer, 0)
    to_numpy: Callable[..., NDArray[np.uint8]] = numpy_support.vtk_to_numpy
    pixels = np.ascontiguousarray(to_numpy(buffer).reshape(height, width, 4)[::-1])
    image = QImage(
        cast("bytes", pixels.data), width, height, 4 * width, QImage.Format.Format_RGBX8888
    )
    return image.copy()


def render(window: vtkRenderWindow, scene: Scene, shot: Shot) -> None:
    """Render one picture, or one tile of one, into a window of its size."""
    columns, rows = (1, 1) if shot.tile is None else shot.tile[2:]
    size = shot.width * columns, shot.height * rows
    if shot.plan:
        scene.look_down(shot.viewpoint, size)
    else:
        scene.look(shot.viewpoint, size, hurry=not shot.smooth)
    # It works on what lies below a pass too, and on llvmpipe takes as long as the pass itself.
    below = (scene.ground, scene.drape.renderer) if _has_city(scene) else ()
    for renderer in scene.renderers:
        renderer.SetUseFXAA(shot.smooth and renderer not in below)
    sky = scene.sky
    if shot.line_scale != 1.0:
        scene.scale_lines(shot.line_scale)
    if shot.tile is not None:
        scene.look_at_tile(*shot.tile)
    try:
        scene.lay_ground(window, fine=shot.smooth or shot.tile is not None)
        window.Render()
    finally:
        if shot.line_scale != 1.0:
            scene.scale_lines(1 / shot.line_scale)
        if shot.tile is not None:
            scene.set_sky(*sky)


def _has_city(scene: Scene) -> bool:
    """Say whether a pass of things with height is drawn over the ground."""
    is_painted = scene.is_flat and scene.terrain is not None
    return not is_painted and scene.city.VisibleActorCount() > 0
