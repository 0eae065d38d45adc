"""Coordinates in the window: going to some, seeing those under the pointer, copying them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QInputDialog, QMenu

from mapdesk.app.go_dialog import GoDialog
from mapdesk.app.jobs import Progress
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
from mapdesk.services import terrain, whereabouts
from mapdesk.services.whereabouts import SYSTEMS, Whereabouts

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

NEAR = 420.0
"""Metres from which a place that was jumped to is looked at."""


class PlaceDesk(QObject):
    """Goes to typed places and says where the pointer is. GUI thread only.

    Parameters
    ----------
    system : str
        What coordinates are shown and copied in: a key of `SYSTEMS`, or "EPSG:N".
    """

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._at: tuple[float, float] | None = None
        self.menu: QMenu | None = None
        kept = str(window.settings.value("coordinates", "lonlat"))
        self.system = kept if kept in SYSTEMS or kept.startswith("EPSG:") else "lonlat"
        window.map.pointed.connect(self._on_pointed)
        window.status.system_wanted.connect(self.choose_system)

    # ------------------------------------------------------------------ going somewhere

    def go(self) -> None:
        """Ask for coordinates or a grid's code, and fly there."""
        dialog = GoDialog(self._window.store, self._window.jobs, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.found.connect(self.show_place)
        dialog.open()

    def show_place(self, place: Whereabouts) -> None:
        """Fly to a place and mark it."""
        window = self._window
        text = place.title or f"{place.lon:.6f}, {place.lat:.6f}"
        window.map.overlay.tools.place = (place.x, place.y, text)
        window.map.refresh()
        window.map.fly_to(place.x, place.y, NEAR)
        window.map.setFocus()
        if place.swapped:
            window.tell(tr("Taken the other way round: only so it lies near this district."))

    # ------------------------------------------------------------------ showing and copying

    def choose_system(self) -> None:
        """Ask what coordinates are shown and copied in."""
        menu = QMenu(self._window)
        for system, title in SYSTEMS.items():
            self._offer(menu, tr(title), system)
        if self.system not in SYSTEMS:
            self._offer(menu, self.system, self.system)
        menu.addSeparator()
        other = menu.addAction(tr("Another system…"))
        if other is not None:
            other.triggered.connect(self._ask_system)
        self.menu = menu
        button = self._window.status.lonlat
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _offer(self, menu: QMenu, title: str, system: str) -> None:
        action = QAction(title, menu)
        action.setCheckable(True)
        action.setChecked(system == self.system)
        action.triggered.connect(partial(self.set_system, system))
        menu.addAction(action)

    def _ask_system(self) -> None:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Another system…"))
        dialog.setLabelText(tr("A coordinate reference system, such as EPSG:4526:"))
        dialog.textValueSelected.connect(self.set_system)
        dialog.open()

    def set_system(self, system: str, _checked: bool = False) -> None:
        """Show and copy coordinates in a system from now on; one that is not known is refused."""
        wanted = system.strip()
        if wanted not in SYSTEMS:
            wanted = wanted.upper() if ":" in wanted else f"EPSG:{wanted}"

        def work(_progress: Progress) -> None:
            if wanted not in SYSTEMS:
                whereabouts.parse_system(wanted)

        def take(_known: None) -> None:
            self.system = wanted
            self._window.settings.setValue("coordinates", wanted)
            if self._at is not None:
                self._on_pointed(*self._at)

        self._window.jobs.run("coordinates", work, take)

    def copy_here(self) -> None:
        """Copy the coordinates of the place under the pointer, else of the middle of the map."""
        view = self._window.map
        self.copy_at(*(self._at or (view.viewpoint.x, view.viewpoint.y)))

    def copy_at(self, x: float, y: float) -> None:
        """Copy the coordinates of a place (m)."""
        self._say(x, y, "copy place", self._window.copy)

    def clear(self) -> None:
        """Take the mark of the place jumped to away."""
        self._window.map.overlay.tools.place = None
        self._window.map.refresh()

    def _on_pointed(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._window.status.show_projected(self._window.store.district.crs, x, y)
        self._say(x, y, "pointed", self._window.status.show_place)

    def _say(self, x: float, y: float, key: str, then: Callable[[str], None]) -> None:
        district, system = self._window.store.district, self.system
        height = terrain.ground_height(self._window.parts.heights.terrain, x, y)

        # PROJ builds its pipeline anew in every thread that asks, which takes 60 ms: not in this one.
        def work(_progress: Progress) -> str:
            try:
                said = whereabouts.say_place(district, x, y, system)
            except WorldError:
                return ""
            return said if height is None else f"{said}, {whereabouts.say_height(height)}"

        self._window.jobs.run(key, work, then)
