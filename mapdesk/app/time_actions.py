"""The time a window's map shows: the bar below it, and what of points, grids and imagery is left at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout

from mapdesk.app.jobs import Progress
from mapdesk.app.time_reach import Beside, Reach, times_kept
from mapdesk.app.timed_map import TimedMap, counts_of, nothing_timed
from mapdesk.app.view_state import MORE
from mapdesk.model.errors import InputError
from mapdesk.model.language import LANGUAGE
from mapdesk.model.spans import Span, Step
from mapdesk.panels.time_bar import TimeBar
from mapdesk.scene3d.divider import DividerHandle
from mapdesk.services import timeline
from mapdesk.services.timeline import Times

if TYPE_CHECKING:
    from mapdesk.app.base_maps import BaseMapView
    from mapdesk.app.window import DeskWindow


class TimeDesk(QObject):
    """Owns the bar of time. GUI thread only.

    Signals
    -------
    changed(Span or None)
        Another span is shown, or another left of the line; None for any time.
    """

    changed = pyqtSignal(object)

    def __init__(self, window: DeskWindow, base: BaseMapView) -> None:
        super().__init__(window)
        self._window = window
        self._map = TimedMap(window.map, window.loader, base.imagery)
        self.is_wanted = False
        """Whether the user asked for the bar; a style by day brings it along by itself."""
        self._days: list[datetime] = []
        self.times: dict[str, Times] = {}
        self._step: Step | None = None
        self._asked: Span | None = None
        self._beside: Beside | None = None
        self._reach: Reach | None = None
        self.span: Span | None = None
        self.bar = TimeBar()
        middle = window.centralWidget()
        box = None if middle is None else middle.layout()
        if isinstance(box, QVBoxLayout):
            box.addWidget(self.bar)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._read)
        self.bar.moved.connect(self._on_moved)
        self.bar.step_chosen.connect(self._on_step)
        self.bar.closed.connect(self.close_bar)
        self.bar.compared.connect(self._on_compared)
        self.handle = DividerHandle(window.map)
        self.handle.moved.connect(self.move_line)
        self.handle.closed.connect(self.end_compare)
        window.map.installEventFilter(self)
        base.imagery.wanted_changed.connect(self.read_soon)
        # Once all is done that drew: the line goes and comes back while it is given other pictures.
        later = Qt.ConnectionType.QueuedConnection
        base.imagery.drawn.connect(self._on_imagery, later)  # type: ignore[call-arg]
        window.layers.changed.connect(self._on_layer)
        window.loader.points.refreshed.connect(self._on_refreshed)
        window.guard.locked.connect(self.bar.pause)
        LANGUAGE.changed.connect(self._on_language)
        window.leaving.connect(self._on_leaving)

    @property
    def is_on(self) -> bool:
        """Whether the map shows a time, and not any."""
        return self.is_wanted or bool(self._days)

    @property
    def before(self) -> Span | None:
        """The span left of the line between two times; None without one."""
        return self._map.before

    @property
    def is_coming(self) -> bool:
        """Whether a time is to come in place of the one shown."""
        return self._asked is not None or self._window.jobs.is_under_way("times")

    # ------------------------------------------------------------------ actions

    def switch(self) -> None:
        """Show the bar, or show all times again."""
        if self.is_on:
            self.close_bar()
        else:
            self.open()

    def open(self, span: Span | None = None, beside: Beside | None = None) -> None:
        """Show the bar, at a span where one is given, and another beside it."""
        self.is_wanted = True
        self._asked, self._beside = span, beside
        if beside is not None:
            self.end_compare()
        self._read()

    def go_to(self, span: Span, beside: Beside | None = None, *, by_hand: bool) -> None:
        """Show a span, of the bar or of the style that is to come, and another beside it."""
        self.is_wanted, self._asked, self._beside = by_hand, span, beside
        self.end_compare()
        if self.is_on:
            self._read()
        else:
            self._window.jobs.cancel("times")

    def close_bar(self) -> None:
        """Show all times again."""
        self.end_compare()
        self.is_wanted, self._days = False, []
        self._asked = self._beside = None
        self._soon.stop()
        self._window.jobs.cancel("times")
        self._show_none()

    def play(self) -> None:
        """Let time go by, or pause; shows the bar first."""
        if self.is_on:
            self.bar.toggle()
        else:
            self.open()

    def step_on(self) -> None:
        """Show the time after."""
        if self.is_on:
            self.bar.step_on()
        else:
            self.open()

    def step_back(self) -> None:
        """Show the time before."""
        if self.is_on:
            self.bar.step_back()
        else:
            self.open()

    def offer(self, days: Sequence[datetime], span: Span | None = None) -> None:
        """Let the bar go through the days of a style too; without any it goes where nobody asked for it."""
        if list(days) == self._days:
            return
        self._days = list(days)
        if not self.is_on:
            self.close_bar()
            return
        if self.span is None and self._asked is None:
            self._asked = span
        self._read()

    # ------------------------------------------------------------------ two times beside each other

    def compare(self) -> None:
        """Leave the time shown left of a line and go on right of it, or end that; shows the bar first."""
        if not self.is_on or self.span is None:
            self.open()
        elif self._map.before is not None:
            self.end_compare()
        else:
            self._map.keep_left()
            self.changed.emit(self.span)
            self.bar.set_compared(is_on=True)
            self.handle.place(0.5)
            self.handle.show()
            self.handle.raise_()

    @property
    def beside(self) -> Beside | None:
        """What is left of the line between two times; None without one."""
        mark = self._window.map.overlay.divider
        return None if self.before is None or mark is None else Beside(self.before, mark.part)

    def go_right(self, span: Span) -> None:
        """Show a span right of the line."""
        if self._reach is not None:
            self._asked = span
            self._show(self._reach)

    def end_compare(self) -> None:
        """Show one time on the whole map again."""
        was = self.before
        self._map.end_left()
        self.handle.hide()
        self.bar.set_compared(is_on=False)
        if was is not None:
            self.changed.emit(self.span)

    def _on_compared(self, wanted: bool) -> None:
        if wanted != (self._map.before is not None):
            self.compare()

    def _on_imagery(self) -> None:
        """End comparing where the line went with imagery that was compared along."""
        if self._map.before is not None and self._window.map.overlay.divider is None:
            self.end_compare()

    def move_line(self, part: float) -> None:
        """Move the line to a part, 0 to 1, of the map's width."""
        self._map.move_line(part)
        self.handle.place(part)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keep the line's handle on it when the map's size changes."""
        mark = self._window.map.overlay.divider
        if event is not None and event.type() == QEvent.Type.Resize and mark is not None:
            self.handle.place(mark.part)
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------------ reading

    def read_soon(self) -> None:
        """Read times anew where the bar is open: other layers are shown."""
        if self.is_on:
            self._soon.start()

    def _read(self) -> None:
        """Read when the things of the layers shown were, where a time is shown."""
        if not self.is_on:
            return
        window, pane = self._window, self._window.parts.second.pane
        store, nouns = window.store, set(window.layers.visible())
        days, dated = list(self._days), self._map.imagery.dated
        if pane is not None:
            nouns |= set(pane.layers.visible())
            dated += pane.base.imagery.dated

        def work(_progress: Progress) -> dict[str, Times]:
            return timeline.times_of(store, nouns)

        def show(times: dict[str, Times]) -> None:
            self.times = times
            every = [*days, *(one.start for one in dated)]
            found = timeline.reach(times.values(), every)
            if found is None:
                self._nothing_timed()
            else:
                by_year = (
                    "building" in times and not every and all(one.lasts for one in times.values())
                )
                self._show(Reach(*found, by_year))

        self._window.jobs.run("times", work, show)

    def _nothing_timed(self) -> None:
        self.close_bar()
        self._window.tell(nothing_timed())

    def _show(self, reach: Reach) -> None:
        """Offer the steps of a reach; the span shown stays where it is inside."""
        asked, self._asked = self._asked, None
        beside, self._beside = self._beside, None
        if beside is not None:
            reach = reach.around(beside.span)
        if asked is not None:
            reach = reach.around(asked)
        axis = reach.axis(self._step) if asked is None else reach.axis_of(asked, self._step)
        wanted = asked or self.span
        if wanted is not None and not (
            wanted.start < axis.ticks[-1] and wanted.end > axis.ticks[0]
        ):
            wanted = None
        days = np.array(self._days, "datetime64[us]")
        counts = counts_of(self.times, axis) + axis.counted(days)
        self.bar.set_axis(axis, counts, reach.steps, wanted)
        if self._window.parts.wall.is_on:
            self.bar.hide()
        self._reach = reach
        if beside is not None:
            self._put(beside.span)
            self.compare()
            self.move_line(beside.line)
        self._put(self.bar.span)

    # ------------------------------------------------------------------ showing

    def _put(self, span: Span | None) -> None:
        before, self.span = self.span, span
        self.bar.set_busy("map", True)
        self._map.show(span, self.times, self._on_drawn)
        self._window.parts.second.show_time(span, self.times)
        if span != before:
            self.changed.emit(span)

    def _on_drawn(self) -> None:
        self.bar.set_busy("map", False)
        self.bar.say_count(self._map.said() if self.span is not None else "")

    def _show_none(self) -> None:
        self.bar.set_axis(None, np.empty(0, np.int64), (), None)
        self.times = {}
        self._put(None)

    def _on_moved(self, span: Span) -> None:
        self._put(span)

    def _on_step(self, step: Step) -> None:
        self._step = step
        if self._reach is not None:
            self._show(self._reach)

    def _on_layer(self, noun: str, _visible: bool) -> None:
        if noun in timeline.TIMED:
            self.read_soon()

    def _on_refreshed(self, nouns: tuple[str, ...]) -> None:
        if set(nouns) & set(timeline.TIMED):
            self.read_soon()

    def _on_language(self, _code: str) -> None:
        if self.span is not None:
            self._put(self.span)

    def _on_leaving(self) -> None:
        window = self._window
        self._soon.stop()
        self._map.imagery.drawn.disconnect(self._on_imagery)
        window.layers.changed.disconnect(self._on_layer)
        window.loader.points.refreshed.disconnect(self._on_refreshed)
        LANGUAGE.changed.disconnect(self._on_language)
        self.bar.close_panel()


def _kept(window: DeskWindow) -> dict[str, Any] | None:
    """Return the span of a window for a bookmark; None for any time."""
    desk = window.parts.time
    if desk.span is None:
        return None
    kept = {"span": desk.span.typed(), "wanted": desk.is_wanted}
    beside = desk.beside
    return kept if beside is None else kept | {"before": beside.span.typed(), "line": beside.line}


def _give(window: DeskWindow, wanted: Any) -> None:
    """Show the span of a bookmark; one that a style brought along comes with the style."""
    desk = window.parts.time
    # A time under way would come over this one.
    if wanted == _kept(window) and not desk.is_coming:
        return
    if wanted is None:
        desk.close_bar()
        return
    try:
        span, beside = times_kept(wanted)
    except InputError as error:
        window.tell(str(error))
        return
    desk.go_to(span, beside, by_hand=bool(wanted.get("wanted")))


MORE["time"] = (_kept, _give)
