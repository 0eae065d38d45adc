"""Looking around inside a panorama, with arrows on the ground to the next ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QToolTip, QWidget

from mapdesk.analysis.hops import Hop, ahead
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref
from mapdesk.scene3d.sphere import USUAL, Look, SpherePresenter
from mapdesk.scene3d.street_signs import (
    INK,
    LIT,
    PAPER,
    STRIP,
    disc,
    paint_discs,
    paint_signs,
    sign_at,
)
from mapdesk.scene3d.tools import CLICK_SLACK, metres
from mapdesk.services.panoramas import Sign

KEY_TURN = 12.0
"""Degrees an arrow key turns."""
PAD = 80.0
"""Pixels from the middle of the arrows to their tips' circle."""
FLATTENED = 0.5
"""Height over width of the circle the arrows stand on, as if it lay on the ground."""
LIFT = 84.0
"""Pixels between the middle of the arrows and the lower edge."""
_CHEVRON = ((1.3, 0.0), (0.94, 0.36), (0.76, 0.28), (1.0, 0.0), (0.76, -0.28), (0.94, -0.36))
"""Corners of an arrow: ahead and aside, in parts of `PAD`."""
STEEPEST = 0.25
"""Fall of the ground, metres a metre, beyond which an arrow downhill lies no flatter."""
_RISE = 0.5
"""Metres of rise from which it is said."""


@dataclass(frozen=True)
class Stop:
    """A panorama as it is stood in.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
    heading : float
        Degrees from grid north of the picture's middle.
    ways : list of Hop
        Arrows to others.
    title, credit : str
        What is written below.
    signs : list of Sign
        What is pointed out in it, the nearest first.
    """

    picture: NDArray[np.uint8]
    heading: float
    ways: list[Hop]
    title: str
    credit: str = ""
    signs: list[Sign] = field(default_factory=list)


