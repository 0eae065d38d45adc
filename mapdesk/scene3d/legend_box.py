"""The legend on the map: title, unit, and a line for each class."""

from __future__ import annotations

from dataclasses import dataclass, field

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from mapdesk.layers.legend import Entry, Legend
from mapdesk.layers.style import MapStyle
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.spans import span_text

SWATCH = QRectF(0, 0, 24, 14)
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
        return f"{what}: {entry.count:,} · {why}"
    return f"{what}: {entry.count:,}"


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
        text, small = _font(painter, TEXT), _font(painter, SMALL)
        bold = _font(painter, TEXT)
        bold.setBold(True)
        heads = [(tr(legend.title), bold)]
        if legend.unit and tr(legend.unit).lower() not in tr(legend.title).lower():
            heads.append((tr(legend.unit), small))
        if legend.span is not None:
            heads.append((span_text(legend.span), bold))
        labels = [tr(one.label) if one.is_word else one.label for one in legend.entries]
        wide = max(
            [QFontMetricsF(font).horizontalAdvance(line) for line, font in heads]
            + [
                SWATCH.width() + 8 + QFontMetricsF(text).horizontalAdvance(label)
                for label in labels
            ]
        )
        line = QFontMetricsF(text).height() + GAP
        tall = sum(QFontMetricsF(font).height() + 2 for _line, font in heads) + GAP
        box = QRectF(0, 0, wide + 2 * PADDING, tall + line * len(labels) + 2 * PADDING - GAP)
        box.moveBottomLeft(QPointF(12, height - FOOT))
        _plate(painter, box, style)
        painter.setPen(QColor(style.plain["label"]))
        x, y = box.left() + PADDING, box.top() + PADDING
        for head, font in heads:
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.drawText(QPointF(x, y + metrics.ascent()), head)
            y += metrics.height() + 2
        y += GAP
        painter.setFont(text)
        metrics = QFontMetricsF(text)
        for entry, label in zip(legend.entries, labels, strict=True):
            swatch = SWATCH.translated(x, y + (metrics.height() - SWATCH.height()) / 2)
            paint_swatch(painter, swatch, entry, style.plain["label"])
            painter.setPen(QColor(style.plain["label"]))
            painter.drawText(QPointF(swatch.right() + 8, y + metrics.ascent()), label)
            whole = QRectF(box.left(), y - GAP / 2, box.width(), line)
            self.rows.append((whole, f"{label}\n{entry_tip(legend, entry)}"))
            y += line


def paint_swatch(painter: QPainter, box: QRectF, entry: Entry, edge: str) -> None:
    """Paint the colour of a class with a thin edge, slanting lines over it where it is not shown."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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


def _font(painter: QPainter, pixels: int) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    font.setBold(False)
    return font


def _plate(painter: QPainter, box: QRectF, style: MapStyle) -> None:
    plate = QColor(style.plain["halo"])
    plate.setAlpha(232)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(box, 5, 5)
