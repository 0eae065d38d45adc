"""Questions from the window to the services, and answers into the session: off the GUI thread, latest wins."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from mapdesk.app.jobs import Jobs, Progress
from mapdesk.feeds.positions import Positions
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE
from mapdesk.model.selection import NOT_ASKED, Combine, Living, Nearby, Ref, Selection
from mapdesk.model.session import Session
from mapdesk.model.shapes import GroundShape
from mapdesk.services import (
    cards,
    counting,
    finding,
    nearest,
    register_cards,
    residents,
    selecting,
)
from mapdesk.services.cards import Card
from mapdesk.services.finding import Found
from mapdesk.services.live import LiveWorkers
from mapdesk.services.register_cards import REGISTER, RegisterCard
from mapdesk.store import places
from mapdesk.store.database import Store

NEAREST_COUNT = 5
NAMED = 200
"""Things of a selection, by noun, whose names are read for the list."""


class Asking(QObject):
    """Asks services and passes answers on.

    Signals
    -------
    card_shown(Card), people_shown(list, dict), home_shown(RegisterCard)
    counted(Ref, Living)
        How many live in a building or grid.
    named(Selection, dict)
        Names of selected things.
    moved(Positions)
        Workers moved.
    failed(Exception)
    """

    card_shown = pyqtSignal(object)
    people_shown = pyqtSignal(object, object)
    home_shown = pyqtSignal(object)
    counted = pyqtSignal(object, object)
    named = pyqtSignal(object, object)
    moved = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, store: Store, session: Session, jobs: Jobs) -> None:
        super().__init__(jobs)
        self._store = store
        self._session = session
        self._jobs = jobs
        self._live: LiveWorkers | None = None
        self._stepping = False
        self.nearest_from: tuple[float, float] | None = None
        self._history: list[Selection] = [Selection()]
        self._at = 0
        self._gestures: list[tuple[GroundShape, Combine]] = []
        """Gestures not answered yet: one that adds must not lose the one before it."""

    @property
    def positions(self) -> Positions | None:
        """Where workers are now; None until they are read."""
        return self._live.positions if self._live else None

    # ------------------------------------------------------------------ cards and people

    def pick(self, ref: Ref | None, x: float, y: float, gone: Collection[str] = ()) -> None:
        """Show the card of what was clicked, or of the grid at the place (m) where there is nothing.

        Parameters
        ----------
        gone : collection of str
            Ids of grids that are not on the map there.
        """
        if ref is None:
            self.grid_at(x, y, gone)
        else:
            self.card(ref)

    def card(self, ref: Ref) -> None:
        """Show the card of a thing; of a person, household or unit it marks the floor too."""
        if ref.noun in REGISTER:
            self.home(ref)
            return
        self._session.set_focus(ref)

        def work(_progress: Progress) -> Card:
            return self._card_of(ref)

        self._jobs.run("card", work, self._show_card)

    def _card_of(self, ref: Ref) -> Card:
        """Return a card in the language and for the purpose in force; any thread."""
        return cards.card_of(self._store, ref, LANGUAGE.code[:2], self._session.access)

    def _show_card(self, card: Card) -> None:
        self.card_shown.emit(card)
        if card.ref.noun == "building":
            self.people_of_focus()

    def people_of_focus(self) -> None:
        """Show who lives in the building whose card is shown, where a purpose is in force."""
        focus, access = self._session.focus, self._session.access
        if focus is None or focus.noun != "building" or not access.has_purpose:
            return

        def work(_progress: Progress) -> tuple[list[dict[str, Any]], dict[str, int]]:
            people = residents.people_of_building(self._store, access, focus.id)
            return people, residents.households_of_building(self._store, access, focus.id)

        def show(answer: tuple[list[dict[str, Any]], dict[str, int]]) -> None:
            self.people_shown.emit(*answer)

        self._jobs.run("people", work, show)

    def count_of_focus(self) -> None:
        """Say how many live in the building or grid whose card is shown, for the purpose in force."""
        focus, access = self._session.focus, self._session.access
        if focus is None or focus.noun not in ("building", "grid"):
            return

        def work(_progress: Progress) -> Living:
            return counting.people_of(self._store, access, focus)

        self._jobs.run("people.count", work, partial(self.counted.emit, focus))

    def home(self, ref: Ref) -> None:
        """Show the card of a person, household or unit."""
        access = self._session.access

        def work(_progress: Progress) -> RegisterCard:
            return register_cards.register_card(self._store, access, ref, LANGUAGE.code[:2])

        self._jobs.run("card", work, self._show_home)

    def _show_home(self, card: RegisterCard) -> None:
        self._session.set_focus(card.ref)
        self.home_shown.emit(card)

    def grid_at(self, x: float, y: float, gone: Collection[str] = ()) -> None:
        """Show the card of the finest grid at a place (m) but those that are gone."""

        def work(_progress: Progress) -> Card | None:
            ids = [one for one in places.ids_at(self._store, "grid", x, y) if one not in gone]
            if not ids:
                return None
            finest = max(places.rows(self._store, "grid", ids), key=_level)
            return self._card_of(Ref("grid", finest["id"]))

        def show(card: Card | None) -> None:
            if card is not None:
                self._session.set_focus(card.ref)
                self._show_card(card)

        self._jobs.run("card", work, show)

    def find(
        self,
        text: str,
        show: Callable[[str, list[Found]], None],
        refuse: Callable[[str, str], None],
    ) -> None:
        """Find things, people too where a purpose is in force; a refusal is a sentence."""
        access = self._session.access

        def work(_progress: Progress) -> list[Found]:
            return finding.find(self._store, text, access, 30)

        def fail(error: Exception) -> None:
            refuse(text, str(error) if isinstance(error, WorldError) else "")
            self.failed.emit(error)

        self._jobs.run("find", work, partial(show, text), fail)

    # ------------------------------------------------------------------ selections

    def select(self, shape: GroundShape, how: Combine) -> None:
        """Take everything inside a shape; the latest gesture wins over those it replaces."""
        if how == "replace":
            self._gestures.clear()
        self._gestures.append((shape, how))
        gestures = tuple(self._gestures)
        old, positions = self._session.selection, self.positions
        access = self._session.access

        def work(_progress: Progress) -> Selection:
            found = old
            for drawn, combining in gestures:
                new = selecting.select(self._store, selecting.GESTURE_NOUNS, drawn, positions)
                found = found.combined(new, combining)
            if tuple(self._gestures) != gestures:
                return found  # A later gesture has its say: this one has not settled.
            return selecting.counted(self._store, access, found)

        self._jobs.run("select", work, self.take, self._select_failed)

    def _select_failed(self, error: Exception) -> None:
        self._gestures.clear()
        self.failed.emit(error)

    def select_inside(self, ref: Ref) -> None:
        """Take everything inside a grid, building or other area."""
        self._gestures.clear()
        positions, access = self.positions, self._session.access

        def work(_progress: Progress) -> Selection:
            shape = selecting.shape_of(self._store, ref.noun, ref.id)
            _ = shape.outlines  # thinned here, not where it is painted
            found = selecting.select(self._store, selecting.GESTURE_NOUNS, shape, positions)
            return selecting.counted(self._store, access, found)

        self._jobs.run("select", work, self.take)

    def take(self, selection: Selection) -> None:
        """Select these things; undo brings back what was selected before."""
        self._gestures.clear()
        del self._history[self._at + 1 :]
        self._history.append(selection)
        self._at = len(self._history) - 1
        self._session.select(selection)

    def keep_only(self, noun: str) -> None:
        """Keep one group of the selection; undo brings the others back."""
        self.take(self._session.selection.only(noun))

    def clear(self) -> None:
        """Select nothing; undo brings it back."""
        self.take(Selection())

    def step_history(self, by: int) -> None:
        """Go back (-1) or forth (+1) among the selections made."""
        self._at = min(max(self._at + by, 0), len(self._history) - 1)
        self._session.select(self._history[self._at])
        self._count()

    def on_access(self) -> None:
        """Count who lives in what is selected for the purpose in force.

        With the purpose the count goes, and every selection in which people were found.
        """
        if not self._session.access.has_purpose:
            self._forget_found()
        self._history = [replace(one, people=NOT_ASKED) for one in self._history]
        self._count()

    def _forget_found(self) -> None:
        """Show what was selected last without an answer about people; the first selection is none."""
        before = [one for one in self._history[: self._at + 1] if one.found is None]
        after = [one for one in self._history[self._at + 1 :] if one.found is None]
        was_found = self._history[self._at].found is not None
        self._gestures.clear()  # they are cancelled
        self._history, self._at = [*before, *after], len(before) - 1
        if was_found:
            self._session.select(self._history[self._at])

    def _count(self) -> None:
        """Count who lives in the selection where that was not asked yet."""
        selection, access = self._history[self._at], self._session.access
        if selection.people.is_asked or not selection:
            return

        def work(_progress: Progress) -> Selection:
            return selecting.counted(self._store, access, selection)

        def show(counted: Selection) -> None:
            if self._history[self._at] == selection:
                self._history[self._at] = counted
                self._session.select(counted)

        self._jobs.run("select.count", work, show)

    def name_selection(self, selection: Selection) -> None:
        """Read names for the list of a selection."""

        def work(_progress: Progress) -> dict[Ref, str]:
            return {
                Ref(noun, row["id"]): cards.title_of(row)
                for noun, ids in selection.groups.items()
                for row in places.rows(self._store, noun, ids[:NAMED])
            }

        self._jobs.run("names", work, partial(self.named.emit, selection))

    # ------------------------------------------------------------------ workers

    def begin(self) -> None:
        """Read the workers; from then on `step_workers` moves them."""

        def work(_progress: Progress) -> LiveWorkers:
            return LiveWorkers.of(self._store)

        self._jobs.run("live", work, self._set_live)

    def _set_live(self, live: LiveWorkers) -> None:
        self._live = live

    def step_workers(self) -> None:
        """Move workers on by a second and, where asked, say anew who is nearest."""
        live = self._live
        if live is None or live.walk is None or self._stepping:
            return
        self._stepping = True
        place = self.nearest_from if self._session.nearest else None

        def work(_progress: Progress) -> tuple[Positions, tuple[Nearby, ...]]:
            positions = live.step(1.0)
            return positions, self._nearest_to(place, positions)

        self._jobs.run("step", work, self._show_step, self._step_failed)

    def _show_step(self, answer: tuple[Positions, tuple[Nearby, ...]]) -> None:
        self._stepping = False
        positions, found = answer
        if found and self._session.nearest:
            self._session.set_nearest(found)
        self.moved.emit(positions)

    def _step_failed(self, error: Exception) -> None:
        self._stepping = False
        self.failed.emit(error)

    def nearest(self, x: float, y: float) -> None:
        """Show the nearest available workers to a place (m), live from then on."""
        self.nearest_from = (x, y)
        positions = self.positions

        def work(_progress: Progress) -> tuple[Nearby, ...]:
            return self._nearest_to((x, y), positions)

        self._jobs.run("nearest", work, self._show_nearest)

    def _show_nearest(self, found: tuple[Nearby, ...]) -> None:
        self._session.set_nearest(found)
        if not found:
            self.failed.emit(WorldError("No worker is available: import workers, or wait for one."))

    def _nearest_to(
        self, place: tuple[float, float] | None, positions: Positions | None
    ) -> tuple[Nearby, ...]:
        if place is None:
            return ()
        return tuple(nearest.nearest(self._store, "worker", *place, NEAREST_COUNT, positions))


def _level(grid: dict[str, Any]) -> int:
    return int(grid["level"])
