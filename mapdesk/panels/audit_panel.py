"""The Record dock: who looked at what, and why, and whether that record is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PyQt6.QtCore import QDate, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.looks import ACTIONS, KINDS, AuditQuery, Verdict
from mapdesk.panels.looks_table import PAGE, LooksTable
from mapdesk.panels.many_rows import take_header_out_of_selection

WIDTHS = {
    "number": 56,
    "at": 150,
    "who": 100,
    "role": 116,
    "kind": 78,
    "action": 150,
    "subject": 220,
    "purpose": 150,
}
"""Pixels of the columns; the last one takes the rest."""


class AuditPanel(QWidget):
    """A question about the record, its answer, and a verdict.

    Nothing is asked until Search is pressed, or Enter in a field: each question is a row of the record.

    Signals
    -------
    asked(AuditQuery)
        A question, or the next page of one. The answer goes to `show_looks`.
    verify_asked()
        Verify was pressed. The answer goes to `show_verdict`.
    """

    asked = pyqtSignal(object)
    verify_asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.who, self.action, self.subject = QLineEdit(), QLineEdit(), QLineEdit()
        self.kind = QComboBox()
        self.since_on, self.since = QCheckBox(), _day_field()
        self.until_on, self.until = QCheckBox(), _day_field()
        self.search, self.verify = QPushButton(), QPushButton()
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QLabel()
        self.rows = LooksTable(self)
        self.table = QTableView()
        self._lay_out()
        self._query = AuditQuery(limit=PAGE)
        self._shown: Verdict | None = None
        self._connect()
        self.reset()

    def _lay_out(self) -> None:
        self.table.setModel(self.rows)
        take_header_out_of_selection(self.table)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        vertical, horizontal = self.table.verticalHeader(), self.table.horizontalHeader()
        if vertical is not None and horizontal is not None:
            vertical.hide()
            vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            horizontal.setStretchLastSection(True)
            for name, width in WIDTHS.items():
                horizontal.resizeSection(LooksTable.COLUMNS.index(name), width)
            horizontal.setHighlightSections(False)
            horizontal.setDefaultAlignment(
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            )
        self.table.setShowGrid(False)
        self.table.setMinimumHeight(60)
        self.search.setObjectName("Primary")
        self.note.setObjectName("Muted")
        self._labels = {name: QLabel() for name in ("who", "action", "subject", "kind")}
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        fields.setVerticalSpacing(2)
        for column, (name, label) in enumerate(self._labels.items()):
            label.setObjectName("FieldLabel")
            fields.addWidget(label, 0, column)
            fields.addWidget(getattr(self, name), 1, column)
            fields.setColumnStretch(column, 2 if name == "subject" else 1)
        for column, (tick, day) in enumerate(
            ((self.since_on, self.since), (self.until_on, self.until)), start=len(self._labels)
        ):
            fields.addWidget(tick, 0, column)
            fields.addWidget(day, 1, column)
        for column, button in enumerate((self.search, self.verify), start=len(self._labels) + 2):
            fields.addWidget(button, 1, column)
        said = QHBoxLayout()
        said.addWidget(self.note)
        said.addWidget(self.verdict, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.addLayout(fields)
        box.addLayout(said)
        box.addWidget(self.table, 1)

    def _connect(self) -> None:
        for field in (self.who, self.action, self.subject):
            field.returnPressed.connect(self._ask)
        self.search.clicked.connect(self._ask)
        self.verify.clicked.connect(self._on_verify)
        self.since_on.toggled.connect(self.since.setEnabled)
        self.until_on.toggled.connect(self.until.setEnabled)
        self.rows.more_asked.connect(self._ask_more)
        LANGUAGE.changed.connect(self._on_language)

    def reset(self) -> None:
        """Say everything in the language in force."""
        titles = {
            "who": tr("Who"),
            "action": tr("Action"),
            "subject": tr("Subject"),
            "kind": tr("Kind"),
        }
        for name, label in self._labels.items():
            label.setText(titles[name])
        self.subject.setPlaceholderText(tr("A part of it"))
        self.since_on.setText(tr("From"))
        self.until_on.setText(tr("To"))
        self.search.setText(tr("Search the record"))
        self.verify.setText(tr("Verify"))
        self.verify.setToolTip(tr("Find rows that were changed, dropped, moved or cut off"))
        chosen = max(self.kind.currentIndex(), 0)
        self.kind.clear()
        self.kind.addItem(tr("Any kind"), None)
        for kind in KINDS:
            self.kind.addItem(tr(kind), kind)
        self.kind.setCurrentIndex(chosen)
        self.rows.retranslate()
        if self._shown is not None:
            self.show_verdict(self._shown)

    def show_looks(self, rows: list[dict[str, Any]]) -> None:
        """Show the answer to the question asked last, or add its next page."""
        if self._query.before is None:
            self.rows.replace(rows)
            self.table.scrollToTop()
        else:
            self.rows.extend(rows)
        count = self.rows.rowCount()
        if not count:
            self.note.setText(tr("Nothing of that kind is on record."))
        elif self.rows.is_complete:
            self.note.setText(tr("{count} rows", count=f"{count:,}"))
        else:
            self.note.setText(tr("{count} rows; scroll for older ones", count=f"{count:,}"))

    def show_verdict(self, verdict: Verdict) -> None:
        """Say whether the record is whole, or what is wrong with it."""
        self._shown = verdict
        self.verify.setEnabled(True)
        if verdict.whole:
            lines = [tr("The record is whole: {count} rows.", count=f"{verdict.rows:,}")]
            if not verdict.anchored:
                lines.append(
                    tr(
                        "Only an anchor file tells of a tail cut off with care, or an older copy put back."
                    )
                )
        else:
            lines = [tr_sentence(finding.sentence) for finding in verdict.findings]
            if verdict.more:
                lines.append(tr("and {count} more", count=verdict.more))
        self.verdict.setText("\n".join(lines))

    def failed(self) -> None:
        """Let Verify be pressed again: there was no verdict."""
        self.verify.setEnabled(True)
        self.verdict.clear()

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    def query(self) -> AuditQuery:
        """Return what the fields ask for, its first page."""
        return AuditQuery(
            self.who.text().strip() or None,
            _action(self.action.text().strip()) or None,
            self.subject.text().strip() or None,
            _day(self.since) if self.since_on.isChecked() else None,
            _day(self.until) if self.until_on.isChecked() else None,
            self.kind.currentData(),
            None,
            PAGE,
        )

    def _ask(self) -> None:
        self._query = self.query()
        self.note.setText(tr("Looking…"))
        self.asked.emit(self._query)

    def _ask_more(self, before: int) -> None:
        self._query = replace(self._query, before=before)
        self.asked.emit(self._query)

    def _on_verify(self) -> None:
        self.verify.setEnabled(False)
        self.verdict.setText(tr("Verifying…"))
        self.verify_asked.emit()

    def _on_language(self, _code: str) -> None:
        self.reset()


def _action(said: str) -> str:
    """Return an action as the record has it from how the window says it."""
    return next((one for one in ACTIONS if tr(one) == said), said)


def _day_field() -> QDateEdit:
    field = QDateEdit(QDate.currentDate())
    field.setCalendarPopup(True)
    field.setDisplayFormat("yyyy-MM-dd")
    field.setEnabled(False)
    return field


def _day(field: QDateEdit) -> date:
    chosen = field.date()
    return date(chosen.year(), chosen.month(), chosen.day())
