"""Going back and forward among cards, and who lives in a grid or in the selected buildings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from mapdesk.app.jobs import Progress
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError
from mapdesk.model.language import tr
from mapdesk.model.selection import NOT_ASKED, Ref
from mapdesk.services import residents
from mapdesk.services.cards import Card
from mapdesk.services.register_cards import RegisterCard
from mapdesk.services.residents import PeoplePage

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

HOME_DISTANCE = 320.0
"""Metres from which a person's home is looked at: near enough to tell its floors."""
MOST_VISITED = 100
"""Cards that one can go back to."""

Subject = Ref | tuple[str, ...]
"""A thing, or the buildings of an area."""


class CardDesk(QObject):
    """Keeps the cards visited and reads lists of people for the card. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._visited: list[Subject] = []
        self._at = -1
        asking, panel = window.asking, window.card_panel
        asking.card_shown.connect(self._on_card)
        asking.home_shown.connect(self._on_home)
        asking.counted.connect(panel.set_people)
        panel.people_wanted.connect(self.read_people)
        window.session.access_changed.connect(self._on_access)

    # ------------------------------------------------------------------ back and forward

    def back(self) -> None:
        """Show the card before."""
        self._step(-1)

    def forward(self) -> None:
        """Show the card one came back from."""
        self._step(1)

    def _step(self, by: int) -> None:
        if not 0 <= self._at + by < len(self._visited):
            return
        self._at += by
        subject = self._visited[self._at]
        if isinstance(subject, Ref):
            self._window.asking.card(subject)
        else:
            self._show_area(subject)
        self._tell_ways()

    def _visit(self, subject: Subject) -> None:
        """Note what is shown; what lay ahead is forgotten, as in a browser."""
        if 0 <= self._at < len(self._visited) and self._visited[self._at] == subject:
            return
        del self._visited[self._at + 1 :]
        self._visited.append(subject)
        del self._visited[:-MOST_VISITED]
        self._at = len(self._visited) - 1
        self._tell_ways()

    def _tell_ways(self) -> None:
        self._window.card_panel.set_ways(
            back=self._at > 0, forward=self._at + 1 < len(self._visited)
        )

    # ------------------------------------------------------------------ lists of people

    def show_selected_people(self) -> None:
        """List who lives in the selected buildings."""
        buildings = self._window.session.selection.ids("building")
        if buildings:
            self._show_area(buildings)
            self._visit(buildings)
        else:
            self._window.tell(tr("Select buildings first: draw a circle (C) or a lasso (L)."))

    def _show_area(self, buildings: tuple[str, ...]) -> None:
        window = self._window
        selection = window.session.selection
        known = selection.people if selection.ids("building") == buildings else NOT_ASKED
        window.session.set_focus(None)
        window.docks["Card"].show()
        window.docks["Card"].raise_()
        window.card_panel.show_area(buildings, known)

    def read_people(self, subject: Subject, offset: int) -> None:
        """Read a page of the people of a grid or of buildings for the card."""
        window, access = self._window, self._window.session.access

        def work(_progress: Progress) -> PeoplePage:
            if isinstance(subject, Ref):
                return residents.people_of_grid(window.store, access, subject.id, offset)
            return residents.people_of_area(window.store, access, subject, offset)

        window.jobs.run(
            f"people.{offset}", work, partial(self._show_page, subject), self._people_failed
        )

    def _show_page(self, subject: Subject, page: PeoplePage) -> None:
        if self._window.session.access.has_purpose and self._window.card_panel.subject == subject:
            self._window.card_panel.show_page(page)

    def _people_failed(self, error: Exception) -> None:
        """Tell why not; where a purpose is missing the card itself asks for one."""
        panel = self._window.card_panel
        panel.hide_people()
        if not isinstance(error, PurposeError):
            self._window.tell(error)

    # ------------------------------------------------------------------ what listeners do

    def _on_card(self, card: Card) -> None:
        self._visit(card.ref)

    def _on_home(self, card: RegisterCard) -> None:
        """Show a unit, household or person, mark the floor and fly there.

        From unit to unit of the building that is marked already, the view stays as it is.
        """
        window, building = self._window, card.card
        self._visit(card.ref)
        window.card_panel.show_home(card)
        window.session.set_nearest(())
        if building is not None:
            open_ = window.map.overlay.open
            if open_ is not None and open_.inside.id == building.ref.id:
                window.pointing.point_at(building)
                return
            here = window.map.overlay.marks.focus_xy
            window.pointing.point_at(building, int(card.unit["floor"]) if card.unit else None)
            if building.x is None or building.y is None:
                return
            there = here is not None and here[:2] == (building.x, building.y)
            if card.ref.noun == "person" or not there:
                window.map.fly_to(building.x, building.y, HOME_DISTANCE)

    def _on_access(self, access: Access) -> None:
        if access.has_purpose:
            self._window.card_panel.ask_for_people()
