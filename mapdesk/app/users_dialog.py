"""Administering users in the window."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import button, refusal, say
from mapdesk.app.jobs import Progress, Runner
from mapdesk.app.user_dialog import ResetDialog, UserDialog
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.users import User, title_of_role
from mapdesk.services import signing_in
from mapdesk.store.database import Store


class UsersDialog(QDialog):
    """Shows every user, and adds, changes, resets and removes one.

    Signals
    -------
    begun()
        The first user was added: from now on somebody is signed in.

    Parameters
    ----------
    runner : Runner
        Where the district is asked: a server may take long to answer.
    """

    begun = pyqtSignal()

    def __init__(self, store: Store, runner: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._runner = store, runner
        self._users: list[User] = []
        self._adds_first = False
        self.setWindowTitle(tr("Users"))
        self.resize(760, 420)
        self.table = QTableWidget(0, 5)
        self.table.setObjectName("Framed")
        self.table.setHorizontalHeaderLabels(
            [tr("User"), tr("Shown as"), tr("Role"), tr("Works for"), tr("Sign-in")]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setWordWrap(False)
        rows, columns = self.table.verticalHeader(), self.table.horizontalHeader()
        if rows is not None and columns is not None:
            rows.hide()
            rows.setDefaultSectionSize(32)
            columns.setHighlightSections(False)
            columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.empty = QLabel(
            tr(
                "No users yet: whoever opens this district may do everything. Add an administrator, and "
                "from then on everybody signs in."
            )
        )
        self.empty.setObjectName("FieldLabel")
        self.empty.setWordWrap(True)
        self.problem = refusal()
        self.add = button(tr("Add…"), self._add)
        self.change = button(tr("Change…"), self._change)
        self.reset = button(tr("Reset password…"), self._reset)
        self.remove = button(tr("Remove…"), self._ask_to_remove)
        close = button(tr("Close"), self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        for one in (self.add, self.change, self.reset, self.remove):
            buttons.addWidget(one)
        buttons.addStretch()
        buttons.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 14)
        box.setSpacing(10)
        box.addWidget(self.empty)
        box.addWidget(self.table, 1)
        box.addWidget(self.problem)
        box.addLayout(buttons)
        self.table.itemSelectionChanged.connect(self._show_buttons)
        self.table.itemDoubleClicked.connect(self._change)
        self.refresh()

    @property
    def chosen(self) -> User | None:
        """The user whose row is chosen."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        return self._users[rows.pop()] if rows else None

    def refresh(self) -> None:
        """Read all users anew."""

        def work(_progress: Progress) -> list[User]:
            return signing_in.all_users(self._store)

        self._runner.run("users", work, self._show, self._refuse)

    def _show(self, users: list[User]) -> None:
        first = self._adds_first and bool(users)
        self._adds_first = not users
        self._users = users
        self.empty.setVisible(not self._users)
        self.table.setRowCount(len(self._users))
        for row, user in enumerate(self._users):
            for column, text in enumerate(_cells(user)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self._show_buttons()
        if first:
            self.begun.emit()

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, WorldError):
            raise error
        say(self.problem, tr_sentence(str(error)))

    def _show_buttons(self) -> None:
        for one in (self.change, self.reset, self.remove):
            one.setEnabled(self.chosen is not None)

    def _add(self) -> None:
        self._ask(UserDialog(self._store, None, first=not self._users, parent=self))

    def _change(self) -> None:
        if self.chosen is not None:
            self._ask(UserDialog(self._store, self.chosen, first=False, parent=self))

    def _reset(self) -> None:
        if self.chosen is not None:
            self._ask(ResetDialog(self._store, self.chosen, self))

    def _ask(self, dialog: QDialog) -> None:
        self.problem.hide()
        dialog.accepted.connect(self.refresh)
        dialog.open()

    def _ask_to_remove(self) -> None:
        if self.chosen is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle(tr("Remove user"))
        box.setText(
            tr(
                "Remove {user}? What they did stays on record.",
                user=self.chosen.title or self.chosen.name,
            )
        )
        box.setStandardButtons(QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel)
        box.accepted.connect(self._remove)
        box.open()

    def _remove(self) -> None:
        if self.chosen is None:
            return
        name = self.chosen.name

        def work(_progress: Progress) -> None:
            signing_in.remove_user(self._store, name)

        self.problem.hide()
        self._runner.run("user", work, self._removed, self._refuse)

    def _removed(self, _nothing: None) -> None:
        self.refresh()


def _cells(user: User) -> tuple[str, ...]:
    sign_in = tr("may not") if not user.active else tr("password")
    if user.active and user.has_code:
        sign_in = tr("password and code")
    elif user.active and user.is_provisional:
        sign_in = tr("first password")
    areas = ", ".join(user.areas) or tr("whole district")
    return user.name, user.title, title_of_role(user.role, LANGUAGE.code), areas, sign_in
