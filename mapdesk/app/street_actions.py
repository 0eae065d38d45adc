"""Street view in the window: its dock, the arrows to the next panorama, and where one stands on the map."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QWidget

from mapdesk.app.jobs import Progress
from mapdesk.app.pointing import wedge
from mapdesk.app.window_parts import add_dock
from mapdesk.layers.style import map_style
from mapdesk.model.errors import NotFoundError, WorldError
from mapdesk.model.language import tr_sentence
from mapdesk.model.selection import Ref
from mapdesk.scene3d.panorama_view import PanoramaView, Stop
from mapdesk.scene3d.standpoint import Standpoint
from mapdesk.services import panoramas
from mapdesk.services.panorama_imports import UndoneImport
from mapdesk.services.panoramas import Sign, Stops

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

NEAR = 450.0
"""Metres from which the map is looked at where one stands."""
SEEN = 45.0
"""Metres that the wedge on the map reaches."""
HEIGHT = 340
"""Pixels of the dock when it first opens."""


class StreetDesk(QObject):
    """Owns the Street view dock, which is hidden and empty until it is first asked for. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._stops: Stops | None = None
        self._at: int | None = None
        self._undone: list[UndoneImport] = []
        self.view: PanoramaView | None = None
        self.dock = add_dock(
            window, "Street view", QWidget(), Qt.DockWidgetArea.BottomDockWidgetArea
        )
        self.dock.hide()
        window.docks["Street view"] = self.dock
        window.actions_table.qt["view.street"].setCheckable(True)
        self.dock.visibilityChanged.connect(self._on_visible)
        window.map.picked.connect(self._on_picked)
        window.map.opened.connect(self._on_opened)
        window.leaving.connect(self._on_leaving)

    @property
    def is_open(self) -> bool:
        """Whether street view is on."""
        return not self.dock.isHidden()

    def switch(self) -> None:
        """Open street view where the map is, or close it."""
        self._tick()
        if self.is_open:
            self.dock.hide()
        else:
            self.show()

    def show(self) -> None:
        """Open street view at the panorama nearest to the middle of the map."""
        view = self._window.map.viewpoint
        self._open(partial(Stops.nearest, x=view.x, y=view.y))

    def show_focus(self) -> None:
        """Open the panorama whose card is shown, or the one nearest to what the card is of."""
        focus, place = self._window.session.focus, self._window.map.overlay.marks.focus_xy
        if focus is not None and focus.noun == "panorama":
            self.show_one(focus.id)
        elif place is not None:
            self._open(partial(Stops.nearest, x=place[0], y=place[1]))
        else:
            self.show()

    def show_one(self, key: str) -> None:
        """Open street view at the panorama of an id."""

        def chosen(stops: Stops) -> int:
            if key not in stops.ids:
                raise NotFoundError(
                    f"The panorama '{key}' is no longer there; open street view from another place."
                )
            return int(np.flatnonzero(stops.ids == key)[0])

        self._open(chosen)

    def go(self, index: int) -> None:
        """Stand in another panorama; the latest wish wins."""
        stops = self._stops
        if stops is None:
            return
        window = self._window
        file, heading = str(stops.files[index]), float(np.nan_to_num(stops.headings[index]))
        # As the ground really is, however steep the map shows it.
        ground, buildings = window.parts.heights.terrain, window.map.content.footprints
        shows_cameras = window.layers.is_visible("camera")

        def work(_progress: Progress) -> Stop:
            picture = panoramas.picture(window.store, file)
            title, credit = title_of(stops, index), str(stops.credits[index])
            signs: list[Sign] = []
            if shows_cameras:
                walls = None if buildings is None else buildings.on(ground).picker
                place = stops.xy[index]
                signs = panoramas.cameras_around(window.store, place, ground, walls)
            return Stop(picture, heading, stops.hops(index, ground), title, credit, signs)

        window.jobs.run("street.picture", work, partial(self._stand, index), self._refuse)

    def ask_folder(self) -> None:
        """Ask for a folder of panoramas to import, or an import to take back."""
        from mapdesk.app.panorama_dialog import PanoramaDialog

        window = self._window
        dialog = PanoramaDialog(window.store, window.jobs, self._undone, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._on_changed)
        dialog.open()

    # ------------------------------------------------------------------ steps

    def _open(self, choose: Callable[[Stops], int]) -> None:
        """Read where panoramas are, and go to the one that `choose` takes of them."""
        window = self._window

        def work(_progress: Progress) -> tuple[Stops, int]:
            stops = panoramas.stops(window.store)
            return stops, choose(stops)

        def begin(answer: tuple[Stops, int]) -> None:
            self._stops, index = answer
            self._unfold()
            window.layers.set_visible("panorama", True)
            self.go(index)

        window.jobs.run("street", work, begin)

    def _unfold(self) -> None:
        view = self._made()
        if self.is_open:
            return
        self.dock.show()
        self.dock.raise_()
        self._window.resizeDocks([self.dock], [HEIGHT], Qt.Orientation.Vertical)
        view.setFocus()

    def _made(self) -> PanoramaView:
        """Return the view, made at first use: its thread and its OpenGL context come with it."""
        if self.view is None:
            self.view = PanoramaView()
            self.view.hopped.connect(self.go)
            self.view.looked.connect(self._mark)
            self.view.picked.connect(self._window.asking.card)
            self.dock.setWidget(self.view)
        return self.view

    def _stand(self, index: int, stop: Stop) -> None:
        stops, view = self._stops, self._made()
        if stops is None or not self.is_open:
            return
        if self._at is None:
            view.look = view.look.turned(stop.heading - view.look.bearing, 0.0)
        self._at = index
        view.colours = map_style(self._window.theme).symbol
        view.show_stop(stop)
        self._mark()
        x, y = stops.xy[index].tolist()
        self._window.map.fly_to(x, y, min(self._window.map.viewpoint.distance, NEAR))

    def _mark(self, _look: object = None) -> None:
        """Show on the map where one stands and what one sees."""
        marks, stops, view = self._window.map.overlay.marks, self._stops, self.view
        if not self.is_open or stops is None or self._at is None or view is None:
            marks.street = None
        else:
            x, y = stops.xy[self._at].tolist()
            seen = wedge(x, y, view.look.bearing, view.across, SEEN)
            marks.street = Standpoint(x, y, seen)
        self._window.map.refresh()

    def _tick(self) -> None:
        self._window.actions_table.qt["view.street"].setChecked(self.is_open)

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, WorldError) and self.view is not None:
            self.view.say(tr_sentence(str(error)))
        self._window.tell(error)

    # ------------------------------------------------------------------ what it listens to

    def _on_visible(self, _visible: bool) -> None:
        if self.dock.isHidden():
            self._window.jobs.cancel("street.picture")
        elif self.view is None and self._window.loaded:
            self.show()
        elif (
            self.view is None
        ):  # left open last time: the map opens where it was left, not on a street
            self.dock.hide()
        self._tick()
        self._mark()

    def _on_picked(self, ref: Ref | None, _x: float, _y: float) -> None:
        if ref is not None and ref.noun == "panorama" and self.is_open:
            self.show_one(ref.id)

    def _on_opened(self, ref: Ref | None, _x: float, _y: float) -> None:
        if ref is not None and ref.noun == "panorama":
            self.show_one(ref.id)

    def _on_changed(self) -> None:
        """Show what an import brought or its undoing took."""
        self._at = None
        self.dock.hide()
        self._window.layers.set_visible("panorama", True)
        self._window.reload()

    def _on_leaving(self) -> None:
        self._window.map.overlay.marks.street = None
        if self.view is not None:
            self.view.close_view()

    def wait_closed(self) -> None:
        """Wait for the thread that draws; any thread."""
        if self.view is not None:
            self.view.wait_closed()


def title_of(stops: Stops, index: int) -> str:
    """Return a panorama's name and when it was taken."""
    taken = stops.taken_at[index]
    when = "" if np.isnat(taken) else str(taken.astype("datetime64[m]")).replace("T", " ")
    return "  ·  ".join(part for part in (str(stops.names[index]), when) if part)