class PanoramaView(QWidget):
    """One panorama from inside. GUI thread only; pictures come from a thread of its own.

    Signals
    -------
    looked(Look)
        One turned or zoomed.
    hopped(int)
        The index of the panorama to go to.
    picked(Ref)
        A click on something that is pointed out.
    """

    looked = pyqtSignal(object)
    hopped = pyqtSignal(int)
    picked = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(260, 180)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setObjectName("Street view")
        self.look = Look()
        self.stop: Stop | None = None
        self._said = ""
        self._image: QImage | None = None
        self._seen = self.look
        self._press: QPointF | None = None
        self._dragged = False
        self._lit: Hop | None = None
        self._signs: list[tuple[QPointF, Ref]] = []
        self.colours: Mapping[str, str] = {}
        self._presenter = SpherePresenter(self)
        self._presenter.ready.connect(self._on_ready)

    # ------------------------------------------------------------------ what is shown

    def sizeHint(self) -> QSize:
        """Return a size at which the arrows have room."""
        return QSize(560, 380)

    def show_stop(self, stop: Stop) -> None:
        """Stand in another panorama, looking where one looked."""
        self.stop, self._said, self._lit = stop, "", None
        self._presenter.set_picture(stop.picture, stop.heading)
        self._ask()

    def say(self, sentence: str) -> None:
        """Show a sentence in place of a picture: there is none, or it cannot be read."""
        self.stop, self._image, self._said = None, None, sentence
        self.update()

    def set_look(self, look: Look) -> None:
        """Look somewhere else."""
        self.look = look.limited()
        self._ask()
        self.looked.emit(self.look)

    @property
    def across(self) -> float:
        """Degrees that are seen from left to right."""
        return self._fitted.across(self._aspect)

    @property
    def _aspect(self) -> float:
        return self.width() / max(self.height(), 1)

    @property
    def _fitted(self) -> Look:
        """What is looked at in a widget of this shape."""
        return self.look.fitted(self._aspect)

    def close_view(self) -> None:
        """Begin to end the thread; the widget is of no use afterwards."""
        self._presenter.close()

    def wait_closed(self) -> None:
        """Wait until the thread has ended; any thread."""
        self._presenter.wait_closed()

    def _ask(self) -> None:
        if self.stop is not None:
            ratio = self.devicePixelRatioF()
            self._presenter.show(
                self._fitted, round(self.width() * ratio), round(self.height() * ratio)
            )

    def _on_ready(self, image: QImage, look: Look) -> None:
        if self.stop is not None:
            self._image, self._seen = image, look
            self.update()

    # ------------------------------------------------------------------ pointer and keys

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin to look around, or to click an arrow."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._press, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn with the picture held, or light up the arrow under the pointer."""
        if event is None:
            return
        at = event.position()
        if self._press is None:
            self._light(self._way_at(at), event)
            return
        offset = at - self._press
        if not self._dragged and offset.manhattanLength() < CLICK_SLACK:
            return
        self._dragged, self._press = True, at
        each = self._fitted.field_of_view / max(self.height(), 1)
        self.set_look(self.look.turned(-offset.x() * each, offset.y() * each))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Hop where an arrow was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        self._press = None
        way = None if self._dragged else self._way_at(event.position())
        sign = None if self._dragged else sign_at(self._signs, event.position())
        if sign is not None:
            self.picked.emit(sign)
        elif way is not None:
            self.hopped.emit(way.index)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Take two quick clicks on an arrow as two."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Zoom."""
        if event is not None:
            self.set_look(self.look.zoomed(event.angleDelta().y() / 120))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows look around, plus and minus zoom, Page Up and Down hop ahead and back."""
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in _TURNS:
            right, up = _TURNS[key]
            part = self._fitted.field_of_view / USUAL
            self.set_look(self.look.turned(right * KEY_TURN * part, up * KEY_TURN * part))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.set_look(self.look.zoomed(-2.0 if key == Qt.Key.Key_Minus else 2.0))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._hop(self.look.bearing)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_Backspace):
            self._hop(self.look.bearing + 180.0)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, _event: QEvent | None) -> None:
        """Let no arrow be lit."""
        self._light(None, None)

    def _hop(self, bearing: float) -> None:
        way = ahead(self.stop.ways, bearing) if self.stop is not None else None
        if way is not None:
            self.hopped.emit(way.index)

    def _light(self, way: Hop | None, event: QMouseEvent | None) -> None:
        if way is self._lit:
            return
        self._lit = way
        self.setCursor(
            Qt.CursorShape.ArrowCursor if way is None else Qt.CursorShape.PointingHandCursor
        )
        if way is not None and event is not None:
            text = tr("Go there: {metres}", metres=metres(way.metres))
            if abs(way.rise) >= _RISE:
                said = metres(abs(way.rise))
                up = tr("{metres} up", metres=said), tr("{metres} down", metres=said)
                text += " · " + up[way.rise < 0]
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        self.update()

    def _way_at(self, at: QPointF) -> Hop | None:
        if self.stop is None:
            return None
        for way in self.stop.ways:
            shapes = self.arrow(way), disc(way, self._seen, self._room)
            if any(one.boundingRect().adjusted(-5, -5, 5, 5).contains(at) for one in shapes if one):
                return way
        return None

    @property
    def _room(self) -> tuple[float, float]:
        return float(self.width()), float(self.height())

    def arrow(self, way: Hop) -> QPolygonF:
        """Return an arrow's corners in pixels, as seen from where the picture was taken.

        Uphill it rises, as the ground does; downhill it lies flatter.
        """
        steep = sqrt(1 - FLATTENED**2) * max(way.rise / max(way.metres, 1.0), -STEEPEST)
        turn = radians(way.bearing - self._seen.bearing)
        x, y = self.width() / 2, self.height() - LIFT
        corners = []
        for forth, aside in _CHEVRON:
            right = forth * sin(turn) + aside * cos(turn)
            up = forth * cos(turn) - aside * sin(turn)
            corners.append(QPointF(x + PAD * right, y - PAD * (FLATTENED * up + steep * forth)))
        return QPolygonF(corners)

    # ------------------------------------------------------------------ painting

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Ask for a picture of the new size."""
        super().resizeEvent(event)
        self._ask()
        self.looked.emit(self.look)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the picture, the arrows, the compass and what it is."""
        painter = QPainter(self)
        if self._image is None or self.stop is None:
            self._paint_sentence(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_discs(painter, self.stop.ways, self._lit, self._seen, self._room)
        arrows = [self.arrow(way).boundingRect() for way in self.stop.ways]
        self._signs = paint_signs(
            painter, self.stop.signs, self.colours, self._seen, self._room, arrows
        )
        for way in self.stop.ways:
            painter.setPen(QPen(INK, 1.6))
            painter.setBrush(LIT if way is self._lit else PAPER)
            painter.drawPolygon(self.arrow(way))
        self._paint_compass(painter)
        self._paint_words(painter, self.stop)

    def _paint_sentence(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self.palette().window())
        painter.setPen(self.palette().windowText().color())
        room = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, self._said)

    def _paint_compass(self, painter: QPainter) -> None:
        """Paint a strip of directions along the upper edge, the one looked at in the middle."""
        width, half = float(self.width()), self.across / 2
        painter.fillRect(QRectF(0, 0, width, STRIP), INK)
        font = QFont(painter.font())
        font.setPixelSize(13)
        font.setBold(True)
        painter.setFont(font)
        named = _points_of_the_compass()
        for mark in range(0, 360, 15):
            offset = (mark - self._seen.bearing + 180.0) % 360.0 - 180.0
            if abs(offset) > half:
                continue
            # As in the picture itself: the tangent, not the angle, is what is wide.
            x = width / 2 * (1 + np.tan(np.radians(offset)) / np.tan(np.radians(half)))
            painter.setPen(LIT if mark == 0 else PAPER)
            if mark in named:
                box = QRectF(x - 24, 0, 48, 24)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, named[mark])
            else:
                painter.drawLine(QPointF(x, 15), QPointF(x, 24))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LIT)
        middle = width / 2
        painter.drawPolygon(
            QPolygonF([QPointF(middle - 6, 24), QPointF(middle + 6, 24), QPointF(middle, 32)])
        )

    def _paint_words(self, painter: QPainter, stop: Stop) -> None:
        font = QFont(painter.font())
        font.setPixelSize(12)
        font.setBold(False)
        painter.setFont(font)
        size = QFontMetricsF(font)
        right = 0.0
        for text, at_end in ((stop.credit, True), (stop.title, False)):
            room = self.width() - right if not at_end else self.width() * 0.5
            shown = size.elidedText(text, Qt.TextElideMode.ElideRight, max(room - 24, 0))
            if not shown:
                continue
            width = size.horizontalAdvance(shown) + 14
            left = self.width() - width if at_end else 0.0
            box = QRectF(left, self.height() - 22, width, 22)
            right = width if at_end else right
            painter.fillRect(box, INK)
            painter.setPen(PAPER)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _points_of_the_compass() -> dict[int, str]:
    four = {0: tr("N"), 90: tr("E"), 180: tr("S"), 270: tr("W")}
    return four | {45: tr("NE"), 135: tr("SE"), 225: tr("SW"), 315: tr("NW")}


_TURNS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}
