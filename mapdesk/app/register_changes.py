"""The change list of a waiting register: what accepting each row would do, row by row or all at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import muted
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.register_model import BORN, LINE, NAME, NOTE, PAGE, TICK, WHAT, Ticks, WaitingModel
from mapdesk.app.register_parts import dress_table
from mapdesk.app.register_review import ReviewPane
from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
from mapdesk.services import register_import
from mapdesk.store.database import Store
from mapdesk.store.staging import ACCEPTABLE, STATUSES

STATUS_TITLES = {
    "new": "New",
    "changed": "Changed",
    "moved": "Moved",
    "gone": "Gone",
    "doubtful": "Doubtful",
    "same": "Unchanged",
    "refused": "Refused",
}
_WIDTHS = {TICK: 34, LINE: 70, NAME: 110, BORN: 100, NOTE: 170}


class _Rows(QTableView):
    """A table whose chosen row is ticked by the space bar."""

    toggled = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Tick with the space bar."""
        if event is not None and event.key() == Qt.Key.Key_Space:
            self.toggled.emit()
            return
        super().keyPressEvent(event)


class ChangesPage(QWidget):
    """Shows what waits in one batch.

    Signals
    -------
    ticks_changed()
        Rows were ticked, or counts read anew.
    failed(Exception)
        Something could not be read.
    """

    ticks_changed = pyqtSignal()
    failed = pyqtSignal(object)

    def __init__(
        self, store: Store, access: Access, jobs: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._access, self._jobs = store, access, jobs
        self.batch_id = ""
        self.counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
        self._at = 0
        self._is_ended = False
        self._pages_asked: set[str] = set()
        self.model = WaitingModel(self)
        self.filters: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        bar = QHBoxLayout()
        bar.setSpacing(6)
        for status in STATUSES:
            one = QPushButton()
            one.setObjectName("Filter")
            one.setCheckable(True)
            one.setAutoDefault(False)
            one.setProperty("status", status)
            self._group.addButton(one)
            self.filters[status] = one
            bar.addWidget(one)
        bar.addStretch(1)
        self.all = QCheckBox(tr("Tick all of them"))
        self.view = _Rows()
        self.view.setModel(self.model)
        dress_table(self.view)
        for column, width in _WIDTHS.items():
            self.view.setColumnWidth(column, width)
        header = self.view.horizontalHeader()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        self.empty = muted(tr("No such rows wait."))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.empty)
        self.review = ReviewPane(store, jobs)
        self.review.setFixedWidth(340)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.pages, 1)
        middle.addWidget(self.review)
        self.ticked = QLabel()
        under = QHBoxLayout()
        under.addWidget(self.all)
        under.addStretch(1)
        under.addWidget(self.ticked)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(bar)
        box.addLayout(middle, 1)
        box.addLayout(under)
        self._connect()

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._on_filter)
        self.all.clicked.connect(self._on_all)
        self.view.toggled.connect(self._toggle)
        self.model.page_wanted.connect(self._read_page)
        self.model.ticked.connect(self._show_ticked)
        self.review.settled.connect(self._settle)
        self.review.dropped.connect(self._drop)
        rows = self.view.selectionModel()
        if rows is not None:
            rows.currentRowChanged.connect(self._on_row)

    # ------------------------------------------------------------------ what it is told

    def show_batch(self, batch_id: str, counts: dict[str, int], status: str | None = None) -> None:
        """Show what waits in a batch: a status, or the first that has rows."""
        if batch_id != self.batch_id:
            self.model.ticks = Ticks()
        self.batch_id, self.counts = batch_id, counts
        having = [one for one in STATUSES if counts[one]]
        self.show_status(status if status in having else (having or ["new"])[0])

    def show_status(self, status: str) -> None:
        """Show the rows of a status."""
        for one, choice in self.filters.items():
            choice.setText(f"{tr(STATUS_TITLES[one])}  {self.counts[one]:,}")
            choice.setEnabled(bool(self.counts[one]) or one == status)
        self.filters[status].setChecked(True)
        self.model.show_status(status, self.counts[status])
        can = status in ACCEPTABLE
        self.view.setColumnHidden(TICK, not can)
        self.view.setColumnHidden(NOTE, status == "refused")
        self.view.setColumnHidden(BORN, status == "refused")
        self.view.setColumnHidden(NAME, status == "refused")
        self.all.setVisible(can)
        self.all.setEnabled(bool(self.counts[status]))
        self.review.setVisible(status == "doubtful")
        self.review.show_row(None)
        self.pages.setCurrentWidget(self.view if self.counts[status] else self.empty)
        self._show_ticked()

    def reload(self) -> None:
        """Read the counts, and with them the rows, anew."""
        store, batch_id = self._store, self.batch_id

        def work(_progress: Progress) -> dict[str, int]:
            return register_import.counts(store, batch_id)

        self._jobs.run("register.counts", work, self._show_counts, self.failed.emit)

    def _show_counts(self, counts: dict[str, int]) -> None:
        self.show_batch(self.batch_id, counts, self.model.status)
        self._at = min(self._at, max(self.counts["doubtful"] - 1, 0))

    def end(self) -> None:
        """Ask for no more pages; what was decided is written, but not shown."""
        self._is_ended = True
        for key in self._pages_asked:
            self._jobs.cancel(key)

    # ------------------------------------------------------------------ rows

    def _read_page(self, offset: int) -> None:
        store, access, batch_id, status = (
            self._store,
            self._access,
            self.batch_id,
            self.model.status,
        )

        def work(_progress: Progress) -> list[dict[str, Any]]:
            return register_import.waiting_rows(store, access, batch_id, status, offset, PAGE)

        key = f"register.page.{offset}"
        self._pages_asked.add(key)
        self._jobs.run(
            key,
            work,
            partial(self._show_page, status, offset),
            partial(self._page_failed, offset),
        )

    def _show_page(self, status: str, offset: int, rows: list[dict[str, Any]]) -> None:
        if status != self.model.status:
            return
        self.model.add_page(offset, rows)
        if status == "doubtful" and offset <= self._at < offset + PAGE:
            self.view.selectRow(self._at)
            self.review.show_row(self.model.row(self._at))

    def _page_failed(self, offset: int, error: Exception) -> None:
        self.model.forget_page(offset)
        self.failed.emit(error)

    def _on_row(self, now: QModelIndex, _before: QModelIndex) -> None:
        if self.model.status == "doubtful" and now.isValid():
            self._at = now.row()
            self.review.show_row(self.model.row(now.row()))

    # ------------------------------------------------------------------ ticks

    def _on_filter(self, choice: QPushButton) -> None:
        self._at = 0
        self._is_ended = False
        self.show_status(str(choice.property("status")))

    def _on_all(self, ticked: bool) -> None:
        self.model.tick_all(ticked=ticked)

    def _toggle(self) -> None:
        index = self.view.currentIndex().siblingAtColumn(TICK)
        ticked = self.model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        other = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        self.model.setData(index, other, Qt.ItemDataRole.CheckStateRole)

    def _show_ticked(self) -> None:
        ticks, status = self.model.ticks, self.model.status
        here = ticks.count_of(status, self.counts)
        self.all.setChecked(bool(here) and here == self.counts[status])
        self.ticked.setText(tr("{count} rows ticked", count=f"{ticks.count(self.counts):,}"))
        self.ticks_changed.emit()

    # ------------------------------------------------------------------ doubts

    def _settle(self, line: int, unit_id: str | None) -> None:
        store, access, batch_id = self._store, self._access, self.batch_id

        def work(_progress: Progress) -> dict[str, int]:
            register_import.decide(store, access, batch_id, line, unit_id)
            return register_import.counts(store, batch_id)

        self._jobs.run_write("register.decide", work, self._settled, self._not_settled)

    def _drop(self, line: int) -> None:
        store, access, batch_id = self._store, self._access, self.batch_id

        def work(_progress: Progress) -> dict[str, int]:
            register_import.discard(store, access, batch_id, [line])
            return register_import.counts(store, batch_id)

        self._jobs.run_write("register.decide", work, self._settled, self._not_settled)

    def _settled(self, counts: dict[str, int]) -> None:
        if not self._is_ended:
            self._show_counts(counts)

    def _not_settled(self, error: Exception) -> None:
        if isinstance(error, WorldError) and self._is_ended:
            return
        if isinstance(error, WorldError):
            self.review.refuse(str(error))
        else:
            self.failed.emit(error)
