"""The legend on the map: title, unit, and a line for each class."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from mapdesk.layers.legend import Entry, Legend
from mapdesk.layers.style import MapStyle
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS

SWATCH = QRectF(0, 0, 26, 14)
DISC = 14.0
"""Pixels across the disc of a symbol of usual size."""
PADDING, GAP = 10.0, 4.0
FOOT = 44.0
"""Pixels kept free below the legend, for the scale bar."""
TEXT, SMALL = 12, 11
"""Pixels of text."""


def entry_tip(legend: Legend, entry: Entry) -> str:
    """Return how many things are of a class."""
    what = tr(NOUNS[legend.noun].title)
    if entry.hatched or entry.label == "not shown":
        why = tr(
            "hidden for being small, for giving a small one away, or for lying outside your areas"
        )
        return f"{what}: {entry.counts} · {why}"
    return f"{what}: {entry.counts}"


@dataclass
class LegendBox:
    """Paints a legend at the lower left and knows where its lines are. GUI thread only."""

    rows: list[tuple[QRectF, str]] = field(default_factory=list)

    def tip_at(self, at: QPointF) -> str:
        """Return how many things are of the class under a point; empty where there is none."""
        return next((tip for box, tip in self.rows if box.contains(at)), "")

    def paint(
        self, painter: QPainter, legend: Legend | None, style: MapStyle, height: float
    ) -> None:
        """Paint a legend, or nothing; `height` is the picture's, in pixels."""
        self.rows = []
        if legend is None:
            return
        lines = _all_lines(painter.font(), legend)
        box = _box(lines, height)
        _plate(painter, box, style)
        x, y = box.left() + PADDING, box.top() + PADDING
        for one in lines:
            metrics = QFontMetricsF(one.font)
            base = y + (one.height - GAP - metrics.height()) / 2 + metrics.ascent()
            left = x
            if one.entry is not None:
                swatch = SWATCH.translated(x, y + (one.height - GAP - SWATCH.height()) / 2)
                paint_swatch(painter, swatch, one.entry, style.plain["label"])
                left = swatch.right() + 8
                whole = QRectF(box.left(), y - GAP / 2, box.width(), one.height)
                self.rows.append((whole, f"{one.text}\n{entry_tip(legend, one.entry)}"))
            painter.setFont(one.font)
            painter.setPen(QColor(style.plain["label"]))
            painter.drawText(QPointF(left, base), one.text)
            y += one.height


@dataclass(frozen=True)
class _Line:
    """One line of a legend: a heading, or a class with its sign."""

    text: str
    font: QFont
    height: float
    entry: Entry | None = None

    @property
    def width(self) -> float:
        sign = 0.0 if self.entry is None else SWATCH.width() + 8
        return float(QFontMetricsF(self.font).horizontalAdvance(self.text)) + sign


def legend_box(font: QFont, legend: Legend, height: float) -> QRectF:
    """Return what `LegendBox.paint` covers with a painter of this font, pixels."""
    return _box(_all_lines(font, legend), height)


def _box(lines: list[_Line], height: float) -> QRectF:
    wide = max(one.width for one in lines)
    tall = sum(one.height for one in lines)
    box = QRectF(0, 0, wide + 2 * PADDING, tall + 2 * PADDING - GAP)
    box.moveBottomLeft(QPointF(12, height - FOOT))
    return box


def _all_lines(font: QFont, legend: Legend) -> list[_Line]:
    lines = _lines(font, legend)
    if legend.sizes is not None:
        lines += [_Line("", _font(font, SMALL), GAP), *_lines(font, legend.sizes)]
    return lines


def _lines(font: QFont, legend: Legend) -> list[_Line]:
    """Return title, unit, time and classes of a legend."""
    text, small, bold = _font(font, TEXT), _font(font, SMALL), _font(font, TEXT)
    bold.setBold(True)
    heads = [(tr(legend.title), bold)]
    if legend.unit and tr(legend.unit).lower() not in tr(legend.title).lower():
        heads.append((tr(legend.unit), small))
    if legend.days:
        heads.append((legend.days, bold))
    found = [_Line(said, face, QFontMetricsF(face).height() + 2) for said, face in heads]
    found[-1] = replace(found[-1], height=found[-1].height + GAP)
    line = QFontMetricsF(text).height()
    for one in legend.entries:
        tall = max(line, DISC * one.disc + 1) + GAP
        found.append(_Line(tr(one.label) if one.is_word else one.label, text, tall, one))
    return found


def paint_swatch(painter: QPainter, box: QRectF, entry: Entry, edge: str) -> None:
    """Paint the colour of a class with a thin edge, slanting lines over it where it is not shown.

    Of points it is a disc as large as their symbols are beside those of other classes.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if entry.disc:
        rim = QColor(edge)
        rim.setAlpha(150)
        painter.setPen(QPen(rim, 0.8))
        painter.setBrush(QColor(entry.colour))
        radius = DISC * entry.disc / 2
        painter.drawEllipse(box.center(), radius, radius)
        return
    painter.fillRect(box, QColor(entry.colour))
    line = QColor(edge)
    if entry.hatched:
        painter.save()
        painter.setClipRect(box)
        line.setAlpha(170)
        painter.setPen(QPen(line, 1.1))
        for step in range(0, int(box.width() + box.height()), 5):
            start = QPointF(box.left() + step - box.height(), box.bottom())
            painter.drawLine(start, start + QPointF(box.height(), -box.height()))
        painter.restore()
    line.setAlpha(90)
    painter.setPen(QPen(line, 0.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)


def _font(font: QFont, pixels: int) -> QFont:
    plain = QFont(font)
    plain.setPixelSize(pixels)
    plain.setBold(False)
    return plain


def _plate(painter: QPainter, box: QRectF, style: MapStyle) -> None:
    plate = QColor(style.plain["halo"])
    plate.setAlpha(232)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(box, 5, 5)
