"""The register and places in the window: brought in, corrected, undone, their history shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QDialog

from mapdesk.app.edit_dialog import EditDialog
from mapdesk.app.history_dialogs import BatchesDialog, HistoryDialog, WaitingDialog
from mapdesk.app.home_dialogs import JoinDialog, MoveDialog, SplitDialog, UnitDialog
from mapdesk.app.jobs import Progress
from mapdesk.app.register_wizard import RegisterWizard
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError
from mapdesk.model.language import tr
from mapdesk.model.nouns import CONTACT, EDITED_PLACES
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing, homes
from mapdesk.services.register_cards import REGISTER, RegisterCard

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

UNDO = "register.undo"
MOST_KEPT = 100
"""Batches of this session that Undo change goes back through."""


@dataclass(frozen=True)
class Step:
    """A batch that was written, and the cards before and after it where these are not the same.

    Parameters
    ----------
    batch : str
    before, after : Ref or None
        What to show where it is undone, and done again; None keeps the card that is shown.
    """

    batch: str
    before: Ref | None = None
    after: Ref | None = None


class RegisterDesk(QObject):
    """The commands of the register and of places; knows the batches of this session. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.card: RegisterCard | None = None
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.dialog: QDialog | None = None
        window.asking.home_shown.connect(self._on_home)
        window.session.access_changed.connect(self._on_access)
        self._offer(window.session.access)

    # ------------------------------------------------------------------ bringing in

    def import_register(self) -> None:
        """Show the wizard."""
        if self.has_purpose():
            self._wizard()

    def _wizard(self) -> RegisterWizard:
        window = self._window
        wizard = RegisterWizard(window.store, window.session.access, window.jobs, window)
        wizard.accepted_batch.connect(self.note)
        self.open_dialog(wizard)
        return wizard

    def show_waiting(self) -> None:
        """Show the registers that wait."""
        if self.has_purpose():
            window = self._window
            dialog = WaitingDialog(window.store, window.session.access, window.jobs, window)
            dialog.opened.connect(self._go_on)
            self.open_dialog(dialog)

    def _go_on(self, row: dict[str, Any]) -> None:
        self._wizard().show_waiting(row["id"], row["title"], row["counts"])

    # ------------------------------------------------------------------ correcting

    def edit(self) -> None:
        """Edit what the card is of: a person, household, unit, building, grid or organisation."""
        focus = self._window.session.focus
        if focus is None or focus.noun not in (*REGISTER, *EDITED_PLACES):
            self._window.tell(tr("Open the card of what is to be edited first."))
        elif focus.noun in REGISTER:
            if self.has_purpose():
                self.edit_row(focus)
        else:
            shown = editing.fields_of(focus.noun, self._window.session.access)
            why = tr("The form has the organisation's contact: say first what you need it for.")
            if not set(CONTACT) & set(shown) or self.has_purpose(why):
                self.edit_row(focus)

    def _edit_unit(self, unit_id: str) -> None:
        self.edit_row(Ref("unit", unit_id))

    def edit_household(self) -> None:
        """Edit the household of the person whose card is shown."""
        household = self._household()
        if household is not None:
            self.edit_row(Ref("household", household))

    def edit_unit(self) -> None:
        """Edit the unit whose card is shown, or that the person of the card lives in."""
        self._with_unit(self._edit_unit)

    def edit_row(self, ref: Ref) -> None:
        """Show the form of a row."""
        window = self._window
        dialog = EditDialog(window.store, window.session.access, window.jobs, ref, window)
        dialog.changed.connect(partial(self._was_edited, ref))
        self.open_dialog(dialog)

    def _was_edited(self, ref: Ref, batch_id: str) -> None:
        self.note(batch_id, before=ref, after=ref)

    def move(self) -> None:
        """Move the household of the person whose card is shown."""
        household, window = self._household(), self._window
        if household is None:
            return
        unit = self._unit()
        dialog = MoveDialog(
            window.store, window.session.access, window.jobs, household, unit, window
        )
        dialog.changed.connect(self.note)
        self.open_dialog(dialog)

    def split(self) -> None:
        """Split the unit whose card is shown, or one of the building."""
        self._with_unit(partial(self._change_unit, SplitDialog))

    def join(self) -> None:
        """Let the unit whose card is shown, or one of the building, take in another."""
        self._with_unit(partial(self._change_unit, JoinDialog))

    def _change_unit(self, make: type[SplitDialog | JoinDialog], unit_id: str) -> None:
        window = self._window
        dialog = make(window.store, window.session.access, window.jobs, unit_id, window)
        dialog.changed.connect(self.note)
        self.open_dialog(dialog)

    def home_of(self, ref: Ref) -> Ref | None:
        """Return what a person, household or unit is in, as far as its card says."""
        card = self.card
        if card is None or card.ref != ref:
            return None
        if ref.noun == "person" and card.households:
            return Ref("household", str(card.households[0]["id"]))
        if ref.noun != "unit" and card.unit is not None:
            return Ref("unit", str(card.unit["id"]))
        return None if card.building is None else Ref("building", str(card.building["id"]))

    def _household(self) -> str | None:
        """Return the household of the card that is shown, or say that there is none."""
        found = self._focus("household") or self._of_person("household_id")
        if found is None:
            self._window.tell(tr("Open the card of a person who lives in a household first."))
            return None
        return found if self.has_purpose() else None

    def _unit(self) -> str | None:
        """Return the unit of the card that is shown."""
        card, unit = self.card, self._focus("unit")
        focus = self._window.session.focus
        if unit is None and card is not None and card.ref == focus and card.unit is not None:
            return str(card.unit["id"])
        return unit

    def _of_person(self, name: str) -> str | None:
        """Return a field of the person whose card is shown."""
        card, person = self.card, self._focus("person")
        if card is None or person is None or card.ref.id != person:
            return None
        mine = [row for row in card.members or [] if row["id"] == person]
        return str(mine[0][name]) if mine and mine[0][name] else None

    def _with_unit(self, then: Callable[[str], None]) -> None:
        """Go on with the unit of the card, or ask which one of its building is meant."""
        if not self.has_purpose():
            return
        unit, building = self._unit(), self._focus("building")
        if unit is not None:
            then(unit)
            return
        window = self._window

        def work(_progress: Progress) -> list[tuple[str, str]]:
            return homes.of_building(window.store, building) if building else []

        window.jobs.run("register.home", work, partial(self._ask_unit, then))

    def _ask_unit(self, then: Callable[[str], None], units: list[tuple[str, str]]) -> None:
        window = self._window
        dialog = UnitDialog(window.store, window.session.access, window.jobs, units, window)
        dialog.picked.connect(then)
        self.open_dialog(dialog)

    # ------------------------------------------------------------------ undoing

    def note(self, batch_id: str, before: Ref | None = None, after: Ref | None = None) -> None:
        """Remember a batch that was just written, and show its card, or the card that is open anew.

        Parameters
        ----------
        before, after : Ref, optional
            See `Step`.
        """
        self.done = [*self.done, Step(batch_id, before, after)][-MOST_KEPT:]
        self.undone.clear()
        self._show_anew(after)

    def undo(self) -> None:
        """Undo the last batch of this session."""
        if not self.done:
            self._window.tell(tr("Nothing was changed since the desk was opened."))
        else:
            self._reverse(self.done[-1].batch, self._was_undone)

    def redo(self) -> None:
        """Do again what was undone last."""
        if not self.undone:
            self._window.tell(tr("Nothing was undone."))
        else:
            self._reverse(self.undone[-1].batch, self._was_redone)

    def _reverse(self, batch_id: str, then: Callable[[str], None]) -> None:
        """Reverse a batch, one at a time: which comes next is known when that is done."""
        if self._window.jobs.is_writing(UNDO):
            return
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> str:
            return correcting.undo(store, access, batch_id)

        self._window.jobs.run_write(UNDO, work, then, self._not_reversed)

    def _was_undone(self, reversed_by: str) -> None:
        step = self.done.pop()
        self.undone.append(Step(reversed_by, step.before, step.after))
        self._window.status.showMessage(tr("The change was undone."), 10_000)
        self._show_anew(step.before)

    def _was_redone(self, reversed_by: str) -> None:
        step = self.undone.pop()
        self.done.append(Step(reversed_by, step.before, step.after))
        self._window.status.showMessage(tr("The change was done again."), 10_000)
        self._show_anew(step.after)

    def _not_reversed(self, error: Exception) -> None:
        self._window.tell(error)
        if isinstance(error, PurposeError):
            self._window.commands.ask_purpose()

    # ------------------------------------------------------------------ history

    def show_changes(self) -> None:
        """Show all batches."""
        window = self._window
        dialog = BatchesDialog(window.store, window.session.access, window.jobs, window)
        dialog.undo_wanted.connect(partial(self._undo_listed, dialog))
        self.open_dialog(dialog)

    def _undo_listed(self, dialog: BatchesDialog, batch_id: str) -> None:
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> str:
            return correcting.undo(store, access, batch_id)

        def then(reversed_by: str) -> None:
            self.done = [one for one in self.done if one.batch != batch_id]
            self.note(reversed_by)
            if self.dialog is dialog:
                dialog.reload()

        def fail(error: Exception) -> None:
            if self.dialog is dialog:
                dialog.refuse(error)
            else:
                self._not_reversed(error)

        self._window.jobs.run_write(UNDO, work, then, fail)

    def show_history(self) -> None:
        """Show who changed what of the person, unit or place whose card is shown."""
        focus, window = self._window.session.focus, self._window
        if focus is not None and focus.noun in EDITED_PLACES:
            access = window.session.access
            self.open_dialog(HistoryDialog(window.store, access, window.jobs, [focus], window))
            return
        if not self.has_purpose():
            return
        refs = (
            [focus] if focus is not None and focus.noun in ("person", "household", "unit") else []
        )
        household, unit = self._of_person("household_id"), self._unit()
        for noun, key in (("household", household), ("unit", unit)):
            if refs and key is not None and Ref(noun, key) not in refs:
                refs.append(Ref(noun, key))
        if not refs:
            window.tell(tr("Open the card of a person or a unit first."))
            return
        self.open_dialog(
            HistoryDialog(window.store, window.session.access, window.jobs, refs, window)
        )

    # ------------------------------------------------------------------ parts

    def open_dialog(self, dialog: QDialog) -> None:
        """Show a dialog of the register and forget it when it closes."""
        self.dialog = dialog
        dialog.finished.connect(partial(self._forget, dialog))
        dialog.open()

    def _forget(self, dialog: QDialog, _result: int) -> None:
        """Let a dialog go that was closed; by then another one may be open."""
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _focus(self, noun: str) -> str | None:
        focus = self._window.session.focus
        return focus.id if focus is not None and focus.noun == noun else None

    def has_purpose(self, why: str = "") -> bool:
        """Say whether a purpose is in force; ask for one where not, saying why."""
        if self._window.session.access.has_purpose:
            return True
        self._window.tell(why or tr("Say first what you need people's data for."))
        self._window.commands.ask_purpose()
        return False

    def _show_anew(self, ref: Ref | None) -> None:
        """Show a card, or the one that is open, as it is now; and the map, where it shows a place."""
        window = self._window
        shown = ref or window.session.focus
        if ref is not None and ref.noun in EDITED_PLACES:
            window.parts.sharing.show_written(frozenset({ref.noun}))
        if shown is not None:
            window.asking.card(shown)

    def _on_home(self, card: RegisterCard) -> None:
        self.card = card

    def _on_access(self, access: Access) -> None:
        self._offer(access)
        if not access.has_purpose:
            self.card = None

    def _offer(self, access: Access) -> None:
        self._window.card_panel.offer(frozenset(right for right in Right if access.may(right)))
