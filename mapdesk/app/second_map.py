"""Two maps of one district: side by side, or one of them on another screen; linked, or each for itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QApplication

from mapdesk.app.ending import Ending
from mapdesk.app.map_pane import THEMES, MapPane, MapWindow
from mapdesk.app.memory import bring_within_reach
from mapdesk.app.overview_actions import OverviewDesk
from mapdesk.feeds.positions import Positions
from mapdesk.layers.basemaps import BASE_MAP_NAMES
from mapdesk.layers.layers import ORDER, LayerList
from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref, Selection
from mapdesk.model.spans import Span
from mapdesk.scene3d.hovering import gone_grids_at
from mapdesk.scene3d.map_view import Lock
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services.cards import Card
from mapdesk.services.timeline import Times

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

SETTING = "second_map"
NAME = "Second map"


class SecondMap(QObject):
    """The second map of one window. GUI thread only."""

    def __init__(self, window: DeskWindow, overview: OverviewDesk) -> None:
        super().__init__(window)
        self._window = window
        self.pane: MapPane | None = None
        self.frame: MapWindow | None = None
        self._ended: Ending | None = None
        self._is_following = False
        window.leaving.connect(self._on_leaving)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.screenRemoved.connect(self._on_screen_gone)
        overview.view_locked.connect(self._on_view_locked)
        window.guard.locked.connect(self._on_locked)
        window.guard.unlocked.connect(self._on_unlocked)
        if self._kept().get("open"):
            self._make()
            # What the first map needs comes first.
            once = Qt.ConnectionType.SingleShotConnection
            window.map.pictured.connect(self._load, once)  # type: ignore[call-arg]
            if self._kept().get("apart"):
                self.switch_window()

    # ------------------------------------------------------------------ actions

    def switch(self) -> None:
        """Show a second map beside the first, or close it."""
        if self.pane is not None:
            self._close()
            return
        pane = self._make()
        pane.set_wall(self._window.map.sign_scale)
        self._load()
        pane.view.setFocus()

    def reload(self) -> None:
        """Read the district anew, if there is a second map."""
        if self.pane is not None:
            self.pane.reload()

    def refresh_points(self, nouns: Collection[str]) -> None:
        """Read points of some nouns anew, if there is a second map."""
        if self.pane is not None:
            self.pane.loader.refresh_points(nouns)

    def switch_link(self) -> None:
        """Let both maps go together, or each for itself."""
        if self.pane is None:
            self._window.tell(tr("Open the second map first: View, Second map."))
        else:
            self.pane.link.toggle()

    def switch_window(self) -> None:
        """Put the second map into a window of its own, for another screen, or back beside the first."""
        if self.pane is None:
            self.switch()
        if self.pane is None:
            return
        if self.frame is not None:
            frame = self._let_go_of_frame(self.frame)
            self._put_beside(self.pane)
            frame.close()
            return
        title = f"{self._window.store.district.name} — {tr(NAME)}"
        self.frame = MapWindow(self.pane, title)
        self.frame.closed.connect(self._close)
        self._window.memory.restore_frame(self.frame, NAME)
        self.frame.show()
        self.pane.view.setFocus()

    def switch_full(self) -> None:
        """Let the second map fill a screen, in its own window, or stop doing so."""
        if self.frame is None:
            self.switch_window()
        if self.frame is not None:
            self.frame.switch_full()

    # ------------------------------------------------------------------ opening and closing

    def _make(self) -> MapPane:
        window, kept = self._window, self._kept()
        layers = LayerList()
        shown = kept.get("layers")
        wanted = [noun for noun in ORDER if noun in shown] if isinstance(shown, list) else None
        layers.show_only(window.layers.visible() if wanted is None else wanted)
        theme = kept.get("theme")
        if theme not in THEMES:
            theme = "dark" if window.theme == "light" else "light"
        pane = MapPane(window.store, layers, str(theme), self._access)
        pane.link.setChecked(bool(kept.get("linked", True)))
        pane.view.flight_seconds = window.map.flight_seconds
        pane.set_lock(window.map.lock, window.map.overlay.tools.lock)
        pitch = kept.get("pitch")
        level = replace(
            window.map.viewpoint, pitch=float(pitch) if isinstance(pitch, (int, float)) else 90.0
        )
        pane.view.viewpoint = level.limited()
        self.pane = pane
        base = kept.get("base")
        if base in BASE_MAP_NAMES and base != pane.base.current.name:
            pane.base.choose(str(base), self._no_base, with_ticks=not wanted)
        self._put_beside(pane)
        pane.apart.connect(self.switch_window)
        pane.full.connect(self.switch_full)
        pane.closing.connect(self._close)
        pane.linked.connect(self._follow)
        pane.resized.connect(self._follow)
        pane.refused.connect(window.tell)
        pane.view.looked.connect(self._on_second_looked)
        pane.view.picked.connect(self._on_picked)
        pane.view.opened.connect(self._on_opened)
        pane.view.pointed.connect(window.map.pointed)
        pane.timed_changed.connect(self._on_timed)
        window.map.looked.connect(self._follow)
        window.asking.moved.connect(self._on_moved)
        window.asking.card_shown.connect(self._on_card)
        window.session.selection_changed.connect(self._on_selection)
        window.session.access_changed.connect(self._on_access)
        return pane

    def _no_base(self, _error: Exception) -> None:
        """Go on with the usual base map where the one remembered is gone."""

    def _access(self) -> Access:
        return self._window.session.access

    def _on_access(self, access: Access) -> None:
        """Let exact counts stay on the map only for the purpose they were asked for."""
        if self.pane is not None:
            self.pane.keep_to(access)

    def _put_beside(self, pane: MapPane) -> None:
        """Put the second map beside the first, as wide as that."""
        maps = self._window.maps
        maps.addWidget(pane)
        pane.show()
        half = max(maps.width() // 2, 1)
        maps.setSizes([half, half])

    def _load(self) -> None:
        if self.pane is not None:
            time = self._window.parts.time
            self.show_time(time.span, time.times)
            terrain = self._window.parts.base.view.terrain
            self.pane.base.terrain.choose(terrain.wanted, terrain.times)
            self.pane.loader.load()
            self._follow()

    def _close(self) -> None:
        """Let go of the second map."""
        window, pane = self._window, self.pane
        if pane is None:
            return
        self._keep(open_=False)
        self.pane = None
        window.map.looked.disconnect(self._follow)
        window.asking.moved.disconnect(self._on_moved)
        window.asking.card_shown.disconnect(self._on_card)
        window.session.selection_changed.disconnect(self._on_selection)
        window.session.access_changed.disconnect(self._on_access)
        self._end(pane)
        pane.hide()
        pane.setParent(None)
        if self.frame is not None:
            self._let_go_of_frame(self.frame).close()
        window.map.setFocus()

    def _end(self, pane: MapPane) -> None:
        """Let a map's threads end behind it, after those of the map closed before."""
        earlier = self._ended
        pane.close_pane(*([earlier.wait] if earlier is not None else []))
        self._ended = pane.ending
        if pane.ending is not None:
            pane.ending.ended.connect(pane.deleteLater)

    def wait_closed(self) -> None:
        """Wait until what closed maps held is let go; any thread."""
        if self._ended is not None:
            self._ended.wait()

    def _let_go_of_frame(self, frame: MapWindow) -> MapWindow:
        """Forget the own window, remembering where it stood; it closes without taking the map along."""
        self._window.memory.keep_frame(frame, NAME)
        frame.closed.disconnect(self._close)
        self.frame = None
        frame.deleteLater()
        return frame

    def _on_screen_gone(self) -> None:
        """Bring both windows back within reach when a screen is taken away."""
        bring_within_reach(self._window)
        if self.frame is not None:
            bring_within_reach(self.frame)

    def _on_leaving(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.screenRemoved.disconnect(self._on_screen_gone)
        if self.pane is None:
            return
        self._keep(open_=True)
        self._end(self.pane)
        if self.frame is not None:
            self.pane.setParent(None)
            self._let_go_of_frame(self.frame).close()

    def show_time(self, span: Span | None, times: Mapping[str, Times]) -> None:
        """Let the second map show the time of the first."""
        if self.pane is not None:
            self.pane.timed.show(span, times)
            self.pane.styles.show_span(span)

    def _on_timed(self) -> None:
        self._window.parts.time.read_soon()

    def _on_view_locked(self, lock: Lock, text: str) -> None:
        if self.pane is not None:
            self.pane.set_lock(lock, text)

    def _on_locked(self) -> None:
        if self.pane is not None:
            self.pane.forget_people()
        if self.frame is not None:
            self.frame.hide()

    def _on_unlocked(self) -> None:
        if self.frame is not None:
            self.frame.show()

    def _keep(self, *, open_: bool) -> None:
        pane = self.pane
        if pane is None:
            return
        kept = {
            "open": open_,
            "apart": self.frame is not None,
            "linked": pane.is_linked,
            "theme": pane.theme,
            "base": pane.base.current.name,
            "pitch": pane.view.viewpoint.pitch,
            "layers": pane.layers.visible(),
        }
        self._window.settings.setValue(SETTING, json.dumps(kept))

    def _kept(self) -> dict[str, Any]:
        try:
            found = json.loads(str(self._window.settings.value(SETTING, "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    # ------------------------------------------------------------------ going together

    def _follow(self) -> None:
        """Let the second map look where the first looks, if they are linked."""
        if self.pane is None or not self.pane.is_linked or self._is_following:
            return
        self._is_following = True
        try:
            self.pane.follow(self._window.map.viewpoint, self._window.map.height())
        finally:
            self._is_following = False

    def _on_second_looked(self, view: Viewpoint) -> None:
        if self.pane is None or not self.pane.is_linked or self._is_following:
            return
        first = self._window.map
        distance = view.distance * first.height() / max(self.pane.view.height(), 1)
        wanted = replace(view, distance=distance, pitch=first.viewpoint.pitch).limited()
        if wanted == first.viewpoint:
            return
        self._is_following = True
        try:
            first.look(wanted, moving=True)
        finally:
            self._is_following = False

    # ------------------------------------------------------------------ what both show

    def _on_picked(self, ref: Ref | None, x: float, y: float) -> None:
        if self.pane is not None:
            gone = gone_grids_at(self.pane.view, x, y)
            self._window.asking.pick(ref, x, y, gone)

    def _on_opened(self, ref: Ref | None, x: float, y: float) -> None:
        if ref is not None and ref.noun == "camera":
            self._window.commands.open_streams([ref.id])
        elif self.pane is not None and self.pane.view.lock != "all":
            self.pane.view.fly_to(x, y)

    def _on_card(self, card: Card) -> None:
        if self.pane is not None:
            self.pane.pointing.point_at(card)

    def _on_selection(self, selection: Selection) -> None:
        if self.pane is not None:
            self.pane.pointing.show_selection(selection)

    def _on_moved(self, positions: Positions) -> None:
        if self.pane is None:
            return
        points = self.pane.view.overlay.points
        layer = points.get("worker")
        if layer is not None and len(layer.ids) == len(positions.ids):
            points["worker"] = replace(layer, xy=positions.xy)
            if self.pane.layers.is_visible("worker"):
                self.pane.view.refresh()
