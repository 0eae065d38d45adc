"""Paints the names of a map that were chosen: in one piece, or letter by letter along a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter, QPixmap

from mapdesk.layers.names import NameStyles, PlaceNames
from mapdesk.layers.placement import OVER_SYMBOLS
from mapdesk.layers.standing import FlatNames, NamedLines, NamesAlong
from mapdesk.scene3d import lettering

STRAIGHT = 0.12
"""Radians by which the letters of a name may differ that is drawn in one piece."""


@dataclass(frozen=True)
class Piece:
    """A name painted in one piece.

    Parameters
    ----------
    box : QRectF
        What it covers, pixels.
    """

    box: QRectF
    image: QPixmap


def paint_flat(
    painter: QPainter,
    styles: NameStyles,
    ratio: float,
    names: PlaceNames,
    flat: FlatNames,
    written: list[int],
) -> list[Piece]:
    """Paint the names of places, rows of `flat`; return the most important as they were painted."""
    colours = {kind: styles.colour(kind) for kind in styles.kinds}
    # On whole pixels of the screen letters stay crisp.
    corners = np.round((flat.boxes[:, :2] - lettering.HALO) * ratio) / ratio
    over = []
    for at, (left, top) in zip(written, corners[written].tolist(), strict=True):
        index = int(flat.which[at])
        kind = str(names.kinds[index])
        style = styles.kinds[kind]
        image = lettering.piece(str(names.texts[index]), style, colours[kind], styles.halo, ratio)
        painter.drawPixmap(QPointF(left, top), image)
        if style.rank <= OVER_SYMBOLS:
            over.append(Piece(QRectF(QPointF(left, top), image.deviceIndependentSize()), image))
    return over


def paint_along(
    painter: QPainter,
    styles: NameStyles,
    ratio: float,
    lines: NamedLines,
    along: NamesAlong,
    written: list[int],
) -> None:
    """Paint the names of lines; `written` are names of `along`."""
    names, letters = lines.names, along.letters
    for at in written:
        line = int(lines.line[along.which[at]])
        kind, text = str(names.kinds[line]), str(names.texts[line])
        style, colour = styles.kinds[kind], styles.colour(kind)
        its = slice(int(letters.start[at]), int(letters.start[at + 1]))
        xy, angle = letters.xy[its], letters.angle[its]
        if np.ptp(angle) > STRAIGHT:
            lettering.draw_letters(painter, text, style, (colour, styles.halo), ratio, xy, angle)
            continue
        ends = xy[-1] - xy[0]
        whole = np.arctan2(ends[1], ends[0]) if len(xy) > 1 else angle[0]
        steps = round(float(np.degrees(whole)) / lettering.TURN)
        image = lettering.turned(text, style, colour, styles.halo, ratio, steps)
        x, y = (xy[0] + xy[-1]) / 2
        lettering.draw_turned(painter, image, float(x), float(y), ratio)
