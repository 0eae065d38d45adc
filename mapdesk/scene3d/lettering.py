"""Letters as ready-made pictures: names in one piece, and single letters for names along lines."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPixmap,
    QTransform,
)

from mapdesk.layers.names import NameStyle

HALO = 3.0
"""Pixels around a name that its halo may take."""
_AROUND = [
    QPointF(1.7 * cos(radians(turn)), 1.7 * sin(radians(turn))) for turn in range(0, 360, 45)
]
WRAPPED_FROM = 13
"""Letters of a name that is written in two lines where it can be."""
TURN = 1.5
"""Degrees to which turned names are rounded, so that their pictures serve again."""
COARSE = 3
"""Steps of `TURN` to which single letters are rounded."""
PHASES = 2
"""Places within a device pixel at which single letters are drawn ready."""


def font_of(style: NameStyle, text: str) -> QFont:
    """Return the font a name is written in."""
    font = QFont()
    font.setPixelSize(style.size)
    font.setBold(style.bold)
    font.setItalic(style.slant and text.isascii())
    if style.spacing:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, style.spacing * style.size)
    return font


def wrapped(text: str) -> list[str]:
    """Return the lines of a name: two where it is long and has a gap near its middle."""
    if len(text) < WRAPPED_FROM:
        return [text]
    gaps = [at for at, letter in enumerate(text) if letter in " -·（("][:40]
    gaps = [at for at in gaps if 0.25 < at / len(text) < 0.75]
    if not gaps:
        return [text]
    at = min(gaps, key=lambda gap: abs(gap - len(text) / 2))
    keep = at + 1 if text[at] == "-" else at
    return [text[:keep].rstrip(), text[keep:].lstrip()]


@lru_cache(maxsize=20_000)
def size_of(text: str, style: NameStyle) -> tuple[float, float]:
    """Return the width and height of a name in one piece, pixels, without its halo."""
    metrics = QFontMetricsF(font_of(style, text))
    lines = wrapped(text)
    return max(metrics.horizontalAdvance(line) for line in lines), metrics.height() * len(lines)


@lru_cache(maxsize=1500)
def piece(text: str, style: NameStyle, colour: str, halo: str, ratio: float) -> QPixmap:
    """Return a name in one piece with its halo, crisp at `ratio` device pixels per pixel."""
    font = font_of(style, text)
    metrics = QFontMetricsF(font)
    width, height = size_of(text, style)
    image = _clear(width + 2 * HALO, height + 2 * HALO, ratio)
    lines = [
        (
            QPointF(
                HALO + (width - metrics.horizontalAdvance(line)) / 2,
                HALO + metrics.ascent() + number * metrics.height(),
            ),
            line,
        )
        for number, line in enumerate(wrapped(text))
    ]
    painter = _painter(image)
    _write(painter, font, lines, colour, halo)
    painter.end()
    return image


@lru_cache(maxsize=20_000)
def letters_of(text: str) -> tuple[str, ...]:
    """Return the letters of a name, each with the marks that belong to it."""
    found: list[str] = []
    for letter in text:
        if found and unicodedata.combining(letter):
            found[-1] += letter
        else:
            found.append(letter)
    return tuple(found)


@lru_cache(maxsize=20_000)
def advances_of(text: str, style: NameStyle) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle of each letter from the middle of its name, and its width; pixels."""
    metrics = QFontMetricsF(font_of(style, text))
    widths = np.array([metrics.horizontalAdvance(letter) for letter in letters_of(text)])
    ends = np.cumsum(widths)
    return ends - widths / 2 - ends[-1] / 2, widths


@lru_cache(maxsize=1500)
def turned(
    text: str, style: NameStyle, colour: str, halo: str, ratio: float, steps: int
) -> QPixmap:
    """Return a name in one line, turned about its middle by `steps` of `TURN`; as crisp as straight."""
    return _turned(text, font_of(style, text), colour, halo, ratio, steps, (0.0, 0.0))


