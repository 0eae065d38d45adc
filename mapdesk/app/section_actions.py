"""The Section dock: a line drawn on the map becomes a plot, and each points at the other."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QWidget

from mapdesk.app.jobs import Progress
from mapdesk.app.measure_actions import obstacles_on
from mapdesk.app.window_parts import add_dock, ask_file
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
from mapdesk.model.shapes import Trace
from mapdesk.services import sections
from mapdesk.services.outgoing import watermark
from mapdesk.services.sections import Section

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow
    from mapdesk.panels.section_panel import SectionPanel

REACH = 25.0
"""Pixels from the line on the map within which the pointer points at the plot."""


class SectionDesk(QObject):
    """Owns the Section dock, which is hidden and empty until a line is drawn. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.panel: SectionPanel | None = None
        area = Qt.DockWidgetArea.BottomDockWidgetArea
        self.dock = add_dock(window, "Section", QWidget(), area)
        self.dock.hide()
        window.docks["Section"] = self.dock
        self.dock.visibilityChanged.connect(self._on_visible)
        window.map.traced.connect(self._on_traced)
        window.map.pointed.connect(self._on_pointed)
        window.leaving.connect(self._on_leaving)

    def clear(self) -> None:
        """Take the section off the map, and one that is being worked out."""
        self._window.jobs.cancel("section")
        tools = self._window.map.overlay.tools
        tools.section = tools.section_at = None
        if self.panel is not None:
            self.panel.show_section(None)
        self._window.map.refresh()
        self.dock.hide()

    def _on_traced(self, trace: Trace) -> None:
        if trace.tool != "section":
            return
        window = self._window
        store, footprints = window.store, window.map.content.footprints
        window.map.overlay.tools.section = trace.points[:, :2]
        window.map.refresh()

        def work(_progress: Progress) -> Section:
            # What draws the plot is slow to load: here it holds no window.
            import_module("mapdesk.panels.section_panel")
            found = obstacles_on(store, footprints) if footprints else sections.obstacles_of(store)
            return sections.section(found, trace.points[:, :2])

        window.jobs.run("section", work, self._show)

    def _show(self, section: Section) -> None:
        self.dock.show()
        self.dock.raise_()
        self._panel().show_section(section)

    def _panel(self) -> SectionPanel:
        """Return the panel, made at first use: what it draws with is slow to load."""
        if self.panel is None:
            from mapdesk.panels.section_panel import SectionPanel

            self.panel = SectionPanel()
            self.panel.pointed.connect(self._on_plot)
            self.panel.followed.connect(self._window.asking.card)
            self.panel.picture_wanted.connect(self._save_picture)
            self.panel.table_wanted.connect(self._save_table)
            self.dock.setWidget(self.panel)
        return self.panel

    def _on_visible(self, visible: bool) -> None:
        if visible:
            self._panel()

    def _on_plot(self, along: float) -> None:
        """Mark on the map what is pointed at in the plot."""
        panel, view = self._panel(), self._window.map
        section = panel.section
        view.overlay.tools.section_at = None
        if section is not None and np.isfinite(along) and 0 <= along <= section.length:
            height = section.height(along)
            if section.datum is not None:
                # The map counts heights from the ground, the section from the sea.
                height -= float(np.interp(along, section.along, section.ground))
            view.overlay.tools.section_at = (*section.place(along), height)
        view.refresh()

    def _on_pointed(self, x: float, y: float) -> None:
        """Mark in the plot what is pointed at on the line on the map."""
        panel = self.panel
        if panel is None or panel.section is None or self.dock.isHidden():
            return
        along, away = _nearest(panel.section.line, x, y)
        reach = REACH * self._window.map.projection.metres_per_pixel
        panel.point_at(along if away <= reach else float("nan"))

    # ------------------------------------------------------------------ files

    def _save_picture(self) -> None:
        window, panel = self._window, self._panel()
        chosen = ask_file(window, tr("Save section…"), "section.png", "PNG (*.png)")
        if chosen is None:
            return
        mark = watermark(window.store, window.session.access).line
        foot = "  ·  ".join([*window.map.overlay.attributions, mark])
        if panel.image(foot).save(str(chosen)):
            window.tell(tr("Saved {file}", file=chosen))
        else:
            window.tell(WorldError(tr("{file} could not be written.", file=chosen)))

    def _save_table(self) -> None:
        window, section = self._window, self._panel().section
        chosen = ask_file(window, tr("Save section…"), "section.csv", "CSV (*.csv)")
        if chosen is None or section is None:
            return
        crs = window.store.district.crs

        def work(_progress: Progress) -> None:
            sections.write_section(chosen, section, crs)

        def done(_written: None) -> None:
            window.tell(tr("Saved {file}", file=chosen))

        window.jobs.run("section table", work, done)

    def _on_leaving(self) -> None:
        if self.panel is not None:
            self.panel.close_panel()


def _nearest(line: np.ndarray, x: float, y: float) -> tuple[float, float]:
    """Return how far along a line (n, 2) its point nearest to a place is, and how far away (m)."""
    start, way = line[:-1], np.diff(line, axis=0)
    lengths = np.hypot(*way.T)
    part = ((np.array([x, y]) - start) * way).sum(axis=1) / np.maximum(lengths**2, 1e-9)
    part = np.clip(part, 0.0, 1.0)
    away = np.hypot(*(start + part[:, None] * way - (x, y)).T)
    at = int(np.argmin(away))
    return float(lengths[:at].sum() + part[at] * lengths[at]), float(away[at])
