"""How long things are kept: rules, what is due, and erasing it."""

from __future__ import annotations

from PyQt6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import refusal, say
from mapdesk.app.jobs import Progress, Runner
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.retention import MOST_DAYS, Erased
from mapdesk.services import retention
from mapdesk.store.database import Store
from mapdesk.store.scope import local_today

KEY = "retention"


class RetentionDialog(QDialog):
    """One line for each kind of thing: days, 0 for ever, and how much is due.

    Rules are kept as they are when what is due is counted; erasing needs that count first.
    """

    def __init__(self, store: Store, jobs: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._jobs = store, jobs
        self._access = store.identity
        self.setWindowTitle(tr("Retention"))
        self._kept = retention.rules(store)
        self.days: dict[str, QSpinBox] = {}
        self.due: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        for row, (what, days) in enumerate(self._kept.items()):
            field = QSpinBox()
            field.setObjectName(what)
            field.setRange(0, MOST_DAYS)
            field.setSpecialValueText(tr("for ever"))
            field.setSuffix(f" {tr('days')}")
            field.setValue(days or 0)
            field.setMinimumWidth(130)
            field.valueChanged.connect(self._on_changed)
            self.days[what], self.due[what] = field, QLabel()
            self.due[what].setMinimumWidth(120)
            grid.addWidget(QLabel(tr(what)), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(self.due[what], row, 2)
        note = QLabel(
            tr("What is older than its days is due. Each erasing is on record with its count.")
        )
        note.setObjectName("FieldLabel")
        note.setWordWrap(True)
        self.copies = QLabel(retention.told_copies(store))
        self.copies.setObjectName("FieldLabel")
        self.copies.setWordWrap(True)
        self.copies.setVisible(bool(self.copies.text()))
        self.problem = refusal()
        self.count = QPushButton(tr("Keep rules and count"))
        self.count.clicked.connect(self._on_count)
        self.erase = QPushButton(tr("Erase what is due"))
        self.erase.setObjectName("Primary")
        self.erase.setEnabled(False)
        self.erase.clicked.connect(self._on_erase)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.count, self.erase, close):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.count)
        buttons.addStretch(1)
        buttons.addWidget(self.erase)
        buttons.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(22, 18, 22, 14)
        box.setSpacing(12)
        box.addWidget(note)
        box.addLayout(grid)
        box.addWidget(self.copies)
        box.addWidget(self.problem)
        box.addLayout(buttons)

    def _on_changed(self) -> None:
        self.erase.setEnabled(False)
        for label in self.due.values():
            label.clear()

    def _on_count(self) -> None:
        wanted = {what: field.value() or None for what, field in self.days.items()}
        changed = {what: days for what, days in wanted.items() if self._kept[what] != days}
        store, access = self._store, self._access

        def work(_progress: Progress) -> list[Erased]:
            for what, days in changed.items():
                retention.set_rule(store, access, what, days)
            return retention.run(store, access, local_today(), dry_run=True)

        def show(due: list[Erased]) -> None:
            self._kept = wanted
            self._show(due, tr("{count} due"))
            self.erase.setEnabled(any(one.rows for one in due))

        self._jobs.run(KEY, work, show, self._refuse)

    def _on_erase(self) -> None:
        store, access = self._store, self._access
        self.erase.setEnabled(False)

        def work(progress: Progress) -> list[Erased]:
            return retention.run(store, access, local_today(), progress=progress)

        def show(done: list[Erased]) -> None:
            self._show(done, tr("{count} erased"))

        self._jobs.run(KEY, work, show, self._refuse)

    def _show(self, found: list[Erased], text: str) -> None:
        say(self.problem, "")
        for one in found:
            self.due[one.what].setText(text.format(count=f"{one.rows:,}"))

    def _refuse(self, error: Exception) -> None:
        said = tr_sentence(str(error)) if isinstance(error, WorldError) else type(error).__name__
        say(self.problem, said)

    def done(self, result: int) -> None:
        """Drop answers that are under way."""
        self._jobs.cancel(KEY)
        super().done(result)
