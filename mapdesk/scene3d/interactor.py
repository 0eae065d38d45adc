"""The presenter for machines with a graphics card: PyVista's Qt widget under the map's own."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from mapdesk.model.errors import SetupError
from mapdesk.scene3d.presenter import Shot, read_back, render
from mapdesk.scene3d.scene import Scene


class InteractorPresenter(QObject):
    """Draws into a `QtInteractor` on the GUI thread.

    ``auto_update`` is off and pictures are asked for with ``update``, which draws once where
    pyvistaqt's ``render`` draws twice. ``ready`` carries a null image: the widget shows the picture.
    """

    ready = pyqtSignal(QImage, object)
    drawn_apart = pyqtSignal(QImage, object)

    def __init__(self, origin: tuple[float, float], parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = Scene(origin)
        self._widget = QtInteractor(parent, auto_update=False, multi_samples=0)
        window = self._widget.render_window
        if window is None:
            raise SetupError(
                "Qt has no OpenGL here: choose pictures in memory in the settings, or "
                "'mapdesk open --presenter thread'."
            )
        window.SetNumberOfLayers(len(self._scene.renderers))
        window.RemoveRenderer(self._widget.renderer)
        for renderer in self._scene.renderers:
            window.AddRenderer(renderer)
        self._window = window
        self._widget.interactor.SetInteractorStyle(None)

    @property
    def backdrop(self) -> QWidget | None:
        """The widget that shows the pictures."""
        return self._widget

    def change(self, what: Callable[[Scene], None]) -> None:
        """Change the scene at once."""
        what(self._scene)

    def show(self, shot: Shot) -> None:
        """Draw now, at the widget's own resolution."""
        ratio = self._widget.devicePixelRatioF()
        size = round(self._widget.width() * ratio), round(self._widget.height() * ratio)
        self._scene.look(shot.viewpoint, size, hurry=not shot.smooth)
        for renderer in self._scene.renderers:
            renderer.SetUseFXAA(shot.smooth)
        self._scene.lay_ground(self._window, fine=shot.smooth, resize=False)
        self._widget.update()
        self.ready.emit(QImage(), shot)

    def draw_apart(self, shot: Shot) -> None:
        """Draw now, in the widget: at its resolution, brought to the size asked for; it flickers meanwhile."""
        camera = self._scene.ground.GetActiveCamera()
        camera.SetUseExplicitAspectRatio(True)
        camera.SetExplicitAspectRatio(shot.width / shot.height)
        try:
            render(self._window, self._scene, shot)
            image = read_back(self._window, vtkUnsignedCharArray())
        finally:
            camera.SetUseExplicitAspectRatio(False)
        smooth = Qt.TransformationMode.SmoothTransformation
        whole = Qt.AspectRatioMode.IgnoreAspectRatio
        self.drawn_apart.emit(image.scaled(shot.width, shot.height, whole, smooth), shot)

    def close(self) -> None:
        """Close the widget and its OpenGL context."""
        self._widget.close()

    def wait_closed(self) -> None:
        """Nothing is under way."""
