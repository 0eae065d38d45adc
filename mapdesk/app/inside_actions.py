"""Opening a building on the map: its floors pull apart, its units stand as rooms, and one walks among them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QObject, QTimer

from mapdesk.analysis.extrude import Mesh
from mapdesk.analysis.rooms import long_axis
from mapdesk.app.jobs import Progress
from mapdesk.layers.style import MapStyle, map_style
from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref
from mapdesk.panels.unit_matrix import count_by_unit
from mapdesk.scene3d.map_canvas import MapCanvas
from mapdesk.scene3d.open_floors import Outlines
from mapdesk.scene3d.rooms import OpenBuilding, RoomPicker
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.viewpoint import Viewpoint, fit_solid
from mapdesk.services import insides
from mapdesk.services.insides import Inside
from mapdesk.services.register_cards import REGISTER, RegisterCard
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

PITCH = 32.0
"""Degrees from which floors pulled apart are looked at: flat enough to see between them."""
ASLANT = 24.0
"""Degrees off the long side: seen square on, a floor has no depth."""
FILLED = 0.8
"""Part of the picture an opened building takes."""
_FRAME = 16

Built = tuple[Inside, list[Mesh], RoomPicker]


def build(store: Store, building_id: str, origin: tuple[float, float]) -> Built:
    """Return a building's inside with its meshes, ready to be shown; any thread."""
    inside = insides.inside_of(store, building_id)
    return inside, insides.floor_meshes(inside, origin), RoomPicker(inside)


