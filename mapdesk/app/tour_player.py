"""Playing a tour on the map: smoothly, with a pause; whoever takes the map in hand pauses it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from mapdesk.app.tour_recorder import path_of
from mapdesk.app.view_state import dress
from mapdesk.scene3d.tour_path import TourPath
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services.bookmarks import Tour

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

STEP = 16
"""Milliseconds between two viewpoints; the map shows the newest it can."""


class TourPlayer(QObject):
    """Plays one tour at a time. GUI thread only.

    Signals
    -------
    changed()
        It began, paused, went on or ended.
    """

    changed = pyqtSignal()

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.tour: Tour | None = None
        self._path: TourPath | None = None
        self._second = 0.0
        self._began = 0.0
        self._stop = -1
        self._looks: Viewpoint | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(STEP)
        self._timer.timeout.connect(self._step)
        window.map.looked.connect(self._on_looked)
        window.leaving.connect(self.stop)

    @property
    def is_playing(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    def play(self, tour: Tour) -> None:
        """Play a tour from its beginning."""
        self.tour, self._path = tour, path_of(tour)
        self._second, self._stop = 0.0, -1
        self._go_on()

    def pause(self) -> None:
        """Pause, or go on from there."""
        if self.is_playing:
            self._hold()
        elif self.tour is not None:
            self._go_on()

    def stop(self) -> None:
        """End it where it is."""
        if self.tour is not None:
            self.tour = self._path = None
            self._hold()

    def _go_on(self) -> None:
        self._began = time.monotonic() - self._second
        self._timer.start()
        self.changed.emit()
        self._step()

    def _hold(self) -> None:
        self._timer.stop()
        self.changed.emit()

    def _step(self) -> None:
        path, tour = self._path, self.tour
        if path is None or tour is None:
            return
        self._second = min(time.monotonic() - self._began, path.seconds)
        stop, viewpoint = path.at(self._second)
        if stop != self._stop:
            self._stop = stop
            dress(self._window, tour.stops[stop].view)
        if viewpoint != self._looks:
            self._looks = viewpoint
            self._window.map.look(viewpoint, moving=True)
        if self._second >= path.seconds:
            self.stop()

    def _on_looked(self, viewpoint: Viewpoint) -> None:
        """Pause where someone else moved the map."""
        if self.is_playing and viewpoint != self._looks:
            self._hold()
