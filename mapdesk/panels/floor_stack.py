"""A building's units by floor, coloured by use: the picture at the top of its card."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mapdesk.model.language import tr

FLOOR_LABEL = 30
LEGEND = 20


class FloorStack(QWidget):
    """One row a floor, one cell a unit; hovering a cell tells its room and use."""

    def __init__(self, colours: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = colours
        self._floors: list[tuple[int, list[dict[str, Any]]]] = []
        self._marked: str | None = None
        self._cells: list[tuple[QRectF, dict[str, Any]]] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_floors(
        self, floors: list[tuple[int, list[dict[str, Any]]]], marked: str | None = None
    ) -> None:
        """Show floors, the top one first; `marked` is the id of a unit to point out."""
        self._floors = floors
        self._marked = marked
        self.setVisible(bool(floors))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Between 3 and 14 pixels a floor, so that a tower still fits."""
        return QSize(240, round(self._row_height() * len(self._floors)) + LEGEND + 14)

    def minimumSizeHint(self) -> QSize:
        """As high as its floors."""
        return QSize(120, self.sizeHint().height())

    def _row_height(self) -> float:
        return max(5.0, min(14.0, 190.0 / max(len(self._floors), 1)))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint floors, units and the legend of uses."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        height = self._row_height()
        widest = max((len(units) for _floor, units in self._floors), default=1)
        width = (self.width() - FLOOR_LABEL - 16) / max(widest, 1)
        every = max(1, round(12 / height))
        self._cells = []
        for row, (floor, units) in enumerate(self._floors):
            top = 6 + row * height
            if row % every == 0:
                painter.setPen(self.palette().placeholderText().color())
                label = QRectF(0, top, FLOOR_LABEL - 4, height)
                align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(label, align | Qt.TextFlag.TextDontClip, f"{floor}F")
            for column, unit in enumerate(units):
                cell = QRectF(FLOOR_LABEL + column * width, top, width, height)
                self._cells.append((cell, unit))
                self._paint_unit(painter, cell, unit)
        self._paint_legend(painter, 10 + len(self._floors) * height)
        painter.end()

    def _paint_unit(self, painter: QPainter, cell: QRectF, unit: dict[str, Any]) -> None:
        marked = unit["id"] == self._marked
        gap = 1.0 if cell.height() > 6 else 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.get(str(unit["use"]), "#b8bcc0")))
        painter.drawRect(cell.adjusted(0, 0, -gap, -gap))
        if marked:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#d1242f"), 2.4))
            painter.drawRect(cell.adjusted(0, 0, -1, -1))

    def _paint_legend(self, painter: QPainter, top: float) -> None:
        uses = {str(unit["use"]) for _floor, units in self._floors for unit in units}
        x = float(FLOOR_LABEL)
        for use, colour in self._colours.items():
            if use not in uses:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(x, top + 4, 10, 10))
            painter.setPen(self.palette().text().color())
            text = tr(use)
            painter.drawText(QRectF(x + 14, top, 80, 18), Qt.AlignmentFlag.AlignVCenter, text)
            x += 26 + painter.fontMetrics().horizontalAdvance(text)

    def mouseMoveEvent(self, event: Any) -> None:
        """Tell the room under the pointer."""
        for cell, unit in self._cells:
            if cell.contains(event.position()):
                words = [unit["stair"], unit["room"], tr(str(unit["use"] or ""))]
                area = f" · {unit['area']:.0f} m²" if unit["area"] else ""
                QToolTip.showText(
                    event.globalPosition().toPoint(),
                    " ".join(str(word) for word in words if word) + area,
                    self,
                )
                return
        QToolTip.hideText()
