"""Pictures of the demo's base maps: all four, two dates compared, two maps, street view, and a wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from picture_files import above, beside, save
from PyQt6.QtCore import QElapsedTimer
from PyQt6.QtGui import QPixmap

from mapdesk.app import main as desk
from mapdesk.app.map_pane import MapPane
from mapdesk.app.window import DeskWindow
from mapdesk.cli.main import main as mapdesk
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import districts, panoramas

PANEL, WIDE = "720x450", "1400x880"
MIDDLE = "--at=117.4560,38.8345"
CLEAN = ("--layers", "land_use,road,railway,building,grid")
"""Without points, which would hide what the pictures are about."""
VIEW = (MIDDLE, "--distance", "1500", "--pitch", "38", "--bearing", "20")


def draw(folder: Path, work: Path, out: Path) -> None:
    """Make the sheet of all four base maps, and the picture of two dates."""
    plan = _shot(folder, work, PANEL, "--basemap", "vector", *VIEW, *CLEAN)
    air = _shot(folder, work, PANEL, "--basemap", "imagery", *VIEW, "--layers", "grid")
    one = [plan, air]
    two = [_shot(folder, work, PANEL, "--basemap", "3d", *VIEW, *CLEAN), _look(folder, work)]
    save(above([beside(one), beside(two)]), out / "demo-four.png")
    dates = ("--swipe", "2016-04", "2026-09", "--divider", "0.5", "--layers", "grid")
    swipe = _shot(
        folder, work, WIDE, *dates, "--at=117.4585,38.8357", "--distance", "1500", "--pitch", "55"
    )
    save(swipe, out / "demo-swipe.png")


def _shot(folder: Path, work: Path, size: str, *options: str) -> QPixmap:
    return _drawn(work, "shot", str(folder), str(work / "shot.png"), "--size", size, *options)


def _look(folder: Path, work: Path) -> QPixmap:
    """Look along the street from the crossing of the demo's panoramas."""
    with districts.open_district(folder) as store:
        x, y = _crossing(panoramas.stops(store))
        lon, lat = store.district.to_lonlat(x, y)
    at = f"--at={float(lon):.6f},{float(lat):.6f}"
    words = ("panorama", "look", str(folder), str(work / "shot.png"), "--size", PANEL)
    return _drawn(work, *words, at, "--bearing", "30", "--pitch", "7")


def _drawn(work: Path, *words: str) -> QPixmap:
    if mapdesk(list(words)):
        raise SystemExit(f"mapdesk {' '.join(words)} failed")
    return QPixmap(str(work / "shot.png"))


def _crossing(stops: panoramas.Stops) -> tuple[float, float]:
    """Return the place (m) of the panorama with the most ways on."""
    most = max(range(len(stops)), key=lambda index: len(stops.hops(index)))
    x, y = stops.xy[most].tolist()
    return x, y


def street(window: DeskWindow) -> None:
    """Look around at the crossing, with where one stands and looks on the aerial picture."""
    window.resize(1500, 1040)
    x, y = _crossing(panoramas.stops(window.store))
    window.map.look(Viewpoint(x, y, 420.0, 0.0, 60.0))
    window.commands.run_id("view.imagery")
    desk.settle(window)
    window.commands.run_id("view.street")
    desk.settle(window)
    view = window.parts.street.view
    if view is not None:
        view.setMinimumHeight(430)
        view.set_look(replace(view.look, bearing=30.0, pitch=7.0))


def two_maps(window: DeskWindow) -> None:
    """Show the city in 3D beside the same place from the air."""
    for name in ("Card", "Selection"):
        window.docks[name].hide()
    window.map.look(Viewpoint(*_towers(window), 1500.0, 20.0, 40.0))
    window.commands.run_id("view.second")
    desk.settle(window)
    pane = window.parts.second.pane
    if pane is None:
        raise RuntimeError("there is no second map")
    window.maps.setSizes([620, 620])
    pane.show_base("imagery")
    pane.set_theme("light")
    _rest(window, pane)
    pane.base.imagery.wait(30.0)
    _rest(window, pane)


def _rest(window: DeskWindow, pane: MapPane) -> None:
    """Wait until the second map has come to rest too."""
    waited = QElapsedTimer()
    waited.start()
    desk.settle(window)
    while pane.jobs.busy or pane.base.imagery.is_busy or pane.view.is_waiting:
        desk.settle(window)
        if waited.elapsed() > 60_000:
            raise RuntimeError("the second map did not come to rest")
    desk.settle(window)


def wall(window: DeskWindow) -> None:
    """Put the map on a wall."""
    window.map.look(Viewpoint(*_towers(window), 2300.0, 20.0, 42.0))
    window.set_theme("dark")
    window.parts.wall.enter()
    window.showNormal()
    window.resize(1920, 1080)
    desk.settle(window)


def _towers(window: DeskWindow) -> tuple[float, float]:
    """Return where the towers of the middle stand (m)."""
    x, y = window.store.district.from_lonlat(117.4560, 38.8345)
    return float(x), float(y)


PICTURES: dict[str, Callable[[DeskWindow], None]] = {
    "demo-street": street,
    "demo-two-maps": two_maps,
    "demo-wall": wall,
}
"""Pictures of the window by name, and what is done for each."""
