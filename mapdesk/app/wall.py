"""The map on a wall: one screen full of it, with signs and words that are read across a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QByteArray, QDateTime, QLocale, QObject, QRectF, Qt, QTimer
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PyQt6.QtWidgets import QDockWidget, QToolBar, QWidget

from mapdesk.app.jobs import Progress
from mapdesk.app.sheet_legend import legend_of
from mapdesk.app.sheet_printing import reach_of
from mapdesk.layers.points import RESTING
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.legend import LegendEntry
from mapdesk.scene3d.aside import Aside
from mapdesk.scene3d.content import PointLayer
from mapdesk.scene3d.legend_box import FOOT, legend_box
from mapdesk.services import printing

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

LEAST_TEXT = 24
"""Pixels of the smallest letters on a wall."""
SMALLEST = 10
"""Pixels of the smallest letters on the map at a desk."""
MOST_LINES = 14
"""Lines of a wall's legend; more would be read by nobody there."""
KEPT = (
    *("view.home", "view.north", "view.top", "view.oblique", "view.theme", "view.language"),
    *("view.second", "view.link", "view.second_window", "view.full_screen", "view.wall"),
    *("time.play", "time.before", "time.after", "map.pause_tour", "map.stop_tour", "map.lock"),
)
"""Actions that only look, which keys go on to run on a wall."""
_ROW = 40
_PAD = 18
_MARGIN = 24


