"""A window over the steps of a time, to be moved and stretched, above how much there is in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

HEIGHT, GROUND = 44, 28.0
"""Pixels of the widget, and down to the line that counts stand on; dates are written below it."""
REACH = 7.0
"""Pixels from an edge of the window within which it is taken hold of."""
MARGIN = 8.0
GRIP = 5.0
Hold = Literal["first", "after", "window"]


class SpanSlider(QWidget):
    """Chooses from one step to another. GUI thread only.

    Arrows move the window by a step, Page Up and Down by ten, Home and End to the ends; with Shift an
    arrow makes it shorter or longer. Drag an edge, or the window; a click beside it moves it there; a
    double click makes it as long as all there is.

    Signals
    -------
    moved(int, int)
        The first step, and the one after the last, that the user chose.
    """

    moved = pyqtSignal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("SpanSlider")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumWidth(160)
        self.setFixedHeight(HEIGHT)
        self.count = 1
        self.first, self.after = 0, 1
        self._counts = np.zeros(1)
        self._ends: tuple[tuple[str, str], ...] = ()
        self._hold: Hold | None = None
        self._held_at = 0

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(600, HEIGHT)

    def set_steps(self, counts: NDArray[np.int64]) -> None:
        """Offer steps with so many things in each (n,)."""
        self.count = max(len(counts), 1)
        # High counts would press the rest flat.
        self._counts = np.sqrt(np.asarray(counts, float))
        self._hold = None
        self.set_window(self.first, self.after)

    def set_ends(self, *ends: tuple[str, str]) -> None:
        """Write dates below the first and the last step: the first pair there is room for."""
        self._ends = ends
        self.update()

    def set_window(self, first: int, after: int) -> None:
        """Show a window, as long as it is and wholly inside; says nothing."""
        length = min(max(after - first, 1), self.count)
        self.first = min(max(first, 0), self.count - length)
        self.after = self.first + length
        self.update()

    # ------------------------------------------------------------------ choosing

    def move_by(self, steps: int) -> None:
        """Move the window, as far as there is room."""
        self._choose(self.first + steps, self.after + steps)

    def stretch_by(self, steps: int) -> None:
        """Move the window's later edge."""
        after = min(max(self.after + steps, self.first + 1), self.count)
        self._choose(self.first, after)

    def choose_all(self) -> None:
        """Make the window as long as all there is."""
        self._choose(0, self.count)

    def _choose(self, first: int, after: int) -> None:
        before = self.first, self.after
        self.set_window(first, after)
        if (self.first, self.after) != before:
            self.moved.emit(self.first, self.after)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move or stretch the window."""
        if event is None:
            return
        key, length = Qt.Key(event.key()), self.after - self.first
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        strides = {Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        if key in steps and shift:
            self.stretch_by(steps[key])
        elif key in steps or key in strides:
            self.move_by(steps.get(key, strides.get(key, 0)))
        elif key == Qt.Key.Key_Home:
            self._choose(0, length)
        elif key == Qt.Key.Key_End:
            self._choose(self.count - length, self.count)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Move the window by a step."""
        if event is not None:
            self.move_by(-1 if event.angleDelta().y() > 0 else 1)
            event.accept()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of an edge or the window, or move the window to where was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        self._hold = self._hold_at(x)
        if self._hold is None:
            length = self.after - self.first
            first = self._step_at(x) - length // 2
            self._choose(first, first + length)
            self._hold = "window"
        self._held_at = self._step_at(x) - self.first

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move what is held."""
        if event is None:
            return
        x = event.position().x()
        if not event.buttons() & Qt.MouseButton.LeftButton or self._hold is None:
            edge = self._hold_at(x) in ("first", "after")
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
            return
        if self._hold == "window":
            length, first = self.after - self.first, self._step_at(x) - self._held_at
            first = min(max(first, 0), self.count - length)
            self._choose(first, first + length)
        elif self._hold == "first":
            self._choose(min(max(self._edge_at(x), 0), self.after - 1), self.after)
        else:
            self._choose(self.first, min(max(self._edge_at(x), self.first + 1), self.count))

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """Let go."""
        self._hold = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent | None) -> None:
        """Choose all there is."""
        self._hold = None
        self.choose_all()

    def _hold_at(self, x: float) -> Hold | None:
        left, right = self.x_of(self.first), self.x_of(self.after)
        edges: Sequence[tuple[float, Hold]] = ((abs(x - right), "after"), (abs(x - left), "first"))
        near, edge = min(edges)
        # An edge of a narrow window is taken hold of from outside, its middle moves it.
        inside = min(REACH, (right - left) / 4) if left < x < right else REACH
        if near <= inside:
            return edge
        return "window" if left < x < right else None

    def _step_at(self, x: float) -> int:
        return int(np.floor((x - MARGIN) / self._room * self.count))

    def _edge_at(self, x: float) -> int:
        return round((x - MARGIN) / self._room * self.count)

    def x_of(self, step: int) -> float:
        """Return the pixel at which a step begins."""
        return MARGIN + self._room * step / self.count

    @property
    def _room(self) -> float:
        return max(self.width() - 2 * MARGIN, 1.0)

    # ------------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint counts, the window and the first and last date."""
        painter = QPainter(self)
        palette = self.palette()
        text, accent = palette.color(QPalette.ColorRole.Text), palette.highlight().color()
        line = QColor(text)
        line.setAlpha(70)
        left, right = self.x_of(self.first), self.x_of(self.after)
        right = max(right, left + 2)
        veil = QColor(accent)
        veil.setAlpha(40)
        painter.fillRect(QRectF(left, 2, right - left, GROUND - 2), veil)
        self._paint_counts(painter, line, accent)
        painter.setPen(QPen(line, 1))
        painter.drawLine(QPointF(MARGIN, GROUND), QPointF(self.width() - MARGIN, GROUND))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 2 if self.hasFocus() else 1.4))
        for x in (left, right):
            painter.drawLine(QPointF(x, 2), QPointF(x, GROUND))
        painter.setBrush(accent)
        for x, sign in ((left, -1), (right, 1)):
            tip = QPointF(x, GROUND - 1)
            foot = [tip, tip + QPointF(sign * GRIP, 6), tip + QPointF(0, 6)]
            painter.drawPolygon(QPolygonF(foot))
        self._paint_ends(painter, text)
        painter.end()

    def _paint_counts(self, painter: QPainter, line: QColor, accent: QColor) -> None:
        most = float(self._counts.max(initial=0.0))
        if most <= 0:
            return
        # Of steps narrower than a pixel the fullest is seen.
        columns = min(self.count, int(self._room))
        at = np.linspace(0, self.count, columns + 1).astype(int)
        tall = np.maximum.reduceat(self._counts, at[:-1]) / most * (GROUND - 6)
        for number, height in enumerate(tall.tolist()):
            if height <= 0:
                continue
            x, wide = self.x_of(int(at[number])), self._room * (at[number + 1] - at[number])
            wide = max(wide / self.count - (1 if self._room / self.count > 3 else 0), 1.0)
            inside = self.first <= at[number] < self.after
            top = GROUND - max(height, 1.5)
            painter.fillRect(QRectF(x, top, wide, GROUND - top), accent if inside else line)

    def _paint_ends(self, painter: QPainter, text: QColor) -> None:
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        muted = QColor(text)
        muted.setAlpha(180)
        painter.setPen(muted)
        metrics = QFontMetricsF(font)
        y = HEIGHT - 3.0
        for first, last in self._ends:
            wide = metrics.horizontalAdvance(last)
            if metrics.horizontalAdvance(first) + wide + 16 <= self._room:
                painter.drawText(QPointF(MARGIN, y), first)
                painter.drawText(QPointF(self.width() - MARGIN - wide, y), last)
                return