def viewpoint_of(inside: Inside, aspect: float, bearing: float) -> Viewpoint:
    """Return where an opened building is looked at from: its long side, the nearer to `bearing`."""
    along = 90.0 - long_axis(inside.footprint)
    sides = [along + square + turn for square in (-90.0, 90.0) for turn in (-ASLANT, ASLANT)]
    facing = min(sides, key=lambda one: abs((one - bearing + 180.0) % 360.0 - 180.0))
    heights = inside.opened(len(inside.floors) // 2)
    top = float(heights[-1]) + inside.each
    xmin, ymin, xmax, ymax = shapely.bounds(inside.footprint).tolist()
    bounds = (xmin, ymin, xmax, ymax)
    return fit_solid(bounds, float(heights[0]), top, aspect, facing, PITCH, FILLED)


def show_open(view: MapCanvas, style: MapStyle, built: Built, open_: OpenBuilding) -> None:
    """Show floors on a map where `open_` has them, in place of the building."""
    inside, meshes, _picker = built
    colours, veil = open_.colours(style), style.colour("land")
    heights = open_.heights
    buildings = view.content.buildings
    hidden = None if buildings is None else buildings.features.positions.get(inside.id)
    of = Outlines(np.array([inside.footprint], object), np.array([inside.top]))

    def change(scene: Scene) -> None:
        scene.open.show(meshes, colours, veil, of)
        scene.open.lift(heights)
        scene.buildings.hide(hidden)

    view.overlay.open = open_
    view.change_scene(change, redraw=False)


class InsideDesk(QObject):
    """The opened building of one window, or none. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._built: Built | None = None
        self._from: Viewpoint | None = None
        self._opening = ""
        self._card: tuple[str, str | None] | None = None
        self._move: tuple[NDArray[np.float64], NDArray[np.float64], float] | None = None
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME)
        self._frames.timeout.connect(self._move_on)
        view, asking = window.map, window.asking
        view.walked.connect(self.walk)
        view.stepped.connect(self.step_to)
        view.installEventFilter(self)
        asking.home_shown.connect(self._on_home)
        asking.card_shown.connect(self._on_card)
        asking.people_shown.connect(self._on_people)
        window.session.access_changed.connect(self._on_access)

    @property
    def open_building(self) -> OpenBuilding | None:
        """What is open, as it stands now."""
        return self._window.map.overlay.open

    # ------------------------------------------------------------------ opening and closing

    def open_focus(self) -> None:
        """Open the building of the card; the one that is open closes."""
        focus = self._window.session.focus
        now = self.open_building
        if self._card is None or focus is None or focus.noun not in ("building", *REGISTER):
            if now is not None:
                self.close()
            else:
                self._window.tell(tr("Click a building first, then open it."))
        elif now is not None and now.inside.id == self._card[0]:
            self.close()
        else:
            self.open(*self._card)

    def open(self, building_id: str, unit_id: str | None = None) -> None:
        """Open a building, and point out one of its units."""
        self._opening = building_id
        store, origin = self._window.store, self._window.store.district.origin
        view = self._window.map
        aspect, bearing = max(view.width(), 1) / max(view.height(), 1), view.viewpoint.bearing

        def work(_progress: Progress) -> tuple[Built, Viewpoint]:
            built = build(store, building_id, origin)
            return built, viewpoint_of(built[0], aspect, bearing)

        def show(answer: tuple[Built, Viewpoint]) -> None:
            self._show(*answer, unit_id)

        self._window.jobs.run("inside", work, show)

    def _show(self, built: Built, viewpoint: Viewpoint, unit_id: str | None) -> None:
        window, inside = self._window, built[0]
        here = self.open_building
        if here is None:
            self._from = window.map.viewpoint
        self._built = built
        floor = inside.places[unit_id][0] if unit_id in inside.places else None
        counts = here.counts if here is not None and here.inside.id == inside.id else None
        open_ = OpenBuilding(inside, inside.closed(), floor, unit_id, counts)
        show_open(window.map, self._style, built, open_)
        window.map.rooms = built[2]
        window.map.setFocus()
        window.map.fly(viewpoint)
        self._move_to(inside.opened(floor))
        focus = window.session.focus
        if focus is None or (focus.noun not in REGISTER and focus.id != inside.id):
            window.asking.card(Ref("building", inside.id))
        elif focus.id == inside.id:
            window.asking.people_of_focus()
        said = tr("Arrows walk between floors and rooms, Enter shows who lives there, Esc closes.")
        window.status.showMessage(said, 15_000)

    def leave(self) -> None:
        """Put the building together again and stay: the map is about to look elsewhere."""
        self._from = None
        self.close()

    def close(self) -> None:
        """Put the building together again, and go back to where it was opened from."""
        self._window.jobs.cancel("inside")
        if self.open_building is None:
            return
        self._frames.stop()
        self._move = self._built = None
        view = self._window.map
        view.rooms = None
        view.overlay.open = None

        def change(scene: Scene) -> None:
            scene.open.clear()
            scene.buildings.hide(None)

        view.change_scene(change)
        view.refresh()
        if self._from is not None:
            view.fly(self._from)

    # ------------------------------------------------------------------ moving floors

    def _move_to(self, heights: NDArray[np.float64]) -> None:
        """Let floors glide to their heights; at once where flights take no time."""
        open_ = self.open_building
        if open_ is None:
            return
        self._move = (open_.heights, heights, time.monotonic())
        if self._window.map.flight_seconds <= 0:
            self.finish()
        else:
            self._frames.start()

    def _move_on(self) -> None:
        if self._move is None:
            self._frames.stop()
            return
        start, end, began = self._move
        part = (time.monotonic() - began) / max(self._window.map.flight_seconds, 1e-3)
        if part >= 1:
            self.finish()
            return
        eased = part * part * (3 - 2 * part)
        self._lift(start + (end - start) * eased, moving=True)

    def finish(self) -> None:
        """Skip to where the floors are going."""
        self._frames.stop()
        if self._move is not None:
            end = self._move[1]
            self._move = None
            self._lift(end, moving=False)

    def _lift(self, heights: NDArray[np.float64], *, moving: bool) -> None:
        view, open_ = self._window.map, self.open_building
        if open_ is None:
            return
        view.overlay.open = replace(open_, heights=heights)
        view.change_scene(lambda scene: scene.open.lift(heights), redraw=False)
        view.redraw(rough=moving)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:
        """Skip the rest of a movement at any key, click or turn of the wheel."""
        skips = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)
        if event is not None and event.type() in skips and self._move is not None:
            self.finish()
        return False

    # ------------------------------------------------------------------ walking

    def walk(self, aside: int, up: int) -> None:
        """Go some rooms to the right and some floors up, as seen; the first step enters the lowest floor."""
        open_ = self.open_building
        if open_ is None:
            return
        inside = open_.inside
        if open_.floor is None:
            self._point(0 if up >= 0 else len(inside.floors) - 1, 0)
            return
        at = inside.places[open_.room][1] if open_.room in inside.places else 0
        if up:
            floor = min(max(open_.floor + up, 0), len(inside.floors) - 1)
            there = inside.above(open_.floor, at, floor)
            self._point(floor, there)
        else:
            step = aside if self._runs_right(inside, open_.floor) else -aside
            self._point(open_.floor, inside.beside(open_.floor, at, step))

    def _runs_right(self, inside: Inside, floor: int) -> bool:
        """Say whether the rooms of a floor run to the right on the screen as it is looked at."""
        rooms = inside.rooms[floor]
        if len(rooms) < 2:
            return True
        ends = shapely.get_coordinates(shapely.centroid([rooms[0].outline, rooms[-1].outline]))
        pixels, _depth = self._window.map.projection.to_screen(ends)
        return bool(pixels[1, 0] >= pixels[0, 0])

    def step_to(self, floor: int) -> None:
        """Look at a floor."""
        self._point(floor, None)

    def _point(self, floor: int, at: int | None) -> None:
        """Point out a room, or a floor alone, and make room above its floor."""
        open_ = self.open_building
        if open_ is None:
            return
        rooms = open_.inside.rooms[floor]
        room = rooms[at].id if at is not None and 0 <= at < len(rooms) else None
        self._repaint(replace(open_, floor=floor, room=room))
        self._window.status.showMessage(self._said(floor, room), 15_000)
        if floor != open_.floor:
            self._move_to(open_.inside.opened(floor))

    def _said(self, floor: int, room: str | None) -> str:
        open_ = self.open_building
        if open_ is None:
            return ""
        if room is None:
            return tr("Floor {floor}", floor=open_.inside.floors[floor])
        place = open_.inside.places[room]
        return open_.words(open_.inside.rooms[place[0]][place[1]].unit)

    def enter(self) -> bool:
        """Show the card of the room one stands in; say whether there is one."""
        open_ = self.open_building
        if open_ is None or open_.room is None:
            return False
        self._window.asking.card(Ref("unit", open_.room))
        return True

    def _repaint(self, open_: OpenBuilding) -> None:
        """Show what is open otherwise than it was: other colours, other labels."""
        view, style = self._window.map, self._style
        view.overlay.open = open_
        colours, veil = open_.colours(style), style.colour("land")
        view.change_scene(lambda scene: scene.open.paint(colours, veil))
        view.refresh()

    # ------------------------------------------------------------------ what listeners do

    @property
    def _style(self) -> MapStyle:
        return map_style(self._window.theme)

    def set_style(self) -> None:
        """Paint what is open in the theme in force."""
        if self.open_building is not None:
            self._repaint(self.open_building)

    def _on_card(self, card: Any) -> None:
        self._card = (card.ref.id, None) if card.ref.noun == "building" else None
        if self._card is not None:
            self._leave_others(card.ref.id)

    def _on_home(self, card: RegisterCard) -> None:
        """Point out the unit of the card in the opened building; close one that it is not in."""
        if card.building is None:
            self._card = None
            return
        building = str(card.building["id"])
        unit = str(card.unit["id"]) if card.unit else None
        self._card = (building, unit)
        self._leave_others(building)
        open_ = self.open_building
        if open_ is not None and unit in open_.inside.places:
            self._point(*open_.inside.places[unit])

    def _leave_others(self, building: str) -> None:
        """Close what is open, or about to open, unless it is the building of the card."""
        open_ = self.open_building
        if open_ is not None and open_.inside.id != building:
            self.leave()
        elif self._opening != building:
            self._window.jobs.cancel("inside")

    def _on_people(self, people: list[dict[str, Any]], _households: dict[str, int]) -> None:
        """Number the rooms with who lives there, where the card has just counted them."""
        open_, focus = self.open_building, self._window.session.focus
        if open_ is not None and focus == Ref("building", open_.inside.id):
            self._repaint(replace(open_, counts=count_by_unit(people)))

    def _on_access(self, access: Access) -> None:
        open_ = self.open_building
        if open_ is not None and not access.has_purpose:
            self._repaint(replace(open_, counts=None))
