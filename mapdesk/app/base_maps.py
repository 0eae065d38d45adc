"""The base map of one map view: vector, imagery or 3D, switched with one call."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from mapdesk.app.imagery import Imagery, Swipe
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.terrain_view import TerrainView
from mapdesk.layers.basemaps import BaseMap, BaseMapChoice, base_map, tracks_opacity
from mapdesk.layers.layers import LayerList
from mapdesk.layers.rasters import RasterLayer
from mapdesk.model.errors import NotFoundError
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.scene import Scene
from mapdesk.services import imagery
from mapdesk.store.database import Store

KEY = "basemap"


class BaseMapView(QObject):
    """Shows base maps on a map view. GUI thread only.

    Signals
    -------
    changed(BaseMap)
        Another one is shown.
    """

    changed = pyqtSignal(object)

    def __init__(self, view: MapView, layers: LayerList, store: Store, runner: Runner) -> None:
        super().__init__(view)
        self._view, self._store, self._runner = view, store, runner
        self.choice = BaseMapChoice(layers)
        self.imagery = Imagery(view, store, runner)
        self.terrain = TerrainView(view, store, runner)
        self.choice.changed.connect(self._on_changed)

    @property
    def current(self) -> BaseMap:
        """The base map shown."""
        return self.choice.current

    def choose(
        self,
        name: str,
        refused: Callable[[Exception], None] | None = None,
        *,
        with_ticks: bool = True,
    ) -> None:
        """Show a base map; imagery once it is known that there is some.

        Parameters
        ----------
        refused : callable, optional
            Called with what keeps it from being shown; the map stays as it is.
        with_ticks : bool
            Show the layers it has ticked; otherwise those that are ticked now.
        """
        self._runner.cancel(KEY)  # what was asked for before must not come after
        choose = self.choice.choose if with_ticks else self.choice.adopt
        if not base_map(name).imagery:
            choose(name)
            return

        def work(_progress: Progress) -> list[RasterLayer]:
            return imagery.shown(self._store)

        def show(found: list[RasterLayer]) -> None:
            self.imagery.show(found)
            choose(name)

        self._runner.run(KEY, work, show, refused)

    def reload(self) -> None:
        """Read rasters anew after they were changed; without any left the map is shown in 3D."""
        if not self.current.imagery:
            return

        def work(_progress: Progress) -> list[RasterLayer]:
            return [one for one in imagery.layers(self._store) if one.shown]

        def show(found: list[RasterLayer]) -> None:
            if not found:
                self.choice.choose("3d")
            elif self.current.imagery:
                self.imagery.show(found)

        self._runner.run(KEY, work, show)

    def compare(self, swipe: Swipe | None) -> None:
        """Draw two rasters either side of a line, or end that.

        Raises
        ------
        NotFoundError
            One of them is not drawn.
        """
        if swipe is not None:
            names = [layer.name for layer in self.imagery.layers]
            for name in (swipe.left, swipe.right):
                if name not in names:
                    drawn = ", ".join(names) or "none"
                    raise NotFoundError(f"'{name}' is not drawn; of rasters there are: {drawn}.")
        self.imagery.compare(swipe)

    def _on_changed(self, chosen: BaseMap) -> None:
        if not chosen.imagery:
            self.imagery.compare(None)
            self.imagery.show([])
        flat = chosen.flat
        self._view.overlay.flat, self._view.overlay.imagery = flat, chosen.imagery
        quiet = tracks_opacity(chosen.imagery)

        def change(scene: Scene) -> None:
            scene.flatten(flat)
            scene.see_through("railway", quiet)

        self._view.change_scene(change)
        self._view.refresh()
        self.changed.emit(chosen)

    def close(self) -> None:
        """Load no more."""
        self.imagery.close()

    def wait_closed(self) -> None:
        """Wait until threads have ended; any thread."""
        self.imagery.wait_closed()
