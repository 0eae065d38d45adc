"""Editing a person, household or unit: a form with an editor for each field, checked as it is filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

from PyQt6.QtCore import QDate, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.register_model import shown, words_of
from mapdesk.app.register_parts import button, muted, refusal, say
from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, InputError, WorldError
from mapdesk.model.language import capital, tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.model.register_values import CHOICES, read_value
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing
from mapdesk.store.database import Store

TITLES = {"person": "Edit person", "household": "Edit household", "unit": "Edit unit"}
_NO_DAY = QDate(1879, 12, 31)
"""Stands for no date: the day before the first that is allowed."""

Editor = QComboBox | QDateEdit | QLineEdit


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
        self.setWindowTitle(tr(TITLES[ref.noun]))
        self.setMinimumWidth(460)
        self.editors: dict[str, Editor] = {}
        self.problems: dict[str, QLabel] = {}
        self.message = refusal()
        self.mine = button(tr("Keep mine"), self._keep_mine)
        self.theirs = button(tr("Look at it anew"), self._take_theirs)
        self.save = button(tr("Save"), self._save, primary=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(10)
        box.addWidget(muted(f"{tr(NOUNS[ref.noun].one)} · {ref.id}"))
        box.addLayout(self._form())
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

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(2)
        form.setColumnStretch(1, 1)
        for place, name in enumerate(editing.fields_of(self.ref.noun)):
            editor, problem = _editor(self.ref.noun, name), refusal()
            editor.setObjectName(name)
            title = QLabel(capital(words_of(self.ref.noun, name)))
            title.setObjectName("FieldLabel")
            editor.setAccessibleName(title.text())
            title.setBuddy(editor)
            form.addWidget(title, 2 * place, 0)
            form.addWidget(editor, 2 * place, 1)
            form.addWidget(problem, 2 * place + 1, 1)
            form.setRowMinimumHeight(2 * place + 1, 5)
            self.editors[name], self.problems[name] = editor, problem
            if isinstance(editor, QLineEdit):
                editor.editingFinished.connect(self._check_sender)
                editor.textEdited.connect(self._clear_sender)
        return form

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
        for name, editor in self.editors.items():
            _set_value(editor, row[name])
            say(self.problems[name], "")
        say(self.message, "")
        self._offer_choice(False)
        next(iter(self.editors.values())).setFocus()

    def wanted(self) -> dict[str, Any]:
        """Return the fields that were changed, as they shall be."""
        values = {name: _value(editor) for name, editor in self.editors.items()}
        return {
            name: value
            for name, value in values.items()
            if _as_text(value) != _as_text(self._seen.get(name))
        }

    # ------------------------------------------------------------------ checking and writing

    def _check_sender(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._check(sender.objectName())

    def _clear_sender(self, _text: str) -> None:
        sender = self.sender()
        if sender is not None:
            say(self.problems[sender.objectName()], "")

    def _check(self, name: str) -> bool:
        """Say beside a field what is wrong with it; return whether it is right."""
        try:
            read_value(self.ref.noun, name, _value(self.editors[name]))
        except InputError as error:
            say(self.problems[name], self._told(error, name))
            return False
        say(self.problems[name], "")
        return True

    def _told(self, error: InputError, name: str) -> str:
        """Return an error about a field with the field called as in the form."""
        called = capital(words_of(self.ref.noun, name))
        whole = tr_sentence(str(error))
        return f"{called}{whole.removeprefix(name)}" if whole.startswith(name) else whole

    def _save(self) -> None:
        wanted = self.wanted()
        wrong = [name for name in self.editors if name in wanted and not self._check(name)]
        if wrong:
            self.editors[wrong[0]].setFocus()
            return
        if not wanted:
            self.reject()
            return
        store, access, ref, seen = self._store, self._access, self.ref, self._seen

        def work(_progress: Progress) -> str:
            return correcting.correct(store, access, ref, seen, wanted)

        self.save.setEnabled(False)
        self._jobs.run("register.edit", work, self._saved, self._refused)

    def _saved(self, batch: str) -> None:
        self.changed.emit(batch)
        self.accept()

    def _refused(self, error: Exception) -> None:
        self.save.setEnabled(True)
        if isinstance(error, ConflictError):
            say(self.message, tr_sentence(str(error)))
            self._read(self._show_conflict)
            return
        named = str(error).split(" ", 1)[0]
        if isinstance(error, InputError) and named in self.problems:
            say(self.problems[named], self._told(error, named))
            self.editors[named].setFocus()
            return
        self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.setEnabled(True)
        self.save.setEnabled(bool(self._seen))
        if isinstance(error, WorldError):
            say(self.message, tr_sentence(str(error)))
        else:
            say(self.message, tr("The desk erred; details are in its log."))

    # ------------------------------------------------------------------ conflicts

    def _show_conflict(self, now: dict[str, Any]) -> None:
        """Show both values of each field in dispute beside it."""
        self._now = now
        for name, mine in self.wanted().items():
            if _as_text(now[name]) != _as_text(self._seen[name]):
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
        """Close; what is being read is not needed any more."""
        self._jobs.cancel("register.edit")
        super().reject()


def _editor(noun: str, name: str) -> Editor:
    """Return the editor a field's type asks for."""
    choices = CHOICES.get((noun, name))
    if choices is not None:
        box = QComboBox()
        box.addItem("–", None)
        for choice in choices:
            box.addItem(tr(choice), choice)
        return box
    if NOUNS[noun].field(name).type == "date":
        day = QDateEdit()
        day.setCalendarPopup(True)
        day.setDisplayFormat("yyyy-MM-dd")
        day.setDateRange(_NO_DAY, QDate.currentDate())
        day.setSpecialValueText("–")
        return day
    return QLineEdit()


def _set_value(editor: Editor, value: Any) -> None:
    if isinstance(editor, QComboBox):
        if value is not None and editor.findData(value) < 0:
            editor.addItem(tr(str(value)), value)
        editor.setCurrentIndex(editor.findData(value))
    elif isinstance(editor, QDateEdit):
        editor.setDate(_NO_DAY if value is None else QDate(value.year, value.month, value.day))
    else:
        editor.setText(_as_text(value))
        editor.setCursorPosition(0)


def _value(editor: Editor) -> Any:
    if isinstance(editor, QComboBox):
        return editor.currentData()
    if isinstance(editor, QDateEdit):
        day = editor.date()
        return None if day == _NO_DAY else date(day.year(), day.month(), day.day())
    return editor.text()


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()
