"""The line between two pictures of the ground that are compared: how it looks, and how it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d import symbols
from mapdesk.scene3d.furniture import NORTH_RADIUS, north_centre
from mapdesk.scene3d.viewpoint import Projection

if TYPE_CHECKING:
    from mapdesk.scene3d.map_canvas import MapCanvas
    from mapdesk.scene3d.scene import Scene

GRIP = 17.0
"""Pixels: half the width of what is taken hold of."""
KEY_STEP, KEY_STRIDE = 0.01, 0.1
"""Part of the width an arrow key moves the line by, and with Shift."""
_NAMES_AT = 16.0
_KEYS = frozenset(
    (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Escape)
)


@dataclass(frozen=True)
class DividerMark:
    """Where the line is, 0 to 1 of the width, and what is on either side of it."""

    part: float
    left: str
    right: str


def paint_divider(
    painter: QPainter,
    projection: Projection,
    mark: DividerMark,
    style: MapStyle,
    ratio: float,
    *,
    grip: bool = True,
) -> None:
    """Paint the line, and the names of both sides beside its upper end.

    Parameters
    ----------
    grip : bool
        It can be moved, and the picture has a north arrow: not on paper.
    """
    x = round(mark.part * projection.width) + 0.5
    for colour, width in (("#00000055", 5.0), ("#ffffff", 2.2)):
        tint = QColor(colour[:7])
        tint.setAlpha(int(colour[7:] or "ff", 16))
        painter.setPen(QPen(tint, width))
        painter.drawLine(QPointF(x, 0), QPointF(x, projection.height))
    if grip:
        _paint_grip(painter, grip_box(projection, mark).center())
    painter.setPen(Qt.PenStyle.NoPen)
    plate = QColor(style.plain["halo"])
    plate.setAlpha(215)
    for label, box in plates(projection, mark, style, ratio, grip=grip):
        painter.setBrush(plate)
        painter.drawRoundedRect(box, 4, 4)
        painter.drawImage(box.topLeft() + QPointF(4, 2), label)


def plates(
    projection: Projection, mark: DividerMark, style: MapStyle, ratio: float, *, grip: bool
) -> list[tuple[QImage, QRectF]]:
    """Return the names of both sides that have room beside the line, and where they stand."""
    x, north, found = round(mark.part * projection.width) + 0.5, north_centre(projection.width), []
    for name, is_left in ((mark.left, True), (mark.right, False)):
        label = symbols.label(name, 13, True, style.plain["label"], style.plain["halo"], ratio)
        size = label.deviceIndependentSize()
        at = x - size.width() - 10 if is_left else x + 10
        box = QRectF(at - 4, _NAMES_AT - 2, size.width() + 8, size.height() + 4)
        if grip and box.right() > north.x() - NORTH_RADIUS:
            box.moveTop(north.y() + NORTH_RADIUS + 6)
        if box.left() >= 0 and box.right() <= projection.width:
            found.append((label, box))
    return found


def grip_box(projection: Projection, mark: DividerMark) -> QRectF:
    """Return where the grip is, pixels."""
    x = round(mark.part * projection.width) + 0.5
    return QRectF(x - GRIP, projection.height / 2 - GRIP, 2 * GRIP, 2 * GRIP)


def _paint_grip(painter: QPainter, middle: QPointF) -> None:
    painter.setPen(QPen(QColor("#57606a"), 1.2))
    painter.setBrush(QColor("#ffffff"))
    painter.drawEllipse(middle, GRIP - 2, GRIP - 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#24292f"))
    for sign in (-1, 1):
        tip = middle + QPointF(sign * 10, 0)
        back = QPointF(-sign * 6, 0)
        painter.drawPolygon(
            QPolygonF([tip, tip + back + QPointF(0, 5), tip + back - QPointF(0, 5)])
        )


def put_line(canvas: MapCanvas, part: float) -> None:
    """Move the line in a map's scene; soft while it moves, as the map is, for all on either side is there."""

    def change(scene: Scene) -> None:
        scene.sides.line = part

    canvas.change_scene(change, redraw=False)
    canvas.look(canvas.viewpoint, moving=True)
    canvas.refresh()


class DividerHandle(QWidget):
    """What the pointer and the keys take hold of, over the line; it is not seen itself.

    Signals
    -------
    moved(float)
        The line was moved to a part, 0 to 1, of the map's width.
    closed()
        Escape was pressed.
    """

    moved = pyqtSignal(float)
    closed = pyqtSignal()

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.setObjectName("Divider")
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._part = 0.5
        self.hide()

    def place(self, part: float) -> None:
        """Lie over the line."""
        self._part = part
        view = self.parentWidget()
        if view is not None:
            left = round(part * view.width() - GRIP)
            self.setGeometry(left, 0, round(2 * GRIP), view.height())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold; the press is not the map's."""
        if event is not None:
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move the line with the pointer."""
        view = self.parentWidget()
        if event is None or view is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        x = self.mapToParent(event.position().toPoint()).x()
        self._move_to(x / max(view.width(), 1))

    def event(self, event: QEvent | None) -> bool:
        """Take this line's keys before the desk's shortcuts do."""
        if event is not None and event.type() == QEvent.Type.ShortcutOverride:
            pressed = cast("QKeyEvent", event)
            if Qt.Key(pressed.key()) in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows move the line, with Shift by more; Home and End to the edges; Escape ends it."""
        if event is None:
            return
        key = Qt.Key(event.key())
        step = KEY_STRIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else KEY_STEP
        parts = {
            Qt.Key.Key_Left: self._part - step,
            Qt.Key.Key_Right: self._part + step,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }
        if key in parts:
            self._move_to(parts[key])
        elif key == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _move_to(self, part: float) -> None:
        self.moved.emit(min(max(part, 0.0), 1.0))