class WallBoard(Aside):
    """What stands on the wall beside the map: its name, the time, figures, and what the signs mean."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title, self.time = "", ""
        self.figures: tuple[str, ...] = ()
        self.legend: tuple[LegendEntry, ...] = ()
        self.ink, self.plate = QColor("#1f2933"), QColor("#ffffff")

    def show_board(
        self,
        title: str,
        time: str,
        figures: tuple[str, ...],
        legend: tuple[LegendEntry, ...],
        colours: tuple[str, str],
        room: float,
    ) -> None:
        """Show all of it, of the legend what has `room`, pixels; the board is as large as that needs."""
        self.title, self.time, self.figures = title, time, figures
        fixed = 2 * _PAD + 92 + _ROW * len(figures) + 18
        self.legend = legend[: min(MOST_LINES, max(int((room - fixed) // _ROW), 0))]
        self.ink, self.plate = QColor(colours[0]), QColor(colours[1])
        width = max(
            _width(title, 34), _width(time, 28), *(_width(one, LEAST_TEXT) for one in figures), 0.0
        )
        width = max([width, *(_width(one.text, LEAST_TEXT) + 56 for one in self.legend)])
        self.resize(round(width) + 2 * _PAD, fixed + _ROW * len(self.legend))
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Paint the board."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QColor(self.plate)
        plate.setAlpha(244)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        y = _PAD
        for text, size, step in ((self.title, 34, 50), (self.time, 28, 46)):
            _write(painter, _PAD, y, text, size, self.ink)
            y += step
        for text in self.figures:
            _write(painter, _PAD, y, text, LEAST_TEXT, self.ink)
            y += _ROW
        if self.legend:
            painter.fillRect(QRectF(_PAD, y + 4, self.width() - 2 * _PAD, 1.5), self.ink)
            y += 18
        for entry in self.legend:
            _sign(painter, QRectF(_PAD, y + 4, 40, 26), entry)
            _write(painter, _PAD + 56, y, entry.text, LEAST_TEXT, self.ink)
            y += _ROW
        painter.end()


class WallMode(QObject):
    """Puts one window on the wall and takes it back. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.board: WallBoard | None = None
        self._layout = QByteArray()
        self._hidden: list[QWidget] = []
        self._state = Qt.WindowState.WindowNoState
        self._legend: tuple[LegendEntry, ...] = ()
        self._esc = QShortcut(QKeySequence("Esc"), window)
        self._esc.setEnabled(False)
        self._esc.activated.connect(self.leave)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._show_board)
        window.guard.locked.connect(self.leave)
        window.leaving.connect(self._on_leaving)
        LANGUAGE.changed.connect(self._on_language)

    @property
    def is_on(self) -> bool:
        """Whether the window is on the wall."""
        return self.board is not None

    def switch(self) -> None:
        """Put the map on the wall, or take it back."""
        if self.is_on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Fill the screen with the map; nothing personal stays on it, and nothing can be edited."""
        window = self._window
        if self.is_on or window.guard.screen is not None:
            return
        self._forget_people()
        self._layout = window.saveState()
        around = [window.menuBar(), window.statusBar(), window.messages]
        small = [window.parts.overview.map, window.parts.time.bar]
        docks = window.findChildren(QDockWidget)
        parts = [*around, *small, *docks, *window.findChildren(QToolBar)]
        self._hidden = [part for part in parts if part is not None and not part.isHidden()]
        for part in self._hidden:
            part.hide()
        self._state = window.windowState()
        window.showFullScreen()
        window.session.set_tool("pan")
        self.board = WallBoard(window.map)
        self._set_scale(LEAST_TEXT / SMALLEST)
        window.map.pictured.connect(self._read_legend)
        window.layers.changed.connect(self._on_layer)
        self._allow()
        self._read_legend()
        self._show_board()
        self._second.start()
        window.map.setFocus()

    def leave(self) -> None:
        """Go back to the desk."""
        if self.is_on:
            self._take_back()
            self._window.guard.refresh()

    def _take_back(self) -> None:
        window, board = self._window, self.board
        if board is None:
            return
        self.board = None
        self._second.stop()
        self._esc.setEnabled(False)
        window.map.pictured.disconnect(self._read_legend)
        window.layers.changed.disconnect(self._on_layer)
        board.hide()
        board.deleteLater()
        self._set_scale(1.0)
        for part in self._hidden:
            part.show()
        window.setWindowState(self._state)
        window.restoreState(self._layout)

    def _set_scale(self, factor: float) -> None:
        view = self._window.map
        view.set_sign_scale(factor)
        view.only_looks = self.is_on
        pane = self._window.parts.second.pane
        if pane is not None:
            pane.set_wall(factor)

    def _forget_people(self) -> None:
        """Take off the map what is known of people: a wall is read by everyone in the room."""
        window = self._window
        window.pointing.forget_floors()
        overlay = window.map.overlay
        if overlay.open is not None:
            window.parts.inside.close()
        window.parts.styles.forget_people()
        pane = window.parts.second.pane
        if pane is not None:
            pane.forget_people()
        if printing.pointing_at(window.session.focus) is not None:
            overlay.marks.focus_xy = None
            window.session.set_focus(None)
            window.card_panel.show_nothing()
            window.pointing.show_selection(window.session.selection)

    def _allow(self) -> None:
        """Let keys look around, and nothing else."""
        actions = self._window.actions_table
        actions.show_rights(None)
        for name, action in actions.qt.items():
            if name in KEPT:
                action.setEnabled(True)
        self._esc.setEnabled(True)

    def _on_language(self, _code: str) -> None:
        if self.is_on:
            self._allow()
            self._read_legend()
            self._show_board()

    def _on_leaving(self) -> None:
        # The guard watches no more: it must not begin again.
        self._take_back()
        LANGUAGE.changed.disconnect(self._on_language)

    # ------------------------------------------------------------------ the board

    def _on_layer(self, _noun: str, _visible: bool) -> None:
        self._read_legend()

    def _read_legend(self) -> None:
        window = self._window
        view = window.map
        projection, classes = view.projection, view.overlay.legend
        visible, style, origin = (
            list(view.overlay.visible),
            view.overlay.style,
            window.store.district.origin,
        )

        def work(_progress: Progress) -> tuple[LegendEntry, ...]:
            by = projection.metres_per_pixel * view.sign_scale
            found = legend_of(
                view.content, visible, style, reach_of(projection), origin, by, classes
            )
            # The classes of a style stand on the map itself.
            return tuple(found[len(classes.entries) + 1 :] if classes else found)

        window.jobs.run("wall", work, self._on_legend)

    def _on_legend(self, legend: tuple[LegendEntry, ...]) -> None:
        self._legend = legend
        self._show_board()

    def _show_board(self) -> None:
        board, window = self.board, self._window
        if board is None:
            return
        plain = window.map.overlay.style.plain
        before = board.geometry()
        now = QLocale().toString(QDateTime.currentDateTime(), "yyyy-MM-dd  HH:mm")
        board.show_board(
            window.store.district.name,
            now,
            self._figures(),
            self._legend,
            (plain["label"], plain["halo"]),
            self._room(),
        )
        board.move(_MARGIN, _MARGIN)
        board.show()
        board.raise_()
        if board.geometry() != before:
            window.map.refresh()

    def _room(self) -> float:
        """Return how high the board may be: above the scale bar, and the classes of a style."""
        view = self._window.map
        legend, foot = view.overlay.legend, FOOT * view.sign_scale
        if legend is not None:
            box = legend_box(view.font(), legend, view.height() / view.sign_scale)
            foot = view.height() - box.top() * view.sign_scale
        return float(view.height() - foot - 2 * _MARGIN)

    def _figures(self) -> tuple[str, ...]:
        """Return how things stand: of each kind how many are active."""
        points = self._window.map.content.points
        counts = {
            noun: (f"{_active(layer):,}", f"{len(layer.ids):,}")
            for noun, layer in points.items()
            if len(layer.ids)
        }
        found = []
        if "worker" in counts:
            active, every = counts["worker"]
            found.append(tr("Workers available: {count} of {all}", count=active, all=every))
        if "camera" in counts:
            active, every = counts["camera"]
            found.append(tr("Cameras online: {count} of {all}", count=active, all=every))
        if "incident" in counts:
            found.append(tr("Open incidents: {count}", count=counts["incident"][0]))
        return tuple(found)


def _active(layer: PointLayer) -> int:
    """Return how many points are neither off nor done."""
    resting = np.array([look.state in RESTING for look in layer.looks], bool)
    return int((~resting[layer.look]).sum())


def _font(size: int) -> QFont:
    font = QFont()
    font.setPixelSize(max(size, LEAST_TEXT))
    return font


def _width(text: str, size: int) -> float:
    return QFontMetricsF(_font(size)).horizontalAdvance(text)


def _write(painter: QPainter, x: float, y: float, text: str, size: int, colour: QColor) -> None:
    font = _font(size)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QRectF(x, y, 4000, size * 1.5), Qt.AlignmentFlag.AlignVCenter, text)
    painter.setPen(Qt.PenStyle.NoPen)


def _sign(painter: QPainter, box: QRectF, entry: LegendEntry) -> None:
    if entry.sign == "picture":
        side = box.height() + 6
        square = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
        painter.drawImage(square, QImage.fromData(entry.png))
    elif entry.sign == "line" and entry.width:
        tall = LEAST_TEXT / SMALLEST * entry.width
        line = QRectF(box.left(), box.center().y() - tall / 2, box.width(), tall)
        painter.fillRect(line, QColor(entry.colour))
    elif entry.sign == "line":
        painter.fillRect(
            QRectF(box.left(), box.center().y() - 4, box.width(), 8), QColor("#8a8a84")
        )
        inner = QRectF(box.left(), box.center().y() - 3, box.width(), 6)
        painter.fillRect(inner, QColor(entry.colour))
    elif entry.sign != "heading":
        painter.fillRect(box, QColor("#8a8a84"))
        painter.fillRect(box.adjusted(1, 1, -1, -1), QColor(entry.colour))
