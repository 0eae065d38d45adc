"""The map: its picture, and the pointer and keys turned into moves, clicks and gestures."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from mapdesk.analysis.snapping import Snapper
from mapdesk.layers.style import MapStyle
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import Combine, Ref
from mapdesk.model.shapes import Trace
from mapdesk.scene3d import hovering, navigation, picking, snapping
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.map_canvas import MapCanvas
from mapdesk.scene3d.measure_tools import MEASURES
from mapdesk.scene3d.models import Models
from mapdesk.scene3d.presenter import Presenter
from mapdesk.scene3d.rooms import RoomPicker, Step, in_words
from mapdesk.scene3d.tools import CLICK_SLACK, TOOLS, EventKind, Gesture, Pointer, combine_of
from mapdesk.scene3d.viewpoint import Viewpoint

GESTURES = TOOLS | MEASURES
Lock = Literal["", "tilt", "all"]
"""What a hand on the map may not change: nothing, tilt and rotation, or all."""
BY_CLICKS = ("polygon", *MEASURES)
"""Tools whose points are clicked one by one: letting the button go means nothing to them."""


class MapView(MapCanvas):
    """The map as a person works it.

    Signals
    -------
    picked(Ref or None, x, y)
        A click, with what is under it and the place in metres.
    opened(Ref or None, x, y)
        A double click.
    north_wanted()
        The north arrow was clicked.
    entered()
        Enter, with no gesture under way: open the thing whose card is shown.
    refused(WorldError)
        A gesture that encloses nothing.
    drawn(GroundShape, Combine)
        A finished gesture.
    traced(Trace)
        Points drawn with a tool that measures.
    placed(x, y)
        A click with the "nearest" tool.
    hovered(str)
        The name of what is under the pointer, empty for nothing.
    pointed(x, y)
        The place under the pointer, metres.
    asked(Ref or None, x, y)
        A right click: what can be done there?
    dropped(x, y)
        A click with the "landmark" tool.
    stepped(int)
        A click on a floor of the opened building: its position.
    walked(int, int)
        Arrow keys in an opened building: rooms to the right, floors up.
    """

    picked = pyqtSignal(object, float, float)
    opened = pyqtSignal(object, float, float)
    drawn = pyqtSignal(object, str)
    traced = pyqtSignal(object)
    north_wanted = pyqtSignal()
    entered = pyqtSignal()
    refused = pyqtSignal(object)
    placed = pyqtSignal(float, float)
    hovered = pyqtSignal(str)
    pointed = pyqtSignal(float, float)
    asked = pyqtSignal(object, float, float)
    dropped = pyqtSignal(float, float)
    stepped = pyqtSignal(int)
    walked = pyqtSignal(int, int)

    def __init__(
        self, presenter: Presenter, style: MapStyle, parent: QWidget | None = None
    ) -> None:
        super().__init__(presenter, style, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.radius = 300.0
        self.snapper: Snapper | None = None
        self.lock: Lock = ""
        self.only_looks = False  # on a wall: nothing is picked, opened or asked for
        self.rooms: RoomPicker | None = None
        self.models: Models | None = None
        self._tool = "pan"
        self._gesture: Gesture | None = None
        self._combine: Combine = "replace"
        self._press: tuple[Qt.MouseButton, QPointF] | None = None
        self._dragging = False

    @property
    def footprints(self) -> Footprints | None:
        """The buildings as they stand in the picture, once they are read."""
        return self.content.standing(self.terrain)

    # ------------------------------------------------------------------ tools

    def set_radius(self, metres: float) -> None:
        """Let a click with the circle tool take this radius."""
        self.radius = metres

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
        self._touch = None
        self.update()
        return there_was

    def _pointer(self, kind: EventKind, at: QPointF) -> Pointer | None:
        if self._tool in MEASURES:
            touch = self._touched(at)
            if touch is None:
                return None
            return Pointer(kind, at.x(), at.y(), touch.x, touch.y, touch.z, touch.building)
        place = self.shown.to_ground(at.x(), at.y())
        return None if place is None else Pointer(kind, at.x(), at.y(), *place)

    def _touched(self, at: QPointF) -> snapping.Touch | None:
        """Return what a tool that measures meets under a pixel, caught by a corner or an edge."""
        visible = "building" in self.overlay.visible
        footprints = self.footprints if visible else None
        self._touch = snapping.touched(self.shown, (at.x(), at.y()), footprints, self.snapper)
        return self._touch

    def _begin(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        pointer = self._pointer("press", at)
        if pointer is None:
            return
        self._combine = combine_of(modifiers)
        self._gesture = GESTURES[self._tool](pointer, self.radius)
        self._preview = next(self._gesture)
        self.update()

    def _send(self, kind: EventKind, at: QPointF) -> None:
        pointer = self._pointer(kind, at)
        if self._gesture is None:
            return
        if pointer is None:
            # Above the horizon there is no ground: a drag that ends there comes to nothing.
            if kind == "release":
                self.cancel_gesture()
            return
        try:
            self._preview = self._gesture.send(pointer)
        except WorldError as error:
            self.cancel_gesture()
            self.refused.emit(error)
        except StopIteration as finished:
            self._gesture = None
            self._preview = None
            if isinstance(finished.value, Trace):
                self.traced.emit(finished.value)
            elif finished.value is not None:
                self.drawn.emit(finished.value, self._combine)
        self.update()

    # ------------------------------------------------------------------ pointer and keys

    def move_by_hand(self, view: Viewpoint) -> None:
        """Look from where a hand moved the map to, as far as that is not locked."""
        now = self.viewpoint
        if self.lock == "tilt":
            view = replace(view, bearing=now.bearing, pitch=now.pitch)
        if self.lock != "all" and view != now:
            self.look(view, moving=True)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a drag, a click or a gesture."""
        if event is None:
            return
        self._flight = None
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self.overlay.is_north(event.position(), self.width()):
            self.north_wanted.emit()
            return
        if left and self._tool in GESTURES:
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
            self._tip_at = at
            self._send("move", at)
            return
        if self._press is None:
            if self._tool in MEASURES:
                self._touched(at)
                self.update()
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
        self.move_by_hand(view)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End a drag or a gesture, or take the click."""
        if event is None:
            return
        if self._gesture is not None and self._tool not in BY_CLICKS:
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
        elif press[0] == Qt.MouseButton.RightButton:
            found, place = self._found(event.position())
            if place is not None and not self.only_looks:
                self.asked.emit(None if isinstance(found, Step) else found, *place)

    def _found(self, at: QPointF) -> tuple[object, tuple[float, float] | None]:
        """Return what is under a pixel and its place on the ground; of the sky, nothing and None."""
        place = self.shown.to_ground(at.x(), at.y())
        found = self._under(at)
        if place is None and found is not None:
            place = (self.viewpoint.x, self.viewpoint.y)
        return (found[0] if found else None), place

    def _click(self, at: QPointF) -> None:
        found, place = self._found(at)
        if place is None or self.only_looks:
            return
        cluster = self.overlay.point_marks.cluster_at(at.x(), at.y())
        if isinstance(found, Step):
            self.stepped.emit(found.floor)
        elif found is None and self.overlay.open is not None:
            return
        elif cluster is not None and self._tool == "pan":
            self.fly_to_all(cluster.bounds)
        elif self._tool == "nearest":
            self.placed.emit(*place)
        elif self._tool == "landmark":
            self.dropped.emit(*place)
        else:
            self.picked.emit(found, *place)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Close a polygon; open a camera or a building; fly to anything else."""
        if event is None:
            return
        if self._gesture is not None:
            self._send("finish", event.position())
            return
        found, place = self._found(event.position())
        if place is not None and not self.only_looks and not isinstance(found, Step):
            self.opened.emit(found, *place)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom to the pointer."""
        if event is None:
            return
        at = event.position()
        steps = event.angleDelta().y() / 120
        self._flight = None
        self.move_by_hand(navigation.zoomed(self.projection, (at.x(), at.y()), steps))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows move, Shift with arrows turns, plus and minus zoom, Enter finishes, Backspace goes back.

        In an opened building arrows walk from room to room and from floor to floor.
        """
        if event is None:
            return
        key = Qt.Key(event.key())
        centre = (self.width() / 2, self.height() / 2)
        turn = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ARROWS and self.rooms is not None and not turn:
            aside, up = _ARROWS[key]
            self.walked.emit(int(aside), int(up))
        elif key in _ARROWS:
            right, ahead = _ARROWS[key]
            if turn:
                degrees = navigation.KEY_TURN / navigation.ORBIT_DEGREES_PER_PIXEL
                view = navigation.orbited(self.viewpoint, right * degrees, -ahead * degrees / 2)
            else:
                view = navigation.stepped(self.viewpoint, right, ahead)
            self.move_by_hand(view)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            steps = -1.0 if key == Qt.Key.Key_Minus else 1.0
            self.move_by_hand(navigation.zoomed(self.projection, centre, steps))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._gesture is None:
                self.entered.emit()
            else:
                self._send("finish", self._tip_at)
        elif key == Qt.Key.Key_Backspace and self._gesture is not None:
            self._send("back", self._tip_at)
        elif key == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, _event: object) -> None:
        """Forget the name under the pointer, and what it was caught by."""
        if self._gesture is None:
            self._touch = None
        self._set_hover("")

    def _under(self, at: QPointF) -> tuple[object, str] | None:
        open_ = self.overlay.open
        if open_ is not None and self.rooms is not None:
            hit = self.rooms.at(self.shown, at.x(), at.y(), open_.heights)
            if hit is not None:
                return in_words(open_, *hit)
            # Around it buildings are dimmed but there; its own closed shape is not.
            footprints = self.footprints
            found = picking.building(self.shown, at.x(), at.y(), footprints, ["building"])
            own = Ref("building", open_.inside.id)
            return None if found is None or found[0] == own else found
        x, y, overlay = at.x(), at.y(), self.overlay
        symbol = picking.symbol(self.shown, x, y, overlay.points_at(x, self.shown), overlay.visible)
        if symbol is not None:
            return symbol
        name = overlay.labels.at(x, y)
        if name is not None:
            return name.ref, name.text
        left, buildings = overlay.is_left(x, self.shown), self.content.buildings
        footprints = self.content.standing(self.terrain, before=left)
        if footprints is None and buildings is not None:
            return picking.building_drawn(self.shown, x, y, buildings, overlay.visible)
        found = picking.building(self.shown, x, y, footprints, overlay.visible, flat=overlay.flat)
        if self.models is None or overlay.flat or "landmark" not in overlay.visible:
            return found
        return self.models.before(self.shown, x, y, footprints, found)

    def _name_under(self, at: QPointF) -> None:
        self._tip_at = at
        cluster = self.overlay.point_marks.cluster_at(at.x(), at.y())
        if cluster is not None:
            title = tr(NOUNS[cluster.noun].title)
            self._set_hover(tr("{count} {things}", count=f"{cluster.count:,}", things=title))
            return
        self._set_hover(hovering.tip(self, at, self._under(at)))

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
