"""The register wizard: a file is chosen, its columns named, its rows read, looked through and accepted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, muted, refusal, say
from mapdesk.app.jobs import Jobs, Progress
from mapdesk.app.register_changes import ChangesPage
from mapdesk.app.register_pages import FilePage, MappingPage, WorkPage
from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services import register_import
from mapdesk.services.register_import import Staged
from mapdesk.store.database import Store
from mapdesk.store.staging import ACCEPTABLE

if TYPE_CHECKING:
    from mapdesk.formats.register import Preview

KEYS = ("register.look", "register.stage", "register.counts", "register.decide", "register.units")


class RegisterWizard(QDialog):
    """Brings a register in, or goes on with one that waits. GUI thread only.

    Signals
    -------
    accepted_batch(str)
        Rows were written to the register, as the batch of this id.
    """

    accepted_batch = pyqtSignal(str)

    def __init__(
        self, store: Store, access: Access, jobs: Jobs, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._access, self._jobs = store, access, jobs
        self._path = Path()
        self.setWindowTitle(tr("Import register"))
        self.resize(1080, 660)
        self.heading = QLabel()
        self.heading.setObjectName("Heading")
        self.detail, self.problem = muted(), refusal()
        self.files, self.columns, self.work = FilePage(), MappingPage(), WorkPage()
        self.changes = ChangesPage(store, access, jobs)
        self.pages = QStackedWidget()
        for page in (self.files, self.columns, self.work, self.changes):
            self.pages.addWidget(page)
        self.back = button(tr("Back"), self._back)
        self.next = button(tr("Next"), self._next, primary=True)
        self.read = button(tr("Read and compare"), self._stage, primary=True)
        self.drop = button(tr("Drop…"), self._ask_to_drop)
        self.keep = button(tr("Keep for later"), self.close)
        self.accept_all = button(tr("Accept all"), self._accept_all)
        self.accept_ticked = button(tr("Accept ticked"), self._accept_ticked, primary=True)
        line = QHBoxLayout()
        for widget in (self.back, self.drop):
            line.addWidget(widget)
        line.addStretch(1)
        for widget in (self.keep, self.accept_all, self.accept_ticked, self.next, self.read):
            line.addWidget(widget)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(10)
        box.addWidget(self.heading)
        box.addWidget(self.detail)
        box.addWidget(self.pages, 1)
        box.addWidget(self.problem)
        box.addLayout(line)
        self.files.chosen.connect(self._next)
        self.files.file.textChanged.connect(self._refresh)
        self.columns.changed.connect(self._refresh)
        self.columns.sheet_wanted.connect(self._look)
        self.work.stop.clicked.connect(self._stop)
        self.changes.ticks_changed.connect(self._refresh)
        self.changes.failed.connect(self._fail)
        jobs.progressed.connect(self._on_progress)
        jobs.ended.connect(self._on_ended)
        self._show(self.files)

    def show_waiting(self, batch_id: str, title: str, counts: dict[str, int]) -> None:
        """Go on with a register that waits."""
        self.detail.setText(title)
        self.changes.show_batch(batch_id, counts)
        self._show(self.changes)

    def take_file(self, path: Path) -> None:
        """Begin with this file."""
        self.files.file.setText(str(path))
        self._next()

    # ------------------------------------------------------------------ pages

    def _show(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        say(self.problem, "")
        titles = {
            self.files: tr("Which register?"),
            self.columns: tr("What its columns say"),
            self.work: tr("Reading"),
            self.changes: tr("What would change"),
        }
        self.heading.setText(titles[page])
        self.detail.setVisible(page is not self.files)
        owners: tuple[tuple[QWidget, tuple[QWidget, ...]], ...] = (
            (self.next, (self.files,)),
            (self.read, (self.columns,)),
            (self.back, (self.columns,)),
            (self.drop, (self.changes,)),
            (self.keep, (self.changes,)),
            (self.accept_all, (self.changes,)),
            (self.accept_ticked, (self.changes,)),
        )
        for widget, where in owners:
            widget.setVisible(page in where)
        self._refresh()

    def _refresh(self) -> None:
        """Enable what can be done."""
        counts, ticks = self.changes.counts, self.changes.model.ticks
        acceptable = sum(counts[status] for status in ACCEPTABLE)
        self.next.setEnabled(self.files.path is not None)
        self.read.setEnabled("name" in self.columns.mapping().values())
        self.accept_all.setEnabled(acceptable > 0)
        self.accept_all.setText(tr("Accept all {count}", count=f"{acceptable:,}"))
        self.accept_ticked.setEnabled(ticks.count(counts) > 0)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, WorldError):
            say(self.problem, tr_sentence(str(error)))
        else:
            self._jobs.failed.emit(error)
            say(self.problem, tr("The desk erred; details are in its log."))
        self._refresh()

    def _back(self) -> None:
        self._show(self.files)

    # ------------------------------------------------------------------ reading

    def _next(self) -> None:
        path = self.files.path
        if path is not None:
            self._path = path
            self.columns.source.clear()
            self._look(None)

    def _look(self, sheet: str | None) -> None:
        store, path = self._store, self._path
        self.next.setEnabled(False)

        def work(_progress: Progress) -> tuple[Preview, dict[str, str]]:
            return register_import.look(store, path, sheet)

        self._jobs.run("register.look", work, self._show_preview, self._fail)

    def _show_preview(self, answer: tuple[Preview, dict[str, str]]) -> None:
        shown, mapping = answer
        self.detail.setText(self._path.name)
        self._show(self.columns)
        self.columns.show_preview(shown, mapping, self._path.stem)

    def _stage(self) -> None:
        store, access, path, page = self._store, self._access, self._path, self.columns
        mapping, complete = page.mapping(), page.complete.isChecked()
        source = page.source.text().strip() or None
        sheet = page.sheet.currentText() or None

        def work(progress: Progress) -> Staged:
            return register_import.stage_register(
                store,
                access,
                path,
                mapping,
                sheet=sheet,
                source=source,
                complete=complete,
                progress=progress,
            )

        self._show(self.work)
        self._jobs.run("register.stage", work, self._show_staged, self._not_staged)

    def _show_staged(self, staged: Staged) -> None:
        notes = [f"{self._path.name}: {tr('{count} rows read', count=f'{staged.read:,}')}"]
        self.detail.setText("\n".join([*notes, *map(tr_sentence, staged.notes)]))
        self.changes.show_batch(staged.batch_id, staged.counts)
        self._show(self.changes)

    def _not_staged(self, error: Exception) -> None:
        self._show(self.columns)
        self._fail(error)

    def _stop(self) -> None:
        self._jobs.cancel("register.stage")

    def _on_progress(self, key: str, text: str, part: float) -> None:
        if key == "register.stage":
            self.work.show_work(text, part)

    def _on_ended(self, key: str) -> None:
        """Go back where the reading was stopped, here or from the status bar."""
        if key == "register.stage" and self.pages.currentWidget() is self.work:
            self._show(self.columns)
            say(self.problem, tr("Stopped; nothing was changed."))

    # ------------------------------------------------------------------ accepting

    def _accept_all(self) -> None:
        self._accept(partial(register_import.accept, self._store, self._access))

    def _accept_ticked(self) -> None:
        ticks = self.changes.model.ticks
        self._accept(
            partial(
                register_import.accept,
                self._store,
                self._access,
                statuses=sorted(ticks.whole),
                lines=sorted(ticks.lines),
                but=sorted(ticks.but),
            )
        )

    def _accept(self, accept: Callable[..., str]) -> None:
        store, batch_id = self._store, self.changes.batch_id
        self.setEnabled(False)

        def work(_progress: Progress) -> tuple[str, dict[str, int]]:
            batch = accept(batch_id=batch_id)
            return batch, register_import.counts(store, batch_id)

        self._jobs.run("register.accept", work, self._accepted, self._not_accepted)

    def _accepted(self, answer: tuple[str, dict[str, int]]) -> None:
        batch, counts = answer
        self.setEnabled(True)
        self.changes.model.ticks = type(self.changes.model.ticks)()
        self.accepted_batch.emit(batch)
        if sum(counts.values()):
            self.changes.show_batch(self.changes.batch_id, counts)
        else:
            self.close()

    def _not_accepted(self, error: Exception) -> None:
        self.setEnabled(True)
        self._fail(error)

    def _ask_to_drop(self) -> None:
        box = QMessageBox(self)
        box.setWindowTitle(tr("Drop…"))
        box.setText(tr("Drop all rows that wait here? The register stays as it is."))
        box.setStandardButtons(QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel)
        box.accepted.connect(self._drop)
        box.open()

    def _drop(self) -> None:
        store, access, batch_id = self._store, self._access, self.changes.batch_id

        def work(_progress: Progress) -> int:
            return register_import.discard(store, access, batch_id)

        self._jobs.run("register.decide", work, self._dropped, self._fail)

    def _dropped(self, _count: int) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Stop what is being read; what waits stays. Rows being written are waited for."""
        if event is not None and not self.isEnabled():
            event.ignore()
            return
        super().closeEvent(event)

    def reject(self) -> None:
        """Close, by Escape or the window's own button."""
        if not self.isEnabled():
            return
        for key in KEYS:
            self._jobs.cancel(key)
        self.changes.end()
        super().reject()
