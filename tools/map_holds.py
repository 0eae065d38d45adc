"""Parts of the map that `holds` works through: base maps, styles, tools, models, tours, other views, paper."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.app.print_dialog import PrintDialog
from mapdesk.layers.layer_style import checked_style
from mapdesk.model.shapes import Trace
from mapdesk.services import bookmarks
from mapdesk.store import places

if TYPE_CHECKING:
    from holds import Drive

HAND: Any = QTest
_CUBE = """v 0 0 0
v 8 0 0
v 8 8 0
v 0 8 0
v 0 0 20
v 8 0 20
v 8 8 20
v 0 8 20
f 5 6 7 8
f 1 2 6 5
f 2 3 7 6
f 3 4 8 7
f 4 1 5 8
"""
"""A tower, as an OBJ file says it."""


def work(drive: Drive) -> None:
    """All of it, in turn."""
    window = drive.window
    run = window.commands.run_id
    drive.step("whole district", partial(window.map.look_at_all, window.loader.bounds()))
    for name in ("view.vector", "view.imagery", "view.swipe", "view.swipe", "view.3d"):
        drive.step(name, partial(run, name))
    _styles(drive)
    _tools(drive)
    _inside_and_models(drive)
    _tours(drive)
    _other_views(drive)
    _paper(drive)


def _styles(drive: Drive) -> None:
    parts, run = drive.window.parts, drive.window.commands.run_id
    drive.step("style dock", partial(run, "style.show"))
    for words in (
        {"by": "people"},
        {"by": "people", "drawing": "columns"},
        {"noun": "building", "by": "height"},
        {"by": "incidents by day"},
    ):
        style = checked_style(words)
        drive.step(f"style {words['by']}", partial(parts.styles.apply, style))
    for _ in range(3):
        drive.step("next time", partial(run, "time.after"))
    drive.step("time bar away", partial(run, "time.show"))
    drive.step("style off", partial(run, "style.off"))


def _tools(drive: Drive) -> None:
    window = drive.window
    x, y = window.map.viewpoint.x, window.map.viewpoint.y
    near = replace(window.map.viewpoint, distance=900.0)
    drive.step("look near", partial(window.map.look, near))
    for tool, places_m in (
        ("distance", [(x - 190, y - 90), (x - 60, y - 120), (x + 80, y - 105)]),
        ("surface", [(x + 90, y - 70), (x + 190, y - 70), (x + 200, y + 20)]),
        ("sight", [(x - 170, y - 40), (x + 210, y + 80)]),
        ("section", [(x - 420, y - 210), (x, y), (x + 460, y + 110)]),
    ):
        drive.step(f"tool {tool}", partial(window.commands.use_tool, tool))
        drawn = np.array([(east, north, 0.0) for east, north in places_m])
        drive.step(f"draw {tool}", partial(window.map.traced.emit, Trace(tool, drawn, None)))
    middle = window.map.rect().center()
    for step in range(10):
        at = middle + type(middle)(12 * step, 7 * step)
        drive.step("snapping", partial(HAND.mouseMove, window.map, at))
    drive.step("tools away", partial(window.commands.use_tool, "pan"))
    for name in ("map.clear_measures", "map.clear_section"):
        drive.step("tools away", partial(window.commands.run_id, name))


def _inside_and_models(drive: Drive) -> None:
    window = drive.window
    tower = str(places.where(window.store, "building", "floors", [18])[0]["id"])
    drive.step("open building", partial(window.parts.inside.open, tower))
    drive.step("other floor", partial(window.parts.inside.walk, 0, 1))
    drive.step("close building", window.parts.inside.close)
    file = drive.scratch / "tower.obj"
    file.write_text(_CUBE, "utf-8")
    drive.step("read model", partial(window.parts.landmarks.open_file, file))
    drive.until(lambda: window.parts.landmarks.dialog is not None)
    dialog = cast("Any", window.parts.landmarks.dialog)
    left = Qt.MouseButton.LeftButton
    at = window.map.rect().center()
    drive.step("place model", partial(HAND.mouseClick, window.map, left, pos=at))
    drive.step("turn model", partial(dialog.heading.setValue, 30.0))
    drive.step("keep model", dialog.accept)


def _tours(drive: Drive) -> None:
    window, run = drive.window, drive.window.commands.run_id
    view = window.map.viewpoint
    for name, move in (("East", 300.0), ("West", -300.0)):
        one = bookmarks.Bookmark(name, view.x + move, view.y, 900.0, 0.0, 45.0)
        bookmarks.keep(window.store, one)
    bookmarks.make_tour(window.store, "Across", ["East", "West"])
    drive.step("bookmarks", partial(run, "map.bookmarks"))
    panel = window.parts.bookmarks.panel
    drive.step("choose tour", partial(panel.choose_tour, "Across"))
    drive.step("play tour", panel.play.click)
    drive.until(lambda: window.parts.bookmarks.player.tour is None)
    drive.step("overview", partial(run, "map.overview"))
    drive.step("pan", partial(HAND.keyClick, window.map, Qt.Key.Key_Right))
    drive.step("overview away", partial(run, "map.overview"))


def _other_views(drive: Drive) -> None:
    window, run = drive.window, drive.window.commands.run_id
    second = window.parts.second
    drive.step("second map", second.switch)
    drive.until(lambda: second.pane is not None and not second.pane.view.is_waiting)
    for _ in range(3):
        drive.step("pan both", partial(HAND.keyClick, window.map, Qt.Key.Key_Right))
    drive.step("second window", second.switch_window)
    drive.step("second beside", second.switch_window)
    drive.step("second away", second.switch)
    if places.counts(window.store)["panorama"]:
        street = window.parts.street
        drive.step("street view", street.switch)
        drive.until(lambda: street.view is not None and street.view.stop is not None)
        view = cast("Any", street.view)
        for _ in range(5):
            drive.step("look around", lambda: view.set_look(view.look.turned(30, 0)))
        drive.step("street view away", street.switch)
    drive.step("wall mode", partial(run, "view.wall"))
    drive.step("pan", partial(HAND.keyClick, window.map, Qt.Key.Key_Right))
    drive.step("wall mode away", partial(run, "view.wall"))


def _paper(drive: Drive) -> None:
    window, run = drive.window, drive.window.commands.run_id
    drive.step("print composer", partial(run, "file.print"))
    dialog = window.findChildren(PrintDialog)[-1]
    drive.step("whole on paper", dialog.whole.click)
    drive.step("turn paper", partial(dialog.upright.setCurrentIndex, 1))
    file = drive.scratch / "map.pdf"
    drive.step("print map", partial(dialog.print_to, file))
    drive.until(file.exists)
    drive.step("composer away", dialog.reject)
