"""What a map shows at a time: points and grids of it, imagery as of then; on a window or without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.app.imagery import Imagery, Swipe
from mapdesk.app.map_loader import MapLoader
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.spans import Axis, Span, span_text
from mapdesk.scene3d.content import Built, PointLayer
from mapdesk.scene3d.divider import DividerMark, put_line
from mapdesk.scene3d.map_view import MapView
from mapdesk.services import timeline
from mapdesk.services.timeline import NOW_ONLY, Times
from mapdesk.store.database import Store


@dataclass(frozen=True, eq=False)
class TimeDress:
    """Leaves out the points that are not of a span; any thread.

    Parameters
    ----------
    is_now : bool
        The span has this moment in it.
    """

    shown: Mapping[str, tuple[NDArray[Any], NDArray[np.bool_]]]
    is_now: bool

    def __call__(self, layer: PointLayer) -> PointLayer:
        """Return what is left of a layer."""
        if layer.noun in NOW_ONLY and not self.is_now:
            return layer.some(np.zeros(len(layer.ids), bool))
        if layer.noun not in self.shown:
            return layer
        ids, chosen = self.shown[layer.noun]
        if len(ids) == len(layer.ids) and (ids == layer.ids).all():
            return layer.some(chosen)
        return layer.some(np.isin(layer.ids.astype(str), ids[chosen].astype(str)))


def counts_of(times: Mapping[str, Times], axis: Axis) -> NDArray[np.int64]:
    """Return how many moments of all things lie in each step; without any, how much of what lasts begins."""
    every = [one for one in times.values() if not one.lasts] or list(times.values())
    total = np.zeros(axis.count, np.int64)
    for one in every:
        total += axis.counted(one.starts)
    return total


class TimedMap:
    """Shows a map at a span of time. GUI thread only."""

    def __init__(self, view: MapView, loader: MapLoader, imagery: Imagery) -> None:
        self._view, self._loader, self.imagery = view, loader, imagery
        self._counts: dict[str, tuple[int, int]] = {}
        self._undated = 0
        self._span: Span | None = None
        self._before: Span | None = None
        self._left: TimeDress | None = None
        self._times: Mapping[str, Times] = {}

    def show(
        self,
        span: Span | None,
        times: Mapping[str, Times],
        then: Callable[[], None] | None = None,
    ) -> None:
        """Show what was in a span, or all times again.

        Parameters
        ----------
        then : callable, optional
            Called once the points are drawn.
        """
        self._undated = sum(one.undated for one in times.values())
        if times is not self._times:
            self._times = times
            self._dress_left()
        self._span = span
        now = datetime.now()  # noqa: DTZ005 - times in a district have no zone
        dress = None if span is None else self._dress(span, is_now=span.includes(now))
        shown = {} if dress is None else dress.shown
        self._counts = {
            noun: (int(chosen.sum()), len(chosen)) for noun, (_ids, chosen) in shown.items()
        }
        self._say()
        left = dress if self._left is None else self._left
        self._loader.hide_grids(_gone(dress), _gone(left))
        self._loader.show_built(_built(dress), None if self._left is None else _built(left))
        self.imagery.show_at(span)
        self._loader.points.wear("time", dress, then, before=self._left)

    def _dress(self, span: Span, *, is_now: bool) -> TimeDress:
        shown = {noun: (one.ids, one.shown(span)) for noun, one in self._times.items()}
        return TimeDress(shown, is_now)

    def _dress_left(self) -> None:
        """Find out what was in the span left of the line, as far as times are known."""
        before = self._before
        self._left = None if before is None else self._dress(before, is_now=False)

    @property
    def before(self) -> Span | None:
        """The span that is shown left of the line; None where there is no line."""
        return self._before

    def keep_left(self) -> None:
        """Leave what is shown now left of a line; what is shown later stands right of it."""
        overlay, self._before = self._view.overlay, self._span
        # What is on the map may still be of the time before; what is right of the line is soon.
        overlay.before = {
            noun: layer for noun, layer in overlay.points.items() if noun not in NOW_ONLY
        }
        self._dress_left()
        self.show(self._span, self._times)
        if overlay.divider is not None:
            put_line(self._view, overlay.divider.part)

    def end_left(self) -> None:
        """Show one time on the whole map again."""
        if self._before is None:
            return
        self._before = self._left = None
        self._view.overlay.before = self._view.overlay.divider = None
        if self.imagery.swipe is not None:
            self.imagery.compare(None)
        self.show(self._span, self._times)
        self._view.refresh()

    def move_line(self, part: float) -> None:
        """Move the line to a part, 0 to 1, of the map's width."""
        overlay = self._view.overlay
        if overlay.divider is None:
            return
        overlay.divider = replace(overlay.divider, part=part)
        if self.imagery.swipe is not None:
            self.imagery.move_divider(part)
            self._say()
        else:
            put_line(self._view, part)

    def _say(self) -> None:
        """Write the time shown on the map, or both beside the line."""
        overlay, before, span = self._view.overlay, self._before, self._span
        overlay.caption = "" if span is None or before is not None else span_text(span)
        if span is None or before is None:
            return
        part = 0.5 if overlay.divider is None else overlay.divider.part
        left, right = self.imagery.newest(before), self.imagery.newest(span)
        if left is not None and right is not None and left != right:
            swipe = Swipe(left, right, part)
            if self.imagery.swipe != swipe:
                self.imagery.compare(swipe)
        elif self.imagery.swipe is not None:
            self.imagery.compare(None)
        overlay.divider = DividerMark(part, span_text(before), span_text(span))

    def said(self) -> str:
        """Say how many things of each noun are shown, of how many."""
        of = [
            tr("{some} of {all} {things}", some=f"{some:,}", all=f"{every:,}", things=tr(NOUNS[noun].title))
            for noun, (some, every) in self._counts.items()
            if noun not in timeline.LASTING or some < every
        ]  # fmt: skip
        if self._undated:
            of.append(tr("{count} without a time", count=f"{self._undated:,}"))
        return " · ".join(of)


