"""Measuring in the window: traces become values on the map and in the Measures dock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, Qt

from mapdesk.analysis.snapping import SnapLayer, Snapper
from mapdesk.analysis.terrain import Terrain
from mapdesk.app.jobs import Progress
from mapdesk.app.window_parts import add_dock
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.shapes import Trace
from mapdesk.panels.measures_panel import MeasuresPanel, Row
from mapdesk.scene3d.content import Footprints, as_it_is
from mapdesk.scene3d.measure_tools import MEASURES
from mapdesk.scene3d.tool_marks import LineMark, SightMark
from mapdesk.services import measuring, sections
from mapdesk.services.measuring import Measured, Units
from mapdesk.services.sections import EYE, Obstacles, Sight
from mapdesk.services.terrain import terrain_of
from mapdesk.store import places
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

TITLES = {"distance": "Distance", "area": "Area", "height": "Height", "sight": "Line of sight"}
"""What a value is called, by its kind."""

_KINDS: dict[str, measuring.Kind] = {"distance": "distance", "surface": "area", "height": "height"}
"""What a tool measures."""


_Answer = tuple[Measured | Sight, Terrain | None]
"""What came of a trace, and the ground that a sight's heights are not counted from but stand over."""


@dataclass
class _Entry:
    """One value: what was drawn, and what came of it."""

    trace: Trace
    result: Measured | Sight
    ground: Terrain | None


