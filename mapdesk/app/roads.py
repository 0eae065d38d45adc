"""The roads between the map, the session and the panels of a window: what is picked, found and selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from mapdesk.app.window_parts import LentRoom
from mapdesk.model.access import Access
from mapdesk.model.selection import Nearby, Ref, Selection
from mapdesk.scene3d.hovering import gone_grids_at
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services.cards import Card
from mapdesk.services.finding import Found
from mapdesk.services.register_cards import REGISTER

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


class Roads(QObject):
    """Hands on, in one window, what the map, the search, the purpose and the session tell. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._room = LentRoom(window, window.docks["Card"], window.docks["Selection"])
        session, view, asking = window.session, window.map, window.asking
        view.picked.connect(self._on_picked)
        view.opened.connect(self._on_opened)
        view.drawn.connect(asking.select)
        view.placed.connect(asking.nearest)
        view.entered.connect(self._on_entered)
        view.refused.connect(window.tell)
        view.looked.connect(self._on_looked)
        window.search_panel.asked.connect(self._on_asked)
        window.search_panel.chosen.connect(window.commands.go_to_found)
        window.purpose.returnPressed.connect(self._on_purpose)
        window.purpose.returnPressed.connect(view.setFocus)
        window.purpose.editingFinished.connect(self._on_purpose)
        window.purpose.textChanged.connect(self._on_purpose_typed)
        window.radius.entered.connect(view.setFocus)
        window.radius.valueChanged.connect(view.set_radius)
        asking.card_shown.connect(self._on_card)
        asking.people_shown.connect(window.card_panel.show_people)
        asking.named.connect(window.selection_panel.show_selection)
        asking.failed.connect(window.tell)
        session.selection_changed.connect(self._on_selection)
        session.tool_changed.connect(self._on_tool)
        session.nearest_changed.connect(self._on_nearest)
        session.access_changed.connect(self._on_access)

    def _on_picked(self, ref: Ref | None, x: float, y: float) -> None:
        gone = gone_grids_at(self._window.map, x, y)
        self._window.asking.pick(ref, x, y, gone)

    def _on_opened(self, ref: Ref | None, x: float, y: float) -> None:
        if ref is not None and ref.noun == "camera":
            self._window.commands.open_streams([ref.id])
        elif ref is not None and ref.noun == "building":
            self._window.parts.inside.open(ref.id)
        elif (ref is None or ref.noun != "unit") and self._window.map.lock != "all":
            self._window.map.fly_to(x, y)

    def _on_entered(self) -> None:
        if not self._window.map.only_looks:
            self._window.commands.open_focus()

    def _on_asked(self, text: str) -> None:
        self._window.asking.find(text, self._show_found, self._window.search_panel.show_refusal)

    def _show_found(self, text: str, found: list[Found]) -> None:
        self._window.search_panel.show_results(text, found)
        self._window.pointing.mark_found(one.floor for one in found if one.floor is not None)

    def _on_card(self, card: Card) -> None:
        self._window.card_panel.show_card(card)
        self._window.session.set_nearest(())
        self._window.pointing.point_at(card)

    def _on_selection(self, selection: Selection) -> None:
        self._room.lend(bool(selection))
        self._window.pointing.show_selection(selection)
        self._window.asking.name_selection(selection)

    def _on_nearest(self, nearest: tuple[Nearby, ...]) -> None:
        window = self._window
        marks = window.map.overlay.marks
        marks.nearest, marks.nearest_from = nearest, window.asking.nearest_from if nearest else None
        if nearest:
            window.card_panel.show_nearest(nearest)
        window.map.refresh()

    def _on_tool(self, tool: str) -> None:
        self._window.map.set_tool(tool)
        self._window.actions_table.show_tool(tool)

    def _on_access(self, access: Access) -> None:
        window = self._window
        window.search_panel.set_people(access.has_purpose)
        window.asking.on_access()
        window.asking.count_of_focus()
        if access.has_purpose:
            window.asking.people_of_focus()
            return
        # Answers under way were asked for under the purpose that is gone.
        for key in ("card", "people", "find", "select", "streams"):
            window.jobs.cancel(key)
        focus = window.session.focus
        for wall in list(window.walls):
            wall.close()
        window.pointing.forget_floors()
        if focus is not None and focus.noun in REGISTER:
            window.session.set_focus(None)
            window.card_panel.show_nothing()
        else:
            window.card_panel.hide_people()

    def _on_purpose(self) -> None:
        window = self._window
        window.session.set_access(window.store.identity.having(window.purpose.text()))

    def _on_purpose_typed(self, text: str) -> None:
        if not text:  # it is withdrawn at once
            self._on_purpose()

    def _on_looked(self, _view: Viewpoint) -> None:
        self._window.status.show_scale(self._window.map.projection.metres_per_pixel)
