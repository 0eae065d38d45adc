"""The section along a line: ground and buildings in a plot that points at the map, and is pointed at by it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.panels import theme
from mapdesk.panels.makeup_charts import Drawing
from mapdesk.services.measuring import say_length
from mapdesk.services.sections import Section, Stretch

GROUND = {"light": "#8a9a6b", "dark": "#6f8254"}
WALLS = {"light": "#5b7fa6", "dark": "#7fa6d0"}
_SHARP = 2.0
"""Pixels of a saved picture for each of the panel."""


class SectionPanel(QWidget):
    """Shows one section at a time.

    Signals
    -------
    pointed(float)
        Metres from the beginning under the pointer; nan where it left.
    followed(Ref)
        A building was clicked.
    picture_wanted(), table_wanted()
        It is wanted in a file.
    """

    pointed = pyqtSignal(float)
    followed = pyqtSignal(object)
    picture_wanted = pyqtSignal()
    table_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.section: Section | None = None
        self.plot = pg.PlotWidget()
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFrameShape(QFrame.Shape.NoFrame)
        self.plot.setMouseEnabled(True, False)
        self._walls = Drawing()
        self._ground = pg.PlotCurveItem()
        self._line = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._walls, self._ground, self._line):
            self.plot.addItem(item)
        self.title, self.here = QLabel(), QLabel()
        self.picture, self.table = QPushButton(), QPushButton()
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.title)
        row.addWidget(self.here, 1)
        row.addWidget(self.picture)
        row.addWidget(self.table)
        box = QVBoxLayout(self)
        box.addLayout(row)
        box.addWidget(self.plot, 1)
        self.setMinimumHeight(180)
        self.picture.clicked.connect(self.picture_wanted)
        self.table.clicked.connect(self.table_wanted)
        scene = self.plot.scene()
        scene.sigMouseMoved.connect(self._on_moved)
        scene.sigMouseClicked.connect(self._on_clicked)
        LANGUAGE.changed.connect(self._on_language)
        self._show()

    def close_panel(self) -> None:
        """Stop listening to the language."""
        LANGUAGE.changed.disconnect(self._on_language)

    def show_section(self, section: Section | None) -> None:
        """Draw a section, or none."""
        self.section = section
        self._show()
        if section is not None:
            self.plot.getViewBox().setRange(
                xRange=(0, section.length), yRange=self._reach(), padding=0.01
            )

    def point_at(self, along: float) -> None:
        """Mark a place by its metres from the beginning and say what stands there; nan for none."""
        section = self.section
        if section is None or not np.isfinite(along) or not 0 <= along <= section.length:
            self._line.hide()
            self.here.clear()
            return
        self._line.setValue(along)
        self._line.show()
        one = self.building_at(along)
        top = say_length(section.height(along))
        self.here.setText(f"{say_length(along)}   ↑ {top}   {one.title if one else ''}".rstrip())

    def building_at(self, along: float) -> Stretch | None:
        """Return the highest building that many metres from the beginning."""
        buildings = self.section.buildings if self.section is not None else ()
        here = [one for one in buildings if one.start <= along <= one.end]
        return max(here, key=_top, default=None)

    def image(self, foot: str) -> QPixmap:
        """Return the plot as a picture, with `foot` (sources, who took it out) below it."""
        line = 2 * self.fontMetrics().height()
        size = self.plot.size()
        sheet = QPixmap(int(size.width() * _SHARP), int((size.height() + 2 * line) * _SHARP))
        sheet.setDevicePixelRatio(_SHARP)
        tint = theme.colours(self._theme)
        sheet.fill(QColor(tint["base"]))
        painter = QPainter(sheet)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(tint["text"]))
        wide = float(size.width() - 24)
        painter.drawText(
            QRectF(12, 0, wide, line), Qt.AlignmentFlag.AlignVCenter, self.title.text()
        )
        painter.translate(0, line)
        whole = self.plot.rect()
        self.plot.render(painter, QRectF(whole), whole)
        painter.setFont(_small(self.font()))
        box = QRectF(12, size.height(), wide, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, foot)
        painter.end()
        return sheet

    # ------------------------------------------------------------------ drawing

    def _reach(self) -> tuple[float, float]:
        """Return the lowest and the highest height drawn, metres; from 0 where that leaves half the plot."""
        section = self.section
        if section is None:
            return 0.0, 1.0
        low = float(section.ground.min())
        high = max([float(section.ground.max()), *(one.top for one in section.buildings)])
        if not 0.0 <= low <= high / 2:
            low = float(np.floor(low - 0.1 * (high - low)))
        return low if low < 0 or low > high / 2 else 0.0, low + max(high - low, 10.0) * 1.12

    def _show(self) -> None:
        section, name = self.section, self._theme
        tint = theme.colours(name)
        self.plot.setBackground(tint["base"])
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setTextPen(tint["muted"])
            axis.setPen(tint["line"])
            axis.setTickFont(_small(self.font()))
            axis.enableAutoSIPrefix(False)
        # What heights are stands above the plot, which is too low for a word along its side.
        bottom = self.plot.getPlotItem().getAxis("bottom")
        style = {"color": tint["muted"], "font-size": "11px"}
        bottom.setLabel(tr("Along the line, from A (m)"), **style)
        self.plot.getPlotItem().showGrid(x=False, y=True, alpha=0.15)
        self._line.setPen(QPen(QColor("#cf222e"), 0))
        self._line.hide()
        self.here.clear()
        for button, text, tip in (
            (self.picture, tr("Picture…"), tr("Save the plot as a PNG, sources included")),
            (self.table, tr("Table…"), tr("Save heights along the line as a CSV")),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setEnabled(section is not None)
        self.plot.setVisible(section is not None)
        if section is None:
            self.title.setText(
                tr(
                    "No section yet: X, then click the line on the map; Enter or a double click ends."
                )
            )
            return
        level = section.datum is None
        said = tr(
            "Section A–B, {length}, {count} buildings",
            length=say_length(section.length),
            count=len({one.ref.id for one in section.buildings}),
        )
        heights = tr("heights in m") if level else tr("heights in m above sea level")
        self.title.setText(f"{said} · {heights}")
        wall = QBrush(QColor(WALLS[name]))
        bars = [
            (QRectF(QPointF(one.start, one.base), QPointF(one.end, one.top)), wall)
            for one in section.buildings
        ]
        edge = QPen(QColor(tint["base"]), 1.0)
        edge.setCosmetic(True)
        low, high = self._reach()
        bounds = QRectF(0.0, low, section.length, high - low)
        self._walls.paint_with(bounds, bars, edge)
        self._ground.setData(section.along, section.ground)
        ground = QPen(QColor(GROUND[name]), 2.4)
        ground.setCosmetic(True)
        self._ground.setPen(ground)
        self._ground.setFillLevel(low)
        self._ground.setBrush(QColor(GROUND[name]))

    def _along(self, at: QPointF) -> float:
        return float(self.plot.getViewBox().mapSceneToView(at).x())

    def _on_moved(self, at: QPointF) -> None:
        inside = self.section is not None and self.plot.sceneBoundingRect().contains(at)
        along = self._along(at) if inside else float("nan")
        self.point_at(along)
        self.pointed.emit(along)

    def _on_clicked(self, event: object) -> None:
        one = self.building_at(self._along(event.scenePos()))  # type: ignore[attr-defined]
        if one is not None:
            self.followed.emit(one.ref)

    def leaveEvent(self, event: QEvent | None) -> None:
        """Point at nothing."""
        self.point_at(float("nan"))
        self.pointed.emit(float("nan"))
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._show()
        super().changeEvent(event)

    def _on_language(self, _code: str) -> None:
        self._show()

    @property
    def _theme(self) -> str:
        return "dark" if self.palette().window().color().lightness() < 128 else "light"


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(11)
    return small


def _top(one: Stretch) -> float:
    return one.top
