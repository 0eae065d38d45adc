"""What waits for a second person before it leaves the desk: to be decided, or to be waited for."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, muted, refusal, say
from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.outgoing import APPROVED, REFUSED, REQUESTED, USED, Request
from mapdesk.model.subjects import told_subject
from mapdesk.model.users import title_of_role
from mapdesk.services import outgoing
from mapdesk.store.database import Store


class RequestsDialog(QDialog):
    """Shows requests.

    Parameters
    ----------
    deciding : bool
        Those of others, with buttons to approve and refuse; else the user's own, with their state.
    """

    def __init__(self, store: Store, access: Access, parent: QWidget, *, deciding: bool) -> None:
        super().__init__(parent)
        self._store, self._access, self._deciding = store, access, deciding
        self._requests: list[Request] = []
        self.setWindowTitle(tr("Approvals") if deciding else tr("My requests"))
        self.resize(880, 400)
        self.table = QTableWidget(0, 6)
        self.table.setObjectName("Framed")
        self.table.setHorizontalHeaderLabels(
            [tr("User"), tr("Asked at"), tr("What"), tr("People"), tr("Purpose"), tr("State")]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        rows, columns = self.table.verticalHeader(), self.table.horizontalHeader()
        if rows is not None and columns is not None:
            rows.hide()
            rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            columns.setHighlightSections(False)
            columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            columns.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.note, self.problem = muted(), refusal()
        self.approve = button(tr("Approve"), self._approve)
        self.refuse = button(tr("Refuse"), self._refuse)
        close = button(tr("Close"), self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        if deciding:
            buttons.addWidget(self.approve)
            buttons.addWidget(self.refuse)
        buttons.addStretch()
        buttons.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 14)
        box.setSpacing(10)
        box.addWidget(self.note)
        box.addWidget(self.table, 1)
        box.addWidget(self.problem)
        box.addLayout(buttons)
        self.table.itemSelectionChanged.connect(self._show_buttons)
        self.refresh()

    @property
    def chosen(self) -> Request | None:
        """The request whose row is chosen."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        return self._requests[rows.pop()] if rows else None

    def refresh(self) -> None:
        """Read all requests anew."""
        others, own = outgoing.listed(self._store)
        self._requests = others if self._deciding else own[::-1]
        self.table.setRowCount(len(self._requests))
        for row, request in enumerate(self._requests):
            for column, text in enumerate(_cells(request)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.note.setText(self._note())
        self._show_buttons()

    def _note(self) -> str:
        if not self._requests:
            return tr("Nothing waits for a second person.")
        if self._deciding:
            return tr("What you approve may leave once, within 24 hours, and goes on record.")
        return tr("What is approved leaves when you export, copy or print the same again.")

    def _show_buttons(self) -> None:
        for one in (self.approve, self.refuse):
            one.setEnabled(self.chosen is not None)

    def _approve(self) -> None:
        self._decide(outgoing.approve)

    def _refuse(self) -> None:
        self._decide(outgoing.refuse)

    def _decide(self, decide: Callable[[Store, Access, str], Request]) -> None:
        if self.chosen is None:
            return
        self.problem.hide()
        try:
            decide(self._store, self._access, self.chosen.id)
        except WorldError as error:
            say(self.problem, tr_sentence(str(error)))
        self.refresh()


def _cells(one: Request) -> tuple[str, ...]:
    names = tr("names masked") if one.masked else f"{tr('names in full')}: {one.reason}"
    ways = {
        "export": tr("file"),
        "copy": tr("clipboard"),
        "print": tr("paper"),
        "json": tr("JSON"),
    }
    states = {
        REQUESTED: tr("waits"),
        APPROVED: tr("approved by {user}", user=one.approver),
        REFUSED: tr("refused by {user}", user=one.approver),
        USED: tr("taken out"),
    }
    return (
        f"{one.who} ({title_of_role(one.role, LANGUAGE.code)})",
        f"{one.at.astimezone():%Y-%m-%d %H:%M}",
        f"{told_subject(one.subject)} · {ways[one.way]} · {names}",
        f"{one.people:,}",
        one.purpose,
        tr("expired") if one.expired else states[one.state],
    )
