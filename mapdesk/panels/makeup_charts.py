"""Pictures of a make-up with pyqtgraph: the age-sex pyramid, and one bar a word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen, QPicture
from PyQt6.QtWidgets import QFrame, QGraphicsItem, QVBoxLayout, QWidget

from mapdesk.model.language import tr
from mapdesk.model.makeup import BANDS, HIDDEN, OLDEST, Counts, MakeUp
from mapdesk.panels import theme

TINTS = {
    "light": {"male": "#3f7fc1", "female": "#d9825b", "bar": "#5d8f8a"},
    "dark": {"male": "#5b9be0", "female": "#e39a75", "bar": "#74ada6"},
}
"""Fill of men's, women's and other bars: apart in hue and in lightness, for those who see few colours."""

ROW = 24
"""Pixels a bar takes with the room around it."""

LEAST, MOST = 340, 480
"""Pixels a pyramid is high."""

BAR = 0.34
"""Half of a bar's thickness, in rows."""

STUB = 0.11
"""Length of the hatched mark of a suppressed count, in parts of the axis: it says nothing of the count."""


class Drawing(QGraphicsItem):
    """Something painted once in the axes' units and kept as a picture."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPicture()
        self._bounds = QRectF()

    def paint_with(self, bounds: QRectF, bars: Sequence[tuple[QRectF, QBrush]], line: QPen) -> None:
        """Keep filled bars and, where `line` has a width, their edges."""
        self._picture = QPicture()
        painter = QPainter(self._picture)
        painter.setPen(line)
        for rect, brush in bars:
            painter.setBrush(brush)
            painter.drawRect(rect)
        painter.end()
        self._settle(bounds)

    def outline_with(self, bounds: QRectF, lines: Sequence[list[QPointF]], pen: QPen) -> None:
        """Keep stepped lines."""
        self._picture = QPicture()
        painter = QPainter(self._picture)
        painter.setPen(pen)
        for points in lines:
            path = QPainterPath(points[0])
            for point in points[1:]:
                path.lineTo(point)
            painter.drawPath(path)
        painter.end()
        self._settle(bounds)

    def _settle(self, bounds: QRectF) -> None:
        self.prepareGeometryChange()
        self._bounds = bounds
        self.update()

    def paint(self, painter: QPainter | None, *_unused: object) -> None:
        """Play the picture."""
        if painter is not None:
            painter.drawPicture(0, 0, self._picture)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt calls it by this name
        """What the axes make room for."""
        return self._bounds


def _font(size: int, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(size)
    font.setBold(bold)
    return font


def _hatched(colour: str) -> QBrush:
    return QBrush(QColor(colour), Qt.BrushStyle.BDiagPattern)


def _no_line() -> QPen:
    return QPen(Qt.PenStyle.NoPen)


def _line(colour: str, width: float = 1.6) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


class Chart(QWidget):
    """A plot without frame, menus or dragging, in the colours of the theme; made when first drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[pg.TextItem] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)

    @cached_property
    def plot(self) -> pg.PlotWidget:
        """The plot, with what is drawn in it."""
        plot = pg.PlotWidget()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setFrameShape(QFrame.Shape.NoFrame)
        # A wheel over a chart scrolls the panel it stands in.
        plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.furnish(plot)
        box = self.layout()
        assert box is not None
        box.addWidget(plot)
        plot.show()  # a widget that joins a layout in sight is shown a turn later: pictures are not
        box.activate()
        return plot

    def furnish(self, plot: pg.PlotWidget) -> None:
        """Put items and axes into a new plot."""
        raise NotImplementedError

    def dress(self, name: str) -> None:
        """Take the colours of a theme."""
        tint = theme.colours(name)
        self.plot.setBackground(tint["base"])
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setTextPen(tint["muted"])
            axis.setPen(tint["line"])
            axis.setTickFont(_font(11))

    def write(
        self,
        text: str,
        at: tuple[float, float],
        colour: str,
        anchor: tuple[float, float],
        size: int = 11,
        *,
        bold: bool = False,
    ) -> None:
        """Write a word at a place of the axes."""
        item = pg.TextItem(text, color=colour, anchor=anchor)
        item.setFont(_font(size, bold=bold))
        item.setPos(*at)
        self.plot.addItem(item, ignoreBounds=True)
        self._texts.append(item)

    def wipe(self) -> None:
        """Take all words away."""
        for item in self._texts:
            self.plot.removeItem(item)
        self._texts.clear()


