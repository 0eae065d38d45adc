"""Base maps and imagery in the window: the switch, the list of rasters, the line between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject

from mapdesk.app.base_maps import BaseMapView
from mapdesk.app.imagery import Swipe
from mapdesk.app.imagery_dialog import ImageryDialog
from mapdesk.app.terrain_view import NONE, TIMES
from mapdesk.layers.basemaps import BASE_MAP_NAMES, TERRAINS, BaseMap, terrain_name
from mapdesk.model.language import tr
from mapdesk.scene3d.divider import DividerHandle

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

SETTING = "basemap"
TERRAIN_SETTING = "terrain"
TERRAIN, STEEPER = "view.terrain", "view.steeper"


class BaseMapDesk(QObject):
    """The commands of one window about what lies below everything else. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ImageryDialog | None = None
        self.view = BaseMapView(window.map, window.layers, window.store, window.jobs)
        self.view.imagery.told.connect(window.tell)
        self.view.imagery.drawn.connect(self._on_drawn)
        self.view.changed.connect(self._on_changed)
        self.handle = DividerHandle(window.map)
        self.handle.moved.connect(self._on_divider)
        self.handle.closed.connect(self.end_swipe)
        window.map.installEventFilter(self)
        window.leaving.connect(self.view.close)
        window.leaving.connect(self._on_leaving)
        window.actions_table.qt[TERRAIN].setCheckable(True)
        self.view.terrain.changed.connect(self._on_terrain)
        window.layers_panel.terrain.clicked.connect(self.switch_terrain)
        window.actions_table.show_base(self.view.current.name)

    def restore(self) -> None:
        """Show the base map that was shown when the desk was closed."""
        kept = str(self._window.settings.value(SETTING, ""))
        if kept in BASE_MAP_NAMES and kept != self.view.current.name:
            self.view.choose(kept, self._not_restored, with_ticks=False)
        terrain = TERRAINS.get(str(self._window.settings.value(TERRAIN_SETTING, "off")), 0.0)
        self.view.terrain.choose(bool(terrain), terrain or None)

    # ------------------------------------------------------------------ commands

    def show_vector(self) -> None:
        """Show the flat map."""
        self._choose("vector")

    def show_imagery(self) -> None:
        """Show pictures of the ground."""
        self._choose("imagery")

    def show_3d(self) -> None:
        """Show the map with its buildings standing."""
        self._choose("3d")

    def switch_terrain(self) -> None:
        """Let everything stand on the terrain, or on a plane."""
        terrain = self.view.terrain
        self._tick_terrain()
        if terrain.exists:
            self.stand(0.0 if terrain.shown else terrain.times)
        else:
            self._window.tell(NONE)

    def steepen(self) -> None:
        """Show the terrain as it is, half as steep again, twice as steep, and as it is again."""
        terrain = self.view.terrain
        if not terrain.shown:
            self.switch_terrain()
            return
        times = TIMES[(TIMES.index(terrain.times) + 1) % len(TIMES)]
        self.stand(times)
        said = tr("Terrain {times} times as steep as it is", times=f"{times:g}")
        self._window.status.showMessage(said, 8_000)

    def stand(self, times: float) -> None:
        """Let everything stand on terrain so many times as steep as it is; 0 for a plane."""
        self._window.settings.setValue(TERRAIN_SETTING, terrain_name(times))
        self.view.terrain.choose(times > 0, times or None)

    def show_rasters(self) -> None:
        """List the rasters, add some, and say how they are shown."""
        if self.dialog is None:
            window = self._window
            self.dialog = ImageryDialog(
                window.store, window.jobs, self.view.imagery, self.view.reload, window
            )
            self.dialog.shown_wanted.connect(self.show_imagery)
            self.dialog.swipe_wanted.connect(self.swipe_between)
            self.dialog.forgotten.connect(window.parts.forgotten.offer)
            self.dialog.finished.connect(self._on_dialog_closed)
        self.dialog.show()
        self.dialog.raise_()

    def renew(self) -> None:
        """Read the rasters anew, in the list too: one is kept again."""
        self.view.reload()
        if self.dialog is not None:
            self.dialog.read()

    def swipe(self) -> None:
        """Compare the two uppermost rasters, those with a date before others, or end comparing."""
        if self.view.imagery.swipe is not None:
            self.end_swipe()
            return
        drawn = self.view.imagery.layers
        dated = [layer for layer in drawn if layer.span is not None]
        if len(dated) > 1:
            # Of two dates the earlier lies left, the later right.
            drawn = sorted(dated[-2:], key=lambda layer: layer.taken)
        if len(drawn) < 2:
            self._window.tell(
                tr(
                    "Show the imagery base map with two rasters first: their dates can be compared then."
                )
            )
            return
        self.swipe_between(drawn[-2].name, drawn[-1].name)

    def swipe_between(self, left: str, right: str) -> None:
        """Draw one raster left of a line and another right of it."""
        self._window.parts.time.end_compare()
        swipe = Swipe(left, right)
        self.view.compare(swipe)
        self.handle.place(swipe.part)
        self.handle.show()
        self.handle.raise_()
        self.handle.setFocus()

    def end_swipe(self) -> None:
        """Draw all rasters over one another again."""
        self.view.compare(None)
        self._window.map.setFocus()

    # ------------------------------------------------------------------ what listeners do

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keep the line's handle on it when the map's size changes."""
        swipe = self.view.imagery.swipe
        if event is not None and event.type() == QEvent.Type.Resize and swipe is not None:
            self.handle.place(swipe.part)
        return super().eventFilter(watched, event)

    def _choose(self, name: str) -> None:
        # The button springs back where the base map is refused.
        self._window.actions_table.show_base(self.view.current.name)
        self.view.choose(name, self._window.tell)

    def _not_restored(self, _error: Exception) -> None:
        self._window.settings.setValue(SETTING, self.view.current.name)
        self.view.choice.tick()

    def _on_changed(self, base: BaseMap) -> None:
        self._window.settings.setValue(SETTING, base.name)
        self._window.actions_table.show_base(base.name)

    def _on_terrain(self) -> None:
        terrain = self.view.terrain
        lacking = NONE if terrain.exists is False else ""
        self._window.actions_table.lack((TERRAIN, STEEPER), lacking)
        self._window.layers_panel.show_terrain(shown=terrain.shown, lacking=lacking)
        self._tick_terrain()
        second = self._window.parts.second.pane
        if second is not None:
            second.base.terrain.choose(terrain.wanted, terrain.times)

    def _tick_terrain(self) -> None:
        shown = self.view.terrain.shown
        self._window.actions_table.qt[TERRAIN].setChecked(shown)
        self._window.layers_panel.terrain.setChecked(shown)

    def _on_drawn(self) -> None:
        """Take the line's handle away with the line, whatever ended it."""
        if self.view.imagery.swipe is None:
            self.handle.hide()

    def _on_divider(self, part: float) -> None:
        self.view.imagery.move_divider(part)
        self.handle.place(part)

    def _on_leaving(self) -> None:
        """Let what the sliders were left at be written while that is still possible."""
        if self.dialog is not None:
            self.dialog.reject()

    def _on_dialog_closed(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
