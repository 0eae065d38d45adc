"""One user: added, changed, or given a password."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.dialog_parts import refusal, say
from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.model import passwords
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.rights import USER_ROLES
from mapdesk.model.users import User, title_of_role
from mapdesk.services import signing_in
from mapdesk.store import places
from mapdesk.store.database import Store

_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
_ID = Qt.ItemDataRole.UserRole
_NOTE_WIDTH = 330
_LIST_HEIGHT = 170


class AreaList(QWidget):
    """The grids of a district with a tick each, narrowed by typing."""

    def __init__(self, store: Store, chosen: tuple[str, ...]) -> None:
        super().__init__()
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Find a grid"))
        self.text.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setObjectName("Framed")
        self.list.setMinimumHeight(_LIST_HEIGHT)
        rows = places.where(store, "grid", "level", [1, 2, 3])
        for row in sorted(rows, key=_order):
            item = QListWidgetItem(str(row["name"] or row["id"]))
            item.setData(_ID, row["id"])
            item.setToolTip(str(row["id"]))
            item.setCheckState(_CHECKED if row["id"] in chosen else _UNCHECKED)
            self.list.addItem(item)
        self.said = QLabel()
        self.said.setObjectName("FieldLabel")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        for widget in (self.text, self.list, self.said):
            box.addWidget(widget)
        self.text.textChanged.connect(self._narrow)
        self.list.itemChanged.connect(self._tell)
        self._tell()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the ticked grids."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            str(item.data(_ID)) for item in items if item and item.checkState() == _CHECKED
        )

    def _narrow(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None:
                told = f"{item.text()} {item.data(_ID)}".casefold()
                item.setHidden(text.strip().casefold() not in told)

    def _tell(self) -> None:
        count = len(self.chosen)
        whole = tr("None ticked: the whole district")
        self.said.setText(tr("{count} grids ticked", count=count) if count else whole)


def _order(row: dict[str, object]) -> tuple[object, object]:
    return row["level"], row["id"]


class _UserForm(ErrandDialog):
    """A form with Ok and Cancel below, and room for one sentence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.problem = refusal()
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        ok = self.buttons.button(standard.Ok)
        if ok is not None:
            ok.setObjectName("Primary")
        self.buttons.accepted.connect(self._do)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self, form: QFormLayout) -> None:
        form.setSpacing(9)
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 18, 18, 14)
        box.setSpacing(10)
        box.addLayout(form)
        box.addWidget(self.problem)
        box.addWidget(self.buttons)

    def _do(self) -> None:
        raise NotImplementedError

    def show_busy(self, busy: bool) -> None:
        """Take no second Ok while the first is at work."""
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        if ok is not None:
            ok.setDisabled(busy)

    def _refuse(self, error: WorldError | str) -> None:
        say(self.problem, tr_sentence(str(error)))

    def _finished(self, _nothing: None) -> None:
        self.accept()


class UserDialog(_UserForm):
    """Asks who a user is; what it asks for is done when it closes.

    Parameters
    ----------
    user : User or None
        Who is changed; None adds one.
    first : bool
        Whether the district has no user yet: the first is an administrator with a password of their own.
    """

    def __init__(self, store: Store, user: User | None, *, first: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._user = store, user
        self.setWindowTitle(tr("Add user") if user is None else tr("Change user"))
        old = user or User("", "administrator" if first else "analyst")
        self.name, self.title = QLineEdit(old.name), QLineEdit(old.title)
        self.name.setReadOnly(user is not None)
        self.title.setPlaceholderText(tr("as colleagues know them (optional)"))
        self.role = QComboBox()
        for role in ("administrator",) if first else USER_ROLES:
            self.role.addItem(title_of_role(role, LANGUAGE.code), role)
        self.role.setCurrentIndex(self.role.findData(old.role))
        self.active = QCheckBox(tr("May sign in"))
        self.active.setChecked(old.active)
        self.areas = AreaList(store, old.areas)
        self.password = _password_field(suggested=not first)
        self.again = _password_field(suggested=False)
        form = QFormLayout()
        form.addRow(tr("User"), self.name)
        form.addRow(tr("Shown as"), self.title)
        form.addRow(tr("Role"), self.role)
        if not first:
            form.addRow(tr("Works for"), self.areas)
        if user is None:
            form.addRow(tr("Password"), self.password)
        if user is None and first:
            form.addRow(tr("The same again"), self.again)
        if user is None:
            form.addRow("", _note(_first_note() if first else _given_note()))
        else:
            form.addRow("", self.active)
        self._lay_out(form)
        (self.title if user else self.name).setFocus()
        self._first = first

    def _do(self) -> None:
        given = User(
            self.name.text().strip(),
            str(self.role.currentData()),
            self.title.text().strip(),
            () if self._first else self.areas.chosen,
            self.active.isChecked(),
        )
        if self._user is None and self._first and self.password.text() != self.again.text():
            self._refuse("The two new passwords differ.")
            return
        store, password, adding = self._store, self.password.text(), self._user is None

        def work() -> None:
            if adding:
                signing_in.add_user(store, given, password)
            else:
                signing_in.change_user(store, given)

        self.errand(work, self._finished, self._refuse)


class ResetDialog(_UserForm):
    """Gives a user a password for one sign-in."""

    def __init__(self, store: Store, user: User, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._user = store, user
        self.setWindowTitle(tr("Reset password"))
        self.password = _password_field(suggested=True)
        self.code = QCheckBox(tr("Ask for no authenticator code any more"))
        form = QFormLayout()
        form.addRow(tr("User"), QLabel(user.title or user.name))
        form.addRow(tr("Password"), self.password)
        form.addRow("", _note(_given_note()))
        if user.has_code:
            form.addRow("", self.code)
        self._lay_out(form)

    def _do(self) -> None:
        store, name, password = self._store, self._user.name, self.password.text()
        without_code = self.code.isChecked()

        def work() -> None:
            signing_in.reset_password(store, name, password)
            if without_code:
                signing_in.clear_code(store, name)

        self.errand(work, self._finished, self._refuse)


def _password_field(*, suggested: bool) -> QLineEdit:
    """Return a field with a password to hand over, in sight, or one for a secret."""
    field = QLineEdit(passwords.suggested() if suggested else "")
    if not suggested:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _first_note() -> str:
    return tr(
        "The first user is an administrator, who adds the others. From now on everybody signs in, you "
        "too; an administrator cannot read the register."
    )


def _given_note() -> str:
    return tr("Hand it over in person: it serves once, then the user chooses their own.")


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("FieldLabel")
    label.setWordWrap(True)
    label.setMinimumSize(_NOTE_WIDTH, label.heightForWidth(_NOTE_WIDTH))
    return label
