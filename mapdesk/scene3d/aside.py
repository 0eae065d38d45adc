"""Widgets that stand on a map and hide what is below them."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtWidgets import QWidget


class Aside(QWidget):
    """A child of a map that names keep clear of. Whoever shows, moves or hides it refreshes the map."""


def boxes_aside(canvas: QWidget, scale: float) -> list[QRectF]:
    """Return what stands on a map, in pixels of which one is `scale` of the widget's."""
    only = Qt.FindChildOption.FindDirectChildrenOnly
    found = [
        one.geometry() for one in canvas.findChildren(Aside, options=only) if not one.isHidden()
    ]
    return [QRectF(QPointF(box.topLeft()) / scale, box.size().toSizeF() / scale) for box in found]
