"""Editing a row of the register, or a place: a form, and both values where two desks changed a field."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from mapdesk.app.dialog_parts import button, muted, refusal, say, sentence
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.row_form import RowForm, as_text
from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing
from mapdesk.services.change_words import shown
from mapdesk.store.database import Store

TITLES = {
    "person": "Edit person",
    "household": "Edit household",
    "unit": "Edit unit",
    "building": "Edit building",
    "grid": "Edit grid",
    "organisation": "Edit organisation",
}


class EditDialog(QDialog):
    """Edits one row.

    Signals
    -------
    changed(str)
        Something was written, as the batch of this id.
    """

    changed = pyqtSignal(str)

    def __init__(
        self, store: Store, access: Access, jobs: Runner, ref: Ref, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._access, self._jobs, self.ref = store, access, jobs, ref
        self._seen: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        self._is_saving = False
        self.setWindowTitle(tr(TITLES[ref.noun]))
        self.setMinimumWidth(460)
        self.form = RowForm(ref.noun, editing.fields_of(ref.noun, access))
        self.editors, self.problems = self.form.editors, self.form.problems
        self.message = refusal()
        self.mine = button(tr("Keep mine"), self._keep_mine)
        self.theirs = button(tr("Look at it anew"), self._take_theirs)
        self.save = button(tr("Save"), self._save, primary=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(10)
        box.addWidget(muted(f"{tr(NOUNS[ref.noun].one)} · {ref.id}"))
        box.addWidget(self.form)
        box.addWidget(self.message)
        line = QHBoxLayout()
        for widget in (self.theirs, self.mine):
            line.addWidget(widget)
            widget.hide()
        line.addStretch(1)
        line.addWidget(button(tr("Cancel"), self.reject))
        line.addWidget(self.save)
        box.addLayout(line)
        self.setEnabled(False)
        self._read(self._show)

    # ------------------------------------------------------------------ reading

    def _read(self, then: Any) -> None:
        store, access, ref = self._store, self._access, self.ref

        def work(_progress: Progress) -> dict[str, Any]:
            return editing.raw_row(store, access, ref)

        self._jobs.run("register.edit", work, then, self._fail)

    def _show(self, row: dict[str, Any]) -> None:
        """Fill the form with the row as it is."""
        self.setEnabled(True)
        self._seen = row
        self.form.fill(row)
        say(self.message, "")
        self._offer_choice(False)

    # ------------------------------------------------------------------ checking and writing

    def _save(self) -> None:
        wanted = self.form.changed(self._seen)
        if not self.form.all_right(list(wanted)):
            return
        if not wanted:
            self.reject()
            return
        store, access, ref, seen = self._store, self._access, self.ref, self._seen

        def work(_progress: Progress) -> str:
            return correcting.correct(store, access, ref, seen, wanted)

        self.save.setEnabled(False)
        self._is_saving = True
        self._jobs.run_write("register.edit", work, self._saved, self._refused)

    def _saved(self, batch: str) -> None:
        self._is_saving = False
        self.changed.emit(batch)
        self.accept()

    def _refused(self, error: Exception) -> None:
        self._is_saving = False
        if not self.isVisible():  # it was closed meanwhile, and is told of what was not kept
            self.open()
        self.save.setEnabled(True)
        if isinstance(error, ConflictError):
            say(self.message, tr_sentence(str(error)))
            self._read(self._show_conflict)
        elif not self.form.refuse(error):
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.setEnabled(True)
        self.save.setEnabled(bool(self._seen))
        say(self.message, sentence(error))

    # ------------------------------------------------------------------ conflicts

    def _show_conflict(self, now: dict[str, Any]) -> None:
        """Show both values of each field in dispute beside it."""
        self._now = now
        for name, mine in self.form.changed(self._seen).items():
            if as_text(now[name]) != as_text(self._seen[name]):
                said = tr(
                    "yours: {mine}; now: {theirs}",
                    mine=shown(name, mine),
                    theirs=shown(name, now[name]),
                )
                say(self.problems[name], said)
        self._offer_choice(True)

    def _offer_choice(self, offered: bool) -> None:
        self.mine.setVisible(offered)
        self.theirs.setVisible(offered)
        self.save.setEnabled(not offered)

    def _keep_mine(self) -> None:
        """Write over what the other desk wrote, now that it was seen."""
        self._seen = self._now
        self._offer_choice(False)
        self._save()

    def _take_theirs(self) -> None:
        self._show(self._now)

    def reject(self) -> None:
        """Close; what is being read is not needed any more, what is being written is."""
        if self._is_saving:  # it closes once that has answered
            self.hide()
            return
        self._jobs.cancel("register.edit")
        super().reject()