class MeasureDesk(QObject):
    """Owns the Measures dock. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._entries: list[_Entry] = []
        self._cleared = 0
        self._obstacles: Obstacles | None = None
        self._snapper: Snapper | None = None
        self._of: tuple[Footprints, Terrain | None] | None = None
        self.panel = MeasuresPanel(EYE)
        kept = self.panel.units.findData(window.settings.value("units", "metric"))
        self.panel.units.setCurrentIndex(max(kept, 0))
        self.dock = add_dock(window, "Measures", self.panel, Qt.DockWidgetArea.RightDockWidgetArea)
        window.tabifyDockWidget(window.docks["Card"], self.dock)
        self.dock.hide()
        window.docks["Measures"] = self.dock
        window.map.traced.connect(self._on_traced)
        window.session.tool_changed.connect(self._on_tool)
        window.jobs.ended.connect(self._on_job_ended)
        self.panel.copy_wanted.connect(self._window.copy)
        self.panel.remove_wanted.connect(self._remove)
        self.panel.clear_wanted.connect(self.clear)
        self.panel.changed.connect(self._on_changed)
        LANGUAGE.changed.connect(self._on_language)
        window.leaving.connect(self._on_leaving)

    # ------------------------------------------------------------------ actions

    def show(self) -> None:
        """Show the values measured."""
        self.dock.show()
        self.dock.raise_()

    def copy_last(self) -> None:
        """Copy the value chosen in the list, else the last one."""
        rows = self.panel.rows
        at = self.panel.list.currentRow()
        if rows:
            self._window.copy(rows[at].line)
        else:
            self._window.tell(tr("Nothing is measured yet: D measures a distance."))

    def take_back(self) -> None:
        """Forget the value measured last."""
        if self._entries:
            self._remove(len(self._entries) - 1)

    def clear(self) -> None:
        """Take all values off the map, and those being worked out."""
        self._cleared += 1
        self._entries.clear()
        self._show()

    def renew(self) -> None:
        """Forget what stands in the way: the ground under it is another one."""
        self._of = None
        if self._window.session.tool in MEASURES:
            self._prepare()

    # ------------------------------------------------------------------ measuring

    def _on_tool(self, tool: str) -> None:
        if tool in MEASURES:
            if tool != "section":
                self.show()
            self._prepare()

    def _on_job_ended(self, key: str) -> None:
        """Be caught by buildings that were read anew, while something is measured."""
        if key == "load" and self._window.session.tool in MEASURES:
            self._prepare()

    def _prepare(self) -> None:
        """Make ready what the pointer can be caught by, and what can stand in the way."""
        view, store = self._window.map, self._window.store
        footprints, terrain = view.content.footprints, view.terrain
        same = self._of is not None and self._of[0] is footprints and self._of[1] is terrain
        if footprints is None or same:
            self._set_snapper()
            return

        def work(_progress: Progress) -> tuple[Snapper, Obstacles]:
            standing = footprints.on(terrain)
            return _snapper(store, standing, terrain), obstacles_on(store, footprints)

        self._window.jobs.run("snapping", work, partial(self._ready, (footprints, terrain)))

    def _ready(
        self, of: tuple[Footprints, Terrain | None], made: tuple[Snapper, Obstacles]
    ) -> None:
        self._snapper, self._obstacles = made
        self._of = of
        self._set_snapper()

    def _set_snapper(self) -> None:
        self._window.map.snapper = self._snapper if self.panel.snap.isChecked() else None

    def _on_traced(self, trace: Trace) -> None:
        if trace.tool in (*_KINDS, "sight"):
            self._ask(trace, None)

    def _ask(self, trace: Trace, entry: _Entry | None) -> None:
        """Work a trace out and list it, in place of what came of it before."""
        window = self._window
        district, store = window.store.district, window.store
        footprints = window.map.content.footprints
        known = self._obstacles if self._of and footprints is self._of[0] else None
        cleared = self._cleared
        eye, target = self.panel.eye.value(), self.panel.target.value()
        shown = window.map.terrain

        def work(_progress: Progress) -> _Answer:
            points, ground = trace.points, terrain_of(store)
            if len(points) == 1:
                points = _whole_building(trace, footprints, shown)
            drawn = points
            if footprints is not None and shown is not None and ground is not None:
                points = as_it_is(points, footprints, shown, ground)
            if trace.tool == "sight":
                obstacles = known or (
                    obstacles_on(store, footprints) if footprints else sections.obstacles_of(store)
                )
                return _sight_over(obstacles, points, eye, target), obstacles.terrain
            measured = measuring.measure(district, _KINDS[trace.tool], points, ground)
            return replace(measured, points=drawn), None

        def take(answer: _Answer) -> None:
            if cleared == self._cleared:
                self._take(trace, entry, answer)

        window.jobs.run(f"measure {id(entry or trace)}", work, take)

    def _take(self, trace: Trace, entry: _Entry | None, answer: _Answer) -> None:
        if entry is None:
            self._entries.append(_Entry(trace, *answer))
        else:
            entry.result, entry.ground = answer
        self._show()

    def _remove(self, at: int) -> None:
        del self._entries[at]
        self._show()

    def _show(self) -> None:
        units = cast("Units", self.panel.chosen_units)
        crs = self._window.store.district.crs
        tools = self._window.map.overlay.tools
        tools.lines = [
            _line(one.result, units) for one in self._entries if isinstance(one.result, Measured)
        ]
        tools.sights = [
            _sight(one.result, one.ground) for one in self._entries if isinstance(one.result, Sight)
        ]
        self._window.map.refresh()
        self.panel.show_rows([_row(one.result, crs, units) for one in self._entries])

    def _on_changed(self) -> None:
        """Say values in other units; look again from other heights."""
        self._window.settings.setValue("units", self.panel.chosen_units)
        self._set_snapper()
        self._show()
        for entry in self._entries:
            if isinstance(entry.result, Sight):
                self._ask(entry.trace, entry)

    def _on_language(self, _code: str) -> None:
        self._show()

    def _on_leaving(self) -> None:
        LANGUAGE.changed.disconnect(self._on_language)
        self._window.session.tool_changed.disconnect(self._on_tool)
        self._window.jobs.ended.disconnect(self._on_job_ended)
        self.panel.close_panel()


def obstacles_on(store: Store, footprints: Footprints) -> Obstacles:
    """Return what can stand in the way on a map, from the buildings it has read already."""
    features = footprints.features
    named = features.columns["name"].astype(bool)
    names = np.where(named, features.columns["name"], features.columns["address"])
    hills, ground = sections.hills_of(store), terrain_of(store)
    return sections.stood(footprints.picker, features.ids, names, hills, ground)


def _sight_over(
    obstacles: Obstacles, points: NDArray[np.float64], eye: float, target: float
) -> Sight:
    """Look from one point to another, their heights counted from the ground as on the map."""
    ground = obstacles.terrain
    if ground is None:
        return sections.sight(obstacles, points[0], points[1], eye, target)
    ends = points[:2].copy()
    ends[:, 2] += ground.at(ends[:, :2])
    return sections.sight(obstacles, ends[0], ends[1], eye, target)


def _snapper(store: Store, footprints: Footprints, terrain: Terrain | None) -> Snapper:
    picker = footprints.picker
    heights = np.column_stack([picker.base, picker.top])
    flat = [
        SnapLayer.flat(places.index_of(store, noun).features.placed, terrain)
        for noun in ("road", "grid")
    ]
    return Snapper(SnapLayer(picker.polygons, picker.tree, heights), tuple(flat))


def _whole_building(
    trace: Trace, footprints: Footprints | None, terrain: Terrain | None
) -> np.ndarray:
    """Return the foot and the roof (2, 3) of the building that was clicked, as it stands on the map."""
    if footprints is None or trace.building is None:
        return trace.points
    at = shapely.point_on_surface(footprints.picker.polygons[trace.building])
    low, high = footprints.picker.base[trace.building], footprints.picker.top[trace.building]
    key = str(footprints.features.ids[trace.building])
    lift = float(footprints.on(terrain).lift([key], np.array([[at.x, at.y]]), terrain)[0])
    return np.array([[at.x, at.y, low + lift], [at.x, at.y, high + lift]])


def _line(one: Measured, units: Units) -> LineMark:
    label = measuring.say_value(one, units)
    if one.kind == "height":
        return LineMark(one.points, f"↕ {label}")
    parts = [measuring.say_length(step, units) for step in one.steps]
    is_ring = one.kind == "area"
    return LineMark(one.points, label, tuple(parts if len(parts) > 1 else ()), is_ring)


def _sight(one: Sight, ground: Terrain | None) -> SightMark:
    points = one.points
    if not one.is_free:
        at = points[0] + one.seen * (points[1] - points[0])
        points = np.array([points[0], at, points[1]])
    if ground is not None:
        # The map counts heights from the ground below.
        points = np.column_stack([points[:, :2], points[:, 2] - ground.at(points[:, :2])])
    if one.is_free:
        return SightMark(points, (True,), tr("in sight"))
    return SightMark(points, (True, False), tr("hidden by {what}", what=_blocker(one)))


def _blocker(one: Sight) -> str:
    return one.title if one.by is not None else tr("hill")


def _row(one: Measured | Sight, crs: str, units: Units) -> Row:
    if isinstance(one, Measured):
        value = measuring.say_value(one, units)
        return Row(tr(TITLES[one.kind]), value, measuring.say_details(one, crs, units))
    length = measuring.say_length(one.metres, units)
    if one.is_free:
        return Row(tr(TITLES["sight"]), tr("in sight"), length)
    value = tr("hidden by {what}", what=_blocker(one))
    after = measuring.say_length(one.seen * one.metres, units)
    details = tr("{length} in all, blocked after {after}", length=length, after=after)
    if np.isfinite(one.above):
        higher = measuring.say_length(one.above, units)
        details += " · " + tr("free with the eye {higher} higher", higher=higher)
    return Row(tr(TITLES["sight"]), value, details)
