"""Live pictures of one or several cameras, side by side, in a window of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import cast

from PyQt6.QtCore import QObject, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from mapdesk.model.language import tr, tr_sentence
from mapdesk.video.source import Event, FrameSource, OnEvent

MOST_TILES = 16
"""Streams a wall opens at once."""
_CAPTION = 22

OpenSource = Callable[[str, tuple[int, int] | None, OnEvent], FrameSource]


@dataclass(frozen=True)
class CameraStream:
    """What a tile needs to know of a camera."""

    id: str
    name: str
    url: str
    sub_url: str


class _Bridge(QObject):
    """Carries a source's events to the GUI thread.

    It has no parent: the source's threads hold it and may speak after the tile is deleted.
    """

    happened = pyqtSignal(str)

    def tell(self, event: Event) -> None:
        """Pass an event on; any thread."""
        self.happened.emit(event)


class StreamTile(QWidget):
    """One camera's pictures, with its name and, when it is dead, why."""

    def __init__(self, camera: CameraStream, open_source: OpenSource, small: bool) -> None:
        super().__init__()
        self.camera = camera
        self.setMinimumSize(160, 110)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image: QImage | None = None
        self._pixels: object = None
        self._bridge = _Bridge()
        self._bridge.happened.connect(self._on_event)
        url = camera.sub_url if small and camera.sub_url else camera.url
        self.source = open_source(url, None, self._bridge.tell)
        self.source.start()

    @property
    def image(self) -> QImage | None:
        """The picture shown, None before the first."""
        return self._image

    def close_stream(self) -> None:
        """End the stream; its worker goes away by itself."""
        self._bridge.happened.disconnect(self._on_event)
        self.source.close()

    def _on_event(self, _event: str) -> None:
        picture = self.source.latest()
        if picture is not None:
            height, width = picture.pixels.shape[:2]
            self._pixels = picture.pixels
            self._image = QImage(
                cast("bytes", picture.pixels.data),
                width,
                height,
                4 * width,
                QImage.Format.Format_RGB32,
            )
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the picture, the name and the state."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#101418"))
        room = QRectF(0, 0, self.width(), self.height() - _CAPTION)
        if self._image is not None:
            size = self._image.size().scaled(
                room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio
            )
            spot = QRectF(0, 0, size.width(), size.height())
            spot.moveCenter(room.center())
            painter.drawImage(spot, self._image)
        state = self.source.state
        painter.setPen(QColor("#e6edf3"))
        if state.name != "playing":
            veil = QColor("#101418")
            veil.setAlpha(205)
            painter.fillRect(room, veil)
            text = tr_sentence(state.sentence) if state.sentence else tr("Connecting…")
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room.adjusted(14, 8, -14, -8), flags, text)
        caption = QRectF(8, self.height() - _CAPTION, self.width() - 16, _CAPTION)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, self.camera.name)
        if state.name == "playing":
            rate = f"{self.source.statistics.frames_per_second:.0f} fps"
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.setPen(QColor("#7ee787"))
            painter.drawText(caption, flags, rate)
        painter.end()


class StreamWall(QWidget):
    """A window of tiles, as square as can be. Closing it ends every stream.

    Signals
    -------
    closed(StreamWall)
    """

    closed = pyqtSignal(object)

    def __init__(self, cameras: list[CameraStream], open_source: OpenSource) -> None:
        super().__init__(None)
        shown = cameras[:MOST_TILES]
        title = shown[0].name if len(shown) == 1 else tr("{count} cameras", count=len(shown))
        self.setWindowTitle(title)
        self.setStyleSheet("background: #101418;")
        side = ceil(sqrt(len(shown)))
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 2, 2, 2)
        grid.setSpacing(2)
        self.tiles = [StreamTile(camera, open_source, len(shown) > 1) for camera in shown]
        for number, tile in enumerate(self.tiles):
            grid.addWidget(tile, number // side, number % side)
        self.resize(QSize(760, 470) if side == 1 else QSize(1180, 740))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End every stream."""
        for tile in self.tiles:
            tile.close_stream()
        self.closed.emit(self)
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Ask for pictures of the tiles' size: no pixel is carried that is not shown."""
        super().resizeEvent(event)
        for tile in self.tiles:
            ratio = tile.devicePixelRatioF()
            width = max(160, round(tile.width() * ratio))
            height = max(90, round((tile.height() - _CAPTION) * ratio))
            tile.source.resize((width, height))
