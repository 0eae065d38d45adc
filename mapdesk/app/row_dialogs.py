"""Adding a person, household or unit to the register, and taking one out of it."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from mapdesk.app.home_dialogs import HomeDialog
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.row_form import RowForm
from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing
from mapdesk.services.correcting import Removal
from mapdesk.store.database import Store

ADD_TITLES = {"person": "Add person", "household": "Add household", "unit": "Add unit"}
REMOVE_TITLES = {
    "person": "Remove person",
    "household": "Remove household",
    "unit": "Remove unit",
}


class AddDialog(HomeDialog):
    """Asks for the fields of somebody or something new.

    Signals
    -------
    added(Ref, str)
        What it is, and the batch it was written as.

    Parameters
    ----------
    home : mapping of str to str
        Where it belongs: ``household_id``, ``unit_id`` or ``building_id``.
    title : str
        What that is called.
    """

    added = pyqtSignal(object, str)

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        noun: str,
        home: Mapping[str, str],
        title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, access, jobs, tr(ADD_TITLES[noun]), tr("Add"), parent)
        self._noun, self._home = noun, dict(home)
        self.household = QComboBox()
        self.form = RowForm(noun, editing.fields_of(noun, access))
        if noun == "person" and "unit_id" in home:
            self._ask_household(home["unit_id"])
        self.body.addWidget(self.form)
        next(iter(self.form.editors.values())).setFocus()
        self.about.setText(" · ".join([title, *home.values()]))

    def _ask_household(self, unit_id: str) -> None:
        """Offer the households of the unit; nobody has to belong to one."""
        self.household.setAccessibleName(tr("Household"))
        self.household.addItem(tr("none"), "")
        line = QFormLayout()
        line.addRow(tr("Household"), self.household)
        self.body.addLayout(line)
        store, access = self._store, self._access

        def work(_progress: Progress) -> list[tuple[str, str]]:
            return editing.households_of(store, access, unit_id)

        self._jobs.run("register.households", work, self._show_households, self._fail)

    def _show_households(self, households: list[tuple[str, str]]) -> None:
        for household_id, words in households:
            kind, _comma, count = words.rpartition(", ")
            said = tr("{kind}, {count} people", kind=tr(kind), count=count)
            self.household.addItem(f"{said} · {household_id}", household_id)
        if households:
            self.household.setCurrentIndex(1)

    def _do(self) -> None:
        if not self.form.all_right(list(self.form.editors)):
            return
        wanted = {**self.form.values(), **self._home}
        if self.household.currentData():
            wanted["household_id"] = self.household.currentData()
        store, access, noun = self._store, self._access, self._noun

        def work(_progress: Progress) -> tuple[Ref, str]:
            return correcting.add(store, access, noun, wanted)

        self.do.setEnabled(False)
        self._jobs.run("register.edit", work, self._was_added, self._fail)

    def _was_added(self, made: tuple[Ref, str]) -> None:
        self.added.emit(*made)
        self.accept()

    def _fail(self, error: Exception) -> None:
        self.do.setEnabled(True)
        if not self.form.refuse(error):
            super()._fail(error)


class RemoveDialog(HomeDialog):
    """Says what leaves the register with a person, household or unit, and asks whether it shall."""

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        ref: Ref,
        title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, access, jobs, tr(REMOVE_TITLES[ref.noun]), tr("Remove"), parent)
        self._ref = ref
        self.about.setText(f"{title} · {ref.id}")
        self.do.setEnabled(False)

        def work(_progress: Progress) -> Removal:
            return correcting.goes_with(store, access, ref)

        jobs.run("register.households", work, self._show, self._cannot)

    def _show(self, going: Removal) -> None:
        if self._ref.noun == "unit" and going:
            said = tr(
                "With it leave the register: people {people}, households {households}.",
                people=len(going.people),
                households=len(going.households),
            )
        elif going:
            count = len(going.people)
            said = tr("With it leave the register: people {people}.", people=count)
        else:
            said = tr("Nobody else leaves the register with it.")
        for text in (said, tr("The history keeps it: Edit, Undo change brings it back.")):
            label = QLabel(text)
            label.setWordWrap(True)
            self.body.addWidget(label)
        self.do.setEnabled(True)
        self.do.setFocus()

    def _cannot(self, error: Exception) -> None:
        self._fail(error)
        self.do.setEnabled(False)

    def _do(self) -> None:
        store, access, ref = self._store, self._access, self._ref

        def work(_progress: Progress) -> str:
            return correcting.remove(store, access, ref, with_all=True)

        self._write(work)
