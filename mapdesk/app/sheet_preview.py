"""The sheet as it will be, small: drag moves what is on it, the wheel changes its scale."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from mapdesk.app.frame_drawing import FrameDrawing
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.sheet_page import paint_sheet
from mapdesk.app.sheet_printing import SheetMaker, SheetWish, fitted
from mapdesk.formats.sheet_layout import arranged
from mapdesk.formats.watermark import Watermark
from mapdesk.model.access import Access
from mapdesk.model.legend import LegendEntry
from mapdesk.scene3d.map_view import MapView

_EDGE = 12
"""Pixels around the sheet."""
_KEY_STEP = 0.1
"""Part of the map's width or height that an arrow key moves it by."""


class SheetPreview(QWidget):
    """Shows a sheet; GUI thread only.

    Signals
    -------
    moved(dx, dy)
        What is on the sheet is to move by so many metres east and north.
    scaled(int)
        One step to a larger (+1) or a smaller (-1) scale is wanted.
    failed(Exception)
        The sheet could not be painted.
    """

    moved = pyqtSignal(float, float)
    scaled = pyqtSignal(int)
    failed = pyqtSignal(object)

    def __init__(
        self, view: MapView, maker: SheetMaker, watermark: Watermark, runner: Runner
    ) -> None:
        super().__init__()
        self._view, self._maker, self._watermark = view, maker, watermark
        self._runner = runner
        self._wish: SheetWish | None = None
        self._access: Access | None = None
        self._legend: tuple[LegendEntry, ...] = ()
        self._picture: QImage | None = None
        self._drawing: FrameDrawing | None = None
        self._is_stale = False
        self._grip: QPointF | None = None
        self.setMinimumSize(420, 420)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @property
    def is_drawn(self) -> bool:
        """Whether the picture shown is of what is wanted."""
        return self._drawing is None and self._picture is not None

    def sizeHint(self) -> QSize:
        """Return room for an A4 sheet."""
        return QSize(640, 560)

    def show_sheet(self, wish: SheetWish, legend: tuple[LegendEntry, ...], access: Access) -> None:
        """Show a sheet; its map is drawn anew."""
        self._wish, self._legend, self._access = fitted(wish, access), legend, access
        self._draw()
        self.update()

    def stop(self) -> None:
        """Draw no more."""
        self._is_stale = False
        self._runner.cancel("preview")
        if self._drawing is not None:
            self._drawing.stop()
            self._drawing = None

    def _pixels_per_mm(self, wish: SheetWish) -> float:
        page = wish.form.page
        return max(
            min((self.width() - 2 * _EDGE) / page.width, (self.height() - 2 * _EDGE) / page.height),
            0.5,
        )

    def _draw(self) -> None:
        """Draw the map of the sheet; while one is drawn another waits, and only the latest."""
        if self._wish is None:
            return
        if self._drawing is not None:
            self._is_stale = True
            return
        wish = self._wish
        density = self._pixels_per_mm(wish) * 25.4 * self.devicePixelRatioF()
        frame = self._maker.frame(wish, len(self._legend), density)

        def paint(picture: QImage) -> None:
            overlay, standing = self._maker.overlay(wish), self._maker.standing()

            def work(_progress: Progress) -> QImage:
                return self._maker.painted(picture, overlay, standing, frame)

            self._runner.run("preview", work, self._show_picture, self._not_painted)

        self._drawing = FrameDrawing(self._view, frame, paint)
        self._drawing.begin()

    def _show_picture(self, picture: QImage) -> None:
        self._drawing, self._picture = None, picture
        self.update()
        if self._is_stale:
            self._is_stale = False
            self._draw()

    def _not_painted(self, error: Exception) -> None:
        """Keep the picture there is; the next sheet is drawn again."""
        self._drawing, self._is_stale = None, False
        self.failed.emit(error)

    def _origin(self, wish: SheetWish) -> QPointF:
        by, page = self._pixels_per_mm(wish), wish.form.page
        return QPointF((self.width() - by * page.width) / 2, (self.height() - by * page.height) / 2)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the sheet with its shadow."""
        wish, access = self._wish, self._access
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#7d858c"))
        if wish is not None and access is not None:
            origin, by, page = self._origin(wish), self._pixels_per_mm(wish), wish.form.page
            shadow = QRectF(origin, origin + QPointF(page.width * by, page.height * by))
            painter.fillRect(shadow.translated(3, 3), QColor(0, 0, 0, 70))
            painter.translate(origin)
            painter.scale(by, by)
            sheet = self._maker.sheet(wish, self._legend, access)
            paint_sheet(painter, sheet, self._picture, self._watermark)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Draw at the new size."""
        self._draw()

    # ------------------------------------------------------------------ pointer and keys

    def _metres_per_pixel(self) -> float:
        wish = self._wish
        if wish is None:
            return 0.0
        by = self._pixels_per_mm(wish)
        if wish.scale is not None:
            return wish.scale / 1000 / by
        frame = self._maker.frame(wish, len(self._legend), by * 25.4)
        return frame.projection.metres_per_pixel / frame.ratio

    def _move(self, right: float, ahead: float) -> None:
        """Move what is on the sheet by metres on paper's axes."""
        if self._wish is None:
            return
        view = self._wish.viewpoint
        ground = replace(view, pitch=90.0)
        shift = ground.right[:2] * right + ground.up[:2] * ahead
        self.moved.emit(float(shift[0]), float(shift[1]))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the map."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the map."""
        if event is None or self._grip is None:
            return
        offset = event.position() - self._grip
        self._grip = event.position()
        by = self._metres_per_pixel()
        self._move(-offset.x() * by, offset.y() * by)

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """Let go of the map."""
        self._grip = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Change the scale."""
        if event is not None and event.angleDelta().y():
            self.scaled.emit(1 if event.angleDelta().y() > 0 else -1)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows move, plus and minus change the scale."""
        if event is None or self._wish is None:
            return
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        key = Qt.Key(event.key())
        box = arranged(self._wish.form, len(self._legend))["map"]
        by = self._metres_per_pixel() * self._pixels_per_mm(self._wish) * _KEY_STEP
        if key in steps:
            right, ahead = steps[key]
            self._move(right * box.width * by, ahead * box.height * by)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.scaled.emit(-1 if key == Qt.Key.Key_Minus else 1)
        else:
            super().keyPressEvent(event)