def parts(counts: NDArray[np.int64], total: int | None, *, percent: bool) -> NDArray[np.float64]:
    """Return lengths of bars; suppressed counts are nan, as all are in percent of a suppressed total."""
    lengths = np.where(counts == HIDDEN, np.nan, counts.astype(np.float64))
    if not percent:
        return lengths
    if total is None:
        return np.full(counts.shape, np.nan)
    return lengths * (100.0 / max(total, 1))


class PyramidChart(Chart):
    """Men to the left, women to the right, the oldest on top; a second area as an outline."""

    def __init__(self) -> None:
        super().__init__()
        self._bars, self._outline = Drawing(), Drawing()
        self.setMinimumHeight(LEAST)
        self.setMaximumHeight(MOST)

    def furnish(self, plot: pg.PlotWidget) -> None:
        """Men, women, and the outline over them."""
        plot.addItem(self._bars)
        plot.addItem(self._outline)
        plot.getPlotItem().getAxis("left").setWidth(44)
        plot.getPlotItem().showGrid(x=True, y=False, alpha=0.14)
        plot.getPlotItem().getAxis("bottom").setZValue(-1000)

    def show_pyramid(self, made: MakeUp, other: MakeUp | None, name: str, *, percent: bool) -> None:
        """Draw one or two areas in theme `name`, in percent of all people or in people."""
        self.dress(name)
        self.wipe()
        shown = parts(made.pyramid, made.people, percent=percent)[: OLDEST + 1, :2]
        second = None if other is None else parts(other.pyramid, other.people, percent=percent)
        longest = [np.nanmax(shown, initial=0.0)]
        if second is not None:
            second = second[: OLDEST + 1, :2]
            longest.append(np.nanmax(second, initial=0.0))
        reach = 1.16 * max(*longest, 0.01) if len(longest) > 1 else 1.16 * max(longest[0], 0.01)
        bounds = QRectF(-reach, -0.6, 2 * reach, OLDEST + 2.4)
        tints = TINTS[name]
        bars = []
        for side, sex in ((-1, "male"), (1, "female")):
            for row, length in enumerate(shown[:, 0 if side < 0 else 1].tolist()):
                hidden = np.isnan(length)
                wide = side * (STUB * reach if hidden else length)
                rect = QRectF(min(wide, 0.0), row - 0.42, abs(wide), 0.84)
                bars.append((rect, _hatched(tints[sex]) if hidden else QBrush(QColor(tints[sex]))))
        self._bars.paint_with(bounds, bars, _no_line())
        lines = []
        if second is not None:
            lines = [*steps(-second[:, 0]), *steps(second[:, 1])]
        self._outline.outline_with(bounds, lines, _line(theme.colours(name)["text"]))
        ticks = [(row, BANDS[row]) for row in range(0, OLDEST + 1, 2)]
        self.plot.getPlotItem().getAxis("left").setTicks([ticks])
        self.plot.getPlotItem().getAxis("bottom").setTicks([_ticks(reach, percent=percent)])
        self.plot.setXRange(-reach, reach, padding=0)
        self.plot.setYRange(-0.6, OLDEST + 1.8, padding=0)
        for sex, side in (("male", -1), ("female", 1)):
            count = made.sexes[sex]
            words = tr("men") if side < 0 else tr("women")
            words += "" if count is None else f"  {count:,}"
            anchor = (0.0, 0.5) if side < 0 else (1.0, 0.5)
            self.write(words, (side * reach, OLDEST + 1.15), tints[sex], anchor, 12, bold=True)


def steps(lengths: NDArray[np.float64]) -> list[list[QPointF]]:
    """Return the outline of bars from the youngest up to the oldest there is.

    It breaks off at suppressed counts (nan): to pass them at 0 would be an answer.
    """
    there = np.flatnonzero(lengths != 0.0)
    lines: list[list[QPointF]] = [[QPointF(0.0, -0.5)]]
    for row, length in enumerate(lengths[: there[-1] + 1].tolist() if len(there) else []):
        if np.isnan(length):
            lines.append([])
        else:
            lines[-1] += [QPointF(length, row - 0.5), QPointF(length, row + 0.5)]
    if len(there) and lines[-1]:
        lines[-1].append(QPointF(0.0, there[-1] + 0.5))
    return [line for line in lines if len(line) > 1]


