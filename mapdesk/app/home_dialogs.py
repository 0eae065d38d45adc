"""Moving a household, splitting a unit and joining two."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, muted, refusal, say, sentence
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.register_parts import UnitField
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.register_values import read_value
from mapdesk.services import correcting, editing, homes
from mapdesk.store.database import Store


class HomeDialog(QDialog):
    """A dialog that writes one batch.

    Signals
    -------
    changed(str)
        Something was written, as the batch of this id.
    """

    changed = pyqtSignal(str)

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        title: str,
        do: str,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._store, self._access, self._jobs = store, access, jobs
        self.setWindowTitle(title)
        self.setMinimumWidth(480)
        self.about = muted()
        self.message = refusal()
        self.do = button(do, self._do, primary=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(button(tr("Cancel"), self.reject))
        line.addWidget(self.do)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(12)
        box.addWidget(self.about)
        box.addLayout(self.body, 1)
        box.addWidget(self.message)
        box.addLayout(line)

    def _do(self) -> None:
        """Write it."""

    def _tell_home(self, unit_id: str) -> None:
        """Say which unit it is about, in words."""
        store = self._store

        def work(_progress: Progress) -> dict[str, str]:
            return homes.texts_of(store, [unit_id])

        def show(named: dict[str, str]) -> None:
            self.about.setText(named.get(unit_id, unit_id))

        self._jobs.run("register.home", work, show, self._fail)

    def _write(self, work: Callable[[Progress], str]) -> None:
        say(self.message, "")
        self.do.setEnabled(False)
        self._jobs.run("register.edit", work, self._written, self._fail)

    def _written(self, batch: str) -> None:
        self.changed.emit(batch)
        self.accept()

    def _fail(self, error: Exception) -> None:
        self.do.setEnabled(True)
        say(self.message, sentence(error))

    def reject(self) -> None:
        """Close; answers are not needed any more."""
        for key in ("register.home", "register.households", "register.units"):
            self._jobs.cancel(key)
        super().reject()


class MoveDialog(HomeDialog):
    """Asks which unit a household moves to."""

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        household_id: str,
        unit_id: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, access, jobs, tr("Move household"), tr("Move"), parent)
        self._household = household_id
        self.field = UnitField(store, jobs)
        self.body.addWidget(QLabel(tr("Where to? All its people move with it.")))
        self.body.addWidget(self.field, 1)
        self.field.chosen.connect(self._refresh)
        self._refresh("")
        self.field.text.setFocus()
        if unit_id is not None:
            self._tell_home(unit_id)

    def _refresh(self, unit_id: str) -> None:
        self.do.setEnabled(bool(unit_id))

    def _do(self) -> None:
        store, access, household, unit = (
            self._store,
            self._access,
            self._household,
            self.field.unit_id,
        )

        def work(_progress: Progress) -> str:
            return correcting.move_household(store, access, household, unit)

        self._write(work)


class SplitDialog(HomeDialog):
    """Asks for the room that a unit gives off, and who lives there from now on."""

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        unit_id: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, access, jobs, tr("Split unit"), tr("Split"), parent)
        self._unit = unit_id
        self.room, self.area = QLineEdit(), QLineEdit()
        self.area.setPlaceholderText(tr("not known"))
        self.households = QListWidget()
        self.households.setObjectName("Framed")
        form = QFormLayout()
        form.addRow(tr("New room"), self.room)
        form.addRow(tr("Its area (m²)"), self.area)
        self.body.addLayout(form)
        self.body.addWidget(QLabel(tr("Households that live there from now on")))
        self.body.addWidget(self.households, 1)
        self.room.textChanged.connect(self._refresh)
        self.room.setFocus()
        self._refresh("")
        self._tell_home(unit_id)
        work = partial(_households, store, access, unit_id)
        jobs.run("register.households", work, self._show_households, self._fail)

    def _show_households(self, households: list[tuple[str, str]]) -> None:
        for household_id, words in households:
            kind, _comma, count = words.rpartition(", ")
            item = QListWidgetItem(tr("{kind}, {count} people", kind=tr(kind), count=count))
            item.setData(Qt.ItemDataRole.UserRole, household_id)
            item.setToolTip(household_id)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.households.addItem(item)

    def _refresh(self, room: str) -> None:
        self.do.setEnabled(bool(room.strip()))

    def _do(self) -> None:
        store, access, unit, room = self._store, self._access, self._unit, self.room.text().strip()
        try:
            area = read_value("unit", "area", self.area.text())
        except InputError as error:
            self._fail(error)
            return
        chosen: list[str] = []
        for row in range(self.households.count()):
            item = self.households.item(row)
            if item is not None and item.checkState() == Qt.CheckState.Checked:
                chosen.append(str(item.data(Qt.ItemDataRole.UserRole)))

        def work(_progress: Progress) -> str:
            return correcting.split_unit(store, access, unit, room, chosen, area)[1]

        self._write(work)


class JoinDialog(HomeDialog):
    """Asks which other unit of the building a unit takes in."""

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        unit_id: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, access, jobs, tr("Join units"), tr("Join"), parent)
        self._unit = unit_id
        self.others = QListWidget()
        self.others.setObjectName("Framed")
        said = tr(
            "Which unit does it take in? Its households move, its area is added, then it is gone."
        )
        label = QLabel(said)
        label.setWordWrap(True)
        self.body.addWidget(label)
        self.body.addWidget(self.others, 1)
        self.others.itemSelectionChanged.connect(self._refresh)
        self.others.setFocus()
        self._refresh()
        self._tell_home(unit_id)
        jobs.run(
            "register.households",
            partial(_neighbours, store, unit_id),
            self._show_others,
            self._fail,
        )

    def _show_others(self, units: list[tuple[str, str]]) -> None:
        for unit_id, words in units:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, unit_id)
            self.others.addItem(item)

    def _refresh(self) -> None:
        self.do.setEnabled(bool(self.others.selectedItems()))

    def _do(self) -> None:
        store, access, unit = self._store, self._access, self._unit
        other = str(self.others.selectedItems()[0].data(Qt.ItemDataRole.UserRole))

        def work(_progress: Progress) -> str:
            return correcting.join_units(store, access, unit, other)

        self._write(work)


class UnitDialog(HomeDialog):
    """Asks for a unit, to go on with.

    Signals
    -------
    picked(str)
        The unit's id.
    """

    picked = pyqtSignal(str)

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        units: list[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, access, jobs, tr("Choose a unit"), tr("Next"), parent)
        self.about.hide()
        self.field = UnitField(store, jobs)
        self.field.found.setMinimumHeight(260)
        self.body.addWidget(self.field, 1)
        self.field.chosen.connect(self._refresh)
        self.field.found.itemDoubleClicked.connect(self._do)
        self.field.show_units(units)
        self._refresh(self.field.unit_id)

    def _refresh(self, unit_id: str) -> None:
        self.do.setEnabled(bool(unit_id))

    def _do(self) -> None:
        unit = self.field.unit_id
        if unit:
            self.accept()
            self.picked.emit(unit)


def _households(
    store: Store, access: Access, unit_id: str, _progress: Progress
) -> list[tuple[str, str]]:
    return editing.households_of(store, access, unit_id)


def _neighbours(store: Store, unit_id: str, _progress: Any) -> list[tuple[str, str]]:
    return homes.neighbours(store, unit_id)
