"""A form with an editor for each field of a row, each checked as it is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from PyQt6.QtCore import QDate
from PyQt6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QLabel, QLineEdit, QWidget

from mapdesk.app.dialog_parts import refusal, say
from mapdesk.model.errors import InputError
from mapdesk.model.language import capital, tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.model.register_values import CHOICES, read_value
from mapdesk.services.change_words import words_of

_NO_DAY = QDate(1879, 12, 31)
"""Stands for no date: the day before the first that is allowed."""
_LAST_DAY = QDate(2200, 12, 31)

Editor = QComboBox | QDateEdit | QLineEdit


class RowForm(QWidget):
    """Editors of some fields of a noun, under each what is wrong with it."""

    def __init__(self, noun: str, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._noun = noun
        self.editors: dict[str, Editor] = {}
        self.problems: dict[str, QLabel] = {}
        form = QGridLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(2)
        form.setColumnStretch(1, 1)
        for place, name in enumerate(names):
            editor, problem = _editor(noun, name), refusal()
            editor.setObjectName(name)
            needed = "\u00a0*" if NOUNS[noun].field(name).required else ""
            title = QLabel(capital(words_of(noun, name)) + needed)
            title.setObjectName("FieldLabel")
            editor.setAccessibleName(capital(words_of(noun, name)))
            if needed:
                editor.setToolTip(tr("Must be filled in"))
            title.setBuddy(editor)
            form.addWidget(title, 2 * place, 0)
            form.addWidget(editor, 2 * place, 1)
            form.addWidget(problem, 2 * place + 1, 1)
            form.setRowMinimumHeight(2 * place + 1, 5)
            self.editors[name], self.problems[name] = editor, problem
            if isinstance(editor, QLineEdit):
                editor.editingFinished.connect(self._check_sender)
                editor.textEdited.connect(self._clear_sender)

    def fill(self, row: Mapping[str, Any]) -> None:
        """Show a row as it is; nothing is wrong with it yet."""
        for name, editor in self.editors.items():
            _set_value(editor, row[name])
            say(self.problems[name], "")
        next(iter(self.editors.values())).setFocus()

    def values(self) -> dict[str, Any]:
        """Return what the editors hold."""
        return {name: _value(editor) for name, editor in self.editors.items()}

    def changed(self, seen: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that are no longer as they were seen."""
        return {
            name: value
            for name, value in self.values().items()
            if as_text(value) != as_text(seen.get(name))
        }

    def all_right(self, names: Sequence[str]) -> bool:
        """Say beside each of these fields what is wrong with it; return whether nothing is."""
        wrong = [name for name in names if not self._check(name)]
        if wrong:
            self.editors[wrong[0]].setFocus()
        return not wrong

    def refuse(self, error: Exception) -> bool:
        """Say an error beside the field it begins with; return whether it names one of the form."""
        name = str(error).split(" ", 1)[0]
        if not isinstance(error, InputError) or name not in self.problems:
            return False
        say(self.problems[name], self._told(error, name))
        self.editors[name].setFocus()
        return True

    def _check_sender(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._check(sender.objectName())

    def _clear_sender(self, _text: str) -> None:
        sender = self.sender()
        if sender is not None:
            say(self.problems[sender.objectName()], "")

    def _check(self, name: str) -> bool:
        try:
            read_value(self._noun, name, _value(self.editors[name]))
        except InputError as error:
            say(self.problems[name], self._told(error, name))
            return False
        say(self.problems[name], "")
        return True

    def _told(self, error: InputError, name: str) -> str:
        """Return an error about a field with the field called as in the form."""
        called = capital(words_of(self._noun, name))
        whole = tr_sentence(str(error))
        for said in (name, tr(name)):
            if whole.startswith(said):
                return f"{called}{whole.removeprefix(said)}"
        return whole


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
        day.setDateRange(_NO_DAY, _LAST_DAY if noun == "grid" else QDate.currentDate())
        day.setSpecialValueText("–")
        day.setDate(_NO_DAY)
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
        editor.setText(as_text(value))
        editor.setCursorPosition(0)


def _value(editor: Editor) -> Any:
    if isinstance(editor, QComboBox):
        return editor.currentData()
    if isinstance(editor, QDateEdit):
        day = editor.date()
        return None if day == _NO_DAY else date(day.year(), day.month(), day.day())
    return editor.text()


def as_text(value: object) -> str:
    """Return a value as an editor shows it."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()
