"""What was done to the register: of one row, in batches that can be undone, and what still waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, muted, refusal, say, sentence
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.register_changes import STATUS_TITLES
from mapdesk.app.register_parts import dress_table, fill_table
from mapdesk.model.access import Access
from mapdesk.model.language import capital, tr
from mapdesk.model.nouns import EDITED_PLACES
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing, register_import
from mapdesk.services.change_words import (
    CHANGE_TITLES,
    KIND_TITLES,
    NOUN_TITLES,
    shown,
    titled,
    words_of,
)
from mapdesk.store.database import Store


def moment(at: datetime) -> str:
    """Return a time of the store, UTC without a zone, as local time."""
    return f"{at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"


class HistoryDialog(QDialog):
    """Shows who changed what of a person, their household and their unit, masked, or of a place."""

    def __init__(
        self,
        store: Store,
        access: Access,
        jobs: Runner,
        refs: Sequence[Ref],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._keys = [f"register.history.{ref.noun}" for ref in refs]
        self.setWindowTitle(tr("History"))
        self.resize(760, 360)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.message = refusal()
        self.tables: dict[str, QTableWidget] = {}
        for ref, key in zip(refs, self._keys, strict=True):
            table = QTableWidget()
            dress_table(table)
            self.tables[ref.noun] = table
            self.tabs.addTab(table, tr(NOUN_TITLES[ref.noun]))
            jobs.run(
                key, partial(_history, store, access, ref), partial(self._show, ref), self._fail
            )
        self.tabs.setTabBarAutoHide(True)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(button(tr("Close"), self.accept, primary=True))
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(10)
        box.addWidget(muted("  ·  ".join(ref.id for ref in refs)))
        box.addWidget(self.tabs, 1)
        box.addWidget(self.message)
        box.addLayout(line)

    def _show(self, ref: Ref, changes: list[dict[str, Any]]) -> None:
        titles = (tr("When"), tr("Who"), tr("From"), tr("Field"), tr("Before"), tr("After"))
        rows = [
            (
                moment(one["at"]),
                one["who"] or "",
                _origin(ref.noun, one),
                capital(words_of(ref.noun, one["field"]))
                if one["field"]
                else capital(tr(CHANGE_TITLES[one["change"]])),
                shown(one["field"], one["old"]) if one["field"] else "",
                shown(one["field"], one["new"]) if one["field"] else "",
            )
            for one in changes
        ]
        if not rows:
            rows = [("", "", "", tr("never changed here"), "", "")]
        fill_table(self.tables[ref.noun], titles, rows, (125, 70, 170, 130, 110))

    def _fail(self, error: Exception) -> None:
        say(self.message, sentence(error))

    def done(self, result: int) -> None:
        """Close; answers under way are not needed any more."""
        for key in self._keys:
            self._jobs.cancel(key)
        super().done(result)


def _history(store: Store, access: Access, ref: Ref, _progress: Progress) -> list[dict[str, Any]]:
    return correcting.history_of(store, access, ref)


def _origin(noun: str, change: dict[str, Any]) -> str:
    """Return how a change came about: by hand, undone, or out of which file."""
    if not change["source"]:
        return tr(KIND_TITLES[change["kind"]])
    if noun in EDITED_PLACES:
        return tr("from {file}", file=change["source"])
    return f"{tr(KIND_TITLES[change['kind']])}: {titled(change)}"


class BatchesDialog(QDialog):
    """Shows batches with what was done, newest first.

    Signals
    -------
    undo_wanted(str)
        The batch of this id is to be undone.
    """

    undo_wanted = pyqtSignal(str)

    def __init__(
        self, store: Store, access: Access, jobs: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._access, self._jobs = store, access, jobs
        self._rows: list[dict[str, Any]] = []
        self.setWindowTitle(tr("Changes of the register"))
        self.resize(760, 460)
        self.table = QTableWidget()
        dress_table(self.table)
        self.message = refusal()
        self.undo = button(tr("Undo"), self._undo)
        line = QHBoxLayout()
        line.addWidget(self.undo)
        line.addStretch(1)
        line.addWidget(button(tr("Close"), self.accept, primary=True))
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(10)
        box.addWidget(
            muted(tr("A batch is undone whole, unless something it wrote was changed since."))
        )
        box.addWidget(self.table, 1)
        box.addWidget(self.message)
        box.addLayout(line)
        self.table.itemSelectionChanged.connect(self._refresh)
        self._refresh()
        self.reload()

    def reload(self) -> None:
        """Read the batches anew."""
        store, access = self._store, self._access

        def work(_progress: Progress) -> list[dict[str, Any]]:
            return editing.batches(store, access)

        self._jobs.run("register.batches", work, self._show, self.refuse)

    def refuse(self, error: Exception) -> None:
        """Say why not."""
        self._refresh()
        say(self.message, sentence(error))

    def _show(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        say(self.message, "")
        titles = (tr("When"), tr("Who"), tr("Kind"), tr("What"), tr("Changes"), "")
        cells = [
            (
                moment(row["at"]),
                row["who"],
                tr(KIND_TITLES[row["kind"]]),
                titled(row),
                f"{row['changes']:,}",
                tr("was undone") if row["undone_by"] else "",
            )
            for row in rows
        ]
        fill_table(self.table, titles, cells, (140, 100, 80, 210, 70))
        self._refresh()

    def _chosen(self) -> dict[str, Any] | None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        return self._rows[rows.pop()] if rows else None

    def _refresh(self) -> None:
        row = self._chosen()
        self.undo.setEnabled(row is not None and not row["undone_by"])

    def _undo(self) -> None:
        row = self._chosen()
        if row is not None:
            self.undo.setEnabled(False)
            self.undo_wanted.emit(str(row["id"]))

    def done(self, result: int) -> None:
        """Close; answers under way are not needed any more."""
        self._jobs.cancel("register.batches")
        super().done(result)


class WaitingDialog(QDialog):
    """Shows the registers that wait.

    Signals
    -------
    opened(dict)
        This one is to be gone on with.
    """

    opened = pyqtSignal(object)

    def __init__(
        self, store: Store, access: Access, jobs: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._rows: list[dict[str, Any]] = []
        self.setWindowTitle(tr("Waiting registers"))
        self.resize(820, 340)
        self.table = QTableWidget()
        dress_table(self.table)
        self.message = muted()
        self.go_on = button(tr("Go on"), self._open, primary=True)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(button(tr("Close"), self.reject))
        line.addWidget(self.go_on)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(10)
        box.addWidget(self.table, 1)
        box.addWidget(self.message)
        box.addLayout(line)
        self.table.itemSelectionChanged.connect(self._refresh)
        self.table.itemDoubleClicked.connect(self._open)
        self._refresh()

        def work(_progress: Progress) -> list[dict[str, Any]]:
            return register_import.waiting(store, access)

        jobs.run("register.waiting", work, self._show, self._fail)

    def _show(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        say(self.message, "" if rows else tr("No register waits; Import register… brings one in."))
        titles = (tr("File"), tr("Since"), tr("Who"), tr("What waits"))
        cells = [
            (
                row["title"],
                moment(row["at"]),
                row["who"],
                ", ".join(
                    f"{tr(STATUS_TITLES[status])} {count:,}"
                    for status, count in row["counts"].items()
                    if count and status != "same"
                ),
            )
            for row in rows
        ]
        fill_table(self.table, titles, cells, (170, 140, 100))
        if rows:
            self.table.selectRow(0)

    def _fail(self, error: Exception) -> None:
        say(self.message, sentence(error))

    def _refresh(self) -> None:
        self.go_on.setEnabled(bool(self.table.selectedIndexes()))

    def _open(self) -> None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        if rows:
            self.accept()
            self.opened.emit(self._rows[rows.pop()])

    def done(self, result: int) -> None:
        """Close; answers under way are not needed any more."""
        self._jobs.cancel("register.waiting")
        super().done(result)
