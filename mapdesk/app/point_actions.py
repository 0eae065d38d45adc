"""What the window does with points and names: names on or off, clusters by keyboard, workers on their way."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

from mapdesk.feeds.motion import Motion
from mapdesk.feeds.positions import Positions
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

FIX_EVERY = 1.0
"""Seconds between two fixes of a worker."""
STEP = 80
"""Milliseconds between two pictures of workers on their way: twelve a second."""


class PointDesk:
    """Names, clusters and moving workers of one window. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window
        self._motion: Motion | None = None
        self._steps = QTimer(window)
        self._steps.setInterval(STEP)
        self._steps.timeout.connect(self._step)
        window.asking.moved.connect(self._on_moved)
        window.leaving.connect(self._steps.stop)
        shown = window.settings.value("names", True, type=bool)
        window.map.overlay.labels.shown = bool(shown)

    # ------------------------------------------------------------------ names and clusters

    def switch_names(self) -> None:
        """Show or hide the names on the map."""
        labels = self._window.map.overlay.labels
        labels.shown = not labels.shown
        self._window.settings.setValue("names", labels.shown)
        self._window.map.refresh()

    def next_cluster(self) -> None:
        """Go to the next cluster in view, the largest first."""
        marked = self._window.map.overlay.point_marks.mark_next()
        if marked is None:
            self._window.tell(tr("There are no clusters of points in view."))
            return
        title = tr(NOUNS[marked.noun].title)
        text = tr("{count} {things}", count=f"{marked.count:,}", things=title)
        self._window.messages.say(tr("{cluster}: Shift+J looks into it.", cluster=text))
        self._window.map.refresh()

    def open_cluster(self) -> None:
        """Fly to where the marked cluster, or else the largest in view, fills the map."""
        marks = self._window.map.overlay.point_marks
        marked = marks.marked or marks.mark_next()
        if marked is None:
            self._window.tell(tr("There are no clusters of points in view."))
        else:
            self._window.map.fly_to_all(marked.bounds)

    # ------------------------------------------------------------------ workers

    def _on_moved(self, positions: Positions) -> None:
        layer = self._window.map.overlay.points.get("worker")
        if layer is None or len(layer.ids) != len(positions.ids):
            return
        now = time.monotonic()
        motion = self._motion or Motion.resting(layer.xy)
        self._motion = motion.to(positions.xy, now, FIX_EVERY)
        if not self._steps.isActive():
            self._steps.start()

    def _step(self) -> None:
        view, motion = self._window.map, self._motion
        layer = view.overlay.points.get("worker")
        if motion is None or layer is None or len(layer.ids) != len(motion.end):
            self._steps.stop()
            return
        now = time.monotonic()
        view.overlay.points["worker"] = replace(layer, xy=motion.at(now))
        if motion.is_over(now):
            self._steps.stop()
        if self._window.layers.is_visible("worker") and view.isVisible():
            view.step()
