"""What covers the desk while its user is away."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from mapdesk.app.sign_in_form import SignInForm
from mapdesk.model.language import tr


class LockScreen(QFrame):
    """Covers all of a window until its user signs in again.

    Signals
    -------
    left()
        Somebody wants the desk closed instead.

    Parameters
    ----------
    user : str
        Who may unlock.
    title : str
        Their name, for people.
    window : QWidget
        What is covered.
    """

    left = pyqtSignal()

    def __init__(self, user: str, title: str, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("LockScreen")
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        heading = QLabel(tr("The desk is locked"))
        heading.setObjectName("Heading")
        below = QLabel(tr("{user} can go on where the work was left.", user=title))
        below.setObjectName("FieldLabel")
        below.setWordWrap(True)
        self.form = SignInForm(user, fixed=True)
        self.leave = QPushButton(tr("Close the desk"))
        self.leave.setObjectName("Quiet")
        self.leave.clicked.connect(self.left)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(heading)
        column.addWidget(below)
        column.addSpacing(18)
        column.addWidget(self.form)
        column.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignLeft)
        box = QVBoxLayout(self)
        box.addStretch(2)
        box.addLayout(column)
        box.setAlignment(column, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.form.begin()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay as large as the window."""
        if event is not None and event.type() == QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        return False
