"""Rasters on one map: opened off the GUI thread, their tiles loaded for where it looks, drawn as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from mapdesk.analysis.pyramid import Sight
from mapdesk.app.jobs import Progress, Runner
from mapdesk.formats.rasters.raster import Raster
from mapdesk.layers.rasters import RasterLayer, at_time
from mapdesk.model.spans import Span
from mapdesk.scene3d.divider import DividerMark, put_line
from mapdesk.scene3d.ground_pictures import PictureLook
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import imagery
from mapdesk.services.imagery import Opened
from mapdesk.services.tile_loading import TileLoader
from mapdesk.store.database import Store

LOOK_AFTER = 60
"""Milliseconds without movement after which tiles are chosen anew; while the map moves, as often."""
DRAW_AFTER = 40
"""Milliseconds in which tiles that come are drawn together."""
PAPER_WAIT = 60.0
"""Seconds a picture for paper waits for its tiles."""
_NUMBERS = count()
"""Each picture for paper is a job of its own: none takes another's voice."""


@dataclass(frozen=True)
class Swipe:
    """Two rasters by name, either side of a line at a part, 0 to 1, of the width."""

    left: str
    right: str
    part: float = 0.5


class Imagery(QObject):
    """The rasters of one map view. GUI thread only.

    Signals
    -------
    told(str)
        What is wrong with a raster, in a sentence; the map goes on.
    drawn()
        Tiles were put on the map.
    wanted_changed()
        Other rasters are to be drawn.
    """

    told = pyqtSignal(str)
    drawn = pyqtSignal()
    wanted_changed = pyqtSignal()
    _changed = pyqtSignal()
    _failed = pyqtSignal(str, str)

    def __init__(self, view: MapView, store: Store, runner: Runner) -> None:
        super().__init__(view)
        self._view, self._store, self._runner = view, store, runner
        self._loader: TileLoader | None = None
        self._layers: list[RasterLayer] = []
        self._wanted: list[RasterLayer] = []
        self._span: Span | None = None
        self._open: dict[RasterLayer, Raster] = {}
        self._seen: tuple[Viewpoint, int, int, float] | None = None
        self._swipe: Swipe | None = None
        self._is_opening = False
        # Opened by threads; what no answer brought to the map by then is closed.
        self._fresh: list[Raster] = []
        self._apart = 0
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(LOOK_AFTER)
        self._look_timer.timeout.connect(self._look)
        self._draw_timer = QTimer(self)
        self._draw_timer.setSingleShot(True)
        self._draw_timer.setInterval(DRAW_AFTER)
        self._draw_timer.timeout.connect(self._draw)
        self._changed.connect(self._on_changed)
        self._failed.connect(self._on_failed)
        view.looked.connect(self._on_looked)
        view.pictured.connect(self._on_looked)
        view.apart = self

    @property
    def layers(self) -> list[RasterLayer]:
        """What is drawn, from below to above."""
        return list(self._layers)

    @property
    def swipe(self) -> Swipe | None:
        """The two that are compared, if any."""
        return self._swipe

    @property
    def is_busy(self) -> bool:
        """Whether something that is seen is still to be loaded or drawn."""
        waits = self._look_timer.isActive() or self._draw_timer.isActive() or self._is_opening
        return waits or (self._loader is not None and self._loader.is_busy)

    # ------------------------------------------------------------------ what is shown

    def show(self, layers: Sequence[RasterLayer]) -> None:
        """Draw these rasters and no others, from below to above; none takes all away."""
        self._wanted = list(layers)
        self.wanted_changed.emit()
        self._show()

    @property
    def dated(self) -> list[Span]:
        """When those rasters were taken of which it is known, drawn or not."""
        return [one.span for one in self._wanted if one.span is not None]

    def newest(self, span: Span) -> str | None:
        """Return the name of the newest dated raster as of the end of a span; None where there is none."""
        dated = [one for one in at_time(self._wanted, span) if one.span is not None]
        return dated[-1].name if dated else None

    def show_at(self, span: Span | None) -> None:
        """Draw rasters as of the end of a span, or all of them again."""
        if span == self._span:
            return
        was, self._span = self._seen_at(), span
        if self._seen_at() != was:
            self._show()

    def _seen_at(self) -> list[RasterLayer]:
        if self._span is None:
            return self._wanted
        found, swipe = at_time(self._wanted, self._span), self._swipe
        both = () if swipe is None else (swipe.left, swipe.right)
        # What is compared stays, though it was taken later.
        return found + [one for one in self._wanted if one.name in both and one not in found]

    def _show(self) -> None:
        layers = self._seen_at()
        self._is_opening = True
        there = dict(self._open)

        def work(_progress: Progress) -> Opened:
            found = imagery.open_all(self._store, layers, there)
            new = [raster for layer, raster in found.rasters if layer.origin not in there]
            self._fresh.extend(new)
            return found

        self._runner.run("imagery", work, self._show_opened, self._not_opened)

    def _show_opened(self, found: Opened) -> None:
        self._is_opening = False
        if self._loader is None and found.rasters:
            self._loader = TileLoader(self._changed.emit, self._failed.emit)
        self._layers = [layer for layer, _raster in found.rasters]
        self._open = {layer.origin: raster for layer, raster in found.rasters}
        if self._loader is not None:
            self._loader.set_rasters([(layer.name, raster) for layer, raster in found.rasters])
        self._close_unused({id(raster) for _layer, raster in found.rasters})
        names = {layer.name for layer in self._layers}
        if self._swipe is not None and not {self._swipe.left, self._swipe.right} <= names:
            self._set_divider(None)
        self._view.overlay.picture_attributions = imagery.attributions(self._layers)
        for sentence in found.said:
            self.told.emit(sentence)
        self._view.refresh()
        self._draw()
        self._seen = None
        self._look()

    def _close_unused(self, used: set[int]) -> None:
        """Close what was opened for an answer that came too late: all but these, by `id`."""
        while self._fresh:
            raster = self._fresh.pop()
            if id(raster) not in used:
                raster.close()

    def _not_opened(self, error: Exception) -> None:
        self._is_opening = False
        raise error

    def restyle(self, layer: RasterLayer) -> None:
        """Draw a raster with another opacity or brightness."""
        self._layers = [layer if one.name == layer.name else one for one in self._layers]
        self._wanted = [layer if one.name == layer.name else one for one in self._wanted]
        self._draw()

    def compare(self, swipe: Swipe | None) -> None:
        """Draw one raster on each side of a line, or end that."""
        was = self._seen_at()
        self._set_divider(swipe)
        if self._seen_at() != was:
            self._show()
        self._draw()

    def move_divider(self, part: float) -> None:
        """Move the line."""
        if self._swipe is None:
            return
        self._set_divider(Swipe(self._swipe.left, self._swipe.right, part))
        put_line(self._view, part)

    def _set_divider(self, swipe: Swipe | None) -> None:
        self._swipe = swipe
        self._view.overlay.divider = (
            None if swipe is None else DividerMark(swipe.part, swipe.left, swipe.right)
        )

    def wait(self, seconds: float) -> bool:
        """Load and draw what is seen now, at once; say whether all of it came in time."""
        self._look_timer.stop()
        self._look()
        came = self._loader is None or self._loader.wait(seconds)
        self._draw()
        return came

    # ------------------------------------------------------------------ pictures for paper

    def prepare(self, sight: Sight, then: Callable[[], None]) -> None:
        """Load what a picture for paper shows; the screen keeps what it has until `release`."""
        loader = self._loader
        self._apart += 1
        if loader is None or not self._layers:
            then()
            return

        def work(_progress: Progress) -> bool:
            loader.look(sight)
            return loader.wait(PAPER_WAIT)

        def draw(_came: bool) -> None:
            self._draw()
            then()

        self._runner.run(f"imagery-{next(_NUMBERS)}", work, draw)

    def release(self) -> None:
        """Load for the screen again."""
        self._apart = max(self._apart - 1, 0)
        self._seen = None
        self._look()

    # ------------------------------------------------------------------ loading and drawing

    def _on_looked(self, _viewpoint: object = None) -> None:
        if self._loader is not None and not self._look_timer.isActive():
            self._look_timer.start()

    def _look(self) -> None:
        view = self._view
        seen = view.viewpoint, view.width(), view.height(), view.devicePixelRatioF()
        if self._loader is None or self._apart or seen == self._seen:
            return
        self._seen = seen
        self._loader.look(view.projection.sight(view.devicePixelRatioF()))

    def _on_changed(self) -> None:
        if not self._draw_timer.isActive():
            self._draw_timer.start()

    def _on_failed(self, _name: str, sentence: str) -> None:
        self.told.emit(sentence)

    def _draw(self) -> None:
        self._draw_timer.stop()
        pieces = [] if self._loader is None else self._loader.pieces()
        looks = {layer.name: self._look_of(layer) for layer in self._layers}
        swipe = self._swipe

        def change(scene: Scene) -> None:
            if swipe is not None:
                scene.sides.line = swipe.part
            scene.pictures.show(pieces, looks)

        # A map that moves draws itself; its next picture has the tiles.
        self._view.change_scene(change, redraw=not self._view.is_moving)
        self.drawn.emit()

    def _look_of(self, layer: RasterLayer) -> PictureLook:
        swipe = self._swipe
        if swipe is None:
            return PictureLook(layer.opacity, layer.brightness)
        if layer.name not in (swipe.left, swipe.right):
            return PictureLook(0.0)
        return PictureLook(layer.opacity, layer.brightness, -1 if layer.name == swipe.left else 1)

    # ------------------------------------------------------------------ the end

    def close(self) -> None:
        """Load no more."""
        self._look_timer.stop()
        self._draw_timer.stop()
        self._view.looked.disconnect(self._on_looked)
        self._view.pictured.disconnect(self._on_looked)
        if self._loader is not None:
            self._loader.close()

    def wait_closed(self) -> None:
        """Wait until threads have ended and files are closed; any thread."""
        if self._loader is not None:
            self._loader.wait_closed()
        self._close_unused(set())
