"""The map: a widget that shows the scene, moves the viewpoint and turns the pointer into gestures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QPointF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from mapdesk.layers.style import MapStyle
from mapdesk.model.selection import Combine
from mapdesk.scene3d import navigation, picking
from mapdesk.scene3d.content import MapContent
from mapdesk.scene3d.overlay import Overlay, paint_ring
from mapdesk.scene3d.presenter import Presenter, Shot
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.tools import CLICK_SLACK, TOOLS, EventKind, Gesture, Pointer, Preview
from mapdesk.scene3d.viewpoint import Projection, Viewpoint, fit

STILL_AFTER = 150
"""Milliseconds without movement after which the full picture is drawn."""
FLIGHT = 0.7
"""Seconds a flight takes."""
MOVING_SCALE = 0.5


class MapView(QWidget):
    """The map.

    Signals
    -------
    picked(Ref or None, x, y)
        A click, with what is under it and the place in metres.
    opened(Ref or None, x, y)
        A double click or Enter.
    drawn(GroundShape, Combine)
        A finished gesture.
    placed(x, y)
        A click with the "nearest" tool.
    hovered(str)
        The name of what is under the pointer, empty for nothing.
    pointed(x, y)
        The place under the pointer, metres.
    looked(Viewpoint)
        The viewpoint changed.
    pictured()
        A full picture is on the screen.
    """

    picked = pyqtSignal(object, float, float)
    opened = pyqtSignal(object, float, float)
    drawn = pyqtSignal(object, str)
    placed = pyqtSignal(float, float)
    hovered = pyqtSignal(str)
    pointed = pyqtSignal(float, float)
    looked = pyqtSignal(object)
    pictured = pyqtSignal()

    def __init__(
        self, presenter: Presenter, style: MapStyle, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self.content = MapContent()
        self.overlay = Overlay(style)
        self.viewpoint = Viewpoint(0.0, 0.0, 1000.0)
        self.radius = 300.0
        self.flight_seconds = FLIGHT
        self._presenter = presenter
        self._image: QImage | None = None
        self._shown: Projection | None = None
        self._frame: QImage | None = None
        self._tool = "pan"
        self._gesture: Gesture | None = None
        self._preview: Preview | None = None
        self._combine: Combine = "replace"
        self._press: tuple[Qt.MouseButton, QPointF] | None = None
        self._dragging = False
        self._hover = ""
        self._hover_at = QPointF()
        self._flight: tuple[Viewpoint, Viewpoint, float] | None = None
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(STILL_AFTER)
        self._still.timeout.connect(self._draw_still)
        self._flight_timer = QTimer(self)
        self._flight_timer.setInterval(16)
        self._flight_timer.timeout.connect(self._fly_on)
        if presenter.backdrop is not None:
            presenter.backdrop.setParent(self)
            presenter.backdrop.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        presenter.ready.connect(self._on_ready)  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ viewpoint

    @property
    def projection(self) -> Projection:
        """The projection of the viewpoint asked for."""
        return Projection(self.viewpoint, max(self.width(), 1), max(self.height(), 1))

    @property
    def shown(self) -> Projection:
        """The projection of the picture on the screen: what the user points at."""
        return self._shown or self.projection

    def look(self, viewpoint: Viewpoint, *, moving: bool = False) -> None:
        """Show the map from `viewpoint`, at half resolution while `moving`."""
        self.viewpoint = viewpoint.limited()
        self.looked.emit(self.viewpoint)
        if moving:
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

    def look_at_all(self, bounds: tuple[float, float, float, float]) -> None:
        """Bring `bounds` (m) into view."""
        self.look(fit(bounds, max(self.width(), 1) / max(self.height(), 1)))

    def _fly_on(self) -> None:
        if self._flight is None:
            self._flight_timer.stop()
            return
        start, end, began = self._flight
        part = (time.monotonic() - began) / self.flight_seconds
        if part >= 1:
            self._flight = None
            self._flight_timer.stop()
            self.look(end)
        else:
            self.look(navigation.between(start, end, part), moving=True)

    # ------------------------------------------------------------------ pictures

    def change_scene(self, what: Callable[[Scene], None], *, redraw: bool = True) -> None:
        """Change the scene on the thread that owns it, then draw."""
        self._presenter.change(what)
        if redraw:
            self._draw_still()

    def refresh(self) -> None:
        """Paint the overlay anew over the picture there is."""
        self._frame = None
        self.update()

    def set_style(self, style: MapStyle) -> None:
        """Use another theme for the overlay."""
        self.overlay.style = style
        self.refresh()

    def close_presenter(self) -> None:
        """Let go of the renderer; the widget is of no use afterwards."""
        self._still.stop()
        self._flight_timer.stop()
        self._presenter.close()

    def _draw_still(self) -> None:
        self._still.stop()
        self._ask(1.0, smooth=True)

    def _ask(self, scale: float, *, smooth: bool) -> None:
        ratio = self.devicePixelRatioF()
        self._presenter.show(
            Shot(
                self.viewpoint,
                round(self.width() * ratio * scale),
                round(self.height() * ratio * scale),
                smooth,
            )
        )

    def _on_ready(self, image: QImage, shot: Shot) -> None:
        self._image = None if image.isNull() else image
        self._shown = Projection(shot.viewpoint, max(self.width(), 1), max(self.height(), 1))
        self._frame = None
        self.update()
        if shot.smooth:
            self.pictured.emit()

    def composed(self) -> QImage:
        """Return picture and overlay in one image, kept until either changes."""
        if self._frame is None:
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
            elif self._presenter.backdrop is None:
                painter.fillRect(self.rect(), QColor(self.overlay.style.plain["land"]))
            else:
                frame.fill(Qt.GlobalColor.transparent)
            self.overlay.paint(painter, self.shown, ratio)
            painter.end()
            self._frame = frame
        return self._frame

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the composed picture, then the gesture and the name under the pointer."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self.composed())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._preview is not None:
            self._paint_preview(painter, self._preview)
        if self._hover:
            self._paint_hover(painter)
        painter.end()

    def _paint_preview(self, painter: QPainter, preview: Preview) -> None:
        colour = QColor(self.overlay.style.plain["gesture"])
        paint_ring(painter, self.shown, preview.points, colour, closed=preview.closed)
        if preview.text:
            self._paint_tip(painter, preview.text, self._hover_at)

    def _paint_hover(self, painter: QPainter) -> None:
        if self._gesture is None and not self._dragging:
            self._paint_tip(painter, self._hover, self._hover_at)

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
        if self._presenter.backdrop is not None:
            self._presenter.backdrop.resize(self.size())
        self._frame = None
        self._draw_still()

    # ------------------------------------------------------------------ tools

    def set_tool(self, tool: str) -> None:
        """Make `tool` ("pan", "nearest" or a ground tool) what the left button does."""
        self.cancel_gesture()
        self._tool = tool
        self.setCursor(Qt.CursorShape.ArrowCursor if tool == "pan" else Qt.CursorShape.CrossCursor)

    def cancel_gesture(self) -> bool:
        """Drop the gesture under way; say whether there was one."""
        there_was = self._gesture is not None
        if self._gesture is not None:
            self._gesture.close()
        self._gesture = None
        self._preview = None
        self.update()
        return there_was

    def _pointer(self, kind: EventKind, at: QPointF) -> Pointer | None:
        place = self.shown.to_ground(at.x(), at.y())
        return None if place is None else Pointer(kind, at.x(), at.y(), *place)

    def _begin(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        pointer = self._pointer("press", at)
        if pointer is None:
            return
        self._combine = _combine_of(modifiers)
        self._gesture = TOOLS[self._tool](pointer, self.radius)
        self._preview = next(self._gesture)
        self.update()

    def _send(self, kind: EventKind, at: QPointF) -> None:
        pointer = self._pointer(kind, at)
        if self._gesture is None or pointer is None:
            return
        try:
            self._preview = self._gesture.send(pointer)
        except StopIteration as finished:
            self._gesture = None
            self._preview = None
            if finished.value is not None:
                self.drawn.emit(finished.value, self._combine)
        self.update()

    # ------------------------------------------------------------------ pointer and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a drag, a click or a gesture."""
        if event is None:
            return
        self._flight = None
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._tool in TOOLS:
            if self._gesture is None:
                self._begin(event.position(), event.modifiers())
            else:
                self._send("press", event.position())
            return
        if self._gesture is not None and event.button() == Qt.MouseButton.RightButton:
            self._send("finish", event.position())
            return
        self._press = (event.button(), event.position())
        self._dragging = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the map, go on with a gesture, or name what is under the pointer."""
        if event is None:
            return
        at = event.position()
        place = self.shown.to_ground(at.x(), at.y())
        if place is not None:
            self.pointed.emit(*place)
        if self._gesture is not None:
            self._hover_at = at
            self._send("move", at)
            return
        if self._press is None:
            self._name_under(at)
            return
        button, start = self._press
        offset = at - start
        if not self._dragging and offset.manhattanLength() < CLICK_SLACK:
            return
        self._dragging = True
        self._press = (button, at)
        if button == Qt.MouseButton.LeftButton:
            view = navigation.panned(self.projection, (start.x(), start.y()), (at.x(), at.y()))
        else:
            view = navigation.orbited(self.viewpoint, offset.x(), offset.y())
        self.look(view, moving=True)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End a drag or a gesture, or take the click."""
        if event is None:
            return
        if self._gesture is not None and self._tool != "polygon":
            self._send("release", event.position())
            return
        press, self._press = self._press, None
        if press is None:
            return
        if self._dragging:
            self._dragging = False
            self._draw_still()
        elif press[0] == Qt.MouseButton.LeftButton:
            self._click(event.position())

    def _click(self, at: QPointF) -> None:
        place = self.shown.to_ground(at.x(), at.y())
        found = self._under(at)
        if place is None and found is None:
            return
        x, y = place or (self.viewpoint.x, self.viewpoint.y)
        if self._tool == "nearest":
            self.placed.emit(x, y)
        else:
            self.picked.emit(found[0] if found else None, x, y)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Close a polygon; open a camera; fly to anything else."""
        if event is None:
            return
        if self._gesture is not None:
            self._send("finish", event.position())
            return
        place = self.shown.to_ground(event.position().x(), event.position().y())
        found = self._under(event.position())
        if place is not None or found is not None:
            x, y = place or (self.viewpoint.x, self.viewpoint.y)
            self.opened.emit(found[0] if found else None, x, y)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom to the pointer."""
        if event is None:
            return
        at = event.position()
        steps = event.angleDelta().y() / 120
        self._flight = None
        self.look(navigation.zoomed(self.projection, (at.x(), at.y()), steps), moving=True)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows move, Shift with arrows turns, plus and minus zoom, Enter finishes a polygon."""
        if event is None:
            return
        key = Qt.Key(event.key())
        centre = (self.width() / 2, self.height() / 2)
        turn = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ARROWS:
            right, ahead = _ARROWS[key]
            if turn:
                degrees = navigation.KEY_TURN / navigation.ORBIT_DEGREES_PER_PIXEL
                view = navigation.orbited(self.viewpoint, right * degrees, -ahead * degrees / 2)
            else:
                view = navigation.stepped(self.viewpoint, right, ahead)
            self.look(view, moving=True)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            steps = -1.0 if key == Qt.Key.Key_Minus else 1.0
            self.look(navigation.zoomed(self.projection, centre, steps), moving=True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._gesture is not None:
            self._send("finish", self._hover_at)
        elif key == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, _event: object) -> None:
        """Forget the name under the pointer."""
        self._set_hover("")

    def _under(self, at: QPointF) -> tuple[object, str] | None:
        return picking.pick(
            self.shown,
            at.x(),
            at.y(),
            self.overlay.points,
            self.content.footprints,
            self.overlay.visible,
        )

    def _name_under(self, at: QPointF) -> None:
        found = self._under(at)
        self._hover_at = at
        self._set_hover(found[1] if found else "")

    def _set_hover(self, name: str) -> None:
        if name or self._hover:
            self.update()
        if name != self._hover:
            self._hover = name
            self.hovered.emit(name)


_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


def _combine_of(modifiers: Qt.KeyboardModifier) -> Combine:
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return "add"
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return "subtract"
    return "replace"
