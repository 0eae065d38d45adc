"""Filters in the window: the docks Filter and Table, and the roads between them, the services and the map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QDockWidget

from mapdesk.app.jobs import Progress
from mapdesk.app.window_parts import add_dock
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError, WorldError
from mapdesk.model.filters import Filter
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import FoundPeople, Selection
from mapdesk.panels.filter_panel import FilterPanel
from mapdesk.panels.table_panel import TablePanel
from mapdesk.services import filtering
from mapdesk.services.filtering import PAGE, FilterAnswer
from mapdesk.services.selecting import bounds_of, counted
from mapdesk.store import places, saved_filters

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

KEYS = ("filter.count", "filter.ask", "filter.map", "filter.saved", "filter.grids")


class FilterDesk(QObject):
    """The filter builder and its table in one window. GUI thread only.

    Signals
    -------
    answered(FilterAnswer)
        The table shows an answer.
    mapped(Selection)
        The map shows one.
    copy_wanted(Filter, list), doors_wanted(Filter)
        Something is to leave the desk: for whoever writes exports and door lists.
    """

    answered = pyqtSignal(object)
    mapped = pyqtSignal(object)
    copy_wanted = pyqtSignal(object, list)
    doors_wanted = pyqtSignal(object)

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._sorted: tuple[str, bool] = ("", False)
        self._answer: FilterAnswer | None = None
        self.panel, self.table = FilterPanel(), TablePanel()
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        self.filter_dock = add_dock(window, "Filter", self.panel, bottom)
        self.table_dock = add_dock(window, "Table", self.table, bottom)
        window.splitDockWidget(self.filter_dock, self.table_dock, Qt.Orientation.Horizontal)
        window.docks |= {"Filter": self.filter_dock, "Table": self.table_dock}
        self.panel.setMinimumWidth(510)
        for dock in self._docks():
            dock.hide()
        self._connect()

    def _docks(self) -> tuple[QDockWidget, QDockWidget]:
        return self.filter_dock, self.table_dock

    def _connect(self) -> None:
        window, panel, table = self._window, self.panel, self.table
        panel.settled.connect(self._count)
        panel.asked.connect(self.ask)
        panel.mapped.connect(self.show_on_map)
        panel.saved.connect(self._save)
        panel.chosen.connect(self._load)
        panel.renamed.connect(self._rename)
        panel.deleted.connect(self._delete)
        panel.purpose_wanted.connect(window.commands.ask_purpose)
        table.page_wanted.connect(self._read_page)
        table.sort_wanted.connect(self._sort)
        table.picked.connect(self._light_up)
        table.opened.connect(window.commands.follow)
        table.map_wanted.connect(self._map_answer)
        table.copy_wanted.connect(self._on_copy)
        table.doors_wanted.connect(self._on_doors)
        window.session.access_changed.connect(self._on_access)
        window.session.selection_changed.connect(self._on_selection)
        window.closed.connect(self._on_closed)

    # ------------------------------------------------------------------ opening

    def show(self) -> None:
        """Show the builder and the table, and put the cursor into the builder."""
        fresh = not self.filter_dock.isVisible()
        for dock in self._docks():
            dock.show()
            dock.raise_()
        if fresh:
            widths = [510, max(self._window.width() - 510, 480)]
            self._window.resizeDocks(list(self._docks()), widths, Qt.Orientation.Horizontal)
            self._window.resizeDocks([self.filter_dock], [300], Qt.Orientation.Vertical)
        self._window.jobs.run("filter.grids", self._read_grids, self._begin)
        self.panel.noun.setFocus()

    def _read_grids(self, _progress: Progress) -> tuple[list[tuple[str, str]], list[str]]:
        store = self._window.store
        found = places.features(store, "grid", ("name", "code", "level"), geometry=False)
        columns = found.columns
        order = sorted(range(len(found)), key=partial(_coarse_first, columns["level"], found.ids))
        grids = [
            (
                str(found.ids[at]),
                f"{columns['name'][at] or found.ids[at]}  {columns['code'][at] or ''}".strip(),
            )
            for at in order
        ]
        return grids, [one.name for one in saved_filters.saved(store)]

    def _begin(self, answer: tuple[list[tuple[str, str]], list[str]]) -> None:
        grids, names = answer
        if grids != self.panel.around.grids:
            self.panel.set_grids(grids)
        self.panel.set_saved(names)
        self.panel.set_purpose(self._window.session.access.has_purpose)

    # ------------------------------------------------------------------ asking

    def _count(self, filtered: Filter) -> None:
        if not self.filter_dock.isVisible():
            return
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> int:
            return filtering.count(store, access, filtered)

        self._window.jobs.run(
            "filter.count", work, partial(self.panel.show_count, filtered), self._count_failed
        )

    def _count_failed(self, error: Exception) -> None:
        if isinstance(error, WorldError):
            self.panel.show_error(str(error))
        else:
            self._window.tell(error)

    def ask(self, filtered: Filter, order: str = "", descending: bool = False) -> None:
        """Show a filter's answer in the table."""
        store, access = self._window.store, self._window.session.access
        self._sorted = (order, descending)

        def work(_progress: Progress) -> FilterAnswer:
            return filtering.ask(store, access, filtered, order=order, descending=descending)

        self._window.jobs.run("filter.ask", work, self._show_answer, self._ask_failed)

    def _show_answer(self, answer: FilterAnswer) -> None:
        self._answer = answer
        self.table_dock.show()
        self.table_dock.raise_()
        self.table.show_answer(answer, self._sorted[0])
        self.panel.show_count(answer.filter, answer.count)
        self._say_count(answer)
        self.answered.emit(answer)

    def _say_count(self, answer: FilterAnswer) -> None:
        noun = tr(NOUNS[answer.filter.noun].title)
        buildings = f"{len(answer.building_ids):,}"
        said = tr(
            "{noun}: {count} in {buildings} buildings",
            noun=noun,
            count=f"{answer.count:,}",
            buildings=buildings,
        )
        self._window.status.showMessage(said, 15_000)

    def _ask_failed(self, error: Exception) -> None:
        if not isinstance(error, WorldError):
            self._window.tell(error)
            return
        self.table.show_error(str(error))
        if isinstance(error, PurposeError):
            self._window.commands.ask_purpose()

    def _sort(self, name: str, descending: bool) -> None:
        if self._answer is not None:
            self.ask(self._answer.filter, name, descending)

    def _read_page(self, offset: int) -> None:
        answer = self._answer
        if answer is None:
            return
        store, access, (order, descending) = (
            self._window.store,
            self._window.session.access,
            self._sorted,
        )

        def work(_progress: Progress) -> list[dict[str, Any]]:
            return filtering.page(
                store, access, answer.filter, offset, limit=PAGE, order=order, descending=descending
            )

        self._window.jobs.run(
            f"filter.page.{offset}",
            work,
            partial(self._show_page, answer, offset),
            partial(self._page_failed, offset),
        )

    def _show_page(self, answer: FilterAnswer, offset: int, rows: list[dict[str, Any]]) -> None:
        if answer is self._answer:
            self.table.model.add_page(offset, rows)

    def _page_failed(self, offset: int, error: Exception) -> None:
        self.table.model.forget_page(offset)
        self._window.tell(error)

    # ------------------------------------------------------------------ the map

    def show_on_map(self, filtered: Filter) -> None:
        """Select the buildings, or organisations, of a filter's answer and bring them into view."""
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> tuple[FilterAnswer, Selection, tuple[float, ...] | None]:
            answer = filtering.ask(store, access, filtered, limit=1)
            found = [bounds_of(store, noun, ids) for noun, ids in answer.groups.items()]
            selection = counted(store, access, answer.selection())
            return answer, selection, found[0] if found else None

        self._window.jobs.run("filter.map", work, self._take, self._ask_failed)

    def _take(self, answer: tuple[FilterAnswer, Selection, tuple[float, ...] | None]) -> None:
        asked, selection, bounds = answer
        self._window.asking.take(selection)
        self._window.pointing.mark_found(asked.floors)
        if bounds is not None:
            self._window.map.fly_to_all((bounds[0], bounds[1], bounds[2], bounds[3]))
        self._say_count(asked)
        self.mapped.emit(selection)

    def _map_answer(self) -> None:
        if self._answer is not None:
            self.show_on_map(self._answer.filter)

    def _light_up(self, rows: list[dict[str, Any]]) -> None:
        """Light up what the table's selected rows are in, without selecting it."""
        answer = self._answer
        if answer is None or not rows:
            self._window.pointing.show_selection(self._window.session.selection)
            return
        noun, name = ("organisation", "id") if answer.place_ids else ("building", "building_id")
        ids = tuple(sorted({str(row[name]) for row in rows if row.get(name)}))
        found = None
        if answer.filter.personal:
            found = FoundPeople(answer.filter, tuple(str(row["id"]) for row in rows))
        lit = Selection({noun: ids} if ids else {}, found=found)
        self._window.pointing.show_selection(lit)
        floors = ((row.get("building_id"), row.get("floor")) for row in rows)
        self._window.pointing.mark_found(
            (str(key), int(floor)) for key, floor in floors if key and floor is not None
        )

    # ------------------------------------------------------------------ saved filters

    def _save(self, name: str, filtered: Filter) -> None:
        store = self._window.store

        def work(_progress: Progress) -> str:
            return saved_filters.save(store, name, filtered).name

        self._change_saved(work)

    def _rename(self, name: str, new_name: str) -> None:
        store = self._window.store

        def work(_progress: Progress) -> str:
            saved_filters.rename(store, name, new_name)
            return saved_filters.named(store, " ".join(new_name.split())).name

        self._change_saved(work)

    def _delete(self, name: str) -> None:
        store = self._window.store

        def work(_progress: Progress) -> str:
            saved_filters.delete(store, name)
            return ""

        self._change_saved(work)

    def _change_saved(self, work: Any) -> None:
        store = self._window.store

        def change(progress: Progress) -> tuple[str, list[str]]:
            name = work(progress)
            return name, [one.name for one in saved_filters.saved(store)]

        self._window.jobs.run_write("filter.saved", change, self._show_saved, self._saved_failed)

    def _show_saved(self, answer: tuple[str, list[str]]) -> None:
        self.panel.saved_name = answer[0]
        self.panel.set_saved(answer[1])

    def _saved_failed(self, error: Exception) -> None:
        self._window.tell(error)

    def _load(self, name: str) -> None:
        store = self._window.store

        def work(_progress: Progress) -> saved_filters.SavedFilter:
            return saved_filters.named(store, name)

        def show(found: saved_filters.SavedFilter) -> None:
            self.panel.show_filter(found.filter, found.name)

        self._window.jobs.run("filter.saved", work, show)

    # ------------------------------------------------------------------ what listeners do

    def _on_copy(self, rows: list[dict[str, Any]]) -> None:
        if self._answer is not None:
            self.copy_wanted.emit(self._answer.filter, rows)

    def _on_doors(self) -> None:
        if self._answer is not None:
            self.doors_wanted.emit(self._answer.filter)

    def _on_access(self, access: Access) -> None:
        """Count anew under another purpose; without one take people off the screen."""
        self.panel.set_purpose(access.has_purpose)
        if access.has_purpose:
            return
        for key in KEYS:
            self._window.jobs.cancel(key)
        if self._answer is not None and self._answer.filter.personal:
            self._answer = None
            self.table.clear()

    def _on_selection(self, selection: Selection) -> None:
        self.panel.set_drawn(selection.shape, selection.ids("building"))

    def _on_closed(self, _window: DeskWindow) -> None:
        self.panel.close_panel()
        self.table.close_panel()


def _coarse_first(levels: Any, ids: Any, at: int) -> tuple[int, str]:
    return int(levels[at]), str(ids[at])


class FilterCommands:
    """The commands of filters, a part of the window's."""

    _window: DeskWindow

    def show_filter(self) -> None:
        """Show the filter builder and its table."""
        self._window.parts.filters.show()
