"""The terrain of one map view: shown or not, as steep as it is or steeper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from mapdesk.analysis.terrain import Terrain
from mapdesk.app.jobs import Progress, Runner
from mapdesk.model.errors import NotFoundError
from mapdesk.scene3d.map_view import MapView
from mapdesk.services import terrain
from mapdesk.store.database import Store

KEY = "terrain"
TIMES = (1.0, 1.5, 2.0)
"""Times as steep as it is that terrain can be shown."""
NONE = (
    "This district has no terrain yet: View, Terrain… or 'mapdesk terrain add' brings"
    " an elevation model in."
)


class TerrainView(QObject):
    """Shows a district's terrain on a map view. GUI thread only.

    Signals
    -------
    changed()
        It is shown, or not, or otherwise; or it became known whether there is one.
    """

    changed = pyqtSignal()

    def __init__(self, view: MapView, store: Store, runner: Runner) -> None:
        super().__init__(view)
        self._view, self._store, self._runner = view, store, runner
        self.wanted = False
        self.times = 1.0
        self.exists: bool | None = None

    @property
    def shown(self) -> bool:
        """Whether the map stands on it."""
        return self._view.terrain is not None

    def choose(self, wanted: bool, times: float | None = None, *, must: bool = False) -> None:
        """Show the terrain, or a plane.

        Parameters
        ----------
        times : float, optional
            Times as steep as it is.
        must : bool
            A district without terrain is a failure, not shown as a plane.
        """
        self.wanted = wanted
        self.times = times or self.times
        self.reload(must=must)

    def reload(self, *, must: bool = False) -> None:
        """Read the terrain anew and show it, if it is to be shown."""
        wanted, times, content, store = self.wanted, self.times, self._view.content, self._store
        origin, models = store.district.origin, self._view.models

        def work(_progress: Progress) -> tuple[bool, Terrain | None]:
            if not wanted:
                return terrain.describe(store) is not None, None
            found = terrain.terrain_of(store)
            if found is None:
                if must:
                    raise NotFoundError(NONE)
                return False, None
            steep = steeper(found, times)
            # Made here, not when the window's thread asks for it.
            if content.footprints is not None:
                content.footprints.on(steep)
            if models is not None and models.origin == origin:
                models.on(steep)
            return True, steep

        self._runner.run(KEY, work, self._show)

    def _show(self, answer: tuple[bool, Terrain | None]) -> None:
        self.exists, found = answer
        before = self._view.terrain
        if (before and before.key) != (found and found.key):
            self._view.set_terrain(found)
        self.changed.emit()


def steeper(found: Terrain, times: float) -> Terrain:
    """Return a terrain that rises and falls so many times as much, from its lowest place."""
    if times == 1.0:
        return found
    low = found.reach[0]
    heights = np.asarray(low + (found.heights - low) * np.float32(times), np.float32)
    return replace(found, heights=heights, key=f"{found.key} x{times:g}")
