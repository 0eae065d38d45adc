"""A grid from above, north up, for paper."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from mapdesk.app.ending import Ending
from mapdesk.app.jobs import Fail, InlineJobs, Jobs, Progress, Runner
from mapdesk.app.loaded import let_load
from mapdesk.app.map_loader import MapLoader
from mapdesk.app.png import png_of
from mapdesk.formats.grid_book import MapPicture
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.shapes import Area
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter, Presenter, ThreadPresenter
from mapdesk.scene3d.viewpoint import fit
from mapdesk.store import places
from mapdesk.store.database import Store

SIZE = (1000, 750)
"""Pixels: 200 to the inch on A4, where the map is 13 cm wide, and labels as large as the sheet's."""

LAYERS = ("land_use", "road", "railway", "grid", "building")


def picture_of_grid(store: Store, grid_id: str) -> MapPicture:
    """Draw a grid with its border at once; no display is needed, but an application is. GUI thread only.

    Raises
    ------
    NotFoundError
        No such grid.
    """
    drawn: list[MapPicture] = []
    view = _GridView(store, ImmediatePresenter(store.district.origin), InlineJobs())
    try:
        view.draw(grid_id, drawn.append, None)
        let_load(view.map, drawn)
    finally:
        view.close()
    return drawn[0]


class GridDrawing(QObject):
    """Draws one grid for a window, which goes on meanwhile. GUI thread only.

    Parameters
    ----------
    then, fail : callable
        Called with the `MapPicture`, or with why there is none; never after `stop`.
    """

    def __init__(
        self, store: Store, grid_id: str, then: Callable[[MapPicture], None], fail: Fail
    ) -> None:
        super().__init__()
        self._then, self._fail = then, fail
        self._jobs = Jobs()
        self._jobs.failed.connect(self._on_failed)
        self._view: _GridView | None = _GridView(
            store, ThreadPresenter(store.district.origin), self._jobs
        )
        self._view.draw(grid_id, self._on_drawn, self._on_failed)

    def stop(self) -> None:
        """Draw no more; nothing happens where it has ended."""
        view, self._view = self._view, None
        if view is not None:
            self._jobs.stop()
            view.close()
            Ending(self._jobs.close, view.wait_closed).begin()

    def _on_drawn(self, picture: MapPicture) -> None:
        self.stop()
        self._then(picture)

    def _on_failed(self, error: Exception) -> None:
        self.stop()
        self._fail(error)


class _GridView:
    """A map of its own, never shown: loaded, looked at from above, composed and packed."""

    def __init__(self, store: Store, presenter: Presenter, runner: Runner) -> None:
        self._store, self._runner = store, runner
        self._layers = LayerList()
        self._layers.show_only(list(LAYERS))
        self._view = MapView(presenter, map_style("light"))
        self._view.resize(*SIZE)
        self._loader = MapLoader(
            self._view,
            runner,
            store,
            self._layers,
            map_style("light"),
            on_first=_nothing,
            on_all=self._look,
        )
        self._area: Area
        self._then: Callable[[MapPicture], None] = _nothing
        self._is_composed = False

    @property
    def map(self) -> MapView:
        """The map itself."""
        return self._view

    def draw(self, grid_id: str, then: Callable[[MapPicture], None], fail: Fail | None) -> None:
        """Begin, and hand the picture to `then`."""
        self._then = then

        def work(_progress: Progress) -> Area:
            return Area.from_geometry(places.row(self._store, "grid", grid_id)["geometry"])

        self._runner.run("grid", work, self._load, fail)

    def close(self) -> None:
        """Let go of the map."""
        self._loader.close()
        self._view.close_presenter()

    def wait_closed(self) -> None:
        """Wait until its renderer is gone; any thread."""
        self._view.wait_closed()

    def _load(self, area: Area) -> None:
        self._area = area
        self._loader.load()

    def _look(self) -> None:
        view = self._view
        view.overlay.marks.shape = self._area
        view.overlay.furniture = False
        view.pictured.connect(self._compose)
        view.look(fit(self._area.bounds, SIZE[0] / SIZE[1], pitch=90.0))

    def _compose(self) -> None:
        view = self._view
        if view.is_waiting or self._is_composed:
            return
        self._is_composed = True
        image = view.composed()
        metres = view.projection.metres_per_pixel * SIZE[0]

        def work(_progress: Progress) -> MapPicture:
            return MapPicture(
                png_of(image.convertToFormat(QImage.Format.Format_RGB32)),
                metres,
                "; ".join(places.attributions(self._store)),
            )

        self._runner.run("picture", work, self._then)


def _nothing(*_answer: object) -> None:
    return
