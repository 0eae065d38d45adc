"""What a map shows at a time: points and grids of it, imagery as of then; on a window or without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from mapdesk.app.imagery import Imagery, Swipe
from mapdesk.app.map_loader import MapLoader
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.spans import Axis, Span, span_text
from mapdesk.scene3d.content import Built, PointLayer
from mapdesk.scene3d.divider import DividerMark
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.scene import Scene
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

    shown: Mapping[str, tuple[NDArray[np.str_], NDArray[np.bool_]]]
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
        self._counts = {}
        self._undated = sum(one.undated for one in times.values())
        shown, hidden = {}, frozenset[str]()
        if span is not None:
            shown = {noun: (one.ids, one.shown(span)) for noun, one in times.items()}
        for noun, (ids, chosen) in shown.items():
            self._counts[noun] = int(chosen.sum()), len(chosen)
            if noun == "grid":
                hidden = frozenset(ids[~chosen].tolist())
        self._span, is_new = span, times is not self._times
        self._times = times
        self._say()
        self._loader.hide_grids(hidden)
        self._show_built()
        self.imagery.show_at(span)
        now = datetime.now()  # noqa: DTZ005 - times in a district have no zone
        dress = None if span is None else TimeDress(shown, span.includes(now))
        self._loader.points.wear("time", dress, then)
        if is_new:
            self._renew_left()

    def _show_built(self) -> None:
        """Show the buildings that stand, on either side of a line."""
        times = self._times.get("building")
        built, before = (
            None if times is None or span is None else Built(times.ids, times.shown(span))
            for span in (self._span, self._before)
        )
        self._loader.show_built(built, before)
        self._part_buildings()

    def _part_buildings(self) -> None:
        """Let the line between what stood and what stands be where it is on the map."""
        divider = self._view.overlay.divider
        if divider is None or self._view.content.built_before is None:
            return
        part = divider.part

        def change(scene: Scene) -> None:
            scene.sides.line = part

        self._view.change_scene(change)

    @property
    def before(self) -> Span | None:
        """The span that is shown left of the line; None where there is no line."""
        return self._before

    def keep_left(self) -> None:
        """Leave what is shown now left of a line; what is shown later stands right of it."""
        self._before = self._span
        self._put_left(self._view.overlay.points)
        self._say()
        # What is on the map may still be of the time before.
        self._renew_left()
        self._show_built()

    def _put_left(self, points: Mapping[str, PointLayer]) -> None:
        left = {noun: layer for noun, layer in points.items() if noun not in NOW_ONLY}
        self._view.overlay.before = left
        self._view.refresh()

    def _renew_left(self) -> None:
        """Show left of the line what is known of its span by now."""
        before = self._before
        if before is None:
            return
        shown = {noun: (one.ids, one.shown(before)) for noun, one in self._times.items()}

        def show(points: Mapping[str, PointLayer]) -> None:
            if self._before == before:
                self._put_left(points)

        self._loader.points.dress_apart("time", TimeDress(shown, is_now=False), show)

    def end_left(self) -> None:
        """Show one time on the whole map again."""
        if self._before is None:
            return
        self._before = None
        self._view.overlay.before = self._view.overlay.divider = None
        if self.imagery.swipe is not None:
            self.imagery.compare(None)
        self._say()
        self._show_built()
        self._view.refresh()

    def move_line(self, part: float) -> None:
        """Move the line to a part, 0 to 1, of the map's width."""
        overlay = self._view.overlay
        if overlay.divider is None:
            return
        if self.imagery.swipe is not None:
            self.imagery.move_divider(part)
        overlay.divider = replace(overlay.divider, part=part)
        self._part_buildings()
        self._say()
        self._view.refresh()

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


def show_time(
    view: MapView,
    loader: MapLoader,
    imagery: Imagery,
    store: Store,
    span: Span,
    *,
    before: Span | None = None,
    styled: bool,
    between: Callable[[], None] | None = None,
) -> None:
    """Show a map without a window at a span of time.

    Parameters
    ----------
    before : Span or None
        A span to be shown left of a line, beside the other.
    styled : bool
        A style shows figures of that time, so that there is something to see in any case.
    between : callable, optional
        Called when `before` is shown, and `span` is to come.

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
        if between is not None:
            between()
    timed.show(span, times)


def nothing_timed() -> InputError:
    """Return what is wrong where a time is wanted and nothing has any."""
    named = ", ".join(NOUNS[noun].title for noun in timeline.TIMED)
    return InputError(f"Nothing that is shown has a time. Show one of these layers first: {named}.")