def _ticks(reach: float, *, percent: bool) -> list[tuple[float, str]]:
    """Return round numbers to both sides of 0, positive on both, with the unit on the last."""
    step = 10.0 ** np.floor(np.log10(reach))
    # At most four a side, so that their numbers stand apart in a narrow dock.
    for finer in (2.0, 1.0, 0.5, 0.25, 0.2):
        if reach / (step * finer) >= 2:
            step *= finer
            break
    step = max(float(step), 0.1 if percent else 1.0)
    count = int(reach / step)
    unit = "%" if percent else ""
    return [
        (side * number * step, f"{number * step:,.10g}{unit}")
        for number in range(count + 1)
        for side in ((1, -1) if number else (1,))
    ]


class BarsChart(Chart):
    """One bar a word, the longest at most as long as the room; a second area as a tick across it."""

    def __init__(self) -> None:
        super().__init__()
        self._bars, self._marks = Drawing(), Drawing()

    def furnish(self, plot: pg.PlotWidget) -> None:
        """Bars and the ticks across them; words stand to the left."""
        plot.addItem(self._bars)
        plot.addItem(self._marks)
        plot.getPlotItem().hideAxis("bottom")
        axis = plot.getPlotItem().getAxis("left")
        axis.setWidth(92)
        axis.setStyle(tickLength=0)

    def show_bars(
        self,
        made: Counts,
        other: Counts | None,
        total: int | None,
        total_other: int | None,
        name: str,
        *,
        percent: bool,
    ) -> None:
        """Draw counts by word, top to bottom in their order."""
        self.dress(name)
        self.wipe()
        words = list(dict.fromkeys([*made, *(other or {})]))
        lengths = parts(_array(made, words), total, percent=percent)
        second = (
            None if other is None else parts(_array(other, words), total_other, percent=percent)
        )
        longest = max(
            np.nanmax(lengths, initial=0.0),
            0.01,
            0.0 if second is None else np.nanmax(second, initial=0.0),
        )
        reach = 1.34 * longest
        bounds = QRectF(0.0, -0.6, reach, len(words) + 0.2)
        tint, colours = TINTS[name]["bar"], theme.colours(name)
        bars, marks = [], []
        for place, word in enumerate(words):
            row, length = len(words) - 1 - place, float(lengths[place])
            hidden = bool(np.isnan(length))
            wide = STUB * reach if hidden else length
            bars.append(
                (
                    QRectF(0.0, row - BAR, wide, 2 * BAR),
                    _hatched(tint) if hidden else QBrush(QColor(tint)),
                )
            )
            beside = wide
            if second is not None and not np.isnan(second[place]):
                at = float(second[place])
                marks.append([QPointF(at, row - 0.46), QPointF(at, row + 0.46)])
                beside = max(wide, at) if at - wide < 0.22 * reach else wide
            self.write(
                value_text(made.get(word, 0), total, percent=percent),
                (beside + 0.012 * reach, row),
                colours["text"],
                (0.0, 0.5),
            )
        self._bars.paint_with(bounds, bars, _no_line())
        self._marks.outline_with(bounds, marks, _line(colours["text"], 2.0))
        self.plot.getPlotItem().getAxis("left").setTicks(
            [[(len(words) - 1 - place, tr(word)) for place, word in enumerate(words)]]
        )
        self.plot.getPlotItem().getAxis("left").setPen(_no_line())
        self.plot.getPlotItem().getAxis("left").setTickPen(_no_line())
        self.plot.setXRange(0.0, reach, padding=0)
        self.plot.setYRange(-0.6, len(words) - 0.4, padding=0)
        self.setFixedHeight(ROW * len(words) + 6)


def value_text(count: int | None, total: int | None, *, percent: bool) -> str:
    """Return what stands beside a bar."""
    if count is None:
        return tr("hidden")
    if not percent:
        return f"{count:,}"
    return "–" if total is None else f"{100.0 * count / max(total, 1):.1f} %"


def _array(counts: Counts, words: Sequence[str]) -> NDArray[np.int64]:
    values = [counts.get(word, 0) for word in words]
    return np.array([HIDDEN if value is None else value for value in values], np.int64)
