"""The overview in the map's corner, the north arrow's click and the lock of the view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, pyqtSignal
from PyQt6.QtGui import QImage

from mapdesk.app.jobs import Progress
from mapdesk.layers.style import map_style
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.scene3d import navigation
from mapdesk.scene3d.attribution import attribution_box
from mapdesk.scene3d.map_view import Lock
from mapdesk.scene3d.overview import (
    ABOVE,
    BELOW_LOCK,
    GAP,
    MARGIN,
    NARROW,
    WIDTH,
    Bounds,
    OverviewMap,
    fitted,
    picture,
)
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services.overview import overview_shapes

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

_NEXT: dict[Lock, Lock] = {"": "tilt", "tilt": "all", "all": ""}


class OverviewDesk(QObject):
    """Owns the overview map of one window, and the lock of its view. GUI thread only.

    Signals
    -------
    view_locked(Lock, str)
        What of the view is locked now, and how that is said.
    """

    view_locked = pyqtSignal(str, str)

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._drawn_for: tuple[str, Bounds] | None = None
        self.map = OverviewMap(map_style(window.theme), window.map)
        self.map.moved.connect(self._on_moved)
        self.map.scrolled.connect(self._on_scrolled)
        kept = str(window.settings.value("overview", "false"))
        self.map.setVisible(kept == "true")
        window.map.looked.connect(self._on_looked)
        window.map.pictured.connect(self._on_pictured)
        window.map.north_wanted.connect(window.commands.north_up)
        window.map.installEventFilter(self)
        LANGUAGE.changed.connect(self._on_language)
        window.leaving.connect(self._on_leaving)
        self._retranslate()

    def switch(self) -> None:
        """Show or hide the overview."""
        shown = self.map.isHidden()
        self.map.setVisible(shown)
        self._window.settings.setValue("overview", "true" if shown else "false")
        self._place()
        self._window.map.refresh()
        self._on_pictured()

    def renew(self) -> None:
        """Draw the district anew: it was read again."""
        self._drawn_for = None
        self._on_pictured()

    def switch_lock(self) -> None:
        """Lock tilt and rotation, then all of the view, then nothing."""
        view = self._window.map
        view.lock = _NEXT[view.lock]
        self._retranslate()

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Keep to the corner of the map."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        """Stand above the sources; on a narrow map below the north arrow, clear of a legend."""
        view, before = self._window.map, self.map.pos()
        sources = attribution_box(view.font(), view.projection, view.overlay.sources).height()
        y = view.height() - self.map.height() - max(ABOVE, round(sources) + GAP)
        if view.width() < NARROW:
            y = min(y, BELOW_LOCK)
        self.map.move(view.width() - WIDTH - MARGIN, max(y, 0))
        self.map.raise_()
        if self.map.pos() != before:
            view.refresh()

    # ------------------------------------------------------------------ drawing

    def _on_looked(self, _view: Viewpoint) -> None:
        if not self.map.isHidden():
            self.map.show_view(self._window.map.projection)

    def _on_pictured(self) -> None:
        """Draw the district where that was not done yet for this theme and these bounds."""
        window = self._window
        if self.map.isHidden() or not window.loaded:
            return
        self._place()
        self.map.show_view(window.map.projection)
        bounds, theme = fitted(window.loader.bounds()), window.theme
        if self._drawn_for == (theme, bounds):
            return
        self._drawn_for = theme, bounds
        style, store = map_style(theme), window.store
        self.map.style_of_map = style

        def work(_progress: Progress) -> QImage:
            shapes = overview_shapes(store, (bounds[2] - bounds[0]) / WIDTH / 2)
            return picture(shapes, bounds, style)

        def show(image: QImage) -> None:
            self.map.show_picture(image, bounds)

        window.jobs.run("overview", work, show, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        # The next picture of the map tries again.
        self._drawn_for = None
        self._window.tell(error)

    def _on_moved(self, x: float, y: float) -> None:
        view = self._window.map
        view.move_by_hand(replace(view.viewpoint, x=x, y=y))

    def _on_scrolled(self, steps: float) -> None:
        view = self._window.map
        middle = view.width() / 2, view.height() / 2
        view.move_by_hand(navigation.zoomed(view.projection, middle, steps))

    def _on_language(self, _code: str) -> None:
        self._retranslate()

    def _retranslate(self) -> None:
        self.map.setToolTip(tr("Drag the frame, or click where to look; the wheel zooms"))
        texts = {"": "", "tilt": tr("tilt locked"), "all": tr("view locked")}
        view = self._window.map
        view.overlay.tools.lock = texts[view.lock]
        view.refresh()
        self.view_locked.emit(view.lock, texts[view.lock])

    def _on_leaving(self) -> None:
        LANGUAGE.changed.disconnect(self._on_language)
        self._window.map.removeEventFilter(self)
