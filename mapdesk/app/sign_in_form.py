"""Fields to sign in with: the same in the window that opens a district and on the locked desk."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mapdesk.model.errors import CodeDueError, LockedError, PasswordDueError, WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.users import Credentials

_WIDTH = 320


class SignInForm(QWidget):
    """Asks for name and password, and for a code or a new password once those are due.

    Signals
    -------
    entered(Credentials)
        Enter or the button was pressed and the name and the password are there.

    Parameters
    ----------
    user : str
        Name to begin with.
    fixed : bool
        Whether only that user may sign in.
    """

    entered = pyqtSignal(object)

    def __init__(self, user: str, *, fixed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self._seconds = 0
        self._fixed = fixed
        self._busy = self._changing = False
        self.user = self._field("user", user)
        self.password, self.code = self._secret("password"), self._field("code")
        self.new_password, self.again = self._secret("new_password"), self._secret("again")
        self.user.setReadOnly(fixed)
        self.labels = {
            field: QLabel()
            for field in (self.user, self.password, self.code, self.new_password, self.again)
        }
        self.button = QPushButton()
        self.button.setObjectName("Primary")
        # A default button would be pressed by the Enter that the field has told of already.
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._enter)
        self.message = QLabel()
        self.message.setObjectName("Refusal")
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.setMinimumHeight(3 * self.message.fontMetrics().lineSpacing())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self._rows = {field: _row(label, field) for field, label in self.labels.items()}
        for row in self._rows.values():
            box.addWidget(row)
        box.addSpacing(6)
        box.addWidget(self.button)
        box.addSpacing(4)
        box.addWidget(self.message)
        self._show_fields(self.code, self.new_password, self.again, shown=False)
        self._show_fields(self.user, shown=not fixed)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._count_down)
        self.retranslate()

    def _field(self, name: str, text: str = "") -> QLineEdit:
        field = QLineEdit(text)
        field.setObjectName(name)
        field.returnPressed.connect(self._enter)
        return field

    def _secret(self, name: str) -> QLineEdit:
        field = self._field(name)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    def retranslate(self) -> None:
        """Speak the language in force."""
        for field, text in (
            (self.user, tr("User")),
            (self.password, tr("Password")),
            (self.code, tr("Six digits of the authenticator")),
            (self.new_password, tr("New password, ten characters or more")),
            (self.again, tr("The same again")),
        ):
            self.labels[field].setText(text)
            field.setAccessibleName(text)
        self._name_button()

    def _name_button(self) -> None:
        if self._busy:
            text = tr("Checking…")
        elif self._changing:
            text = tr("Change password")
        else:
            text = tr("Unlock") if self._fixed else tr("Sign in")
        self.button.setText(text)

    def show_busy(self, busy: bool) -> None:
        """Take no more while what was entered is checked; it stays as it was typed."""
        self._busy = busy
        for field in self.labels:
            field.setReadOnly(busy or (field is self.user and self._fixed))
        self.button.setDisabled(busy)
        self._name_button()

    def ask_new_password(self) -> None:
        """Ask for a new password from the start."""
        self._changing = True
        self._show_fields(self.new_password, self.again, shown=True)
        self._name_button()

    def begin(self) -> None:
        """Put the cursor where typing begins."""
        (self.password if self.user.text() else self.user).setFocus()

    def refuse(self, error: WorldError) -> None:
        """Say why not, and ask for what else is due."""
        self._tick.stop()
        self._say("" if is_due(error) else tr_sentence(str(error)))
        if isinstance(error, CodeDueError):
            self._say(tr("Your authenticator shows a new code every half minute."), refused=False)
            self._ask(self.code)
        elif isinstance(error, PasswordDueError):
            self._say(
                tr("An administrator gave you this password for one sign-in: choose your own."),
                refused=False,
            )
            self._ask(self.new_password)
            self._show_fields(self.again, shown=True)
        elif isinstance(error, LockedError):
            self._seconds = math.ceil(error.seconds)
            self._tell_lock()
            self._tick.start()
        else:
            self._ask(self.code if self.code.isVisibleTo(self) else self.password)
        self.code.clear()

    def stop(self) -> None:
        """Forget what was typed and stop counting."""
        self._tick.stop()
        for field in (self.password, self.code, self.new_password, self.again):
            field.clear()

    def _say(self, text: str, *, refused: bool = True) -> None:
        """Show a sentence below the button: why not, or what else is due."""
        self.message.setObjectName("Refusal" if refused else "FieldLabel")
        style = self.style()
        if style is not None:
            # Qt looks for the style of a new name only when it is asked to.
            style.unpolish(self.message)
            style.polish(self.message)
        self.message.setText(text)

    def _ask(self, field: QLineEdit) -> None:
        self._show_fields(field, shown=True)
        field.setFocus()
        field.selectAll()

    def _show_fields(self, *fields: QLineEdit, shown: bool) -> None:
        for field in fields:
            self._rows[field].setVisible(shown)

    def _enter(self) -> None:
        if self._busy:
            return
        new = self.new_password.text()
        for field in (self.user, self.password):
            if not field.text():
                field.setFocus()
                return
        if self.new_password.isVisibleTo(self) and new != self.again.text():
            self._say(tr("The two new passwords differ."))
            self._ask(self.again)
            return
        given = Credentials(self.user.text(), self.password.text(), self.code.text(), new)
        self.entered.emit(given)

    def _count_down(self) -> None:
        self._seconds -= 1
        if self._seconds > 0:
            self._tell_lock()
        else:
            self._tick.stop()
            self._say(tr("The lock is over: try again."))

    def _tell_lock(self) -> None:
        time = f"{self._seconds // 60}:{self._seconds % 60:02d}"
        self._say(
            tr(
                "Too many wrong passwords: locked for another {time}. An administrator can reset the "
                "password.",
                time=time,
            )
        )


def is_due(error: WorldError) -> bool:
    """Say whether the password was right and something else is asked for too."""
    return isinstance(error, (CodeDueError, PasswordDueError))


def _row(label: QLabel, field: QLineEdit) -> QWidget:
    """Return a label above its field, shown and hidden together."""
    row = QWidget()
    label.setObjectName("FieldLabel")
    label.setBuddy(field)
    box = QVBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 6)
    box.setSpacing(4)
    box.addWidget(label)
    box.addWidget(field)
    return row
