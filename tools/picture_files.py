"""Pictures as files: small, side by side, of pages of paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from PyQt6.QtCore import QBuffer, QIODevice, QSize
from PyQt6.QtGui import QColor, QPainter, QPixmap
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtWidgets import QApplication, QDialog

LARGEST = 520_000
"""Bytes of a picture in the guide."""
PLAIN = 48
"""Colours of plain areas that a picture in fewer colours keeps as they are."""
GAP = 24
"""Pixels between pictures side by side, and around them."""
EDGE, AROUND = "#c8ccd2", "#e9ebee"


def save(picture: QPixmap, path: Path) -> None:
    """Save a picture as small as the guide wants it: in fewer colours where all of them are too many."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    image = Image.open(io.BytesIO(buffer.data().data())).convert("RGB")
    image.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        _fewer(image).save(path, optimize=True)
    print(f"{path.stem}: {path.stat().st_size:,} bytes", flush=True)


def _fewer(image: Image.Image) -> Image.Image:
    """Return a picture in 256 colours: its large plain areas as they are, and nothing small forgotten.

    Without dither, which would give plain roofs a weave.
    Median cut would merge the colours of a few pixels, as a compass needle's, with others.
    """
    spread = image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3)
    colours = np.array(spread.getpalette(), np.int64).reshape(-1, 3)
    pixels = np.asarray(image, np.int64) @ [1 << 16, 1 << 8, 1]
    values, counts = np.unique(pixels, return_counts=True)
    plain = np.sort(values[np.argsort(-counts, kind="stable")[:PLAIN]])
    place, free = np.zeros(len(plain), np.uint8), np.ones(len(colours), bool)
    for at, value in enumerate(plain):
        colour = np.array([value >> 16, value >> 8 & 255, value & 255])
        away = np.square(colours - colour).sum(axis=1)
        place[at] = np.argmin(np.where(free, away, np.iinfo(np.int64).max))
        colours[place[at]], free[place[at]] = colour, False
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours.astype(np.uint8).tobytes())
    drawn = np.array(image.quantize(palette=palette, dither=Image.Dither.NONE))
    # Pillow looks for the nearest colour coarsely.
    found = np.minimum(np.searchsorted(plain, pixels), len(plain) - 1)
    drawn = np.where(plain[found] == pixels, place[found], drawn)
    fewer = Image.fromarray(drawn.astype(np.uint8))
    fewer.putpalette(colours.astype(np.uint8).tobytes())
    return fewer


def page(file: Path, number: int = 0) -> QPixmap:
    """Return a page of a PDF file, with an edge around it."""
    document = QPdfDocument(None)
    if document.load(str(file)) != QPdfDocument.Error.None_:
        raise SystemExit(f"{file} was not written")
    points = document.pagePointSize(number)
    width = 900 if points.width() < points.height() else 1280
    size = QSize(width, round(width * points.height() / points.width()))
    drawn = QPixmap(size)
    drawn.fill(QColor("white"))
    painter = QPainter(drawn)
    painter.drawImage(0, 0, document.render(number, size))
    painter.setPen(QColor(EDGE))
    painter.drawRect(0, 0, size.width() - 1, size.height() - 1)
    painter.end()
    document.close()
    return drawn


def grabbed(dialog: QDialog) -> QPixmap:
    """Return a picture of a dialog that stands alone, and close it."""
    dialog.show()
    QApplication.processEvents()
    picture = dialog.grab()
    dialog.reject()
    dialog.deleteLater()
    return picture


def beside(pictures: Sequence[QPixmap]) -> QPixmap:
    """Return pictures side by side, each with an edge around it, top to top."""
    width = sum(one.width() for one in pictures) + GAP * (len(pictures) + 1)
    drawn = QPixmap(width, max(one.height() for one in pictures) + 2 * GAP)
    drawn.fill(QColor(AROUND))
    painter = QPainter(drawn)
    painter.setPen(QColor(EDGE))
    x = GAP
    for one in pictures:
        painter.drawPixmap(x, GAP, one)
        painter.drawRect(x - 1, GAP - 1, one.width() + 1, one.height() + 1)
        x += one.width() + GAP
    painter.end()
    return drawn


def above(pictures: Sequence[QPixmap]) -> QPixmap:
    """Return pictures as wide as each other one above the other."""
    drawn = QPixmap(pictures[0].width(), sum(one.height() for one in pictures))
    painter = QPainter(drawn)
    y = 0
    for one in pictures:
        painter.drawPixmap(0, y, one)
        y += one.height()
    painter.end()
    return drawn
