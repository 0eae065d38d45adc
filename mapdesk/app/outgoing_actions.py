"""What leaves the desk by the window: exports, copies, door lists, sheets; and a second person's word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMessageBox, QWidget

from mapdesk.app.export_dialog import SUFFIXES, TABLES, ExportDialog, Wish
from mapdesk.app.filter_actions import FilterDesk
from mapdesk.app.grid_pictures import GridDrawing
from mapdesk.app.jobs import Progress
from mapdesk.app.makeup_actions import MakeUpActions
from mapdesk.app.requests_dialog import RequestsDialog
from mapdesk.app.window_parts import ask_file
from mapdesk.formats.grid_book import MapPicture
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, InputError, PurposeError, WorldError
from mapdesk.model.filter_fields import FILTER_NOUNS
from mapdesk.model.filters import Filter
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.makeup import MakeUp
from mapdesk.model.outgoing import Parcel, Request
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.model.subjects import told_subject
from mapdesk.services import grid_books, outgoing, results
from mapdesk.services.filtering import FilterAnswer
from mapdesk.services.results import Result

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

FIRST_LOOK, LOOK_EVERY = 3_000, 60_000
"""Milliseconds before the first look whether something waits for the user's word, and between looks."""

LIVED_IN = ("building", "grid", "unit", "household")
"""Cards that say who lives there."""


