"""The map's picture: a widget that shows the scene from a viewpoint and paints the overlay over it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QPointF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontInfo,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PyQt6.QtWidgets import QWidget

from mapdesk.analysis.terrain import Terrain
from mapdesk.layers.style import MapStyle
from mapdesk.scene3d import navigation
from mapdesk.scene3d.apart import Apart
from mapdesk.scene3d.aside import boxes_aside
from mapdesk.scene3d.content import MapContent
from mapdesk.scene3d.overlay import Overlay, paint_ring
from mapdesk.scene3d.presenter import Presenter, Shot
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.snapping import Touch
from mapdesk.scene3d.tool_marks import paint_snap
from mapdesk.scene3d.tools import Preview
from mapdesk.scene3d.viewpoint import Projection, Viewpoint, fit

STILL_AFTER = 150
"""Milliseconds without movement after which the full picture is drawn."""
FLIGHT = 0.7
"""Seconds a flight takes."""
MOVING_SCALE = 0.5
"""Resolution of pictures while the map moves."""


class MapCanvas(QWidget):
    """Shows the scene and its overlay; moves when told to.

    Signals
    -------
    looked(Viewpoint)
        The viewpoint changed.
    pictured()
        A full picture is on the screen.
    drawn_apart(QImage, Shot)
        A picture that `draw_apart` asked for.
    stood()
        Everything stands on other ground now.
    """

    looked = pyqtSignal(object)
    pictured = pyqtSignal()
    drawn_apart = pyqtSignal(QImage, object)
    stood = pyqtSignal()

    def __init__(
        self, presenter: Presenter, style: MapStyle, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setMinimumSize(320, 240)
        self.content = MapContent()
        self.overlay = Overlay(style)
        self.viewpoint = Viewpoint(0.0, 0.0, 1000.0)
        self.flight_seconds = FLIGHT
        self.sign_scale = 1.0
        self.apart: Apart | None = None
        self.terrain: Terrain | None = None
        self.presenter = presenter
        self._image: QImage | None = None
        self._shown: Projection | None = None
        self._asked: Shot | None = None
        self._is_first = False
        self._is_smoothing = False
        self._frame: QImage | None = None
        self._whole: QImage | None = None
        self._preview: Preview | None = None
        self._touch: Touch | None = None
        self._hover = ""
        self._tip_at = QPointF()
        self._flight: tuple[Viewpoint, Viewpoint, float] | None = None
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(STILL_AFTER)
        self._still.timeout.connect(self._draw_still)
        self._flight_timer = QTimer(self)
        self._flight_timer.setInterval(16)
        self._flight_timer.timeout.connect(self._fly_on)
        self._glass: _Glass | None = None
        if presenter.backdrop is not None:
            presenter.backdrop.setParent(self)
            presenter.backdrop.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._glass = _Glass(self)
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        presenter.ready.connect(self._on_ready)  # type: ignore[attr-defined]
        presenter.drawn_apart.connect(self.drawn_apart)  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ viewpoint

    @property
    def projection(self) -> Projection:
        """The projection of the viewpoint asked for."""
        return self._projection_of(self.viewpoint)

    def _projection_of(self, viewpoint: Viewpoint) -> Projection:
        return Projection(viewpoint, max(self.width(), 1), max(self.height(), 1), self.terrain)

    def set_terrain(self, terrain: Terrain | None) -> None:
        """Let everything stand on a terrain, or on a plane again."""
        self.terrain = terrain
        self._shown = None
        self.change_scene(lambda scene: scene.set_terrain(terrain), redraw=False)
        self.stood.emit()
        self.redraw()
        self.refresh()

    @property
    def shown(self) -> Projection:
        """The projection of the picture on the screen: what the user points at."""
        return self._shown or self.projection

    def look(self, viewpoint: Viewpoint, *, moving: bool = False) -> None:
        """Show the map from `viewpoint`, at half resolution while `moving`; a flight ends here."""
        self._flight = None
        self._look(viewpoint, moving=moving)

    def _look(self, viewpoint: Viewpoint, *, moving: bool) -> None:
        self.viewpoint = viewpoint.limited()
        self._hover = ""
        self.looked.emit(self.viewpoint)
        if moving:
            self._is_smoothing = False
            self._ask(MOVING_SCALE, smooth=False)
            self._still.start()
        else:
            self._draw_still()

    def fly(self, viewpoint: Viewpoint) -> None:
        """Move to `viewpoint` in a short flight; any gesture ends it."""
        if self.flight_seconds <= 0:
            self.look(viewpoint)
            return
        self._flight = (self.viewpoint, viewpoint.limited(), time.monotonic())
        self._flight_timer.start()

    def fly_to(self, x: float, y: float, distance: float | None = None) -> None:
        """Fly to a place (m), to `distance` metres from it or as near as a block is."""
        near = distance or min(self.viewpoint.distance, 600.0)
        self.fly(replace(self.viewpoint, x=x, y=y, distance=near))

    def hurry(self) -> None:
        """Make the next full picture without smoothing, and the smooth one after it."""
        self._is_first = True

    def look_at_all(self, bounds: tuple[float, float, float, float]) -> None:
        """Bring `bounds` (m) into view."""
        self.look(fit(bounds, max(self.width(), 1) / max(self.height(), 1)))

    def fly_to_all(self, bounds: tuple[float, float, float, float]) -> None:
        """Fly to where `bounds` (m) fill the view."""
        self.fly(fit(bounds, max(self.width(), 1) / max(self.height(), 1)))

    def _fly_on(self) -> None:
        if self._flight is None:
            self._flight_timer.stop()
            return
        start, end, began = self._flight
        part = (time.monotonic() - began) / self.flight_seconds
        if part >= 1:
            self._flight = None
            self._flight_timer.stop()
            self._look(end, moving=False)
        else:
            self._look(navigation.between(start, end, part), moving=True)

    # ------------------------------------------------------------------ pictures

    def change_scene(self, what: Callable[[Scene], None], *, redraw: bool = True) -> None:
        """Change the scene on the thread that owns it, then draw."""
        self.presenter.change(what)
        if redraw:
            self._draw_still()

    def draw_apart(self, shot: Shot) -> None:
        """Ask for a picture of the scene that is not for the screen; each asked for comes, in order."""
        self.presenter.draw_apart(shot)

    def redraw(self, *, rough: bool = False) -> None:
        """Draw again from where the map looks; a picture that is moving shows changes by itself.

        Parameters
        ----------
        rough : bool
            At half resolution: more changes are on their way.
        """
        if self._still.isActive() and not self._is_smoothing:
            return
        if rough:
            self._still.stop()
            self._ask(MOVING_SCALE, smooth=False)
        else:
            self._draw_still()

    @property
    def is_current(self) -> bool:
        """Whether the picture on the screen is the newest that was asked for."""
        return self._asked is None

    @property
    def is_waiting(self) -> bool:
        """Whether a picture asked for, or the smooth one after it, is still to come."""
        return not self.is_current or self._still.isActive()

    @property
    def is_moving(self) -> bool:
        """Whether the map moves: a full picture follows by itself when it stops."""
        return self._still.isActive()

    def refresh(self) -> None:
        """Paint the overlay anew over the picture there is."""
        self._frame = self._whole = None
        self.update()

    def set_sign_scale(self, factor: float) -> None:
        """Paint symbols, labels and furniture this many times their usual size, for a wall."""
        self.sign_scale = factor
        self.refresh()

    def set_style(self, style: MapStyle) -> None:
        """Use another theme for the overlay."""
        self.overlay.style = style
        self.refresh()

    def close_presenter(self) -> None:
        """Begin to let go of the renderer; the widget is of no use afterwards."""
        self._still.stop()
        self._flight_timer.stop()
        self.presenter.close()

    def wait_closed(self) -> None:
        """Wait until the renderer is gone; any thread."""
        self.presenter.wait_closed()

    def _draw_still(self) -> None:
        self._still.stop()
        self._ask(1.0, smooth=not self._is_first)

    def _ask(self, scale: float, *, smooth: bool) -> None:
        ratio = self.devicePixelRatioF() * scale
        size = round(self.width() * ratio), round(self.height() * ratio)
        lines = max(self.devicePixelRatioF(), 1.0)
        self._asked = Shot(self.viewpoint, *size, smooth, line_scale=lines)
        self.presenter.show(self._asked)

    def _on_ready(self, image: QImage, shot: Shot) -> None:
        is_full = shot.width >= round(self.width() * self.devicePixelRatioF())
        if shot is self._asked:
            self._asked = None
            if self._is_first and is_full and not self._still.isActive():
                # The first picture comes a tenth of a second sooner without smoothing; that follows.
                self._is_first, self._is_smoothing = False, True
                self._still.start()
        self._image = None if image.isNull() else image
        self._shown = self._projection_of(shot.viewpoint)
        self._frame = self._whole = None
        self.update()
        if is_full:
            self.pictured.emit()

    def composed(self) -> QImage:
        """Return picture and overlay in one image, kept until either changes."""
        if self._whole is None:
            self._whole = QImage(self._still_frame())
            painter = QPainter(self._whole)
            try:
                self._paint_signs(painter, self.overlay.paint_moving)
            finally:
                painter.end()
        return self._whole

    def step(self) -> None:
        """Paint anew what moves by itself, over what stands still."""
        self._whole = None
        self.update()

    def _still_frame(self) -> QImage:
        if self._frame is None:
            self._whole = None
            ratio = self.devicePixelRatioF()
            frame = QImage(
                QSize(round(self.width() * ratio), round(self.height() * ratio)),
                QImage.Format.Format_ARGB32_Premultiplied,
            )
            frame.setDevicePixelRatio(ratio)
            painter = QPainter(frame)
            if self._image is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(self.rect(), self._image)
            elif self.presenter.backdrop is None:
                painter.fillRect(self.rect(), QColor(self.overlay.style.plain["land"]))
            else:
                frame.fill(Qt.GlobalColor.transparent)
            self.overlay.aside = boxes_aside(self, self.sign_scale)
            try:
                self._paint_signs(painter, self.overlay.paint_still)
            finally:
                painter.end()
            self._frame = frame
        return self._frame

    def _paint_signs(
        self, painter: QPainter, paint: Callable[[QPainter, Projection, float], None]
    ) -> None:
        """Paint a part of the overlay, `sign_scale` times as large as usual."""
        by = self.sign_scale
        shown = self.shown
        # The same object where it can be: it remembers what the ground hides.
        shrunk = (
            shown if by == 1.0 else replace(shown, width=shown.width / by, height=shown.height / by)
        )
        painter.save()
        painter.scale(by, by)
        paint(painter, shrunk, self.devicePixelRatioF() * by)
        painter.restore()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint, unless a backdrop shows the picture: then the glass over it is painted."""
        if self._glass is None:
            self.paint_on(self)
        else:
            self._glass.update()

    def paint_on(self, surface: QWidget) -> None:
        """Paint the composed picture, then the gesture and the name under the pointer."""
        painter = QPainter(surface)
        painter.drawImage(0, 0, self._still_frame())
        self._paint_signs(painter, self.overlay.paint_moving)
        if self.sign_scale != 1.0:
            font = painter.font()
            font.setPixelSize(round(QFontInfo(font).pixelSize() * self.sign_scale))
            painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._touch is not None and self._touch.caught:
            at = self._touch.px, self._touch.py
            paint_snap(painter, at, self._touch.caught, self.overlay.style)
        if self._preview is not None:
            self._paint_preview(painter, self._preview)
        elif self._hover:
            self._paint_tip(painter, self._hover, self._tip_at)
        painter.end()

    def _paint_preview(self, painter: QPainter, preview: Preview) -> None:
        colour = QColor(self.overlay.style.plain["gesture"])
        paint_ring(painter, self.shown, preview.points, colour, closed=preview.closed)
        if preview.text:
            self._paint_tip(painter, preview.text, self._tip_at)

    def _paint_tip(self, painter: QPainter, text: str, at: QPointF) -> None:
        metrics = QFontMetricsF(painter.font())
        width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 8
        x = min(at.x() + 14, self.width() - width - 4)
        y = max(at.y() - height - 8, 4.0)
        plate = QColor(self.overlay.style.plain["label"])
        plate.setAlpha(230)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(int(x), int(y), int(width), int(height), 4, 4)
        painter.setPen(QColor(self.overlay.style.plain["halo"]))
        painter.drawText(QPointF(x + 7, y + 4 + metrics.ascent()), text)

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Draw at the new size."""
        if self.presenter.backdrop is not None:
            self.presenter.backdrop.resize(self.size())
        if self._glass is not None:
            self._glass.resize(self.size())
            self._glass.raise_()
        self._frame = self._whole = None
        self._draw_still()


class _Glass(QWidget):
    """A clear sheet over the presenter's own widget, on which the canvas paints its overlay."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the overlay."""
        self._canvas.paint_on(self)
