"""Pictures of the tools of the map: measures, a section, bookmarks with the overview, styled points, times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mapdesk.app import main as desk
from mapdesk.app.window import DeskWindow
from mapdesk.layers.layer_style import checked_style
from mapdesk.model.shapes import Trace
from mapdesk.model.spans import span_of
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import bookmarks


def _highest(window: DeskWindow) -> tuple[int, float, float]:
    """Return position and middle (m) of the highest building."""
    footprints = window.map.content.footprints
    if footprints is None:
        raise RuntimeError("the map is not loaded")
    index = int(np.argmax(footprints.picker.top))
    inside = footprints.picker.polygons[index].representative_point()
    return index, inside.x, inside.y


def _trace(
    window: DeskWindow, tool: str, points: list[tuple[float, float]], on: int | None = None
) -> None:
    """Draw with a tool: places in metres on the ground."""
    drawn = np.array([(x, y, 0.0) for x, y in points])
    window.map.traced.emit(Trace(tool, drawn, on))
    desk.settle(window)


def measures(window: DeskWindow) -> None:
    """Measure around the highest building."""
    index, x, y = _highest(window)
    window.map.look(Viewpoint(x, y + 40, 760.0, 25.0, 40.0))
    window.commands.use_tool("distance")
    desk.settle(window)
    _trace(window, "height", [(x, y)], index)
    _trace(window, "distance", [(x - 190, y - 90), (x - 60, y - 120), (x + 80, y - 105)])
    _trace(
        window,
        "surface",
        [(x + 90, y - 70), (x + 190, y - 70), (x + 200, y + 20), (x + 100, y + 10)],
    )
    _trace(window, "sight", [(x - 170, y - 40), (x + 210, y + 80)])


def section(window: DeskWindow) -> None:
    """Cut through the town and point at the plot."""
    _index, x, y = _highest(window)
    window.map.look(Viewpoint(x, y, 1500.0, 20.0, 46.0))
    window.commands.use_tool("section")
    _trace(window, "section", [(x - 420, y - 210), (x, y), (x + 460, y + 110)])
    panel = window.parts.section.panel
    if panel is not None and panel.section is not None:
        highest = max(panel.section.buildings, key=lambda one: one.top)
        along = (highest.start + highest.end) / 2
        panel.pointed.emit(along)
        panel.point_at(along)


def tours(window: DeskWindow) -> None:
    """Keep four views, make a tour of them and open the overview."""
    _index, x, y = _highest(window)
    store, view = window.store, Viewpoint(x, y, 1700.0, 335.0, 42.0)
    for name, move in (("Harbour", 600), ("Old town", -700), ("Station", 300), ("Towers", 0)):
        one = bookmarks.Bookmark(name, x + move, y - move / 2, 1500.0, 20.0, 45.0)
        bookmarks.keep(store, one)
    bookmarks.make_tour(store, "Round of the day", ["Towers", "Harbour", "Station", "Towers"])
    window.commands.run_id("map.bookmarks")
    window.commands.run_id("map.overview")
    window.map.look(replace(view, distance=1700.0))
    desk.settle(window)
    window.parts.bookmarks.panel.views.setCurrentRow(3)
    window.parts.bookmarks.panel.choose_tour("Round of the day")


def points(window: DeskWindow) -> None:
    """Colour incidents by the days they were open, as large as they are severe."""
    window.layers.show_only(["land_use", "road", "railway", "building", "incident"])
    style = {"noun": "incident", "by": "days open", "size_by": "severity", "palette": "OrRd"}
    window.parts.styles.open_style("", checked_style(style))
    desk.settle(window)
    window.parts.styles.show_panel()
    _look_over(window)


def time(window: DeskWindow) -> None:
    """Show the incidents of a month."""
    window.layers.show_only(["land_use", "road", "railway", "grid", "building", "incident"])
    window.parts.time.open(span_of("2026-05"))
    desk.settle(window)
    _look_over(window)


def two_times(window: DeskWindow) -> None:
    """Show the incidents of two quarters, either side of a line."""
    points(window)
    window.parts.styles.dock.hide()
    window.parts.time.open(span_of("2026-01/2026-03"))
    desk.settle(window)
    window.parts.time.compare()
    window.parts.time.go_right(span_of("2026-06/2026-08"))
    desk.settle(window)


def two_styles(window: DeskWindow) -> None:
    """Colour grids by the incidents of two quarters, either side of a line."""
    window.layers.show_only(["road", "grid"])
    style = {"by": "incidents by day", "palette": "OrRd"}
    window.parts.styles.open_style("", checked_style(style))
    desk.settle(window)
    window.parts.time.open(span_of("2026-01/2026-03"))
    desk.settle(window)
    window.parts.time.compare()
    window.parts.time.go_right(span_of("2026-06/2026-08"))
    desk.settle(window)
    view = window.map.viewpoint
    window.map.look(replace(view, distance=view.distance * 0.62, pitch=62.0))
    desk.settle(window)


def years(window: DeskWindow) -> None:
    """Show the town as it stood in 2003."""
    _look_over(window)
    window.layers.show_only(["building", "railway", "road", "land_use"])
    window.parts.time.open(span_of("2003"))
    desk.settle(window)


def grown(window: DeskWindow) -> None:
    """Show the town of 1990 beside that of 2020."""
    _look_over(window)
    window.layers.show_only(["building", "railway", "road", "land_use"])
    window.parts.time.open(span_of("1990"))
    desk.settle(window)
    window.parts.time.compare()
    window.parts.time.go_right(span_of("2020"))
    desk.settle(window)


def _look_over(window: DeskWindow) -> None:
    """Look at the middle of the town from the south."""
    _index, x, y = _highest(window)
    window.map.look(Viewpoint(x - 150, y + 60, 2100.0, 0.0, 48.0))
    desk.settle(window)


PICTURES: dict[str, Callable[[DeskWindow], None]] = {
    "map-measures": measures,
    "map-section": section,
    "map-tours": tours,
    "map-points": points,
    "map-time": time,
    "map-two-times": two_times,
    "map-two-styles": two_styles,
    "map-years": years,
    "map-grown": grown,
}
"""Pictures of the window by name, and what is done for each."""