class OutgoingDesk(QObject):
    """Exports, copies and prints of one window. GUI thread only.

    Signals
    -------
    left(str)
        Something left, or was refused: what was said.
    asked_for(Parcel)
        A second person is due.
    """

    left = pyqtSignal(str)
    asked_for = pyqtSignal(object)

    def __init__(self, window: DeskWindow, filters: FilterDesk, makeup: MakeUpActions) -> None:
        super().__init__(window)
        self._window = window
        self._filters = filters
        self._answer: FilterAnswer | None = None
        self._drawing: GridDrawing | None = None
        self._told: frozenset[tuple[str, str]] = frozenset()
        filters.answered.connect(self._on_answered)
        filters.copy_wanted.connect(self.copy)
        filters.doors_wanted.connect(self._on_doors)
        window.search_panel.export_wanted.connect(self.export_search)
        window.session.access_changed.connect(self._on_access)
        self._on_access(window.session.access)
        makeup.export_wanted.connect(self.export_makeup)
        self._timer = QTimer(self)
        self._timer.setInterval(FIRST_LOOK)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        window.leaving.connect(self._timer.stop)
        window.leaving.connect(self._end_drawing)

    # ------------------------------------------------------------------ exports

    def export(self) -> None:
        """Ask what to export: the table's answer where it is in view, else the selection."""
        table = self._answer if self._filters.table_dock.isVisible() else None
        if table is not None:
            self._open_dialog((), table.filter.personal)
        else:
            self.export_selection()

    def export_selection(self) -> None:
        """Ask which part of the selection to export: a group, or who lives in the buildings."""
        nouns = list(self._window.session.selection.groups)
        if not nouns:
            self._window.tell(
                tr("Show a filter's answer in the table, or select things on the map first.")
            )
            return
        if "building" in nouns and self._window.session.access.may(Right.PEOPLE):
            nouns = ["person", "household", *nouns]
        self._open_dialog(tuple(nouns), "person" in nouns)

    def export_search(self, text: str) -> None:
        """Ask where to what a search finds is written."""
        store, access = self._window.store, self._window.session.access

        def read(_wish: Wish) -> Result:
            return results.of_search(store, access, text)

        self._ask_file(read, name=tr("search"))

    def export_people(self) -> None:
        """Ask where to the people of the card that is shown are written."""
        window, subject = self._window, self._window.card_panel.subject
        store, access = window.store, window.session.access
        if subject is None or (isinstance(subject, Ref) and subject.noun not in LIVED_IN):
            window.tell(tr("Open the card of a building, grid, unit or household first."))
            return
        if not access.has_purpose:
            window.tell(tr("Say first what you need people's data for."))
            window.commands.ask_purpose()
            return

        def read(wish: Wish) -> Result:
            return results.of_people(store, access, subject, reason=wish.reason)

        several = not isinstance(subject, Ref) or subject.noun in ("building", "grid")
        self._ask_file(read, personal=several, name=tr("people"))

    def export_makeup(self, made: MakeUp, other: MakeUp | None) -> None:
        """Ask where to the counts behind a make-up are written."""
        access = self._window.session.access

        def read(_wish: Wish) -> Result:
            return results.of_makeup(access, made, other)

        self._ask_file(read, suffixes=TABLES, name=tr("make-up"))

    def _ask_file(
        self,
        read: Callable[[Wish], Result],
        *,
        personal: bool = False,
        suffixes: tuple[str, ...] = SUFFIXES,
        name: str,
    ) -> None:
        may_unmask = personal and self._window.session.access.may(Right.UNMASK)
        dialog = ExportDialog(
            (), may_unmask=may_unmask, parent=self._window, suffixes=suffixes, name=name
        )
        dialog.wished.connect(partial(self._write, read))
        dialog.open()

    def _open_dialog(self, nouns: tuple[str, ...], personal: bool) -> None:
        access = self._window.session.access
        dialog = ExportDialog(
            nouns, may_unmask=personal and access.may(Right.UNMASK), parent=self._window
        )
        dialog.wished.connect(self.write)
        dialog.open()

    def write(self, wish: Wish) -> None:
        """Write what was wished for to its file."""
        store, access = self._window.store, self._window.session.access
        selection, answer = self._window.session.selection, self._answer

        def read(wish: Wish) -> Result:
            if not wish.noun:
                if answer is None:
                    raise InputError("The table is empty; ask the filter anew.")
                return results.of_filter(store, access, answer.filter, reason=wish.reason)
            if wish.noun in FILTER_NOUNS and wish.noun not in selection.groups:
                buildings = selection.ids("building")
                return results.of_buildings(store, access, wish.noun, buildings, reason=wish.reason)
            return results.of_things(store, access, selection, wish.noun)

        self._write(read, wish)

    def _write(self, read: Callable[[Wish], Result], wish: Wish) -> None:
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> str:
            count = outgoing.export(store, access, read(wish), wish.path)
            return tr("Wrote {count} rows to {file}", count=f"{count:,}", file=wish.path)

        self._run(work)

    def copy(self, filtered: Filter, rows: list[dict[str, Any]]) -> None:
        """Put rows of the table on the clipboard."""
        store, access = self._window.store, self._window.session.access
        texts: list[str] = []

        def work(_progress: Progress) -> str:
            result = results.of_rows(store, access, filtered, rows)
            outgoing.copy(store, access, result, texts.append)
            return tr("Copied {count} rows", count=f"{len(rows):,}")

        def show(said: str) -> None:
            clipboard = QGuiApplication.clipboard()
            if clipboard is not None:
                clipboard.setText(texts[0])
            self._show(said)

        self._window.jobs.run("outgoing", work, show, self.refused)

    # ------------------------------------------------------------------ paper

    def _on_doors(self, filtered: Filter) -> None:
        kinds = "PDF (*.pdf);;XLSX (*.xlsx)"
        path = ask_file(self._window, tr("Door list…"), "doors.pdf", kinds)
        if path is not None:
            self.write_doors(filtered, path)

    def write_doors(self, filtered: Filter, path: Path) -> None:
        """Write a filter's door list."""
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> str:
            listed = outgoing.doors_parcel(store, access, filtered, path.suffix.lower()[1:])
            outgoing.write_doors(store, access, filtered, listed, path)
            count = f"{len(listed[1]):,}"
            return tr("Wrote {count} doors to {file}", count=count, file=path)

        self._run(work)

    def print_sheet(self) -> None:
        """Ask where the sheet of the grid whose card is shown goes."""
        focus = self._window.session.focus
        if focus is None or focus.noun != "grid":
            self._window.tell(tr("Click a grid first: its card names what is printed."))
            return
        title = tr("Print sheet of this grid…")
        path = ask_file(self._window, title, f"{focus.id}.pdf", "PDF (*.pdf)")
        if path is not None:
            self.write_sheet(focus.id, path)

    def write_sheet(self, grid_id: str, path: Path) -> None:
        """Draw the grid from above and write its sheet; the latest asked for wins."""
        window = self._window
        store, access = window.store, window.session.access
        try:
            results.admit(access, personal=access.may(Right.PEOPLE))
        except WorldError as error:
            self.refused(error)
            return
        self._end_drawing()
        window.status.showMessage(tr("Drawing the map of the sheet…"))
        self._drawing = GridDrawing(
            store, grid_id, partial(self._write_drawn, access, grid_id, path), self.refused
        )

    def _end_drawing(self) -> None:
        if self._drawing is not None:
            self._drawing.stop()
            self._drawing = None

    def _write_drawn(self, access: Access, grid_id: str, path: Path, picture: MapPicture) -> None:
        store = self._window.store
        self._window.status.clearMessage()

        def work(_progress: Progress) -> str:
            gathered = grid_books.book_of(store, access, grid_id, picture)
            grid_books.print_book(store, access, gathered, path)
            return tr("Wrote the sheet of {name} to {file}", name=gathered[0].name, file=path)

        self._run(work)

    # ------------------------------------------------------------------ a second person

    def show_approvals(self) -> None:
        """Show what waits for the user's word."""
        self._show_requests(deciding=True)

    def show_requests(self) -> None:
        """Show what the user asked a second person for."""
        self._show_requests(deciding=False)

    def _show_requests(self, *, deciding: bool) -> None:
        window = self._window
        RequestsDialog(window.store, window.session.access, window, deciding=deciding).open()

    def look(self) -> None:
        """Say in the status bar when something waits, or when an answer has come."""
        if not self._window.loaded:
            return
        store = self._window.store
        self._timer.setInterval(LOOK_EVERY)
        if not (store.identity.may(Right.APPROVE) or store.identity.may(Right.EXPORT)):
            return

        def work(_progress: Progress) -> tuple[list[Request], list[Request]]:
            return outgoing.listed(store)

        self._window.jobs.run("outgoing.look", work, self._tell_waiting, self._look_failed)

    def _look_failed(self, error: Exception) -> None:
        """Keep quiet where the world failed: nobody asked, and the next look is a minute away."""
        if not isinstance(error, WorldError):
            self._window.tell(error)

    def _tell_waiting(self, answer: tuple[list[Request], list[Request]]) -> None:
        others, own = answer
        ready = [one for one in own if one.state == "approved" and not one.expired]
        seen = frozenset((one.id, one.state) for one in (*others, *ready))
        if seen == self._told:
            return
        self._told = seen
        if others:
            said = tr("{count} requests wait for you: File, Approvals…", count=len(others))
            self._window.status.showMessage(said, LOOK_EVERY)
        elif ready:
            subject = told_subject(ready[0].subject)
            said = tr("Approved, to be used within 24 hours: {subject}", subject=subject)
            self._window.status.showMessage(said, LOOK_EVERY)

    # ------------------------------------------------------------------ roads

    def _run(self, work: Callable[[Progress], str]) -> None:
        self._window.jobs.run("outgoing", work, self._show, self.refused)

    def _show(self, said: str) -> None:
        self._window.tell(said)
        self.left.emit(said)

    def refused(
        self, error: Exception, access: Access | None = None, over: QWidget | None = None
    ) -> None:
        """Say why something may not leave, and offer what helps: a purpose, or a second person.

        Parameters
        ----------
        access : Access, optional
            For whom and for what it was to leave; as the window's by default.
        over : QWidget, optional
            What the question lies over; the window by default.
        """
        self._window.status.clearMessage()
        if isinstance(error, ApprovalDueError) and error.parcel is not None:
            self._offer_to_ask(error, error.parcel, access, over or self._window)
            return
        self._window.tell(error)
        if isinstance(error, PurposeError):
            self._window.commands.ask_purpose()

    def _offer_to_ask(
        self, due: ApprovalDueError, parcel: Parcel, access: Access | None, over: QWidget
    ) -> None:
        box = QMessageBox(over)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(tr("A second person has to approve this"))
        box.setText(tr_sentence(str(due)))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Ok | buttons.Cancel)
        ok = box.button(buttons.Ok)
        if ok is not None:
            ok.setText(tr("Ask for approval"))
        box.accepted.connect(partial(self.ask, parcel, access))
        box.open()
        self.asked_for.emit(parcel)

    def ask(self, parcel: Parcel, access: Access | None = None) -> None:
        """Ask a second person to let a parcel out."""
        store, asking = self._window.store, access or self._window.session.access

        def work(_progress: Progress) -> str:
            return outgoing.request(store, asking, parcel)[1]

        self._run(work)

    def _on_access(self, access: Access) -> None:
        self._window.search_panel.set_may_export(access.may(Right.EXPORT))

    def _on_answered(self, answer: FilterAnswer) -> None:
        self._answer = answer