@lru_cache(maxsize=8000)
def letter(
    text: str,
    style: NameStyle,
    colours: tuple[str, str],
    ratio: float,
    steps: int,
    phase: tuple[int, int],
) -> tuple[QPixmap, QPixmap]:
    """Return the halo and the body of one letter, turned, its middle moved by `phase` of a pixel.

    Parameters
    ----------
    colours : tuple of str
        Of the letter and of its halo.
    steps : int
        Turn, in steps of `TURN`.
    phase : tuple of int
        Right and down, in parts of a device pixel, of `PHASES`.
    """
    font = font_of(style, text)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.0)
    shift = phase[0] / PHASES / ratio, phase[1] / PHASES / ratio
    colour, halo = colours
    return (
        _turned(text, font, None, halo, ratio, steps, shift),
        _turned(text, font, colour, None, ratio, steps, shift),
    )


def _turned(
    text: str,
    font: QFont,
    colour: str | None,
    halo: str | None,
    ratio: float,
    steps: int,
    shift: tuple[float, float],
) -> QPixmap:
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text), metrics.height()
    turn = QTransform().rotate(steps * TURN)
    frame = turn.mapRect(QRectF(-width / 2, -height / 2, width, height))
    # An even number of device pixels: the middle lies on a corner between four of them.
    across = 2 * int(frame.width() / 2 * ratio + HALO * ratio + 2)
    down = 2 * int(frame.height() / 2 * ratio + HALO * ratio + 2)
    image = _clear(across / ratio, down / ratio, ratio)
    painter = _painter(image)
    painter.translate(across / 2 / ratio + shift[0], down / 2 / ratio + shift[1])
    painter.setTransform(turn, True)
    _write(
        painter, font, [(QPointF(-width / 2, metrics.ascent() - height / 2), text)], colour, halo
    )
    painter.end()
    return image


def draw_turned(painter: QPainter, image: QPixmap, x: float, y: float, ratio: float) -> None:
    """Draw a picture whose middle is at a place (pixels), on whole pixels of the screen."""
    left, top = round(x * ratio) - image.width() // 2, round(y * ratio) - image.height() // 2
    painter.drawPixmap(QPointF(left / ratio, top / ratio), image)


def draw_letters(
    painter: QPainter,
    text: str,
    style: NameStyle,
    colours: tuple[str, str],
    ratio: float,
    xy: NDArray[np.float64],
    angle: NDArray[np.float64],
) -> None:
    """Draw the letters of a name at their places (k, 2) in pixels, turned by `angle` (radians)."""
    fine = np.floor(xy * ratio * PHASES + 0.5).astype(int)
    whole, phase = fine // PHASES, fine % PHASES
    steps = COARSE * np.round(np.degrees(angle) / TURN / COARSE).astype(int)
    images = [
        letter(each, style, colours, ratio, step, (right, down))
        for each, step, (right, down) in zip(
            letters_of(text), steps.tolist(), phase.tolist(), strict=True
        )
    ]
    # All halos first: none lies over the letter before it.
    for layer in (0, 1):
        for pair, (x, y) in zip(images, whole.tolist(), strict=True):
            image = pair[layer]
            left, top = x - image.width() // 2, y - image.height() // 2
            painter.drawPixmap(QPointF(left / ratio, top / ratio), image)


def _clear(width: float, height: float, ratio: float) -> QPixmap:
    image = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _painter(image: QPixmap) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def _write(
    painter: QPainter,
    font: QFont,
    lines: list[tuple[QPointF, str]],
    colour: str | None,
    halo: str | None,
) -> None:
    """Write lines of text and, under them, their halo.

    The halo is the text moved around: that costs a third of a stroke along its outline.
    """
    painter.setFont(font)
    if halo is not None:
        painter.setPen(QColor(halo))
        for offset in _AROUND:
            for at, line in lines:
                painter.drawText(at + offset, line)
    if colour is not None:
        painter.setPen(QColor(colour))
        for at, line in lines:
            painter.drawText(at, line)
