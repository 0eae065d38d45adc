"""What a bookmark keeps of a window, and giving it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mapdesk.app.terrain_view import KEY as TERRAIN
from mapdesk.layers.basemaps import BASE_MAP_NAMES, TERRAINS
from mapdesk.layers.layers import ORDER
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services.bookmarks import NO_LAYERS, Bookmark

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

Keep = Callable[["DeskWindow"], Any]
Give = Callable[["DeskWindow", Any], None]


def _base_map(window: DeskWindow) -> str:
    return window.parts.base.view.current.name


def _show_base_map(window: DeskWindow, name: object) -> None:
    if name in BASE_MAP_NAMES:
        window.parts.base.view.choose(str(name), window.tell, with_ticks=False)


def _terrain(window: DeskWindow) -> float:
    found = window.parts.base.view.terrain
    return found.times if found.shown else 0.0


def _show_terrain(window: DeskWindow, times: object) -> None:
    coming, now = window.parts.base.view.terrain, _terrain(window)
    # One under way would come over this one.
    if window.jobs.is_under_way(TERRAIN):
        now = coming.times if coming.wanted else 0.0
    if times in TERRAINS.values() and times != now:
        window.parts.base.stand(float(str(times)))


MORE: dict[str, tuple[Keep, Give]] = {
    "basemap": (_base_map, _show_base_map),
    "terrain": (_terrain, _show_terrain),
}
"""What other parts keep with a view, by name: how it is read off a window, and given back to one."""


def bookmark_of(window: DeskWindow, name: str) -> Bookmark:
    """Return what a window shows as a bookmark."""
    view = window.map.viewpoint
    return Bookmark(
        name,
        view.x,
        view.y,
        view.distance,
        view.bearing,
        view.pitch,
        tuple(window.layers.visible()) or NO_LAYERS,
        window.theme,
        {key: keep(window) for key, (keep, _give) in MORE.items()},
    )


def viewpoint_of(one: Bookmark) -> Viewpoint:
    """Return where a bookmark looks from."""
    return Viewpoint(one.x, one.y, one.distance, one.bearing, one.pitch).limited()


def dress(window: DeskWindow, one: Bookmark) -> None:
    """Show a bookmark's layers, theme and what else it keeps, without moving; an opened building closes."""
    window.parts.inside.leave()
    if one.layers and list(one.layers) != window.layers.visible():
        window.layers.show_only([noun for noun in ORDER if noun in one.layers])
    if one.theme != window.theme:
        window.set_theme(one.theme)
    for key, (_keep, give) in MORE.items():
        if key in one.more:
            give(window, one.more[key])