def _gone(dress: TimeDress | None) -> frozenset[str]:
    """Return the ids of the grids that are not valid then."""
    known = None if dress is None else dress.shown.get("grid")
    return frozenset() if known is None else frozenset(known[0][~known[1]].tolist())


def _built(dress: TimeDress | None) -> Built | None:
    """Return which buildings stand then; None where it is not known."""
    known = None if dress is None else dress.shown.get("building")
    return None if known is None else Built(*known)


def show_time(
    view: MapView,
    loader: MapLoader,
    imagery: Imagery,
    store: Store,
    span: Span,
    *,
    before: Span | None = None,
    line: float = 0.5,
    styled: bool,
) -> None:
    """Show a map without a window at a span of time.

    Parameters
    ----------
    before : Span or None
        A span to be shown left of a line, beside the other.
    line : float
        Where that is, 0 to 1 of the width.
    styled : bool
        A style shows figures of that time, so that there is something to see in any case.

    Raises
    ------
    InputError
        Nothing that is shown has a time.
    """
    times = timeline.times_of(store, view.overlay.visible)
    dated = [one.start for one in imagery.dated]
    if timeline.reach(times.values(), dated) is None and not styled:
        raise nothing_timed()
    timed = TimedMap(view, loader, imagery)
    if before is not None:
        timed.show(before, times)
        timed.keep_left()
    timed.show(span, times)
    timed.move_line(line)


def nothing_timed() -> InputError:
    """Return what is wrong where a time is wanted and nothing has any."""
    named = ", ".join(NOUNS[noun].title for noun in timeline.TIMED)
    return InputError(f"Nothing that is shown has a time. Show one of these layers first: {named}.")
